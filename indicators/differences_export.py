"""Differences between parks and departments as a workbook to take away (核对差异导出)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.statuses import look
from indicators.selectors import Pair
from parks.exports import defused

Cell = str | Decimal | None
COLUMNS: list[tuple[Promise, Callable[[Pair], Cell], int]] = [
    (gettext_lazy("园区编号"), lambda pair: pair.zone.code, 9),
    (gettext_lazy("园区名称"), lambda pair: pair.zone.name, 30),
    (gettext_lazy("省辖市"), lambda pair: pair.zone.city.label, 10),
    (gettext_lazy("时期"), lambda pair: pair.period, 9),
    (gettext_lazy("指标"), lambda pair: pair.indicator.label, 26),
    (gettext_lazy("指标代码"), lambda pair: pair.indicator.code, 22),
    (gettext_lazy("单位"), lambda pair: pair.indicator.unit_label, 9),
    (gettext_lazy("部门"), lambda pair: pair.indicator.get_department_display(), 10),
    (gettext_lazy("园区填报数"), lambda pair: pair.reported_number, 16),
    (gettext_lazy("部门数"), lambda pair: pair.known_number, 16),
    (gettext_lazy("差额"), lambda pair: pair.gap, 14),
    (gettext_lazy("差异（%）"), lambda pair: None if pair.share is None else round(pair.share, 2), 10),
    (gettext_lazy("容差（%）"), lambda pair: pair.indicator.tolerance_pct, 9),
    (gettext_lazy("状态"), lambda pair: str(look(pair.state).label), 12),
    (gettext_lazy("裁定"), lambda pair: pair.decision.get_verdict_display() if pair.decision else "", 12),
    (gettext_lazy("理由"), lambda pair: pair.decision.reason if pair.decision else "", 30),
    (gettext_lazy("计入"), lambda pair: pair.counted.get_source_display() if pair.counted else "", 10),
    (gettext_lazy("为何计入"), lambda pair: pair.why, 30),
    (gettext_lazy("数据"), lambda pair: _("演示数据") if pair.known and pair.known.synthetic else "", 10),
]


def differences_xlsx(pairs: Iterable[Pair], about: list[tuple[str, str]]) -> IO[bytes]:
    """A workbook of two sheets: a row for each pair, and what the table is."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        table, notes = book.add_worksheet(_("差异")), book.add_worksheet(_("说明"))
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for position, (label, _get, width) in enumerate(COLUMNS):
            table.set_column(position, position, width)
            table.write_string(0, position, str(label), heading)
        table.freeze_panes(1, 2)
        for number, pair in enumerate(pairs, start=1):
            for position, (_label, get, _width) in enumerate(COLUMNS):
                _write(table, number, position, defused(get(pair)))
        notes.set_column(0, 0, 18)
        notes.set_column(1, 1, 80)
        for number, (title, text) in enumerate(about):
            notes.write_string(number, 0, title, heading)
            notes.write_string(number, 1, text)
    stream.seek(0)
    return stream


def _write(sheet: Any, row: int, column: int, cell: object) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)
