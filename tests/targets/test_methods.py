"""The arithmetic of progress against examples worked by hand, and scipy where it does the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from targets import methods


def test_paths_by_hand() -> None:
    years = [2015, 2016, 2018, 2020, 2022]
    assert methods.linear_path(years, (2016, 20), (2020, 100)) == pytest.approx([20, 20, 60, 100, 100])
    # 10 → 160 in four years doubles every year.
    assert methods.compound_path([2016, 2017, 2019, 2020], (2016, 10), (2020, 160)) == pytest.approx([10, 20, 80, 160])
    assert np.isnan(methods.compound_path([2018], (2016, 0), (2020, 100))).all()
    own = [(2018, 30), (2019, 80)]
    through = methods.milestone_path(years, (2016, 20), (2020, 100), own, stepwise=False)
    assert through == pytest.approx([20, 20, 30, 100, 100])
    assert methods.milestone_path([2017], (2016, 20), (2020, 100), own, stepwise=False) == pytest.approx([25])
    steps = methods.milestone_path([2016, 2017, 2018, 2019, 2020], (2016, 20), (2020, 100), own, stepwise=True)
    assert steps == pytest.approx([20, 20, 30, 80, 100])


def test_gain_of_the_path_also_downwards() -> None:
    assert methods.gain_ratio([58, 44, 10], 20, 60) == pytest.approx([0.95, 0.60, -0.25])
    assert methods.gain_ratio(90, 100, 80) == pytest.approx(0.5)  # from 100 down to 80 by now; at 90
    assert methods.gain_ratio(100, 100, 100) == 1


def test_eurostats_ratio_by_hand() -> None:
    """100 in 2010, 121 in 2012, 161.051 wanted in 2015: 10 % a year is needed and made. Half of it gives half."""
    assert methods.cagr(100, 121, 2) == pytest.approx(0.10)
    assert methods.growth_ratio(100, 121, 2, 161.051, 5) == pytest.approx(1.0)
    assert methods.growth_ratio(100, 110.25, 2, 161.051, 5) == pytest.approx(0.5)  # 5 % a year
    # A target that falls: 100 → 59.049 in five years is −10 % a year; 81 after two is just that, 121 goes away from it.
    assert methods.growth_ratio(100, 81, 2, 59.049, 5) == pytest.approx(1.0)
    assert methods.growth_ratio(100, 121, 2, 59.049, 5) == pytest.approx(-1.0)
    assert np.isnan(methods.growth_ratio(0, 5, 2, 10, 5))  # no rate from nought
    assert np.isnan(methods.growth_ratio(100, 110, 2, 100, 5))  # the target asks no growth


def test_escaps_current_status_by_hand() -> None:
    assert methods.current_status([40, 40, 40, 90], [60, 100, 30, 70], [80, 80, 80, 10]) == pytest.approx(
        [5, 15, -2.5, 2.5]
    )


def test_escaps_anticipated_gap_by_hand() -> None:
    # From 40 towards 80: predicted 76 leaves 4 of 40, 60 leaves half, 90 passes, 30 is further away than at the start.
    assert methods.anticipated_gap(40, [76, 60, 90, 30], 80) == pytest.approx([10, 50, 0, 125])
    assert methods.anticipated_gap(90, [10, 50, 98], 10) == pytest.approx([0, 50, 110])


def test_the_time_weighted_line_by_hand() -> None:
    """Years 1, 2, 3 with 0, 0, 6: weights 1/3, 2/3, 1 (times three: 1, 2, 3).

    Weighted means 14/6 = 7/3 and 18/6 = 3; slope = Σw(t−7/3)(y−3) / Σw(t−7/3)² = (4 + 2 + 6) / (16/9 + 2/9 + 12/9)
    = 12 / (10/3) = 3.6; at year 5 it is 3 + 3.6·8/3 = 12.6.
    """
    found = methods.project([1, 2, 3], [0, 0, 6], 5)
    assert found is not None
    assert (found.slope, found.value, found.points) == (pytest.approx(3.6), pytest.approx(12.6), 3)
    # Residuals 1.8, −1.8, 0.6 with weights 1/3, 2/3, 1: 1.08 + 2.16 + 0.36 = 3.6, one degree of freedom.
    # Variance at year 5: 3.6·(1 + 1/2 + (8/3)²/(10/9)) = 3.6·7.9.
    half = 6.313752 * np.sqrt(3.6 * 7.9)
    assert (found.low, found.high) == (pytest.approx(12.6 - half), pytest.approx(12.6 + half))


def test_a_straight_line_is_its_own_projection_and_one_point_is_none() -> None:
    found = methods.project([2016, 2017, 2018, 2019], [10, 12, 14, 16], 2025)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((28, 28, 28))
    assert methods.project([2016], [10], 2020) is None
    assert methods.project([2016, 2017], [10, np.nan], 2020) is None
    two = methods.project([2016, 2017], [10, 12], 2020)
    assert two is not None
    assert two.value == pytest.approx(18)
    assert np.isnan(two.low)


def test_a_share_is_not_projected_beyond_all() -> None:
    found = methods.project([2016, 2017, 2018, 2019], [70, 80, 90, 99], 2025, bounds=(0, 100))
    assert found is not None
    assert (found.value, found.high) == (100, 100)


def test_quantiles_are_scipys() -> None:
    for freedom in (1, 2, 5, 10, 30):
        assert methods.t95(freedom) == pytest.approx(stats.t.ppf(0.95, freedom), abs=1e-5)
    assert methods.t95(400) == pytest.approx(stats.norm.ppf(0.95), abs=1e-5)
    assert np.isnan(methods.t95(0))


def test_wilson_is_scipys() -> None:
    low, high = methods.wilson([0, 3, 10], [10, 10, 10])
    for place, k in enumerate([0, 3, 10]):
        known = stats.binomtest(k, 10).proportion_ci(0.95, method="wilson")
        assert (low[place], high[place]) == (pytest.approx(known.low), pytest.approx(known.high))
    assert np.isnan(methods.wilson(0, 0)[0])


def test_ranks_overlap_where_intervals_do() -> None:
    # A [8,9] is above all; B [4,7] and C [5,6] overlap; D [1,2] is below all.
    best, worst = methods.rank_intervals([8, 4, 5, 1], [9, 7, 6, 2])
    assert (best.tolist(), worst.tolist()) == ([1, 2, 2, 4], [1, 3, 3, 4])
