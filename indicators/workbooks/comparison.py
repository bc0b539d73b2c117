"""What a file would change, cell by cell, against the figures as they stand (逐项比对)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from common.workbooks.cells import fifteen_digits
from indicators.models import Value
from indicators.workbooks.report import Entry

CLEAR, LEAVE = "clear", "leave"


class ChangeKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    EMPTIED = "emptied"
    COMMENT = "comment"


@dataclass(frozen=True)
class Holding:
    """What a cell holds: a number, a reason for none, a comment."""

    number: Decimal | None = None
    absence: str = ""
    comment: str = ""

    @property
    def answered(self) -> bool:
        return self.number is not None or self.absence != ""

    def as_json(self) -> dict[str, Any]:
        number = None if self.number is None else f"{self.number:f}"
        return {"number": number, "absence": self.absence, "comment": self.comment}

    @classmethod
    def of(cls, value: Value | None) -> Holding:
        return cls() if value is None else cls(value.number, value.absence, value.comment)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Holding:
        number = None if data["number"] is None else Decimal(data["number"])
        return cls(number, data["absence"], data["comment"])


@dataclass(frozen=True)
class Change:
    """One cell that would change."""

    entry: Entry
    kind: ChangeKind
    before: Holding
    after: Holding


@dataclass
class Difference:
    """Everything a file would change; `emptied` counts figures it would clear, `unchanged` cells it leaves as they are."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0

    @property
    def emptied(self) -> int:
        return sum(change.kind == ChangeKind.EMPTIED for change in self.changes)

    def without_emptied(self) -> Difference:
        """The difference when what is left blank in the file is left as it is in the portal."""
        kept = [change for change in self.changes if change.kind != ChangeKind.EMPTIED]
        return Difference(kept, self.unchanged + self.emptied)


def compare(entries: Iterable[Entry], held: Mapping[tuple[str, str], Value]) -> Difference:
    """Lay entries beside the stored values, by zone code and indicator code."""
    difference = Difference()
    for entry in entries:
        before = Holding.of(held.get((entry.zone, entry.code)))
        after = _after(entry, before)
        if after == before:
            difference.unchanged += 1
        else:
            difference.changes.append(Change(entry, _kind(before, after), before, after))
    return difference


def _after(entry: Entry, before: Holding) -> Holding:
    """What the cell would hold. A number that only differs behind a spreadsheet's fifteen digits is the same."""
    number, absence = before.number, before.absence
    if entry.has_figure and not entry.keep:
        same = entry.number is not None and number is not None and fifteen_digits(number) == entry.number
        number, absence = (number, "") if same else (entry.number, entry.absence)
    comment = (
        entry.comment if entry.has_comment and entry.comment != " ".join(before.comment.split()) else before.comment
    )
    return Holding(number, absence, comment)


def _kind(before: Holding, after: Holding) -> ChangeKind:
    if before.answered and not after.answered:
        return ChangeKind.EMPTIED
    if (before.number, before.absence) == (after.number, after.absence):
        return ChangeKind.COMMENT
    return ChangeKind.CHANGED if before.answered else ChangeKind.NEW


def kind_label(kind: str) -> str:
    """How a kind of change is called."""
    return {"new": _("新填"), "changed": _("改动"), "emptied": _("清空"), "comment": _("只改说明")}[kind]
