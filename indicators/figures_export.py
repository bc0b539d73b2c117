"""The page of figures as a file to take away: CSV as a stream, XLSX as a workbook (数据导出).

A row for each zone or group, a column for each item and year; numbers as stored, with the mark 演示数据 in words in the
last columns and in italics in the workbook.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from indicators.enums import Grouping
from indicators.selectors.figures import FigureTable, Line
from parks.exports import defused

DIGITS = 6


class _Echo:
    """A file that hands back what is written, so that rows can be streamed one by one."""

    def write(self, text: str) -> str:
        return text


def _head(table: FigureTable) -> list[str]:
    asked = table.asked
    columns = [
        f"{item.label}（{item.unit_label}）{year}{asked.part}" for item in asked.indicators for year in asked.years
    ]
    return [_("编号"), str(Grouping(asked.level).label), _("园区数"), *columns, _("数据标记"), _("沿革标记")]


def _marks(line: Line) -> list[str]:
    figures = line.figures.values()
    return [
        _("演示数据") if any(figure.synthetic for figure in figures) else "",
        _("按沿革追溯") if any(figure.restated for figure in figures) else "",
    ]


def _numbers(table: FigureTable, line: Line) -> list[float | None]:
    asked = table.asked
    numbers = [line.number(item.code, year) for item in asked.indicators for year in asked.years]
    return [None if number is None else round(number, DIGITS) for number in numbers]


def _lines(table: FigureTable, lines: Sequence[Line]) -> list[Line]:
    return [*lines, table.total] if table.total is not None and len(lines) > 1 else list(lines)


def figures_csv(table: FigureTable, lines: Sequence[Line]) -> Iterator[str]:
    """Lines of a CSV file, the byte order mark first: without it Excel misreads Chinese."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(_head(table))
    for line in _lines(table, lines):
        row = [defused(line.code), defused(line.label), line.zones, *_numbers(table, line), *_marks(line)]
        yield writer.writerow(row)


def figures_xlsx(table: FigureTable, lines: Sequence[Line], about: list[tuple[str, str]]) -> IO[bytes]:
    """A workbook of two sheets: the table, and what it is."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet, notes = book.add_worksheet(_("数据")), book.add_worksheet(_("说明"))
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        number = {"num_format": "#,##0.00"}
        looks = {False: book.add_format(number), True: book.add_format(number | {"italic": True, "color": "#8a5a00"})}
        for column, label in enumerate(_head(table)):
            sheet.set_column(column, column, 30 if column == 1 else 14)
            sheet.write_string(0, column, label, heading)
        sheet.freeze_panes(1, 2)
        for row, line in enumerate(_lines(table, lines), start=1):
            _write(sheet, row, table, line, looks)
        notes.set_column(0, 0, 18)
        notes.set_column(1, 1, 80)
        for row, (label, text) in enumerate(about):
            notes.write_string(row, 0, label, heading)
            notes.write_string(row, 1, text)
    stream.seek(0)
    return stream


def _write(sheet: Any, row: int, table: FigureTable, line: Line, looks: dict[bool, Any]) -> None:
    sheet.write_string(row, 0, str(defused(line.code)))
    sheet.write_string(row, 1, str(defused(line.label)))
    sheet.write_number(row, 2, line.zones)
    asked = table.asked
    keys = [(item.code, year) for item in asked.indicators for year in asked.years]
    for column, (key, number) in enumerate(zip(keys, _numbers(table, line), strict=True), start=3):
        if number is not None:
            sheet.write_number(row, column, number, looks[line.figures[key].synthetic])
    for column, mark in enumerate(_marks(line), start=3 + len(keys)):
        sheet.write_string(row, column, mark)
