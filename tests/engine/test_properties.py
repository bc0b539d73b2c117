"""What must hold for any table: order is irrelevant, better is never worse, parts add up, a blank never pays."""

import copy
import json
import random
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.engine import Assessment, Scheme, assess
from assessments.engine.verdict import ORDER
from tests.engine.helpers import leaf, make, rule

NAN = float("nan")
FIXED: list[dict[str, Any]] = [
    leaf("a", "goalposts", score={"low": 0, "high": 100}),
    leaf("b", "goalposts", direction="down", score={"low": 0, "high": 100}),
    leaf("c", "efficacy", score={"satisfied": 80, "unallowed": 20}),
    leaf("d", "ratio", score={"base": 50, "cap": 1.5}),
    leaf("e", "ideal", direction="down", score={"ideal": 30}),
    leaf("f", "bands", score={"below": 0, "bands": [{"from": 30, "points": 40}, {"from": 60, "points": 90}]}),
]
SAMPLED: list[dict[str, Any]] = [
    leaf("a", "minmax"),
    leaf("b", "minmax", direction="down"),
    leaf("c", "zscore", score={"clip": 3}),
    leaf("d", "percentile"),
    leaf("e", "ratio", direction="down", score={"base": "group_mean", "cap": 2}),
    leaf("f", "efficacy", score={"satisfied": "group_p90", "unallowed": "group_p10"}),
]
DIRECTION = {"a": 1, "b": -1, "c": 1, "d": 1, "e": -1, "f": 1}
RULES = [
    rule("gaps", "coverage", "undecided", at_least=0.5),
    rule("top", "top", "promote", count=2),
    rule("low", "threshold", "watch", conditions=[{"indicator": "a", "op": "<", "value": 20}]),
    rule("tail", "tail", "demote", k=1, min_group_size=3),
]
TREES: list[Any] = ["arithmetic", "geometric", "harmonic", "median", "min", "max", {"method": "power", "exponent": 2}]
ADDING = [*TREES, "mazziotta_pareto", "copeland"]
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

number = st.integers(min_value=1, max_value=120).map(float)
cell = st.one_of(number, number, number, st.just(NAN))


def tables(values: Any = number) -> st.SearchStrategy[pd.DataFrame]:
    row = st.lists(values, min_size=6, max_size=6)
    return st.lists(row, min_size=3, max_size=9).map(
        lambda rows: pd.DataFrame(rows, columns=list("abcdef"), index=[f"U{i}" for i in range(len(rows))], dtype=float)
    )


def scheme(
    leaves: list[dict[str, Any]], aggregate: Any = "arithmetic", missing: Any = "worst", shuffle: int = 0
) -> Any:
    return _scheme(leaves is FIXED, json.dumps(aggregate), json.dumps(missing), shuffle)


@cache
def _scheme(fixed: bool, aggregate_json: str, missing_json: str, shuffle: int) -> Scheme:
    aggregate = json.loads(aggregate_json)
    leaves, missing = copy.deepcopy(FIXED if fixed else SAMPLED), json.loads(missing_json)
    two = {"code": "two", "name_zh": "二", "name_en": "two", "weight": 40, "aggregate": aggregate}
    inner = [{**item, "weight": w} for item, w in zip(leaves[2:], (10, 20, 30, 40), strict=True)]
    children = [{**leaves[0], "weight": 35}, {**leaves[1], "weight": 25}, {**two, "children": inner}]
    if shuffle:
        random.Random(shuffle).shuffle(inner)
        random.Random(shuffle + 1).shuffle(children)
    return make(children, tree={"aggregate": aggregate}, missing=missing, rules=RULES)


def same(one: Assessment, two: Assessment) -> None:
    """Equal to the last bit, unit by unit."""
    pd.testing.assert_series_equal(one.score, two.score.reindex(one.units), check_exact=True)
    pd.testing.assert_frame_equal(
        one.contributions,
        two.contributions.reindex(index=one.units, columns=one.contributions.columns),
        check_exact=True,
    )
    pd.testing.assert_frame_equal(one.places, two.places.reindex(one.units), check_exact=True)
    assert one.proposal.to_dict() == two.proposal.to_dict()


@pytest.mark.parametrize("leaves", [FIXED, SAMPLED], ids=["fixed", "sampled"])
@few
@given(table=tables(cell), seed=st.integers(1, 8), missing=st.sampled_from(["worst", "reweight", "group_mean"]))
def test_order_of_units_columns_and_indicators_is_irrelevant(
    leaves: list[dict[str, Any]], table: pd.DataFrame, seed: int, missing: str
) -> None:
    shuffled = table.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
    same(
        assess(scheme(leaves, missing=missing), table), assess(scheme(leaves, missing=missing, shuffle=seed), shuffled)
    )


@pytest.mark.parametrize("aggregate", ADDING, ids=str)
@few
@given(table=tables(cell), missing=st.sampled_from(["worst", "reweight", "group_mean_score"]))
def test_contributions_add_up_and_weights_sum_to_one(aggregate: Any, table: pd.DataFrame, missing: str) -> None:
    assessment = assess(scheme(FIXED, aggregate, missing), table)
    scored = assessment.score.notna()
    gap = assessment.contributions.sum(axis=1) - assessment.score
    assert gap[scored].abs().max() < 1e-9 or not scored.any()
    assert assessment.weights[scored].sum(axis=1).sub(1).abs().max() < 1e-12 or not scored.any()


