"""The parts of a change between two years, and the smallest change that matters."""

import json

import numpy as np
import pandas as pd
import pytest

from assessments.engine import assess
from assessments.engine.whatif import PARTS, explain_unit, parts_of_change, smallest_changes
from tests.engine.helpers import BASIS, leaf, make, rule, table

FIXED = [leaf("x", "goalposts", score={"low": 0, "high": 100})]
SAMPLED = [leaf("x", "minmax")]


def years(**rows):
    """Two years: unit=(last, now)."""
    index = pd.MultiIndex.from_tuples([(u, y) for u in rows for y in (2022, 2023)], names=["unit", "year"])
    return pd.DataFrame({"x": [number for pair in rows.values() for number in pair]}, index=index, dtype=float)


def change(values, before, after, published=None):
    scheme = make(before)
    given = assess(scheme, values, period=2022).score if published is None else pd.Series(published)
    return parts_of_change(given, scheme, make(after), values, period=2023)


def test_with_fixed_bounds_all_is_a_units_own_doing():
    found = change(years(A=(10, 30), B=(50, 40)), FIXED, FIXED)
    assert found["own"].tolist() == pytest.approx([20, -10])
    assert found[["data", "method", "peers"]].abs().max().max() == pytest.approx(0)


def test_a_unit_that_stood_still_was_passed_by_its_peers():
    found = change(years(A=(50, 50), B=(0, 0), C=(100, 200)), SAMPLED, SAMPLED)
    assert found.loc["A", "own"] == pytest.approx(0)
    assert found.loc["A", "peers"] == pytest.approx(-25)
    # C was best and is best: whatever it does, the bounds go with it.
    assert found.loc["C", "before"] == found.loc["C", "after"] == 100


def test_a_correction_is_told_from_doing_better():
    found = change(years(A=(40, 40), B=(0, 0)), FIXED, FIXED, published={"A": 10.0, "B": 0.0})
    assert found.loc["A", ["data", "own"]].tolist() == pytest.approx([30, 0])


def test_another_method_is_told_from_doing_better():
    found = change(years(A=(40, 60), B=(0, 0)), FIXED, [leaf("x", "goalposts", score={"low": 0, "high": 200})])
    # The new bounds halve last year's 40 to 20; then 30.
    assert found.loc["A", list(PARTS)].tolist() == pytest.approx([0, -20, 0, 10])


def test_the_parts_always_add_up():
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([[f"U{i}" for i in range(25)], [2021, 2022, 2023]], names=["unit", "year"])
    values = pd.DataFrame(rng.lognormal(2, 1, (75, 3)), index=index, columns=list("xyz"))
    values = values.mask(rng.random(values.shape) < 0.05)
    children = [leaf("x", "minmax"), leaf("y", "percentile"), leaf("g", "zscore", score={"mean": 50, "sd": 15})]
    parts = {"derive": {"g": "growth(z)"}, "missing": "reweight"}
    before, after = make(children, **parts), make(children[:2], **parts)
    events = pd.DataFrame({"unit": ["U3"], "finding": [2]})
    deduct = [{"id": "f", "name_zh": "f", "name_en": "f", "event": "finding", "points": -3, "basis": BASIS}]
    after = make(children[:2], **parts, adjustments=deduct)
    published = assess(before, values, period=2022).score + rng.random(25)
    found = parts_of_change(published, before, after, values, period=2023, events=events)
    whole = found["before"] + found[list(PARTS)].sum(axis=1)
    assert found["after"].notna().sum() >= 20
    assert whole[found["after"].notna()].to_numpy() == pytest.approx(found["after"].dropna().to_numpy(), abs=1e-9)
    assert found["after"].dropna().to_dict() == pytest.approx(
        {
            u: s
            for u, s in assess(after, values, period=2023, events=events).score.items()
            if u in found["after"].dropna()
        }
    )
    # The two findings are U3's own.
    without = parts_of_change(published, before, after, values, period=2023)
    assert (found["own"] - without["own"]).to_dict()["U3"] == pytest.approx(-6)


def test_a_new_unit_has_no_parts():
    index = pd.MultiIndex.from_tuples([("A", 2022), ("A", 2023), ("B", 2023)], names=["unit", "year"])
    values = pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=index)
    found = change(values, FIXED, FIXED)
    assert found.loc["B"].isna().all()
    assert found.loc["A"].notna().all()


# ---- the smallest change ---------------------------------------------------------------------------------------


