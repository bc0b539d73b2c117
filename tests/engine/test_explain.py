"""Explanations: plain data that adds up, with cuts, rules and sentences in both languages."""

import json
from typing import Any

import pytest

from assessments.engine import assess, explain, explain_all
from tests.engine.helpers import OPEN, leaf, make, ranked, rule, table

NAN = float("nan")
LEAVES = [
    {"code": "size", "name_zh": "规模", "name_en": "Size", "weight": 60, "children": [
        leaf("a", "goalposts", name_zh="甲", name_en="Alpha", unit="万元", score={"low": 0, "high": 100})]},
    leaf("b", "goalposts", name_zh="乙", name_en="Beta", weight=40, direction="down", score={"low": 0, "high": 100}),
]  # fmt: skip
RULES = [
    rule("top", "top", "promote", count=1),
    rule("tail", "tail", "demote", k=1, min_group_size=2, text_zh="有 {measured} 年居末(线 {threshold})"),
    rule("floor", "threshold", "watch", conditions=[{"indicator": "a", "op": "<", "value": 30}]),
    rule("waiting", "event", "watch", event="fire", at_least="$fires", basis=OPEN),
]
SETTINGS = {"fires": {"value": None, "name_zh": "火灾", "name_en": "fires", "basis": OPEN}}


@pytest.fixture
def found() -> dict[str, dict[str, Any]]:
    scheme = make(LEAVES, missing="worst", rules=RULES, settings=SETTINGS)
    return explain_all(assess(scheme, table("ABCD", a=[90, 60, 20, NAN], b=[10, 40, 50, 0])))


def test_it_is_plain_json(found: dict[str, dict[str, Any]]) -> None:
    again = json.loads(json.dumps(found, allow_nan=False, ensure_ascii=False))
    assert again == found


def test_from_raw_value_to_points(found: dict[str, dict[str, Any]]) -> None:
    alpha, beta = found["B"]["indicators"]
    assert (alpha["raw"], alpha["normalised"], alpha["weight"], alpha["points"]) == (60, 60, 0.6, 36)
    assert (beta["raw"], beta["normalised"], beta["weight"], beta["points"]) == (40, 60, 0.4, 24)
    assert alpha["path"] == ["size"]
    assert found["B"]["score"] == pytest.approx(alpha["points"] + beta["points"])
    assert alpha["peer_median_raw"] == 60
    assert alpha["peer_median_points"] == pytest.approx(24)
    assert alpha["points_vs_median"] == pytest.approx(12)
    dimensions = {row["code"]: row for row in found["B"]["dimensions"]}
    assert dimensions["size"]["points"] == pytest.approx(36)
    assert dimensions["score"]["points"] == pytest.approx(60)


def test_a_blank_is_told_apart_from_a_zero(found: dict[str, dict[str, Any]]) -> None:
    alpha = found["D"]["indicators"][0]
    assert (alpha["raw"], alpha["missing"], alpha["missing_policy"], alpha["points"]) == (None, True, "worst", 0)
    assert found["D"]["coverage"] == {"weight_share": pytest.approx(0.4), "reported": 1, "asked": 2}
    assert any("缺报" in sentence for sentence in found["D"]["sentences_zh"])


def test_distance_to_each_cut(found: dict[str, dict[str, Any]]) -> None:
    cuts = {cut["id"]: cut for cut in found["B"]["cuts"]}
    assert cuts["top"] == {
        "kind": "rule", "id": "top", "outcome": "promote", "inside": False,
        "score_needed": pytest.approx(90), "gap": pytest.approx(30),
    }  # fmt: skip
    assert cuts["tail"]["score_needed"] == pytest.approx(32)
    assert not cuts["tail"]["inside"]


def test_rules_that_fired_wait_or_cannot_be_told(found: dict[str, dict[str, Any]]) -> None:
    low = found["C"]["rules"]
    assert [row["id"] for row in low] == ["tail", "floor"]
    assert low[0]["text_zh"] == "有 1 年居末(线 1)"
    assert (low[1]["measured"], low[1]["threshold"]) == (20, 30)
    assert low[1]["conditions"] == [{"measure": "a", "value": 20, "op": "<", "limit": 30}]
    assert [row["id"] for row in found["D"]["unknown_rules"]] == ["floor"]
    assert [row["id"] for row in found["A"]["inactive_rules"]] == ["waiting"]
    assert found["A"]["inactive_rules"][0]["decided_by"] == "test office"


def test_sentences_in_both_languages(found: dict[str, dict[str, Any]]) -> None:
    for unit in found.values():
        assert len(unit["sentences_zh"]) == len(unit["sentences_en"])
        assert all(not any("\u4e00" <= c <= "\u9fff" for c in sentence) for sentence in unit["sentences_en"])
    assert found["A"]["sentences_zh"][-1] == "建议：建议晋升。"
    assert "Score 90.00, place 1 of 4 peers." in found["A"]["sentences_en"]


def test_without_a_score() -> None:
    result = explain(ranked([1, NAN, 3], rules=[rule("top", "top", "promote", count=1)]), "B")
    assert result["score"] is result["rank"] is None
    assert result["proposal"] == "undecided"
    assert result["cuts"][0]["gap"] is None
    json.dumps(result, allow_nan=False)


def test_grades_have_cuts_and_names() -> None:
    classes = [{"code": "A", "name_zh": "甲等", "name_en": "first", "count": 1},
               {"code": "B", "name_zh": "乙等", "name_en": "second"}]  # fmt: skip
    grading = {"kind": "quota", "classes": classes, "basis": OPEN}
    result = explain(ranked([3, 2, 1], grading=grading), "B")
    assert result["grade"] == {"code": "B", "name_zh": "乙等", "name_en": "second"}
    assert [(cut["kind"], cut["id"], cut["score_needed"]) for cut in result["cuts"]] == [("grade", "A", 3)]


def test_an_unknown_unit() -> None:
    with pytest.raises(KeyError):
        explain(ranked([1, 2]), "Z")
