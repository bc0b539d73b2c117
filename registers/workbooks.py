"""Registers as workbooks (台账表格): out with drop-downs and a signed stamp, back in row by row through the same rules.

Another list whose rows hang on a zone is written and read in the same way: a `Table` says what is in it.

A row with a number changes that entry, one without registers a new one; what is not in the file stays as it is. Formulas,
merged cells and values shown otherwise than they are stored are refused at their cell.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext, override, pgettext
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from common.workbooks.cells import Cell, ErrorValue, Sheet, Workbook
from common.workbooks.errors import WorkbookRefused
from registers.definition import Definition, FieldSpec, parted, said
from registers.enums import CHOSEN, FieldType, Place
from registers.models import Entry, Register
from registers.references import entry_number
from registers.services import REVISION, Write
from registers.validation import WHOLE

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAMP, LISTS, MARK, SALT = "_yuanqu", "_lists", "YUANQU-REGISTER", "yuanqu.register"
HEADER_ROW, BLANK_ROWS, HEADER_WITHIN = 3, 200, 12
MOST_ROWS = 5000
NUMBER, PLACE_NAME = "id", "place_name"
_INK, _MUTED, _LINE, _BAND, _INPUT = "#1f2937", "#6b7280", "#d1d5db", "#eef2f7", "#fffbe6"
_BASE = {"font_name": "微软雅黑", "font_size": 10, "font_color": _INK, "valign": "vcenter"}
_BOXED = _BASE | {"border": 1, "border_color": _LINE}


@dataclass(frozen=True)
class Table:
    """What a workbook is for: a register, or another list asked in the fields of `spec`.

    `numbered`: whether its rows may name an entry that they change. `places`: what the column of places offers, the code
    first; none offered for a register. `hint`: a line above the table.
    """

    code: str
    version: int
    label: str
    spec: Definition
    numbered: bool = True
    places: Sequence[str] = ()
    hint: str = ""

    @classmethod
    def of(cls, register: Register) -> Table:
        hint = _("有编号的行修改该条，没有编号的行新登记；不在表中的条目不受影响。带 * 的必填。")
        return cls(register.code, register.version, register.label, register.spec, hint=hint)


@dataclass(frozen=True)
class ReadRow:
    """A row of a file: its number, what it says, the cell of each column, what could not be read at all, the place's name."""

    row: int
    write: Write
    cells: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)
    place_name: str = ""


@dataclass
class Intake:
    """A file as read: rows, and faults of the whole or of headers with their places."""

    rows: list[ReadRow] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


# ---- out ------------------------------------------------------------------------------------------------------


def register_workbook(register: Register, entries: Iterable[Entry]) -> IO[bytes]:
    """The register as a workbook with these entries and blank rows; the reader of the stream closes it."""
    return table_workbook(Table.of(register), entries)


