from __future__ import annotations

import pytest

from targets.enums import Method, Operator, Path, TargetStatus
from targets.progress import Way, meets, status_of, verdicts


def judged(
    year: int,
    value: float | None,
    *,
    start: tuple[int, float] | None = (2016, 20.0),
    goal: tuple[int, float] = (2020, 100.0),
    before: tuple[tuple[int, float], ...] = (),
    coverage: float = 1.0,
    path: str = Path.LINEAR,
    milestones: tuple[tuple[float, float], ...] = (),
    method: str = Method.PATH,
) -> TargetStatus:
    series = [*before, *([(year, value)] if value is not None else [])]
    return status_of(
        series=series,
        year=year,
        value=value,
        way=Way(start, goal, path, milestones, method),
        operator=Operator.AT_LEAST,
        tolerance_pct=0,
        coverage=coverage,
    )


@pytest.mark.parametrize(
    ("value", "operator", "goal", "tolerance", "expected"),
    [
        (30, Operator.AT_LEAST, 30, 0, True),
        (29.9, Operator.AT_LEAST, 30, 0, False),
        (18, Operator.ABOUT, 20, 10, True),  # “20个左右” with the office's 10 %
        (17.9, Operator.ABOUT, 20, 10, False),
        (26, Operator.ABOUT, 20, 10, True),
        (100, Operator.EQUAL, 100, 0, True),
        (99.9, Operator.EQUAL, 100, 0, False),
        (3, Operator.AT_MOST, 3, 0, True),
        (4, Operator.AT_MOST, 3, 0, False),
        (30, Operator.GREATER, 30, 0, False),
        (30.1, Operator.GREATER, 30, 0, True),
    ],
)
def test_operators(value: float, operator: str, goal: float, tolerance: float, expected: bool) -> None:
    assert meets(value, operator, goal, tolerance) is expected


@pytest.mark.parametrize(
    ("year", "value", "expected"),
    [
        # From 20 in 2016 to 100 in 2020: the line stands at 60 in 2018, a gain of 40.
        (2018, None, TargetStatus.NO_DATA),
        (2018, 100, TargetStatus.MET),
        (2018, 58, TargetStatus.ON_TRACK),  # 38 of 40 = 0.95
        (2018, 57.9, TargetStatus.AT_RISK),
        (2018, 44, TargetStatus.AT_RISK),  # 24 of 40 = 0.60
        (2018, 43.9, TargetStatus.OFF_TRACK),
        (2018, 10, TargetStatus.OFF_TRACK),
        (2016, 20, TargetStatus.TOO_LITTLE),  # nothing to hold it against yet
        (2020, 99, TargetStatus.NOT_MET),
        (2023, 99, TargetStatus.NOT_MET),
    ],
)
def test_before_its_year_a_target_is_held_against_a_straight_line(
    year: int, value: float | None, expected: TargetStatus
) -> None:
    assert judged(year, value) == expected


def test_without_an_operator_there_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="no comparison"):
        meets(1, Operator.NONE, 1, 0)


def test_with_too_few_figures_a_target_is_met_or_incomplete_but_not_missed() -> None:
    assert judged(2021, 100, start=None, coverage=0.79) == TargetStatus.MET
    assert judged(2021, 99, start=None, coverage=0.79) == TargetStatus.PARTIAL


def test_a_target_that_was_met_and_is_lost_is_not_on_track() -> None:
    assert judged(2018, 98, start=(2016, 105)) == TargetStatus.AT_RISK


@pytest.mark.parametrize(
    ("path", "milestones", "least"),
    [
        (Path.LINEAR, (), 58.0),  # asks 60: a gain of 0.95 · 40
        (Path.COMPOUND, (), 20 + 0.95 * (20 * 5**0.5 - 20)),  # 20·5^(2/4) = 44.7
        (Path.MILESTONES, ((2018, 30),), 29.5),
        (Path.STEPWISE, ((2019, 80),), 20.0),  # nothing is asked before 2019
    ],
)
def test_each_path_asks_its_own(path: str, milestones: tuple[tuple[float, float], ...], least: float) -> None:
    assert judged(2018, least, path=path, milestones=milestones) == TargetStatus.ON_TRACK
    below = judged(2018, least - 0.1, path=path, milestones=milestones)
    assert below in {TargetStatus.AT_RISK, TargetStatus.TOO_LITTLE}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (121, TargetStatus.ON_TRACK),  # 10 % a year, as 100 → 161.051 in five years requires
        (112.36, TargetStatus.AT_RISK),  # 6 % a year: ratio 0.60
        (112, TargetStatus.OFF_TRACK),  # 0.58
        (90, TargetStatus.OFF_TRACK),  # moving away
    ],
)
def test_eurostats_cut_offs(value: float, expected: TargetStatus) -> None:
    found = judged(2012, value, start=(2010, 100), goal=(2015, 161.051), method=Method.EUROSTAT)
    assert found == expected


def test_eurostat_has_no_rate_from_nought() -> None:
    assert judged(2018, 50, start=(2016, 0), method=Method.EUROSTAT) == TargetStatus.TOO_LITTLE


@pytest.mark.parametrize(
    ("value", "expected", "gap"),
    [
        # From 20 in 2016 in a straight line over 2018 to 2020: the prediction is 20 + 2·(value − 20).
        (58, TargetStatus.ON_TRACK, 5),  # 96: 4 of 80 are left
        (50, TargetStatus.AT_RISK, 25),  # 80
        (10, TargetStatus.OFF_TRACK, 125),  # 0 of the 20 there were
    ],
)
def test_escaps_cut_offs(value: float, expected: TargetStatus, gap: float) -> None:
    way = Way((2016, 20), (2020, 100), method=Method.ESCAP)
    assert verdicts(way, [(2018, value)]).gap == pytest.approx(gap)
    assert judged(2018, value, method=Method.ESCAP) == expected


def test_a_projection_needs_four_points() -> None:
    way = Way((2016, 20), (2022, 100))
    three, four = [(2016, 20), (2017, 30), (2018, 40)], [(2016, 20), (2017, 30), (2018, 40), (2019, 50)]
    assert verdicts(way, three).projection is None
    found = verdicts(way, four).projection
    assert found is not None
    assert found.value == pytest.approx(80)
