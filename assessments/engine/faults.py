"""What can be wrong with a scheme or a table, said in both languages with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault: where in the file (path and line, when known) and what to mend."""

    where: str
    message_zh: str
    message_en: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.where}（第 {self.line} 行）" if self.line else self.where
        return f"{place}：{self.message_zh} / {self.message_en}"


class FaultsError(ValueError):
    """Base of the engine's errors; ``faults`` holds everything found, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SchemeError(FaultsError):
    """The scheme cannot be used."""


class TableError(FaultsError):
    """The values, groups, history or events cannot be used."""
