"""Filling an empty portal with ten years of demonstration data on the real zones (演示数据).

Rounds are opened by the same service as in real life; figures go in by COPY, so that the triggers of locks and history
see them; runs are computed by the same task a worker executes. Real published figures keep their source and carry no mark.
"""

from __future__ import annotations

import io
import zlib
from datetime import datetime, time, timedelta
from decimal import Decimal

import pandas as pd
import pghistory
from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from assessments import clock
from assessments.models import Scheme
from assessments.services import run_start
from assessments.tasks import run_execute
from config.demo import departments, enterprises, figures, incidents, orders, proceedings, registers, targets, tasks
from config.demo.figures import Story, ZoneFacts
from config.demo.users import DEMO_ZONE
from indicators import chain
from indicators.enums import (
    Absence,
    ActKind,
    Channel,
    Frequency,
    IndicatorKind,
    IndicatorScope,
    ReturnStatus,
    RoundStatus,
    ValueSource,
)
from indicators.models import DataChange, Form, Indicator, ProvinceValue, Return, ReturnAct, Round, Value
from indicators.news import tell
from indicators.periods import last_day, title_zh
from indicators.services import round_open
from parks.enums import ZoneClass
from parks.models import Zone
from parks.provinces import chosen_province
from policy.models import Document

YEARS = list(range(2016, 2026))
NOTE = "演示数据，固定种子生成，不代表真实情况"
GAP_SHARE = 0.45
"""Share of its optional figures that a zone with gaps has not got."""
RUN_YEARS = (2022, 2023, 2024)
OVERRIDE = "演示：星级标准等参数政策没有给出，部分园区缺报，仍按现有数据计算。"
LATER_FORMS = {"annual-finance": 2024, "annual-science": 2024, "annual-land": 2024,
               "annual-services": 2023, "annual-clearance": 2023}  # fmt: skip
"""Forms that were asked for the first time in this year; the other yearly ones always."""
JUMPS: tuple[dict[str, tuple[float, str]], ...] = (
    {"tax_revenue": (2.3, "演示：新项目投产并结清以前年度税款。")},
    {"fixed_investment": (1.6, "")},
    {},
)
"""What a filed return of the newest year has for its reviewer by turns: a jump with its explanation, an outlier, nothing."""
QUARTERS = ("2025Q3", "2025Q4")
QUARTERLY_FORM = "jjq201"
STILL_OPEN = ("2025", "2025Q4")
"""Periods still being collected; all others are closed."""

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

# Province-wide series: first and last year's figure, a straight line between.
SERIES = {
    "emerging_clusters_100bn": (3, 12),
    "city_clusters_100bn": (14, 29),
    "county_clusters_10bn": (98, 178),
    "leading_innovation_enterprises": (36, 152),
    "new_rd_bodies": (21, 131),
    "leading_teams_cumulative": (60, 352),
    "tech_smes": (6_200, 27_500),
    "tech_giants": (420, 1_480),
    "province_high_tech_enterprises": (1_600, 13_400),
    "province_declarations": (610_000, 980_000),
    "single_window_declarations": (30_500, 965_000),
    "multimodal_tonnes": (640_000, 3_900_000),
}
SHARES = {
    "industrial_value_added": (0.55, 0.66),
    "main_business_revenue": (0.56, 0.68),
    "fixed_investment": (0.47, 0.55),
    "tax_revenue": (0.36, 0.44),
    "imports_exports": (0.61, 0.7),
    "employees": (0.42, 0.47),
}
"""What zones have of the province in the first and the last year; the province's totals follow from the zones' figures."""


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
        for period in (*map(str, YEARS), *QUARTERS):
            _open(period, actor)
        counts = {"values": _write_values(table, facts, published)}
        counts["returns"] = _decide(actor)
        counts["department_values"] = departments.write(actor=actor, table=table, facts=facts, published=published)
        counts["series"] = _write_series(actor, table)
        counts["incidents"] = incidents.write(actor=actor)
        counts |= registers.write(actor=actor, table=table)
        counts |= enterprises.write(actor=actor)
        counts["tasks"] = tasks.write(actor=actor)
        counts |= targets.write(actor=actor)
    return counts


