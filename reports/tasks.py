"""Keeps the stored snapshots as fresh as the newest accepted figure and the newest finished run (快照刷新)."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import override

from assessments.enums import RunStatus
from assessments.models import Run
from indicators.models import DataChange
from indicators.selectors import newest_change
from parks.models import Zone
from reports import rendering
from reports.models import Snapshot

_LOCK = 159_02018  # any number of our own: one refresh at a time
BATCH = 50
"""Zone profiles rendered in one go; the next tick takes the next ones, so that a worker is never held for long."""


def newest_run() -> int:
    return Run.objects.filter(status=RunStatus.DONE).aggregate(newest=Max("id"))["newest"] or 0


@shared_task
def snapshots_refresh() -> int:
    """Render what is older than the news, province first; returns how many snapshots were written."""
    change, run = newest_change(), newest_run()
    province_stale = not Snapshot.objects.filter(key="province", data_change_id__gte=change, run_id__gte=run).exists()
    zones = _stale_zones()
    if not province_stale and not zones:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        if not (row and row[0]):
            return 0
        return _refresh(zones, change, run, province_stale=province_stale)


def _stale_zones() -> list[Zone]:
    """Zones without a profile, or with news of their own since: figures accepted, or a newer run with their result."""
    held = {
        row["key"]: row
        for row in Snapshot.objects.filter(key__startswith="zone:", language=settings.LANGUAGE_CODE).values(
            "key", "data_change_id", "run_id"
        )
    }
    changes = dict(
        DataChange.objects.exclude(zone=None)
        .values_list("zone_id")
        .annotate(newest=Max("id"))
        .values_list("zone_id", "newest")
    )
    common = DataChange.objects.filter(zone=None).aggregate(newest=Max("id"))["newest"] or 0
    runs = dict(
        Run.objects.filter(status=RunStatus.DONE, results__zone__isnull=False)
        .values_list("results__zone_id")
        .annotate(newest=Max("id"))
        .values_list("results__zone_id", "newest")
    )
    stale = []
    for zone in Zone.objects.select_related("city", "county"):
        row = held.get(f"zone:{zone.code}")
        if (
            row is None
            or row["data_change_id"] < max(changes.get(zone.pk, 0), common)
            or row["run_id"] < runs.get(zone.pk, 0)
        ):
            stale.append(zone)
    return stale[:BATCH]


def _refresh(zones: list[Zone], change: int, run: int, *, province_stale: bool) -> int:
    source = rendering.Source.read()
    renderer = rendering.ZoneRenderer(source, zones)
    rows: list[Snapshot] = []
    for language, _label in settings.LANGUAGES:
        with override(language):
            parts = {f"zone:{zone.code}": renderer.render(zone) for zone in zones}
            if province_stale:
                parts |= {"province": rendering.province(source), "standing": rendering.standing()}
        rows += [
            Snapshot(
                key=key, language=language, html=html, data_change_id=change, run_id=run, rendered_at=timezone.now()
            )
            for key, html in parts.items()
        ]
    Snapshot.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["key", "language"],
        update_fields=["html", "data_change_id", "run_id", "rendered_at"],
    )
    return len(rows)
