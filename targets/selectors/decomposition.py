"""How a target divides: the league table of the cities, quotas of cities and zones (指标分解查询)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Permission
from accounts.models import User
from parks.models import Region, Zone
from targets import methods
from targets.enums import Measure, Operator
from targets.measures import city_of
from targets.models import Progress, Quota, QuotaSheet, Target
from targets.progress import meets
from targets.selectors.board import newest_progress

UNDIVIDED = frozenset({Measure.PROVINCE_SERIES, Measure.RISE, Measure.RULE, Measure.QUALITATIVE})
"""Kinds whose figure has no parts by zone."""


def is_share(target: Target) -> bool:
    """Whether its parts are shares: they average, and don't add up."""
    return target.unit == "%" and target.measure in {
        Measure.SHARE_DESIGNATIONS,
        Measure.RATIO_OF_SUMS,
        Measure.REGISTER,
    }


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
    parts: dict[str, _Part] = {}
    for code, city in city_of(units).items():
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
    if target.measure == Measure.SHARE_DESIGNATIONS or (target.measure == Measure.REGISTER and is_share(target)):
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
        within = bool(np.all((numerators <= denominators) | np.isnan(numerators)))
    if factor != 100 or not within or target.measure == Measure.REGISTER:
        return values, values  # no share of counted things: a register's may be one of kilometres or money
    low, high = methods.wilson(numerators, denominators)
    return 100 * low, 100 * high


def _nan(number: float | None) -> float:
    return float("nan") if number is None else number


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


# ---- quotas 分解指标 --------------------------------------------------------------------------------------------


def cities_of(target: Target) -> QuerySet[Region]:
    """The cities among which a target is divided: those of its own province."""
    return Region.objects.cities().filter(code__startswith=target.prefix)


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
    parts: dict[str, _Part] = {}
    for code, place in city_of(units).items():
        if city is None or place == city.code:
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
    if not is_share(target) or not parts:
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
    for code, place in city_of(units).items():
        if city is None or place == city.code:
            key = place if city is None else code
            weights[key] = weights.get(key, 0.0) + (units[code][1] or 0.0)
    return weights
