"""How a target is computed from accepted data (目标测算).

One function per `Measure`; each takes the target's `spec` (see `targets/loading.py` for its shape) and the data of all
years at once, and gives a `Measured` for one year. A zone without the figures is listed as missing, never counted as 0.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from django.utils import timezone

from common.formula import Formula
from indicators.models import ProvinceValue, Value
from indicators.selectors import matrix
from parks.enums import RegionLevel
from parks.models import Designation, Region, Zone
from registers.definition import Measure as RegisterMeasure
from registers.enums import MeasureKind
from registers.models import Register
from registers.selectors import register_counts
from registers.selectors.counts import COLUMNS
from targets.enums import Measure
from targets.loading import codes_used, reads_province
from targets.models import Target
from targets.rules import RuleKey, RuleState, rule_states

NEAREST = 10
FIRST_YEAR = 2016
"""From when registers are counted: the base year of the policy's targets."""


@dataclass(frozen=True)
class Measured:
    """A target's value at the end of a year, with the parts it comes from.

    `counted` are zone (or designation) codes that pass; `nearest` are (zone, value, gap) that just miss it, best first;
    `missing` are zones in the denominator without the figures.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    counted: list[str] = field(default_factory=list)
    nearest: list[tuple[str, float, float]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    synthetic: bool = False
    coverage: float = 1.0
    """Share of the zones in question that have the figures."""
    register: dict[str, Any] = field(default_factory=dict)
    """What a register knows of it: its code, the figure's name, `number`, `entries`, `undated`; empty where none does."""
    units: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """By zone its part of numerator and denominator, None where unknown: what a city's progress is added up from."""


def day_of(year: int, spec: dict[str, Any]) -> date:
    """The day of the year on which a target is computed; 29 February becomes the 28th in other years."""
    month, day = map(int, str(spec.get("day", "12-31")).split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


@dataclass(frozen=True)
class Data:
    """Everything the measures read, fetched once for all targets and years."""

    figures: pd.DataFrame
    """Index (zone, year), columns indicator codes, stored units."""
    designations: pd.DataFrame
    """Columns code, zone, city, zone_class, level, valid_from, valid_to."""
    series: pd.DataFrame
    """Columns province, indicator, year, number, synthetic."""
    synthetic: frozenset[tuple[str, int]] = frozenset()
    """(zone, year) with a synthetic figure among those read."""
    registered: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*COLUMNS, "number"]))
    """What registers know, as `registers.selectors.register_counts` gives it."""
    sources: Mapping[str, tuple[Register, RegisterMeasure]] = field(default_factory=dict)
    """The register and its figure, by the figure's code."""
    rules: Mapping[RuleKey, RuleState] = field(default_factory=dict)
    cities: Mapping[str, str] = field(default_factory=dict)
    """The city of each zone and region on which an entry hangs."""

    def in_force(self, year: int, spec: dict[str, Any]) -> pd.DataFrame:
        """Designations of the spec's class and level valid on the target's day of the year, 31 December unless told."""
        day, d = day_of(year, spec), self.designations
        chosen = d[
            d["valid_from"].map(lambda v: v is None or v <= day) & d["valid_to"].map(lambda v: v is None or v > day)
        ]
        if within := spec.get("within"):
            chosen = chosen[chosen["city"].str.startswith(within)]
        for name in ("zone_class", "level"):
            if spec.get(name):
                chosen = chosen[chosen[name] == spec[name]]
        return chosen

    def of_year(self, year: int, zones: Iterable[str]) -> pd.DataFrame:
        """The figures of these zones for the year and the one before, one row a zone and year, blanks where none."""
        index = pd.MultiIndex.from_product([sorted(set(zones)), [year - 1, year]], names=["zone", "year"])
        return self.figures.reindex(index)


