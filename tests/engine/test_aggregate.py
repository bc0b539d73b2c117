"""Trees, weights and contributions."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assessments.engine import SchemeError, assess
from assessments.engine.weights import judged
from tests.engine.helpers import leaf, make, table

NAN = float("nan")
SMALL = json.loads((Path(__file__).parent / "data" / "oecd_tai" / "handbook_small_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("case", SMALL["geometric_vs_arithmetic"]["cases"])
def test_handbook_geometric_against_arithmetic(case: dict[str, list[float]]) -> None:
    values = table("A", **{f"x{i}": [x] for i, x in enumerate(case["x"])})
    children = [leaf(f"x{i}") for i in range(4)]
    geometric = assess(make(children, tree={"aggregate": "geometric"}), values).score["A"]
    assert geometric == pytest.approx(case["geometric"], abs=0.006)  # printed truncated
    if "arithmetic" in case:
        assert assess(make(children), values).score["A"] == pytest.approx(case["arithmetic"])


@pytest.mark.parametrize("key", ["borda_25", "borda_28", "borda_31"])
def test_handbook_borda_counts(key: str) -> None:
    """Each voter is an indicator whose values are the places given; weights are the numbers of voters."""
    case = SMALL[key]
    names = sorted(case["profiles"][0][1])
    values = table(
        names, **{f"v{i}": [-order.index(n) for n in names] for i, (_, order) in enumerate(case["profiles"])}
    )
    children = [leaf(f"v{i}", "borda", weight=count) for i, (count, _) in enumerate(case["profiles"])]
    score = assess(make(children, tree={"weighting": "as_given"}), values).score
    assert score.to_dict() == pytest.approx(case["borda"])


@pytest.mark.parametrize("scale", ["celsius", "fahrenheit"])
def test_handbook_interval_scale_trap(scale: str) -> None:
    case, wanted = SMALL["distance_to_best_interval_scale"], {}
    wanted = case[f"expected_{scale}"]
    for at, year in enumerate(("2003", "2004")):
        values = table("AB", t=[case[scale][n][year][0] for n in "AB"], gdp=[case[scale][n][year][1] for n in "AB"])
        children = [leaf(code, "ratio", score={"base": "group_max"}) for code in ("t", "gdp")]
        score = assess(make(children, scale=1), values).score
        assert score.tolist() == pytest.approx([wanted["A"][at], wanted["B"][at]], abs=6e-4)


def test_a_tree_of_three_levels_with_a_method_and_a_weighting_each() -> None:
    scheme = make(
        [
            {"code": "one", "name_zh": "一", "name_en": "one", "weight": 60, "aggregate": "geometric",
             "weighting": "multiplier", "children": [leaf("a", weight=0.8), leaf("b", weight=1.2)]},
            {"code": "two", "name_zh": "二", "name_en": "two", "weight": 40, "weighting": "points", "children": [
                {"code": "deep", "name_zh": "深", "name_en": "deep", "weight": 30, "aggregate": "harmonic",
                 "children": [leaf("c"), leaf("d")]},
                leaf("e", weight=10),
            ]},
        ]
    )  # fmt: skip
    assessment = assess(scheme, table("A", a=[4.0], b=[9.0], c=[2.0], d=[6.0], e=[10.0]))
    one = math.exp(0.4 * math.log(4) + 0.6 * math.log(9))
    deep = 2 / (1 / 2 + 1 / 6)
    two = 0.75 * deep + 0.25 * 10
    assert assessment.nodes.loc["A"].to_dict() == pytest.approx(
        {"score": 0.6 * one + 0.4 * two, "one": one, "two": two, "deep": deep}
    )
    assert assessment.weights.loc["A"].to_dict() == pytest.approx(
        {"a": 0.24, "b": 0.36, "c": 0.15, "d": 0.15, "e": 0.1}
    )
    assert assessment.contributions.loc["A"].sum() == pytest.approx(assessment.score["A"], abs=1e-12)
    assert assessment.contributions.loc["A", ["a", "b"]].sum() == pytest.approx(0.6 * one)


def test_multipliers_are_shares_of_their_dimension() -> None:
    scheme = make([leaf("a", weight=0.8), leaf("b", weight=1.2), leaf("c", weight=1)], tree={"weighting": "multiplier"})
    weights = assess(scheme, table("A", a=[1.0], b=[1.0], c=[1.0])).weights.loc["A"]
    assert list(weights) == pytest.approx([0.8 / 3, 0.4, 1 / 3])


@pytest.mark.parametrize("method", ["geometric", "harmonic"])
def test_zero_is_not_made_up_for_and_negative_cannot_be_joined(method: str) -> None:
    scheme = make([leaf("a"), leaf("b")], tree={"aggregate": method})
    assessment = assess(scheme, table("ABC", a=[0.0, 4.0, -1.0], b=[9.0, 9.0, 9.0]))
    assert assessment.score["A"] == 0
    assert assessment.contributions.loc["A"].sum() == 0
    assert assessment.score["B"] > 0
    assert math.isnan(assessment.score["C"])
    assert assessment.contributions.loc["C"].isna().all()


def test_what_is_left_out_gives_its_weight_to_its_siblings_then_to_its_parents_siblings() -> None:
    scheme = make(
        [
            {"code": "one", "name_zh": "一", "name_en": "one", "weight": 60, "children": [leaf("a", weight=25),
                                                                                      leaf("b", weight=75)]},
            leaf("c", weight=40),
        ],
        missing="reweight",
    )  # fmt: skip
    values = table("ABCD", a=[1, NAN, NAN, NAN], b=[2, 2, NAN, NAN], c=[3, 3, 3, NAN])
    assessment = assess(scheme, values)
    assert assessment.weights.to_numpy() == pytest.approx(
        np.array([[0.15, 0.45, 0.4], [0, 0.6, 0.4], [0, 0, 1], [0, 0, 0]])
    )
    assert assessment.score.iloc[:3].tolist() == pytest.approx([0.15 + 0.9 + 1.2, 1.2 + 1.2, 3])
    assert math.isnan(assessment.score["D"])
    assert assessment.coverage["weight_share"].tolist() == pytest.approx([1, 0.85, 0.4, 0])
    assert assessment.coverage["reported"].tolist() == [3, 2, 1, 0]


def test_weights_as_given_keep_their_sum_when_one_is_left_out() -> None:
    scheme = make([leaf("a", weight=1), leaf("b", weight=2)], tree={"weighting": "as_given"}, missing="reweight")
    assert assess(scheme, table("A", a=[NAN], b=[5.0])).score["A"] == pytest.approx(15)


# ---- weights from judgements and from the data -----------------------------------------------------------------


def test_ahp_weights_are_the_principal_vector() -> None:
    """Saaty's example: 1, 3, 5 / 1/3, 1, 2 (consistent enough); and a consistent matrix gives its own weights."""
    shares, ratio = judged([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])
    assert shares == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert ratio == pytest.approx(0, abs=1e-9)
    shares, ratio = judged([[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]])
    assert shares == pytest.approx([0.6483, 0.2297, 0.1220], abs=1e-4)
    # λ = 3.0037, CI = 0.00185, over 0.58
    assert ratio == pytest.approx(0.0032, abs=1e-4)
    assert judged([[1, 9], [1 / 9, 1]])[1] == 0


