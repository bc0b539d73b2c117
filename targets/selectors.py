"""Reads over targets for pages, the API and the dashboard (目标查询)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from accounts.enums import Permission
from accounts.models import User
from common.statuses import LOOKS
from parks.models import Designation, Region, Zone
from targets import methods
from targets.enums import Measure, Operator, TargetStatus
from targets.models import Judgement, Progress, Quota, QuotaSheet, ReportedProgress, Target
from targets.progress import meets


@dataclass
class TargetLine:
    """One line of the board: a target, its progress at the chosen year and the series up to it."""

    target: Target
    progress: Progress | None
    series: list[Progress]
    computed: bool = True
    judgement: Judgement | None = None
    """The newest judgement on a qualitative goal, when asked for by `with_verdicts`."""
    """Whether anything was computed yet: right after a start or a change the worker may still be at it."""

    @property
    def status(self) -> str:
        if self.target.measure == Measure.QUALITATIVE:
            return TargetStatus.QUALITATIVE
        if self.progress:
            return self.progress.status
        return TargetStatus.NO_DATA if self.computed else TargetStatus.PENDING

    @property
    def tone(self) -> str:
        return LOOKS[self.status].tone

    @property
    def digits(self) -> int:
        """Decimals shown: counts whole, percentages with one."""
        return 1 if self.target.unit == "%" else 0

    @property
    def percent(self) -> float | None:
        """Value in percent of the goal, for a bar; None without either."""
        if self.progress is None or self.progress.value is None or not self.target.value:
            return None
        return float(100 * self.progress.value / self.target.value)


def years_with_progress() -> list[int]:
    return list(Progress.objects.order_by("-year").values_list("year", flat=True).distinct())


def board(year: int | None, code: str | None = None) -> list[TargetLine]:
    """All targets in use (or the one named) with their progress at `year`; three queries whatever their number."""
    targets = Target.objects.select_related("provision__instrument", "withdrawn_by")
    targets = targets.filter(code=code) if code else targets.in_use()
    series: dict[int, list[Progress]] = {}
    rows_ = Progress.objects.filter(target__in=targets).annotate(coverage=KT("detail__coverage"))
    for row in rows_.defer("detail").order_by("year"):
        series.setdefault(row.target_id, []).append(row)
    lines = []
    for target in targets:
        rows = [row for row in series.get(target.pk, []) if year is None or row.year <= year]
        current = rows[-1] if rows and (year is None or rows[-1].year == year) else None
        lines.append(TargetLine(target, current, rows, computed=target.pk in series))
    return lines


def with_verdicts(lines: list[TargetLine], year: int | None) -> None:
    """Adds to the qualitative goals their newest judgement up to the year; one query."""
    goals = {line.target.pk: line for line in lines if line.target.is_qualitative}
    rows = Judgement.objects.filter(target__in=goals)
    if year is not None:
        rows = rows.filter(year__lte=year)
    for row in rows.order_by("year", "id"):
        goals[row.target_id].judgement = row


def is_computing(lines: list[TargetLine]) -> bool:
    """Whether some of these figures are still to come: a count of them would not be a fact yet."""
    return any(line.status == TargetStatus.PENDING for line in lines)


def counts_by_status(lines: list[TargetLine]) -> dict[str, int]:
    return dict(Counter(line.status for line in lines))


@dataclass(frozen=True)
class ZoneMark:
    """A zone (or designation) named in a target's detail: code, name, city, link, and for near misses value and gap."""

    code: str
    name: str
    city: str
    url: str
    value: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class ProgressDetail:
    """The zones behind a figure that the reader may see; `totals` counts them all."""

    counted: list[ZoneMark]
    nearest: list[ZoneMark]
    missing: list[ZoneMark]
    totals: dict[str, int]


