"""Series of the whole province (全省数据): those entered, and those reckoned from them and from the zones' sums."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from common.formula import Formula
from indicators.enums import IndicatorScope
from indicators.models import Indicator, ProvinceValue
from indicators.selectors.figures import matrix, reporting_year, rollup


@dataclass(frozen=True)
class ProvinceSeries:
    """One figure a year, oldest first, in the item's unit, and whether any of it is made up."""

    points: tuple[tuple[int, float], ...]
    synthetic: bool


def province_series(
    codes: Collection[str], zone_codes: Collection[str], province: str = ""
) -> dict[str, ProvinceSeries]:
    """The series of these province-wide items that have any figure; `zone_codes` are the zones of the province `province`.

    A derived one is computed year by year from the figures entered and from sums over the zones, each zone once; where it
    counts zones, only up to the newest year of which enough returns are accepted. A missing part leaves the year out.
    """
    items = Indicator.objects.filter(code__in=codes, scope=IndicatorScope.PROVINCE)
    formulas = {item.code: Formula.parse(item.formula) for item in items if item.formula}
    parts = {name for formula in formulas.values() for name in formula.names}
    entered, made_up = _entered({item.code for item in items} | parts, province)
    summed = Indicator.objects.for_zones().filter(code__in=parts).values_list("code", flat=True)
    sums, zones_made_up = _sums(sorted(summed), zone_codes)
    table = pd.concat([entered, sums], axis=1)
    found: dict[str, ProvinceSeries] = {}
    for item in items:
        formula = formulas.get(item.code)
        names = set(formula.names) if formula else {item.code}
        if not names <= set(table.columns):
            continue
        line = (formula.evaluate(table) if formula else table[item.code]).dropna().sort_index()
        points = tuple((int(year), float(value)) for year, value in line.items())  # type: ignore[call-overload]
        if points:
            synthetic = bool(names & made_up) or (zones_made_up and bool(names & set(sums.columns)))
            found[item.code] = ProvinceSeries(points, synthetic)
    return found


def _entered(codes: Collection[str], province: str) -> tuple[pd.DataFrame, set[str]]:
    """Figures entered by year, one column a code that has any, and the codes with a made-up one."""
    columns: dict[str, dict[int, float]] = {}
    made_up: set[str] = set()
    rows = ProvinceValue.objects.of_province(province).filter(indicator__code__in=codes)
    for code, year, number, synthetic in rows.values_list("indicator__code", "year", "number", "synthetic"):
        columns.setdefault(code, {})[year] = float(number)
        if synthetic:
            made_up.add(code)
    return pd.DataFrame(columns, dtype=float), made_up


def _sums(codes: list[str], zone_codes: Collection[str]) -> tuple[pd.DataFrame, bool]:
    newest = reporting_year()
    if not codes or newest is None:
        return pd.DataFrame(dtype=float), False
    frame = matrix(codes=codes, zone_codes=zone_codes)
    whole = rollup(frame, dict.fromkeys(zone_codes, "all")).droplevel("group")
    return whole[whole.index <= newest], bool(frame.attrs["synthetic"])
