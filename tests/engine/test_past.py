"""Rules over years: grades, decisions, targets missed in a row, and years that do not compare."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessments.engine import Assessment, SchemeError, TableError, assess, explain
from tests.engine.helpers import BASIS, leaf, make, rule, table

NAN = float("nan")


def named(code: str, **parts: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": code, "name_en": code, **parts}


STARS = {
    "kind": "ladder", "basis": BASIS, "none": named("none"),
    "levels": [named(code, conditions=[{"indicator": "x", "op": ">=", "value": value}])
               for code, value in (("entry", 1), ("one", 2), ("two", 3))],
}  # fmt: skip


def years(first: int, **rows: Sequence[float | None]) -> pd.DataFrame:
    """Units with a value a year from ``first`` on, None where there is no row."""
    found = {(u, first + i): x for u, values in rows.items() for i, x in enumerate(values) if x is not None}
    index = pd.MultiIndex.from_tuples(list(found), names=["unit", "period"])
    return pd.DataFrame({"x": list(found.values())}, index=index, dtype=float)


def graded(**rows: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"unit": u, "period": 2020 + i, "score": 1.0, "grade": g}
            for u, found in rows.items()
            for i, g in enumerate(found)
        ]
    )


def fired(found: Assessment, name: str) -> str:
    return "".join(found.units[found.findings[name].fired])


def one_year(**values: float) -> pd.DataFrame:
    return years(2022, **{unit: [value] for unit, value in values.items()})


# ---- grades ----------------------------------------------------------------------------------------------------


def test_first_time_at_this_level() -> None:
    """22 zones of 2017 got a reward for reaching their star for the first time."""
    scheme = make([leaf("x")], grading=STARS, rules=[rule("first", "first_time")])
    history = graded(A=["one", "one"], B=["two", "none"], C=["none", ""], D=["one", "two"])
    values = one_year(A=3, B=2, C=2, D=3, E=1, F=0)
    found = assess(scheme, values, history=history)
    # A one → two; B had more before; C reaches its first; D was there; E is new; F has reached nothing.
    assert fired(found, "first") == "ACE"
    assert not found.findings["first"].unknown.any()
    high = make([leaf("x")], grading=STARS, rules=[rule("first", "first_time", at_least="two")])
    assert fired(assess(high, values, history=history), "first") == "A"


def test_without_any_grades_in_the_history_it_cannot_be_told() -> None:
    scheme = make([leaf("x")], grading=STARS, rules=[rule("first", "first_time")])
    found = assess(scheme, one_year(A=3, B=0), history=graded(A=[""], B=[""]))
    assert fired(found, "first") == ""
    assert found.findings["first"].unknown.tolist() == [True, False]


def test_below_a_level_two_years_running() -> None:
    below = rule("below", "grade", "exit", op="<", level="entry", m=2, n=2)
    scheme = make([leaf("x")], grading=STARS, rules=[below])
    values = one_year(A=0, B=0, C=5, D=0)
    found = assess(scheme, values, history=graded(A=["one", "none"], B=["none", "one"], C=["none", "none"]))
    assert found.proposal.tolist() == ["exit", "keep", "keep", "keep"]
    assert found.findings["below"].measured.tolist() == [2, 1, 1, 1]


def test_quota_classes_count_from_the_last_up_and_foreign_grades_are_named() -> None:
    grading = {"kind": "quota", "basis": BASIS, "classes": [named("A", count=1), named("B"), named("C", count=1)]}
    scheme = make([leaf("x")], grading=grading, rules=[rule("good", "grade", "promote", op=">=", level="B")])
    found = assess(scheme, one_year(P=3, Q=2, R=1), history=graded(P=["S", "B"]))
    assert found.proposal.tolist() == ["promote", "promote", "keep"]
    first = make([leaf("x")], grading=grading, rules=[rule("first", "first_time")])
    found = assess(first, one_year(P=3, Q=2, R=1), history=graded(P=["S", "B"], Q=["A", "B"]))
    assert fired(found, "first") == "P"
    assert any("S" in notice.text_en for notice in found.notices)


def test_a_first_time_that_hangs_on_a_lenient_blank_is_not_promoted() -> None:
    grading = {"kind": "quota", "basis": BASIS, "classes": [named("A", count=1), named("B")]}
    rules = [rule("first", "first_time", "promote", at_least="A")]
    score = {"low": 0, "high": 10}
    scheme = make([leaf("x", "goalposts", score=score), leaf("y", "goalposts", score=score)], grading=grading, rules=rules,
                  missing="reweight")  # fmt: skip
    values = one_year(P=9, Q=5).assign(y=[NAN, 5.0])
    assert assess(scheme, values, history=graded(P=["B"], Q=["B"])).proposal.tolist() == ["undecided", "keep"]


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"rules": [rule("first", "first_time")]}, "needs grading"),
        ({"rules": [rule("low", "grade", op="<", level="nine")], "grading": STARS}, "nine"),
        ({"rules": [rule("low", "grade", op="<", level="one", m=3, n=2)], "grading": STARS}, "exceed"),
        ({"grading": {**STARS, "levels": [named("one", conditions=[{"node": "nowhere", "op": ">", "value": 1}])]}}, "nowhere"),
    ],
)  # fmt: skip
def test_rules_on_grades_that_are_not_there(parts: dict[str, Any], word: str) -> None:
    with pytest.raises(SchemeError) as refused:
        make([leaf("x")], **parts)
    assert word in str(refused.value)


# ---- decisions -------------------------------------------------------------------------------------------------

PLACE = pd.Series({"A": "north", "B": "south", "C": "north", "D": ""})


@pytest.mark.parametrize(
    ("decided", "proposals"),
    [
        (2019, ["promote"] * 4),
        (2020, ["keep", "promote", "keep", "undecided"]),
        (2021, ["keep", "promote", "keep", "undecided"]),
        (2022, ["promote"] * 4),
    ],
)
def test_after_an_exit_nobody_of_the_jurisdiction_is_promoted_for_two_years(decided: int, proposals: list[str]) -> None:
    """商务部 2021: the province may not recommend for two years; whose jurisdiction is unknown cannot be told."""
    rules = [
        rule("good", "top", "promote", count=4),
        rule("cool", "cooldown", decision="exit", years=2, bars=["promote"]),
    ]
    decisions = pd.DataFrame({"unit": ["Z"], "period": [decided], "decision": ["exit"], "jurisdiction": ["north"]})
    values = one_year(A=4, B=3, C=2, D=1)
    found = assess(make([leaf("x")], rules=rules), values, decisions=decisions, jurisdictions=PLACE)
    assert found.proposal.tolist() == proposals


def test_a_cool_down_of_the_unit_itself_and_of_other_decisions() -> None:
    rules = [rule("cool", "cooldown", "watch", decision="exit", years=3, by="unit")]
    decisions = pd.DataFrame(
        {"unit": ["A", "B", "A"], "period": [2020, 2020, 2021], "decision": ["exit", "warn", "exit"]}
    )
    found = assess(make([leaf("x")], rules=rules), one_year(A=1, B=1), decisions=decisions, jurisdictions=PLACE)
    assert found.proposal.tolist() == ["watch", "keep"]
    assert found.findings["cool"].measured.tolist()[0] == 1
    assert explain(found, "A")["rules"][0]["text_en"] == "“exit” on it 1 years ago, a cool-down of 3 years"


def test_decisions_that_cannot_be_used() -> None:
    scheme = make([leaf("x")], rules=[rule("cool", "cooldown", decision="exit", years=3)])
    with pytest.raises(TableError, match="decision"):
        assess(scheme, one_year(A=1), decisions=pd.DataFrame({"unit": ["A"], "period": [2020]}))
    whole = pd.DataFrame({"unit": ["A"], "period": [2020], "decision": ["exit"]})
    with pytest.raises(TableError, match="period"):
        assess(scheme, table("A", x=[1]), decisions=whole)


# ---- limits over years -----------------------------------------------------------------------------------------


def missed(m: int, n: int, **condition: Any) -> dict[str, Any]:
    return rule("missed", "threshold", "demote", m=m, n=n,
                conditions=[{"indicator": "x", "op": "<", "value": 100, **condition}])  # fmt: skip


def test_a_target_missed_two_years_running() -> None:
    """郑州 2007: 连续两年未完成年度目标."""
    values = years(2020, A=[120, 90, 95], B=[90, 120, 90], C=[90, 90, 120], D=[None, None, 50], E=[50, None, 50])
    found = assess(make([leaf("x")], rules=[missed(2, 2)]), values)
    assert found.proposal.tolist() == ["demote", "keep", "keep", "keep", "keep"]
    assert found.findings["missed"].measured.tolist() == [2, 1, 1, 1, 1]
    three = assess(make([leaf("x")], rules=[missed(2, 3)]), values)
    assert fired(three, "missed") == "ABCE"


def test_a_blank_year_cannot_be_told_and_speaks_against_nobody() -> None:
    values = years(2021, A=[NAN, 50], B=[NAN, 150])
    found = assess(make([leaf("x")], rules=[missed(2, 2)]), values)
    assert found.findings["missed"].unknown.tolist() == [True, False]
    assert found.proposal.tolist() == ["undecided", "keep"]


def test_the_score_of_earlier_years_comes_from_the_history() -> None:
    low = missed(2, 2, indicator=None, node="score", value=60)
    history = pd.DataFrame({"unit": ["A", "B"], "period": [2021, 2021], "score": [50.0, 70.0]})
    values = years(2021, A=[1, 55], B=[1, 55], C=[1, 55])
    found = assess(make([leaf("x")], rules=[low]), values, history=history)
    assert found.findings["missed"].fired.tolist() == [True, False, False]
    with pytest.raises(SchemeError, match="over several years"):
        make([leaf("x", code="deep")], rules=[missed(2, 2, indicator=None, node="deep")])


def test_growth_below_the_peers_three_years_running() -> None:
    """Sichuan's condition turned round: growth over the mean of all in each of three years."""
    values = years(2019, A=[100, 120, 144, 173], B=[100, 110, 121, 133], C=[100, 101, 130, 131])
    above = rule("grew", "threshold", "promote", m=3, n=3,
                 conditions=[{"indicator": "g", "op": ">", "value": 1, "versus": "group_mean"}])  # fmt: skip
    found = assess(make([leaf("x")], rules=[above], derive={"g": "growth(x)"}), values)
    assert found.proposal.tolist() == ["promote", "keep", "keep"]


