"""A change of an earlier year goes through to everything that rests on it: progress, profiles, the next year's growth.

Derived figures are computed when they are read, so there is nothing stored that could stay behind; progress and snapshots
are kept, and follow the news.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from assessments.models import Result
from config.demo.users import DEMO_ZONE
from indicators import services
from indicators.models import Return, Value
from indicators.selectors import matrix
from parks.models import Zone
from parks.services import zone_succession_record
from reports.models import Snapshot
from reports.tasks import News, snapshots_refresh
from targets.models import Progress
from targets.tasks import progress_is_current, progress_refresh

pytestmark = pytest.mark.django_db


def progress(code: str, year: int) -> Progress:
    return Progress.objects.get(target__code=code, year=year)


def profile() -> str:
    return Snapshot.objects.get(key=f"zone:{DEMO_ZONE}", language="zh-hans").html


@pytest.fixture
def refreshed(demo: None) -> None:
    """Everything as if just computed; the profiles are blank sheets, so that only what news concerns is rendered."""
    progress_refresh()
    news = News.now()
    results = dict(Result.objects.order_by().values_list("zone").annotate(n=Count("id")))
    Snapshot.objects.bulk_create(
        Snapshot(
            key=f"zone:{zone.code}",
            language=language,
            html="",
            data_change_id=news.change,
            runs=results.get(zone.pk, 0),
            build=news.build,
            rendered_at=timezone.now(),
        )
        for zone in Zone.objects.all()
        for language in ("zh-hans", "en")
    )


def growth(year: int) -> float:
    return float(matrix(zone_codes=[DEMO_ZONE], codes=["tax_growth"], years=[year])["tax_growth"].iloc[0])


def correct(year: int, changes: dict[str, Decimal]) -> None:
    """The park asks, the office decides."""
    return_ = Return.objects.get(zone__code=DEMO_ZONE, round__period=str(year))
    cells = [services.CellInput(code, number, "", "更正说明") for code, number in changes.items()]
    asked = services.correction_request(
        by=User.objects.get(username="park"),
        return_id=return_.pk,
        items=cells,
        reason="补报",
        base_revision=return_.revision,
    )
    services.correction_decide(
        by=User.objects.get(username="office"), correction_id=asked.pk, apply=True, reason="属实"
    )


def test_a_corrected_year_moves_its_progress_the_profile_and_the_next_years_growth(refreshed: None) -> None:
    values = {
        value.indicator.code: value.number or Decimal(0)
        for value in Value.objects.filter(zone__code=DEMO_ZONE, period="2023", source="park").select_related(
            "indicator"
        )
    }
    before, grown = progress("T09", 2023), growth(2024)
    tax, covered = round(values["tax_revenue"] * Decimal("1.1"), 2), values["ml_industrial_with_provincial_rd"] - 1
    correct(2023, {"tax_revenue": tax, "ml_industrial_with_provincial_rd": covered})
    assert not progress_is_current(before.data_change_id + 1)

    progress_refresh()
    snapshots_refresh()
    after = progress("T09", 2023)
    assert (after.numerator, after.denominator) == ((before.numerator or 0) - 1, before.denominator)
    assert growth(2024) == pytest.approx(100 * ((1 + grown / 100) / 1.1 - 1), abs=1e-3)
    assert f"{tax:,.2f}" in profile()
    assert set(Snapshot.objects.exclude(html="").values_list("key", flat=True)) == {
        "province:410000", "standing:410000", f"zone:{DEMO_ZONE}"
    }  # fmt: skip


def test_a_recorded_merger_moves_totals_and_profiles(refreshed: None) -> None:
    """In the year of the merger the successor reports for both; what the predecessor had filed counts no more."""
    before = matrix(codes=["tax_revenue"])["tax_revenue"]
    years = before.groupby(level="zone").size()
    zone = Zone.objects.get(code=DEMO_ZONE)
    gone = Zone.objects.get(code=next(code for code in years[years == years.max()].index if code != DEMO_ZONE))
    zone_succession_record(
        by=User.objects.get(username="office"),
        predecessor=gone,
        shares={zone: Decimal(100)},
        on=date(2023, 7, 1),
        kind="merger",
        document="测试文号",
    )
    progress_refresh()
    snapshots_refresh()
    after = matrix(codes=["tax_revenue"])["tax_revenue"]
    for year in (2022, 2023, 2024):
        lost = before[gone.code, year] if year >= 2023 else 0
        assert after.xs(year, level="year").sum() == pytest.approx(before.xs(year, level="year").sum() - lost)
    assert "按沿革追溯" in profile()
    joint = before[zone.code, 2022] + before[gone.code, 2022]
    assert f'<td class="num">{joint / 10000:,.2f}</td>' in profile()  # the trend, as if the area had been one