def collect(targets: list[Target]) -> Data:
    """Read what these targets need; the number of queries does not depend on how many there are."""
    codes: set[str] = set()
    for target in targets:
        if not reads_province(target.measure, target.spec):
            codes |= codes_used(target.measure, target.spec)
    sources = sources_of(targets)
    years = range(FIRST_YEAR, timezone.localdate().year + 1)
    registered = register_counts(set(sources), years if sources else ())
    rules = {(t.provision.document_id, t.spec["rule"]) for t in targets if t.measure == Measure.RULE}
    columns = ["code", "zone__code", "zone__city__code", "zone_class", "level", "valid_from", "valid_to"]
    designations = pd.DataFrame(Designation.objects.values_list(*columns), columns=columns, dtype=object)
    series = ["region_code", "indicator__code", "year", "number", "synthetic"]
    return Data(
        registered=registered,
        cities=city_of(registered["place"]) if len(registered) else {},
        sources=sources,
        rules=rule_states(rules),
        figures=matrix(codes=sorted(codes)),
        designations=designations.rename(columns={"zone__code": "zone", "zone__city__code": "city"}),
        synthetic=frozenset(
            Value.objects.accepted()
            .whole_years()
            .filter(indicator__code__in=codes, synthetic=True)
            .values_list("zone__code", "year")
            .distinct()
        ),
        series=pd.DataFrame(ProvinceValue.objects.values_list(*series), columns=series, dtype=object).rename(
            columns={"indicator__code": "indicator", "region_code": "province"}
        ),
    )


def sources_of(targets: Iterable[Target]) -> dict[str, tuple[Register, RegisterMeasure]]:
    """The figures of registers that these targets read, or that stand beside the series they read; by code."""
    targets = list(targets)
    figures = {t.spec["figure"] for t in targets if t.measure == Measure.REGISTER}
    series = {t.spec["indicator"] for t in targets if t.measure == Measure.PROVINCE_SERIES}
    if not figures | series:
        return {}
    return {
        each.code: (register, each)
        for register in Register.objects.active()
        for each in register.spec.measures
        if each.code in figures or each.indicator in series
    }


def city_of(places: Iterable[str]) -> dict[str, str]:
    """The city in which each zone or region lies; two queries."""
    wanted = set(places)
    zones = Zone.objects.filter(code__in=wanted).values_list("code", "city__code")
    regions = Region.objects.filter(code__in=wanted).values_list("code", "level", "parent__code")
    below = {code: parent if level == RegionLevel.COUNTY and parent else code for code, level, parent in regions}
    return {**below, **dict(zones)}


def _is_synthetic(data: Data, year: int, zones: Iterable[str]) -> bool:
    """Whether a figure of the year is synthetic, or one of the year before, which formulas may look back at."""
    return any((zone, y) in data.synthetic for zone in zones for y in (year - 1, year))


def _of_zones(data: Data, expression: str, year: int, zones: list[str]) -> pd.Series[float]:
    """The formula's value for each zone in the year; NaN where it cannot be told."""
    if not zones:
        return pd.Series(dtype=float)
    return Formula.parse(expression).evaluate(data.of_year(year, zones)).xs(year, level="year")


_LIMITS: dict[str, tuple[Callable[[pd.Series[float], float], pd.Series[bool]], int]] = {
    "above": (lambda v, limit: v > limit, 1),
    "at_least": (lambda v, limit: v >= limit, 1),
    "below": (lambda v, limit: v < limit, -1),
    "at_most": (lambda v, limit: v <= limit, -1),
}


def _limit(condition: dict[str, Any]) -> tuple[str, float]:
    return next((name, float(condition[name])) for name in _LIMITS if condition.get(name) is not None)


def _passes(values: pd.Series[float], condition: dict[str, Any]) -> pd.Series[float]:
    """1 where the test is passed, 0 where not, NaN where the value is unknown."""
    name, limit = _limit(condition)
    return _LIMITS[name][0](values, limit).astype(float).where(values.notna())


def _counted(data: Data, year: int, passed: pd.Series[float], nearest: list[tuple[str, float, float]]) -> Measured:
    """A count of zones from 1, 0 and NaN a zone; numerator and denominator are zone counts."""
    known = passed.dropna()
    return Measured(
        value=float(known.sum()) if len(known) else None,
        numerator=float(known.sum()),
        denominator=float(len(passed)),
        counted=sorted(known.index[known == 1]),
        nearest=nearest,
        missing=sorted(passed.index[passed.isna()]),
        coverage=len(known) / len(passed) if len(passed) else 0.0,
        synthetic=_is_synthetic(data, year, known.index),
        units={str(zone): (_known(flag), 1.0) for zone, flag in passed.items()},
    )


