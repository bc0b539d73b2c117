"""Figures behind the dashboard and the zone profile, language-neutral (展示用数据).

Sums over zones use each physical area once. Growth compares only zones with a figure in both years (可比口径);
ratios are sums divided by sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, JSONField, Q, Value

from assessments.enums import ProposalKind
from assessments.models import Result, Run
from assessments.selectors import rank_before, years_told
from indicators.enums import ReturnStatus
from indicators.models import Indicator, Return, Round
from indicators.selectors import rollup
from parks.enums import ZoneClass
from parks.models import Designation, Region, Zone
from parks.provinces import prefix_of

# 豫政办〔2017〕159号 一（一）: the five headline rates, P002–P006; the fifth has no agreed measure and is not computed.
HEADLINE_RATES = ("land_output_rate", "solid_waste_use_rate", "smart_rate", "rd_body_coverage")
HEADLINE_TOTALS = ("main_business_revenue", "tax_revenue", "fixed_investment", "employees")
MOVERS = 8


@dataclass(frozen=True)
class Headline:
    """One figure of the province in the indicator's unit.

    `growth` in percent on comparable zones; for a rate in percent `points`, the difference in percentage points.
    """

    indicator: Indicator
    value: float | None
    growth: float | None = None
    points: float | None = None


def total(frame: pd.DataFrame, code: str, year: int) -> pd.Series[float]:
    """The figures of one indicator in one year by zone, blanks left out."""
    if code not in frame.columns or year not in frame.index.get_level_values("year"):
        return pd.Series(dtype=float)
    return frame[code].xs(year, level="year").dropna()


def growth(frame: pd.DataFrame, code: str, year: int) -> float | None:
    """Growth of the sum in percent over zones with a figure in both years; None when the base is not positive."""
    now, before = total(frame, code, year), total(frame, code, year - 1)
    both = now.index.intersection(before.index)
    base = before[both].sum()
    return float(100 * (now[both].sum() / base - 1)) if base > 0 else None


def headlines(frame: pd.DataFrame, year: int) -> list[Headline]:
    """The totals and rates on top of the dashboard."""
    indicators = Indicator.objects.in_bulk([*HEADLINE_TOTALS, *HEADLINE_RATES], field_name="code")
    lines = []
    for code in HEADLINE_TOTALS:
        now = total(frame, code, year)
        value = float(now.sum()) if len(now) else None
        lines.append(Headline(indicators[code], value, growth(frame, code, year)))
    rates = _province_rates(frame, year)
    for code in HEADLINE_RATES:
        now_rate, before = number(rates[code].get(year)), number(rates[code].get(year - 1))
        lines.append(Headline(indicators[code], now_rate, *change(indicators[code], before, now_rate)))
    return lines


def number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def in_yi(value: Any) -> float | None:
    """万元 to 亿元; missing stays missing."""
    known = number(value)
    return None if known is None else known / 10000


def change(indicator: Indicator, before: float | None, now: float | None) -> tuple[float | None, float | None]:
    """(growth in percent, difference in percentage points): the first for amounts, the second for rates in percent."""
    if before is None or now is None:
        return None, None
    if indicator.unit == "%":
        return None, now - before
    return (100 * (now / before - 1) if before > 0 else None), None


def _province_rates(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """The headline rates of the whole province for the year and the one before: sums of the parts, then the ratio."""
    recent = frame[frame.index.get_level_values("year").isin([year - 1, year])]
    whole = rollup(recent, dict.fromkeys(recent.index.get_level_values("zone"), "province"))
    return whole.droplevel("group")[list(HEADLINE_RATES)]


def by_city(frame: pd.DataFrame, year: int, round_: Round | None, province: Region) -> list[dict[str, Any]]:
    """One row for each city of the province (Henan: 18 units): zones, revenue (万元), tax, accepted share of the round's returns in percent."""
    own = Region.objects.cities().filter(code__startswith=prefix_of(province.code))
    cities = {
        region.pk: region for region in own.annotate(zones=Count("city_zones")).filter(zones__gt=0).order_by("code")
    }
    city_of = dict(Zone.objects.values_list("code", "city_id"))
    sums = {
        code: total(frame, code, year).groupby(city_of.get).sum() for code in ("main_business_revenue", "tax_revenue")
    }
    progress = {
        row["zone__city"]: 100 * row["accepted"] / row["total"]
        for row in Return.objects.filter(round=round_)
        .values("zone__city")
        .annotate(total=Count("id"), accepted=Count("id", filter=Q(status=ReturnStatus.ACCEPTED)))
    }
    return [
        {
            "code": region.code,
            "name": region.label,
            "zones": region.zones,
            "revenue": in_yi(sums["main_business_revenue"].get(pk)),
            "tax": in_yi(sums["tax_revenue"].get(pk)),
            "accepted": progress.get(pk),
        }
        for pk, region in cities.items()
    ]


