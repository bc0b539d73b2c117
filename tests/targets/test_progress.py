from __future__ import annotations

import pytest

from targets.enums import Operator, TargetStatus
from targets.progress import meets, status_of


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
        (2016, 20, TargetStatus.AT_RISK),  # nothing to hold it against yet
        (2020, 99, TargetStatus.NOT_MET),
        (2023, 99, TargetStatus.NOT_MET),
    ],
)
def test_before_its_year_a_target_is_held_against_a_straight_line(
    year: int, value: float | None, expected: TargetStatus
) -> None:
    found = status_of(
        year=year,
        value=value,
        start=(2016, 20),
        target_year=2020,
        operator=Operator.AT_LEAST,
        goal=100,
        tolerance_pct=0,
    )
    assert found == expected


def test_without_an_operator_there_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="no comparison"):
        meets(1, Operator.NONE, 1, 0)


def test_with_too_few_figures_a_target_is_met_or_incomplete_but_not_missed() -> None:
    def status(value: float) -> TargetStatus:
        return status_of(
            year=2021, value=value, start=None, target_year=2020, operator=Operator.AT_LEAST, goal=20, tolerance_pct=0,
            coverage=0.79,
        )  # fmt: skip

    assert status(20) == TargetStatus.MET
    assert status(19) == TargetStatus.PARTIAL


def test_a_target_that_was_met_and_is_lost_is_not_on_track() -> None:
    found = status_of(
        year=2018, value=98, start=(2016, 105), target_year=2020, operator=Operator.AT_LEAST, goal=100, tolerance_pct=0
    )
    assert found == TargetStatus.AT_RISK
