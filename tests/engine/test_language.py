"""What published indices need of the language: bounds, years pooled, caps, penalties, lists, an index where low is good."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessments.engine import SchemeError, TableError, assess, explain, load_scheme
from assessments.engine.certainty import certainty
from tests.engine.helpers import BASIS, leaf, make, ranked, rule, table

NAN = float("nan")


def branch(code: str, children: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": code, "name_en": code, "children": children, **parts}


# ---- years pooled ----------------------------------------------------------------------------------------------


def panel(**rows: list[float]) -> pd.DataFrame:
    index = pd.MultiIndex.from_product(
        [rows, range(2020, 2020 + len(next(iter(rows.values()))))], names=["unit", "period"]
    )
    return pd.DataFrame({"x": [x for values in rows.values() for x in values]}, index=index, dtype=float)


def test_bounds_over_all_years_make_years_comparable() -> None:
    """EPI and IIAG: the lowest 0 is of 2020, the highest 200 of 2022; every year is laid between them."""
    values = panel(A=[0, 50, 100], B=[100, 150, 200])
    scheme = make([leaf("x", "minmax", score={"periods": "all"})])
    for period, wanted in ((2020, [0, 50]), (2021, [25, 75]), (2022, [50, 100])):
        assert assess(scheme, values, period=period).score.tolist() == wanted
    now = make([leaf("x", "minmax")])
    assert assess(now, values, period=2021).score.tolist() == [0, 100]


def test_pooled_statistics_stay_within_the_group_and_follow_a_denominator() -> None:
    values = panel(A=[0, 10], B=[0, 50], C=[0, 100]).assign(land=[1, 1, 1, 5, 1, 1])
    groups = pd.Series({"A": "n", "B": "n", "C": "s"})
    scheme = make([leaf("x", "minmax", per="land", score={"periods": "all"})])
    assert assess(scheme, values, groups=groups).score.tolist() == [100, 100, 100]
    z = make([leaf("x", "zscore", score={"periods": "all"})])
    pooled = panel(A=[1, 3], B=[1, 3])
    assert assess(z, pooled).score.tolist() == pytest.approx([1 / np.std([1, 3, 1, 3], ddof=1)] * 2)


def test_bounds_may_be_columns() -> None:
    score = {"low": {"column": "start"}, "high": {"column": "goal"}}
    scheme = make([leaf("x", "goalposts", score=score)])
    found = assess(scheme, table("AB", x=[5, 5], start=[0, 4], goal=[10, 6]))
    assert found.score.tolist() == [50, 50]
    assert scheme.inputs() == ["goal", "start", "x"]


@pytest.mark.parametrize("word", ["group_p025x", "group_best", "highest", "group_top0"])
def test_an_unknown_statistic_is_one_fault(word: str) -> None:
    with pytest.raises(SchemeError) as refused:
        make([leaf("x", "efficacy", score={"unallowed": word, "satisfied": 95})])
    assert [fault.where for fault in refused.value.faults] == ["tree.children[1].score.unallowed"]


def test_a_fault_further_in_is_not_told_twice() -> None:
    with pytest.raises(SchemeError) as refused:
        make(
            [branch("d", [leaf("x", "goalposts", score={"low": 1})])],
            rules=[rule("a", "threshold", conditions=[{"op": "<"}])],
        )
    assert not any("at least 1" in fault.message_en for fault in refused.value.faults)
    assert {fault.where for fault in refused.value.faults} >= {"tree.children[1].children[1].score.high"}
    assert all(fault.line for fault in refused.value.faults)


def test_a_list_where_a_mapping_belongs_says_so_plainly() -> None:
    with pytest.raises(SchemeError) as refused:
        make([leaf("x")], grading={"kind": "gate", "basis": BASIS, "upper": [], "lower": [], "rest": []})
    assert "mapping" in str(refused.value)
    assert "Picked" not in str(refused.value)


# ---- aggregation -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "wanted"), [("min", 60.0), ("max", 100.0), ("mazziotta_pareto", 80 - 400 / 80), ("arithmetic", 80.0)]
)
def test_further_ways_of_joining(how: str, wanted: float) -> None:
    found = assess(make([leaf("a"), leaf("b")], tree={"aggregate": how}), table("A", a=[60], b=[100]))
    assert found.score["A"] == pytest.approx(wanted)
    assert found.contributions.loc["A"].sum() == pytest.approx(wanted, abs=1e-9)


def test_mazziotta_pareto_with_weights_and_blanks() -> None:
    scheme = make(
        [leaf("a", weight=75), leaf("b", weight=25)], tree={"aggregate": "mazziotta_pareto"}, missing="reweight"
    )
    found = assess(scheme, table("AB", a=[60, 60], b=[100, NAN])).score
    # mean 70, variance 0.75 · 100 + 0.25 · 900 = 300
    assert found.tolist() == pytest.approx([70 - 300 / 70, 60])


def test_a_dimension_is_kept_between_its_floor_and_cap() -> None:
    """Features of a circular park: 5 points each, together at most 10."""
    bonus = branch("bonus", [leaf(c, weight=1) for c in "bcd"], weight=1, weighting="as_given", cap=10, floor=-5)
    scheme = make([leaf("a", weight=1), bonus], tree={"weighting": "as_given"})
    found = assess(scheme, table("ABC", a=[50, 50, 50], b=[5, 5, -9], c=[5, 0, 0], d=[5, 0, 0]))
    assert found.score.tolist() == pytest.approx([60, 55, 45])
    assert found.contributions.sum(axis=1).tolist() == pytest.approx([60, 55, 45], abs=1e-9)
    assert found.contributions.loc["A", "b"] == pytest.approx(10 / 3)


def test_a_floor_over_nothing_still_adds_up() -> None:
    low = branch("low", [leaf("b"), leaf("c")], floor=10)
    found = assess(make([leaf("a"), low]), table("ABC", a=[50, 50, 0], b=[0, 5, -5], c=[0, -5, 5]))
    assert found.score.tolist() == pytest.approx([30, 30, 5])
    assert found.contributions.sum(axis=1).tolist() == pytest.approx(found.score.tolist(), abs=1e-9)


def test_a_branch_needs_so_much_of_its_weight() -> None:
    scheme = make([branch("d", [leaf(c) for c in "abc"], least=0.66)], missing="reweight")
    found = assess(scheme, table("AB", a=[1, 1], b=[1, NAN], c=[NAN, NAN]))
    assert found.score["A"] == 1
    assert math.isnan(found.score["B"])


def test_all_bonuses_and_all_deductions_have_their_limit() -> None:
    def each(name: str, points: float) -> dict[str, Any]:
        return {"id": name, "name_zh": name, "name_en": name, "event": name, "points": points, "basis": BASIS}

    parts = {
        "adjustments": [each("p", 4), each("q", 8), each("r", -3)],
        "adjustment_limits": {"bonus": 10, "deduction": -5},
    }
    events = pd.DataFrame({"p": [1, 1, 0], "q": [1, 0, 0], "r": [0, 1, 3]}, index=list("ABC"))
    found = ranked([50, 50, 50], events=events, **parts)
    assert found.score.tolist() == pytest.approx([60, 51, 45])
    assert found.contributions[["p", "q"]].to_numpy()[0].tolist() == pytest.approx([10 / 3, 20 / 3])
    assert found.contributions.sum(axis=1).tolist() == pytest.approx(found.score.tolist(), abs=1e-9)


# ---- an index of which less is better --------------------------------------------------------------------------


def test_where_the_lowest_is_the_best_everything_counts_from_there() -> None:
    """A risk index: 10 is best. Rank, tail, quota, cut and chances follow; the published numbers stay as they are."""
    named = {"name_zh": "n", "name_en": "n"}
    grading = {"kind": "quota", "basis": BASIS, "classes": [{"code": "A", "count": 1, **named}, {"code": "B", **named}]}
    rules = [rule("last", "tail", "demote", k=1, min_group_size=1), rule("first", "top", "promote", count=1)]
    parts: dict[str, Any] = {"best": "low", "grading": grading, "rules": rules}
    found = ranked([10, 20, 30, 30.5], **parts)
    assert found.score.tolist() == [10, 20, 30, 30.5]
    assert found.places["rank"].tolist() == [1, 2, 3, 4]
    assert found.proposal.tolist() == ["promote", "keep", "keep", "demote"]
    assert found.grade is not None
    assert found.grade.tolist() == ["A", "B", "B", "B"]
    cuts = {cut["id"]: cut["score_needed"] for cut in explain(found, "B")["cuts"]}
    assert cuts == {"A": 10, "first": 10, "last": 30.5}
    history = pd.DataFrame({"unit": list("ABCD"), "period": [2021] * 4, "score": [40.0, 30, 20, 10]})
    twice = [rule("last", "tail", "demote", k=2, m=2, n=2, min_group_size=1)]
    again = ranked([9, 40, 10, 30], best="low", rules=twice, history=history, period=2022)
    assert again.proposal.tolist() == ["keep", "demote", "keep", "keep"]
    sure = certainty(make([leaf("x")], **parts), table("ABC", x=[3, 2, 1]))
    assert sure.ranks["nominal"].tolist() == [3, 2, 1]


def test_a_lenient_blank_does_not_pay_where_low_is_good() -> None:
    rules = [rule("first", "top", "promote", count=1)]
    scheme = make([leaf("x"), leaf("y")], best="low", missing="reweight", rules=rules)
    found = assess(scheme, table("AB", x=[1, 2], y=[NAN, 2]))
    assert found.proposal.tolist() == ["undecided", "keep"]


# ---- lists -----------------------------------------------------------------------------------------------------


def test_lists_of_the_first_by_several_measures() -> None:
    """高新区 2024: top 50 overall, top 20 of single indicators; 河南 2010: 十强 and 十快."""
    names = {"name_zh": "n", "name_en": "n"}
    lists = [
        {"id": "overall", "node": "score", "count": 2, **names},
        {"id": "energy", "indicator": "y", "order": "low", "share": 0.5, **names},
        {"id": "movers", "movement": True, "count": 1, **names},
    ]
    index = pd.MultiIndex.from_product([list("ABCD"), [2022]], names=["unit", "period"])
    values = pd.DataFrame({"x": [4.0, 3, 3, 1], "y": [5.0, 1, NAN, 2]}, index=index)
    history = pd.DataFrame({"unit": list("ABCD"), "period": [2021] * 4, "score": [4.0, 1, 2, 3]})
    found = assess(make([leaf("x")], lists=lists), values, history=history).lists
    rows = [tuple(row) for row in found[["list", "place", "unit"]].to_numpy()]
    # B and C share place 2; of three known y half is one; B was 4th and is 2nd.
    assert rows == [
        ("overall", 1, "A"),
        ("overall", 2, "B"),
        ("overall", 2, "C"),
        ("energy", 1, "B"),
        ("movers", 1, "B"),
    ]
    with pytest.raises(SchemeError, match="nowhere"):
        make([leaf("x")], lists=[{"id": "a", "node": "nowhere", "count": 1, **names}])
    with pytest.raises(SchemeError, match="give one of"):
        make([leaf("x")], lists=[{"id": "a", "count": 1, **names}])


def test_units_protected_by_a_condition_stand_outside_the_quota() -> None:
    """Four- and five-star parks go straight to A; the quota is of the rest."""
    named = {"name_zh": "n", "name_en": "n"}
    grading = {"kind": "quota", "basis": BASIS, "protected_if": [{"indicator": "stars", "op": ">=", "value": 4}],
               "classes": [{"code": "A", "share": 0.5, "rounding": "round", **named}, {"code": "B", **named}]}  # fmt: skip
    scheme = make([leaf("x")], grading=grading)
    found = assess(scheme, table("ABCDEF", x=[6, 5, 4, 3, 2, 1], stars=[1, 1, 1, 1, 1, 5])).grade
    assert found is not None
    # Half of five is 2.5, and halves go up.
    assert found.tolist() == ["A", "A", "A", "B", "B", "A"]
    assert scheme.inputs() == ["stars", "x"]


# ---- tables ----------------------------------------------------------------------------------------------------


def test_a_kind_of_event_that_is_no_column_is_told() -> None:
    rules = [rule("fraud", "event", "demote", event="fraudd")]
    events = pd.DataFrame({"unit": ["A"], "fraud": [1]})
    found = ranked([1, 2], rules=rules, events=events)
    assert [notice.text_en for notice in found.notices] == ["no such column in the events, taken as none: fraudd"]


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("events", pd.DataFrame({"unit": ["A", "B"], "fraud": ["1", "x"]})),
        ("history", pd.DataFrame({"unit": ["A", "B"], "period": [2020, 2020], "score": ["1", "x"]})),
    ],
)
def test_what_is_no_number_is_named_with_its_unit(name: str, frame: pd.DataFrame) -> None:
    with pytest.raises(TableError) as refused:
        ranked([1, 2], rules=[rule("fraud", "event", "demote", event="fraud")], **{name: frame})
    assert "B: 'x'" in str(refused.value)


def test_equality_is_a_comparison_too() -> None:
    same = rule("same", "threshold", "watch", conditions=[{"indicator": "x", "op": "==", "value": 2}])
    other = rule("other", "threshold", "watch", conditions=[{"indicator": "x", "op": "!=", "value": 2}])
    assert ranked([1, 2, NAN], rules=[same], missing="reweight").findings["same"].fired.tolist() == [False, True, False]
    assert ranked([1, 2, NAN], rules=[other], missing="reweight").findings["other"].fired.tolist() == [
        True,
        False,
        False,
    ]


# ---- published indices in a few lines --------------------------------------------------------------------------


def test_human_development_index_of_norway_2021() -> None:
    """UNDP 2022, technical note 1: life 83.2, schooling 18.2 (cap 18) and 13.0, income 64,660: HDI 0.961."""
    text = """
code: hdi
version: 1
name_zh: 人类发展指数
name_en: HDI
zone_class: any
valid_from: 2021
source: UNDP technical note 1
author: test
certainty: published
missing: block
scale: 1
derive: {ln_income: ln(income)}
tree:
  aggregate: geometric
  children:
    - {indicator: life, score: {method: goalposts, low: 20, high: 85}}
    - code: education
      name_zh: 教育
      name_en: Education
      children:
        - {indicator: expected, score: {method: goalposts, low: 0, high: 18}}
        - {indicator: mean_years, score: {method: goalposts, low: 0, high: 15}}
    - {indicator: ln_income, score: {method: goalposts, low: 4.605170185988092, high: 11.225243392518447}}
"""
    values = table(["Norway"], life=[83.2], expected=[18.2], mean_years=[13.0], income=[64660])
    assert assess(load_scheme(text), values).score["Norway"] == pytest.approx(0.961, abs=5e-4)
