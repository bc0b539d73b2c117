"""Merged and split zones, agreed splits of statistics: what may be recorded, by whom, and what the database holds."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import User
from common.packs import Fault
from indicators.models import DataChange
from parks import loading, services
from parks.enums import SuccessionKind
from parks.exceptions import LineageInvalid
from parks.lineage import Lineage, Link
from parks.models import Region, StatisticalShare, Zone, ZoneSuccession

PACK = Path("packs/henan-2017")
DAY = date(2021, 7, 1)


def zone(code: str) -> Zone:
    return Zone.objects.get(code=code)


def record(by: User, predecessor: str, shares: dict[str, Any], on: date = DAY, kind: str = "merger") -> None:
    services.zone_succession_record(
        by=by,
        predecessor=zone(predecessor),
        shares={zone(code): Decimal(str(share)) for code, share in shares.items()},
        on=on,
        kind=kind,
        document="测试文号",
    )


def checked() -> None:
    """Have the database judge what a transaction left behind, as at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# ---- the service ----------------------------------------------------------------------------------------------


def test_a_split_is_recorded_and_told(office: User) -> None:
    before = DataChange.objects.count()
    record(office, "Z044", {"Z045": "60", "Z046": "40"}, kind=SuccessionKind.SPLIT)
    checked()
    rows = ZoneSuccession.objects.filter(predecessor__code="Z044").values_list("successor__code", "share_pct")
    assert list(rows) == [("Z045", Decimal(60)), ("Z046", Decimal(40))]
    told = DataChange.objects.order_by("pk")[before:]
    assert {(news.zone.code, news.year) for news in told if news.zone} == {
        ("Z044", 2021), ("Z045", 2021), ("Z046", 2021)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({"Z045": 60, "Z046": 30}, "合计为 90%，还差 10 个百分点"),
        ({"Z045": "66.6667", "Z046": "33.3334"}, "合计为 100.0001%，超出 0.0001 个百分点"),
        ({"Z045": 120, "Z046": -20}, "份额须大于 0、不超过 100"),
        ({"Z044": 100}, "原园区不能承继自己"),
        ({}, "合计为 0%"),
    ],
)
def test_shares_that_are_not_whole_are_refused_with_what_is_wrong(
    office: User, shares: dict[str, Any], words: str
) -> None:
    with pytest.raises(LineageInvalid, match=words):
        record(office, "Z044", shares)
    assert not ZoneSuccession.objects.exists()


def test_three_thirds_make_a_whole(office: User) -> None:
    record(office, "Z044", {"Z045": "33.3333", "Z046": "33.3333", "Z047": "33.3334"})
    checked()
    assert ZoneSuccession.objects.count() == 3


def test_what_has_ended_takes_nothing_over_and_ends_once(office: User) -> None:
    record(office, "Z044", {"Z045": 100})
    with pytest.raises(LineageInvalid, match="已登记过沿革"):
        record(office, "Z044", {"Z046": 100}, on=date(2023, 1, 1))
    with pytest.raises(LineageInvalid, match="已不再存续"):
        record(office, "Z046", {"Z044": 100}, on=date(2022, 1, 1))
    with pytest.raises(LineageInvalid, match="生效日期须晚于该日"):
        record(office, "Z045", {"Z047": 100}, on=DAY)
    record(office, "Z045", {"Z047": 100}, on=date(2022, 1, 1))
    record(office, "Z048", {"Z044": 100}, on=date(2020, 1, 1))  # it was still there then
    assert Lineage.read().shares("Z048", date(2019, 12, 31)) == {"Z047": 1}


def test_only_the_office_records(office: User, make_user: Callable[..., User]) -> None:
    city = make_user(Role.CITY_REVIEWER, "city-410100")
    with pytest.raises(PermissionDenied):
        record(city, "Z044", {"Z045": 100})
    with pytest.raises(PermissionDenied):
        services.statistical_shares_record(by=city, zone=zone("Z044"), shares={}, from_year=2020, document="")
    with pytest.raises(PermissionDenied):
        services.zone_succession_withdraw(by=city, predecessor=zone("Z044"), on=DAY)


def test_a_record_taken_back_stays_in_the_history(office: User) -> None:
    record(office, "Z044", {"Z045": 60, "Z046": 40})
    assert services.zone_succession_withdraw(by=office, predecessor=zone("Z044"), on=DAY) == 2
    checked()
    history = apps.get_model("parks", "ZoneSuccessionHistory").objects.order_by("pgh_id")
    assert list(history.values_list("pgh_label", flat=True)) == ["insert", "insert", "delete", "delete"]
    assert services.zone_succession_withdraw(by=office, predecessor=zone("Z044"), on=DAY) == 0