# A z-score below zero has no geometric or harmonic mean.
@pytest.mark.parametrize(
    ("leaves", "aggregate"),
    [*((FIXED, how) for how in TREES), (SAMPLED, "arithmetic"), (SAMPLED, "median"), (SAMPLED, "min")],
    ids=[*(f"fixed-{how}" for how in TREES), "sampled-arithmetic", "sampled-median", "sampled-min"],
)
@few
@given(table=tables(), column=st.sampled_from("abcdef"), gain=st.floats(0.5, 60))
def test_better_is_never_worse(
    leaves: list[dict[str, Any]], aggregate: Any, table: pd.DataFrame, column: str, gain: float
) -> None:
    before = assess(scheme(leaves, aggregate), table)
    improved = table.copy()
    value = float(table[column]["U0"]) + gain * DIRECTION[column]
    improved.loc["U0", column] = max(0.0, value)
    after = assess(scheme(leaves, aggregate), improved)
    assert after.score["U0"] >= before.score["U0"] - 1e-9
    assert after.places["rank"]["U0"] <= before.places["rank"]["U0"]


@pytest.mark.parametrize("aggregate", [*TREES, "copeland"], ids=str)
@few
@given(table=tables(cell))
def test_scores_stay_within_the_scale(aggregate: Any, table: pd.DataFrame) -> None:
    assessment = assess(scheme(FIXED, aggregate), table)
    assert assessment.score.between(0, 150).all()  # one indicator is capped at 1.5


@pytest.mark.parametrize(
    ("missing", "aggregate"),
    [*(("worst", how) for how in TREES), ("zero", "arithmetic"),
     ({"policy": "penalty", "points": -5}, "arithmetic")],
)  # fmt: skip
@few
@given(table=tables(cell), column=st.sampled_from("abcdef"), value=number)
def test_under_a_strict_policy_a_blank_never_scores_more(
    missing: Any, aggregate: Any, table: pd.DataFrame, column: str, value: float
) -> None:
    reported, blank = table.copy(), table.copy()
    reported.loc["U0", column], blank.loc["U0", column] = value, NAN
    with_it = assess(scheme(FIXED, aggregate, missing), reported)
    without = assess(scheme(FIXED, aggregate, missing), blank)
    assert without.score["U0"] <= with_it.score["U0"] + 1e-9
    assert without.places["rank"]["U0"] >= with_it.places["rank"]["U0"]


@pytest.mark.parametrize("missing", ["worst", "reweight", "group_mean", "group_median", "group_mean_score", "block"])
@few
@given(table=tables(cell), column=st.sampled_from("abcdef"), value=number)
def test_under_any_policy_a_blank_never_wins_a_better_proposal(
    missing: str, table: pd.DataFrame, column: str, value: float
) -> None:
    """Whatever the unit could have reported, leaving it blank gives the same proposal, a graver one, or `undecided`."""
    reported, blank = table.copy(), table.copy()
    reported.loc["U0", column], blank.loc["U0", column] = value, NAN
    honest = assess(scheme(FIXED, missing=missing), reported).proposal["U0"]
    silent = assess(scheme(FIXED, missing=missing), blank).proposal["U0"]
    grave = {"promote": 0, "keep": 1, "watch": 2, "demote": 3}
    assert "undecided" in (silent, honest) or grave[silent] >= grave[honest]


@few
@given(table=tables(cell))
def test_ranks_are_competition_ranks_of_the_unrounded_score(table: pd.DataFrame) -> None:
    assessment = assess(scheme(FIXED), table)
    scores = assessment.score.round(9)
    for unit in assessment.units:
        assert assessment.places["rank"][unit] == 1 + (scores > scores[unit]).sum()
        assert assessment.places["bottom"][unit] == 1 + (scores < scores[unit]).sum()


@few
@given(table=tables(), factor=st.sampled_from([0.0001, 15.0, 10_000.0]))
def test_sample_methods_do_not_care_about_the_unit_of_measurement(table: pd.DataFrame, factor: float) -> None:
    one, two = assess(scheme(SAMPLED), table), assess(scheme(SAMPLED), table * factor)
    np.testing.assert_allclose(one.score, two.score, atol=1e-8)


@few
@given(table=tables(cell))
def test_the_same_input_gives_the_same_result_and_is_not_touched(table: pd.DataFrame) -> None:
    before = table.copy()
    same(assess(scheme(FIXED), table), assess(scheme(FIXED), table))
    pd.testing.assert_frame_equal(table, before)


@few
@given(scores=st.lists(st.integers(0, 30).map(float), min_size=4, max_size=12), data=st.data())
def test_crossing_a_cut_changes_the_side_and_staying_short_does_not(scores: list[float], data: st.DataObject) -> None:
    rules = [rule("top", "top", "promote", count=2), rule("tail", "tail", "demote", k=2, min_group_size=4)]
    method = make([leaf("x")], rules=rules)
    index = [f"U{i}" for i in range(len(scores))]
    at = data.draw(st.integers(0, len(scores) - 1))
    first = assess(method, pd.DataFrame({"x": scores}, index=index))
    for name in ("top", "tail"):
        cut = first.findings[name].cut
        assert cut is not None
        for step in (-0.5, 0.5):
            moved = [*scores[:at], cut[at] + step, *scores[at + 1 :]]
            fired = assess(method, pd.DataFrame({"x": moved}, index=index)).findings[name].fired[at]
            assert fired == ((step > 0) if name == "top" else (step < 0))


def test_every_outcome_has_its_place_in_the_order() -> None:
    assert ORDER == ("keep", "promote", "watch", "demote", "exit", "undecided")