# ---- tails -----------------------------------------------------------------------------------------------------


def test_candidates_without_scores_are_ordered_by_their_places() -> None:
    """With ranks alone: U5 is 9th twice and then 8th of ten, U9 10th every time: U9 is taken."""
    units = [f"U{i}" for i in range(10)]
    rank = {**{u: i + 1 for i, u in enumerate(units)}, "U5": 9, "U8": 6}
    past = pd.DataFrame(
        [{"unit": u, "period": y, "rank": rank[u], "group_size": 10} for u in units for y in (2020, 2021)]
    )
    values = years(2022, **{u: [20.0 - i] for i, u in enumerate(units)})
    values.loc[("U5", 2022), "x"] = 12.5
    exit_ = rule("exit", "tail", "exit", k=3, m=2, n=3, take=1)
    found = assess(make([leaf("x")], rules=[exit_]), values, history=past)
    assert found.proposal[found.proposal == "exit"].index.tolist() == ["U9"]


@pytest.mark.parametrize("scope", ["group", "all"])
def test_published_ranks_of_one_group_are_ranks_among_all(scope: str) -> None:
    past = pd.DataFrame(
        [{"unit": f"U{i}", "period": y, "rank": i + 1, "group_size": 10} for i in range(10) for y in (2021, 2022)]
    )
    values = years(2023, **{f"U{i}": [20.0 - i] for i in range(10)})
    last = rule("last", "tail", "demote", k=5, m=2, n=3, scope=scope)
    found = assess(make([leaf("x")], rules=[last]), values, history=past)
    assert found.proposal.tolist() == ["keep"] * 5 + ["demote"] * 5
    assert not found.notices
    short = assess(make([leaf("x")], rules=[last]), values, history=past[past["period"] == 2022])
    assert ["2021" in notice.text_en for notice in short.notices] == [True]


