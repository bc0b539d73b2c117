"""Keeps the stored snapshots as fresh as the newest accepted figure and the newest published run (快照刷新)."""

from __future__ import annotations

from dataclasses import dataclass

from celery import shared_task
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import override

from assessments.models import Publication, Result, Run
from indicators.models import DataChange
from indicators.selectors import newest_change
from parks.models import Zone
from parks.provinces import provinces
from reports import rendering
from reports.models import Snapshot
from targets.tasks import progress_is_current

_LOCK = 159_02018  # any number of our own: one refresh at a time
BATCH = 50
"""Zone profiles rendered in one go; the next tick takes the next ones, so that a worker is never held for long."""


@dataclass(frozen=True)
class News:
    """What there is to know by now; a snapshot is stale when it knows less, or links to static files that are gone."""

    change: int
    runs: int
    """How many publications there are: profiles and standings show published runs alone."""
    build: str

    @classmethod
    def now(cls) -> News:
        return cls(newest_change(), Publication.objects.count(), str(getattr(staticfiles_storage, "manifest_hash", "")))


@shared_task
def snapshots_refresh() -> int:
    """Render what is older than the news, province first; returns how many snapshots were written."""
    news = News.now()
    province, zones = _province_is_stale(news), _stale_zones(news)
    if not province and not zones:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        return _refresh(news, zones, province=province) if row and row[0] else 0


def _province_is_stale(news: News) -> bool:
    """Whether the dashboard must be rendered; it waits until the targets have taken the same news in."""
    fresh = Snapshot.objects.filter(
        key__startswith="province:", data_change_id__gte=news.change, runs__gte=news.runs, build=news.build
    )
    lacking = {f"province:{region.code}" for region in provinces()} - set(fresh.values_list("key", flat=True))
    return bool(lacking) and progress_is_current(news.change)


def _stale_zones(news: News) -> dict[Zone, int]:
    """Zones without a profile, or with news of their own since (figures accepted, a result published), with their results."""
    held = {
        key: (change, run)
        for key, change, run in Snapshot.objects.filter(
            key__startswith="zone:", language=settings.LANGUAGE_CODE, build=news.build
        ).values_list("key", "data_change_id", "runs")
    }
    changes: dict[int | None, int] = dict(
        DataChange.objects.values_list("zone").annotate(newest=Max("id")).values_list("zone", "newest")
    )
    common = changes.get(None, 0)  # news about no single zone concerns them all
    out = Result.objects.filter(run__in=Run.objects.published().values("pk"))
    runs = dict(out.order_by().values_list("zone").annotate(n=Count("id")))
    stale: dict[Zone, int] = {}
    for zone in Zone.objects.select_related("city", "county"):
        change, run = held.get(f"zone:{zone.code}", (-1, -1))
        if change < max(changes.get(zone.pk, 0), common) or run < runs.get(zone.pk, 0):
            stale[zone] = runs.get(zone.pk, 0)
    return dict(list(stale.items())[:BATCH])


def _refresh(news: News, zones: dict[Zone, int], *, province: bool) -> int:
    source = rendering.Source.read()
    renderer = rendering.ZoneRenderer(source, list(zones))
    known = {f"zone:{zone.code}": results for zone, results in zones.items()}
    rows: list[Snapshot] = []
    for language, _label in settings.LANGUAGES:
        with override(language):
            parts = {f"zone:{zone.code}": renderer.render(zone) for zone in zones}
            if province:
                for region in provinces():
                    parts[f"province:{region.code}"] = rendering.province(source, region)
                    parts[f"standing:{region.code}"] = rendering.standing(region)
        rows += [
            Snapshot(
                key=key,
                language=language,
                html=html,
                data_change_id=news.change,
                runs=known.get(key, news.runs),
                build=news.build,
                rendered_at=timezone.now(),
            )
            for key, html in parts.items()
        ]
    Snapshot.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["key", "language"],
        update_fields=["html", "data_change_id", "runs", "build", "rendered_at"],
    )
    return len(rows)
