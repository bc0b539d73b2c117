"""How each status looks: words, tone and icon; never colour alone (状态标识)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Look:
    """Words shown, tone (ok, warn, bad, info, accent, mute) and icon of one status."""

    label: Promise | str
    tone: str
    icon: str


LOOKS: dict[str, Look] = {
    # returns 报表
    "not_started": Look(_("未开始"), "mute", "circle-dashed"),
    "draft": Look(_("草稿"), "mute", "pencil"),
    "submitted": Look(_("已报送"), "info", "send"),
    "returned": Look(_("已退回"), "bad", "arrow-back-up"),
    "city_accepted": Look(_("市级已审"), "accent", "check"),
    "accepted": Look(_("已确认"), "ok", "circle-check"),
    # rounds 填报任务
    "planned": Look(_("未开放"), "mute", "calendar-event"),
    "open": Look(_("填报中"), "info", "lock-open"),
    "closed": Look(_("已结束"), "mute", "lock"),
    # proposals 考核建议
    "promote": Look(_("建议晋升"), "ok", "trending-up"),
    "keep": Look(_("保持"), "mute", "minus"),
    "watch": Look(_("重点关注"), "warn", "eye"),
    "demote": Look(_("建议降级"), "bad", "trending-down"),
    "exit": Look(_("建议退出"), "bad", "logout"),
    "undecided": Look(_("待定"), "info", "help-circle"),
    # runs 考核运行
    "queued": Look(_("排队中"), "mute", "hourglass-empty"),
    "running": Look(_("计算中"), "info", "player-play"),
    "done": Look(_("已完成"), "ok", "circle-check"),
    "failed": Look(_("失败"), "bad", "alert-circle"),
    "cancelled": Look(_("已取消"), "mute", "ban"),
    # evaluations of enterprises 企业综合评价
    "evaluation_queued": Look(_("计算中"), "info", "hourglass-empty"),
    "evaluation_done": Look(_("已算出，未定稿"), "warn", "clock"),
    "evaluation_failed": Look(_("失败"), "bad", "alert-circle"),
    "evaluation_final": Look(_("已定稿"), "ok", "circle-check"),
    # measures, designation changes, applications 处置措施、称号变动、申报待遇
    "measure_open": Look(_("未解除"), "warn", "gavel"),
    "measure_overdue": Look(_("已逾期"), "bad", "alert-triangle"),
    "measure_lifted": Look(_("已解除"), "ok", "circle-check"),
    "measure_escalated": Look(_("已升级"), "mute", "stairs-up"),
    "measure_executed": Look(_("已执行"), "mute", "check"),
    "order_proposed": Look(pgettext_lazy("order", "待复核"), "warn", "user-check"),
    "order_confirmed": Look(pgettext_lazy("order", "已采取"), "ok", "circle-check"),
    "order_refused": Look(pgettext_lazy("order", "未通过"), "bad", "circle-x"),
    "order_withdrawn": Look(_("已撤回"), "mute", "arrow-back-up"),
    "change_due": Look(_("待批准"), "info", "clock"),
    "change_recorded": Look(_("已登记"), "ok", "circle-check"),
    "change_dropped": Look(_("未获批准"), "mute", "circle-x"),
    "priority": Look(_("优先考虑"), "ok", "star"),
    "normal": Look(_("正常受理"), "mute", "circle-check"),
    "blocked": Look(_("不予支持"), "bad", "ban"),
    # targets 目标
    "met": Look(_("已达到"), "ok", "circle-check"),
    "on_track": Look(_("进度正常"), "accent", "trending-up"),
    "at_risk": Look(_("有风险"), "warn", "alert-triangle"),
    "off_track": Look(_("滞后"), "bad", "alert-circle"),
    "not_met": Look(_("未达到"), "bad", "circle-x"),
    "partial": Look(_("数据不全"), "info", "clock"),
    "too_little": Look(_("数据过少"), "info", "clock"),
    "no_data": Look(_("无数据"), "mute", "circle-dashed"),
    "computing": Look(_("计算中"), "info", "hourglass-empty"),
    "partly": Look(_("部分达到"), "warn", "minus"),
    "not_yet": Look(_("尚未达到"), "bad", "circle-x"),
    "not_judged": Look(_("未评判"), "mute", "circle-dashed"),
    "target_withdrawn": Look(_("已停用"), "mute", "ban"),
    "qualitative": Look(_("定性"), "mute", "quote"),
    # findings 校验结果
    "hard": Look(_("强制"), "bad", "alert-circle"),
    "soft": Look(_("需说明"), "warn", "alert-triangle"),
    "notice": Look(_("提示"), "info", "info-circle"),
    # reported beside departments' figures 核对
    "difference_open": Look(_("待裁定"), "warn", "scale"),
    "difference_void": Look(_("裁定已失效"), "bad", "alert-triangle"),
    "difference_decided": Look(_("已裁定"), "ok", "gavel"),
    "difference_within": Look(_("容差以内"), "mute", "equal"),
    "difference_none": Look(_("一致"), "ok", "check"),
    "missing_park": Look(_("园区未报"), "info", "circle-dashed"),
    "missing_department": Look(_("部门未导入"), "info", "circle-dashed"),
    "missing_both": Look(_("都没有数"), "mute", "circle-dashed"),
    # uploads 上传的表格
    "ready": Look(pgettext_lazy("upload", "待确认"), "info", "eye"),
    "refused": Look(pgettext_lazy("upload", "未采用"), "bad", "alert-circle"),
    "confirmed": Look(pgettext_lazy("upload", "已保存"), "ok", "circle-check"),
    "discarded": Look(pgettext_lazy("upload", "已放弃"), "mute", "ban"),
    # schemes 办法
    "published": Look(_("已发布"), "ok", "circle-check"),
    "pending": Look(_("待发布"), "info", "clock"),
    "library": Look(_("方法库"), "mute", "file-text"),
    # corrections 更正
    "correction_proposed": Look(_("待裁定"), "info", "clock"),
    "correction_applying": Look(_("更正中"), "warn", "pencil"),
    "correction_applied": Look(_("已更正"), "ok", "circle-check"),
    "correction_refused": Look(_("已驳回"), "bad", "circle-x"),
    "correction_withdrawn": Look(_("已撤回"), "mute", "arrow-back-up"),
    # incidents 事故和问题
    "incident_valid": Look(pgettext_lazy("incident", "有效"), "warn", "alert-triangle"),
    "incident_withdrawn": Look(_("已撤销"), "mute", "ban"),
    # proceedings, objections 考核程序与异议
    "proceeding_deciding": Look(_("拟定中"), "info", "pencil"),
    "proceeding_confirming": Look(pgettext_lazy("proceeding", "待复核"), "warn", "user-check"),
    "proceeding_embargoed": Look(_("待公示"), "accent", "calendar-event"),
    "proceeding_public": Look(_("公示中"), "accent", "bell-ringing"),
    "proceeding_reviewing": Look(_("公示期满"), "warn", "hourglass-empty"),
    "proceeding_final": Look(_("已定稿"), "ok", "circle-check"),
    "proceeding_abandoned": Look(_("已中止"), "mute", "ban"),
    "objection_filed": Look(_("待答复"), "warn", "message-circle"),
    "objection_upheld": Look(_("成立"), "ok", "circle-check"),
    "objection_rejected": Look(_("不成立"), "mute", "circle-x"),
    "objection_withdrawn": Look(_("已撤回"), "mute", "arrow-back-up"),
    # entries of registers 台账条目
    "entry_standing": Look(_("在册"), "ok", "circle-check"),
    "entry_withdrawn": Look(pgettext_lazy("entry", "已撤销"), "mute", "ban"),
    # provisions of the policy 条款现状
    "provision_carried": Look(pgettext_lazy("provision", "已落实"), "ok", "circle-check"),
    "provision_no_data": Look(pgettext_lazy("provision", "尚无数据"), "info", "circle"),
    "provision_undecided": Look(pgettext_lazy("provision", "待定"), "accent", "help-circle"),
    "provision_behind": Look(pgettext_lazy("provision", "滞后"), "warn", "trending-down"),
    "provision_breach": Look(pgettext_lazy("provision", "有不符"), "bad", "alert-triangle"),
    "provision_open": Look(pgettext_lazy("provision", "尚未落实"), "mute", "circle-dashed"),
    # open words 未定用语
    "term_decided": Look(pgettext_lazy("word", "已确定"), "ok", "gavel"),
    "term_assumed": Look(pgettext_lazy("word", "起始设定"), "warn", "adjustments"),
    "term_open": Look(pgettext_lazy("word", "未定"), "mute", "help-circle"),
    # rules and breaches 规则与不符
    "breach_hard": Look(_("不符（硬性）"), "bad", "alert-circle"),
    "breach_soft": Look(_("不符（柔性）"), "warn", "alert-triangle"),
    "breach_exempt": Look(_("例外"), "info", "file-check"),
    "breach_ended": Look(_("已消除"), "mute", "check"),
    "check_breach": Look(_("有不符"), "bad", "alert-triangle"),
    "check_kept": Look(_("相符"), "ok", "circle-check"),
    "check_nothing": Look(_("没有检查对象"), "mute", "circle"),
    "check_undecided": Look(_("界限待定"), "accent", "help-circle"),
    "check_waiting": Look(_("尚不能检查"), "mute", "circle-dashed"),
    "exemption_in_force": Look(_("有效"), "ok", "circle-check"),
    "exemption_over": Look(_("已到期"), "mute", "clock"),
    "exemption_withdrawn": Look(_("已撤销"), "mute", "ban"),
    # tasks 任务
    "task_open": Look(pgettext_lazy("task", "未启动"), "mute", "circle-dashed"),
    "task_in_progress": Look(pgettext_lazy("task", "推进中"), "info", "player-play"),
    "task_overdue": Look(pgettext_lazy("task", "逾期"), "bad", "clock"),
    "task_done": Look(pgettext_lazy("task", "已完成"), "ok", "circle-check"),
    # keys, designations 密钥与称号
    "active": Look(_("有效"), "ok", "circle-check"),
    "expired": Look(_("已过期"), "mute", "clock"),
    "revoked": Look(_("已撤销"), "bad", "ban"),
}

CERTAINTY: dict[str, Promise] = {
    "A": _("有来源可查，来源级别另列"),
    "B": _("凭常识或间接资料，待核实"),
    "C": _("存疑，须由主管部门确认"),
}


def look(status: object) -> Look:
    """The look of a status; one unknown here is shown in its own words, without colour."""
    unknown = Look(str(getattr(status, "label", status)), "mute", "circle")
    return LOOKS.get(str(getattr(status, "value", status)), unknown)
