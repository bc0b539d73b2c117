"""Snapshots are rendered by a job after data change, once, and shown to those who may see them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from assessments.enums import RunStatus
from assessments.models import Publication, Run
from config.demo.users import DEMO_ZONE
from indicators.models import DataChange
from indicators.selectors import matrix, reporting_year
from parks.models import Region, Zone
from reports import figures, tasks
from reports.models import Snapshot
from reports.tasks import BATCH, snapshots_refresh
from targets.models import Progress
from targets.tasks import progress_refresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three profiles a tick are enough to see how it goes on."""
    monkeypatch.setattr(tasks, "BATCH", 3)


def test_the_dashboard_waits_for_the_targets_and_is_rendered_once(few: None) -> None:
    Progress.objects.all().delete()
    snapshots_refresh()
    assert not Snapshot.objects.filter(key="province:410000").exists()
    progress_refresh()
    snapshots_refresh()
    pages = Snapshot.objects.filter(key="province:410000")
    assert set(pages.values_list("language", flat=True)) == {"zh-hans", "en"}
    rendered = pages.first().rendered_at
    snapshots_refresh()
    assert pages.first().rendered_at == rendered


def test_news_about_one_zone_renders_that_zone_again(few: None) -> None:
    progress_refresh()
    while snapshots_refresh() and Snapshot.objects.filter(key__startswith="zone:").count() < 12:
        pass
    held = set(Snapshot.objects.filter(key__startswith="zone:").values_list("key", flat=True))
    code = min(held).removeprefix("zone:")
    before = Snapshot.objects.get(key=f"zone:{code}", language="en").rendered_at
    DataChange.objects.create(year=2024, zone=Zone.objects.get(code=code), reason="test")
    snapshots_refresh()
    assert Snapshot.objects.get(key=f"zone:{code}", language="en").rendered_at > before
    assert BATCH > 3


def test_the_page_shows_the_snapshot_with_its_time_and_mark(few: None) -> None:
    progress_refresh()
    snapshots_refresh()
    client = Client()
    client.force_login(User.objects.get(username="office"))
    page = client.get(reverse("dashboard")).content.decode()
    assert "十八个省辖市" in page
    assert "生成于" in page
    assert "演示数据" in page
    assert "最近考核与位次变动" in page
    english = client.get(reverse("dashboard"), headers={"accept-language": "en"}).content.decode()
    assert "十八个省辖市" not in english


def test_a_manager_sees_the_province_but_not_other_zones_results(few: None) -> None:
    progress_refresh()
    snapshots_refresh()
    client = Client()
    client.force_login(User.objects.get(username="park"))
    page = client.get(reverse("dashboard")).content.decode()
    assert "十八个省辖市" in page
    assert "最近考核与位次变动" not in page
    assert client.get(reverse("zone_profile", args=[DEMO_ZONE])).status_code == 200
    assert client.get(reverse("zone_profile", args=["Z001"])).status_code == 404


def test_before_the_first_rendering_the_page_says_so(demo: None) -> None:
    client = Client()
    client.force_login(User.objects.get(username="office"))
    assert "正在生成" in client.get(reverse("dashboard")).content.decode()


def test_growth_compares_only_zones_with_both_years(demo: None) -> None:
    frame = matrix(codes=["main_business_revenue"], years=[2023, 2024])
    both = frame["main_business_revenue"].unstack("year").dropna()
    expected = 100 * (both[2024].sum() / both[2023].sum() - 1)
    assert figures.growth(frame, "main_business_revenue", 2024) == pytest.approx(expected)
    assert figures.growth(frame, "main_business_revenue", 2023) is None


def test_the_newest_year_is_one_with_enough_accepted_returns(demo: None) -> None:
    assert reporting_year() == 2024  # 2025 is still being collected


def test_a_publication_is_news(few: None) -> None:
    """Snapshots count publications: what the office has not published yet is no news to anybody."""
    progress_refresh()
    snapshots_refresh()
    held = Snapshot.objects.get(key="province:410000", language="en")
    assert 0 < held.runs == Publication.objects.count() < Run.objects.filter(status=RunStatus.DONE).count()
    Snapshot.objects.filter(key="province:410000").update(runs=held.runs - 1)
    snapshots_refresh()
    assert Snapshot.objects.get(key="province:410000", language="en").rendered_at > held.rendered_at


def test_movers_have_figures_of_their_own(demo: None) -> None:
    for standing in figures.standings():
        for mover in [*standing.up, *standing.down]:
            assert mover.result.coverage > 0
            assert mover.moved != 0
        assert sum(standing.counts.values()) == standing.run.results.count()


def test_a_city_without_figures_is_missing_not_zero(demo: None) -> None:
    frame = matrix(codes=["main_business_revenue", "tax_revenue"], years=[2024])
    jiyuan = frame.index.get_level_values("zone").isin(
        Zone.objects.filter(city__code="419001").values_list("code", flat=True)
    )
    rows = {row["code"]: row for row in figures.by_city(frame[~jiyuan], 2024, None, Region.objects.get(code="410000"))}
    assert rows["419001"]["revenue"] is None
    assert rows["410100"]["revenue"] > 0


def test_who_may_not_see_results_sees_no_profile(demo: None) -> None:
    keeper = User.objects.create_user("keeper")
    Membership.objects.create(
        user=keeper, organisation=Organisation.objects.get(code="office"), role=Role.ADMINISTRATOR
    )
    client = Client()
    client.force_login(keeper)
    assert client.get(reverse("zone_profile", args=[DEMO_ZONE])).status_code == 403