def table_workbook(table: Table, entries: Iterable[Entry] = ()) -> IO[bytes]:
    """The same for any table."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": table.label, "company": _("园区通")})
        _Paper(book, table).write(list(entries))
    stream.seek(0)
    return stream


class _Paper:
    def __init__(self, book: Any, table: Table) -> None:
        self.book, self.table, self.spec = book, table, table.spec
        self.headers = headers(table.spec, numbered=table.numbered)
        self.first = len(self.headers) - len(table.spec.fields)
        self.sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", table.label)[:31])
        self.lists = book.add_worksheet(LISTS)
        kinds = {
            "title": _BASE | {"font_size": 15, "bold": True},
            "hint": _BASE | {"font_color": _MUTED},
            "head": _BOXED | {"bold": True, "bg_color": _BAND, "text_wrap": True, "align": "center"},
            "known": _BOXED | {"font_color": _MUTED, "num_format": "@"},
            "text": _BOXED | {"bg_color": _INPUT, "num_format": "@"},
            "number": _BOXED | {"bg_color": _INPUT, "num_format": "General", "align": "right"},
            "date": _BOXED | {"bg_color": _INPUT, "num_format": "yyyy-mm-dd", "align": "center"},
        }
        self.formats = {kind: book.add_format(look) for kind, look in kinds.items()}

    def write(self, entries: Sequence[Entry]) -> None:
        sheet, last = self.sheet, HEADER_ROW + len(entries) + BLANK_ROWS
        sheet.write_string(0, 0, self.table.label, self.formats["title"])
        sheet.write_string(1, 0, self.table.hint, self.formats["hint"])
        for column, (_code, words) in enumerate(self.headers):
            sheet.write_string(HEADER_ROW, column, words, self.formats["head"])
        for at, entry in enumerate(entries, start=HEADER_ROW + 1):
            self._row(at, entry)
        for at in range(HEADER_ROW + 1 + len(entries), last + 1):
            self._blank(at)
        for column, each in enumerate(self.spec.fields, start=self.first):
            self._rule(column, each, last)
            sheet.set_column(column, column, 22 if each.is_text else 14)
        if self.table.numbered:
            sheet.set_column(0, 1, 8)
        sheet.set_column(self.first - 2, self.first - 2, 26 if self.table.places else 10)
        sheet.set_column(self.first - 1, self.first - 1, 24)
        self._offer_places(last)
        sheet.freeze_panes(HEADER_ROW + 1, self.first)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        self.lists.very_hidden()
        self._stamp()

    def _row(self, at: int, entry: Entry) -> None:
        place = entry.zone or entry.region
        known = (f"#{entry.pk}", str(entry.revision), place.code if place else "", place.name if place else "")
        for column, text in enumerate(known):
            self.sheet.write_string(at, column, text, self.formats["known"])
        for column, each in enumerate(self.spec.fields, start=self.first):
            self._cell(at, column, each, entry.data.get(each.code))

    def _blank(self, at: int) -> None:
        for column in range(self.first):
            self.sheet.write_blank(at, column, None, self.formats["text"])
        for column, each in enumerate(self.spec.fields, start=self.first):
            self.sheet.write_blank(at, column, None, self.formats[_look(each)])

    def _cell(self, at: int, column: int, each: FieldSpec, value: Any) -> None:
        look = self.formats[_look(each)]
        if value is None:
            self.sheet.write_blank(at, column, None, look)
        elif each.is_number or each.type == FieldType.YEAR:
            self.sheet.write_number(at, column, float(value), look)
        elif each.type == FieldType.DATE:
            self.sheet.write_datetime(at, column, date.fromisoformat(value), look)
        elif each.type in CHOSEN:
            self.sheet.write_string(at, column, parted(each.choice_labels(value)), look)
        elif each.type == FieldType.YES_NO:
            self.sheet.write_string(at, column, _yes_no(value), look)
        else:
            self.sheet.write_string(at, column, f"#{value}" if each.type == FieldType.ENTRY else str(value), look)

    def _rule(self, column: int, each: FieldSpec, last: int) -> None:
        """Drop-downs and bounds that a spreadsheet can hold; the rest is judged when the file comes back."""
        shown = {"input_title": each.label[:32], "input_message": _hint(each)[:255]}
        rule: dict[str, Any] = {"validate": "any"}
        if each.type in {FieldType.CHOICE, FieldType.YES_NO}:
            words = [each.choice_label(code) for code in each.choices] or [_yes_no(True), _yes_no(False)]
            for at, word in enumerate(words):
                self.lists.write_string(at, column, word)
            letters = xl_col_to_name(column)
            source = f"={LISTS}!${letters}$1:${letters}${len(words)}"
            rule = {"validate": "list", "source": source, "error_message": _("请从下拉列表中选择。")}
        elif each.is_number:
            least = -1e15 if each.minimum is None else float(each.minimum)
            most = 1e15 if each.maximum is None else float(each.maximum)
            kind = "decimal" if each.digits else "integer"
            rule = {"validate": kind, "criteria": "between", "minimum": least, "maximum": most}
        elif each.type == FieldType.DATE:
            bounds = {"minimum": date(1949, 1, 1), "maximum": date(2100, 12, 31)}
            rule = {"validate": "date", "criteria": "between", **bounds}
        self.sheet.data_validation(HEADER_ROW + 1, column, last, column, rule | shown)

    def _offer_places(self, last: int) -> None:
        """The places as a drop-down; a name typed in its own way is judged when the file comes back."""
        if not self.table.places:
            return
        column = self.first - 2
        for at, place in enumerate(self.table.places):
            self.lists.write_string(at, column, place)
        letters = xl_col_to_name(column)
        source = f"={LISTS}!${letters}$1:${letters}${len(self.table.places)}"
        rule = {"validate": "list", "source": source, "error_type": "information"}
        self.sheet.data_validation(HEADER_ROW + 1, column, last, column, rule)

    def _stamp(self) -> None:
        sheet = self.book.add_worksheet(STAMP)
        sheet.write_string(0, 0, MARK)
        data = {"register": self.table.code, "version": self.table.version}
        sheet.write_string(0, 1, signing.Signer(salt=SALT).sign_object(data))
        sheet.very_hidden()


def headers(spec: Definition, *, numbered: bool = True) -> list[tuple[str, str]]:
    """The columns with their headers: number and revision where rows are `numbered`, place with its name, then the fields."""
    zone = spec.place == Place.ZONE
    code, name = (_("园区编号"), _("园区")) if zone else (_("行政区代码"), _("行政区"))
    own = [(each.code, _header(each)) for each in spec.fields]
    entry = [(NUMBER, _("编号")), (REVISION, _("版次"))] if numbered else []
    return [*entry, (str(spec.place), code), (PLACE_NAME, name), *own]


def _header(each: FieldSpec) -> str:
    unit = _("（%(unit)s）") % {"unit": each.unit_label} if each.unit_label else ""
    return f"{each.label}{unit}{' *' if each.required else ''}"


def _look(each: FieldSpec) -> str:
    if each.type == FieldType.DATE:
        return "date"
    return "number" if each.is_number or each.type == FieldType.YEAR else "text"


def _yes_no(value: bool) -> str:
    return pgettext("answer", "是") if value else pgettext("answer", "否")


def _hint(each: FieldSpec) -> str:
    hints = {
        FieldType.DATE: _("日期，例如 2024-05-06。"),
        FieldType.YEAR: _("四位年份。"),
        FieldType.ENTERPRISE: _("已登记企业的统一社会信用代码（18 位）。"),
        FieldType.ZONE: _("园区编号。"),
        FieldType.REGION: _("六位行政区代码。"),
        FieldType.ENTRY: _("所引用条目的编号，例如 #12。"),
    }
    own = said(each.hint) if each.hint else ""
    if each.type == FieldType.CHOICES:
        listed = parted(each.choice_label(code) for code in each.choices)
        own = " ".join(filter(None, [_("可填多项，用“、”或“;”分开：%(listed)s。") % {"listed": listed}, own]))
    return " ".join(filter(None, [hints.get(each.type, ""), own])) or str(each.type.label)


# ---- in -------------------------------------------------------------------------------------------------------


def read_workbook(register: Register, book: Workbook) -> Intake:
    """The rows of a workbook for this register. Raises WorkbookRefused when its stamp is another's."""
    return read_table(Table.of(register), book)


