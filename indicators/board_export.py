"""The board of a round as a table to take away: CSV, or XLSX with a sheet of cities and one of zones (进度导出)."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from common.statuses import look
from indicators.models import Round
from indicators.selectors import Completeness, CompletenessRow
from indicators.selectors.board import BoardLine, columns
from parks.exports import Cell, defused


def city_table(round_: Round, board: Completeness) -> list[list[Cell]]:
    """Head and rows by city, the sum of all last."""
    shown = columns(round_)
    head: list[Cell] = [_("省辖市"), _("省辖市代码"), *(str(look(status).label) for status in shown)]
    head += [_("逾期"), _("合计"), _("已确认（%）"), _("填报率（%）")]
    return [head, *(_city_row(row, shown) for row in [*board.rows, board.total])]


def _city_row(row: CompletenessRow, shown: Sequence[str]) -> list[Cell]:
    name, code = (row.city.label, row.city.code) if row.city else (_("合计"), "")
    counts = [row.counts[status] for status in shown]
    return [name, code, *counts, row.late, row.total, _round(row.done_percent), _round(row.percent)]


def zone_table(lines: Iterable[BoardLine]) -> list[list[Cell]]:
    """Head and a row for each zone."""
    head: list[Cell] = [_("园区编号"), _("园区名称"), _("省辖市"), _("状态"), _("逾期"), _("已填项"), _("应填项"),
                        _("填报率（%）"), _("截止日期"), _("报送时间")]  # fmt: skip
    return [head, *map(_zone_row, lines)]


def _zone_row(line: BoardLine) -> list[Cell]:
    row = line.return_
    filed = timezone.localtime(row.submitted_at).date().isoformat() if row.submitted_at else ""
    return [row.zone.code, row.zone.name, row.zone.city.label, str(look(line.status).label), _("是") if line.late else "",
            line.filled, line.asked, _round(line.percent), row.due_on.isoformat(), filed]  # fmt: skip


def _round(percent: float | None) -> Cell:
    return None if percent is None else round(percent)


def table_csv(table: Iterable[Sequence[Cell]]) -> str:
    """The table as CSV, the byte order mark first: without it Excel misreads Chinese."""
    stream = io.StringIO()
    stream.write("\ufeff")
    csv.writer(stream).writerows([[defused(cell) for cell in row] for row in table])
    return stream.getvalue()


def board_xlsx(cities: list[list[Cell]], zones: list[list[Cell]], about: list[tuple[str, str]]) -> IO[bytes]:
    """A workbook of three sheets: cities, zones, and what the table is."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        notes: list[list[Cell]] = [list(row) for row in about]
        sheets: list[tuple[str, list[list[Cell]]]] = [(_("按市"), cities), (_("按园区"), zones), (_("说明"), notes)]
        for name, table in sheets:
            sheet = book.add_worksheet(name)
            sheet.set_column(0, 1, 18)
            sheet.set_column(2, 20, 12)
            for number, row in enumerate(table):
                for position, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(
                            number, position, defused(cell), heading if number == 0 and table is not notes else None
                        )
    stream.seek(0)
    return stream
