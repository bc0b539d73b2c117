"""The board and the league tables as files (目标导出)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from common.api import SYNTHETIC_MARK
from common.statuses import look
from parks.exports import defused
from targets.models import Target
from targets.selectors import CityLine, TargetLine

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def board_columns() -> list[str]:
    return [
        _("编号"), _("目标"), _("条款"), _("原文"), _("目标年"), _("关系"), _("目标值"), _("单位"), _("截至"), _("现值"), _("分子"),
        _("分母"), _("状态"), _("判定方法"), _("牵头"), _("来源"), _("数据性质"),
    ]  # fmt: skip


def board_rows(lines: Iterable[TargetLine], year: int | None) -> list[list[Any]]:
    return [
        [
            line.target.code,
            line.target.label,
            line.target.provision.code,
            line.target.provision.quote,
            line.target.year or _("长期"),
            line.target.get_operator_display(),
            _number(line.target.value),
            line.target.unit,
            year,
            _number(line.progress and line.progress.value),
            _number(line.progress and line.progress.numerator),
            _number(line.progress and line.progress.denominator),
            str(look(line.judgement.verdict if line.judgement else line.status).label),
            str(line.target.get_method_display()) if line.target.value is not None else "",
            str(line.target.get_lead_display()),
            str(line.target.get_origin_display()),
            SYNTHETIC_MARK if line.progress and line.progress.synthetic else "",
        ]
        for line in lines
    ]


def city_columns(target: Target) -> list[str]:
    value = f"{_('现值')}（{target.unit}）" if target.unit else _("现值")
    return [
        _("位次"), _("最好位次"), _("最差位次"), _("代码"), _("省辖市"), value, _("下限"), _("上限"), _("分子"), _("分母"),
        _("缺数据"), _("占全省（%）"), _("分解指标"), _("已完成分解指标"), _("数据性质"),
    ]  # fmt: skip


def city_rows(lines: Iterable[CityLine], *, synthetic: bool) -> list[list[Any]]:
    met = {True: _("是"), False: _("否"), None: ""}
    return [
        [
            line.rank, line.best, line.worst, line.code, line.name, line.value, line.low, line.high, line.numerator,
            line.denominator, line.missing, line.contribution, _number(line.quota), met[line.quota_met],
            SYNTHETIC_MARK if synthetic else "",
        ]
        for line in lines
    ]  # fmt: skip


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def as_csv(columns: list[str], rows: list[list[Any]]) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheets need to read Chinese."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows(["" if cell is None else defused(cell) for cell in row] for row in rows)
    return ("\ufeff" + stream.getvalue()).encode()


def as_xlsx(title: str, columns: list[str], rows: list[list[Any]]) -> bytes:
    """One sheet: title, mark, header frozen and filtered, then the rows."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF1F1"})
    mark = book.add_format({"font_color": "#9C2A21", "bold": True})
    sheet = book.add_worksheet(_("目标"))
    sheet.write(0, 0, title, bold)
    sheet.write(1, 0, SYNTHETIC_MARK if any(SYNTHETIC_MARK in row for row in rows) else "", mark)
    sheet.write_row(2, 0, columns, head)
    for line, row in enumerate(rows, start=3):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(line, place, cell)
    sheet.freeze_panes(3, 2)
    sheet.autofilter(2, 0, 2 + max(len(rows), 1), len(columns) - 1)
    sheet.set_column(1, 1, 30)
    book.close()
    return stream.getvalue()
