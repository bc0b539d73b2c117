"""The catalogue M01–M22 of scoring functions, one after the other, each with a number worked by hand and its edge cases."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assessments.engine import Assessment, assess
from assessments.engine.normalise import SCORING
from tests.engine.helpers import BASIS, leaf, make, ranked, rule, table

NAN = float("nan")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "scheme.md"
X = [10.0, 20.0, 40.0, 30.0]


def points(
    method: str, values: list[float], direction: str = "up", other: dict[str, Any] | None = None, **score: Any
) -> list[float]:
    scheme = make([leaf("x", method, direction=direction, score=score)])
    return assess(scheme, table([f"U{i}" for i in range(len(values))], x=values, **(other or {}))).score.tolist()


def named(code: str, **parts: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": code, "name_en": code, **parts}


def grades(found: Assessment) -> str:
    assert found.grade is not None
    return "".join(found.grade)


def m10() -> list[float]:
    """60 for the level of at most 200, 40 for growth from 0 to 20 %."""
    pair = [leaf("x", "goalposts", weight=60, score={"low": 0, "high": 200}),
            leaf("g", "goalposts", weight=40, score={"low": 0, "high": 0.2})]  # fmt: skip
    index = pd.MultiIndex.from_product([["A"], [2022, 2023]], names=["unit", "period"])
    values = pd.DataFrame({"x": [100.0, 110.0]}, index=index)
    return assess(make(pair, derive={"g": "growth(x)"}), values).score.tolist()


def m12() -> list[float]:
    minus = {"id": "m", "name_zh": "m", "name_en": "m", "event": "e", "points": -0.3, "limit": -2, "basis": BASIS}
    return ranked(
        [50, 50, 50], adjustments=[minus], events=pd.DataFrame({"e": [0, 2, 9]}, index=list("ABC"))
    ).score.tolist()


def m16() -> list[str]:
    """Four of which one must be met (山东), and a veto over everything."""
    some = rule("some", "threshold", "promote", require="any",
                conditions=[{"indicator": c, "op": ">=", "value": v} for c, v in zip("abc", (45, 15, 30), strict=True)])  # fmt: skip
    veto = rule("veto", "event", "exit", event="accident", decisive=True)
    values = table("ABCD", x=[1, 1, 1, 1], a=[44, 45, 0, 45], b=[14, 0, 15, 0], c=[29, 0, 0, 0])
    events = pd.DataFrame({"accident": [1]}, index=["D"])
    return assess(make([leaf("x")], rules=[some, veto]), values, events=events).proposal.tolist()


def m17() -> str:
    levels = [named(code, conditions=[{"indicator": i, "op": ">=", "value": v} for i, v in zip("abc", row, strict=True)])
              for code, row in (("0", (2, 0.3, 0.12)), ("1", (5, 0.75, 0.3)), ("6", (100, 15, 6)))]  # fmt: skip
    grading = {"kind": "ladder", "none": named("-"), "levels": levels, "basis": BASIS}
    values = table("ABCD", x=[1] * 4, a=[1.9, 2, 5, 100], b=[0.3, 0.3, 0.75, 15], c=[0.12, 0.12, 0.3, 6])
    return grades(assess(make([leaf("x")], grading=grading), values))


def m18() -> dict[str, int]:
    classes = [named("A", share=0.2), named("B", share=0.3), named("C"), named("D", share=0.05, rounding="ceil")]
    found = ranked([float(i) for i in range(47)], grading={"kind": "quota", "classes": classes, "basis": BASIS}).grade
    assert found is not None
    return {str(code): int(count) for code, count in found.value_counts().items()}


def m19() -> str:
    grading = {"kind": "gate", "basis": BASIS, "rest": named("B"),
               "upper": named("A", share=0.25, by={"x": 1}), "lower": named("C", share=0.25, by={"y": 1})}  # fmt: skip
    values = table("PQRS", x=[5, 9, 1, 2], y=[90, 0, 99, 1])
    return grades(assess(make([leaf("x"), leaf("y")], grading=grading), values))


def m20() -> list[str]:
    """Last two in 2021 A and B, in 2022 B and C, now A and C: each twice in three years."""
    history = pd.DataFrame({"unit": list("ABCDEF") * 2, "period": [2021] * 6 + [2022] * 6,
                            "score": [1, 2, 9, 9, 9, 9, 9, 1, 2, 9, 9, 9]})  # fmt: skip
    exit_ = rule("exit", "tail", "exit", k=2, m=2, n=3, min_group_size=1)
    found = ranked([1, 9, 2, 9, 9, 9], rules=[exit_], history=history, period=2023)
    return sorted(found.proposal[found.proposal == "exit"].index)


def m21() -> list[float]:
    """亩 to 公顷: 1 公顷 = 15 亩; none for a denominator of 0."""
    values = table("AB", t=[30, 1], m=[2, 0])
    return assess(make([leaf("r")], derive={"r": "100 * share(t, m) / 15"}), values).score.tolist()


def m22() -> list[float]:
    scheme = make(
        [leaf(c, weight=w) for c, w in zip("abc", (0.8, 1.2, 1), strict=True)], tree={"weighting": "multiplier"}
    )
    return assess(scheme, table("A", a=[30], b=[60], c=[90])).score.tolist()


WORKED: list[tuple[str, Callable[[], Any], Any]] = [
    ("M01", lambda: points("minmax", X, range=[60, 100]), [60, 60 + 40 / 3, 100, 60 + 80 / 3]),
    ("M02", lambda: points("efficacy", X, satisfied=40, unallowed=20), [60, 60, 100, 80]),
    ("M03", lambda: points("ratio", X, base=20, cap=1.5), [50, 100, 150, 150]),
    ("M04", lambda: points("ratio", X, base="group_max"), [25, 50, 100, 75]),
    ("M05", lambda: points("reverse_to_mean", [0, 25, 60, 15], "down"), [100, 50, 0, 70]),
    ("M06", lambda: points("ratio", X, other={"t": [20, 20, 20, 60]}, base={"column": "t"}, cap=1), [50, 100, 100, 50]),
    ("M07", lambda: points("ideal", [10, 25, 40, 30], ideal=[20, 30]), [50, 100, 75, 100]),
    ("M08", lambda: points("bands", [19.9, 20, 80, 81], below=1.8, bands=[{"from": 20, "points": 2.4}, {"from": 80, "points": 3}]),
     [1.8, 2.4, 3, 3]),
    ("M09", lambda: points("borda", [10, 20, 20, 5]), [1, 2, 2, 0]),
    ("M10", m10, [0.6 * 55 + 0.4 * 50]),
    ("M11", lambda: points("ratio", X, other={"tax": [10.0, 50, 0, 0], "mu": [10.0, 10, 0, 0]}, base={"sum": "tax", "over": "mu"}),
     [1000 / 3, 2000 / 3, 4000 / 3, 1000]),
    ("M12", m12, [50, 49.4, 48]),
    ("M13", lambda: points("per_item", [0, 3, 5, 9], each=2, cap=10), [0, 6, 10, 10]),
    ("M14", lambda: points("given", [10, 40, 50, -1], max=40), [25, 100, 100, 0]),
    ("M15", lambda: points("given", [62.5], max=100), [62.5]),
    ("M16", m16, ["keep", "promote", "promote", "exit"]),
    ("M17", m17, "-016"),
    ("M18", m18, {"A": 9, "B": 14, "C": 21, "D": 3}),
    ("M19", m19, "ACBB"),
    ("M20", m20, ["A", "B", "C"]),
    ("M21", m21, [100, NAN]),
    ("M22", m22, [(0.8 * 30 + 1.2 * 60 + 90) / 3]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "work", "wanted"), WORKED, ids=[code for code, _, _ in WORKED])
def test_the_function_by_hand(code: str, work: Callable[[], Any], wanted: Any) -> None:
    found = work()
    assert found == (
        pytest.approx(wanted, nan_ok=True) if isinstance(wanted, list) and code not in ("M16", "M20") else wanted
    )


def test_all_22_are_worked_and_stand_on_the_page_with_a_keyword_that_exists() -> None:
    assert [code for code, _, _ in WORKED] == [f"M{i:02d}" for i in range(1, 23)]
    rows = dict(re.findall(r"^\| (M\d\d) \| .* \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE))
    assert list(rows) == [f"M{i:02d}" for i in range(1, 23)]
    words = {word for row in rows.values() for word in re.findall(r"`(\w+)`", row)}
    assert set(SCORING) - words == {"identity", "zscore", "relative_difference", "distance_to_target"}


# ---- the edge cases of the catalogue -----------------------------------------------------------------------------

SAMPLED: list[tuple[str, dict[str, Any]]] = [
    ("minmax", {}), ("zscore", {}), ("rank", {}), ("borda", {}), ("percentile", {}), ("distance_to_target", {"target": 7}),
    ("efficacy", {"satisfied": "group_max", "unallowed": "group_min"}), ("ratio", {"base": "group_mean"}),
    ("goalposts", {"low": "group_p5", "high": "group_p95"}), ("relative_difference", {"reference": "group_median"}),
    ("reverse_to_mean", {}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "score"), SAMPLED, ids=[method for method, _ in SAMPLED])
@pytest.mark.parametrize("n", [1, 3])
def test_a_group_without_any_spread_has_equal_points_and_never_none(method: str, score: dict[str, Any], n: int) -> None:
    found = points(method, [5.0] * n, **score)
    assert len(set(found)) == 1
    assert math.isfinite(found[0])


def test_in_a_group_of_five_the_last_five_would_be_everybody() -> None:
    last = rule("last", "tail", "demote", k=5)
    assert set(ranked([1, 2, 3, 4, 5], rules=[last]).proposal) == {"keep"}
    found = ranked([float(i) for i in range(10)], rules=[last])
    assert found.proposal.tolist() == ["demote"] * 5 + ["keep"] * 5


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [(100, 90, -0.1), (100, -50, -1.5), (-100, 50, NAN), (0, 50, NAN), (NAN, 50, NAN), (100, NAN, NAN), (100, 0, -1)],
)
def test_growth_over_a_change_of_sign_and_from_nothing(before: float, now: float, wanted: float) -> None:
    """A profit that fell into a loss has a rate; out of a loss, or from nothing, there is none."""
    index = pd.MultiIndex.from_product([["A"], [2022, 2023]], names=["unit", "period"])
    found = assess(make([leaf("g")], derive={"g": "growth(x)"}), pd.DataFrame({"x": [before, now]}, index=index))
    assert found.score.tolist() == pytest.approx([wanted], nan_ok=True)


def test_about_is_a_tolerance_written_as_two_conditions() -> None:
    """“20 个左右”: within a tenth."""
    about = rule("about", "threshold", "promote",
                 conditions=[{"indicator": "x", "op": ">=", "value": 18}, {"indicator": "x", "op": "<=", "value": 22}])  # fmt: skip
    assert ranked([17, 18, 22, 23], rules=[about]).proposal.tolist() == ["keep", "promote", "promote", "keep"]


@pytest.mark.parametrize(
    ("policy", "score", "proposal"),
    [
        ("reweight", 80, "keep"),
        ("group_mean", (80 + 50) / 2, "keep"),
        ("zero", 40, "keep"),
        ({"policy": "penalty", "points": -3}, 38.5, "keep"),
        ("block", NAN, "undecided"),
        ("undecided", 80, "undecided"),
    ],
)
def test_the_six_policies_and_coverage_whatever_they_do(policy: Any, score: float, proposal: str) -> None:
    bounds = {"low": 0, "high": 100}
    scheme = make([leaf("x", "goalposts", score=bounds), leaf("y", "goalposts", score=bounds)], missing=policy)
    found = assess(scheme, table("ABC", x=[80, 50, 50], y=[NAN, 40, 60]))
    assert found.score["A"] == pytest.approx(score, nan_ok=True)
    assert found.proposal["A"] == proposal
    assert found.coverage.to_dict("index")["A"] == {"weight_share": pytest.approx(0.5), "reported": 1, "asked": 2}
    assert found.coverage["weight_share"].tolist()[1:] == [1, 1]
