"""Grades (等级): ladders of thresholds (星级), quota classes (A/B/C) and bands of the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from assessments.engine.aggregate import ROOT
from assessments.engine.basis import Basis, Strict
from assessments.engine.peers import Array, Mask, settled
from assessments.engine.rules import Comparing, Require, Rounding, RuleContext, Scope, met, needed, places_for, rounded


class _Named(Strict):
    code: str
    name_zh: str
    name_en: str


class Graded(Strict):
    """What all ways of grading share."""

    def names(self) -> Sequence[_Named]:
        raise NotImplementedError

    def rungs(self) -> tuple[str, ...]:
        """Codes from the lowest grade up."""
        return tuple(named.code for named in self.names())

    def apply(self, context: RuleContext) -> Grades:
        raise NotImplementedError

    def levels_of(self, grade: npt.NDArray[np.object_]) -> Array:
        """The place of each grade on the rungs, NaN without one."""
        level = np.full(grade.shape, np.nan)
        for place, code in enumerate(self.rungs()):
            level[grade == code] = place
        return level


@dataclass(frozen=True)
class Cut:
    """The score at which a unit would cross into (or out of) a grade, the others staying put."""

    grade: str
    inside: Mask
    score: Array


@dataclass(frozen=True)
class Grades:
    """``grade`` has the code of each unit's grade ("" without one), one row a draw where scores are drawn."""

    grade: npt.NDArray[np.object_]
    cuts: tuple[Cut, ...]


class Level(_Named):
    """A rung: ``require`` of the conditions must hold. A rung with a limit nobody has set yet is not awarded."""

    conditions: tuple[Comparing, ...] = Field(min_length=1)
    require: Require = "all"


class Ladder(Graded):
    """门槛与星级: the highest rung whose conditions hold. A blank never meets a condition. M17"""

    kind: Literal["ladder"]
    levels: tuple[Level, ...] = Field(min_length=1)
    none: _Named
    basis: Basis

    def names(self) -> list[_Named]:
        return [self.none, *self.levels]

    def apply(self, context: RuleContext) -> Grades:
        grade: npt.NDArray[np.object_] = np.full(context.standing.score.shape, self.none.code, dtype=object)
        for level in self.levels:
            conditions = [condition.measure(context) for condition in level.conditions]
            hits = np.sum(np.broadcast_arrays(*(met(condition)[0] for condition in conditions)), axis=0)
            unset = sum(condition.value is None for condition in level.conditions)
            least = needed(level.require, len(conditions))
            if len(conditions) - unset >= least:
                grade = np.where(hits >= least, level.code, grade)
        return Grades(grade, ())


class QuotaClass(_Named):
    """A class with a share or a count of the places; exactly one class has neither and takes the rest."""

    share: float | None = Field(default=None, gt=0, lt=1)
    count: int | None = Field(default=None, ge=0)
    rounding: Rounding = "floor"

    @property
    def takes_rest(self) -> bool:
        return self.share is None and self.count is None

    def places(self, size: Array) -> Array:
        return places_for(self.count, self.share, self.rounding, size)


class Quota(Graded):
    """Classes by rank, best first. Classes above the rest are filled from the top, those below it from the bottom. M18

    ``ties: include`` gives all units on the edge the better class, ``exclude`` the worse. Units with the event
    ``protected``, or for which all conditions of ``protected_if`` hold, get the first class outside the quota and are not
    counted in it.
    """

    kind: Literal["quota"]
    classes: tuple[QuotaClass, ...] = Field(min_length=1)
    scope: Scope = "group"
    ties: Literal["include", "exclude"] = "include"
    protected: str | None = None
    protected_if: tuple[Comparing, ...] = ()
    basis: Basis

    @model_validator(mode="after")
    def _one_rest(self) -> Self:
        if sum(c.takes_rest for c in self.classes) != 1:
            raise ValueError("exactly one class must have neither share nor count (须有且只有一个等级不写比例或个数)")
        return self

    def names(self) -> list[_Named]:
        return list(self.classes)

    def rungs(self) -> tuple[str, ...]:
        return tuple(named.code for named in reversed(self.classes))

    def apply(self, context: RuleContext) -> Grades:
        peers, score = context.peers[self.scope], context.standing.score.copy()
        protected = self._protected(context) & np.ones(score.shape, dtype=bool)
        score[protected] = np.nan
        size = peers.count(score)
        top = peers.rank(score, ascending=False, ties="min" if self.ties == "include" else "max")
        bottom = peers.rank(score, ties="max" if self.ties == "include" else "min")
        rest = next(place for place, c in enumerate(self.classes) if c.takes_rest)
        known = ~np.isnan(score)
        grade = np.where(known, self.classes[rest].code, "")
        cuts = []
        below = np.zeros(score.shape)
        for c in reversed(self.classes[rest + 1 :]):
            below = below + c.places(size)
            inside = known & (bottom <= below)
            grade = np.where(inside & (grade == self.classes[rest].code), c.code, grade)
            cuts.append(Cut(c.code, inside, peers.nth_of_others(score, below, largest=False)))
        places = np.array([c.places(size) for c in self.classes[:rest]]).cumsum(axis=0)
        for c, above in reversed(list(zip(self.classes[:rest], places, strict=True))):
            inside = known & (top <= above)
            grade = np.where(inside, c.code, grade)
            cuts.append(Cut(c.code, inside, peers.nth_of_others(score, above, largest=True)))
        grade = np.where(protected, self.classes[0].code, grade)
        return Grades(grade.astype(object), tuple(cuts))

    def _protected(self, context: RuleContext) -> Mask:
        units = len(context.units)
        event = np.zeros(units, dtype=bool)
        if self.protected:
            event = context.events.get(self.protected, np.zeros(units)) >= 1
        if not self.protected_if:
            return event
        held = np.broadcast_arrays(*(met(condition.measure(context))[0] for condition in self.protected_if))
        return np.asarray(event | np.all(held, axis=0), dtype=bool)


