"""What rules look at, what they find, and what all of them carry (规则的共同部分)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from assessments.engine.basis import Basis, Strict
from assessments.engine.history import PastGrades
from assessments.engine.peers import Array, Mask, Peers, Scope
from assessments.engine.tables import Decisions

Outcome = Literal["promote", "keep", "watch", "demote", "exit", "undecided"]
ADVERSE: frozenset[Outcome] = frozenset({"watch", "demote", "exit"})
Rounding = Literal["floor", "ceil", "round"]
Comparison = Literal["<", "<=", ">", ">=", "==", "!="]

COMPARE: dict[str, Callable[[Array, Array | float], Mask]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
Require = Literal["all", "any"] | Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Standing:
    """Score and places of every unit: ``top`` from the best, ``bottom`` from the worst, ``size`` the scored peers."""

    score: Array
    top: dict[Scope, Array]
    bottom: dict[Scope, Array]
    size: dict[Scope, Array]


@dataclass(frozen=True)
class PastYear:
    """A year looked back on: the units' figures and scores of it, and who had a comparable row in it."""

    reported: Mapping[str, Array]
    score: Array
    there: Mask


@dataclass(frozen=True)
class RuleContext:
    """What rules may look at. ``reported`` is as reported or derived, never imputed; ``past`` see :mod:`history`.

    ``rungs``: the codes of the grades from the lowest up; ``level``: each unit's place on them, NaN for none. ``years``:
    the years before that rules look back on. ``jurisdictions``: of each unit, "" where unknown.
    """

    standing: Standing
    peers: Mapping[Scope, Peers]
    reported: Mapping[str, Array]
    nodes: Mapping[str, Array]
    coverage: Array
    events: Mapping[str, Array]
    past: Mapping[Scope, pd.DataFrame]
    units: pd.Index
    period: int | None
    rungs: tuple[str, ...]
    level: Array
    grades: PastGrades
    years: Mapping[int, PastYear]
    jurisdictions: npt.NDArray[np.object_]
    decisions: Decisions
    sign: float = 1.0
    """-1 where of the published scores the lowest is the best; ``standing`` then holds them turned round."""

    @property
    def nothing(self) -> Array:
        return np.full(len(self.units), np.nan)


@dataclass(frozen=True)
class Condition:
    """One comparison of a rule or a grade as measured."""

    measure: str
    value: Array
    op: str
    limit: Array


@dataclass(frozen=True)
class Finding:
    """A rule applied to all units. ``unknown`` = could not be told because something is blank."""

    fired: Mask
    unknown: Mask
    measured: Array
    threshold: Array
    conditions: tuple[Condition, ...] = ()
    # For rules on ranks: the score at which the unit would cross, the others staying put; and whether it is inside now.
    cut: Array | None = None
    inside: Mask | None = None
    active: bool = True


def inactive(context: RuleContext) -> Finding:
    no = np.zeros(len(context.units), dtype=bool)
    return Finding(no, no, context.nothing, context.nothing, active=False)


def switched_off(finding: Finding) -> Finding:
    """What a rule that is switched off (停用) finds: it fires for nobody and draws no line."""
    no = np.zeros_like(finding.fired)
    return replace(finding, fired=no, unknown=no, cut=None, inside=None, active=True)


class Grace(Strict):
    """宽限: a rule does not hold for units younger than so many years; ``since`` is a column with their first year."""

    since: str
    years: int = Field(ge=1)

    def exempt(self, context: RuleContext) -> Mask:
        since = context.reported.get(self.since, context.nothing)
        if context.period is None:
            return np.zeros(since.shape, dtype=bool)
        return context.period - since < self.years


class RuleBase(Strict):
    """What all rules carry. ``outcome`` may be left out for a rule that only serves others (`combine`, `bars`).

    ``grade``: the grade of those for whom it fires, whatever their place (一票否决直接列入); the places of the others stay.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    outcome: Outcome | None = None
    bars: tuple[Outcome, ...] = ()
    grade: str | None = None
    decisive: bool = False
    enabled: bool = True
    grace: Grace | None = None
    text_zh: str = ""
    text_en: str = ""
    basis: Basis

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        raise NotImplementedError

    def default_text(self) -> tuple[str, str]:
        """What it says when it fires, Chinese and English; {measured} and {threshold} are filled in."""
        raise NotImplementedError

    def needs(self) -> tuple[str, ...]:
        """Ids of the rules that must be evaluated before this one."""
        return ()

    def measures(self) -> tuple[str, ...]:
        """Indicator codes the rule reads."""
        return ()


def places_for(count: int | None, share: float | None, rounding: Rounding, size: Array) -> Array:
    """A number of places: fixed, or a share of the group."""
    if count is not None:
        return np.full(size.shape, float(count))
    return rounded((share or 0.0) * size, rounding)


def rounded(x: Array, how: Rounding) -> Array:
    """Quota to whole places; halves go up. The noise of 0.2 × 45 does not cost a place."""
    x = np.round(x, 9)
    match how:
        case "floor":
            return np.floor(x)
        case "ceil":
            return np.ceil(x)
        case "round":
            return np.floor(x + 0.5)


def needed(require: Require, n: int) -> int:
    return n if require == "all" else 1 if require == "any" else int(require)


def k_of_n(held: list[Mask], unknown: list[Mask], least: int) -> tuple[Mask, Mask, Array]:
    hits = np.sum(np.broadcast_arrays(*held), axis=0)
    open_ = np.sum(np.broadcast_arrays(*unknown), axis=0)
    fired = hits >= least
    return fired, ~fired & (hits + open_ >= least), hits.astype(float)
