"""How a target is computed from accepted data (目标测算).

One function per `Measure`; each takes the target's `spec` (see `targets/loading.py` for its shape) and the data of all
years at once, and gives a `Measured` for one year. A zone without the figures is listed as missing, never counted as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from common.formula import Formula
from indicators.models import ProvinceValue, Value
from indicators.selectors import matrix
from parks.models import Designation
from targets.enums import Measure
from targets.loading import codes_used
from targets.models import Target

NEAREST = 10


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


@dataclass(frozen=True)
class Data:
    """Everything the measures read, fetched once for all targets and years."""

    figures: pd.DataFrame
    """Index (zone, year), columns indicator codes, stored units."""
    designations: pd.DataFrame
    """Columns code, zone, zone_class, level, valid_from, valid_to."""
    series: pd.DataFrame
    """Columns indicator, year, number, synthetic."""
    synthetic: frozenset[tuple[str, int]] = frozenset()
    """(zone, year) with a synthetic figure among those read."""

    def in_force(self, year: int, spec: dict[str, Any]) -> pd.DataFrame:
        """Designations of the spec's class and level valid on 31 December of the year."""
        day, d = date(year, 12, 31), self.designations
        chosen = d[
            d["valid_from"].map(lambda v: v is None or v <= day) & d["valid_to"].map(lambda v: v is None or v > day)
        ]
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
        if target.measure != Measure.PROVINCE_SERIES:
            codes |= codes_used(target.measure, target.spec)
    columns = ["code", "zone__code", "zone_class", "level", "valid_from", "valid_to"]
    designations = pd.DataFrame(Designation.objects.values_list(*columns), columns=columns, dtype=object)
    series = ["indicator__code", "year", "number", "synthetic"]
    return Data(
        figures=matrix(codes=sorted(codes)),
        designations=designations.rename(columns={"zone__code": "zone"}),
        synthetic=frozenset(
            Value.objects.accepted()
            .whole_years()
            .filter(indicator__code__in=codes, synthetic=True)
            .values_list("zone__code", "year")
            .distinct()
        ),
        series=pd.DataFrame(ProvinceValue.objects.values_list(*series), columns=series, dtype=object).rename(
            columns={"indicator__code": "indicator"}
        ),
    )


def _is_synthetic(data: Data, year: int, zones: Iterable[str]) -> bool:
    """Whether a figure of the year is synthetic, or one of the year before, which formulas may look back at."""
    return any((zone, y) in data.synthetic for zone in zones for y in (year - 1, year))


def _tested(data: Data, spec: dict[str, Any], year: int, zones: list[str]) -> Measured:
    """Counts the zones whose formula passes the threshold; numerator and denominator are zone counts."""
    rows = data.of_year(year, zones)
    values = (
        Formula.parse(spec["expression"]).evaluate(rows).xs(year, level="year") if zones else pd.Series(dtype=float)
    )
    known = values.dropna()
    threshold = float(spec["above"] if spec.get("above") is not None else spec["at_least"])
    passed = known > threshold if spec.get("above") is not None else known >= threshold
    below = known[~passed].sort_values(ascending=False, kind="stable").head(NEAREST)
    return Measured(
        value=float(passed.sum()) if len(known) else None,
        numerator=float(passed.sum()),
        denominator=float(len(zones)),
        counted=sorted(known.index[passed]),
        nearest=[(str(zone), float(value), threshold - float(value)) for zone, value in below.items()],
        missing=sorted(values.index[values.isna()]),
        coverage=len(known) / len(zones) if zones else 0.0,
        synthetic=_is_synthetic(data, year, known.index),
    )


def count_zones(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """How many zones pass; an area with several plates of the class counts once (T01, T03)."""
    return _tested(data, spec, year, sorted(set(data.in_force(year, spec)["zone"])))


def share_designations(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """Percent of the zones holding such a designation that pass; unknown ones stay in the denominator (T11, T12)."""
    counted = count_zones(data, spec, year)
    if counted.value is None or not counted.denominator:
        return counted
    share = 100 * counted.value / counted.denominator
    return Measured(**{**counted.__dict__, "value": share, "numerator": counted.value})


def count_designations(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """How many designations are in force on 31 December (T02). Registry facts, never synthetic."""
    codes = sorted(data.in_force(year, spec)["code"])
    return Measured(value=float(len(codes)), numerator=float(len(codes)), counted=codes)


def ratio_of_sums(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """Sum of the parts first, then the ratio; zones lacking either part are left out and listed (T09)."""
    zones = sorted(set(data.in_force(year, spec)["zone"]))
    both = data.of_year(year, zones).xs(year, level="year")[[spec["numerator"], spec["denominator"]]]
    whole = both.dropna()
    numerator, denominator = (float(whole[spec[part]].sum()) for part in ("numerator", "denominator"))
    ratio = (whole[spec["numerator"]] / whole[spec["denominator"]].replace(0, np.nan)).dropna() * spec["factor"]
    lowest = ratio.sort_values(kind="stable").head(NEAREST)
    value = spec["factor"] * numerator / denominator if denominator else None
    return Measured(
        value=value,
        numerator=numerator,
        denominator=denominator,
        counted=sorted(whole.index),
        nearest=[(str(zone), float(v), float(spec["factor"] - v)) for zone, v in lowest.items()],
        missing=sorted(set(zones) - set(whole.index)),
        coverage=len(whole) / len(zones) if zones else 0.0,
        synthetic=_is_synthetic(data, year, whole.index),
    )


def province_series(data: Data, spec: dict[str, Any], year: int) -> Measured:
    """The figure the office entered for the year (T04–T08, T10)."""
    rows = data.series[(data.series["indicator"] == spec["indicator"]) & (data.series["year"] == year)]
    if rows.empty:
        return Measured()
    number = float(rows.iloc[0]["number"])
    return Measured(value=number, numerator=number, synthetic=bool(rows.iloc[0]["synthetic"]))


MEASURES: dict[str, Callable[[Data, dict[str, Any], int], Measured]] = {
    Measure.COUNT_ZONES: count_zones,
    Measure.SHARE_DESIGNATIONS: share_designations,
    Measure.COUNT_DESIGNATIONS: count_designations,
    Measure.RATIO_OF_SUMS: ratio_of_sums,
    Measure.PROVINCE_SERIES: province_series,
}


def compute(data: Data, target: Target, year: int) -> Measured:
    """The target's value at the end of `year`; nothing for a qualitative one."""
    measure = MEASURES.get(target.measure)
    return measure(data, target.spec, year) if measure else Measured()
