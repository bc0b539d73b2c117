"""Breaches and tasks as tables to take away (导出)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from common.api import SYNTHETIC_MARK
from common.statuses import look
from compliance.models import Task
from compliance.selectors import BreachLine
from parks.exports import defused

Table = list[list[Any]]


def breaches_table(lines: Iterable[BreachLine]) -> Table:
    head = [
        _("规则"), _("条款"), _("约束力"), _("对象"), _("名称"), _("园区编号"), _("省辖市"), _("情况"), _("怎样改正"), _("登记起始"),
        _("首次发现"), _("最近发现"), _("消除时间"), _("状态"), _("数据性质"),
    ]  # fmt: skip
    return [head, *(_breach(line) for line in lines)]


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _breach(line: BreachLine) -> list[Any]:
    row = line.breach
    return [
        line.rule_name,
        " ".join(line.provisions),
        row.get_force_display(),
        row.get_subject_display(),
        row.label,
        row.zone.code if row.zone else "",
        row.zone.city.label if row.zone else "",
        line.what,
        line.mend,
        f"{row.since or ''}",
        _moment(row.first_seen),
        _moment(row.last_seen),
        _moment(row.ended_at),
        str(look(row.look).label),
        SYNTHETIC_MARK if row.synthetic else "",
    ]


def tasks_table(tasks: Iterable[Task]) -> Table:
    head = [
        _("条款"),
        _("任务"),
        _("牵头部门"),
        _("责任省辖市"),
        _("期限"),
        _("状态"),
        _("进度（%）"),
        _("完成日期"),
        _("数据性质"),
    ]
    return [
        head,
        *(
            [
                task.provision.code,
                task.words,
                task.get_lead_display(),
                task.city.label if task.city else "",
                f"{task.deadline}",
                task.get_status_display(),
                task.percent,
                f"{task.done_on or ''}",
                SYNTHETIC_MARK if task.synthetic else "",
            ]
            for task in tasks
        ),
    ]


def as_csv(table: Table) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheets need to read Chinese."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([defused(cell) for cell in row] for row in table)
    return stream.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table, title: str) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, bold = book.add_worksheet(title[:31]), book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(table):
            sheet.write_row(number, 0, [defused(cell) for cell in row], bold if number == 0 else None)
        sheet.set_column(0, len(table[0]) - 1, 18)
    return stream.getvalue()
