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


# ---- a gate, then a ranking of its own (安阳) -------------------------------------------------------------------

GATE: dict[str, Any] = {
    "kind": "gate",
    "upper": {"code": "A", "name_zh": "优先发展类", "name_en": "A", "share": 0.15, "by": {"tax": 1, "rd": 1}},
    "lower": {"code": "C", "name_zh": "倒逼转型类", "name_en": "C", "share": 0.10, "by": {"energy": 1, "emission": 1}},
    "rest": {"code": "B", "name_zh": "鼓励提升类", "name_en": "B"},
    "basis": BASIS,
}


def enterprises(sizes: list[int]) -> tuple[pd.DataFrame, "pd.Series[str]"]:
    rng = np.random.default_rng(11)
    units = [f"Q{i:03d}" for i in range(sum(sizes))]
    values = pd.DataFrame(rng.random((len(units), 4)), index=units, columns=["tax", "rd", "energy", "emission"])
    zones = np.repeat([f"zone {i}" for i in range(len(sizes))], sizes)
    return values, pd.Series(zones, index=units)


def test_anyang_2018_above_scale_235_in_seven_zones() -> None:
    """Published: A 37, B 176, C 22. The zones' sizes are not; the total of 15 % is 35, so quotas were rounded by zone."""
    scheme = make([leaf(code) for code in ("tax", "rd", "energy", "emission")], grading=GATE)
    sizes = [50, 44, 44, 44, 22, 18, 13]
    values, zones = enterprises(sizes)
    by_zone = assess(scheme, values, groups=zones).grade
    assert sum(sizes) == 235
    assert by_zone.value_counts().to_dict() == {"A": 37, "B": 176, "C": 22}
    pooled = make([leaf(c) for c in ("tax", "rd", "energy", "emission")], grading={**GATE, "scope": "all"})
    assert assess(pooled, values, groups=zones).grade.value_counts().to_dict() == {"A": 35, "B": 176, "C": 24}


def test_anyang_2018_below_scale_39_city_wide() -> None:
    scheme = make([leaf(code) for code in ("tax", "rd", "energy", "emission")], grading=GATE)
    values, _ = enterprises([39])
    assert assess(scheme, values).grade.value_counts().to_dict() == {"A": 6, "B": 29, "C": 4}


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
    values, _ = enterprises([41])
    values.iloc[0, 0] = values.iloc[1, 1] = np.nan
    grade = assess(scheme, values).grade
    assert grade.value_counts().to_dict() == {"A": 6, "B": 29, "C": 4, "": 2}


def test_a_gate_on_what_is_not_there_is_refused() -> None:
    with pytest.raises(SchemeError, match="nowhere"):
        make([leaf("tax")], grading={**GATE, "upper": {**GATE["upper"], "by": {"nowhere": 1}}})