@pytest.mark.parametrize(
    ("matrix", "word"),
    [
        ([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]], "inconsistent"),
        ([[1, 2], [2, 1]], "reciprocal"),
        ([[1, -2], [-0.5, 1]], "positive"),
        ([[1, 2, 3], [0.5, 1, 1], [1 / 3, 1, 1]], "2 by 2"),
    ],
)
def test_a_matrix_of_judgements_that_cannot_be_used(matrix: list[list[float]], word: str) -> None:
    children = [leaf(code) for code in "abc"[: 3 if word == "inconsistent" else 2]]
    with pytest.raises(SchemeError) as refused:
        make(children, tree={"weighting": "ahp", "matrix": matrix})
    assert word in str(refused.value)
    assert "matrix" in refused.value.faults[0].where


def test_ahp_weights_are_used() -> None:
    scheme = make([leaf("a"), leaf("b")], tree={"weighting": "ahp", "matrix": [[1, 3], [1 / 3, 1]]})
    assert assess(scheme, table("A", a=[100], b=[0])).score["A"] == pytest.approx(75)


def test_entropy_weights_by_hand() -> None:
    """x = 1, 3: p = 1/4, 3/4, e = 0.8113; y is alike everywhere and tells nothing."""
    scheme = make([leaf("x"), leaf("y")], tree={"weighting": "entropy"})
    assert assess(scheme, table("AB", x=[1, 3], y=[5, 5])).weights.iloc[0].tolist() == pytest.approx([1, 0])
    found = assess(scheme, table("AB", x=[1, 3], y=[1, 9])).weights.iloc[0].tolist()
    d = [1 - 0.811278, 1 - 0.468996]
    assert found == pytest.approx([d[0] / sum(d), d[1] / sum(d)], abs=1e-6)
    alike = assess(scheme, table("AB", x=[2, 2], y=[5, 5])).weights.iloc[0].tolist()
    assert alike == [0.5, 0.5]