def build_runs(*, actor: User) -> dict[str, int]:
    """Assess the years before the current one with every scheme that applies, each dated in the year after; then decide on them.

    Year by year, for a run knows what was decided before. Returns counts by what was made.
    """
    runs = decided = 0
    for year in RUN_YEARS:
        moment = proceedings.computed_at(year, RUN_YEARS[-1])
        for scheme in Scheme.objects.filter(status="published"):
            if scheme.applies_to(year):
                with clock.set_to(moment):
                    run_execute(run_start(by=actor, scheme=scheme, year=year, override_reason=OVERRIDE).pk)
                runs += 1
        decided += proceedings.build(actor=actor, year=year, newest=RUN_YEARS[-1])
    return {"runs": runs, "proceedings": decided, "orders": orders.write(), **enterprises.evaluate()}


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


def _open(period: str, actor: User) -> Round:
    """The round of the period, opened; one still open is due in three weeks so that the office has something to chase."""
    today, last, open_still = timezone.localdate(), last_day(int(period[:4]), period[4:]), period in STILL_OPEN
    quarterly = period in QUARTERS
    province = chosen_province(actor)
    round_ = Round.objects.create(
        region_code=province.code if province else "",
        year=int(period[:4]),
        period=period,
        frequency=Frequency.QUARTER if quarterly else Frequency.YEAR,
        name=title_zh(period),
        zone_classes=[ZoneClass.CLUSTER] if quarterly else list(ZoneClass.values),
        opens_on=today - timedelta(days=30) if open_still else last + timedelta(days=15),
        due_on=today + timedelta(days=21) if open_still else last + timedelta(days=30 if quarterly else 90),
    )
    forms = [form for form in Form.objects.all() if _asked_in(form, period)]
    round_.forms.set(forms)
    round_.indicators.set(Indicator.objects.filter(forms__in=forms).distinct())
    round_open(by=actor, round=round_)
    # What is typed into a demonstration return is demonstration data as well.
    round_.returns.update(synthetic=True)
    return round_


def _asked_in(form: Form, period: str) -> bool:
    if period in QUARTERS:
        return form.code == QUARTERLY_FORM
    return form.frequency == Frequency.YEAR and int(period) >= LATER_FORMS.get(form.code, 0)


def _hash(*parts: object) -> int:
    return zlib.crc32("/".join(map(str, (figures.SEED, *parts))).encode())


def _status_of(code: str, period: str) -> ReturnStatus | None:
    """The status a return is given; None means that nothing is filled in."""
    if period in STILL_OPEN:
        return ReturnStatus.DRAFT if code == DEMO_ZONE else CURRENT[_hash(code, period, "status") % len(CURRENT)]
    return None if _hash(code, period, "missing") % 90 == 0 else ReturnStatus.ACCEPTED


def _write_values(
    table: pd.DataFrame,
    facts: list[ZoneFacts],
    published: dict[tuple[str, str, int], tuple[Decimal, str, str]],
) -> int:
    told = figures.stories([fact.code for fact in facts])
    classes = {fact.code: fact.classes for fact in facts}
    now = timezone.now().isoformat()
    stream, count = io.StringIO(), 0
    for round_ in Round.objects.prefetch_related("indicators"):
        items, rows = list(round_.indicators.all()), _figures_of(table, round_.period)
        for return_ in round_.returns.select_related("zone").order_by("zone__code"):
            code, status = return_.zone.code, _status_of(return_.zone.code, round_.period)
            if status is None:
                continue
            asked = [item for item in items if classes[code] & set(item.zone_classes)]
            jumps = _jumps(code, round_, status)
            row = {name: number * jumps.get(name, (1, ""))[0] for name, number in rows[code].items()}
            for item in _answered(asked, status):
                cell = _cell(row, item, code, round_, told[code], published)
                number, absence, synthetic, note, certainty = cell
                stream.write(
                    f"{return_.pk}\t{return_.zone_id}\t{item.pk}\t{round_.year}\t{round_.period}\t{number}\t{absence}\t"
                    f"{jumps.get(item.code, (1, ''))[1]}\t"
                    f"{ValueSource.PARK}\t{note}\t{certainty}\t{synthetic}\t1\t{now}\t{Channel.DEMO}\n"
                )
                count += 1
    _copy(stream)
    return count


