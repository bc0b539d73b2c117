"""Proposal rules (升降建议规则): who should be promoted, watched or demoted, and why.

Every rule is a frozen model; ``evaluate`` gives, for each unit, whether it fired, whether that could be known at all,
the measured value and the threshold. A rule whose threshold is not set yet is inactive: it is reported, and never fires.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from assessments.engine.basis import Basis, Strict
from assessments.engine.peers import TIE_DECIMALS, Array, Mask, Peers

Outcome = Literal["promote", "keep", "watch", "demote", "exit", "undecided"]
ADVERSE: frozenset[Outcome] = frozenset({"watch", "demote", "exit"})
Scope = Literal["group", "all"]
Rounding = Literal["floor", "ceil", "round"]
Comparison = Literal["<", "<=", ">", ">="]

_COMPARE: dict[str, Callable[[Array, Array], Mask]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Standing:
    """Score and places of every unit: ``top`` from the best, ``bottom`` from the worst, ``size`` the scored peers."""

    score: Array
    top: dict[Scope, Array]
    bottom: dict[Scope, Array]
    size: dict[Scope, Array]


@dataclass(frozen=True)
class RuleContext:
    """What rules may look at. ``reported`` is as reported or derived, never imputed; ``past`` see :mod:`history`."""

    standing: Standing
    peers: Mapping[Scope, Peers]
    reported: Mapping[str, Array]
    nodes: Mapping[str, Array]
    coverage: Array
    events: Mapping[str, Array]
    past: Mapping[Scope, pd.DataFrame]
    units: pd.Index
    period: int | None

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


def _inactive(context: RuleContext) -> Finding:
    no = np.zeros(len(context.units), dtype=bool)
    return Finding(no, no, context.nothing, context.nothing, active=False)


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
    """What all rules carry. ``outcome`` may be left out for a rule that only serves others (`combine`, `bars`)."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    outcome: Outcome | None = None
    bars: tuple[Outcome, ...] = ()
    decisive: bool = False
    grace: Grace | None = None
    text_zh: str = ""
    text_en: str = ""
    basis: Basis

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        raise NotImplementedError

    def needs(self) -> tuple[str, ...]:
        """Ids of the rules that must be evaluated before this one."""
        return ()

    def measures(self) -> tuple[str, ...]:
        """Indicator codes the rule reads."""
        return ()


class _Ranked(RuleBase):
    scope: Scope = "group"
    min_group_size: int | None = Field(default=None, ge=1)


