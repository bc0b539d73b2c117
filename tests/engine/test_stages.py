"""Stages before scoring: screening, denominating, filling from the past, outliers; and sets of weights."""

import math

import numpy as np
import pandas as pd
import pytest

from assessments.engine import SchemeError, TableError, assess
from assessments.engine.outliers import Outliers, kurtosis, skewness, treat
from assessments.engine.peers import Peers
from tests.engine.helpers import BASIS, leaf, make, table

NAN = float("nan")


# ---- screening -------------------------------------------------------------------------------------------------


def screened(least: float = 0.75, **parts: object) -> dict[str, object]:
    return {"screen": {"least": least, "basis": BASIS, **parts}, "missing": "worst"}


def test_a_unit_with_too_little_data_is_not_assessed_and_counts_nowhere() -> None:
    children = [leaf(code, "minmax") for code in "abcd"]
    values = table("ABCD", a=[1, 2, 3, 1000], b=[1, 2, 3, None], c=[1, 2, 3, None], d=[1, 2, 3, 5])
    result = assess(make(children, **screened()), values)
    assert math.isnan(result.score["D"])
    assert result.proposal["D"] == "undecided"
    # The 1000 of the unit left out stretches nobody's scale.
    assert result.score[["A", "B", "C"]].tolist() == [0, 50, 100]
    assert result.places["group_size"].tolist()[:3] == [3, 3, 3]
    assert result.coverage.loc["D", "reported"] == 2
    assert "D" in result.notices[0].text_en


def test_three_of_four_is_enough_and_units_may_be_named() -> None:
    children = [leaf(code) for code in "abcd"]
    values = table("ABC", a=[1, 1, 1], b=[1, 1, 1], c=[1, 1, None], d=[None, None, None])
    children_ok = make(children, screen={"least": 0.75, "basis": BASIS}, missing="reweight")
    assert assess(children_ok, values).score.notna().tolist() == [True, True, False]
    named = make(children, screen={"least": 0.75, "keep": ["C"], "drop": ["A"], "basis": BASIS}, missing="reweight")
    assert assess(named, values).score.notna().tolist() == [False, True, True]


# ---- denominating ----------------------------------------------------------------------------------------------


def test_a_value_is_divided_by_its_denominator() -> None:
    scheme = make([leaf("tax", per="land")], missing="block")
    result = assess(scheme, table("ABCD", tax=[10, 10, 10, None], land=[2, 0, None, 5]))
    assert result.score["A"] == 5
    assert result.score[["B", "C", "D"]].isna().all()
    assert result.denominated["tax"].tolist()[0] == 5
    assert result.raw["tax"].tolist()[0] == 10
    assert scheme.inputs() == ["land", "tax"]


def test_the_past_is_denominated_too() -> None:
    index = pd.MultiIndex.from_tuples([("A", 2022), ("A", 2023), ("B", 2022), ("B", 2023)], names=["unit", "year"])
    values = pd.DataFrame({"tax": [10, NAN, 6, 6], "land": [5, 100, 3, 3]}, index=index)
    assert assess(make([leaf("tax", per="land")], missing="last_value"), values).score["A"] == 2


# ---- filling from the past -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past", "years", "wanted"),
    [
        ([1, 2, 3, NAN], 3, 4),
        ([1, NAN, 3, NAN], 3, 4),
        ([1, 5, NAN, NAN], 3, 13),
        ([NAN, NAN, 3, NAN], 3, NAN),
        ([1, NAN, 3, NAN], 2, NAN),
        ([NAN, NAN, NAN, NAN], 3, NAN),
    ],
)
def test_linear_carries_the_last_two_values_on(past: list[float], years: int, wanted: float) -> None:
    index = pd.MultiIndex.from_product([["A", "B"], [2020, 2021, 2022, 2023]], names=["unit", "year"])
    values = pd.DataFrame({"x": [*past, 1, 1, 1, 1]}, index=index)
    score = assess(make([leaf("x")], missing={"policy": "linear", "years": years}), values).score["A"]
    assert score == pytest.approx(wanted, nan_ok=True)


def test_a_constant_fills_a_blank() -> None:
    result = assess(make([leaf("x")], missing={"policy": "constant", "value": 7}), table("AB", x=[1, None]))
    assert result.score.tolist() == [1, 7]
    assert result.missing["x"].tolist() == [False, True]


@pytest.mark.parametrize("policy", [{"policy": "constant"}, {"policy": "zero", "value": 3}, "linear"])
def test_a_policy_that_lacks_its_parameter_is_refused(policy: object) -> None:
    with pytest.raises(SchemeError):
        make([leaf("x")], missing=policy)


# ---- outliers --------------------------------------------------------------------------------------------------


def test_skewness_and_kurtosis_are_the_sample_ones() -> None:
    x = np.array([1.0, 2, 3, 4, 10])
    assert skewness(x) == pytest.approx(pd.Series(x).skew())
    assert kurtosis(x) == pytest.approx(pd.Series(x).kurt())


def everyone(n: int) -> Peers:
    return Peers(["all"] * n)