class Picked(_Named):
    """A class picked from one side of a gate: this share of all evaluated, by the sum of ``by`` (node or leaf → factor)."""

    share: float = Field(gt=0, lt=1)
    rounding: Rounding = "round"
    by: dict[str, float] = Field(min_length=1)

    def key(self, context: RuleContext) -> Array:
        return np.asarray(sum(factor * context.nodes[code] for code, factor in self.by.items()), dtype=np.float64)


class Gate(Graded):
    """先分后排: a gate by one score, then a ranking of its own on either side (企业分类综合评价). M19

    The first ``share`` of the group by ``node`` are above the gate. ``upper`` is filled from those above, best first by its
    own keys, ``lower`` from those below, worst first by its own; both quotas are shares of *all* evaluated units of the
    group. Everybody else gets ``rest``.
    """

    kind: Literal["gate"]
    node: str = "score"
    share: float = Field(default=0.5, gt=0, lt=1)
    rounding: Rounding = "floor"
    upper: Picked
    lower: Picked
    rest: _Named
    scope: Scope = "group"
    basis: Basis

    def names(self) -> list[_Named]:
        return [self.upper, self.rest, self.lower]

    def rungs(self) -> tuple[str, ...]:
        return (self.lower.code, self.rest.code, self.upper.code)

    def apply(self, context: RuleContext) -> Grades:
        peers, gate = context.peers[self.scope], context.nodes[self.node]
        known = ~np.isnan(context.standing.score)
        gate = np.where(known, context.sign * gate, np.nan)
        size = peers.count(gate)
        above = peers.rank(gate, ascending=False) <= rounded(self.share * size, self.rounding)
        best = peers.rank(np.where(above, self.upper.key(context), np.nan), ascending=False)
        worst = peers.rank(np.where(known & ~above, self.lower.key(context), np.nan))
        grade = np.where(known, self.rest.code, "").astype(object)
        grade = np.where(best <= places_for(None, self.upper.share, self.upper.rounding, size), self.upper.code, grade)
        grade = np.where(worst <= places_for(None, self.lower.share, self.lower.rounding, size), self.lower.code, grade)
        return Grades(grade, ())


class ScoreBand(_Named):
    start: float = Field(alias="from")


class ScoreBands(Graded):
    """Grades by the score: ``lowest`` under the first cut, then the highest band reached."""

    kind: Literal["bands"]
    lowest: _Named
    bands: tuple[ScoreBand, ...] = Field(min_length=1)
    basis: Basis

    @model_validator(mode="after")
    def _rising(self) -> Self:
        starts = [band.start for band in self.bands]
        if starts != sorted(set(starts)):
            raise ValueError("the bands must rise (各档起点须从小到大且不重复)")
        return self

    def names(self) -> list[_Named]:
        return [self.lowest, *self.bands]

    def apply(self, context: RuleContext) -> Grades:
        score = context.nodes[ROOT]
        grade = np.where(np.isnan(score), "", self.lowest.code)
        cuts = []
        for band in self.bands:
            inside = settled(score) >= settled(band.start)
            grade = np.where(inside, band.code, grade)
            cuts.append(Cut(band.code, inside, np.full(score.shape, context.sign * band.start)))
        return Grades(grade.astype(object), tuple(cuts))


Grading = Annotated[Ladder | Quota | Gate | ScoreBands, Field(discriminator="kind")]
