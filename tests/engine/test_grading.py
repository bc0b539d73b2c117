"""Grades: ladders, quotas with their rounding and ties, bands."""

from typing import Any

import pandas as pd
import pytest

from assessments.engine import Assessment, assess
from tests.engine.helpers import BASIS, leaf, make, ranked, table

NAN = float("nan")


def named(code: str, **parts: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": code, "name_en": code, **parts}


def quota(**parts: Any) -> dict[str, Any]:
    classes = [named("A", share=0.2), named("B", share=0.3), named("C"), named("D", share=0.05, rounding="ceil")]
    return {"kind": "quota", "classes": classes, "basis": BASIS, **parts}


@pytest.mark.parametrize(("size", "counts"), [(47, [9, 14, 21, 3]), (179, [35, 53, 82, 9])])
def test_published_quota_counts(size: int, counts: list[int]) -> None:
    grade = ranked([float(x) for x in range(size)], grading=quota()).grade
    assert grade is not None
    assert [int((grade == code).sum()) for code in "ABCD"] == counts
    assert grade.iloc[-1] == "A"
    assert grade.iloc[0] == "D"


def grades_of(found: Assessment) -> str:
    assert found.grade is not None
    return "".join(found.grade)


@pytest.mark.parametrize(("ties", "grades"), [("include", "AAABC"), ("exclude", "BBBBC")])
def test_ties_on_the_edge_of_a_quota(ties: str, grades: str) -> None:
    classes = [named("A", count=2), named("B"), named("C", count=1)]
    grading = quota(classes=classes, ties=ties)
    assert grades_of(ranked([9, 9, 9, 5, 1], grading=grading)) == grades


def test_ties_on_the_lower_edge() -> None:
    classes = [named("B"), named("C", count=1)]
    assert grades_of(ranked([9, 5, 5], grading=quota(classes=classes))) == "BBB"
    assert grades_of(ranked([9, 5, 5], grading=quota(classes=classes, ties="exclude"))) == "BCC"


def test_protected_units_stand_outside_the_quota() -> None:
    grading = quota(classes=[named("A", count=1), named("B")], protected="five_star")
    events = pd.DataFrame({"five_star": [1]}, index=["C"])
    assert grades_of(ranked([9, 8, 1], grading=grading, events=events)) == "ABA"


def test_quota_inside_each_group_and_no_grade_without_score() -> None:
    groups = pd.Series(list("nnsss"), index=list("ABCDE"))
    grading = quota(classes=[named("A", count=1), named("B")])
    grade = ranked([9, 8, 3, 2, NAN], grading=grading, groups=groups).grade
    assert grade is not None
    assert grade.tolist() == ["A", "B", "A", "B", ""]


LADDER = {
    "kind": "ladder",
    "none": named("none"),
    "basis": BASIS,
    "levels": [
        named(code, conditions=[{"indicator": i, "op": ">=", "value": v} for i, v in zip("abc", limits, strict=True)])
        for code, limits in (("entry", (2, 0.3, 0.12)), ("one", (5, 0.75, 0.3)), ("two", (None, None, None)),
                             ("six", (100, 15, 6)))
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "grade"),
    [((1.9, 0.3, 0.12), "none"), ((2, 0.3, 0.12), "entry"), ((5, 0.75, 0.29), "entry"), ((99, 15, 6), "one"),
     ((100, 15, 6), "six"), ((100, NAN, 6), "none")],
)  # fmt: skip
def test_star_ladder_with_rungs_nobody_has_set(value: tuple[float, float, float], grade: str) -> None:
    values = table("A", x=[1.0], **{name: [number] for name, number in zip("abc", value, strict=True)})
    got = assess(make([leaf("x")], grading=LADDER), values).grade
    assert got is not None
    assert got["A"] == grade


def test_a_ladder_may_ask_for_some_of_its_conditions() -> None:
    level = {**LADDER["levels"][1], "require": 2}
    values = table("ABC", x=[1, 1, 1], a=[5, 5, 1], b=[0.75, 0, 0], c=[0, 0.3, 0.3])
    grade = assess(make([leaf("x")], grading={**LADDER, "levels": [level]}), values).grade
    assert grade is not None
    assert grade.tolist() == ["one", "one", "none"]


def test_bands_of_the_score() -> None:
    grading = {"kind": "bands", "lowest": named("D"), "bands": [named("C", **{"from": 60}), named("A", **{"from": 90})],
               "basis": BASIS}  # fmt: skip
    grade = ranked([59.9, 60, 90, NAN], grading=grading).grade
    assert grade is not None
    assert grade.tolist() == ["D", "C", "A", ""]
