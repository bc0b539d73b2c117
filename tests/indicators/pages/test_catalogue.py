"""The catalogue and the page of an indicator."""

from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from indicators.checks import rule_equation
from indicators.models import CheckRule, Indicator
from indicators.views.formulas import FormulaReader


@pytest.fixture
def reader(world, client):
    client.force_login(world.filler())
    return client


def shown(page):
    return {indicator.code for _dimension, rows in page.context["groups"] for indicator, _classes in rows}


def test_the_catalogue_shows_every_indicator(reader):
    page = reader.get(reverse("indicator_list"))
    assert shown(page) == set(Indicator.objects.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ({"q": "税收"}, "tax_revenue", "employees"),
        ({"q": "tax rev"}, "tax_revenue", "employees"),
        ({"dimension": "land"}, "built_area", "tax_revenue"),
        ({"kind": "derived"}, "tax_per_mu", "tax_revenue"),
        ({"department": "taxation"}, "tax_revenue", "employees"),
        ({"zone_class": "customs"}, "tax_revenue", "main_business_revenue"),
    ],
)
def test_the_catalogue_is_filtered(reader, query, there, not_there):
    codes = shown(reader.get(reverse("indicator_list"), query))
    assert there in codes
    assert not_there not in codes


def test_nothing_found_is_said(reader):
    assert "没有符合条件的指标" in reader.get(reverse("indicator_list"), {"q": "无此指标"}).content.decode()


def test_a_derived_indicator_links_to_its_parts_and_sums_them_first(world, reader):
    last = world.add_round(2019, "closed")
    world.add_return("A1", last, "accepted", {"tax_revenue": 100, "built_area": 10})
    world.add_return("A2", last, "accepted", {"tax_revenue": 100, "built_area": 90})
    page = reader.get(reverse("indicator_detail", args=["tax_per_mu"]))
    assert reverse("indicator_detail", args=["tax_revenue"]) in page.content.decode()
    assert page.context["chart"]["rows"] == [{"year": 2019, "number": 2.0, "zones": 2}]
    assert page.context["incomplete"] == ""
    world.add_return("B1", last)
    assert "2019 年的报表还没有全部确认" in reader.get(page.request["PATH_INFO"]).content.decode()


def test_a_stored_indicator_names_its_rules_and_what_is_derived_from_it(world, reader):
    page = reader.get(reverse("indicator_detail", args=["built_area"]))
    assert "R02" in {row.rule.code for row in page.context["rules"]}
    assert "tax_per_mu" in {row.code for row in page.context["used_by"]}
    assert page.context["chart"] is None
    assert "还没有已确认的数字" in page.content.decode()


def test_every_page_of_the_catalogue_opens(reader):
    for code in Indicator.objects.values_list("code", flat=True):
        assert reader.get(reverse("indicator_detail", args=[code])).status_code == 200


def test_an_unknown_indicator_is_not_found(reader):
    assert reader.get(reverse("indicator_detail", args=["nothing"])).status_code == 404


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("100 * share(exports, imports_exports)", "出口总额 ÷ 进出口总额 × 100%"),
        ("(exports + employees) * 2 - 1", "（出口总额 + 从业人员期末人数） × 2 − 1"),
        ("growth(exports) > 0.5 and not exports <= 3", "比上年增长率（出口总额） > 0.5 且 非出口总额 ≤ 3"),
        ("-abs(exports)", "−绝对值（出口总额）"),
    ],
)
def test_formulas_are_read_as_people_write_them(catalogue, formula, words):
    html = FormulaReader(Indicator.objects.in_bulk(field_name="code")).read(formula)
    assert " ".join(unescape(strip_tags(html)).split()) == words


def test_every_formula_and_rule_of_the_pack_can_be_read(catalogue):
    reader = FormulaReader(Indicator.objects.in_bulk(field_name="code"))
    texts = [
        *Indicator.objects.derived().values_list("formula", flat=True),
        *(rule_equation(rule) for rule in CheckRule.objects.all()),
        *CheckRule.objects.values_list("condition", flat=True),
    ]
    assert all("<code>" not in reader.read(text) for text in texts if text)
