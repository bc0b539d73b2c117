"""Finding the table in a sheet: which row is the header, what its columns hold, which rows are data (表格定位).

Two shapes are read, wherever they stand on the sheet and in whatever order their rows and columns are: a *list* (one item a
row, with its figure in the column of the period) and a *grid* (one zone a row, one item a column). A list may have a
column of zones too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override

from common.workbooks.cells import Area, Cell, Sheet, Workbook
from indicators.workbooks.headers import CURRENT, Match, Matcher, key_of, plain
from indicators.workbooks.units import unit_of

_HEADER_WITHIN = 30
_WITHDRAWN = {"dis"}
_TOTALS = {"合计", "总计", "小计", "共计", "全市", "全省", "全市合计", "全省合计", "total", "subtotal", "sum"}


class Role(StrEnum):
    """What a column holds besides figures by item."""

    CODE = "code"
    ITEM = "item"
    UNIT = "unit"
    VALUE = "value"
    ABSENCE = "absence"
    COMMENT = "comment"
    ZONE_CODE = "zone_code"
    ZONE = "zone"
    STATUS = "status"
    BESIDE = "beside"
    """Something to know the row by, never a figure."""


# Words of columns as other tables have them. Compared by `key_of`.
_WORDS: dict[Role, tuple[str, ...]] = {
    Role.CODE: ("代码", "指标编码", "指标编号", "Code"),
    Role.ITEM: ("指标名称", "项目", "项目名称", "统计指标", "填报项", "Item"),
    Role.UNIT: ("计量单位",),
    Role.VALUE: ("本年", "本期", "本年数", "本年实际", "本年度", "数值", "填报数", "填报值", "完成值", "Value"),
    Role.ABSENCE: ("无数原因",),
    Role.COMMENT: ("备注", "填报说明", "Comment"),
    Role.ZONE_CODE: ("园区代码",),
    Role.ZONE: ("园区名称", "开发区", "开发区名称", "集聚区", "产业集聚区", "单位名称", "Zone name"),
    Role.STATUS: ("数据状态", "状态"),
    Role.BESIDE: (
        "序号",
        "省份",
        "地市",
        "城市",
        "县（市、区）",
        "县（市、区、旗）",
        "联系人",
        "联系电话",
        "填表人",
        "类别",
        "级别",
    ),
}
# The headers of our own workbooks, which are written in the reader's language.
_OWN: dict[Role, str] = {
    Role.CODE: gettext_noop("指标代码"),
    Role.ITEM: gettext_noop("指标"),
    Role.UNIT: gettext_noop("单位"),
    Role.VALUE: gettext_noop("本期数"),
    Role.ABSENCE: gettext_noop("缺值说明"),
    Role.COMMENT: gettext_noop("说明"),
    Role.ZONE_CODE: gettext_noop("园区编号"),
    Role.ZONE: gettext_noop("园区"),
    Role.BESIDE: gettext_noop("省辖市"),
}


@lru_cache(maxsize=1)
def _roles() -> dict[str, Role]:
    """What a header means for its column, ours in all languages of the portal."""
    found = {key_of(word): role for role, words in _WORDS.items() for word in words}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {key_of(gettext(header)): role for role, header in _OWN.items()}
    return found


@dataclass
class Table:
    """A table found on a sheet. `roles` and `items` say what its columns hold; `unknown` are headers over figures that
    mean nothing we know, `repeated` columns that mean an item which another column means already.
    """

    sheet: Sheet
    header_row: int
    roles: dict[Role, int] = field(default_factory=dict)
    items: dict[int, Match] = field(default_factory=dict)
    unknown: dict[int, Match] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    """Units named in a row of their own under the header, by column."""

    @property
    def is_list(self) -> bool:
        """One item a row, rather than one zone a row."""
        return Role.CODE in self.roles or Role.ITEM in self.roles

    def cell(self, row: Mapping[int, Cell], role: Role) -> Cell | None:
        """The row's cell in the column of a role; None when there is no such column."""
        column = self.roles.get(role)
        return None if column is None else row.get(column)

    def text(self, row: Mapping[int, Cell], role: Role) -> str:
        cell = self.cell(row, role)
        return cell.text if cell else ""

    def merged_over(self, cell: Cell) -> Area | None:
        """The merged area of several cells that covers this one."""
        return next((area for area in self.sheet.merged if area.holds(cell.row, cell.column)), None)

    def is_hidden(self, cell: Cell) -> bool:
        return cell.row in self.sheet.hidden_rows or cell.column in self.sheet.hidden_columns


