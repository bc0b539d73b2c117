"""Opening an uploaded workbook safely (打开表格文件): values and formulas in one pass, within limits, nothing else read.

A library that loads whole workbooks reads styles, drawings and links as well, fails on what other programs write there,
and hands out either formulas or their stored results. Here both are needed and nothing else; see ADR 8.
"""

from __future__ import annotations

import posixpath
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import IO

from django.utils.translation import gettext as _

from common.workbooks.cells import (
    Area,
    Cell,
    Content,
    ErrorValue,
    Sheet,
    Workbook,
    address,
    column_letters,
    fifteen_digits,
)
from common.workbooks.errors import WorkbookRefused
from common.workbooks.markup import parse, too_many_cells
from common.workbooks.package import Package, broken, open_package
from common.workbooks.styles import DATE, StyleHandler

__all__ = ["Area", "Cell", "ErrorValue", "Sheet", "Workbook", "WorkbookRefused", "open_workbook"]

MOST_SHEETS = 40
MOST_ROWS = 20_000
MOST_COLUMNS = 400
MOST_CELLS = 300_000
_LONGEST_TEXT = 32_767
_LONGEST_FORMULA = 200
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LARGEST_POWER = 300


def open_workbook(file: IO[bytes]) -> Workbook:
    """The worksheets of an .xlsx file with their cells.

    Raises WorkbookRefused with one sentence for the sender, whatever bytes come in.
    """
    package = open_package(file)
    main = _main_part(package)
    book = _BookHandler()
    parse(package, main, book)
    parts = _relations(package, main, "/worksheet")
    named = [(name, state, parts[key]) for name, state, key in book.sheets if key in parts]
    if not named:
        raise broken()
    if len(named) > MOST_SHEETS:
        message = _("工作表太多（%(found)d 个，上限 %(most)d 个）。请只保留要填报的工作表。")
        raise WorkbookRefused("too_many_sheets", message % {"found": len(named), "most": MOST_SHEETS})
    context = _Context(_strings(package, main), _styles(package, main), book.epoch)
    return Workbook([_sheet(package, part, name, state, context) for name, state, part in named])


def _main_part(package: Package) -> str:
    found = list(_relations(package, "", "/officeDocument").values())
    return found[0] if found else "xl/workbook.xml"


def _relations(package: Package, part: str, kind: str) -> dict[str, str]:
    """Parts inside the package that a part names, by the name of the relation; never anything outside it."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    handler = _RelationHandler(kind)
    if package.has(listed):
        parse(package, listed, handler)
    return {key: posixpath.normpath(posixpath.join("/", folder, target))[1:] for key, target in handler.targets.items()}


def _strings(package: Package, main: str) -> list[str]:
    handler = _StringHandler()
    for part in _relations(package, main, "/sharedStrings").values():
        parse(package, part, handler)
    return handler.strings


def _styles(package: Package, main: str) -> StyleHandler:
    handler = StyleHandler()
    for part in _relations(package, main, "/styles").values():
        parse(package, part, handler)
    return handler


class _RelationHandler:
    def __init__(self, kind: str) -> None:
        self.targets: dict[str, str] = {}
        self._kind = kind

    def start(self, name: str, attributes: dict[str, str]) -> None:
        inside = attributes.get("TargetMode") != "External"
        if name == "Relationship" and inside and attributes.get("Type", "").endswith(self._kind):
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, name: str) -> None:
        """A relation has no content."""

    def text(self, data: str) -> None:
        """Likewise."""


class _BookHandler:
    """Names and states of the sheets, and from which day dates are counted."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.epoch = datetime(1899, 12, 30, tzinfo=UTC)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("state", ""), attributes.get("id", "")))
        elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            self.epoch = datetime(1904, 1, 1, tzinfo=UTC)

    def end(self, name: str) -> None:
        """All is in attributes."""

    def text(self, data: str) -> None:
        """Likewise."""


class _StringHandler:
    """The shared strings; readings of characters (phonetic guides) are left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._in_text = self._in_reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._in_reading = True
        elif name == "t":
            self._in_text = not self._in_reading

    def end(self, name: str) -> None:
        if name == "si":
            self.strings.append(_text("".join(self._pieces)))
        elif name == "rPh":
            self._in_reading = False
        elif name == "t":
            self._in_text = False

    def text(self, data: str) -> None:
        if self._in_text:
            self._pieces.append(data)


def _text(raw: str) -> str:
    """A text as people see it: escaped characters restored, those that can't be shown left out."""
    plain = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), raw)[:_LONGEST_TEXT]
    return "".join(c for c in plain if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF))


