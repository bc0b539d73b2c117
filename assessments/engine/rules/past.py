"""Rules on grades and decisions of earlier years: level held, level reached for the first time, cool-down (等级与冷却期)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from assessments.engine.peers import Array, settled
from assessments.engine.rules.base import COMPARE, Comparison, Finding, RuleBase, RuleContext, inactive


class _Graded(RuleBase):
    """A rule on the grade; codes are those of the scheme's grading."""

    def codes(self) -> tuple[str, ...]:
        """Grade codes the rule names."""
        raise NotImplementedError


class GradeRule(_Graded):
    """连续达不到某一等级: the grade compared with ``level`` in at least ``m`` of the last ``n`` years, this one included. M17

    Grades are compared by their place on the scheme's ladder. A year without a known grade does not count.
    """

    kind: Literal["grade"]
    op: Comparison
    level: str
    m: int = Field(default=1, ge=1)
    n: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.m > self.n:
            raise ValueError("m may not exceed n (m 不能大于 n)")
        return self

    def codes(self) -> tuple[str, ...]:
        return (self.level,)

    def default_text(self) -> tuple[str, str]:
        return (
            f"近 {self.n} 年有 {{measured}} 年等级 {self.op} {self.level}（触发线：{{threshold}} 年）",
            f"grade {self.op} {self.level} in {{measured}} of the last {self.n} years (limit {{threshold}})",
        )

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        limit = float(context.rungs.index(self.level))
        years = self._held(context.level, limit)
        if context.period is not None:
            for back in range(1, self.n):
                years = years + self._held(context.grades.of(context.units, context.period - back), limit)
        blank = np.isnan(context.level)
        fired = years >= self.m
        return Finding(fired, blank & ~fired & (years + 1 >= self.m), years, np.full(years.shape, float(self.m)))

    def _held(self, level: Array, limit: float) -> Array:
        return (COMPARE[self.op](settled(level), settled(limit)) & ~np.isnan(level)).astype(np.float64)


class FirstTime(_Graded):
    """首次达到: the grade is higher than any of earlier years, and at least ``at_least`` where that is given.

    Cannot be told as long as the history names no grades at all.
    """

    kind: Literal["first_time"]
    at_least: str | None = None

    def codes(self) -> tuple[str, ...]:
        return () if self.at_least is None else (self.at_least,)

    def default_text(self) -> tuple[str, str]:
        return "首次达到现等级", "this level for the first time"

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        level, best = context.level, np.broadcast_to(context.grades.best(context.units), context.level.shape)
        # The lowest rung is where everybody stands who has reached nothing.
        least = 1.0 if self.at_least is None else float(context.rungs.index(self.at_least))
        high, known = level >= least, len(context.grades.level) > 0
        unknown = np.isnan(level) | (high & (not known))
        fired = high & (level > best) & known
        return Finding(fired, unknown, level, best)


class Cooldown(RuleBase):
    """冷却期: in the ``years`` years after a ``decision`` about the unit itself or a unit of its ``jurisdiction``.

    The year of the decision itself does not count: decided in 2022, a cool-down of two years holds in 2023 and 2024.
    """

    kind: Literal["cooldown"]
    decision: str
    years: int | None = Field(ge=1)
    by: Literal["jurisdiction", "unit"] = "jurisdiction"

    def default_text(self) -> tuple[str, str]:
        whose, whose_en = ("本辖区", "in its jurisdiction") if self.by == "jurisdiction" else ("本单位", "on it")
        return (
            f"{whose} {{measured}} 年前有“{self.decision}”决定，冷却期 {{threshold}} 年",
            f"“{self.decision}” {whose_en} {{measured}} years ago, a cool-down of {{threshold}} years",
        )

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.years is None or context.period is None:
            return inactive(context)
        past = context.decisions
        whose = past.jurisdiction if self.by == "jurisdiction" else past.unit
        mine = context.jurisdictions if self.by == "jurisdiction" else context.units.to_numpy(dtype=object)
        ago = context.period - past.period
        holds = (past.kind == self.decision) & (ago >= 1) & (ago <= self.years) & (whose != "")
        fired = np.isin(mine.astype(str), whose[holds].astype(str))
        latest = np.full(len(mine), np.nan)
        for owner in np.unique(whose[holds].astype(str)):
            latest[mine == owner] = ago[holds & (whose == owner)].min()
        blank = (mine == "") & bool(((past.kind == self.decision) & (ago >= 1) & (ago <= self.years)).any())
        return Finding(fired, np.asarray(blank, dtype=bool), latest, np.full(len(mine), float(self.years)))