def visible_codes(user: User) -> set[str]:
    """Codes of zones, and of their designations, whose figures the user may see."""
    zones = Zone.objects.visible_to(user, Permission.RETURN_VIEW)
    plates = Designation.objects.filter(zone__in=zones)
    return {*zones.values_list("code", flat=True), *plates.values_list("code", flat=True)}


def narrowed(detail: dict[str, Any], visible: set[str]) -> dict[str, Any]:
    """A figure's detail without the zones outside `visible`: the total is everyone's, single zones are not."""
    return {
        "counted": [code for code in detail.get("counted", []) if code in visible],
        "nearest": [row for row in detail.get("nearest", []) if row[0] in visible],
        "missing": [code for code in detail.get("missing", []) if code in visible],
    }


def detail_of(progress: Progress, user: User) -> ProgressDetail:
    """The zones behind a figure, with names; a handful of queries whatever their number."""
    totals = {name: len(progress.detail.get(name, [])) for name in ("counted", "missing")}
    detail = narrowed(progress.detail, visible_codes(user))
    nearest = {code: (value, gap) for code, value, gap in detail.get("nearest", [])}
    codes = {*detail.get("counted", []), *detail.get("missing", []), *nearest}
    marks = {
        z.code: ZoneMark(z.code, z.name, z.city.label, z.get_absolute_url())
        for z in Zone.objects.filter(code__in=codes).select_related("city")
    }
    if progress.target.measure == Measure.COUNT_DESIGNATIONS:
        marks = {
            d.code: ZoneMark(d.code, d.name, d.zone.city.label, d.zone.get_absolute_url())
            for d in Designation.objects.filter(code__in=codes).select_related("zone__city")
        }
    return ProgressDetail(
        counted=[marks[c] for c in detail.get("counted", []) if c in marks],
        nearest=[
            ZoneMark(m.code, m.name, m.city, m.url, value, gap)
            for c, (value, gap) in nearest.items()
            if (m := marks.get(c))
        ],
        missing=[marks[c] for c in detail.get("missing", []) if c in marks],
        totals=totals,
    )


# ---- reported 已报告的进展 --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportedLine:
    """A year as it was first reported, its newest vintage, and the figure now."""

    year: int
    first: ReportedProgress
    newest: ReportedProgress
    now: Progress | None
    vintages: list[ReportedProgress]

    @property
    def revised(self) -> bool:
        return len(self.vintages) > 1

    @property
    def differs(self) -> bool:
        """Whether the figure has moved since it was last reported: the next report makes it late data."""
        return self.now is not None and self.now.value != self.newest.value


def reported_series(target: Target) -> list[ReportedLine]:
    """What was reported of a target year by year, the newest first; two queries."""
    rows: dict[int, list[ReportedProgress]] = {}
    for row in target.reported.select_related("reported_by").order_by("year", "vintage"):
        rows.setdefault(row.year, []).append(row)
    now = {row.year: row for row in target.progress.filter(year__in=rows).defer("detail")}
    return [
        ReportedLine(year, vintages[0], vintages[-1], now.get(year), vintages)
        for year, vintages in sorted(rows.items(), reverse=True)
    ]


@dataclass(frozen=True)
class PreviewLine:
    """What a report of the year would write for a target: first, late or unchanged; empty without a figure."""

    progress: Progress
    held: ReportedProgress | None

    @property
    def target(self) -> Target:
        return self.progress.target

    @property
    def outcome(self) -> str:
        held, now = self.held, self.progress
        if held is None:
            return "first" if now.value is not None else "empty"
        same = (held.value, held.numerator, held.denominator) == (now.value, now.numerator, now.denominator)
        return "unchanged" if same else "late"

    @property
    def change(self) -> Decimal | None:
        if self.held is None or self.held.value is None or self.progress.value is None:
            return None
        return self.progress.value - self.held.value

    @property
    def digits(self) -> int:
        return 1 if self.target.unit == "%" else 0