class Tail(_Ranked):
    """Among the last ``k`` (or the last ``share``) of its group in at least ``m`` of the last ``n`` years. M20

    Years in which the group had fewer than ``min_group_size`` scored units (default 2k) do not count; years without a
    result do not count either, so a new unit is not punished for years it did not have. With ``take`` only so many of the
    group's candidates fire: those with the lowest mean of the scores of their years in the tail.
    """

    kind: Literal["tail"]
    k: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, lt=1)
    rounding: Rounding = "floor"
    m: int = Field(default=1, ge=1)
    n: int = Field(default=1, ge=1)
    take: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.m > self.n:
            raise ValueError("m may not exceed n (m 不能大于 n)")
        if self.k is not None and self.share is not None:
            raise ValueError("give k or share, not both (k 与 share 只能写一个)")
        return self

    def _count(self, size: Array) -> Array:
        return places_for(self.k, self.share, self.rounding, size)

    def in_tail(self, bottom: Array, size: Array) -> Mask:
        count = self._count(size)
        least = 2 * count if self.min_group_size is None else np.full(size.shape, float(self.min_group_size))
        return np.asarray((bottom <= count) & (size >= least) & (count >= 1), dtype=bool)

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.k is None and self.share is None:
            return _inactive(context)
        standing = context.standing
        bottom, size = standing.bottom[self.scope], standing.size[self.scope]
        now = self.in_tail(bottom, size)
        past = self._past_years(context).reindex(context.units).fillna(0.0)
        years = now + past["years"].to_numpy(dtype=float)
        cut = context.peers[self.scope].nth_of_others(standing.score, self._count(size), largest=False)
        unscored = np.isnan(standing.score)
        fired = (years >= self.m) & ~unscored
        if self.take is not None:
            known = past["known"].to_numpy(dtype=float) + now
            total = past["score"].to_numpy(dtype=float) + np.where(now, standing.score, 0.0)
            mean = np.where(fired & (known > 0), total / np.where(known > 0, known, np.nan), np.nan)
            level = np.asarray(np.round(mean, TIE_DECIMALS), dtype=np.float64)
            fired = context.peers[self.scope].rank(level) <= self.take
        return Finding(
            fired=fired,
            unknown=unscored,
            measured=np.where(unscored, np.nan, years),
            threshold=np.full(years.shape, float(self.m)),
            # Out of reach when this year alone cannot change the outcome: then there is no cut to show.
            cut=np.where((years - now >= self.m) | (years - now + 1 < self.m), np.nan, cut),
            inside=now,
        )

    def _past_years(self, context: RuleContext) -> pd.DataFrame:
        """By unit: years in the tail of those looked back on, how many of them with a known score, the scores' sum."""
        past = context.past[self.scope]
        if self.n == 1 or past.empty:
            return pd.DataFrame({"years": [], "known": [], "score": []}, dtype=float)
        periods = past["period"]
        # Without a period of its own the run counts as the year after the newest in the history.
        period = float(periods.max()) + 1 if context.period is None else context.period
        window = past[periods > period - self.n]
        hits = self.in_tail(window["bottom"].to_numpy(dtype=float), window["size"].to_numpy(dtype=float))
        score = window["score"].to_numpy(dtype=float)
        counted = {"years": hits, "known": hits & ~np.isnan(score), "score": np.where(hits, np.nan_to_num(score), 0.0)}
        return pd.DataFrame(counted, index=window["unit"].to_numpy(), dtype=float).groupby(level=0).sum()


class Top(_Ranked):
    """Among the first ``count`` or the first ``share`` of its group this year."""

    kind: Literal["top"]
    count: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, lt=1)
    rounding: Rounding = "floor"

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.count is not None and self.share is not None:
            raise ValueError("give count or share, not both (count 与 share 只能写一个)")
        return self

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.count is None and self.share is None:
            return _inactive(context)
        standing = context.standing
        size = standing.size[self.scope]
        places = places_for(self.count, self.share, self.rounding, size)
        inside = (standing.top[self.scope] <= places) & (size >= (self.min_group_size or 1))
        cut = context.peers[self.scope].nth_of_others(standing.score, places, largest=True)
        return Finding(
            fired=inside,
            unknown=np.isnan(standing.score),
            measured=standing.top[self.scope],
            threshold=places,
            cut=cut,
            inside=inside,
        )


class Comparing(Strict):
    """``indicator`` (as reported or derived) or ``node`` (a dimension's score, or `score`) against ``value``.

    With ``versus`` the limit is ``value`` times that statistic of the group.
    """

    indicator: str | None = None
    node: str | None = None
    op: Comparison
    value: float | None
    versus: Literal["group_median", "group_mean"] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.indicator is None) == (self.node is None):
            raise ValueError("give indicator or node (indicator 与 node 须写且只写一个)")
        return self

    def measure(self, context: RuleContext) -> Condition:
        if self.indicator is not None:
            value = context.reported.get(self.indicator, context.nothing)
        else:
            value = context.nodes.get(self.node or "", context.nothing)
        limit = np.full(value.shape, np.nan if self.value is None else self.value)
        if self.versus == "group_median":
            limit = limit * context.peers["group"].median(value)
        elif self.versus == "group_mean":
            limit = limit * context.peers["group"].mean(value)
        return Condition(self.indicator or self.node or "", value, self.op, limit)


def met(condition: Condition) -> tuple[Mask, Mask]:
    """Where the condition holds, and where it cannot be told."""
    unknown = np.isnan(condition.value) | np.isnan(condition.limit)
    return _COMPARE[condition.op](condition.value, condition.limit) & ~unknown, unknown


