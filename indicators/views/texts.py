"""Texts and words that the script of the form knows; names in braces are filled in there (填报表单提示语)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from indicators.enums import Absence
from indicators.workbooks.figures import BLANK_WORDS, absence_words
from indicators.workbooks.units import unit_table


def return_texts() -> dict[str, str]:
    return {
        "state_saved": _("已保存"),
        "state_saving": _("正在保存…"),
        "state_waiting": _("等待发送"),
        "state_editing": _("正在填写"),
        "state_invalid": _("需更正，未保存"),
        "state_conflict": _("与他人修改冲突"),
        "state_failed": _("未能保存"),
        "state_locked": _("只读"),
        "state_theirs": _("已更新"),
        "queue_saved": _("已全部保存"),
        "queue_sending": _("正在保存 {n} 项"),
        "queue_offline": _("{n} 项存在本机，联网后自动发送"),
        "queue_no_network": _("网络中断，可继续填写"),
        "queue_broken": _("{n} 项需要您处理"),
        "error_text": _("“{text}”不是数字。请只填数字，例如 1234.5；没有数字时请选“不适用”或“暂缺”。"),
        "error_commas": _("“{text}”的逗号位置不对。千分位每三位一个逗号，或者不写逗号。"),
        "error_wordy": _("“{text}”带有倍数。本项单位是{unit}，请选择您的意思："),
        "error_unit": _("“{text}”的单位与本项不同。本项单位是{unit}，换算后："),
        "error_other_unit": _("“{text}”的单位不能换算为本项的单位。本项单位是{unit}，请换算后只填数字。"),
        "error_blank": _("“{text}”看不出是哪一种。没有数、数为零、不适用是不同的答复，请选："),
        "error_scientific": _("“{text}”是科学计数法，可能已丢失位数。请在表格里改为“数字”格式后重新复制。"),
        "error_decimals": _("最多 {most} 位小数，现有 {now} 位。请四舍五入："),
        "error_whole": _("本项须为整数。请四舍五入："),
        "error_negative": _("本项不能为负数。请核对正负号。"),
        "error_low": _("不能小于 {limit}{unit}。请核对数字和单位。"),
        "error_high": _("不能大于 {limit}{unit}。请核对数字和单位。"),
        "error_long": _("数字过长：整数部分最多 16 位。请核对单位。"),
        "use": _("填 {number} {unit}"),
        "conflict": _("{by} 在 {at} 把这一项改成了 {theirs}，您填的是 {mine}。请选择："),
        "take_theirs": _("用对方的"),
        "keep_mine": _("用我的"),
        "absence_none": _("（空）"),
        **{f"absence_{key}": str(label) for key, label in Absence.choices},
        "login": _("登录已过期。您填的内容存在本机：请在新窗口重新登录，回到本页会自动重发。"),
        "log_in": _("重新登录"),
        "refused_403": _("您没有修改这份报表的权限，或页面已过期。请刷新页面后重试。"),
        "refused_404": _("服务器上找不到这一项。请刷新页面。"),
        "refused": _("服务器没有接受。请刷新页面后重试；若仍不行，请联系管理员。"),
        "try_again": _("重试"),
        "locked": _("报表已不能修改。"),
        "reload": _("刷新页面"),
        "divide": _("除以 {times}，填 {number} {unit}"),
        "multiply": _("乘以 {times}，填 {number} {unit}"),
        "pasted": _("已填入 {n} 项，从“{first}”到“{last}”。"),
        "pasted_named": _("已按名称填入 {n} 项，从“{first}”到“{last}”。"),
        "pasted_none": _("剪贴板里没有可以填入的数字。"),
        "pasted_skipped": _("{n} 行为空或“—”，没有填。"),
        "pasted_left": _("{n} 行超出表尾，没有填。"),
        "pasted_unknown": _("{n} 行的名称不在本表，没有填：{names}。"),
        "pasted_broken": _("{n} 项须核对，已标红。"),
        "undo": _("撤销粘贴"),
        "undone": _("已撤销"),
        "close": _("关闭"),
        "todo_none": _("没有待办"),
        "todo_all": _("共 {m} 处"),
        "todo_place": _("第 {n}/{m} 处"),
        "came": _("{by} 更新了 {names}"),
        "present": _("{name} 也在填写"),
        "present_at": _("{name} 正在填写 · {label}"),
        "missing": _("必填未填"),
        "tool_comment": _("{name}：填写说明"),
        "tool_evidence": _("{name}：上传佐证"),
        "tool_files": _("{name}：选择佐证文件"),
        "up": _("上升"),
        "down": _("下降"),
    }


def reading_words() -> dict[str, Any]:
    """How the form reads what is no plain number: units by spelling, words that answer without a number, words that must be
    asked about. The same tables serve the workbooks.
    """
    return {"units": unit_table(), "absences": absence_words(), "blanks": sorted(BLANK_WORDS)}


def beside_texts() -> dict[str, str]:
    """Texts of files, answers and history beside the cells."""
    return {
        "uploading": _("正在上传 {name}"),
        "too_large": _("“{name}”超过 {most} MB。请压缩扫描分辨率或拆成几个文件后再上传。"),
        "upload_failed": _("“{name}”没有传成。请检查网络后再传。"),
        "again": _("重传"),
        "close": _("知道了"),
        "not_sent": _("没有送达。请检查网络后重试。"),
        "loading": _("正在读取…"),
    }
