"""Missing values: each policy by hand, and a blank never pays."""

import math
from typing import Any

import pandas as pd
import pytest

from assessments.engine import SchemeError, assess
from tests.engine.helpers import leaf, make, rule, table

NAN = float("nan")
SCORE = {"method": "goalposts", "low": 0, "high": 100}


def one(policy: Any, values: pd.DataFrame, **parts: Any) -> Any:
    scheme = make([leaf("x", "goalposts", score={"low": 0, "high": 100}), leaf("y")], missing=policy, **parts)
    return assess(scheme, values)


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        ("block", NAN),
        ("worst", 0),
        ("zero", 0),
        ({"policy": "penalty", "points": -3}, -3),
        ("group_mean", 50),
        ("group_median", 40),
        ("group_mean_score", 50),
        ("last_value", NAN),  # no years in the table
    ],
)
def test_what_a_blank_becomes(policy: Any, points: float) -> None:
    scheme = make([leaf("x", "goalposts", score={"low": 0, "high": 100})], missing=policy)
    got = assess(scheme, table("ABCD", x=[NAN, 30, 40, 80])).score["A"]
    assert got == pytest.approx(points, nan_ok=True)


def test_group_mean_of_points_is_taken_after_the_cap() -> None:
    scheme = make([leaf("x", "goalposts", score={"low": 0, "high": 100})], missing="group_mean_score")
    assert assess(scheme, table("ABC", x=[NAN, 50, 900])).score["A"] == 75


def test_last_value_looks_back_so_many_years_and_not_at_others() -> None:
    index = pd.MultiIndex.from_product([["A", "B", "C"], [2015, 2016, 2017]], names=["unit", "period"])
    values = pd.DataFrame({"x": [5, 6, NAN, 7, NAN, NAN, NAN, NAN, NAN]}, index=index, dtype=float)
    near = assess(make([leaf("x")], missing="last_value"), values)
    assert near.score.tolist() == pytest.approx([6, NAN, NAN], nan_ok=True)
    far = assess(make([leaf("x")], missing={"policy": "last_value", "years": 2}), values)
    assert far.score.tolist() == pytest.approx([6, 7, NAN], nan_ok=True)
    assert far.missing["x"].all()


def test_a_blank_is_not_zero_and_zero_is_not_blank() -> None:
    assessment = assess(make([leaf("x")], missing="reweight"), table("AB", x=[NAN, 0]))
    assert math.isnan(assessment.score["A"])
    assert assessment.score["B"] == 0
    assert assessment.coverage["reported"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("policy", "method", "score", "word"),
    [
        ("worst", "zscore", {}, "没有最低分"),
        ("zero", "identity", {}, "没有最低分"),
        ("zero", "zscore", {"clip": 3}, "高于最差"),
        ({"policy": "penalty", "points": 5}, "goalposts", {"low": 0, "high": 1}, "高于最差"),
        ("zero", "bands", {"below": -1, "bands": [{"from": 1, "points": 2}]}, "高于最差"),
    ],
)
def test_a_policy_that_would_let_a_blank_pay_is_refused(policy: Any, method: str, score: Any, word: str) -> None:
    with pytest.raises(SchemeError, match=word) as caught:
        make([leaf("x", method, score=score)], missing=policy)
    assert caught.value.faults[0].where == "tree.children[1].score"


LENIENT = ["reweight", "group_mean", "group_median", "group_mean_score", "last_value"]


@pytest.mark.parametrize("policy", LENIENT)
def test_a_good_proposal_that_hangs_on_a_lenient_blank_is_undecided(policy: str) -> None:
    index = pd.MultiIndex.from_product([list("ABCD"), [2016, 2017]], names=["unit", "period"])
    x = [90, NAN, 60, 60, 70, 70, 100, 100]
    y = [90, 90, 60, 60, 50, 50, 0, 0]
    values = pd.DataFrame({"x": x, "y": y}, index=index, dtype=float)
    leaves = [leaf(code, "goalposts", score={"low": 0, "high": 100}) for code in "xy"]
    top = rule("top", "top", "promote", count=1)
    assessment = assess(make(leaves, missing=policy, rules=[top]), values)
    assert assessment.places["rank"]["A"] == 1
    assert assessment.proposal.tolist() == ["undecided", "keep", "keep", "keep"]
    assert assessment.contested.tolist() == [True, False, False, False]


def test_a_lenient_blank_that_changes_nothing_is_left_alone() -> None:
    leaves = [leaf("x", "goalposts", weight=1, score={"low": 0, "high": 100}),
              leaf("y", "goalposts", weight=99, score={"low": 0, "high": 100})]  # fmt: skip
    top = rule("top", "top", "promote", count=1)
    assessment = assess(make(leaves, missing="reweight", rules=[top]), table("AB", x=[NAN, 50], y=[90, 10]))
    assert assessment.proposal.tolist() == ["promote", "keep"]


def test_escaping_the_tail_by_a_blank_is_undecided_too() -> None:
    leaves = [leaf(code, "goalposts", score={"low": 0, "high": 100}) for code in "xy"]
    tail = rule("tail", "tail", "demote", k=1, min_group_size=2)
    assessment = assess(make(leaves, missing="reweight", rules=[tail]), table("ABC", x=[NAN, 20, 90], y=[40, 30, 90]))
    assert assessment.proposal.tolist() == ["undecided", "demote", "keep"]


def test_no_grade_policy_makes_the_unit_undecided() -> None:
    scheme = make([leaf("x"), leaf("y", missing="undecided")])
    assessment = assess(scheme, table("AB", x=[1, 2], y=[NAN, 3]))
    assert assessment.score["A"] == 1
    assert assessment.proposal.tolist() == ["undecided", "keep"]
