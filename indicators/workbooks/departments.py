"""A department's template (部门数据模板): every zone in force a line, its items as columns, what is known filled in."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from indicators.models import Indicator
from parks.models import Zone

Known = Mapping[tuple[int, int], Decimal]
"""Numbers the department delivered already, by zone and indicator id."""


def department_template(
    zones: Sequence[Zone],
    items: Sequence[Indicator],
    classes: Mapping[int, set[str]],
    known: Known,
    about: Sequence[tuple[str, str]],
) -> IO[bytes]:
    """The workbook; cells of items that a zone is not asked for are grey and locked."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        table, notes = book.add_worksheet(_("部门数据")), book.add_worksheet(_("说明"))
        look = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EAF1F2"}
            ),
            "fixed": book.add_format({"font_color": "#4A5A60"}),
            "closed": book.add_format({"bg_color": "#E3E6E7"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        places = {item.decimals for item in items}
        open_ = {n: book.add_format({"locked": False, "num_format": f"#,##0.{'0' * n}".rstrip(".")}) for n in places}
        _write_head(table, items, look)
        for row, zone in enumerate(zones, start=1):
            for column, text in enumerate((zone.code, zone.name, zone.city.name)):
                table.write_string(row, column, text, look["fixed"])
            for column, item in enumerate(items, start=3):
                asked = bool(classes.get(zone.pk, set()) & set(item.zone_classes))
                number = known.get((zone.pk, item.pk))
                _write_cell(table, (row, column), asked, number, open_[item.decimals], look["closed"])
        table.protect("", {"select_locked_cells": True, "format_columns": True, "sort": True, "autofilter": True})
        _write_notes(notes, items, about, look)
    stream.seek(0)
    return stream


def _write_head(table: Any, items: Sequence[Indicator], look: Mapping[str, Any]) -> None:
    for column, (title, width) in enumerate(((_("园区编号"), 9), (_("园区名称"), 30), (_("省辖市"), 10))):
        table.set_column(column, column, width)
        table.write_string(0, column, title, look["head"])
    for column, item in enumerate(items, start=3):
        table.set_column(column, column, 17)
        table.write_string(0, column, f"{item.label}（{item.unit_label}）", look["head"])
    table.freeze_panes(1, 2)


def _write_cell(table: Any, at: tuple[int, int], asked: bool, number: Decimal | None, open_: Any, closed: Any) -> None:
    if not asked:
        table.write_blank(*at, None, closed)
    elif number is None:
        table.write_blank(*at, None, open_)
    else:
        table.write_number(*at, number, open_)


def _write_notes(
    notes: Any, items: Sequence[Indicator], about: Sequence[tuple[str, str]], look: Mapping[str, Any]
) -> None:
    notes.set_column(0, 0, 26)
    notes.set_column(1, 1, 90)
    lines = [
        *about,
        ("", ""),
        *((f"{item.label}（{item.unit_label}，{item.code}）", item.definition) for item in items),
    ]
    for row, (label, text) in enumerate(lines):
        notes.write_string(row, 0, label, look["head"] if label else look["text"])
        notes.write_string(row, 1, text, look["text"])