class _Context:
    """What all sheets of a book share, and how many cells may still come."""

    def __init__(self, strings: list[str], styles: StyleHandler, epoch: datetime) -> None:
        self.strings = strings
        self.kind_of = styles.of_style
        self.epoch = epoch
        self.left = MOST_CELLS

    def content(self, kind: str, raw: str, format_kind: str) -> Content:
        """The value of a cell of type `kind` with the text `raw`."""
        if kind == "s":
            return self._shared(raw)
        if kind in {"str", "inlineStr"}:
            return _text(raw) or None
        return self._scalar(kind, raw.strip(), format_kind) if raw.strip() else None

    def _scalar(self, kind: str, raw: str, format_kind: str) -> Content:
        if kind == "e":
            return ErrorValue(raw[:20])
        if kind == "b":
            return raw in {"1", "true"}
        if kind == "d":
            return raw[:40]
        return self._number(raw, format_kind)

    def _shared(self, raw: str) -> str | None:
        if not raw.strip():
            return None
        number = int(raw)
        if not 0 <= number < len(self.strings):
            raise broken()
        return self.strings[number] or None

    def _number(self, raw: str, format_kind: str) -> Content:
        try:
            number = Decimal(raw)
        except InvalidOperation:
            raise broken() from None
        if not number.is_finite() or number.adjusted() > _LARGEST_POWER:
            return ErrorValue("#NUM!")
        if format_kind == DATE:
            try:
                return self.epoch + timedelta(days=float(number))
            except OverflowError:
                return ErrorValue("#NUM!")
        return fifteen_digits(number)


class _SheetHandler:
    """Cells with content, merged areas, what is hidden."""

    def __init__(self, sheet: Sheet, context: _Context) -> None:
        self._sheet, self._context = sheet, context
        self._in_data = False
        self._row = self._column = 0
        self._kind = self._style = self._part = ""
        self._parts: dict[str, list[str]] = {}
        self._has_formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._in_data:
            self._start_in_data(name, attributes)
        elif name == "sheetData":
            self._in_data = True
        elif name == "mergeCell":
            self._sheet.merged.append(_area(attributes.get("ref", "")))
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            last = min(int(attributes.get("max", 0)), MOST_COLUMNS)
            self._sheet.hidden_columns.update(range(int(attributes.get("min", 0)), last + 1))

    def _start_in_data(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if attributes.get("hidden") in {"1", "true"} and self._row <= MOST_ROWS:
                self._sheet.hidden_rows.add(self._row)
        elif name == "c":
            self._row, self._column = self._position(attributes.get("r"))
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._parts = {"v": [], "t": [], "f": []}
            self._has_formula = False
        elif name in self._parts:
            self._part = name
            self._has_formula = self._has_formula or name == "f"
        elif name == "rPh":
            self._part = ""

    def _position(self, reference: str | None) -> tuple[int, int]:
        if reference is None:
            return self._row, self._column + 1
        return _reference(reference)

    def end(self, name: str) -> None:
        if not self._in_data:
            return
        if name == "c":
            self._keep()
        elif name == self._part:
            self._part = ""
        elif name == "sheetData":
            self._in_data = False

    def text(self, data: str) -> None:
        if self._part:
            self._parts[self._part].append(data)

    def _keep(self) -> None:
        format_kind = self._context.kind_of(self._style or None)
        raw = "".join(self._parts["t" if self._kind == "inlineStr" else "v"])
        value = self._context.content(self._kind, raw, format_kind)
        formula = "".join(self._parts["f"])[:_LONGEST_FORMULA] or "…" if self._has_formula else ""
        if value is None and not formula:
            return
        _within_limits(self._sheet, self._row, self._column)
        self._context.left -= 1
        if self._context.left < 0:
            raise too_many_cells()
        shown = format_kind if isinstance(value, Decimal) else ""
        self._sheet.cells[self._row, self._column] = Cell(self._row, self._column, value, formula, shown)


def _within_limits(sheet: Sheet, row: int, column: int) -> None:
    if row <= MOST_ROWS and column <= MOST_COLUMNS:
        return
    message = _(
        "工作表“%(sheet)s”在 %(cell)s 处仍有内容，超出可读取的范围（%(rows)d 行、%(columns)s 列以内）。请删去多余的行列后再上传。"
    )
    facts = {
        "sheet": sheet.name,
        "cell": address(row, column),
        "rows": MOST_ROWS,
        "columns": column_letters(MOST_COLUMNS),
    }
    raise WorkbookRefused("too_wide", message % facts)


def _reference(text: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise broken()
    column = 0
    for letter in found.group(1):
        column = 26 * column + ord(letter) - 64
    return int(found.group(2)), column


def _area(text: str) -> Area:
    first, _colon, last = text.partition(":")
    top, left = _reference(first)
    bottom, right = _reference(last or first)
    return Area(top, left, bottom, right)


def _sheet(package: Package, part: str, name: str, state: str, context: _Context) -> Sheet:
    sheet = Sheet(name=_text(name)[:31], hidden=state in {"hidden", "veryHidden"})
    try:
        parse(package, part, _SheetHandler(sheet, context))
    except (KeyError, IndexError):
        raise broken() from None
    return sheet
