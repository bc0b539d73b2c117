"""Cells, sheets and workbooks as read: values with their places, formulas marked, nothing interpreted (单元格)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Context, Decimal

# A spreadsheet keeps 15 significant digits; what stands behind them is noise of binary fractions.
_FIFTEEN = Context(prec=15)


def fifteen_digits(number: Decimal) -> Decimal:
    """The number as a spreadsheet keeps it."""
    return _FIFTEEN.plus(number).normalize(_FIFTEEN)


def column_letters(column: int) -> str:
    """1 → A, 28 → AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """(12, 3) → C12."""
    return f"{column_letters(column)}{row}"


@dataclass(frozen=True)
class ErrorValue:
    """#REF!, #DIV/0! and the like."""

    text: str


Content = str | Decimal | bool | datetime | ErrorValue | None


@dataclass(frozen=True)
class Cell:
    """What stands in a cell. With a `formula`, `value` is the result the program stored last: never to be taken unasked.

    `shown` says when what is seen differs from the number: "percent" (0.125 is seen as 12.5%), "scaled" (a format that
    leaves out thousands).
    """

    row: int
    column: int
    value: Content
    formula: str = ""
    shown: str = ""

    @property
    def address(self) -> str:
        return address(self.row, self.column)

    @property
    def text(self) -> str:
        """The value as a line of text; empty for none."""
        if isinstance(self.value, str):
            return self.value.strip()
        if isinstance(self.value, Decimal):
            return f"{self.value:f}"
        if isinstance(self.value, datetime):
            return f"{self.value:%Y-%m-%d}"
        if isinstance(self.value, ErrorValue):
            return self.value.text
        return "" if self.value is None else str(self.value).upper()


@dataclass(frozen=True)
class Area:
    """A rectangle of merged cells, bounds included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass
class Sheet:
    """One worksheet; `cells` holds those with a value or a formula, by (row, column) from 1."""

    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def at(self, row: int, column: int) -> Cell:
        """The cell there, an empty one when nothing stands in it."""
        return self.cells.get((row, column)) or Cell(row, column, None)

    def rows(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Row numbers in order, with their cells by column."""
        by_row: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in self.cells.items():
            by_row.setdefault(row, {})[column] = cell
        for row in sorted(by_row):
            yield row, dict(sorted(by_row[row].items()))

    def place(self, cell: Cell) -> str:
        """Where it stands, as people write it: 报表!C12."""
        return f"{self.name}!{cell.address}"


@dataclass
class Workbook:
    """The worksheets in their order; charts, links to other files, pictures and whatever else are never read."""

    sheets: list[Sheet]

    @property
    def visible(self) -> list[Sheet]:
        return [sheet for sheet in self.sheets if not sheet.hidden]
