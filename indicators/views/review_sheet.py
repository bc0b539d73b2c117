"""A return as its reviewer reads it: what needs a look first, or only what changed (审核视图)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.enums import Duty
from indicators import selectors
from indicators.enums import Severity
from indicators.models import Return
from indicators.selectors import Former
from indicators.selectors.reviews import LARGE_CHANGE
from indicators.views.common import CellRow, FindingRow, SheetView, Whole, period_label, put_beside, sheet_view

ATTENTION, CHANGED, SINCE, ALL = "attention", "changed", "since", "all"


@dataclass(frozen=True)
class ReviewLine:
    """One figure with everything known about it. `former` is what stood in the filing before, when it differs."""

    cell: CellRow
    findings: list[FindingRow]
    department: tuple[str, Decimal] | None
    former: Former | None
    reason: str
    """A reason for sending it back, typed but not sent yet."""

    @property
    def department_label(self) -> str:
        return str(Duty(self.department[0]).label) if self.department else ""

    @property
    def department_gap(self) -> float | None:
        """How far the park's figure lies from the department's, in per cent of the latter."""
        value = self.cell.value
        if self.department is None or value is None or value.number is None or not self.department[1]:
            return None
        return float(100 * (value.number - self.department[1]) / abs(self.department[1]))

    @property
    def large(self) -> bool:
        return _moved(self.cell, LARGE_CHANGE)

    @property
    def weight(self) -> tuple[int, float] | None:
        """The order among what needs a look, gravest first; None for what needs none."""
        size = -_size(self.cell)
        told = [row.found for row in self.findings]
        if any(found.severity == Severity.HARD for found in told):
            return 0, size
        if self.cell.open_questions:
            return 1, size
        soft = [found for found in told if found.severity == Severity.SOFT]
        if soft:
            return (3 if all(found.explained for found in soft) else 2), size
        if told:
            return 4, size
        return (5, size) if self.large or self.cell.questions else None


@dataclass(frozen=True)
class ReviewSheet:
    """The lines of the chosen view, in its order, and how many every view has."""

    view: SheetView
    mode: str
    beyond: int
    groups: list[tuple[str, str, list[ReviewLine]]]
    """Anchor, title, lines."""
    counts: dict[str, int]
    labels: dict[str, str]
    whole: Whole

    @property
    def empty(self) -> list[CellRow]:
        return [cell for cell in self.view.cells if not cell.filled]


def review_sheet(return_: Return, asked: Mapping[str, str], reasons: Mapping[str, str]) -> ReviewSheet:
    """The sheet in the view that is asked for: `view` and `beyond` (per cent), as they stand in the address.

    `reasons` typed but refused are shown again, and then every line is.
    """
    view = sheet_view(selectors.return_sheet(return_))
    whole = put_beside(view, return_)
    former = selectors.changes_since_submission(return_)
    beyond = _beyond(asked.get("beyond", ""))
    lines = _lines(return_, view, former or {}, reasons)
    chosen: dict[str, list[ReviewLine]] = {
        ATTENTION: sorted((line for line in lines if line.weight), key=lambda line: line.weight or (9, 0.0)),
        CHANGED: sorted((line for line in lines if _moved(line.cell, beyond)), key=lambda line: -_size(line.cell)),
        SINCE: [line for line in lines if line.former],
        ALL: lines,
    }
    mode = asked.get("view", ATTENTION)
    if mode not in chosen or (mode == SINCE and former is None):
        mode = ATTENTION
    mode = ALL if any(code for code in reasons) else mode
    counts = {name: len(group) for name, group in chosen.items() if name != SINCE or former is not None}
    return ReviewSheet(
        view=view,
        mode=mode,
        beyond=beyond,
        groups=_by_section(view, lines) if mode == ALL else [(mode, _titles(beyond)[mode], chosen[mode])],
        counts=counts,
        labels=_labels(return_),
        whole=whole,
    )


def _lines(
    return_: Return, view: SheetView, former: Mapping[str, Former], reasons: Mapping[str, str]
) -> list[ReviewLine]:
    departments = selectors.department_figures([return_])[return_.pk]
    lines = []
    for cell in view.cells:
        code = cell.indicator.code
        told = [row for row in view.told if row.first == code]
        lines.append(ReviewLine(cell, told, departments.get(code), former.get(code), reasons.get(code, "")))
    return lines


def _by_section(view: SheetView, lines: list[ReviewLine]) -> list[tuple[str, str, list[ReviewLine]]]:
    by_code = {line.cell.indicator.code: line for line in lines}
    return [
        (str(section.dimension), section.label, [by_code[cell.indicator.code] for cell in section.cells])
        for section in view.sections
    ]


def _titles(beyond: int) -> dict[str, str]:
    return {
        ATTENTION: _("需要看的"),
        CHANGED: _("较上年变动达 %(n)d%% 以上") % {"n": beyond},
        SINCE: _("较上次报送有改动"),
    }


def _labels(return_: Return) -> dict[str, str]:
    """Words over the columns: the period, and the same period one and two years before."""
    year, part = return_.round.year, return_.round.part
    return {
        "now": period_label(year, part),
        "last": period_label(year - 1, part),
        "before": period_label(year - 2, part),
    }


def _beyond(text: str) -> int:
    return min(int(text), 1000) if text.isdecimal() and len(text) <= 4 else LARGE_CHANGE


def _moved(cell: CellRow, beyond: float) -> bool:
    return cell.change is not None and abs(cell.change) >= beyond


def _size(cell: CellRow) -> float:
    """How far from last year, a halving as far as a doubling."""
    ratio = 1 + float(cell.change or 0) / 100
    return abs(math.log(ratio)) if ratio > 0 else math.inf