# ---- years that do not compare ---------------------------------------------------------------------------------

GROWTH = {"derive": {"g": "growth(x)"}, "missing": "reweight"}


def merged(values: list[float], since: int, first: int = 2019) -> pd.DataFrame:
    """A was merged in ``since``; B goes on undisturbed."""
    found = years(first, A=list(values), B=[100.0 * 1.1**i for i in range(len(values))])
    return found.assign(comparable=[0.0 if row == ("A", since) else NAN for row in found.index])


def test_growth_has_no_base_in_a_year_that_does_not_compare() -> None:
    children = [leaf("x"), leaf("g")]
    values = merged([100, 110, 300, 330], 2021)
    at = assess(make(children, **GROWTH), values, period=2021)
    assert math.isnan(at.derived["g"].to_dict()["A"])
    assert at.derived.loc["B", "g"] == pytest.approx(0.1)
    assert at.comparable_since.to_dict()["A"] == 2021
    assert any("A" in notice.text_en and "do not compare" in notice.text_en for notice in at.notices)
    after = assess(make(children, **GROWTH), values)
    assert after.derived.loc["A", "g"] == pytest.approx(0.1)
    before = assess(make(children, **GROWTH), values, period=2020)
    assert before.derived.loc["A", "g"] == pytest.approx(0.1)
    assert before.comparable_since.isna().all()