def report_preview(year: int) -> list[PreviewLine]:
    """The targets in use with their figure of the year beside what was last reported; two queries."""
    held = {row.target_id: row for row in ReportedProgress.objects.filter(year=year).order_by("vintage")}
    rows = Progress.objects.filter(year=year, target__in=Target.objects.in_use().countable())
    rows = rows.select_related("target__provision").defer("detail").order_by("target__position")
    return [PreviewLine(row, held.get(row.target_id)) for row in rows]


def preview_counts(lines: list[PreviewLine]) -> dict[str, int]:
    return dict(Counter(line.outcome for line in lines))


def newest_progress(target: Target) -> Progress | None:
    """The newest progress with a value."""
    return target.progress.filter(value__isnull=False).order_by("-year").first()


# ---- by city 分市 -----------------------------------------------------------------------------------------------


SHARES = frozenset({Measure.SHARE_DESIGNATIONS, Measure.RATIO_OF_SUMS})
UNDIVIDED = frozenset({Measure.PROVINCE_SERIES, Measure.RISE, Measure.QUALITATIVE})
"""Kinds whose figure has no parts by zone."""


@dataclass(frozen=True)
class CityLine:
    """A city's (or a zone's) part of a target, with how sure its rank is.

    `value`: the count or sum, or the share in the target's unit. `low`, `high`: for shares of counted things Wilson's
    95 % interval; for counts what the zones without figures could add. `noisy`: the rank could be another.
    """

    code: str
    name: str
    url: str
    numerator: float | None
    denominator: float | None
    missing: int
    value: float | None
    low: float | None
    high: float | None
    rank: int | None
    best: int | None
    worst: int | None
    contribution: float | None
    quota: Decimal | None
    quota_met: bool | None
    tied: int = 1
    """How many have just this value."""

    @property
    def noisy(self) -> bool:
        """Whether it could stand elsewhere than with those of the same value."""
        return self.best is not None and self.worst is not None and self.worst - self.best + 1 > self.tied

    @property
    def quota_percent(self) -> float | None:
        if self.quota is None or self.value is None or not self.quota:
            return None
        return float(100 * self.value / float(self.quota))


@dataclass
class _Part:
    numerator: float | None = None
    denominator: float | None = None
    zones: int = 0
    missing: int = 0

    def add(self, numerator: float | None, denominator: float | None) -> None:
        self.zones += 1
        if numerator is None:
            self.missing += 1
        else:
            self.numerator = (self.numerator or 0.0) + numerator
        if denominator is not None:
            self.denominator = (self.denominator or 0.0) + denominator


def _units(progress: Progress | None) -> dict[str, tuple[float | None, float | None]]:
    return {} if progress is None else {zone: (n, d) for zone, (n, d) in progress.detail.get("units", {}).items()}


def city_lines(target: Target, progress: Progress | None, user: User) -> list[CityLine]:
    """The league table of the cities: everyone sees the totals, quotas only who answers for the city. Five queries."""
    units = _units(progress)
    zones = Zone.objects.filter(code__in=units).values_list("code", "city__code")
    parts: dict[str, _Part] = {}
    for code, city in zones:
        parts.setdefault(city, _Part()).add(*units[code])
    quotas = {row.region.code: row.value for row in city_quotas(target, user) if row.region}
    cities = {region.code: region for region in Region.objects.filter(code__in={*parts, *quotas})}
    places = {code: (region.label, f"?city={code}#zones") for code, region in cities.items()}
    return _lines(target, {code: parts.get(code, _Part()) for code in cities}, places, quotas)


def zone_lines(target: Target, progress: Progress | None, city: Region, user: User) -> list[CityLine]:
    """A city's zones in the reader's sight, with their quotas."""
    units = _units(progress)
    quotas = {row.zone.code: row.value for row in zone_quotas(target, city, user) if row.zone}
    seen = Zone.objects.visible_to(user, Permission.RETURN_VIEW).filter(city=city, code__in={*units, *quotas})
    parts, places = {}, {}
    for zone in seen:
        parts[zone.code] = _Part()
        if zone.code in units:
            parts[zone.code].add(*units[zone.code])
        places[zone.code] = (zone.name, zone.get_absolute_url())
    return _lines(target, parts, places, quotas)


