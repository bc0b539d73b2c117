"""Filling an empty portal with ten years of demonstration data on the real zones (演示数据).

Rounds are opened by the same service as in real life; figures go in by COPY, so that the triggers of locks and history
see them; runs are computed by the same task a worker executes. Real published figures keep their source and carry no mark.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pandas as pd
import pghistory
from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from assessments.models import Scheme
from assessments.services import run_start
from assessments.tasks import run_execute
from config.demo import figures
from config.demo.figures import Story, ZoneFacts
from config.demo.users import DEMO_ZONE
from indicators import chain
from indicators.enums import (
    Absence,
    ActKind,
    Channel,
    IndicatorKind,
    IndicatorScope,
    ReturnStatus,
    RoundStatus,
    ValueSource,
)
from indicators.models import DataChange, Indicator, ProvinceValue, Return, ReturnAct, Round, Value
from indicators.news import tell
from indicators.services import round_open
from parks.enums import ZoneClass
from parks.models import Zone

YEARS = list(range(2016, 2026))
NOTE = "演示数据，固定种子生成，不代表真实情况"
GAP_SHARE = 0.45
"""Share of its optional figures that a zone with gaps has not got."""
RUN_YEARS = (2022, 2023, 2024)

# What the year still being collected looks like: status by turns, in the order of a hash of the zone's code.
CURRENT = (
    [ReturnStatus.ACCEPTED] * 9
    + [ReturnStatus.CITY_ACCEPTED] * 2
    + [ReturnStatus.SUBMITTED] * 3
    + [ReturnStatus.RETURNED]
    + [ReturnStatus.DRAFT] * 3
    + [None] * 2  # not started
)
RETURN_REASON = "演示：研发经费比上年增长过快，请核对单位后重新报送。"

# Province-wide counts until registers exist: first and last year's figure, a straight line between.
SERIES = {
    "emerging_clusters_100bn": (3, 12),
    "city_clusters_100bn": (14, 29),
    "county_clusters_10bn": (98, 178),
    "leading_innovation_enterprises": (36, 152),
    "new_rd_bodies": (21, 131),
    "leading_teams_cumulative": (60, 352),
}


def is_empty() -> bool:
    return not Round.objects.exists()


def build(*, actor: User) -> dict[str, int]:
    """Everything, in one transaction but the runs; returns counts by what was made."""
    zones = list(Zone.objects.prefetch_related("designations"))
    facts = [_facts(zone) for zone in zones]
    published = _published()
    anchors = {
        code: (year, float(number))
        for (code, indicator, year), (number, _note, _certainty) in sorted(published.items())
        if indicator == "main_business_revenue"
    }
    table = figures.build(facts, YEARS, anchors)
    # The trail names who made it. Without a context the history's trigger also fails and recovers on every row, and each
    # recovery goes through all foreign keys still to be checked: minutes for what takes seconds.
    with transaction.atomic(), pghistory.context(user=actor.pk, command="demo_data"):
        for year in YEARS:
            _open(year, actor)
        counts = {"values": _write_values(table, facts, published)}
        counts["returns"] = _decide(actor)
        counts["series"] = _write_series(actor)
    return counts


def build_runs(*, actor: User) -> int:
    """Assess the years before the current one with every scheme that applies; returns how many runs were made."""
    made = 0
    for year in RUN_YEARS:
        for scheme in Scheme.objects.filter(status="published"):
            if scheme.applies_to(year):
                run_execute(run_start(by=actor, scheme=scheme, year=year).pk)
                made += 1
    return made


def _facts(zone: Zone) -> ZoneFacts:
    plates = list(zone.designations.all())
    return ZoneFacts(
        zone.code,
        frozenset(plate.zone_class for plate in plates),
        frozenset(plate.level for plate in plates),
        float(zone.planned_area_km2) if zone.planned_area_km2 else None,
        float(zone.built_area_km2) if zone.built_area_km2 else None,
    )


def _published() -> dict[tuple[str, str, int], tuple[Decimal, str, str]]:
    """Published figures of whole years by (zone, indicator, year): number, source, certainty."""
    rows = Value.objects.filter(source=ValueSource.PUBLISHED, period__regex=r"^\d{4}$", number__isnull=False)
    return {
        (code, indicator, year): (number, note, certainty)
        for code, indicator, year, number, note, certainty in rows.values_list(
            "zone__code", "indicator__code", "year", "number", "source_note", "certainty"
        )
        if number is not None
    }


def _open(year: int, actor: User) -> Round:
    """The round of the year, opened; the newest is due in three weeks so that the office has something to chase."""
    today = timezone.localdate()
    newest = year == YEARS[-1]
    round_ = Round.objects.create(
        year=year,
        name=f"{year} 年度报表",
        zone_classes=list(ZoneClass.values),
        opens_on=today - timedelta(days=30) if newest else date(year + 1, 1, 15),
        due_on=today + timedelta(days=21) if newest else date(year + 1, 3, 31),
    )
    round_.indicators.set(Indicator.objects.base().for_zones())
    round_open(by=actor, round=round_)
    # What is typed into a demonstration return is demonstration data as well.
    round_.returns.update(synthetic=True)
    return round_


def _hash(*parts: object) -> int:
    return zlib.crc32("/".join(map(str, (figures.SEED, *parts))).encode())


def _status_of(code: str, year: int) -> ReturnStatus | None:
    """The status a return is given; None means that nothing is filled in."""
    if year == YEARS[-1]:
        return ReturnStatus.DRAFT if code == DEMO_ZONE else CURRENT[_hash(code, "status") % len(CURRENT)]
    return None if _hash(code, year, "missing") % 90 == 0 else ReturnStatus.ACCEPTED


def _write_values(
    table: pd.DataFrame,
    facts: list[ZoneFacts],
    published: dict[tuple[str, str, int], tuple[Decimal, str, str]],
) -> int:
    indicators = {i.code: i for i in Indicator.objects.base().for_zones()}
    told = figures.stories([fact.code for fact in facts])
    zones = dict(Zone.objects.values_list("code", "pk"))
    asked = {
        fact.code: [c for c, i in indicators.items() if fact.classes & set(i.zone_classes) and c in table.columns]
        for fact in facts
    }
    returns = {(r.zone_id, r.round.year): r.pk for r in Return.objects.select_related("round")}
    now = timezone.now().isoformat()
    stream, count = io.StringIO(), 0
    for code, year in table.index:
        row = table.loc[code, year]
        return_id, status = returns.get((zones[code], year)), _status_of(code, year)
        if return_id is None or status is None:
            continue
        for name in _answered(asked[code], code, status):
            indicator = indicators[name]
            number, absence, synthetic, note, certainty = _cell(row, indicator, code, year, told[code], published)
            stream.write(
                f"{return_id}\t{zones[code]}\t{indicator.pk}\t{year}\t{year}\t{number}\t{absence}\t\t{ValueSource.PARK}\t"
                f"{note}\t{certainty}\t{synthetic}\t1\t{now}\t{Channel.DEMO}\n"
            )
            count += 1
    _copy(stream)
    return count


def _answered(codes: list[str], zone: str, status: ReturnStatus) -> Iterable[str]:
    """A draft has its first half; everything else is complete."""
    return codes[: len(codes) // 2] if status == ReturnStatus.DRAFT and zone != "" else codes


def _cell(
    row: pd.Series[float],
    indicator: Indicator,
    code: str,
    year: int,
    story: Story,
    published: dict[tuple[str, str, int], tuple[Decimal, str, str]],
) -> tuple[str, str, str, str, str]:
    """number, absence, synthetic, source note, certainty — as COPY wants them, a blank written as it wants it."""
    known = published.get((code, indicator.code, year))
    if known is not None:
        return str(known[0]), "", "f", known[1].replace("\t", " "), known[2]
    if story == Story.GAPS and not indicator.required and _hash(code, indicator.code) % 100 < 100 * GAP_SHARE:
        return "\\N", Absence.NOT_AVAILABLE, "t", NOTE, ""
    return f"{float(row[indicator.code]):.{indicator.decimals}f}", "", "t", NOTE, ""


def _copy(stream: io.StringIO) -> None:
    stream.seek(0)
    with connection.cursor() as cursor:
        # History triggers catch an error a row, and PostgreSQL walks all deferred checks at each: with none deferred a
        # load of 100,000 rows takes seconds, otherwise most of an hour.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.cursor.copy_expert(
            "COPY indicators_value (return_ref_id, zone_id, indicator_id, year, period, number, absence, comment, source, "
            "source_note, certainty, synthetic, revision, updated_at, channel) FROM STDIN",
            stream,
        )


def _decide(actor: User) -> int:
    """Bring every return to its status with the acts that lead there, and tell the news once a year."""
    steps: dict[ReturnStatus, list[ActKind]] = {
        ReturnStatus.SUBMITTED: [ActKind.SUBMITTED],
        ReturnStatus.RETURNED: [ActKind.SUBMITTED, ActKind.RETURNED],
        ReturnStatus.CITY_ACCEPTED: [ActKind.SUBMITTED, ActKind.CITY_ACCEPTED],
        ReturnStatus.ACCEPTED: [ActKind.SUBMITTED, ActKind.CITY_ACCEPTED, ActKind.ACCEPTED],
    }
    by_status: dict[ReturnStatus, list[Return]] = {status: [] for status in steps}
    for item in Return.objects.select_related("zone", "round"):
        status = _status_of(item.zone.code, item.round.year)
        if status in by_status:
            by_status[status].append(item)
    for status, items in by_status.items():
        for step, kind in enumerate(steps[status]):
            _write_acts(items, kind, actor, step)
        Return.objects.filter(pk__in=[item.pk for item in items]).update(
            status=status,
            submitted_at=Subquery(_acted_at(ActKind.SUBMITTED)),
            accepted_at=Subquery(_acted_at(ActKind.ACCEPTED)),
        )
    Round.objects.exclude(year=YEARS[-1]).update(status=RoundStatus.CLOSED)
    tell([DataChange(year=year, reason=NOTE) for year in YEARS])
    return sum(len(items) for items in by_status.values())


def _acted_at(kind: ActKind) -> QuerySet[ReturnAct, datetime]:
    return ReturnAct.objects.filter(return_ref=OuterRef("pk"), kind=kind).values_list("at", flat=True)[:1]


def _when(item: Return, step: int) -> datetime:
    """A working hour in the weeks before the due date, the later steps later, never in the future."""
    due = datetime.combine(item.round.due_on, time(9, 0), tzinfo=timezone.get_current_timezone())
    spread = timedelta(days=_hash(item.zone.code, item.round.year, "day") % 8, minutes=_hash(item.pk, step) % 480)
    newest = timezone.now() - timedelta(days=3 * (2 - step)) - timedelta(minutes=_hash(item.pk, "minute") % 1440)
    return min(due - timedelta(days=20 - 6 * step) + spread, newest)


def _write_acts(items: list[Return], kind: ActKind, actor: User, step: int) -> None:
    """One act on each of the returns, chained to the last one each has; `step` counts the acts of a return."""
    heads = dict(ReturnAct.objects.filter(return_ref__in=items).order_by("pk").values_list("return_ref_id", "digest"))
    acts = []
    for item in items:
        act = ReturnAct(
            return_ref=item,
            kind=kind,
            actor=actor,
            at=_when(item, step),
            reason=RETURN_REASON if kind == ActKind.RETURNED else "",
            return_revision=item.revision,
            previous_digest=heads.get(item.pk, ""),
        )
        act.digest = chain.digest(act, act.previous_digest)
        acts.append(act)
    ReturnAct.objects.bulk_create(acts)


def _write_series(actor: User) -> int:
    indicators = Indicator.objects.filter(scope=IndicatorScope.PROVINCE, kind=IndicatorKind.BASE).in_bulk(
        field_name="code"
    )
    span = len(YEARS) - 1
    rows = [
        ProvinceValue(
            indicator=indicators[code],
            year=year,
            number=round(first + (last - first) * at / span),
            source_note=NOTE,
            synthetic=True,
            updated_by=actor,
        )
        for code, (first, last) in SERIES.items()
        for at, year in enumerate(YEARS)
    ]
    return len(ProvinceValue.objects.bulk_create(rows))
