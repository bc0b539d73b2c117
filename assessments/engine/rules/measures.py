"""Rules on figures, events, coverage, and other rules (数值、事件与组合规则)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from assessments.engine.basis import Strict
from assessments.engine.peers import Array, Mask, settled
from assessments.engine.rules.base import (
    COMPARE,
    Comparison,
    Condition,
    Finding,
    PastYear,
    Require,
    RuleBase,
    RuleContext,
    inactive,
    k_of_n,
    needed,
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

    def measure(self, context: RuleContext, past: PastYear | None = None) -> Condition:
        """The condition in the assessed year, or in a year before (then a node is the score)."""
        if self.indicator is not None:
            reported = context.reported if past is None else past.reported
            value = reported.get(self.indicator, context.nothing)
        else:
            value = context.nodes.get(self.node or "", context.nothing) if past is None else past.score
        limit = np.full(value.shape, np.nan if self.value is None else self.value)
        if self.versus == "group_median":
            limit = limit * context.peers["group"].median(value)
        elif self.versus == "group_mean":
            limit = limit * context.peers["group"].mean(value)
        return Condition(self.indicator or self.node or "", value, self.op, limit)


def met(condition: Condition) -> tuple[Mask, Mask]:
    """Where the condition holds, and where it cannot be told."""
    unknown = np.isnan(condition.value) | np.isnan(condition.limit)
    return COMPARE[condition.op](settled(condition.value), settled(condition.limit)) & ~unknown, unknown


class Threshold(RuleBase):
    """Fixed or group-relative limits on values: all, any, or a number of the conditions must hold. M16, M17

    A condition without a limit is left out; without any the rule is inactive. With ``n`` that must be so in at least ``m`` of
    the last ``n`` years, this one included (连续几年未达标: m = n); years in which a unit has no comparable row do not count.
    """

    kind: Literal["threshold"]
    conditions: tuple[Comparing, ...] = Field(min_length=1)
    require: Require = "all"
    m: int = Field(default=1, ge=1)
    n: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if isinstance(self.require, int) and self.require > len(self.conditions):
            raise ValueError("require exceeds the number of conditions (require 超过条件数)")
        if self.m > self.n:
            raise ValueError("m may not exceed n (m 不能大于 n)")
        if self.n > 1 and any(condition.node not in (None, "score") for condition in self.conditions):
            raise ValueError(
                "over several years conditions are on indicators or the score (跨年条件只能用指标或总分 score)"
            )
        return self

    def measures(self) -> tuple[str, ...]:
        return tuple(condition.indicator for condition in self.conditions if condition.indicator)

    def default_text(self) -> tuple[str, str]:
        if self.n == 1:
            return "测得 {measured}，界限 {threshold}", "measured {measured}, limit {threshold}"
        return (
            f"近 {self.n} 年有 {{measured}} 年符合条件（触发线：{{threshold}} 年）",
            f"the conditions held in {{measured}} of the last {self.n} years (limit {{threshold}})",
        )

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if any(condition.value is None for condition in self.conditions) and self.require == "all":
            return inactive(context)
        conditions = tuple(c.measure(context) for c in self.conditions if c.value is not None)
        least = needed(self.require, len(self.conditions))
        if len(conditions) < least:
            return inactive(context)
        fired, unknown, hits = self._held(conditions, least)
        if self.n > 1:
            return self._over_years(context, conditions, fired, unknown, least)
        single = len(conditions) == 1
        return Finding(
            fired=fired,
            unknown=unknown,
            measured=conditions[0].value if single else hits,
            threshold=conditions[0].limit if single else np.full(hits.shape, float(least)),
            conditions=conditions,
        )

    @staticmethod
    def _held(conditions: tuple[Condition, ...], least: int) -> tuple[Mask, Mask, Array]:
        outcomes = [met(condition) for condition in conditions]
        return k_of_n([held for held, _ in outcomes], [blank for _, blank in outcomes], least)

    def _over_years(
        self, context: RuleContext, conditions: tuple[Condition, ...], fired: Mask, unknown: Mask, least: int
    ) -> Finding:
        years, open_ = fired.astype(np.float64), unknown.astype(np.float64)
        for back in range(1, self.n):
            past = context.years.get((context.period or 0) - back)
            if past is None:
                continue
            before = tuple(c.measure(context, past) for c in self.conditions if c.value is not None)
            held, blank, _ = self._held(before, least)
            years, open_ = years + (held & past.there), open_ + (blank & past.there)
        enough = years >= self.m
        return Finding(
            fired=enough,
            unknown=~enough & (years + open_ >= self.m),
            measured=years,
            threshold=np.full(years.shape, float(self.m)),
            conditions=conditions,
        )


class Event(RuleBase):
    """一票否决、事件: at least so many events of a kind in the events table. A unit not in the table had none."""

    kind: Literal["event"]
    event: str
    at_least: float | None = 1.0

    def default_text(self) -> tuple[str, str]:
        return f"发生“{self.event}”{{measured}} 次（界限 {{threshold}}）", f"“{self.event}” {{measured}} times"

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.at_least is None:
            return inactive(context)
        count = context.events.get(self.event, np.zeros(len(context.units)))
        limit = np.full(len(count), self.at_least)
        return Finding(count >= limit, np.zeros(len(count), dtype=bool), count, limit)


class Coverage(RuleBase):
    """Too little reported to decide: the share of the weight that was reported is under ``at_least``."""

    kind: Literal["coverage"]
    at_least: float | None = Field(gt=0, le=1)

    def default_text(self) -> tuple[str, str]:
        return "数据完整度 {measured}，低于 {threshold}", "coverage {measured}, below {threshold}"

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.at_least is None:
            return inactive(context)
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

    def default_text(self) -> tuple[str, str]:
        return "{measured} 项条件成立（需 {threshold} 项）", "{measured} of the rules hold ({threshold} needed)"

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        parts, against = [found[rule] for rule in self.rules], [found[rule] for rule in self.unless]
        least = needed(self.require, len(parts))
        if sum(part.active for part in parts) < least:
            return inactive(context)
        fired, unknown, hits = k_of_n([part.fired for part in parts], [part.unknown for part in parts], least)
        for finding in against:
            unknown = (unknown | (fired & finding.unknown)) & ~finding.fired
            fired = fired & ~finding.fired & ~finding.unknown
        return Finding(fired, unknown, hits, np.full(hits.shape, float(least)))
