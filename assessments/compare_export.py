"""A comparison of two runs as a file (导出): one row a zone, both results, the parts of the change of score and rank."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from assessments.comparison import PARTS
from assessments.models import Result
from assessments.selectors.comparison import PART_WORDS, ComparedRow, ComparedRuns
from common.api import SYNTHETIC_MARK
from parks.exports import defused

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def columns() -> list[str]:
    sides = [_("前：%(what)s"), _("后：%(what)s")]
    whats = [_("得分"), _("位次"), _("建议")]
    parts = [PART_WORDS[name] for name in PARTS]
    return [
        _("园区编号"), _("园区"), _("省辖市"), *(side % {"what": what} for side in sides for what in whats),
        _("得分变化"), *(_("得分：%(part)s") % {"part": part} for part in parts),
        _("位次变化"), *(_("位次：%(part)s") % {"part": part} for part in parts), _("修订的数字个数"), _("数据性质"),
    ]  # fmt: skip


def table(rows: Iterable[ComparedRow]) -> list[list[Any]]:
    """Numbers unrounded; places won are positive."""
    return [
        [
            row.zone.code,
            row.zone.name,
            row.zone.city.label,
            *_side(row.before),
            *_side(row.after),
            row.score_change,
            *(row.parts[name] if row.parts else None for name in PARTS),
            row.moved,
            *(row.places[name] if row.places else None for name in PARTS),
            row.revised,
            SYNTHETIC_MARK if any(side and side.synthetic for side in (row.before, row.after)) else "",
        ]
        for row in rows
    ]


def _side(result: Result | None) -> list[Any]:
    return [None] * 3 if result is None else [result.score, result.rank, result.get_proposal_display()]


def as_csv(found: ComparedRuns, rows: Iterable[ComparedRow]) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheets need to read Chinese."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(columns())
    writer.writerows(["" if cell is None else defused(cell) for cell in row] for row in table(rows))
    return ("\ufeff" + stream.getvalue()).encode()


def as_xlsx(found: ComparedRuns, rows: Iterable[ComparedRow]) -> bytes:
    """The table, header frozen and filter on; the mark and the two runs stand above it."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF1F1", "text_wrap": True})
    number, mark = book.add_format({"num_format": "0.00"}), book.add_format({"font_color": "#9C2A21", "bold": True})
    sheet = book.add_worksheet(_("考核结果比较"))
    sheet.write(0, 0, f"#{found.before.pk} {found.before.year} → #{found.after.pk} {found.after.year}", bold)
    sheet.write(1, 0, SYNTHETIC_MARK if found.before.synthetic or found.after.synthetic else "", mark)
    sheet.write_row(2, 0, columns(), head)
    lines = table(rows)
    for place, row in enumerate(lines, start=3):
        for at, cell in enumerate(row):
            if cell is not None:
                sheet.write(place, at, cell, number if isinstance(cell, float) else None)
    sheet.freeze_panes(3, 2)
    sheet.autofilter(2, 0, 2 + len(lines), len(columns()) - 1)
    sheet.set_column(1, 1, 32)
    book.close()
    return stream.getvalue()
