"""The zone list as a table to take away: CSV as a stream, XLSX as a workbook (导出).

Every row names its certainty and the kind of its source. Text that a spreadsheet would run as a formula is defused.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parks.enums import Certainty, SourceGrade
from parks.models import Designation, Zone

Cell = str | int | Decimal | None
Column = tuple[Promise, Callable[[Any], Cell], int]

# A spreadsheet takes a cell that begins so for a formula; the full-width forms too, in Chinese and Japanese editions.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _plates(zone: Zone) -> str:
    return "; ".join(f"{plate.name} ({plate.short_label})" for plate in zone.designations.all() if plate.in_force)


def _expired(zone: Zone) -> str:
    return "; ".join(f"{plate.name} ({plate.ended_on})" for plate in zone.designations.all() if not plate.in_force)


ZONE_COLUMNS: list[Column] = [
    (gettext_lazy("园区编号"), lambda zone: zone.code, 9),
    (gettext_lazy("园区名称"), lambda zone: zone.name, 30),
    (gettext_lazy("省辖市"), lambda zone: zone.city.label, 10),
    (gettext_lazy("省辖市代码"), lambda zone: zone.city.code, 10),
    (gettext_lazy("县（市、区）"), lambda zone: zone.county.label if zone.county else "", 12),
    (gettext_lazy("县（市、区）代码（2017年）"), lambda zone: zone.county.code if zone.county else "", 12),
    (gettext_lazy("有效称号"), _plates, 44),
    (gettext_lazy("已失效称号"), _expired, 30),
    (gettext_lazy("星级"), lambda zone: zone.star, 6),
    (gettext_lazy("星级说明"), lambda zone: zone.star_note, 16),
    (gettext_lazy("主导产业"), lambda zone: "、".join(zone.leading_industries), 30),
    (gettext_lazy("规划面积（km²）"), lambda zone: zone.planned_area_km2, 12),
    (gettext_lazy("建成区面积（km²）"), lambda zone: zone.built_area_km2, 12),
    (gettext_lazy("别名"), lambda zone: "; ".join(alias.name for alias in zone.aliases.all()), 24),
    (gettext_lazy("名称可信度"), lambda zone: zone.name_certainty, 9),
    (gettext_lazy("事实可信度"), lambda zone: zone.fact_certainty, 9),
    (gettext_lazy("来源级别"), lambda zone: zone.get_source_grade_display(), 18),
    (gettext_lazy("备注"), lambda zone: zone.note, 40),
]

PLATE_COLUMNS: list[Column] = [
    (gettext_lazy("园区编号"), lambda plate: plate.zone.code, 9),
    (gettext_lazy("称号编号"), lambda plate: plate.code, 9),
    (gettext_lazy("称号"), lambda plate: plate.name, 30),
    (gettext_lazy("类别"), lambda plate: plate.get_zone_class_display(), 18),
    (gettext_lazy("小类"), lambda plate: plate.subclass, 14),
    (gettext_lazy("级别"), lambda plate: plate.get_level_display(), 8),
    (gettext_lazy("批准时间"), lambda plate: plate.approved_on, 11),
    (gettext_lazy("批准文号"), lambda plate: plate.approval_document, 20),
    (gettext_lazy("核准面积（公顷）"), lambda plate: plate.approved_area_ha, 12),
    (gettext_lazy("终止时间"), lambda plate: plate.ended_on, 11),
    (gettext_lazy("终止原因"), lambda plate: plate.end_reason, 20),
    (gettext_lazy("一区多牌可信度"), lambda plate: plate.plate_certainty, 9),
    (gettext_lazy("名称可信度"), lambda plate: plate.name_certainty, 9),
    (gettext_lazy("来源级别"), lambda plate: plate.get_source_grade_display(), 18),
    (gettext_lazy("备注"), lambda plate: plate.note, 40),
]


def defused(cell: Cell) -> Cell:
    """The cell; with an apostrophe before a text that a spreadsheet would run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


class _Echo:
    """A file that hands back what is written, so that rows can be streamed one by one."""

    def write(self, text: str) -> str:
        return text


def zones_csv(zones: Iterable[Zone]) -> Iterator[str]:
    """Lines of a CSV file, the byte order mark first: without it Excel misreads Chinese."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([str(label) for label, _get, _width in ZONE_COLUMNS])
    for zone in zones:
        yield writer.writerow([defused(get(zone)) for _label, get, _width in ZONE_COLUMNS])


def zones_xlsx(zones: Iterable[Zone], about: list[tuple[str, str]]) -> IO[bytes]:
    """A workbook of three sheets: zones, their plates, and what the table is (`about`, with the legend of marks)."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        first, second, third = (book.add_worksheet(name) for name in (_("园区"), _("称号"), _("说明")))
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        plates = _write_sheet(first, heading, ZONE_COLUMNS, zones)
        _write_sheet(second, heading, PLATE_COLUMNS, plates)
        third.set_column(0, 0, 18)
        third.set_column(1, 1, 80)
        for number, (label, text) in enumerate(about + _legend()):
            third.write_string(number, 0, label, heading)
            third.write_string(number, 1, text)
    stream.seek(0)
    return stream


def _write_sheet(sheet: Any, heading: Any, columns: list[Column], rows: Iterable[Any]) -> list[Designation]:
    """Write head and rows; returns the plates met on the way, when the rows are zones."""
    plates: list[Designation] = []
    for position, (label, _get, width) in enumerate(columns):
        sheet.set_column(position, position, width)
        sheet.write_string(0, position, str(label), heading)
    sheet.freeze_panes(1, 2)
    for number, row in enumerate(rows, start=1):
        for position, (_label, get, _width) in enumerate(columns):
            cell = defused(get(row))
            if isinstance(cell, str):
                sheet.write_string(number, position, cell)
            elif cell is not None:
                sheet.write_number(number, position, cell)
        if isinstance(row, Zone):
            plates.extend(row.designations.all())
    return plates


def _legend() -> list[tuple[str, str]]:
    marks = [(_("可信度"), str(mark.label)) for mark in Certainty]
    return marks + [(_("来源级别"), str(grade.label)) for grade in SourceGrade]