def _lines(
    target: Target, parts: dict[str, _Part], places: dict[str, tuple[str, str]], quotas: dict[str, Decimal]
) -> list[CityLine]:
    codes = list(parts)
    factor = _factor(target)
    values = np.array([_nan(_value(parts[code], factor)) for code in codes], dtype=float)
    low, high = _bounds(target, [parts[code] for code in codes], values, factor)
    sign = -1 if target.operator == Operator.AT_MOST else 1
    known = ~np.isnan(values)
    ranks = pd.Series(sign * values[known]).rank(method="min", ascending=False).to_numpy()
    ends = (low, high) if sign > 0 else (-high, -low)
    best, worst = methods.rank_intervals(ends[0][known], ends[1][known])
    placed = {codes[at]: n for n, at in enumerate(np.flatnonzero(known))}
    whole = sum(part.numerator or 0.0 for part in parts.values())
    lines = []
    for at, code in enumerate(codes):
        part, place = parts[code], placed.get(code)
        value, quota = _known(values[at]), quotas.get(code)
        lines.append(
            CityLine(
                code=code,
                name=places[code][0],
                url=places[code][1],
                numerator=part.numerator,
                denominator=part.denominator if part.denominator is not None else float(part.zones),
                missing=part.missing,
                value=value,
                low=_known(low[at]),
                high=_known(high[at]),
                rank=None if place is None else int(ranks[place]),
                best=None if place is None else int(best[place]),
                worst=None if place is None else int(worst[place]),
                contribution=100 * part.numerator / whole if whole and part.numerator is not None else None,
                quota=quota,
                quota_met=_quota_met(target, value, quota),
                tied=int((values == values[at]).sum()),
            )
        )
    return sorted(lines, key=lambda line: (line.rank is None, line.rank or 0, line.code))


def _quota_met(target: Target, value: float | None, quota: Decimal | None) -> bool | None:
    if value is None or quota is None:
        return None
    return meets(value, target.operator, float(quota), float(target.tolerance_pct))


def _factor(target: Target) -> float | None:
    """By what a share of parts is multiplied; None for counts and sums."""
    if target.measure == Measure.SHARE_DESIGNATIONS:
        return 100.0
    return float(target.spec.get("factor", 1)) if target.measure == Measure.RATIO_OF_SUMS else None


def _value(part: _Part, factor: float | None) -> float | None:
    if factor is None or part.numerator is None:
        return part.numerator
    return factor * part.numerator / part.denominator if part.denominator else None


