"""What a document is made of (文书的组成)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 `一、`, level 2 `（一）`; the numbering is part of the text."""

    text: str
    level: int = 1
    kind: str = "heading"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: `align` is body (two characters indented), right, center or left."""

    text: str
    align: str = "body"
    kind: str = "paragraph"


@dataclass(frozen=True)
class Facts:
    """Label and text, one pair a line."""

    rows: Sequence[tuple[str, str]]
    kind: str = "facts"


@dataclass(frozen=True)
class Column:
    """A column: its title, its share of the width, whether it holds numbers."""

    title: str
    width: int = 10
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose head is repeated on every page; cells are text."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    empty: str = ""
    kind: str = "table"

    @property
    def widths(self) -> list[int]:
        """Shares of the width in whole per cent."""
        whole = sum(column.width for column in self.columns)
        return [round(100 * column.width / whole) for column in self.columns]

    @property
    def lines(self) -> list[list[tuple[str, bool]]]:
        """The rows as pairs of text and whether it is a number."""
        numbers = [column.number for column in self.columns]
        return [list(zip(row, numbers, strict=True)) for row in self.rows]


Block = Heading | Paragraph | Facts | Table


@dataclass(frozen=True)
class Document:
    """A document: `official` in the layout of an official letter (公文), else a dense sheet.

    `mark` stands at the head of every page (演示数据); `number` is the 文号 under the title; `foot` stands at the foot of
    every page beside its number; `language` is that of its text.
    """

    title: str
    blocks: Sequence[Block]
    number: str = ""
    signature: Sequence[str] = field(default_factory=tuple)
    mark: str = ""
    foot: str = ""
    official: bool = False
    language: str = "zh-Hans"