Require = Literal["all", "any"] | Annotated[int, Field(ge=1)]


def needed(require: Require, n: int) -> int:
    return n if require == "all" else 1 if require == "any" else int(require)


def _k_of_n(held: list[Mask], unknown: list[Mask], least: int) -> tuple[Mask, Mask, Array]:
    hits = np.sum(np.broadcast_arrays(*held), axis=0)
    open_ = np.sum(np.broadcast_arrays(*unknown), axis=0)
    fired = hits >= least
    return fired, ~fired & (hits + open_ >= least), hits.astype(float)


class Threshold(RuleBase):
    """Fixed or group-relative limits on values: all, any, or a number of the conditions must hold. M16, M17

    A condition without a limit is left out; without any the rule is inactive.
    """

    kind: Literal["threshold"]
    conditions: tuple[Comparing, ...] = Field(min_length=1)
    require: Require = "all"

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if isinstance(self.require, int) and self.require > len(self.conditions):
            raise ValueError("require exceeds the number of conditions (require 超过条件数)")
        return self

    def measures(self) -> tuple[str, ...]:
        return tuple(condition.indicator for condition in self.conditions if condition.indicator)

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if any(condition.value is None for condition in self.conditions) and self.require == "all":
            return _inactive(context)
        conditions = tuple(c.measure(context) for c in self.conditions if c.value is not None)
        least = needed(self.require, len(self.conditions))
        if len(conditions) < least:
            return _inactive(context)
        outcomes = [met(condition) for condition in conditions]
        fired, unknown, hits = _k_of_n([held for held, _ in outcomes], [blank for _, blank in outcomes], least)
        single = len(conditions) == 1
        return Finding(
            fired=fired,
            unknown=unknown,
            measured=conditions[0].value if single else hits,
            threshold=conditions[0].limit if single else np.full(hits.shape, float(least)),
            conditions=conditions,
        )


class Event(RuleBase):
    """一票否决、事件: at least so many events of a kind in the events table. A unit not in the table had none."""

    kind: Literal["event"]
    event: str
    at_least: float | None = 1.0

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.at_least is None:
            return _inactive(context)
        count = context.events.get(self.event, np.zeros(len(context.units)))
        limit = np.full(len(count), self.at_least)
        return Finding(count >= limit, np.zeros(len(count), dtype=bool), count, limit)


class Coverage(RuleBase):
    """Too little reported to decide: the share of the weight that was reported is under ``at_least``."""

    kind: Literal["coverage"]
    at_least: float | None = Field(gt=0, le=1)

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.at_least is None:
            return _inactive(context)
        limit = np.full(context.coverage.shape, self.at_least)
        # A hair's breadth for the sum of weights, which is floating-point.
        fired = context.coverage < limit - 1e-9
        return Finding(fired, np.zeros(limit.shape, dtype=bool), context.coverage, limit)


class Combine(RuleBase):
    """Joins other rules: all, any, or a number of them must have fired; those in ``unless`` must not."""

    kind: Literal["combine"]
    rules: tuple[str, ...] = Field(min_length=1)
    require: Require = "all"
    unless: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if isinstance(self.require, int) and self.require > len(self.rules):
            raise ValueError("require exceeds the number of rules (require 超过规则数)")
        return self

    def needs(self) -> tuple[str, ...]:
        return self.rules + self.unless

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        parts, against = [found[rule] for rule in self.rules], [found[rule] for rule in self.unless]
        least = needed(self.require, len(parts))
        if sum(part.active for part in parts) < least:
            return _inactive(context)
        fired, unknown, hits = _k_of_n([part.fired for part in parts], [part.unknown for part in parts], least)
        for finding in against:
            unknown = (unknown | (fired & finding.unknown)) & ~finding.fired
            fired = fired & ~finding.fired & ~finding.unknown
        return Finding(fired, unknown, hits, np.full(hits.shape, float(least)))


Rule = Annotated[Tail | Top | Threshold | Event | Coverage | Combine, Field(discriminator="kind")]


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