def test_one_far_value_is_drawn_in_to_the_next() -> None:
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 1000])
    treated = treat(x, Outliers(), everyone(8), everyone(8))
    assert treated.values.tolist() == [1, 2, 3, 4, 5, 6, 7, 7]
    assert (treated.steps, treated.logged) == (1, False)
    low = treat(-x, Outliers(), everyone(8), everyone(8))
    assert low.values.tolist() == [-1, -2, -3, -4, -5, -6, -7, -7]


def test_an_even_column_is_left_alone() -> None:
    x = np.array([1.0, 2, 3, 4, 5, NAN])
    treated = treat(x, Outliers(), everyone(6), everyone(6))
    assert not treated.changed
    assert np.array_equal(treated.values, x, equal_nan=True)
    alike = treat(np.ones(6), Outliers(), everyone(6), everyone(6))
    assert not alike.changed


def test_what_drawing_in_does_not_cure_gets_its_logarithm() -> None:
    x = np.exp(np.linspace(0, 12, 40))
    treated = treat(x, Outliers(points=1), everyone(40), everyone(40))
    assert (treated.steps, treated.logged) == (0, True)
    assert treated.values[0] == pytest.approx(math.log(0.01 * (x.max() - x.min())))
    assert (np.diff(treated.values) > 0).all()
    kept = treat(x, Outliers(points=1, log=False), everyone(40), everyone(40))
    assert (kept.steps, kept.logged) == (1, False)


def test_groups_are_treated_apart_where_asked() -> None:
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 1000, 1001, 1002, 1003, 1004])
    groups = Peers(["east"] * 8 + ["west"] * 4)
    assert treat(x, Outliers(within="group"), groups, everyone(12)).values.tolist()[7:9] == [7, 1001]
    assert not treat(x, Outliers(within="all"), groups, everyone(12)).changed


def test_a_scheme_says_which_columns_are_treated() -> None:
    values = table("ABCDEFGH", x=[1, 2, 3, 4, 5, 6, 7, 1000], y=[1, 2, 3, 4, 5, 6, 7, 1000])
    children = [leaf("x", "minmax"), leaf("y", "minmax", outliers="keep")]
    result = assess(make(children, outliers={}), values)
    assert result.treated["x"].tolist() == [1, 2, 3, 4, 5, 6, 7, 7]
    assert result.treated["y"].tolist() == values["y"].tolist()
    assert result.raw["x"].tolist()[-1] == 1000
    assert result.normalised["x"].tolist()[3] == 50
    assert ["drawn in by 1 steps" in notice.text_en for notice in result.notices] == [True]


# ---- sets of weights -------------------------------------------------------------------------------------------

SETS = [
    leaf("x", weights={"task": 40, "results": 10}),
    leaf("y", weights={"task": 60, "results": 70}),
    leaf("z", weights={"results": 20}),
]


@pytest.mark.parametrize(
    ("use", "wanted"), [("task", 0.4 * 10 + 0.6 * 20), ("results", 0.1 * 10 + 0.7 * 20 + 0.2 * 30)]
)
def test_one_set_of_weights_is_chosen(use: str, wanted: float) -> None:
    scheme = make(SETS, tree={"weighting": "percent"}, weight_sets={"by": "choice", "use": use, "basis": BASIS})
    result = assess(scheme, table("A", x=[10], y=[20], z=[30]))
    assert result.score["A"] == pytest.approx(wanted)
    assert result.contributions.loc["A"].sum() == pytest.approx(wanted)


def test_every_group_has_its_own_weights() -> None:
    groups = pd.Series({"A": "task", "B": "results"})
    scheme = make(SETS, tree={"weighting": "percent"}, weight_sets={"by": "group", "basis": BASIS})
    result = assess(scheme, table("AB", x=[10, 10], y=[20, 20], z=[30, 30]), groups=groups)
    assert result.score.tolist() == pytest.approx([16, 21])
    assert result.weights.to_numpy()[0].tolist() == pytest.approx([0.4, 0.6, 0])
    with pytest.raises(TableError, match="north"):
        assess(scheme, table("AB", x=[1, 1], y=[1, 1], z=[1, 1]), groups=pd.Series({"A": "task", "B": "north"}))


@pytest.mark.parametrize(
    ("children", "parts", "word"),
    [
        (SETS, {}, "weight_sets"),
        (SETS, {"weight_sets": {"by": "choice", "use": "other", "basis": BASIS}}, "other"),
        (SETS, {"weight_sets": {"by": "choice", "basis": BASIS}}, "use"),
        ([leaf("x", weights={"a": 40}), leaf("y", weights={"a": 50})],
         {"weight_sets": {"by": "choice", "use": "a", "basis": BASIS}}, "90"),
    ],
)  # fmt: skip
def test_sets_that_cannot_be_used(children: list[dict[str, object]], parts: dict[str, object], word: str) -> None:
    with pytest.raises(SchemeError) as refused:
        make(children, tree={"weighting": "percent"}, **parts)
    assert word in str(refused.value)
