"""Grades: ladders, quotas with their rounding and ties, bands."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessments.engine import Assessment, SchemeError, assess
from tests.engine.helpers import BASIS, leaf, make, ranked, table

NAN = float("nan")


def named(code: str, **parts: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": code, "name_en": code, **parts}


def quota(**parts: Any) -> dict[str, Any]:
    classes = [named("A", share=0.2), named("B", share=0.3), named("C"), named("D", share=0.05, rounding="ceil")]
    return {"kind": "quota", "classes": classes, "basis": BASIS, **parts}


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
}


def test_a_ladder_may_ask_for_some_of_its_conditions() -> None:
    limits = {"a": 5, "b": 0.75, "c": 0.3}
    conditions = [{"indicator": code, "op": ">=", "value": limit} for code, limit in limits.items()]
    level = named("one", conditions=conditions, require=2)
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


# ---- a gate, then a ranking of its own (安阳) -------------------------------------------------------------------

GATE: dict[str, Any] = {
    "kind": "gate",
    "upper": {"code": "A", "name_zh": "优先发展类", "name_en": "A", "share": 0.15, "by": {"tax": 1, "rd": 1}},
    "lower": {"code": "C", "name_zh": "倒逼转型类", "name_en": "C", "share": 0.10, "by": {"energy": 1, "emission": 1}},
    "rest": {"code": "B", "name_zh": "鼓励提升类", "name_en": "B"},
    "basis": BASIS,
}


def test_the_gate_decides_before_the_keys() -> None:
    """B has the best tax of all but stands below the gate; of those above, not the best total but the best tax is picked."""
    scheme = make(
        [leaf("tax"), leaf("rest")],
        grading={**GATE, "upper": {**GATE["upper"], "share": 0.25, "by": {"tax": 1}},
                 "lower": {**GATE["lower"], "share": 0.25, "by": {"rest": 1}}},
    )  # fmt: skip
    grade = assess(scheme, table("ABCD", tax=[5, 9, 1, 2], rest=[90, 0, 99, 1])).grade
    assert grade.to_dict() == {"A": "A", "B": "C", "C": "B", "D": "B"}


def test_a_unit_without_a_score_has_no_class_and_counts_in_no_quota() -> None:
    scheme = make([leaf("tax"), leaf("rd"), leaf("energy"), leaf("emission")], grading=GATE)
    numbers = np.random.default_rng(11).random((41, 4))
    values = pd.DataFrame(numbers, index=[f"Q{i:03d}" for i in range(41)], columns=["tax", "rd", "energy", "emission"])
    values.iloc[0, 0] = values.iloc[1, 1] = np.nan
    grade = assess(scheme, values).grade
    assert grade.value_counts().to_dict() == {"A": 6, "B": 29, "C": 4, "": 2}


def test_a_gate_on_what_is_not_there_is_refused() -> None:
    with pytest.raises(SchemeError, match="nowhere"):
        make([leaf("tax")], grading={**GATE, "upper": {**GATE["upper"], "by": {"nowhere": 1}}})