def test_the_value_that_gets_a_unit_off_the_last_place():
    scheme = make([leaf("x"), leaf("y")], rules=[rule("last", "tail", "demote", k=1, min_group_size=1)])
    values = table("ABC", x=[10, 20, 30], y=[10, 12, 30])
    turns = smallest_changes(scheme, values, "A")
    # A has 10 and B 16: 12 more on one of them draws level (both last), more than that lets B be last.
    assert [turn.indicator for turn in turns] == ["x", "y"]
    assert turns[0].needed == pytest.approx(22, abs=1e-6)
    assert turns[0].needed > 22 - 1e-9
    assert turns[0].relative == pytest.approx(1.2, abs=1e-6)
    assert turns[0].proposal == ("demote", "keep")
    # And asking the engine confirms it.
    assert assess(scheme, table("ABC", x=[turns[0].needed, 20, 30], y=[10, 12, 30])).proposal["A"] == "keep"
    assert assess(scheme, table("ABC", x=[21.9, 20, 30], y=[10, 12, 30])).proposal["A"] == "demote"


def test_derived_indicators_and_grades_follow():
    grading = {"kind": "bands", "basis": BASIS, "lowest": {"code": "c", "name_zh": "丙", "name_en": "C"},
               "bands": [{"code": "a", "name_zh": "甲", "name_en": "A", "from": 5}]}  # fmt: skip
    scheme = make([leaf("rate")], derive={"rate": "tax / land"}, grading=grading)
    turns = {turn.indicator: turn for turn in smallest_changes(scheme, table("AB", tax=[40, 90], land=[10, 10]), "A")}
    assert turns["tax"].needed == pytest.approx(50)
    assert turns["land"].needed == pytest.approx(8)
    assert turns["land"].grade == ("c", "a")
    # The smaller share of its value comes first: 20 % less land before 25 % more tax.
    assert list(turns) == ["land", "tax"]


def test_growth_is_followed_over_the_years():
    index = pd.MultiIndex.from_product([["A", "B"], [2022, 2023]], names=["unit", "year"])
    values = pd.DataFrame({"x": [100.0, 105.0, 100.0, 120.0]}, index=index)
    scheme = make(
        [leaf("g")],
        derive={"g": "growth(x)"},
        rules=[rule("grew", "threshold", "promote", conditions=[{"indicator": "g", "op": ">=", "value": 0.1}])],
    )
    (turn, *_others) = smallest_changes(scheme, values, "A")
    assert turn.needed == pytest.approx(110)
    assert turn.proposal == ("keep", "promote")


def test_nothing_matters_where_no_rule_does():
    assert smallest_changes(make([leaf("x")]), table("AB", x=[1, 2]), "A") == []
    with pytest.raises(KeyError):
        smallest_changes(make([leaf("x")]), table("AB", x=[1, 2]), "Z")


# ---- all of it about one unit ----------------------------------------------------------------------------------


def test_an_explanation_tells_last_year_and_the_smallest_change():
    rules = [rule("last", "tail", "demote", k=1, min_group_size=1)]
    before, scheme = make(FIXED), make(
        [leaf("x", "goalposts", name_zh="产值", name_en="Output", score={"low": 0, "high": 200})], rules=rules
    )  # fmt: skip
    values = years(A=(40, 60), B=(50, 80))
    history = pd.DataFrame({"unit": ["A", "B"], "period": [2022, 2022], "score": [30.0, 50.0]})
    found = explain_unit(scheme, values, "A", scheme_before=before, history=history)
    # Announced 30, 40 on the corrected figures, 20 by this year's bounds, and 30 now.
    assert found["change"] == pytest.approx(
        {"before": 30, "data": 10, "method": -20, "peers": 0, "own": 10, "after": 30}
    )
    assert found["smallest_change"]["needed"] == pytest.approx(80, abs=1e-6)
    assert found["smallest_change"]["proposal"] == ["demote", "keep"]
    assert (
        "比上年 +0.00 分：自身变化 +10.00、同类变化 +0.00、办法变化 -20.00、数据更正 +10.00。" in found["sentences_zh"]
    )
    assert any(s.startswith("The smallest single change: Output 60 → 80 (+33.3%)") for s in found["sentences_en"])
    assert len(found["sentences_zh"]) == len(found["sentences_en"])
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_without_last_year_there_is_no_change_to_tell():
    found = explain_unit(make([leaf("x")]), table("AB", x=[1, 2]), "A")
    assert (found["change"], found["smallest_change"], found["turns"]) == (None, None, [])


def test_a_unit_that_does_not_compare_with_last_year_has_no_parts():
    values = years(A=(40, 60), B=(50, 80)).assign(comparable=[1, 0, 1, 1])
    scheme = make(FIXED)
    assert explain_unit(scheme, values, "A")["change"] is None
    assert explain_unit(scheme, values, "B")["change"]["own"] == pytest.approx(30)
