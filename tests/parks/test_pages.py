"""The zone list, the summary by city and the zone page: filters, order, who sees what, constant queries."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from parks.filters import ZoneFilter
from parks.models import Designation, Region, Zone, ZoneAlias, ZoneEvent
from parks.selectors import city_summary

Make = Callable[..., User]


def codes(**asked: str) -> set[str]:
    chosen = ZoneFilter(asked, queryset=Zone.objects.all())
    assert chosen.is_valid(), chosen.errors
    return set(chosen.qs.values_list("code", flat=True))


# ---- filters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "红旗渠"}, {"Z008"}),
        ({"q": "林州市产业集聚区"}, {"Z008"}),  # its other plate
        ({"q": "临颖县"}, {"Z147"}),  # misspelt in a source, kept as an alias
        ({"q": "z038"}, {"Z001"}),  # the number of a plate
        ({"q": "411423400"}, {"Z181"}),  # a statistical code
        ({"q": "郑州　高新"}, {"Z010"}),
        ({"q": "Jiyuan"}, {"Z220", "Z221", "Z222"}),
        ({"q": "没有的"}, set()),
        ({"q": "%"}, set()),
        ({"city": "419001"}, {"Z220", "Z221", "Z222"}),
        ({"star": "6"}, {"Z001", "Z037"}),
        ({"industry": "丝"}, set()),
        ({"industry": "食品", "city": "411100"}, {"Z002", "Z147"}),  # 食品, 休闲食品
        ({"certainty": "C", "city": "410100"}, {"Z050"}),
        ({"zone_class": "customs"}, {"Z017", "Z018", "Z019", "Z020", "Z021", "Z022"}),
        ({"zone_class": "htz", "level": "provincial", "status": "expired"}, {"Z036"}),
        ({"zone_class": "cluster", "status": "expired", "city": "410500"}, {"Z089", "Z090"}),
        ({"zone_class": "cluster", "level": "national"}, set()),
    ],
)
def test_filters(pack: None, asked: dict[str, str], found: set[str]) -> None:
    assert codes(**asked) == found


def test_class_level_and_status_ask_for_one_plate(pack: None) -> None:
    """驻马店 is still a provincial zone, but its cluster has ended: it stands among the ended clusters alone."""
    assert "Z027" in codes(zone_class="cluster", status="expired")
    assert "Z027" not in codes(zone_class="cluster", status="in_force")
    assert "Z027" in codes(zone_class="etdz", status="in_force")
    assert len(codes(zone_class="cluster", status="in_force")) == 179
    assert len(codes(zone_class="cluster", status="expired")) == 7


def test_stars_and_no_star_make_all(pack: None) -> None:
    starred = [codes(star=str(star)) for star in range(7)]
    assert sum(map(len, starred)) == 199


def test_a_wrong_filter_finds_nothing_and_says_why(pack: None, office: User, client: Client) -> None:
    client.force_login(office)
    answer = client.get(reverse("zone_list"), {"city": "999999"})
    assert answer.status_code == 200
    assert answer.context["filter"].form.errors["city"]
    assert not answer.context["page_obj"].object_list


# ---- list -----------------------------------------------------------------------------------------------------


def listed(client: Client, **asked: str) -> list[str]:
    return [zone.code for zone in client.get(reverse("zone_list"), asked).context["page_obj"]]


def test_list_is_ordered_by_code_and_paged(office: User, client: Client) -> None:
    client.force_login(office)
    first = listed(client)
    assert first[:2] == ["Z001", "Z002"]
    assert len(first) == 50
    assert listed(client, page="4")[-1] == "Z222"


def test_sorting_puts_the_unknown_last(office: User, client: Client) -> None:
    client.force_login(office)
    assert listed(client, sort="-star")[:2] == ["Z001", "Z037"]
    assert listed(client, sort="built")[0] == "Z221"
    assert listed(client, sort="-built")[0] == "Z030"
    assert listed(client, sort="-code")[0] == "Z222"
    assert listed(client, sort="administration__path") == listed(client)  # only what is offered


def test_list_shows_plates_marks_and_links(office: User, client: Client) -> None:
    client.force_login(office)
    page = client.get(reverse("zone_list"), {"q": "Z027"}).content.decode()
    assert "省级经开区" in page
    assert "已失效" in page
    assert 'class="certainty certainty-a"' in page
    assert reverse("zone_detail", args=["Z027"]) in page
    assert f"{reverse('zone_export')}?q=Z027&amp;format=xlsx" in page


def test_export_is_offered_to_those_who_may(make_user: Make, client: Client) -> None:
    client.force_login(make_user(Role.COUNTY_VIEWER, "county-410183"))
    assert reverse("zone_export") not in client.get(reverse("zone_list")).content.decode()


def test_list_in_english(office: User, client: Client, settings: Any) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(office)
    assert "Zhengzhou" in client.get(reverse("zone_list")).content.decode()


# ---- who sees what --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "codes_", "count", "seen", "hidden"),
    [
        (Role.OFFICE_STAFF, ["office"], 199, "Z222", None),
        (Role.CITY_REVIEWER, ["city-410100"], 19, "Z044", "Z054"),
        (Role.COUNTY_VIEWER, ["county-410183"], 2, "Z044", "Z045"),
        (Role.PARK_FILLER, ["park-Z044"], 1, "Z044", "Z043"),
        (Role.PARK_MANAGER, ["park-Z044", "park-Z054"], 2, "Z054", "Z043"),
        (Role.DEPARTMENT_OFFICER, ["dept-commerce"], 17, "Z008", "Z010"),
        (Role.DEPARTMENT_OFFICER, ["dept-science"], 13, "Z010", "Z001"),
        (Role.DEPARTMENT_OFFICER, ["dept-customs"], 6, "Z017", "Z001"),
        (Role.DEPARTMENT_OFFICER, ["dept-statistics"], 199, "Z044", None),
        (Role.ADMINISTRATOR, ["office"], 199, "Z044", None),
    ],
)
def test_visibility(
    make_user: Make, client: Client, role: str, codes_: list[str], count: int, seen: str, hidden: str | None
) -> None:
    user = make_user(role, *codes_)
    assert Zone.objects.visible_to(user).count() == count
    assert set(Designation.objects.visible_to(user).values_list("zone__code", flat=True)) == set(
        Zone.objects.visible_to(user).values_list("code", flat=True)
    )
    client.force_login(user)
    assert client.get(reverse("zone_list")).context["paginator"].count == count
    assert client.get(reverse("zone_detail", args=[seen])).status_code == 200
    if hidden:
        assert client.get(reverse("zone_detail", args=[hidden])).status_code == 404


@pytest.mark.parametrize("codes_", [["office"], ["dept-statistics"], ["dept-commerce"]])
def test_who_was_switched_off_sees_nothing(make_user: Make, codes_: list[str]) -> None:
    user = make_user(Role.DEPARTMENT_OFFICER, *codes_)
    user.is_active = False
    assert not Zone.objects.visible_to(user).exists()


PAGES = [("zone_list", []), ("zone_by_city", []), ("zone_export", []), ("zone_detail", ["Z001"])]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_anonymous_is_asked_to_log_in(pack: None, client: Client, name: str, args: list[str]) -> None:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_without_a_role_there_is_nothing(pack: None, client: Client, name: str, args: list[str]) -> None:
    client.force_login(User.objects.create_user(username="nobody"))
    assert client.get(reverse(name, args=args)).status_code == 403


def test_unknown_zone(office: User, client: Client) -> None:
    client.force_login(office)
    assert client.get(reverse("zone_detail", args=["Z999"])).status_code == 404
    assert client.get(reverse("zone_detail", args=["Z038"])).status_code == 404  # a plate of Z001, no zone


# ---- summary by city ------------------------------------------------------------------------------------------


def test_summary_counts_plates_and_areas(office: User) -> None:
    lines, total = city_summary(office, date(2017, 12, 31))
    assert [line.city.code for line in lines if line.city] == list(
        Region.objects.cities().values_list("code", flat=True)
    )
    assert (total.total, total.zones) == (210, 189)
    zhengzhou = lines[0]
    assert [count for _class, _level, count in zhengzhou.cells] == [15, 1, 0, 1, 0, 3]
    assert (zhengzhou.total, zhengzhou.zones) == (20, 18)


def test_summary_stays_in_the_territory(make_user: Make) -> None:
    lines, total = city_summary(make_user(Role.CITY_REVIEWER, "city-419001"), date(2017, 12, 31))
    assert [line.city.name for line in lines if line.city] == ["济源市"]
    assert total.zones == 3


def test_summary_page_of_a_day(office: User, client: Client) -> None:
    client.force_login(office)
    answer = client.get(reverse("zone_by_city"), {"day": "2014-12-31"})
    assert answer.context["total"].plates["cluster", "province_designated"] == 181  # seven more, five not yet
    wrong = client.get(reverse("zone_by_city"), {"day": "gestern"})
    assert wrong.status_code == 200
    assert wrong.context["is_today"]
    assert "日期无效" in wrong.content.decode()


# ---- zone page ------------------------------------------------------------------------------------------------


def test_zone_page(office: User, client: Client) -> None:
    client.force_login(office)
    page = client.get(reverse("zone_detail", args=["Z027"])).content.decode()
    for words in (
        "河南驻马店经济开发区",
        "驻马店经济技术产业集聚区",
        "2015-05 调整为市级专业园区",
        "调整为市级专业园区",
        "411771",
    ):
        assert words in page


def test_zone_page_says_what_became_of_the_county(office: User, client: Client) -> None:
    client.force_login(office)
    page = client.get(reverse("zone_detail", args=["Z103"])).content.decode()
    assert "省直管（2014 年起）" in page
    assert "2019 年起为长垣市 410783" in page


def test_timeline_is_newest_first_and_ranks_are_told(office: User, client: Client) -> None:
    client.force_login(office)
    events = client.get(reverse("zone_detail", args=["Z209"])).context["events"]
    assert [line["title"] for line in events][:2] == ["河南省产业集聚区综合考核排序（179家）：第 31 位", "二星级"]
    assert events[0]["at"] == "2017 年度"


# ---- queries --------------------------------------------------------------------------------------------------


def count_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_list_asks_the_same_for_few_and_many(office: User, client: Client) -> None:
    client.force_login(office)
    url = reverse("zone_list")
    client.get(url)
    assert count_queries(client, f"{url}?star=6") == count_queries(client, url) <= 10


def test_zone_page_asks_the_same_for_few_and_many(office: User, client: Client) -> None:
    client.force_login(office)
    zone = Zone.objects.get(code="Z103")
    url = zone.get_absolute_url()
    client.get(url)
    before = count_queries(client, url)
    for number in range(20):
        ZoneAlias.objects.create(zone=zone, name=f"别名{number}", certainty="B")
        ZoneEvent.objects.create(
            zone=zone,
            year=2020,
            happened_on="2020",
            kind="award",
            title=str(number),
            certainty="A",
            source_grade="press",
        )
    assert count_queries(client, url) == before <= 13


def test_summary_asks_the_same_for_few_and_many(make_user: Make, office: User, client: Client) -> None:
    client.force_login(make_user(Role.CITY_REVIEWER, "city-419001"))
    few = count_queries(client, reverse("zone_by_city"))
    client.force_login(office)
    assert count_queries(client, reverse("zone_by_city")) == few
