"""The registry over REST."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from parks.models import Zone

Make = Callable[..., User]
API = "/api/v1"


def rows(client: Client, path: str, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"{API}/{path}/", {"page_size": "500", **asked})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


@pytest.fixture
def logged_in(office: User, client: Client) -> Client:
    client.force_login(office)
    return client


def test_zones_with_their_plates(logged_in: Client) -> None:
    found = rows(logged_in, "zones")
    assert [zone["code"] for zone in found] == list(Zone.objects.values_list("code", flat=True))
    first = found[0]
    assert first["city"] == {"code": "410100", "name": "郑州市", "name_en": "Zhengzhou"}
    assert [plate["code"] for plate in first["designations"]] == ["Z001", "Z038"]
    assert first["designations"][1]["plate_certainty"] == "A"
    assert first["source_grade"] == "official"
    assert "events" not in first


def test_pages_by_cursor(logged_in: Client) -> None:
    answer = logged_in.get(f"{API}/zones/", {"page_size": "150"}).json()
    second = logged_in.get(answer["next"]).json()
    assert (len(answer["results"]), len(second["results"]), second["next"]) == (150, 49, None)


def test_one_zone_brings_its_timeline_and_an_etag(logged_in: Client) -> None:
    answer = logged_in.get(f"{API}/zones/Z209/")
    assert answer["ETag"]
    assert {"year": 2017, "kind": "ranking", "rank": 31}.items() <= answer.json()["events"][-1].items()
    again = logged_in.get(f"{API}/zones/Z209/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_the_filters_of_the_page(logged_in: Client) -> None:
    assert len(rows(logged_in, "zones", zone_class="cluster", status="expired")) == 7
    assert [zone["code"] for zone in rows(logged_in, "zones", q="临颖县")] == ["Z147"]
    assert logged_in.get(f"{API}/zones/", {"zone_class": "park"}).status_code == 400
    assert logged_in.get(f"{API}/zones/", {"class": "cluster"}).status_code == 400


def test_designations(logged_in: Client) -> None:
    assert len(rows(logged_in, "designations")) == 223
    national = rows(logged_in, "designations", level="national", in_force_on="2017-12-31")
    assert len(national) == 20
    assert [plate["code"] for plate in rows(logged_in, "designations", zone="Z001")] == ["Z001", "Z038"]
    assert len(rows(logged_in, "designations", catalogue_2018="true")) == 7
    assert len(rows(logged_in, "designations", city="419001", certainty="A")) == 3
    assert [plate["code"] for plate in rows(logged_in, "designations", q="信阳 高新")] == ["Z036", "Z036N"]


def test_regions(logged_in: Client) -> None:
    assert len(rows(logged_in, "regions", level="city")) == 18
    valid = rows(logged_in, "regions", level="county", valid_on="2017-12-31")
    assert len(valid) == 157  # and 济源, a city of the 18 units
    assert len(rows(logged_in, "regions", province_managed="true", valid_on="2017-12-31")) == 10
    changyuan = logged_in.get(f"{API}/regions/410728/").json()
    assert changyuan["successors"] == ["410783"]
    assert (changyuan["parent"], changyuan["valid_to_year"]) == ("410700", 2019)
    assert [region["code"] for region in rows(logged_in, "regions", q="长垣")] == ["410728", "410783"]
    assert {region["parent"] for region in rows(logged_in, "regions", parent="410700")} == {"410700"}


def test_territory(make_user: Make, client: Client) -> None:
    client.force_login(make_user(Role.CITY_REVIEWER, "city-410100"))
    assert len(rows(client, "zones")) == 19
    assert len(rows(client, "designations")) == 21
    assert len(rows(client, "regions")) == 184  # the same for everyone
    assert client.get(f"{API}/zones/Z054/").status_code == 404


@pytest.mark.parametrize("path", ["zones", "designations", "regions", "zones/Z001"])
def test_anonymous(pack: None, client: Client, path: str) -> None:
    assert client.get(f"{API}/{path}/").status_code == 401


@pytest.mark.parametrize("path", ["zones", "designations"])
def test_without_a_role(pack: None, client: Client, path: str) -> None:
    client.force_login(User.objects.create_user(username="nobody"))
    assert client.get(f"{API}/{path}/").status_code == 403


def test_read_only(logged_in: Client) -> None:
    for method in (logged_in.post, logged_in.put, logged_in.delete):
        assert method(f"{API}/zones/Z001/").status_code == 405


@pytest.mark.parametrize("path", ["zones", "designations", "regions"])
def test_queries_do_not_grow(logged_in: Client, path: str, django_assert_max_num_queries: Callable[[int], Any]) -> None:
    with django_assert_max_num_queries(8):
        assert len(rows(logged_in, path)) > 100
