"""The rules that users can read: page, page of an indicator, API."""

import pytest
from django.urls import reverse

from indicators.models import CheckRule


@pytest.fixture
def reader(world, client):
    client.force_login(world.filler())
    return client


def shown(page):
    return {row.rule.code for row in page.context["rows"]}


def test_every_rule_is_listed_with_its_place_to_link_to(reader):
    page = reader.get(reverse("rule_list"))
    assert shown(page) == set(CheckRule.objects.values_list("code", flat=True))
    assert all(f'id="rule-{code}"' in page.content.decode() for code in shown(page))


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ({"q": "r06"}, "R06", "R01"),
        ({"q": "玉川"}, "R03", "R01"),
        ({"kind": "sum"}, "R13", "R01"),
        ({"severity": "notice"}, "P01", "R01"),
        ({"item": "total_assets"}, "R06", "R01"),
        ({"item": "tax_revenue"}, "R18", "R06"),
    ],
)
def test_rules_are_filtered(reader, query, there, not_there):
    codes = shown(reader.get(reverse("rule_list"), query))
    assert there in codes
    assert not_there not in codes


def test_nothing_found_is_said(reader):
    assert "没有符合条件的审核关系" in reader.get(reverse("rule_list"), {"q": "无此关系"}).content.decode()


def test_a_rule_says_whom_it_holds_for_and_within_what_bounds(reader):
    text = reader.get(reverse("rule_list")).content.decode()
    for words in ("国家级", "应在上年的 0.5—2 倍之间", "允许误差 75", "表头和类型不得含：计划、目标"):
        assert words in text


def test_the_page_of_an_indicator_names_rules_that_apply_without_naming_it(reader):
    page = reader.get(reverse("indicator_detail", args=["green_space"]))
    assert {row.rule.code for row in page.context["rules"]} >= {"R20", "B01", "D01"}
    assert "R18" not in {row.rule.code for row in page.context["rules"]}  # a stock


def test_rules_over_the_api(reader):
    rule = reader.get(reverse("rule-detail", args=["R06"])).json()
    assert rule["equation"] == "total_assets == total_liabilities + owners_equity"
    assert set(rule["indicators"]) == {"total_assets", "total_liabilities", "owners_equity"}
    listed = reader.get(reverse("rule-list"), {"kind": "intake"}).json()["results"]
    assert [row["code"] for row in listed] == ["R19"]
