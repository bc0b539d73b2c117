"""Whether a target is met, and before its year whether it is on the way (目标进度判定).

In and after its year a target is met or not met. Before, the value is held against the straight line from the first
year with data to the target; the cut-offs 0.95 and 0.60 are those of Eurostat's and Open SDG's progress measures.
The line starts where data start, because the policy names no baseline (domain: baselines of T01–T12 are not known).
"""

from __future__ import annotations

from targets.enums import Operator, TargetStatus

ON_TRACK, AT_RISK = 0.95, 0.60
ENOUGH = 0.8
"""Share of the zones in the denominator that must have figures before a miss is called a miss."""


def meets(value: float, operator: str, goal: float, tolerance_pct: float) -> bool:
    """Whether `value` satisfies the operator. ≈ ("左右", "基本") asks for the goal less the office's tolerance.

    A count above an "about" target is not a failure: 23 zones where about 20 were wanted is met.
    """
    slack = goal * tolerance_pct / 100
    match operator:
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
    year: int,
    value: float | None,
    start: tuple[int, float] | None,
    target_year: int,
    operator: str,
    goal: float,
    tolerance_pct: float,
    coverage: float = 1.0,
) -> TargetStatus:
    """Status at the end of `year`. `start` is the first (year, value) known.

    `coverage` is the share of the denominator with figures: below `ENOUGH` a target is "met" or "incomplete", never missed.
    """
    if value is None:
        return TargetStatus.NO_DATA
    if meets(value, operator, goal, tolerance_pct):
        return TargetStatus.MET
    if coverage < ENOUGH:
        return TargetStatus.PARTIAL
    if year >= target_year:
        return TargetStatus.NOT_MET
    if start is not None and meets(start[1], operator, goal, tolerance_pct):
        return TargetStatus.AT_RISK  # it was met once: there is no line to be on
    return _on_the_way(year, value, start, target_year, goal)


def _on_the_way(
    year: int, value: float, start: tuple[int, float] | None, target_year: int, goal: float
) -> TargetStatus:
    """Before the target's year: the gain since `start` against the gain of the straight line to the goal."""
    if start is None or start[0] >= year:
        return TargetStatus.AT_RISK
    first_year, first = start
    expected = (goal - first) * (year - first_year) / (target_year - first_year)
    ratio = (value - first) / expected if expected else 1.0
    if ratio >= ON_TRACK:
        return TargetStatus.ON_TRACK
    return TargetStatus.AT_RISK if ratio >= AT_RISK else TargetStatus.OFF_TRACK
