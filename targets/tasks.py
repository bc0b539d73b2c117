"""Keeps every target's progress as fresh as the newest accepted figure (目标进展刷新)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Min, Q
from django.utils import timezone

from indicators.enums import Frequency
from indicators.models import Round
from indicators.selectors import newest_change
from targets.enums import Measure, TargetStatus
from targets.measures import Data, Measured, collect, compute
from targets.models import Progress, Target
from targets.progress import ENOUGH, status_of

_LOCK = 159_02017  # any number of our own: one refresh at a time


@shared_task
def progress_refresh() -> int:
    """Recompute all targets when news is newer than what is stored; returns how many rows were written, else 0."""
    newest = newest_change()
    if progress_is_current(newest):
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        return recompute(newest) if row and row[0] else 0


def progress_is_current(change: int) -> bool:
    """Whether every countable target has taken in the news up to `change`."""
    countable = Target.objects.exclude(measure=Measure.QUALITATIVE)
    held = countable.annotate(held=Min("progress__data_change_id"))
    return not held.filter(Q(held=None) | Q(held__lt=change)).exists()


def years_of(data: Data) -> list[int]:
    """Years with a yearly round, or with a figure of the province; single published figures of other years make no progress."""
    return sorted(
        set(Round.objects.filter(frequency=Frequency.YEAR).values_list("year", flat=True))
        | {int(y) for y in data.series["year"]}
    )


def recompute(newest: int) -> int:
    """Write progress of every countable target for every year with data."""
    targets = list(Target.objects.exclude(measure=Measure.QUALITATIVE))
    data = collect(targets)
    years = years_of(data) or [timezone.localdate().year]
    rows = [row for target in targets for row in progress_rows(data, target, years, newest)]
    Progress.objects.filter(target__in=targets).exclude(year__in=years).delete()  # a year that is no round's any more
    Progress.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["target", "year"],
        update_fields=[
            "value",
            "numerator",
            "denominator",
            "status",
            "detail",
            "synthetic",
            "data_change_id",
            "computed_at",
        ],
    )
    return len(rows)


def progress_rows(data: Data, target: Target, years: list[int], newest: int) -> list[Progress]:
    """A target's progress over the years, not stored."""
    measured = {year: compute(data, target, year) for year in years}
    start = next(
        ((year, m.value) for year, m in measured.items() if m.value is not None and m.coverage >= ENOUGH), None
    )
    return [_row(target, year, m, start, newest) for year, m in measured.items()]


def _row(target: Target, year: int, m: Measured, start: tuple[int, float] | None, newest: int) -> Progress:
    status: TargetStatus = status_of(
        year=year,
        value=m.value,
        start=start,
        target_year=target.year,
        operator=target.operator,
        goal=float(target.value or 0),
        tolerance_pct=float(target.tolerance_pct),
        coverage=m.coverage,
    )
    parts: dict[str, Any] = asdict(m)
    return Progress(
        target=target,
        year=year,
        value=m.value,
        numerator=m.numerator,
        denominator=m.denominator,
        status=status,
        detail={name: parts[name] for name in ("counted", "nearest", "missing")},
        synthetic=m.synthetic,
        data_change_id=newest,
        computed_at=timezone.now(),
    )