def _known(number: float) -> float | None:
    return None if pd.isna(number) else float(number)


def _just_missing(
    values: pd.Series[float], passed: pd.Series[float], condition: dict[str, Any]
) -> list[tuple[str, float, float]]:
    name, limit = _limit(condition)
    failed = values[passed == 0].sort_values(ascending=_LIMITS[name][1] < 0, kind="stable").head(NEAREST)
    return [(str(zone), float(value), abs(limit - float(value))) for zone, value in failed.items()]


def count_zones(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """How many zones pass; an area with several plates of the class counts once (T01, T03)."""
    values = _of_zones(data, spec["expression"], year, sorted(set(data.in_force(year, spec)["zone"])))
    passed = _passes(values, spec)
    return _counted(data, year, passed, _just_missing(values, passed, spec))


def all_of(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """How many zones pass every test. One failed test is enough to fail, whatever is unknown besides.

    Nearest are the zones that fail the fewest tests: value is how many they pass, the gap how many are left.
    """
    zones = sorted(set(data.in_force(year, spec)["zone"]))
    tests = pd.DataFrame(
        {n: _passes(_of_zones(data, c["expression"], year, zones), c) for n, c in enumerate(spec["conditions"])},
        index=zones,
        dtype=float,
    )
    failed, unknown = (tests == 0).sum(axis=1), tests.isna().sum(axis=1)
    passed = pd.Series(np.where(failed > 0, 0.0, np.where(unknown > 0, np.nan, 1.0)), index=zones, dtype=float)
    order = failed[failed > 0].sort_values(kind="stable").head(NEAREST)
    done = (tests == 1).sum(axis=1).reindex(order.index)
    near = [(str(zone), float(n), float(left)) for zone, n, left in zip(order.index, done, order, strict=True)]
    return _counted(data, year, passed, near)


def over_cap(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """How many zones are above the cap; nearest are those, the least over first, with how much must go."""
    values = _of_zones(data, spec["expression"], year, sorted(set(data.in_force(year, spec)["zone"])))
    over = _passes(values, {"above": spec["cap"]})
    order = values[over == 1].sort_values(kind="stable").head(NEAREST)
    return _counted(data, year, over, [(str(z), float(v), float(v) - float(spec["cap"])) for z, v in order.items()])


def share_designations(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """Percent of the zones holding such a designation that pass; unknown ones stay in the denominator (T11, T12)."""
    counted = count_zones(data, spec, year)
    if counted.value is None or not counted.denominator:
        return counted
    share = 100 * counted.value / counted.denominator
    return replace(counted, value=share, numerator=counted.value)


def count_designations(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """How many designations are in force on the day (T02). Registry facts, never synthetic."""
    chosen = data.in_force(year, spec)
    codes = sorted(chosen["code"])
    zones = chosen["zone"].value_counts().sort_index()
    return Measured(
        value=float(len(codes)),
        numerator=float(len(codes)),
        counted=codes,
        units={str(zone): (float(n), None) for zone, n in zones.items()},
    )


def sum_zones(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """The sum over the zones; those without the figure are left out and listed."""
    values = _of_zones(data, spec["expression"], year, sorted(set(data.in_force(year, spec)["zone"])))
    known = values.dropna()
    return Measured(
        value=float(known.sum()) if len(known) else None,
        numerator=float(known.sum()) if len(known) else None,
        denominator=None,
        counted=sorted(known.index),
        missing=sorted(values.index[values.isna()]),
        coverage=len(known) / len(values) if len(values) else 0.0,
        synthetic=_is_synthetic(data, year, known.index),
        units={str(zone): (_known(value), None) for zone, value in values.items()},
    )


def ratio_of_sums(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """Sum of the parts first, then the ratio; zones lacking either part are left out and listed (T09)."""
    zones = sorted(set(data.in_force(year, spec)["zone"]))
    both = data.of_year(year, zones).xs(year, level="year")[[spec["numerator"], spec["denominator"]]]
    whole = both.dropna()
    numerator, denominator = (float(whole[spec[part]].sum()) for part in ("numerator", "denominator"))
    factor = float(spec.get("factor", 1))
    ratio = (whole[spec["numerator"]] / whole[spec["denominator"]].replace(0, np.nan)).dropna() * factor
    lowest = ratio.sort_values(kind="stable").head(NEAREST)
    value = factor * numerator / denominator if denominator else None
    units: dict[str, tuple[float | None, float | None]] = dict.fromkeys(zones, (None, None))
    units |= {str(z): (float(n), float(d)) for z, n, d in whole.itertuples(name=None)}
    return Measured(
        value=value,
        numerator=numerator,
        denominator=denominator,
        counted=sorted(whole.index),
        nearest=[(str(zone), float(v), float(factor - v)) for zone, v in lowest.items()],
        missing=sorted(set(zones) - set(whole.index)),
        coverage=len(whole) / len(zones) if zones else 0.0,
        synthetic=_is_synthetic(data, year, whole.index),
        units=units,
    )


def cumulative(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """The sum of the years from `since` to this one. A zone counts in the years in which its designation is valid.

    A year lacking is not taken for nought: coverage says how much of the whole is known. No value before `since`.
    """
    years = range(int(spec["since"]), year + 1)
    if not years:
        return Measured(coverage=0.0)
    if spec.get("indicator"):
        return _cumulative_series(data, spec, years)
    parts = [sum_zones(data, spec, y) for y in years]
    cells = [(zone, number) for part in parts for zone, (number, _) in part.units.items()]
    known = [number for _, number in cells if number is not None]
    by_zone: dict[str, tuple[float | None, float | None]] = {}
    for zone, number in cells:
        before = by_zone.get(zone, (None, None))[0]
        by_zone[zone] = (before if number is None else (before or 0.0) + number, None)
    return Measured(
        value=sum(known) if known else None,
        numerator=sum(known) if known else None,
        counted=sorted({zone for zone, number in cells if number is not None}),
        missing=sorted({zone for zone, number in cells if number is None}),
        coverage=len(known) / len(cells) if cells else 0.0,
        synthetic=any(part.synthetic for part in parts),
        units=by_zone,
    )


def _cumulative_series(data: Data, spec: dict[str, Any], years: range) -> Measured:
    found = [province_series(data, spec, y) for y in years]
    known = [m.value for m in found if m.value is not None]
    total = sum(known) if known else None
    return Measured(
        value=total, numerator=total, coverage=len(known) / len(found), synthetic=any(m.synthetic for m in found)
    )


def rise(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """How much higher than in the base year ("提升"): in points, or in percent of it.

    The base is the target's sourced baseline where it has one, else what was reported for that year; without either no value.
    """
    since = int(spec["since"])
    level = ratio_of_sums if spec.get("denominator") else sum_zones
    parts = spec if spec.get("denominator") else {**spec, "expression": spec["numerator"]}
    now = level(data, parts, year)
    then = Measured(value=spec["base"]) if spec.get("base") is not None else level(data, parts, since)
    if year < since or now.value is None or then.value is None:
        return replace(now, value=None)
    value: float | None = now.value - then.value
    if spec.get("by") == "percent":
        value = 100 * (now.value / then.value - 1) if then.value > 0 else None
    return replace(
        now,
        value=value,
        nearest=[],
        coverage=min(now.coverage, then.coverage),
        synthetic=now.synthetic or then.synthetic,
    )


def register(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """A register's figure: sums and counts added up over the places of the province, a share from the sums of its parts.

    A place without any entry has no figure and is left out; where nothing at all is registered there is no value.
    """
    known = _registered(data, spec["figure"], spec, year)
    if known.empty:
        return Measured()
    source, figure = data.sources[spec["figure"]]
    part, whole = known["part"].astype(float), known["whole"].astype(float)
    places, share = known["place"].astype(str), figure.kind == MeasureKind.SHARE
    if figure.kind == MeasureKind.ANY:
        part = (part > 0).astype(float)
    denominator = float(whole.sum()) if share else None
    value = (100 * float(part.sum()) / denominator if denominator else None) if share else float(part.sum())
    units: dict[str, tuple[float | None, float | None]] = {
        p: (n, d if share else None) for p, n, d in zip(places, part, whole, strict=True) if not share or d
    }
    return Measured(
        value=value,
        numerator=float(part.sum()),
        denominator=denominator,
        counted=sorted(place for place, (n, _d) in units.items() if n),
        nearest=_below(units, float(spec["goal"])) if share else [],
        synthetic=bool(known["synthetic"].any()),
        register=_told(source, figure, known, value),
        units=units,
    )


def _registered(data: Data, figure: str, spec: dict[str, Any], year: int) -> pd.DataFrame:
    """The rows of a register's figure for the year, of the province, and of zones with the designation if one is named."""
    rows = data.registered[(data.registered["measure"] == figure) & (data.registered["year"] == year)]
    if within := spec.get("within"):
        rows = rows[rows["place"].map(lambda place: data.cities.get(place, "").startswith(within)).astype(bool)]
    if spec.get("zone_class") or spec.get("level"):
        rows = rows[rows["place"].isin(set(data.in_force(year, spec)["zone"]))]
    return rows


def _told(source: Register, figure: RegisterMeasure, rows: pd.DataFrame, number: float | None) -> dict[str, Any]:
    counts = {name: int(rows[name].sum()) for name in ("entries", "undated")}
    return {"code": source.code, "figure": figure.code, "number": number, **counts}


def _below(units: dict[str, tuple[float | None, float | None]], goal: float) -> list[tuple[str, float, float]]:
    """The places whose own share is below the goal, the nearest first."""
    shares = {place: 100 * (part or 0.0) / whole for place, (part, whole) in units.items() if whole}
    failing = sorted((goal - share, place) for place, share in shares.items() if share < goal)
    return [(place, shares[place], gap) for gap, place in failing[:NEAREST]]


def rule(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """The share of a rule's subjects that keep to it, by the newest check; exempt ones count as keeping to it (R01, R02, R04)."""
    state = data.rules.get((spec["document"], spec["rule"]))
    if state is None or state.year != year or not state.examined:
        return Measured(coverage=0.0)
    kept = state.examined - state.broken
    return Measured(
        value=100 * kept / state.examined,
        numerator=float(kept),
        denominator=float(state.examined),
        coverage=state.examined / (state.examined + state.unknown),
        synthetic=state.synthetic,
    )


def province_series(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """The figure the office entered for the year, else what a register counts (T04–T08, T10); the two stand side by side."""
    counted = _counted_beside(data, spec, year)
    rows = data.series[(data.series["indicator"] == spec["indicator"]) & (data.series["year"] == year)]
    if within := spec.get("within"):
        rows = rows[(rows["province"] == "") | rows["province"].str.startswith(within)]
    if rows.empty:
        return counted
    number = float(rows.iloc[0]["number"])
    return Measured(
        value=number, numerator=number, synthetic=bool(rows.iloc[0]["synthetic"]), register=counted.register
    )


def _counted_beside(data: Data, spec: dict[str, Any], year: int) -> Measured:
    figure = next((code for code, (_r, each) in data.sources.items() if each.indicator == spec["indicator"]), None)
    return Measured() if figure is None else register(data, {"goal": 0, **spec, "figure": figure}, year)


MEASURES: dict[str, Callable[[Data, dict[str, Any], int], Measured]] = {
    Measure.COUNT_ZONES: count_zones,
    Measure.ALL_OF: all_of,
    Measure.SHARE_DESIGNATIONS: share_designations,
    Measure.COUNT_DESIGNATIONS: count_designations,
    Measure.SUM_ZONES: sum_zones,
    Measure.RATIO_OF_SUMS: ratio_of_sums,
    Measure.OVER_CAP: over_cap,
    Measure.CUMULATIVE: cumulative,
    Measure.RISE: rise,
    Measure.REGISTER: register,
    Measure.RULE: rule,
    Measure.PROVINCE_SERIES: province_series,
}


def compute(data: Data, target: Target, year: int) -> Measured:
    """The target's value on its day of `year`, of the zones of its own province; nothing for a qualitative one."""
    measure = MEASURES.get(target.measure)
    if measure is None:
        return Measured()
    base = target.baseline if target.measure == Measure.RISE else None
    extra: dict[str, Any] = {"base": base[1]} if base and base[0] == int(target.spec["since"]) else {}
    extra |= {"day": target.month_day, "within": target.prefix, "goal": float(target.value or 0)}
    return measure(data, {**target.spec, **extra, "document": target.provision.document_id}, year)