def read_table(table: Table, book: Workbook) -> Intake:
    """The same for any table."""
    _check_stamp(table, book)
    found = Intake()
    for sheet in book.visible:
        if columns := _columns(table, sheet, found):
            _read(table.spec, sheet, *columns, found)
            break
    else:
        message = _("没有找到表头：须有“%(place)s”一列和台账的字段。请下载模板填写。")
        found.faults.append(("", message % {"place": headers(table.spec, numbered=False)[0][1]}))
    if len(found.rows) > MOST_ROWS:
        found.faults.append(
            (
                "",
                _("一次最多 %(most)d 行，文件有 %(found)d 行。请分几份上传。")
                % {"most": MOST_ROWS, "found": len(found.rows)},
            )
        )
    return found


def _check_stamp(table: Table, book: Workbook) -> None:
    """A table of somebody's own has no stamp; one that has it must be this one's, in its present wording."""
    for sheet in book.sheets:
        if sheet.name != STAMP or sheet.at(1, 1).text != MARK:
            continue
        try:
            data = signing.Signer(salt=SALT).unsign_object(sheet.at(1, 2).text)
            code, version = str(data["register"]), int(data["version"])
        except (signing.BadSignature, KeyError, ValueError, TypeError) as error:
            message = _("文件的版本戳被改动过，或不是本系统下载的表格。请重新下载模板。")
            raise WorkbookRefused("stamp_invalid", message) from error
        if code != table.code:
            raise WorkbookRefused("stamp_other", _("这是另一个台账的表格。请到那个台账的页面上传。"))
        if version != table.version:
            message = _("台账的字段在下载之后已有调整（表格第 %(old)d 版，现为第 %(new)d 版）。请重新下载模板。")
            raise WorkbookRefused("stamp_old", message % {"old": version, "new": table.version})


