"""Who is left out, and grades that rules give (不参评、一票否决)."""

from typing import Any

import pytest

from assessments.engine import SchemeError, assess
from tests.engine.helpers import BASIS, OPEN, leaf, make, rule, table

CLASSES = [
    {"code": "A", "name_zh": "甲", "name_en": "A", "share": 0.25},
    {"code": "B", "name_zh": "乙", "name_en": "B"},
    {"code": "D", "name_zh": "丁", "name_en": "D", "share": 0.25},
]
YEARS = {"grace": {"value": 2, "name_zh": "宽限年数", "name_en": "Years of grace", "basis": OPEN}}


def scheme(limit: Any = "$grace", **parts: Any) -> Any:
    case = {
        "id": "start-up",
        "name_zh": "投产未满两年",
        "name_en": "Young",
        "conditions": [{"indicator": "years", "op": "<", "value": limit}],
        "basis": OPEN,
    }
    parts = {"screen": {"exempt": [case], "basis": OPEN}, "settings": YEARS} | parts
    grading = {"kind": "quota", "classes": CLASSES, "basis": BASIS}
    veto = rule("veto", "threshold", grade="D", conditions=[{"indicator": "accidents", "op": ">=", "value": 1}])
    return make([leaf("x", "ratio", score={"base": "group_mean"})], grading=grading, rules=[veto], **parts)


VALUES = table(
    "abcdefghij",
    x=[10, 9, 8, 7, 6, 5, 4, 3, 1000, 1],
    years=[5, 5, 5, 5, 5, 5, 5, 5, 1, None],
    accidents=[0, 1, None, 0, 0, 0, 0, 0, 1, 0],
)


def test_left_out_units_count_in_nothing() -> None:
    """i would have been the best, and would have raised the mean to 105; nine are left, whose mean is 53 / 9."""
    found = assess(scheme(), VALUES)
    assert found.grade is not None
    assert found.left_out.to_dict() == dict.fromkeys("abcdefghj", "") | {"i": "start-up"}
    assert found.score["a"] == pytest.approx(100 * 10 / (53 / 9))
    assert (found.places["rank"]["a"], found.places["group_size"]["a"]) == (1, 9)
    # 25 % of nine, rounded down: two A and two D. b keeps its place, but its accident puts it into D; nobody moves up.
    assert found.grade.to_dict() == {
        "a": "A", "b": "D", "c": "B", "d": "B", "e": "B", "f": "B", "g": "B", "h": "D", "i": "", "j": "D",
    }  # fmt: skip


def test_left_out_units_count_in_no_sum() -> None:
    """Of the others 53 / 53 is 1; with i it would be 1053 / 54."""
    sums = leaf("x", "ratio", score={"base": {"sum": "x", "over": "land"}})
    young = [{"indicator": "years", "op": "<", "value": 2}]
    case = {"id": "young", "name_zh": "新", "name_en": "Young", "conditions": young, "basis": OPEN}
    screen = {"exempt": [case], "basis": OPEN}
    values = VALUES.assign(land=[10, 9, 8, 7, 6, 5, 4, 3, 1, 1])
    found = assess(make([sums], screen=screen), values)
    assert found.score["a"] == pytest.approx(1000)


def test_a_limit_nobody_set_leaves_nobody_out() -> None:
    undecided = {"grace": {**YEARS["grace"], "value": None, "basis": {**OPEN, "certainty": "unknown"}}}
    found = assess(scheme(settings=undecided), VALUES)
    assert set(found.left_out) == {""}
    assert found.places.loc["a", "group_size"] == 10


def test_faults() -> None:
    with pytest.raises(SchemeError) as told:
        scheme("$nothing")
    assert "screen.exempt[1].conditions[1].value" in str(told.value)
    with pytest.raises(SchemeError) as told:
        make([leaf("x")], rules=[rule("veto", "event", grade="D", event="accident")])
    assert "rules[1].grade" in str(told.value)
