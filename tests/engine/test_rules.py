"""Proposal rules: tails over years, ranks, thresholds, events, coverage, and how they come together."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessments.engine import TableError, assess, explain_all
from tests.engine.helpers import OPEN, leaf, make, ranked, rule, table

NAN = float("nan")


def fired(assessment: Any, name: str) -> str:
    return "".join(assessment.units[assessment.findings[name].fired])


def tail(**parts: Any) -> dict[str, Any]:
    return rule("tail", "tail", "demote", **{"k": 2, "min_group_size": 1, **parts})


def past(rows: dict[int, list[float]], units: str = "ABCDE", **columns: Any) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"unit": list(units), "period": year, "score": scores, **columns}) for year, scores in rows.items()
    ]
    return pd.concat(frames, ignore_index=True)


NOW = [50.0, 40, 30, 20, 10]  # D and E are the last two


class TestTail:
    def test_one_year(self) -> None:
        assert fired(ranked(NOW, rules=[tail()]), "tail") == "DE"

    def test_two_of_three_years(self) -> None:
        history = past({2015: [1, 2, 3, 4, 5], 2016: [5, 4, 1, 2, 3]})  # last two: A B, then C D
        rules = [tail(m=2, n=3)]
        assessment = ranked(NOW, rules=rules, history=history, period=2017)
        assert fired(assessment, "tail") == "D"
        assert assessment.findings["tail"].measured.tolist() == [1, 1, 1, 2, 1]
        assert assessment.proposal["D"] == "demote"

    def test_consecutive_years_are_m_equal_to_n(self) -> None:
        history = past({2015: [5, 4, 3, 2, 1], 2016: [5, 4, 3, 1, 6]})
        assert fired(ranked(NOW, rules=[tail(m=3, n=3)], history=history, period=2017), "tail") == "D"

    def test_years_outside_the_window_and_gaps_do_not_count(self) -> None:
        history = past({2013: [5, 4, 3, 2, 1], 2015: [5, 4, 3, 2, 1]})
        rules = [tail(m=2, n=3)]
        assert fired(ranked(NOW, rules=rules, history=history, period=2017), "tail") == "DE"
        assert fired(ranked(NOW, rules=rules, history=history, period=2018), "tail") == ""

    def test_the_assessed_year_and_later_ones_in_the_history_are_left_aside(self) -> None:
        history = past({2017: [5, 4, 3, 2, 1], 2018: [5, 4, 3, 2, 1]})
        assert fired(ranked(NOW, rules=[tail(m=2, n=3)], history=history, period=2017), "tail") == ""

    def test_without_a_year_of_its_own_the_run_follows_the_newest(self) -> None:
        history = past({2013: [5, 4, 3, 2, 1], 2015: [5, 4, 3, 2, 1]})
        assert fired(ranked(NOW, rules=[tail(m=2, n=2)], history=history), "tail") == "DE"

    def test_a_new_unit_is_not_punished_for_years_it_did_not_have(self) -> None:
        history = past({2015: [5, 4, 3, 2], 2016: [5, 4, 3, 2]}, units="ABCD")
        assert fired(ranked(NOW, rules=[tail(m=3, n=3)], history=history, period=2017), "tail") == "D"

    def test_published_ranks_serve_where_there_are_no_scores(self) -> None:
        history = pd.DataFrame(
            {"unit": ["D", "E"], "period": [2016, 2016], "rank": [217, 210], "group_size": [217, 217]}
        )
        assert fired(ranked(NOW, rules=[tail(m=2, n=2)], history=history, period=2017), "tail") == "D"

    def test_scores_of_a_part_of_the_group_are_not_ranked_among_themselves(self) -> None:
        history = pd.DataFrame({"unit": ["D"], "period": [2016], "score": [99.0], "rank": [1], "group_size": [217]})
        assert fired(ranked(NOW, rules=[tail(m=2, n=2)], history=history, period=2017), "tail") == ""

    def test_the_tail_is_of_the_group_or_of_all(self) -> None:
        groups = pd.Series(list("nnnss"), index=list("ABCDE"))
        assert fired(ranked(NOW, rules=[tail(k=1)], groups=groups), "tail") == "CE"
        assert fired(ranked(NOW, rules=[tail(k=1, scope="all")], groups=groups), "tail") == "E"

    def test_history_is_ranked_in_the_groups_of_its_time(self) -> None:
        history = past({2016: [50, 40, 30, 20, 10]}, group=["n", "n", "n", "s", "s"])
        rules = [tail(k=1, m=2, n=2)]
        groups = pd.Series(list("nnnss"), index=list("ABCDE"))
        assert fired(ranked(NOW, rules=rules, groups=groups, history=history, period=2017), "tail") == "CE"

    def test_ties_on_the_edge_share_the_place(self) -> None:
        assert fired(ranked([50, 20, 20, 20, 10], rules=[tail()]), "tail") == "BCDE"

    def test_a_group_too_small_has_no_tail(self) -> None:
        assert fired(ranked([3, 2, 1], rules=[rule("tail", "tail", "demote", k=2)]), "tail") == ""
        assert fired(ranked([4, 3, 2, 1], rules=[rule("tail", "tail", "demote", k=2)]), "tail") == "CD"
        assert fired(ranked(NOW, rules=[tail(min_group_size=6)]), "tail") == ""

    def test_a_share_of_the_group(self) -> None:
        scores = [float(x) for x in range(30)]
        parts = {"k": None, "min_group_size": None}
        assert ranked(scores, rules=[tail(**parts, share=0.1)]).findings["tail"].fired.sum() == 3
        assert ranked(scores, rules=[tail(**parts, share=0.05)]).findings["tail"].fired.sum() == 1
        assert ranked(scores, rules=[tail(**parts, share=0.05, rounding="ceil")]).findings["tail"].fired.sum() == 2

    def test_no_number_no_rule(self) -> None:
        finding = ranked(NOW, rules=[tail(k=None)]).findings["tail"]
        assert not finding.active
        assert not finding.fired.any()


class TestTop:
    def test_count_and_share(self) -> None:
        assert fired(ranked(NOW, rules=[rule("top", "top", "promote", count=2)]), "top") == "AB"
        assert fired(ranked(NOW, rules=[rule("top", "top", "promote", share=0.5)]), "top") == "AB"
        assert fired(ranked(NOW, rules=[rule("top", "top", "promote", share=0.5, rounding="ceil")]), "top") == "ABC"

    def test_the_cut_is_where_the_unit_would_cross(self) -> None:
        assessment = ranked(NOW, rules=[rule("top", "top", "promote", count=2)])
        assert assessment.findings["top"].cut is not None
        assert assessment.findings["top"].cut.tolist() == [30, 30, 40, 40, 40]
        for unit, score, inside in (("C", 39.9, False), ("C", 40.1, True), ("A", 29.9, False), ("A", 30.1, True)):
            scores = dict(zip("ABCDE", NOW, strict=True)) | {unit: score}
            again = ranked(list(scores.values()), rules=[rule("top", "top", "promote", count=2)])
            assert (again.proposal[unit] == "promote") is inside


class TestSwitchedOff:
    def test_it_fires_for_nobody_and_draws_no_line(self) -> None:
        off = ranked(NOW, rules=[tail(enabled=False)])
        without = ranked(NOW, rules=[])
        assert off.proposal.tolist() == without.proposal.tolist()
        assert off.findings["tail"].cut is None
        assert all(not row["cuts"] and not row["inactive_rules"] for row in explain_all(off).values())

    def test_what_builds_on_it_takes_it_as_not_fired(self) -> None:
        rules = [tail(enabled=False), rule("both", "combine", "exit", rules=["tail"])]
        assert fired(ranked(NOW, rules=rules), "both") == ""
        rules = [tail(enabled=False), rule("best", "top", "promote", count=5)]
        rules.append(rule("good", "combine", "promote", rules=["best"], unless=["tail"]))
        assert fired(ranked(NOW, rules=rules), "good") == "ABCDE"


def compare(indicator: str, op: str, value: float | None, **parts: Any) -> dict[str, Any]:
    return {"indicator": indicator, "op": op, "value": value, **parts}


class TestThreshold:
    VALUES = table("ABCD", x=[1, 1, 1, 1], a=[1, 1, 9, NAN], b=[1, 9, 9, 1])
    CONDITIONS = [compare("a", "<", 5), compare("b", "<", 5)]

    @pytest.mark.parametrize(
        ("require", "hit", "unknown"), [("all", "A", "D"), ("any", "ABD", ""), (2, "A", "D"), (1, "ABD", "")]
    )
    def test_k_of_n_with_blanks(self, require: Any, hit: str, unknown: str) -> None:
        rules = [rule("floor", "threshold", "demote", conditions=self.CONDITIONS, require=require)]
        assessment = assess(make([leaf("x")], rules=rules), self.VALUES)
        assert fired(assessment, "floor") == hit
        assert "".join(assessment.units[assessment.findings["floor"].unknown]) == unknown
        assert all(assessment.proposal[unit] == "undecided" for unit in unknown)

    def test_a_blank_does_not_earn_a_promotion(self) -> None:
        rules = [rule("good", "threshold", "promote", conditions=[compare("a", ">=", 1)])]
        assert assess(make([leaf("x")], rules=rules), self.VALUES).proposal.tolist() == ["promote"] * 3 + ["keep"]

    def test_against_the_group(self) -> None:
        rules = [rule("low", "threshold", "watch", conditions=[compare("b", "<", 0.5, versus="group_median")])]
        assessment = assess(make([leaf("x")], rules=rules), self.VALUES)
        assert assessment.findings["low"].threshold.tolist() == [2.5] * 4
        assert fired(assessment, "low") == "AD"

    def test_on_the_score_of_a_dimension(self) -> None:
        node = {"node": "score", "op": "<", "value": 25}
        assert fired(ranked(NOW, rules=[rule("low", "threshold", "watch", conditions=[node])]), "low") == "DE"

    def test_a_limit_nobody_has_set_makes_the_rule_inactive(self) -> None:
        setting = {"value": None, "name_zh": "线", "name_en": "line", "basis": OPEN}
        conditions = [compare("x", "<", "$line"), compare("x", "<", 25)]  # type: ignore[arg-type]
        for require, active in (("all", False), ("any", True), (2, False)):
            rules = [rule("floor", "threshold", "demote", conditions=conditions, require=require)]
            assessment = ranked(NOW, rules=rules, settings={"line": setting})
            assert assessment.findings["floor"].active is active
            assert fired(assessment, "floor") == ("DE" if active else "")


class TestEventsAndCoverage:
    EVENTS = pd.DataFrame({"unit": ["A", "B", "A"], "accident": [1, 0, 1], "measure": [0, 1, 0]})

    def test_events_are_summed_and_absent_means_none(self) -> None:
        assessment = ranked(
            NOW, rules=[rule("two", "event", "watch", event="accident", at_least=2)], events=self.EVENTS
        )
        assert assessment.findings["two"].measured.tolist() == [2, 0, 0, 0, 0]
        assert assessment.proposal.tolist() == ["watch", "keep", "keep", "keep", "keep"]
        assert fired(ranked(NOW, rules=[rule("two", "event", "watch", event="accident")]), "two") == ""

    def test_a_bar_stops_a_promotion_and_nothing_else(self) -> None:
        rules = [rule("top", "top", "promote", count=2), rule("open", "event", event="measure", bars=["promote"])]
        assert ranked(NOW, rules=rules, events=self.EVENTS).proposal.tolist() == ["promote"] + ["keep"] * 4

    def test_too_little_reported_is_undecided_unless_a_decisive_rule_fired(self) -> None:
        rules = [
            rule("gaps", "coverage", "undecided", at_least=0.75),
            rule("tail", "tail", "demote", k=1, min_group_size=1),
            rule("veto", "event", "demote", event="accident", decisive=True),
        ]
        scheme = make(
            [leaf(code, "goalposts", score={"low": 0, "high": 9}) for code in "xyz"], missing="worst", rules=rules
        )
        values = table("ABC", x=[9, 9, 1], y=[9, 9, 1], z=[NAN, 9, NAN])
        assert assess(scheme, values).proposal.tolist() == ["undecided", "keep", "undecided"]
        assert assess(scheme, values, events=self.EVENTS).proposal.tolist() == ["demote", "keep", "undecided"]

    def test_exactly_the_least_coverage_is_enough(self) -> None:
        scheme = make(
            [leaf(code) for code in "wxyz"],
            missing="reweight",
            rules=[rule("gaps", "coverage", "undecided", at_least=0.75)],
        )
        values = table("AB", w=[NAN, NAN], x=[1, NAN], y=[1, 1], z=[1, 1])
        assert assess(scheme, values).findings["gaps"].fired.tolist() == [False, True]

    def test_without_a_score_nothing_is_proposed(self) -> None:
        assessment = ranked([1, NAN, 3], rules=[tail(k=1)])
        assert assessment.proposal.tolist() == ["demote", "undecided", "keep"]
        assert assessment.places["group_size"].tolist() == [2, 2, 2]
        assert assessment.places["peers"].tolist() == [3, 3, 3]
        assert math.isnan(assessment.places["rank"]["B"])


class TestTogether:
    def test_the_graver_outcome_wins(self) -> None:
        rules = [
            rule("top", "top", "promote", count=3),
            rule("last", "tail", "demote", k=1, min_group_size=1),
            rule("low", "tail", "watch", k=3, min_group_size=1),
        ]
        assert ranked(NOW, rules=rules).proposal.tolist() == ["promote", "promote", "watch", "watch", "demote"]

    def test_exit_is_graver_than_a_demotion_and_undecided_graver_still(self) -> None:
        rules = [
            rule("last", "tail", "exit", k=1, min_group_size=1),
            rule("low", "tail", "demote", k=2, min_group_size=1),
            rule("gap", "event", "undecided", event="gap"),
        ]
        assert ranked(NOW, rules=rules).proposal.tolist() == ["keep"] * 3 + ["demote", "exit"]
        gap = pd.DataFrame({"gap": [1]}, index=["E"])
        assert ranked(NOW, rules=rules, events=gap).proposal["E"] == "undecided"

    def test_combine_all_any_and_unless(self) -> None:
        parts = [
            rule("top", "top", count=4),
            rule("low", "tail", k=4, min_group_size=1),
            rule("last", "tail", k=2, min_group_size=1),
        ]
        for body, hit in (
            ({"rules": ["top", "low"]}, "BCD"),
            ({"rules": ["top", "low"], "require": "any"}, "ABCDE"),
            ({"rules": ["top", "low", "last"], "require": 2}, "BCDE"),
            ({"rules": ["top", "low"], "unless": ["last"]}, "BC"),
        ):
            assessment = ranked(NOW, rules=[*parts, rule("both", "combine", "watch", **body)])
            assert fired(assessment, "both") == hit

    def test_no_rules_keep_everybody(self) -> None:
        assert set(ranked(NOW).proposal) == {"keep"}


class TestAdjustments:
    def test_points_per_event_up_to_a_limit(self) -> None:
        events = pd.DataFrame({"finding": [1, 9]}, index=["A", "B"])
        deduction = {"id": "found", "name_zh": "督察", "name_en": "found", "event": "finding", "points": -0.3,
                     "limit": -2, "basis": OPEN}  # fmt: skip
        assessment = ranked(NOW, adjustments=[deduction], events=events)
        assert assessment.score.tolist() == pytest.approx([49.7, 38, 30, 20, 10])
        assert assessment.contributions["found"].tolist() == pytest.approx([-0.3, -2, 0, 0, 0])
        assert (assessment.contributions.sum(axis=1) - assessment.score).abs().max() < 1e-12

    def test_a_blank_takes_the_whole_deduction_and_no_bonus(self) -> None:
        parts = {"name_zh": "项", "name_en": "item", "indicator": "y", "basis": OPEN}
        values = table("ABC", x=[10, 10, 10], y=[NAN, 1, 9])
        for points, limit, scores in ((-1, -3, [7, 9, 7]), (1, 3, [10, 11, 13])):
            scheme = make([leaf("x")], adjustments=[{"id": "item", "points": points, "limit": limit, **parts}])
            assert assess(scheme, values).score.tolist() == scores


@pytest.mark.parametrize(
    ("history", "word"),
    [
        (pd.DataFrame({"unit": ["A"], "score": [1.0]}), "period"),
        (pd.DataFrame({"unit": ["A", "A"], "period": [2016, 2016], "score": [1.0, 2.0]}), "occur twice"),
    ],
)
def test_a_history_that_cannot_be_used_is_refused(history: pd.DataFrame, word: str) -> None:
    with pytest.raises(TableError, match=word):
        ranked(NOW, history=history, period=2017)


# ---- mean of the bad years, and grace --------------------------------------------------------------------------


def test_of_the_candidates_those_with_the_lowest_mean_are_taken() -> None:
    """商务部: twice in three years among the last, then ordered by the mean of the two scores."""
    history = pd.DataFrame(
        {"unit": list("ABCDEF") * 2, "period": [2021] * 6 + [2022] * 6,
         "score": [10, 20, 30, 90, 91, 92, 50, 51, 52, 53, 54, 55]}
    )  # fmt: skip
    last_three = rule("exit", "tail", "demote", k=3, m=2, n=3, min_group_size=1)
    run = {"history": history, "period": 2023}
    # This year C, B, A are last again, C worst: means (30 + 1) / 2, (20 + 2) / 2, (10 + 60) / 2 …
    scores = [60, 2, 1, 90, 91, 92]
    everyone = ranked(scores, rules=[last_three], **run)
    assert everyone.proposal.tolist() == ["demote"] * 3 + ["keep"] * 3
    two = ranked(scores, rules=[{**last_three, "take": 2}], **run)
    # A: in the tail in 2021, 2022 and 2023, mean (10 + 50 + 60) / 3 = 40; B (20 + 51 + 2) / 3; C (30 + 52 + 1) / 3.
    assert two.proposal.tolist() == ["keep", "demote", "demote", "keep", "keep", "keep"]


def test_a_new_unit_is_spared_for_its_first_years() -> None:
    index = pd.MultiIndex.from_product([list("ABC"), [2023]], names=["unit", "year"])
    values = pd.DataFrame({"x": [1.0, 2.0, 3.0], "first_year": [2022.0, 2010.0, np.nan]}, index=index)
    last = rule("last", "tail", "demote", k=2, min_group_size=1, grace={"since": "first_year", "years": 2})
    assert assess(make([leaf("x")], rules=[last]), values).proposal.tolist() == ["keep", "demote", "keep"]
    values["first_year"] = [2021.0, 2010.0, np.nan]
    assert assess(make([leaf("x")], rules=[last]), values).proposal.tolist() == ["demote", "demote", "keep"]


class TestCutsAndNames:
    """What floating-point sums and misspelt names must not decide."""

    def test_a_cut_is_reached_to_nine_decimals(self) -> None:
        below = rule("low", "threshold", "demote", conditions=[{"indicator": "x", "op": "<", "value": 0.3}])
        bands = {"below": 0, "bands": [{"from": 0.3, "points": 100}]}
        scheme = make([leaf("x", "bands", score=bands)], derive={"x": "a - b"}, rules=[below])
        found = assess(scheme, table("AB", a=[0.7, 0.7], b=[0.4, 0.4001]))
        assert found.normalised["x"].tolist() == [100, 0]
        assert found.proposal.tolist() == ["keep", "demote"]

    def test_a_score_on_the_edge_of_a_grade_has_it(self) -> None:
        grade = {"code": "pass", "name_zh": "合格", "name_en": "Pass", "from": 0.3}
        lowest = {"code": "fail", "name_zh": "不合格", "name_en": "Fail"}
        found = ranked([0.7 - 0.4, 0.29], grading={"kind": "bands", "lowest": lowest, "bands": [grade], "basis": OPEN})
        assert found.grade is not None
        assert found.grade.tolist() == ["pass", "fail"]

    def test_units_of_other_tables_that_nobody_assesses_are_named(self) -> None:
        events = pd.DataFrame({"unit": ["a", "B"], "fraud": [1, 0]})
        veto = rule("veto", "event", "demote", event="fraud")
        found = ranked(NOW, rules=[veto, tail(n=2)], events=events, history=past({2022: [1, 2]}, "BZ"))
        told = [notice.text_en for notice in found.notices]
        assert any("events" in text and text.endswith(": a") for text in told)
        assert any("history" in text and text.endswith(": Z") for text in told)

    def test_a_negative_number_of_events_is_a_fault(self) -> None:
        with pytest.raises(TableError, match="cannot be negative"):
            ranked(NOW, events=pd.DataFrame({"fraud": [-1]}, index=["A"]))