def classes_on(day: date, province: Region) -> list[dict[str, Any]]:
    """Designations of the province in force by class and level; a zone with several plates is counted in each."""
    held = Designation.objects.in_force_on(day).filter(zone__city__code__startswith=prefix_of(province.code))
    rows = held.values("zone_class", "level").annotate(n=Count("id"))
    counts: dict[tuple[str, str], int] = {(row["zone_class"], row["level"]): row["n"] for row in rows}
    return [
        {
            "label": zone_class.label,
            "key": zone_class.value,
            "national": counts.get((zone_class, "national"), 0),
            "provincial": counts.get((zone_class, "provincial"), 0)
            + counts.get((zone_class, "province_designated"), 0),
        }
        for zone_class in ZoneClass
    ]


@dataclass(frozen=True)
class Mover:
    """A zone that rose or fell against the run of the year before."""

    result: Result
    before: int

    @property
    def moved(self) -> int:
        """Places gained; negative when lost."""
        return self.before - (self.result.rank or 0)


@dataclass(frozen=True)
class Standing:
    """The newest published run of a class with its proposals and movers."""

    run: Run
    counts: dict[str, int]
    up: list[Mover]
    down: list[Mover]


def standings(province: Region | None = None) -> list[Standing]:
    """The newest published run of each class with zones of the province, in the order of ZoneClass; a handful of queries."""
    newest: dict[str, Run] = {}
    own = Q(scheme__region_code="") | Q(scheme__region_code=province.code) if province else Q()
    runs = Run.objects.published().filter(own).select_related("scheme").defer("inputs").order_by("year", "id")
    for run in runs:
        newest[run.scheme.zone_class] = run
    found = (_standing(newest[zone_class], province) for zone_class in ZoneClass if zone_class in newest)
    return [standing for standing in found if any(standing.counts.values())]


def _standing(run: Run, province: Region | None) -> Standing:
    """Movers are those with figures of their own, against the places of last year that the run itself has frozen."""
    own = run.results.filter(zone__city__code__startswith=prefix_of(province.code)) if province else run.results.all()
    told = run.year - 1 in years_told(run, AnonymousUser())
    past = F("explanation__past") if told else Value([], JSONField())
    results = list(own.select_related("zone__city").annotate(past=past).defer("explanation"))
    for result in results:
        result.run = run
    movers = [
        Mover(result, before)
        for result in results
        if result.rank is not None and result.coverage > 0 and (before := rank_before(result)) is not None
    ]
    ordered = sorted(movers, key=lambda m: (-m.moved, m.result.rank))
    counts = {kind: sum(r.proposal == kind for r in results) for kind in ProposalKind.values}
    return Standing(
        run,
        counts,
        up=[m for m in ordered[:MOVERS] if m.moved > 0],
        down=[m for m in reversed(ordered[-MOVERS:]) if m.moved < 0],
    )