def test_critic_weights_by_hand() -> None:
    """x and y move together, z against both, all with the same spread: z is in conflict with two, they with one."""
    scheme = make([leaf("x"), leaf("y"), leaf("z")], tree={"weighting": "critic"})
    found = assess(scheme, table("ABC", x=[1, 2, 3], y=[1, 2, 3], z=[3, 2, 1])).weights.iloc[0].tolist()
    assert found == pytest.approx([0.25, 0.25, 0.5])


def test_weights_from_the_data_do_not_see_units_with_a_blank() -> None:
    scheme = make([leaf("x"), leaf("y")], tree={"weighting": "entropy"}, missing="reweight")
    with_blank = assess(scheme, table("ABC", x=[1, 3, 100], y=[1, 9, None])).weights.to_numpy()[0].tolist()
    assert with_blank == pytest.approx(assess(scheme, table("AB", x=[1, 3], y=[1, 9])).weights.to_numpy()[0].tolist())


# ---- further means ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aggregate", "wanted"),
    [
        ({"method": "power", "exponent": 1}, 25.0),
        ({"method": "power", "exponent": -1}, 16.0),
        ({"method": "power", "exponent": 0}, 20.0),
        ({"method": "power", "exponent": 2}, math.sqrt((10**2 + 40**2) / 2)),
        ("harmonic", 16.0),
        ("geometric", 20.0),
        ("median", 25.0),
    ],
)
def test_means_of_ten_and_forty(aggregate: str | dict[str, float], wanted: float) -> None:
    scheme = make([leaf("a"), leaf("b")], tree={"aggregate": aggregate})
    result = assess(scheme, table("A", a=[10], b=[40]))
    assert result.score["A"] == pytest.approx(wanted)
    assert result.contributions.loc["A"].sum() == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(
    ("weights", "wanted"), [((1, 1, 1), 20), ((3, 1, 1), 10), ((1, 1, 2), 25), ((0.1, 0.1, 9), 30)]
)
def test_the_weighted_median(weights: tuple[float, ...], wanted: float) -> None:
    children = [leaf(code, weight=weight) for code, weight in zip("abc", weights, strict=True)]
    scheme = make(children, tree={"aggregate": "median", "weighting": "multiplier"})
    assert assess(scheme, table("A", a=[10], b=[20], c=[30])).score["A"] == pytest.approx(wanted)


def test_copeland_counts_whom_a_unit_beats() -> None:
    """A beats B on x and y (weights 30 + 30), B beats C on x and z, A and C: A better on y only (30 against 70)."""
    children = [leaf("x", weight=30), leaf("y", weight=30), leaf("z", weight=40)]
    scheme = make(children, tree={"aggregate": "copeland"})
    score = assess(scheme, table("ABC", x=[2, 1, 3], y=[3, 2, 1], z=[1, 3, 2])).score
    # A–B 60:40, C–A 70:30, B–C y and z 70:30: everybody beats one and is beaten by one.
    assert score.tolist() == [50, 50, 50]
    score = assess(scheme, table("ABC", x=[3, 2, 1], y=[3, 2, 1], z=[1, 3, 2])).score
    # A beats both 60:40; B beats C in everything.
    assert score.tolist() == [100, 50, 0]


def test_copeland_lets_no_strength_make_up_for_a_weakness() -> None:
    children = [leaf("x"), leaf("y"), leaf("z")]
    values = table("AB", x=[1000, 1], y=[1, 2], z=[1, 2])
    assert assess(make(children), values).score.idxmax() == "A"
    assert assess(make(children, tree={"aggregate": "copeland"}), values).score.idxmax() == "B"


def test_copeland_stays_within_the_group() -> None:
    groups = pd.Series({"A": "east", "B": "east", "C": "west"})
    scheme = make([leaf("x")], tree={"aggregate": "copeland"})
    assert assess(scheme, table("ABC", x=[1, 2, 9]), groups=groups).score.tolist() == [0, 100, 50]
