"""Composite indices that the office has settled (综合指数): parts, weights and base year of a decision, reckoned year by year.

The policy speaks of levels that rise (总体发展水平、转型升级综合水平 …) and names neither parts nor weights. Once a decision does, the
index of a year is Σ weight × 100 × x(year) / x(base year), for a part of which less is better 100 × x(base year) / x(year); x is
the part rolled up over the zones in question, sums first (ratios of sums). A year that lacks a part has no index, nothing is taken
for nought. The zones are those of the present: of the province, of the class or tier that the instrument names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import pandas as pd
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import StatusKind, Tier
from assessments.models import ZoneStatus
from common.formula import Formula
from common.units import YES_NO, is_rate
from compliance.models import CompositeFigure
from indicators.enums import Direction, IndicatorKind, IndicatorScope
from indicators.models import Indicator
from indicators.selectors import matrix, reporting_year, rollup
from parks.enums import ZoneClass
from parks.models import Zone
from policy.declarations import declared
from policy.models import Document, Ruling, Term

WHOLE = 100.0


@dataclass(frozen=True)
class Index:
    """The index of a year: its value, and of each part the figure, the base year's and what it comes to (100 in the base year)."""

    year: int
    value: float
    parts: dict[str, list[float]]
    synthetic: bool


def offered(document: Document) -> dict[str, str]:
    """Indicators a composite may be made of, by code: figures of zones that add up, or ratios of such, and have a direction."""
    usable = (
        Indicator.objects.filter(scope=IndicatorScope.ZONE).exclude(direction=Direction.NEUTRAL).exclude(unit=YES_NO)
    )
    found = [
        item for item in usable.order_by("position") if item.kind == IndicatorKind.DERIVED or not is_rate(item.unit)
    ]
    return {
        item.code: item.label + (_("（%(unit)s）") % {"unit": item.unit_label} if item.unit_label else "")
        for item in found
    }


def rulings_in_force() -> list[Ruling]:
    """The newest decision on each composite, where it names parts."""
    newest = Ruling.objects.filter(term__composite=True).order_by("term_id", "-id").distinct("term")
    rows = newest.select_related("term__document").prefetch_related("term__provisions__instrument")
    return [ruling for ruling in rows if ruling.parts and ruling.base_year is not None]


def zones_of(term: Term, day: date) -> list[str]:
    """Codes of the zones that the instrument of the word is about."""
    zones = Zone.objects.of_province(term.document.region_code)
    scopes = [declared(each.instrument.fields).get("applies_to", "") for each in term.provisions.all()]
    scope = next((scope for scope in scopes if scope), "")
    for zone_class in ZoneClass:
        if scope == f"zone_class = {zone_class.label}":
            zones = zones.of_class(zone_class, day)
    for tier in Tier:
        if scope.startswith("quality_tier") and scope.endswith(_SHORT[tier]):
            held = ZoneStatus.objects.filter(kind=StatusKind.TIER).in_force_on(day).values_list("zone", "value")
            zones = zones.filter(pk__in=[zone for zone, value in held if value == tier])
    return sorted(zones.values_list("code", flat=True))


_SHORT = {Tier.HIGH: "较高", Tier.LOW: "较低"}
"""How the policy's instruments name the tiers."""


def reckon(ruling: Ruling, zones: Iterable[str]) -> list[Index]:
    """The index from its base year on."""
    weights = {code: float(weight) for code, weight in ruling.parts}
    items = {item.code: item for item in Indicator.objects.filter(code__in=weights)}
    base, zones = ruling.base_year, list(zones)
    if base is None or len(items) < len(weights) or not zones:
        return []
    read = {name for item in items.values() if item.formula for name in Formula.parse(item.formula).names}
    frame = matrix(codes=sorted({*weights, *read}), zone_codes=zones)
    if frame.empty:
        return []
    whole = cast("pd.DataFrame", rollup(frame, dict.fromkeys(zones, "all")).loc["all"])[list(weights)]
    if base not in whole.index:
        return []
    start, last = cast("pd.Series[float]", whole.loc[base]), reporting_year(ruling.term.document.region_prefix) or 0
    found = []
    for year in (int(year) for year in whole.index if base <= int(year) <= last):
        told = _parts(cast("pd.Series[float]", whole.loc[year]), start, items)
        if told is not None:
            value = sum(weights[code] * told[code][2] for code in weights) / WHOLE
            found.append(Index(year, value, told, bool(frame.attrs.get("synthetic"))))
    return found


def _parts(
    now: pd.Series[float], start: pd.Series[float], items: dict[str, Indicator]
) -> dict[str, list[float]] | None:
    """Each part's figure, base and index; None where one is missing or cannot be divided by."""
    told = {}
    for code, item in items.items():
        figure, base = float(now[code]), float(start[code])
        above, below = (base, figure) if item.direction == Direction.LOWER else (figure, base)
        if pd.isna(above) or pd.isna(below) or below <= 0:
            return None
        told[code] = [figure, base, WHOLE * above / below]
    return told


def composites_write() -> int:
    """Reckon every settled composite anew and keep what came out; returns how many figures there are."""
    rulings, today = rulings_in_force(), timezone.localdate()
    rows = [
        CompositeFigure(ruling=ruling, year=index.year, value=index.value, parts=index.parts, synthetic=index.synthetic)
        for ruling in rulings
        for index in reckon(ruling, zones_of(ruling.term, today))
    ]
    kept = Q(pk__in=[])
    for row in rows:
        kept |= Q(ruling=row.ruling, year=row.year)
    CompositeFigure.objects.exclude(kept).delete()
    CompositeFigure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ruling", "year"],
        update_fields=["value", "parts", "synthetic", "computed_at"],
    )
    return len(rows)


def figures_of(document: Document) -> dict[int, list[CompositeFigure]]:
    """The figures of the document's composites in force, by the decision's id, the years in order."""
    found: dict[int, list[CompositeFigure]] = {}
    for row in CompositeFigure.objects.filter(ruling__term__document=document).order_by("year"):
        found.setdefault(row.ruling_id, []).append(row)
    return found


def told_of(rows: list[CompositeFigure]) -> dict[str, Any]:
    """The newest figure with the year before, for a sentence."""
    newest, before = rows[-1], rows[-2] if len(rows) > 1 and rows[-2].year == rows[-1].year - 1 else None
    change = 100 * (newest.value / before.value - 1) if before is not None and before.value else None
    return {"year": newest.year, "value": newest.value, "change": change}
