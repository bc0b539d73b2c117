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