def _key(text: str) -> str:
    """A header as it is compared: without unit, star, spaces, in one width and case."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"\(.*?\)|[*\s]", "", plain).lower()


def _known(table: Table) -> dict[str, str]:
    """What headers mean, in all languages of the portal and by code."""
    spec = table.spec
    meant = {each.code: each.code for each in spec.fields}
    meant |= {NUMBER: NUMBER, REVISION: REVISION} if table.numbered else {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            meant |= {_key(words): code for code, words in headers(spec, numbered=table.numbered)}
            meant[_key(gettext("园区编号"))] = meant.get(_key(gettext("园区编号")), str(spec.place))
    return {_key(words): code for words, code in meant.items()}


def _columns(table: Table, sheet: Sheet, found: Intake) -> tuple[int, dict[int, str]] | None:
    """The row of headers and what each column means; what is unclear becomes a fault at its cell."""
    meant, starts = _known(table), {str(table.spec.place), NUMBER if table.numbered else PLACE_NAME}
    for row, cells in sheet.rows():
        if row > HEADER_WITHIN:
            return None
        codes = {column: meant.get(_key(cell.text)) for column, cell in cells.items() if cell.text}
        if not starts & set(codes.values()) or len(codes) < 2:
            continue
        taken: dict[str, int] = {}
        for column, code in codes.items():
            cell = cells[column]
            if code is None:
                facts = {"title": cell.text[:40]}
                found.faults.append(
                    (sheet.place(cell), _("不认识“%(title)s”一列。请改成台账字段的名称或删去。") % facts)
                )
            elif code in taken:
                found.faults.append(
                    (sheet.place(cell), _("“%(title)s”有两列，请只留一列。") % {"title": cell.text[:40]})
                )
            else:
                taken[code] = column
        return row, {column: code for code, column in taken.items()}
    return None


def _read(spec: Definition, sheet: Sheet, head: int, columns: dict[int, str], found: Intake) -> None:
    for row, cells in sheet.rows():
        named = {columns[column]: cell for column, cell in cells.items() if column in columns}
        if row <= head or not any(cell.text or cell.formula for cell in named.values()):
            continue
        found.rows.append(_read_row(spec, sheet, row, columns, named))


def _read_row(spec: Definition, sheet: Sheet, row: int, columns: dict[int, str], named: dict[str, Cell]) -> ReadRow:
    errors: dict[str, list[str]] = {}
    for code, cell in named.items():
        if wrong := _unreadable(sheet, cell):
            errors.setdefault(code, []).append(wrong)
    texts = {code: cell.text for code, cell in named.items()}
    number = entry_number(texts.get(NUMBER))
    if texts.get(NUMBER) and number is None:
        errors.setdefault(NUMBER, []).append(_("编号须是 #12 这样的数字；新登记的行留空。"))
    revision = texts.get(REVISION, "")
    given = {
        code: _value(spec.field(code), named.get(code))
        for code in columns.values()
        if spec.field(code) is not None and code not in errors
    }
    write = Write(
        given=given,
        place=texts.get(str(spec.place), "").partition(" ")[0],
        pk=number,
        revision=int(revision) if revision.isascii() and revision.isdigit() else None,
    )
    places = {code: sheet.place(Cell(row, column, None)) for column, code in columns.items()}
    return ReadRow(row, write, places | {WHOLE: f"{sheet.name}!{row}"}, errors, texts.get(PLACE_NAME, ""))


def _unreadable(sheet: Sheet, cell: Cell) -> str:
    if cell.formula:
        return _("这里是公式，结果为 %(value)s。请复制后“粘贴为数值”再上传。") % {"value": cell.text or _("空白")}
    if isinstance(cell.value, ErrorValue):
        return _("这里是错误值 %(value)s，请改成实际内容。") % {"value": cell.text}
    if any(area.holds(cell.row, cell.column) for area in sheet.merged):
        return _("这一格与别的格合并了，不知道属于哪一条。请取消合并。")
    if cell.shown:
        return _("这里存的是 %(value)s，显示的却不是。请把格式改为“常规”并核对。") % {"value": cell.text}
    return ""


def _value(each: FieldSpec | None, cell: Cell | None) -> Any:
    if cell is None or cell.value is None or each is None:
        return None
    if isinstance(cell.value, datetime):
        return cell.value.date() if each.type == FieldType.DATE else cell.text
    if isinstance(cell.value, Decimal):
        return f"{cell.value:f}"
    return cell.value
