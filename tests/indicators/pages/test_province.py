"""Province-wide series: shown, entered with a source, with their history."""

import pytest
from django.urls import reverse

from indicators.models import Indicator, ProvinceValue
from indicators.selectors import province_series

CODE = "new_rd_bodies"


@pytest.fixture
def office(world, client):
    client.force_login(world.staff())
    return client


def url(code=CODE, year=2020):
    return f"{reverse('province_series')}?code={code}&year={year}"


def test_the_table_shows_every_series(office):
    page = office.get(reverse("province_series"))
    codes = {row.code for row, _cells in page.context["rows"]}
    assert codes == set(Indicator.objects.base().filter(scope="province").values_list("code", flat=True))


def test_a_figure_is_entered_with_its_source_and_keeps_its_history(office):
    assert office.post(url(), {"number": "31", "source_note": "科技厅2020年名单"}).status_code == 302
    assert office.post(url(), {"number": "33", "source_note": "科技厅2021年更正"}).status_code == 302
    value = ProvinceValue.objects.get(indicator__code=CODE, year=2020)
    assert (value.number, value.synthetic) == (33, False)
    page = office.get(url())
    assert [(version.number, version.updated_by.username) for version in page.context["history"]] == [
        (33, "staff"),
        (31, "staff"),
    ]


@pytest.mark.parametrize(
    ("number", "source", "words"),
    [
        ("31", "", "请写明来源"),
        ("", "名单", "请填写数值"),
        ("abc", "名单", "不是数字"),
        ("3.5", "名单", "须为整数"),
    ],
)
def test_a_wrong_entry_is_refused(office, number, source, words):
    answer = office.post(url(), {"number": number, "source_note": source})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ProvinceValue.objects.exists()


@pytest.mark.parametrize("where", [("tax_revenue", 2020), (CODE, 1990), (CODE, "x"), ("nothing", 2020)])
def test_only_province_series_of_known_years_are_found(office, where):
    assert office.get(url(*where)).status_code == 404
    assert office.post(url(*where), {"number": "1", "source_note": "x"}).status_code == 404


def test_a_post_without_a_cell_is_not_found(office):
    assert office.post(reverse("province_series")).status_code == 404


def test_only_the_office_enters(world, client):
    client.force_login(world.reviewer("A"))
    assert client.get(reverse("province_series")).status_code == 403
    assert client.post(url(), {"number": "1", "source_note": "x"}).status_code == 403


def test_a_share_of_the_province_is_reckoned_from_what_was_entered_and_the_zones(office, world):
    assert office.post(url("province_tax_revenue"), {"number": "8000", "source_note": "省统计局"}).status_code == 302
    zones = [zone.code for zone in world.zones.values()]
    found = province_series(["zone_share_tax", "province_tax_revenue"], zones)
    assert found["province_tax_revenue"].points == ((2020, 8000.0),)
    assert "zone_share_tax" not in found  # no zone has filed: a missing part is no nought
    for zone, number in (("A1", 1500), ("A2", 500)):
        world.add_return(zone, status="accepted", values={"tax_revenue": number})
    assert province_series(["zone_share_tax"], zones)["zone_share_tax"].points == ((2020, 25.0),)
    assert "25.00" in office.get(reverse("indicator_detail", args=["zone_share_tax"])).content.decode()
    assert office.get(url("zone_share_tax")).status_code == 404  # what is reckoned is not typed
