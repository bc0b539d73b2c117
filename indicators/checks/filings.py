"""What the checks read and what they say (审核的输入与结果)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from indicators.enums import Severity
from registers.selectors import RegisterFigure

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Plates = frozenset[tuple[str, str]]
"""(class, level) of the designations of a zone."""


@dataclass(frozen=True)
class Finding:
    """One thing found (审核结果): what, how grave, about which cells (`codes`, first the one to go to), and how to mend it.

    `rule` is the code of the rule it breaks, `kind` the rule's. A soft one is `explained` when one of its cells has a
    comment. `suggested` is the likely number after a unit slip.
    """

    rule: str
    severity: str
    message: str
    codes: tuple[str, ...]
    basis: str = ""
    explained: bool = False
    suggested: float | None = None
    kind: str = ""

    @property
    def to_mend(self) -> bool:
        """Whether it keeps the return from being filed."""
        return self.severity == Severity.HARD or (self.severity == Severity.SOFT and not self.explained)


@dataclass(frozen=True)
class Peers:
    """How the figures of filed returns changed on last year: zones × codes, ln(now ÷ last), NaN where one is missing."""

    zones: list[str]
    codes: list[str]
    changes: Floats


@dataclass(frozen=True)
class Filings:
    """The cells of one or many zones for a period: arrays of shape zones × codes.

    `numbers` and `last` (the same period of last year, accepted) hold floats in stored units, NaN where there is none;
    `absent` (answered by 不适用 or 暂缺), `commented` and `asked` hold booleans. By zone and code: `earlier` has the figure
    of the latest earlier part of the year, with that period; `known` has the department that knows the item too, with its
    figure; `registered` what the zone's own registers know. `plates` are those of the zones and of their `peers`.
    """

    year: int
    zones: list[str]
    codes: list[str]
    numbers: Floats
    last: Floats
    absent: Flags
    commented: Flags
    asked: Flags
    plates: Mapping[str, Plates] = field(default_factory=dict)
    earlier: Mapping[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    known: Mapping[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    registered: Mapping[tuple[str, str], RegisterFigure] = field(default_factory=dict)
    peers: Peers | None = None
    provinces: Mapping[str, str] = field(default_factory=dict)
    """By zone the two digits of its province, where a rule holds for one province alone."""

    def hits(self, mask: Flags) -> Iterator[tuple[int, int]]:
        """Row and column of every true cell."""
        rows, columns = np.nonzero(mask)
        yield from zip(rows.tolist(), columns.tolist(), strict=True)

    def column(self, code: str) -> int:
        return self.codes.index(code)

    def frame(self) -> pd.DataFrame:
        """Index (zone, year), the year before and this one, as formulas with lag need it."""
        index = pd.MultiIndex.from_product([[self.year - 1, self.year], self.zones], names=["year", "zone"])
        both = pd.DataFrame(np.vstack([self.last, self.numbers]), index=index, columns=self.codes)
        return both.reorder_levels(["zone", "year"])
