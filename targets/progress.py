"""Whether a target is met, and before its year whether it is on the way (目标进度判定).

In and after its year a target is met or not met. Before, one of three methods tells, as the office chose for the target
(docs/reference/targets.md has formulas and sources):

* `path`: what was gained since the start over what the target's own path asks by now;
* `eurostat`: the actual over the required compound annual growth rate;
* `escap`: the gap that the time-weighted trend leaves in the target year, of the progress needed.

The cut-offs 0.95, 0.60 and 0 of the first two are Eurostat's. Paths start at the sourced baseline, or where data start:
the policy names no baseline (domain: baselines of T01–T12 are not known).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from targets import methods
from targets.enums import Method, Operator, Path, TargetStatus

ON_TRACK, AT_RISK = 0.95, 0.60
MAINTAIN, REVERSE = 10.0, 100.0
"""ESCAP's dashboard: at most 10 % of the progress needed left is "maintain", more than all of it "reverse"."""
ENOUGH = 0.8
"""Share of the zones in the denominator that must have figures before a miss is called a miss."""

Point = tuple[int, float]


@dataclass(frozen=True)
class Way:
    """How a target is judged before its year: start, goal, path and method."""

    start: Point | None
    goal: Point
    path: str = Path.LINEAR
    milestones: Sequence[tuple[float, float]] = ()
    method: str = Method.PATH
    bounds: tuple[float, float] = (0.0, math.inf)
    """What the figure can be at all: nothing below nought, a share not above all."""

    def expected(self, years: Sequence[int]) -> list[float | None]:
        """What the path asks in these years; None before the start, and where it cannot be drawn."""
        if self.start is None or self.start[0] >= self.goal[0]:
            return [None for _ in years]
        match self.path:
            case Path.COMPOUND:
                found = methods.compound_path(years, self.start, self.goal)
            case Path.STEPWISE | Path.MILESTONES:
                found = methods.milestone_path(
                    years, self.start, self.goal, self.milestones, stepwise=self.path == Path.STEPWISE
                )
            case _:
                found = methods.linear_path(years, self.start, self.goal)
        return [
            None if year < self.start[0] or math.isnan(number) else float(number)
            for year, number in zip(years, found, strict=True)
        ]


@dataclass(frozen=True)
class Verdicts:
    """What each method says at a year; None where it cannot say."""

    path: float | None
    eurostat: float | None
    current_status: float | None
    gap: float | None
    projection: methods.Projection | None

    def status(self, method: str) -> TargetStatus:
        match method:
            case Method.ESCAP:
                return _by_gap(self.gap)
            case Method.EUROSTAT:
                return _by_ratio(self.eurostat)
        return _by_ratio(self.path)


def _by_ratio(ratio: float | None) -> TargetStatus:
    if ratio is None:
        return TargetStatus.TOO_LITTLE
    # A hair's breadth below a cut-off is the rounding of the division, not the figure.
    if ratio >= ON_TRACK - 1e-12:
        return TargetStatus.ON_TRACK
    return TargetStatus.AT_RISK if ratio >= AT_RISK - 1e-12 else TargetStatus.OFF_TRACK


def _by_gap(gap: float | None) -> TargetStatus:
    if gap is None:
        return TargetStatus.TOO_LITTLE
    if gap <= MAINTAIN:
        return TargetStatus.ON_TRACK
    return TargetStatus.AT_RISK if gap <= REVERSE else TargetStatus.OFF_TRACK


def verdicts(way: Way, series: Sequence[Point]) -> Verdicts:
    """All methods at the last point of the series (years ascending, known values only)."""
    if way.start is None or not series or not way.start[0] < min(series[-1][0], way.goal[0]):
        return Verdicts(None, None, None, None, None)
    (first_year, first), (year, value), (target_year, goal) = way.start, series[-1], way.goal
    expected = way.expected([year])[0]
    used = [way.start, *(point for point in series if point[0] > first_year)]
    trend = methods.project([y for y, _ in used], [v for _, v in used], target_year, way.bounds)
    return Verdicts(
        path=None if expected is None else _told(methods.gain_ratio(value, first, expected)),
        eurostat=_told(methods.growth_ratio(first, value, year - first_year, goal, target_year - first_year)),
        current_status=_told(methods.current_status(first, value, goal)),
        gap=None if trend is None else _told(methods.anticipated_gap(first, trend.value, goal)),
        projection=trend if trend is not None and trend.points >= methods.FEWEST else None,
    )


def _told(number: methods.Array) -> float | None:
    told = float(np.asarray(number))
    return None if math.isnan(told) else told


def meets(value: float, operator: str, goal: float, tolerance_pct: float) -> bool:
    """Whether `value` satisfies the operator. ≈ ("左右", "基本") asks for the goal less the office's tolerance.

    A count above an "about" target is not a failure: 23 zones where about 20 were wanted is met.
    """
    slack = goal * tolerance_pct / 100
    match operator:
        case Operator.GREATER:
            return value > goal
        case Operator.AT_LEAST:
            return value >= goal
        case Operator.ABOUT:
            return value >= goal - slack
        case Operator.AT_MOST:
            return value <= goal + slack
        case Operator.EQUAL:
            return abs(value - goal) <= slack + 1e-9
    raise ValueError(f"no comparison for {operator}")


def status_of(
    *,
    series: Sequence[Point],
    year: int,
    value: float | None,
    way: Way,
    operator: str,
    tolerance_pct: float,
    coverage: float = 1.0,
) -> TargetStatus:
    """Status at the end of `year`; `series` are the known values up to it.

    `coverage` is the share of the denominator with figures: below `ENOUGH` a target is "met" or "incomplete", never missed.
    """
    if value is None:
        return TargetStatus.NO_DATA
    target_year, goal = way.goal
    if meets(value, operator, goal, tolerance_pct):
        return TargetStatus.MET
    if coverage < ENOUGH:
        return TargetStatus.PARTIAL
    if year >= target_year:
        return TargetStatus.NOT_MET
    if way.start is not None and way.start[0] < year and meets(way.start[1], operator, goal, tolerance_pct):
        return TargetStatus.AT_RISK  # it was met once: there is no way to be on
    return verdicts(way, series).status(way.method)
