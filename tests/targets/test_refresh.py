"""Progress follows the news, on a portal that starts with nothing as well as on a full one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config import home
from config.demo.users import DEMO_ZONE
from indicators.models import DataChange, ProvinceValue, Round
from indicators.selectors import newest_change
from targets import selectors
from targets.models import Progress, Target
from targets.services import target_changed
from targets.tasks import progress_is_current, progress_refresh

pytestmark = pytest.mark.django_db


def test_a_first_round_of_last_year_leaves_no_row_behind(pack: None) -> None:
    """Before any round the current year is computed; it must not keep later news from being taken in."""
    progress_refresh()
    today = timezone.localdate()
    assert set(Progress.objects.values_list("year", flat=True)) == {today.year}
    Round.objects.create(year=today.year - 1, name="x", zone_classes=["cluster"], opens_on=today, due_on=today)
    DataChange.objects.create(year=today.year - 1, reason="accepted")
    progress_refresh()
    computed = Progress.objects.exclude(target__measure="rule")  # how rules stand has no other year than this one
    assert set(computed.values_list("year", flat=True)) == {today.year - 1}
    assert progress_is_current(newest_change())
    assert progress_refresh() == 0


def test_an_entered_figure_of_the_province_moves_its_target(demo: None) -> None:
    progress_refresh()
    entered = ProvinceValue.objects.get(indicator__code="new_rd_bodies", year=2020)
    entered.number = 99
    entered.save()
    DataChange.objects.create(year=2020, reason="entered")
    progress_refresh()
    row = Progress.objects.get(target__code="T08", year=2020)
    assert (row.value, row.status) == (99, "not_met")


def test_another_tolerance_is_judged_again(demo: None) -> None:
    progress_refresh()
    target = Target.objects.get(code="T03")
    before = Progress.objects.get(target=target, year=2020)
    assert before.status == "met"
    target.tolerance_pct, target.value = 0, 178
    target.save()
    target_changed(target=target)
    progress_refresh()
    assert Progress.objects.get(target=target, year=2020).status == "not_met"


def test_one_city_by_hand(demo: None) -> None:
    """T01 for 南阳, counted from the accepted figures themselves."""
    from indicators.models import Value

    progress_refresh()
    by_hand = (
        Value.objects.accepted()
        .filter(zone__city__code="411300", year=2024, indicator__code="main_business_revenue", number__gt=10_000_000)
        .filter(zone__designations__zone_class="cluster", zone__designations__valid_to=None)
        .order_by("zone__code")  # a zone's figure may also be known to a department
        .values_list("zone__code", flat=True)
        .distinct()
    )
    progress = Progress.objects.get(target__code="T01", year=2024)
    detail = selectors.detail_of(progress, User.objects.get(username="city"))
    assert sorted(mark.code for mark in detail.counted) == sorted(by_hand)
    assert detail.totals["counted"] == progress.value


def test_single_zones_are_named_only_to_those_who_may_see_their_figures(demo: None) -> None:
    progress_refresh()
    client = Client()
    client.force_login(User.objects.get(username="park"))
    body = client.get("/api/v1/progress/?target=T01&year=2024").json()["results"][0]
    named = {*body["detail"]["counted"], *body["detail"]["missing"], *(row[0] for row in body["detail"]["nearest"])}
    assert named <= {DEMO_ZONE}
    assert float(body["value"]) > 0  # the total is everyone's
    page = client.get(reverse("target_detail", args=["T01"])).content.decode()
    assert "修武县产业集聚区" not in page
    client.force_login(User.objects.get(username="office"))
    assert len(client.get("/api/v1/progress/?target=T01&year=2024").json()["results"][0]["detail"]["nearest"]) == 10


@pytest.mark.parametrize("year", ["²", "20240", "abcd", "1" * 5000])
def test_a_year_that_is_none_is_not_found(demo: None, year: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="office"))
    assert client.get(reverse("target_list"), {"year": year}).status_code == 404


def test_the_home_page_tells_everyone_the_same_and_no_nought_before_it_is_computed(demo: None) -> None:
    """The card once said 0 while the worker was still computing, and 8 to who came a moment later."""
    people = [User.objects.get(username=name) for name in ("lead", "filler", "city", "statistics")]
    Progress.objects.all().delete()
    before = [home.page(user) for user in people]
    assert all(page["targets_computing"] for page in before)
    progress_refresh()
    after = [home.page(user) for user in people]
    assert not any(page["targets_computing"] for page in after)
    assert len({(page["target_year"], page["target_counts"]["met"], page["target_total"]) for page in after}) == 1
    assert after[0]["target_total"] == 16
    assert after[0]["target_counts"]["met"] > 0
