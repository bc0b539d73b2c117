"""Every scoring function worked by hand, and its edge cases."""

import math
from typing import Any

import pytest

from assessments.engine import SchemeError, assess
from assessments.engine.normalise import SCORING
from tests.engine.helpers import leaf, make, table

NAN = float("nan")
X = [10.0, 20.0, 40.0, 30.0]

CASES: list[tuple[str, str, dict[str, Any], list[float], list[float]]] = [
    # method, direction, parameters, values, points
    ("identity", "up", {}, X, X),
    ("identity", "down", {}, X, [-10, -20, -40, -30]),
    ("given", "up", {"max": 40}, [10, 50, -1, 20], [25, 100, 0, 50]),
    ("goalposts", "up", {"low": 0, "high": 40}, [10, 50, -4, 20], [25, 100, 0, 50]),
    ("goalposts", "down", {"low": 0, "high": 40}, [10, 50, -4, 20], [75, 0, 100, 50]),
    ("goalposts", "up", {"low": 0, "high": 40, "cap": "none"}, [10, 50, -4, 20], [25, 125, -10, 50]),
    ("goalposts", "up", {"low": 0, "high": 40, "cap": "upper"}, [10, 50, -4, 20], [25, 100, -10, 50]),
    ("goalposts", "up", {"low": 0, "high": 40, "range": [60, 100]}, [0, 40, 20, 10], [60, 100, 80, 70]),
    ("minmax", "up", {}, X, [0, 100 / 3, 100, 200 / 3]),
    ("minmax", "down", {}, X, [100, 200 / 3, 0, 100 / 3]),
    ("minmax", "up", {"range": [60, 100]}, X, [60, 60 + 40 / 3, 100, 60 + 80 / 3]),
    ("minmax", "up", {}, [5, 5, 5, 5], [50, 50, 50, 50]),
    ("minmax", "up", {"flat": 1}, [5, 5, 5, 5], [100, 100, 100, 100]),
    ("zscore", "up", {}, [1, 2, 3, 2], [-math.sqrt(1.5), 0, math.sqrt(1.5), 0]),
    ("zscore", "down", {"mean": 10, "sd": 2}, [1, 2, 3, 2], [10 + 2 * 1.5**0.5, 10, 10 - 2 * 1.5**0.5, 10]),
    ("zscore", "up", {"clip": 1}, [1, 2, 3, 2], [-1, 0, 1, 0]),
    ("zscore", "up", {}, [5, 5, 5, 5], [0, 0, 0, 0]),
    ("rank", "up", {}, [10, 20, 20, 5], [2, 3, 3, 1]),
    ("rank", "down", {}, [10, 20, 20, 5], [3, 1, 1, 4]),
    ("rank", "up", {"ties": "average"}, [10, 20, 20, 5], [2, 3.5, 3.5, 1]),
    ("borda", "up", {}, [10, 20, 20, 5], [1, 2, 2, 0]),
    ("percentile", "up", {}, X, [25, 50, 100, 75]),
    ("percentile", "up", {"form": "exclusive"}, X, [0, 100 / 3, 100, 200 / 3]),
    ("efficacy", "up", {"satisfied": 40, "unallowed": 20}, [10, 20, 40, 30], [60, 60, 100, 80]),
    ("efficacy", "up", {"satisfied": 40, "unallowed": 20, "cap": False}, [10, 20, 50, 30], [40, 60, 120, 80]),
    ("efficacy", "down", {"satisfied": 20, "unallowed": 40}, [10, 20, 40, 30], [100, 100, 60, 80]),
    ("efficacy", "up", {"satisfied": "group_max", "unallowed": "group_min", "base": 0, "span": 100}, X,
     [0, 100 / 3, 100, 200 / 3]),
    ("efficacy", "up", {"satisfied": "group_p75", "unallowed": "group_p25"}, [0, 10, 20, 30],
     [60, 60 + 40 * 2.5 / 15, 60 + 40 * 12.5 / 15, 100]),
    ("efficacy", "up", {"satisfied": "group_max", "unallowed": "group_min"}, [5, 5, 5, 5], [80, 80, 80, 80]),
    ("ratio", "up", {"base": 20}, X, [50, 100, 200, 150]),
    ("ratio", "up", {"base": 20, "cap": 1.5}, X, [50, 100, 150, 150]),
    ("ratio", "up", {"base": 20}, [-10, 0, 20, 40], [0, 0, 100, 200]),
    ("ratio", "up", {"base": 20, "floor": None}, [-10, 0, 20, 40], [-50, 0, 100, 200]),
    ("ratio", "down", {"base": 20, "cap": 3}, X, [200, 100, 50, 200 / 3]),
    ("ratio", "down", {"base": 20, "cap": 1.5}, [0, 10, 20, 40], [150, 150, 100, 50]),
    ("ratio", "up", {"base": "group_mean"}, X, [40, 80, 160, 120]),
    ("ratio", "up", {"base": "group_max"}, X, [25, 50, 100, 75]),
    ("relative_difference", "up", {"reference": "group_mean"}, X, [-0.6, -0.2, 0.6, 0.2]),
    ("reverse_to_mean", "down", {}, [0, 25, 60, 15], [100, 50, 0, 70]),
    ("ideal", "up", {"ideal": 20}, X, [50, 100, 100, 100]),
    ("ideal", "down", {"ideal": 20}, [0, 20, 40, 30], [100, 100, 50, 200 / 3]),
    ("ideal", "up", {"ideal": [20, 30]}, [10, 25, 40, 30], [50, 100, 75, 100]),
    ("distance_to_target", "up", {"target": 30}, X, [0, 50, 100, 100]),
    ("distance_to_target", "up", {"target": 30, "cap": False}, X, [0, 50, 150, 100]),
    ("distance_to_target", "down", {"target": 20}, X, [100, 100, 0, 50]),
    ("distance_to_target", "up", {"target": 5}, X, [100, 100, 100, 100]),
    ("bands", "up", {"below": 1.8, "bands": [{"from": 20, "points": 2.4}, {"from": 40, "points": 3}]}, X,
     [1.8, 2.4, 3, 2.4]),
    ("bands", "up", {"below": 0, "closed": "right", "bands": [{"from": 20, "points": 1}]}, [10, 20, 20.1, 30],
     [0, 0, 1, 1]),
    ("bands", "up", {"below": 0, "of": "percentile", "bands": [{"from": 75, "points": 1}]}, X, [0, 0, 1, 1]),
    ("goalposts", "up", {"low": "group_min", "high": 40}, X, [0, 100 / 3, 100, 200 / 3]),
    ("goalposts", "up", {"low": "group_bottom2", "high": "group_top2"}, X, [0, 25, 100, 75]),
    ("goalposts", "down", {"low": "group_p2.5", "high": "group_max"}, [0, 10, 20, 40],
     [100, 100 * 30 / 39.25, 100 * 20 / 39.25, 0]),
    ("goalposts", "up", {"low": "group_min", "high": "group_max"}, [5, 5, 5, 5], [50, 50, 50, 50]),
    ("piecewise", "up", {"points": [{"at": 10, "points": 0}, {"at": 20, "points": 60}, {"at": 40, "points": 100}]},
     [0, 15, 30, 90], [0, 30, 80, 100]),
    ("per_item", "up", {"each": 2, "cap": 10}, [0, 3, 5, 9], [0, 6, 10, 10]),
    ("threshold", "up", {"value": 30}, X, [0, 0, 100, 100]),
    ("threshold", "down", {"value": 20}, X, [100, 100, 0, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("method", "direction", "parameters", "values", "points"), CASES)
def test_by_hand(
    method: str, direction: str, parameters: dict[str, Any], values: list[float], points: list[float]
) -> None:
    scheme = make([leaf("x", method, direction=direction, score=parameters)])
    assessment = assess(scheme, table("ABCD", x=values))
    assert assessment.normalised["x"].tolist() == pytest.approx(points)
    assert assessment.score.tolist() == pytest.approx(points)


def test_every_method_has_a_case_by_hand() -> None:
    assert {case[0] for case in CASES} == set(SCORING)


@pytest.mark.parametrize(("method", "direction", "parameters", "values", "points"), CASES)
def test_a_blank_is_no_value_and_stays_blank(
    method: str, direction: str, parameters: dict[str, Any], values: list[float], points: list[float]
) -> None:
    scheme = make([leaf("x", method, direction=direction, score=parameters)])
    with_blank = assess(scheme, table("ABCDE", x=[*values, NAN]))
    assert math.isnan(with_blank.normalised["x"]["E"])
    assert with_blank.normalised["x"].iloc[:4].tolist() == pytest.approx(points)


@pytest.mark.parametrize(("method", "direction", "parameters", "values", "points"), CASES)
def test_no_value_scores_under_the_stated_lowest(
    method: str, direction: str, parameters: dict[str, Any], values: list[float], points: list[float]
) -> None:
    placed = make([leaf("x", method, direction=direction, score=parameters)]).placed_leaves()[0]
    lowest = placed.leaf.score.lowest(100)
    assert lowest is None or lowest <= min(points) + 1e-9


def test_statistics_are_taken_inside_the_group_unless_told_otherwise() -> None:
    values = table("ABCD", x=[0, 10, 100, 300])
    groups = table("ABCD").assign(g=["n", "n", "s", "s"])["g"]
    inside = assess(make([leaf("x", "minmax")]), values, groups=groups)
    assert inside.normalised["x"].tolist() == [0, 100, 0, 100]
    across = assess(make([leaf("x", "minmax", score={"within": "all"})]), values, groups=groups)
    assert across.normalised["x"].tolist() == pytest.approx([0, 10 / 3, 100 / 3, 100])


def test_a_pooled_ratio_is_a_ratio_of_sums() -> None:
    score = {"base": {"sum": "tax", "over": "land"}}
    values = table("ABC", x=[1.0, 2.0, 3.0], tax=[10.0, 50.0, NAN], land=[10.0, 10.0, 90.0])
    assessment = assess(make([leaf("x", "ratio", score=score)]), values)
    assert assessment.normalised["x"].tolist() == pytest.approx([100 / 3, 200 / 3, 100])  # 60 / 20 = 3


def test_each_unit_can_bring_its_own_target() -> None:
    score = {"base": {"column": "target"}, "cap": 1}
    values = table("ABC", x=[5.0, 30.0, 5.0], target=[10.0, 20.0, 0.0])
    assessment = assess(make([leaf("x", "ratio", score=score)]), values)
    assert assessment.normalised["x"].iloc[:2].tolist() == [50, 100]
    assert math.isnan(assessment.score["C"])
    assert any("无法按" in notice.text_zh for notice in assessment.notices)


def test_a_ratio_scored_downwards_needs_a_cap_for_those_who_use_nothing() -> None:
    with pytest.raises(SchemeError, match="needs a cap"):
        make([leaf("x", "ratio", direction="down", score={"base": 20})])


@pytest.mark.parametrize(("direction", "satisfied", "unallowed"), [("down", 60, 15), ("up", 15, 60)])
def test_fixed_bounds_that_reward_the_opposite_of_the_direction_are_refused(
    direction: str, satisfied: float, unallowed: float
) -> None:
    bounds = {"satisfied": satisfied, "unallowed": unallowed}
    with pytest.raises(SchemeError, match="the opposite of direction"):
        make([leaf("x", "efficacy", direction=direction, score=bounds)])
    swapped = {"satisfied": unallowed, "unallowed": satisfied}
    assessment = assess(make([leaf("x", "efficacy", direction=direction, score=swapped)]), table("AB", x=[15.0, 60.0]))
    assert assessment.normalised["x"].tolist() == ([60, 100] if direction == "up" else [100, 60])