def find_tables(book: Workbook, matcher: Matcher, periods: Sequence[str]) -> list[Table]:
    """The tables of all visible sheets that hold figures. `periods`: headers that mean this period ("2025", "2025年")."""
    found = []
    for sheet in book.visible:
        table = _find(sheet, matcher, {key_of(word) for word in periods})
        if table is not None:
            found.append(table)
    return found


def _find(sheet: Sheet, matcher: Matcher, periods: set[str]) -> Table | None:
    """The table under the row that reads best as a header."""
    best: tuple[int, Table] | None = None
    for number, row in islice(sheet.rows(), _HEADER_WITHIN):
        table = _as_header(sheet, number, row, matcher, periods)
        score = _score(table)
        if score and (best is None or score > best[0]):
            best = (score, table)
    if best is None:
        return None
    table = best[1]
    table.unknown = {column: matcher.match(match.header) for column, match in table.unknown.items()}
    _read_units(table)
    return table


def _as_header(sheet: Sheet, number: int, row: Mapping[int, Cell], matcher: Matcher, periods: set[str]) -> Table:
    table = Table(sheet, number)
    for column, cell in row.items():
        text = cell.text
        if not text or cell.formula:
            continue
        role = _role(text, periods)
        if role is not None and role not in table.roles:
            table.roles[role] = column
        elif role is None:
            match = matcher.find(text)
            (table.items if match.indicator else table.unknown)[column] = match
    return table


def _role(text: str, periods: set[str]) -> Role | None:
    """What a column holds by its header; what stands in brackets behind may be a period or a hint."""
    whole = key_of(text)
    bare = key_of(plain(text).split("(")[0])
    if whole in periods or (bare in periods and bare):
        return Role.VALUE
    return _roles().get(whole) or _roles().get(bare)


def _score(table: Table) -> int:
    """How well a row reads as a header; 0 when the table under it could hold no figures."""
    roles, has_zone = table.roles, Role.ZONE in table.roles or Role.ZONE_CODE in table.roles
    if table.is_list and (Role.VALUE in roles or Role.COMMENT in roles):
        return 10 + len(roles)
    if has_zone and (table.items or table.unknown):
        return 5 + len(table.items)
    return 0


def _read_units(table: Table) -> None:
    """Rows of codes and units right under the header are no data; units named there hold for their columns."""
    for number, row in table.sheet.rows():
        if number <= table.header_row or table.is_list:
            continue
        if not _is_second_header(table, row):
            break
        for column in table.items:
            if column in row and unit_of(row[column].text):
                table.units[column] = unit_of(row[column].text)


def _is_second_header(table: Table, row: Mapping[int, Cell]) -> bool:
    """Whether a row names no zone and holds no number where figures belong."""
    named = any(table.text(row, role) for role in (Role.ZONE, Role.ZONE_CODE))
    texts = [row[column] for column in table.items if column in row]
    return not named and bool(texts) and all(isinstance(cell.value, str) and not cell.formula for cell in texts)


@dataclass(frozen=True)
class DataRow:
    """A row under the header. `skipped` says why it is left out: a total, withdrawn."""

    number: int
    cells: Mapping[int, Cell]
    skipped: str = ""


def data_rows(table: Table) -> Iterator[DataRow]:
    """The rows under the header that hold anything, without those that are a second header."""
    started = table.is_list
    for number, cells in table.sheet.rows():
        if number <= table.header_row:
            continue
        if not started and _is_second_header(table, cells):
            continue
        started = True
        yield DataRow(number, cells, _skipped(table, cells))


def _skipped(table: Table, row: Mapping[int, Cell]) -> str:
    if plain(table.text(row, Role.STATUS)) in _WITHDRAWN:
        return "withdrawn"
    names = {key_of(table.text(row, role)) for role in (Role.ZONE, Role.ZONE_CODE)}
    return "total" if names & _TOTALS and not table.is_list else ""


def is_this_period(match: Match, year: int) -> bool:
    """Whether a column's header speaks of the period asked for, or of none in particular."""
    return match.period in {"", CURRENT, str(year)}
