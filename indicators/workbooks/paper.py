"""What our workbooks have in common: formats, protection, the stamp, print setup (表格样式).

Only what Excel, WPS and LibreOffice all know: no array formulas, no scripts, no pictures, no named styles.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from common.workbooks.cells import fifteen_digits
from indicators.enums import Absence
from indicators.models import Indicator
from indicators.workbooks.figures import YES_NO
from indicators.workbooks.stamp import MARK, SHEET, Stamp

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_INK, _MUTED, _LINE, _BAND, _INPUT, _MARK = "#1f2937", "#6b7280", "#d1d5db", "#eef2f7", "#fffbe6", "#b45309"
_FONT = "微软雅黑"
_HINT_TITLE, _HINT_TEXT = 32, 255
# What a spreadsheet may let somebody type into a cell of figures: whatever can be stored.
_LEAST, _MOST = -1e15, 1e15


@dataclass(frozen=True)
class Paper:
    """An open workbook with the formats that all sheets share."""

    book: Any
    formats: dict[str, Any]

    def number(self, kind: str, item: Indicator) -> Any:
        """The format of a figure of an item: thousands, its decimals; `kind` input or known."""
        digits = f".{'0' * item.decimals}" if item.decimals else ""
        return self.format(kind, num_format=f"#,##0{digits}", align="right")

    def format(self, kind: str, **more: Any) -> Any:
        """A format of the family `kind`, made once however often it is asked for."""
        key = f"{kind} {sorted(more.items())}"
        if key not in self.formats:
            self.formats[key] = self.book.add_format(_FAMILIES[kind] | more)
        return self.formats[key]


_BASE = {"font_name": _FONT, "font_size": 10, "font_color": _INK, "valign": "vcenter"}
_BOXED = _BASE | {"border": 1, "border_color": _LINE}
_FAMILIES: dict[str, dict[str, Any]] = {
    "title": _BASE | {"font_size": 15, "bold": True},
    "mark": _BASE | {"bold": True, "font_color": _MARK},
    "hint": _BASE | {"font_color": _MUTED},
    "head": _BOXED | {"bold": True, "bg_color": _BAND, "text_wrap": True, "align": "center"},
    "band": _BASE | {"bold": True, "bg_color": _BAND, "bottom": 1, "bottom_color": _LINE},
    "known": _BOXED,
    "quiet": _BOXED | {"font_color": _MUTED},
    "text": _BOXED | {"text_wrap": True},
    "input": _BOXED | {"bg_color": _INPUT, "locked": False},
    "input_text": _BOXED | {"bg_color": _INPUT, "locked": False, "text_wrap": True, "num_format": "@"},
    "none": _BOXED | {"bg_color": "#f3f4f6", "font_color": _MUTED, "align": "center"},
}


@contextmanager
def paper(title: str) -> Iterator[tuple[Paper, IO[bytes]]]:
    """A workbook being written into a temporary file, which the reader of it closes."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": title, "company": _("园区通")})
        book.set_calc_mode("auto")
        yield Paper(book, {}), stream
    stream.seek(0)


def as_float(number: Decimal | float) -> float:
    """A number as a spreadsheet keeps it; reading it back gives the same fifteen digits."""
    return float(fifteen_digits(number)) if isinstance(number, Decimal) else number


def protect(sheet: Any) -> None:
    """Lock everything but input cells, without a password: it guards against slips, the stamp against the rest."""
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def print_setup(sheet: Any, *, header_row: int, name: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header_row)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L{name.replace('&', '&&')}&R&P / &N")


def write_stamp(book: Any, stamp: Stamp) -> None:
    sheet = book.add_worksheet(SHEET)
    sheet.write_string(0, 0, MARK)
    sheet.write_string(0, 1, stamp.sign())
    sheet.write_string(2, 0, _("系统用这一页核对表格，请勿改动或删除。"))
    sheet.protect("")
    sheet.very_hidden()


def figure_rule(item: Indicator, *, words: bool = False) -> dict[str, Any]:
    """What may be typed into the cell of a figure, with the hint that shows when it is chosen.

    Bounds of the item stop a slip at once. With `words` (where there is no column of reasons) 不适用 and 暂缺 may stand in
    the cell too, so a spreadsheet can only hint.
    """
    hint = _("单位：%(unit)s。%(definition)s") % {"unit": item.unit_label, "definition": item.definition}
    shown = {"input_title": item.label[:_HINT_TITLE], "input_message": _cut(hint)}
    if words:
        rest = _("也可填“%(words)s”。") % {"words": "”、“".join(str(label) for label in Absence.labels)}
        return {"validate": "any", **shown, "input_message": _cut(f"{rest}{hint}")}
    if item.unit == YES_NO:
        return {"validate": "list", "source": [1, 0], "error_message": _("请填 1（是）或 0（否）。"), **shown}
    least = _LEAST if item.minimum is None else float(item.minimum)
    most = _MOST if item.maximum is None else float(item.maximum)
    kind = "decimal" if item.decimals else "integer"
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": least,
        "maximum": most,
        "error_title": _("请填数字"),
        "error_message": _cut(
            _("只填数字，单位是%(unit)s。确实没有数的，在“缺值说明”中选择。") % {"unit": item.unit_label}
        ),
        **shown,
    }


def absence_rule() -> dict[str, Any]:
    return {
        "validate": "list",
        "source": [str(label) for label in Absence.labels],
        "input_title": _("缺值说明"),
        "input_message": _("没有数时选：不适用（本园区没有此项）或暂缺（有此项，但现在还没有数）。空白表示还没有填。"),
        "error_message": _("只能选“不适用”或“暂缺”，或留空。"),
    }


def _cut(text: str) -> str:
    return text if len(text) <= _HINT_TEXT else f"{text[: _HINT_TEXT - 1]}…"
