"""What an upload's report is made of: questions, faults, notes, changes; each as it is stored and shown (读取结果)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Choice:
    key: str
    label: str


@dataclass(frozen=True)
class Question:
    """Something only the sender can settle. `place` is a cell (报表!C12) or empty; `kind` groups what one answer may settle."""

    key: str
    kind: str
    place: str
    text: str
    choices: list[Choice]
    answer: str = ""


@dataclass(frozen=True)
class Fault:
    """Something that must be mended in the file: nothing of it is saved before. `zone` and `code` may be empty."""

    place: str
    text: str
    zone: str = ""
    code: str = ""


@dataclass(frozen=True)
class Note:
    """Something to know: a row left out, a text read as a number."""

    place: str
    text: str


@dataclass(frozen=True)
class Entry:
    """What the file says about one item of one zone.

    `has_figure`: it speaks of the figure (perhaps by leaving it empty), `has_comment`: of the comment. `keep`: its sender
    chose to leave the portal's figure.
    """

    zone: str
    code: str
    place: str
    comment_place: str = ""
    number: Decimal | None = None
    absence: str = ""
    comment: str = ""
    has_figure: bool = False
    has_comment: bool = False
    keep: bool = False
    hidden: bool = False
    notes: tuple[str, ...] = ()

    @property
    def figure(self) -> tuple[Decimal | None, str]:
        return self.number, self.absence


@dataclass
class Intake:
    """All that was read from a file; `entries` are usable only when there are neither faults nor open questions."""

    entries: list[Entry] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def open_questions(self) -> list[Question]:
        return [question for question in self.questions if not question.answer]


def stored(rows: list[Any]) -> list[dict[str, Any]]:
    """Questions, faults or notes as JSON."""
    return [asdict(row) for row in rows]