def _jumps(code: str, round_: Round, status: ReturnStatus) -> dict[str, tuple[float, str]]:
    """By code the factor of a figure that jumped, and the explanation given."""
    if round_.period != STILL_OPEN[0] or status not in (ReturnStatus.SUBMITTED, ReturnStatus.CITY_ACCEPTED):
        return {}
    return JUMPS[_hash(code, "jump") % len(JUMPS)]


def _figures_of(table: pd.DataFrame, period: str) -> dict[str, dict[str, float]]:
    """Figures by zone and code for the period; those of a quarter lie on the way from one year's end to the next."""
    year, quarter = int(period[:4]), int(period[6:] or 4)
    years = table.index.get_level_values("year")
    now, before = (table[years == at].droplevel("year") for at in (year, year - 1))
    figures = now if quarter == 4 else now + (before - now) * (4 - quarter) / 4
    return {
        str(code): {str(item): number for item, number in row.items()} for code, row in figures.to_dict("index").items()
    }


def _answered(items: list[Indicator], status: ReturnStatus) -> list[Indicator]:
    """A draft has its first half; everything else is complete."""
    return items[: len(items) // 2] if status == ReturnStatus.DRAFT else items


def _cell(
    row: dict[str, float],
    indicator: Indicator,
    code: str,
    round_: Round,
    story: Story,
    published: dict[tuple[str, str, int], tuple[Decimal, str, str]],
) -> tuple[str, str, str, str, str]:
    """number, absence, synthetic, source note, certainty — as COPY wants them, a blank written as it wants it."""
    known = None if round_.part else published.get((code, indicator.code, round_.year))
    if known is not None:
        return str(known[0]), "", "f", known[1].replace("\t", " "), known[2]
    if story == Story.GAPS and not indicator.required and _hash(code, indicator.code) % 100 < 100 * GAP_SHARE:
        return "\\N", Absence.NOT_AVAILABLE, "t", NOTE, ""
    return f"{row[indicator.code]:.{indicator.decimals}f}", "", "t", NOTE, ""


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
        status = _status_of(item.zone.code, item.round.period)
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
    Round.objects.exclude(period__in=STILL_OPEN).update(status=RoundStatus.CLOSED)
    tell([DataChange(year=year, reason=NOTE) for year in YEARS])
    return sum(len(items) for items in by_status.values())


def _acted_at(kind: ActKind) -> QuerySet[ReturnAct, datetime]:
    return ReturnAct.objects.filter(return_ref=OuterRef("pk"), kind=kind).values_list("at", flat=True)[:1]


def _when(item: Return, step: int) -> datetime:
    """A working hour in the weeks before the due date, the later steps later, never in the future."""
    due = datetime.combine(item.round.due_on, time(9, 0), tzinfo=timezone.get_current_timezone())
    spread = timedelta(days=_hash(item.zone.code, item.round.period, "day") % 8, minutes=_hash(item.pk, step) % 480)
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


def _write_series(actor: User, table: pd.DataFrame) -> int:
    indicators = Indicator.objects.filter(scope=IndicatorScope.PROVINCE, kind=IndicatorKind.BASE).in_bulk(
        field_name="code"
    )
    span, province = len(YEARS) - 1, Document.objects.earliest("pk").region_code
    numbers = {
        (code, year): round(first + (last - first) * at / span)
        for code, (first, last) in SERIES.items()
        for at, year in enumerate(YEARS)
    }
    sums = table[list(SHARES)].groupby(level="year").sum().to_dict()
    for code, (first, last) in SHARES.items():
        for at, year in enumerate(YEARS):
            numbers[f"province_{code}", year] = round(sums[code][year] / (first + (last - first) * at / span))
    rows = [
        ProvinceValue(
            indicator=indicators[code],
            year=year,
            region_code=province,
            number=number,
            source_note=NOTE,
            synthetic=True,
            updated_by=actor,
        )
        for (code, year), number in numbers.items()
    ]
    return len(ProvinceValue.objects.bulk_create(rows))
