"""What an instrument asks for, in words."""

import csv

import pytest
from django.utils import translation

from policy import declarations
from tests.policy.conftest import PACK

with (PACK / "policy" / "instruments.csv").open(encoding="utf-8-sig", newline="") as stream:
    INSTRUMENTS = {row["key"]: row for row in csv.DictReader(stream)}


def explain(key: str) -> declarations.Declaration:
    row = INSTRUMENTS[key]
    return declarations.explain(row["kind"], row["fields"])


def facts(key: str) -> dict[str, str]:
    return {str(fact.label): str(fact.value) for fact in explain(key).facts}


def test_a_target_says_value_year_tolerance_and_who_decides():
    shown = facts("zones_over_100bn")
    assert shown["目标值"] == "约 20 个"
    assert shown["目标年份"] == "2020"
    assert shown["容差"] == "±10%"
    assert shown["统计条件"].startswith("zone_class = 产业集聚区")
    assert [str(fact.label) for fact in explain("zones_over_100bn").facts if fact.open] == ["容差依据"]


def test_a_target_without_a_year_does_not_invent_one():
    assert facts("utility_tunnel_ratio")["目标年份"] == "文件未写明"
    assert facts("utility_tunnel_ratio")["目标值"] == "不少于 30%"


def test_a_register_lists_its_columns_with_choices():
    entries = {entry.key: entry for entry in explain("zone_reserve").entries}
    assert str(entries["entered_date"].name) == "日期"
    assert entries["status"].detail == "在库 / 已申报 / 已入目录 / 退出"


def test_a_procedure_lists_steps_and_marks_what_nobody_decided_yet():
    steps = {entry.key: entry for entry in explain("zone_merger").entries}
    assert steps["recommended"].detail == "省辖市"
    assert steps["approved"].open
    assert not steps["reviewed"].open


def test_an_unset_limit_is_marked_open():
    assert [fact.code for fact in explain("expansion_conditions").facts if fact.open] == [True]


def test_a_classification_lists_its_values():
    entry = explain("jurisdiction").entries[1]
    assert (entry.key, entry.name, entry.detail) == ("city", "省辖市", "City under the province")


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_nothing_declared_is_lost(key):
    """Every word of the declaration is shown, as it stands or through the list of terms."""
    row = INSTRUMENTS[key]
    assert declarations.faults(row["kind"], row["fields"]) == []
    shown = explain(key)
    assert shown.facts or shown.entries
    with translation.override("en"):
        assert all(str(fact.label) and str(fact.value) for fact in shown.facts)
    if row["kind"] == "register":
        assert len(shown.entries) == len(row["fields"].split("|"))
