"""Each measure worked out by hand on a table small enough to read."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from targets import measures
from targets.measures import Data

TEST = {"zone_class": "cluster", "expression": "main_business_revenue", "above": 100.0}


@pytest.fixture
def data() -> Data:
    index = pd.MultiIndex.from_tuples(
        [("A", 2020), ("B", 2020), ("C", 2020), ("E", 2020), ("A", 2019)], names=["zone", "year"]
    )
    figures = pd.DataFrame(
        {
            "main_business_revenue": [101.0, 100.0, 60.0, 500.0, 90.0],
            "with_rd": [8.0, 5.0, np.nan, 9.0, 1.0],
            "all_firms": [10.0, 10.0, 10.0, 10.0, 4.0],
        },
        index=index,
    )
    designations = pd.DataFrame(
        [
            # A carries two plates of the class: one zone, counted once.
            ("A1", "A", "cluster", "province_designated", None, None),
            ("A2", "A", "cluster", "province_designated", None, None),
            ("A3", "A", "etdz", "national", None, None),
            ("B1", "B", "cluster", "province_designated", date(2018, 5, 1), None),
            ("C1", "C", "cluster", "province_designated", None, date(2021, 1, 1)),
            ("D1", "D", "cluster", "province_designated", None, None),
            ("E1", "E", "cluster", "province_designated", None, date(2015, 5, 1)),
        ],
        columns=["code", "zone", "zone_class", "level", "valid_from", "valid_to"],
    )
    series = pd.DataFrame([("teams", 2020, 211, True)], columns=["indicator", "year", "number", "synthetic"])
    return Data(figures, designations, series, frozenset({("A", 2020)}))


def test_a_zone_counts_once_and_only_strictly_above(data: Data) -> None:
    found = measures.count_zones(data, TEST, 2020)
    assert (found.value, found.denominator) == (1, 4)  # A, B, C, D; E lost its plate in 2015
    assert found.counted == ["A"]
    assert found.nearest == [("B", 100.0, 0.0), ("C", 60.0, 40.0)]
    assert found.missing == ["D"]
    assert found.synthetic


def test_at_least_takes_the_threshold_in(data: Data) -> None:
    spec = {"zone_class": "cluster", "expression": "main_business_revenue", "at_least": 100.0}
    assert measures.count_zones(data, spec, 2020).counted == ["A", "B"]


def test_a_year_without_figures_has_no_value_rather_than_zero(data: Data) -> None:
    found = measures.count_zones(data, TEST, 2024)
    assert found.value is None
    assert found.missing == ["A", "B", "D"]


def test_a_share_keeps_zones_without_figures_in_its_denominator(data: Data) -> None:
    found = measures.share_designations(data, TEST, 2020)
    assert found.value == pytest.approx(25.0)
    assert (found.numerator, found.denominator) == (1, 4)


def test_designations_are_counted_on_the_day(data: Data) -> None:
    spec = {"level": "province_designated"}
    assert measures.count_designations(data, spec, 2017).value == 4
    assert measures.count_designations(data, spec, 2020).value == 5
    assert measures.count_designations(data, spec, 2021).value == 4
    assert measures.count_designations(data, {"level": "national"}, 2020).counted == ["A3"]


def test_a_ratio_divides_sums_and_lists_who_is_left_out(data: Data) -> None:
    spec = {"zone_class": "cluster", "numerator": "with_rd", "denominator": "all_firms", "factor": 100}
    found = measures.ratio_of_sums(data, spec, 2020)
    assert found.value == pytest.approx(100 * 13 / 20)
    assert (found.numerator, found.denominator) == (13, 20)
    assert found.missing == ["C", "D"]
    assert [zone for zone, _, _ in found.nearest] == ["B", "A"]


def test_a_province_series_is_read_as_entered(data: Data) -> None:
    found = measures.province_series(data, {"indicator": "teams"}, 2020)
    assert (found.value, found.synthetic) == (211, True)
    assert measures.province_series(data, {"indicator": "teams"}, 2019).value is None


def test_zones_that_pass_every_test(data: Data) -> None:
    """A passes both; B fails the first; C fails it too, unknown in the second; D has nothing."""
    spec = {
        "zone_class": "cluster",
        "conditions": [
            {"expression": "main_business_revenue", "above": 100},
            {"expression": "100 * share(with_rd, all_firms)", "at_least": 50},
        ],
    }
    found = measures.all_of(data, spec, 2020)
    assert (found.value, found.denominator, found.counted, found.missing) == (1, 4, ["A"], ["D"])
    assert found.nearest == [("B", 1.0, 1.0), ("C", 0.0, 1.0)]


def test_a_cap_counts_who_is_over_it(data: Data) -> None:
    found = measures.over_cap(data, {"zone_class": "cluster", "expression": "main_business_revenue", "cap": 60}, 2020)
    assert (found.value, found.counted, found.missing) == (2, ["A", "B"], ["D"])
    assert found.nearest == [("B", 100.0, 40.0), ("A", 101.0, 41.0)]


def test_a_level_is_the_sum_of_who_reported(data: Data) -> None:
    found = measures.sum_zones(data, {"zone_class": "cluster", "expression": "main_business_revenue"}, 2020)
    assert (found.value, found.missing, found.coverage) == (261, ["D"], 0.75)
    assert found.units["A"] == (101.0, None)
    assert found.units["D"] == (None, None)


def test_a_cumulative_figure_says_how_much_of_it_is_known(data: Data) -> None:
    spec = {"zone_class": "cluster", "expression": "main_business_revenue", "since": 2019}
    found = measures.cumulative(data, spec, 2020)
    # 2019: A 90, of four zones; 2020: A 101, B 100, C 60, of four.
    assert (found.value, found.coverage) == (351, 0.5)
    assert found.units["A"] == (191.0, None)
    assert measures.cumulative(data, spec, 2018).value is None
    teams = measures.cumulative(data, {"indicator": "teams", "since": 2019}, 2020)
    assert (teams.value, teams.coverage) == (211, 0.5)


def test_a_rise_is_held_against_the_base_year_or_a_sourced_base(data: Data) -> None:
    spec = {"zone_class": "cluster", "numerator": "with_rd", "denominator": "all_firms", "factor": 100, "since": 2019}
    # 2019: A 1 of 4 = 25 %; 2020: A and B 13 of 20 = 65 %.
    assert measures.rise(data, spec, 2020).value == pytest.approx(40)
    assert measures.rise(data, {**spec, "by": "percent"}, 2020).value == pytest.approx(160)
    assert measures.rise(data, {**spec, "base": 50.0}, 2020).value == pytest.approx(15)
    assert measures.rise(data, {**spec, "since": 2012}, 2020).value is None  # nothing known of the base year
    assert measures.rise(data, spec, 2018).value is None


def test_the_day_of_the_year_decides_who_counts(data: Data) -> None:
    spec = {"level": "province_designated"}
    assert measures.count_designations(data, {**spec, "day": "04-30"}, 2018).value == 4  # B's plate comes on 1 May
    assert measures.count_designations(data, {**spec, "day": "05-01"}, 2018).value == 5
    assert measures.day_of(2019, {"day": "02-29"}) == date(2019, 2, 28)


def test_a_zone_that_is_national_and_provincial_counts_in_each_once(data: Data) -> None:
    spec = {"expression": "main_business_revenue", "above": 100.0}
    national = measures.share_designations(data, {**spec, "level": "national"}, 2020)
    provincial = measures.share_designations(data, {**spec, "level": "province_designated"}, 2020)
    assert (national.numerator, national.denominator) == (1, 1)
    assert (provincial.numerator, provincial.denominator) == (1, 4)
    assert provincial.units == {"A": (1.0, 1.0), "B": (0.0, 1.0), "C": (0.0, 1.0), "D": (None, 1.0)}
