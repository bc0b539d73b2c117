"""Keeps every target's progress as fresh as the newest accepted figure (目标进展刷新)."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from indicators.enums import Frequency
from indicators.models import Round
from indicators.selectors import newest_change
from targets.enums import Measure, TargetStatus
from targets.measures import Data, Measured, collect, compute
from targets.models import Progress, Target
from targets.progress import ENOUGH, Point, Way, status_of

SHARES = frozenset({Measure.SHARE_DESIGNATIONS, Measure.RATIO_OF_SUMS, Measure.REGISTER, Measure.RULE})
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
    held = Target.objects.countable().annotate(held=Max("progress__data_change_id"))
    return not held.filter(Q(held=None) | Q(held__lt=change)).exists()


def years_of(data: Data) -> list[int]:
    """Years with a yearly round, or with a figure of the province; single published figures of other years make no progress."""
    return sorted(
        set(Round.objects.filter(frequency=Frequency.YEAR).values_list("year", flat=True))
        | {int(y) for y in data.series["year"]}
    )


def recompute(newest: int) -> int:
    """Write progress of every countable target for every year with data."""
    targets = list(Target.objects.countable().select_related("provision__document"))
    data = collect(targets)
    years = years_of(data) or [timezone.localdate().year]
    rows = [row for target in targets for row in progress_rows(data, target, years, newest)]
    # A year that is no round's any more; how a rule stood in earlier years cannot be computed again and is kept.
    gone = Progress.objects.filter(target__in=targets).exclude(target__measure=Measure.RULE)
    gone.exclude(year__in=years).delete()
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
    """A target's progress over the years, not stored; of a rule only as it stands now."""
    if target.measure == Measure.RULE:
        years = [timezone.localdate().year]
    measured = {year: compute(data, target, year) for year in years}
    firsts = [(year, m.value) for year, m in measured.items() if m.value is not None and m.coverage >= ENOUGH]
    way = way_of(target, firsts[0] if firsts else None)
    return [_row(target, year, m, way, [p for p in firsts if p[0] <= year], newest) for year, m in measured.items()]


def way_of(target: Target, first: Point | None) -> Way:
    """How the target is judged: from its sourced baseline, or from the first figure with enough behind it."""
    share = target.unit == "%" and target.measure in SHARES
    # A rise over a base year starts at nought in that year; how high the base was is another figure.
    base = (int(target.spec["since"]), 0.0) if target.measure == Measure.RISE else target.baseline
    return Way(
        start=base or first,
        goal=(target.year or 0, float(target.value or 0)),  # what holds at any time is due in every year
        path=target.path,
        milestones=[(float(year), float(value)) for year, value in target.milestones],
        method=target.method,
        bounds=(-math.inf if target.measure == Measure.RISE else 0.0, 100.0 if share else math.inf),
    )


def _row(target: Target, year: int, m: Measured, way: Way, series: list[Point], newest: int) -> Progress:
    status: TargetStatus = status_of(
        series=series,
        year=year,
        value=m.value,
        way=way,
        operator=target.operator,
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
        detail={name: parts[name] for name in ("counted", "nearest", "missing", "units", "register")}
        | {"coverage": m.coverage},
        synthetic=m.synthetic,
        data_change_id=newest,
        computed_at=timezone.now(),
    )


def trial(target: Target) -> list[Progress]:
    """What a target not saved yet would show, year by year (试算)."""
    data = collect([target])
    return progress_rows(data, target, years_of(data), 0)