def test_a_restated_figure_gives_growth_its_base() -> None:
    values = merged([100, 110, 300, 330], 2021)
    restated = pd.DataFrame({"x": [250.0]}, index=pd.MultiIndex.from_tuples([("A", 2020)], names=["unit", "period"]))
    at = assess(make([leaf("g")], **GROWTH), values, period=2021, restated=restated)
    assert at.score["A"] == pytest.approx(0.2)
    assert explain(at, "A")["comparable"] == {"since": 2021, "restated": True}
    assert any("2021" in sentence for sentence in explain(at, "A")["sentences_zh"])
    # The year before keeps its own figures.
    assert assess(make([leaf("g")], **GROWTH), values, period=2020).score["A"] == pytest.approx(0.1)
    with pytest.raises(TableError, match="A 2019"):
        assess(make([leaf("g")], **GROWTH), values, restated=restated.set_axis(
            pd.MultiIndex.from_tuples([("A", 2019)], names=["unit", "period"]), axis=0))  # fmt: skip


def test_nothing_is_carried_over_a_break_but_what_is_restated() -> None:
    values = merged([100, 110, NAN], 2021)
    scheme = make([leaf("x")], missing="last_value")
    assert math.isnan(assess(scheme, values).score["A"])
    restated = pd.DataFrame({"x": [250.0]}, index=pd.MultiIndex.from_tuples([("A", 2020)], names=["unit", "period"]))
    assert assess(scheme, values, restated=restated).score["A"] == 250


def test_tails_and_missed_targets_before_a_break_do_not_count() -> None:
    values = merged([1, 1, 1], 2021)
    history = pd.DataFrame({"unit": ["A", "B"] * 2, "period": [2019, 2019, 2020, 2020], "score": [1.0, 2, 1, 2]})
    tail = rule("tail", "tail", "demote", k=1, m=2, n=3, min_group_size=1)
    for rules in ([tail], [missed(2, 3)]):
        scheme = make([leaf("x")], rules=rules)
        assert assess(scheme, values, history=history).proposal["A"] == "keep"
        undisturbed = values.drop(columns="comparable")
        assert assess(scheme, undisturbed, history=history).proposal["A"] == "demote"


def test_places_of_others_are_not_moved_by_one_that_does_not_compare() -> None:
    values = merged([1, 1, 1], 2021)
    history = pd.DataFrame({"unit": ["A", "B", "C"], "period": [2020] * 3, "score": [1.0, 2, 3]})
    tail = rule("tail", "tail", "demote", k=1, m=1, n=2, min_group_size=1)
    found = assess(make([leaf("x")], rules=[tail]), values, history=history)
    assert found.findings["tail"].measured.tolist() == [1, 0]


def test_the_order_of_rows_does_not_matter_for_breaks() -> None:
    rng = np.random.default_rng(2)
    values = merged([100, 110, 300, 330], 2021)
    one = assess(make([leaf("g")], **GROWTH), values)
    two = assess(make([leaf("g")], **GROWTH), values.iloc[rng.permutation(len(values))])
    assert one.score.to_dict() == two.score.to_dict()