def test_a_split_of_statistics_is_replaced_as_a_whole(office: User) -> None:
    counties = list(Region.objects.county_level()[:3])

    def share(*parts: int) -> None:
        shares = {county: Decimal(part) for county, part in zip(counties, parts, strict=False)}
        services.statistical_shares_record(by=office, zone=zone("Z044"), shares=shares, from_year=2020, document="协议")
        checked()

    share(70, 30)
    share(50, 30, 20)
    assert [row.share_pct for row in StatisticalShare.objects.all()] == [50, 30, 20]
    with pytest.raises(LineageInvalid, match="还差 20 个百分点"):
        share(50, 30)
    share()
    assert not StatisticalShare.objects.exists()


# ---- the database ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["insert", "update", "delete"])
def test_the_database_refuses_broken_shares_on_every_path(office: User, change: str) -> None:
    record(office, "Z044", {"Z045": 60, "Z046": 40})
    checked()
    row = ZoneSuccession.objects.get(successor__code="Z046")
    if change == "insert":
        row.pk, row.successor = None, zone("Z047")
        ZoneSuccession.objects.bulk_create([row])
    elif change == "update":
        ZoneSuccession.objects.filter(pk=row.pk).update(share_pct=41)
    else:
        ZoneSuccession.objects.filter(pk=row.pk).delete()
    with pytest.raises(IntegrityError, match="add up to"):
        checked()


def test_the_database_refuses_broken_splits_of_statistics(pack: None) -> None:
    row = StatisticalShare(
        zone=zone("Z044"), region=Region.objects.county_level()[0], from_year=2020, share_pct=99, document="协议"
    )
    StatisticalShare.objects.bulk_create([row])
    with pytest.raises(IntegrityError, match="add up to 99"):
        checked()


# ---- following it ---------------------------------------------------------------------------------------------


def test_parted_areas_that_are_joined_again_get_everything_back() -> None:
    links = [
        Link("A", "B", date(2018, 1, 1), 0.6),
        Link("A", "C", date(2018, 1, 1), 0.4),
        Link("B", "D", date(2020, 1, 1), 1),
        Link("C", "D", date(2021, 1, 1), 1),
    ]
    lineage = Lineage(links)
    assert lineage.shares("A", date(2017, 12, 31)) == pytest.approx({"D": 1})
    assert lineage.shares("B", date(2021, 12, 31)) == {"D": 1}
    assert lineage.shares("X", date(2017, 12, 31)) == {"X": 1}
    assert lineage.successors("A", date(2020, 6, 1)) == {"B", "C", "D"}
    assert lineage.successors("A", date(2017, 6, 1)) == set()
    assert lineage.family({"C"}) == {"A", "B", "C", "D"}
    assert not Lineage([])