def _bounds(
    target: Target, parts: list[_Part], values: npt.NDArray[np.float64], factor: float | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    numerators = np.array([_nan(part.numerator) for part in parts], dtype=float)
    denominators = np.array([_nan(part.denominator) for part in parts], dtype=float)
    if factor is None:
        missing = np.array([part.missing for part in parts], dtype=float)
        counts = target.measure in {Measure.COUNT_ZONES, Measure.ALL_OF, Measure.OVER_CAP}
        return values, np.where(missing > 0, values + missing if counts else np.inf, values)
    with np.errstate(invalid="ignore"):
        is_share = factor == 100 and bool(np.all((numerators <= denominators) | np.isnan(numerators)))
    if not is_share:
        return values, values
    low, high = methods.wilson(numerators, denominators)
    return 100 * low, 100 * high


def _nan(number: float | None) -> float:
    return float("nan") if number is None else number


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


# ---- quotas 分解指标 --------------------------------------------------------------------------------------------


def newest_sheet(target: Target, city: Region | None = None) -> QuotaSheet | None:
    return target.quota_sheets.filter(city=city).select_related("set_by").order_by("-number").first()


def newest_sheets() -> QuerySet[QuotaSheet]:
    """The division that counts, of every target and city."""
    newer = QuotaSheet.objects.filter(target=OuterRef("target"), number__gt=OuterRef("number"))
    province = QuotaSheet.objects.filter(city=None).exclude(Exists(newer.filter(city=None)))
    cities = QuotaSheet.objects.exclude(city=None).exclude(Exists(newer.filter(city=OuterRef("city"))))
    return QuotaSheet.objects.filter(Q(pk__in=province.values("pk")) | Q(pk__in=cities.values("pk")))


def visible_quotas(user: User) -> QuerySet[Quota]:
    """Quotas of who answers for them: the office all, the lead department its targets', a city its own and its zones', a park its own."""
    if not user.may(Permission.TARGET_VIEW):
        return Quota.objects.none()
    if user.may(Permission.TARGET_SET):
        return Quota.objects.all()
    within = Q()
    for path in user.paths_with(Permission.TARGET_VIEW):
        within |= Q(region__office__path__startswith=path)
    own = Q(zone__in=Zone.objects.visible_to(user, Permission.RETURN_VIEW)) | (within & Q(region__isnull=False))
    return Quota.objects.filter(own | Q(sheet__target__lead__in=user.duties_with(Permission.TARGET_VIEW)))


def city_quotas(target: Target, user: User) -> QuerySet[Quota]:
    sheet = newest_sheet(target)
    return visible_quotas(user).filter(sheet=sheet, region__isnull=False).select_related("region")


def zone_quotas(target: Target, city: Region, user: User) -> QuerySet[Quota]:
    sheet = newest_sheet(target, city)
    return visible_quotas(user).filter(sheet=sheet, zone__isnull=False).select_related("zone")


def parts_of(target: Target, city: Region | None) -> dict[str, Decimal]:
    """The parts of the division that counts, by code of city or zone."""
    sheet = newest_sheet(target, city)
    if sheet is None:
        return {}
    rows = sheet.parts.values_list("region__code", "zone__code", "value")
    return {region or zone: value for region, zone, value in rows}


def lines_to_divide(target: Target, city: Region | None) -> list[CityLine]:
    """Where the cities (or a city's zones) stand, for the office that divides."""
    progress = newest_progress(target)
    units = _units(progress)
    zones = Zone.objects.filter(code__in=units)
    parts: dict[str, _Part] = {}
    for code, place in (zones if city is None else zones.filter(city=city)).values_list("code", "city__code"):
        parts.setdefault(place if city is None else code, _Part()).add(*units[code])
    return _lines(target, parts, {code: (code, "") for code in parts}, {})


def divided_whole(target: Target, city: Region | None) -> Decimal | None:
    """What is divided: the target's value, or the city's quota; None for a city without one."""
    if city is None:
        return target.value
    sheet = newest_sheet(target)
    part = sheet.parts.filter(region=city).first() if sheet else None
    return part.value if part else None


def divided_total(target: Target, city: Region | None, parts: Mapping[str, Decimal]) -> Decimal:
    """What the parts come to: their sum; for shares their mean, weighted by the newest denominators (equally without any)."""
    if target.measure not in SHARES or not parts:
        return sum(parts.values(), Decimal(0)).quantize(Decimal("0.01"))
    weights = _weights(target, city)
    known = {code: weights.get(code, 0.0) for code in parts}
    total = sum(known.values())
    if not total:
        known, total = dict.fromkeys(parts, 1.0), float(len(parts))
    mean = sum(float(value) * known[code] for code, value in parts.items()) / total
    return Decimal(str(round(mean, 2))).quantize(Decimal("0.01"))


def _weights(target: Target, city: Region | None) -> dict[str, float]:
    units = _units(newest_progress(target))
    weights: dict[str, float] = {}
    for code, place in Zone.objects.filter(code__in=units).values_list("code", "city__code"):
        if city is None or place == city.code:
            key = place if city is None else code
            weights[key] = weights.get(key, 0.0) + (units[code][1] or 0.0)
    return weights