@given(st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_the_sum_alone_decides_about_shares(parts: list[int]) -> None:
    shares = {str(place): Decimal(part) for place, part in enumerate(parts)}
    assert (services._shares_wrong(shares) == []) is (sum(parts) == 100)


# ---- pages ----------------------------------------------------------------------------------------------------


def rows(*filled: tuple[object, object]) -> dict[str, object]:
    data: dict[str, object] = {"form-TOTAL_FORMS": 5, "form-INITIAL_FORMS": 0}
    for place, (party, share) in enumerate(filled):
        data |= {f"form-{place}-party": party, f"form-{place}-share": share}
    return data


def test_the_office_records_a_merger_on_the_zones_page(office: User, client: Client) -> None:
    client.force_login(office)
    url = reverse("zone_succession", args=["Z044"])
    assert "登记沿革" in client.get(reverse("zone_detail", args=["Z044"])).content.decode()
    given_ = {"kind": "split", "on": "2021-07-01", "document": "豫政文〔2021〕1号"}
    wrong = client.post(url, given_ | rows((zone("Z045").pk, 60), (zone("Z046").pk, 30)))
    assert wrong.status_code == 422
    assert "各份额合计为 90%，还差 10 个百分点" in wrong.content.decode()
    half = client.post(url, given_ | rows((zone("Z045").pk, "")))
    assert "请同时填写对象和份额" in half.content.decode()
    twice = client.post(url, given_ | rows((zone("Z045").pk, 60), (zone("Z045").pk, 40)))
    assert "同一对象出现在多行" in twice.content.decode()
    done = client.post(url, given_ | rows((zone("Z045").pk, 60), (zone("Z046").pk, 40)))
    assert done.status_code == 302
    for code in ("Z044", "Z045", "Z046"):  # both sides show it
        page = client.get(reverse("zone_detail", args=[code])).content.decode()
        assert "豫政文〔2021〕1号" in page
        assert "按沿革追溯" in page
    assert "撤销登记" in client.get(url).content.decode()
    assert client.post(reverse("succession_withdraw", args=["Z044"]), {"on": "2021-07-01"}).status_code == 302
    assert not ZoneSuccession.objects.exists()
    assert client.post(reverse("succession_withdraw", args=["Z044"]), {"on": "soon"}).status_code == 404


def test_the_office_records_a_split_of_statistics(office: User, client: Client) -> None:
    client.force_login(office)
    first, second = Region.objects.county_level()[:2]
    url = reverse("zone_shares", args=["Z044"])
    answer = client.post(url, {"from_year": 2020, "document": "协议"} | rows((first.pk, 70), (second.pk, 30)))
    assert answer.status_code == 302
    page = client.get(reverse("zone_detail", args=["Z044"])).content.decode()
    assert "2020 年起" in page
    assert first.name in page
    assert "协议" in client.get(url).content.decode()


def test_others_see_the_lineage_and_no_button(office: User, make_user: Callable[..., User], client: Client) -> None:
    record(office, "Z044", {"Z045": 100})
    park = make_user(Role.PARK_MANAGER, "park-Z044")
    client.force_login(park)
    page = client.get(reverse("zone_detail", args=["Z044"])).content.decode()
    assert "测试文号" in page
    assert reverse("zone_succession", args=["Z044"]) not in page
    assert client.get(reverse("zone_succession", args=["Z044"])).status_code == 403


def test_the_administration_shows_it_with_its_history(office: User, client: Client) -> None:
    record(office, "Z044", {"Z045": 100})
    client.force_login(User.objects.create_superuser(username="root", password="a long enough one"))
    row = ZoneSuccession.objects.get()
    for model in ("zonesuccession", "statisticalshare", "regionaxis"):
        assert client.get(reverse(f"admin:parks_{model}_changelist"), {"q": "郑"}).status_code == 200
    assert "变更历史" in client.get(reverse("admin:parks_zonesuccession_change", args=[row.pk])).content.decode()
    assert client.get(reverse("admin:parks_zonesuccession_add")).status_code == 403


# ---- the pack -------------------------------------------------------------------------------------------------


@pytest.fixture
def changed_pack(tmp_path: Path) -> Callable[..., Path]:
    def make(**files: str) -> Path:
        (tmp_path / "parks").mkdir()
        for path in (PACK / "parks").iterdir():
            text = path.read_text(encoding="utf-8")
            (tmp_path / "parks" / path.name).write_text(text + files.get(path.stem, ""), encoding="utf-8")
        return tmp_path

    return make


def test_a_pack_brings_lineage(pack: None, changed_pack: Callable[..., Path]) -> None:
    root = changed_pack(
        successions="Z044,Z045,merger,2021-07-01,100,测试文号,\n",
        statistical_shares="Z046,410102,2020,60,协议\nZ046,410103,2020,40,协议\n",
        axes="410200,longhai,会议纪要\n",
    )
    before = DataChange.objects.count()
    counts = loading.load(root)
    assert (counts["ZoneSuccession"], counts["StatisticalShare"], counts["RegionAxis"]) == (1, 2, 3)
    assert DataChange.objects.count() == before + 3
    loading.load(root)
    assert DataChange.objects.count() == before + 3


def test_a_pack_with_broken_lineage_is_refused(db: None, changed_pack: Callable[..., Path]) -> None:
    root = changed_pack(
        successions="Z044,Z045,merger,2021-07-01,90,测试,\nZ038,Z999,merger,2021-07-01,100,测试,\n"
        "Z046,Z044,split,2022-01-01,100,测试,\nZ047,Z047,trust,2022-01-01,100,测试,\n",
        statistical_shares="Z046,410102,2020,60,协议\nZ046,999999,2021,100,协议\n",
        axes="999999,longhai,会议纪要\n",
    )
    faults: list[Fault] = []
    loading.check(root, faults)
    text = "\n".join(map(str, faults))
    for words in ("add up to 90", "Z999 is no area", "Z038 is no area", "Z044 ended before", "does not succeed itself",
                  "add up to 60", "unknown Z046 or 999999", "unknown region 999999"):  # fmt: skip
        assert words in text
