"""Figures as tables: the matrix zone × indicator × year that targets, assessments and reports read (指标矩阵)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.db.models import Case, Count, F, FloatField, IntegerField, Max, Q, When
from django.db.models import Value as Constant
from django.db.models.functions import Cast

from common.formula import Formula
from indicators.enums import IndicatorKind, ReturnStatus, ValueSource
from indicators.models import DataChange, Indicator, Return, Value
from parks.models import Zone

# Where a zone has two figures for one item and year, a real filed one prevails over a published one, and that over a
# synthetic one.
_REAL, _PUBLISHED, _SYNTHETIC = 0, 1, 2

ENOUGH = 0.8
"""Share of a year's returns that must be accepted before the year is shown as the newest."""


def matrix(
    *,
    zone_codes: Iterable[str] | None = None,
    codes: Sequence[str] | None = None,
    years: Iterable[int] | None = None,
    accepted_only: bool = True,
    derived: bool = True,
) -> pd.DataFrame:
    """Yearly figures as a table (指标矩阵).

    Index `(zone, year)`, sorted, a row for each zone and year with any figure; columns indicator codes in the order asked
    (all, in catalogue order, by default); floats in stored units (万元, 亩 …; rates in percent), NaN where there is none.
    `accepted_only`: figures of accepted returns and published ones; otherwise drafts too. `derived`: also the derived
    indicators, computed from their parts. `.attrs["synthetic"]`: whether any figure in it is synthetic (演示数据).
    Raises KeyError for a code that is no zone indicator.
    """
    catalogue = {indicator.code: indicator for indicator in Indicator.objects.for_zones()}
    chosen = _chosen(catalogue, codes, derived=derived)
    formulas = {code: Formula.parse(catalogue[code].formula) for code in chosen if catalogue[code].formula}
    parts = {name for formula in formulas.values() for name in formula.names}
    base = [code for code in catalogue if not catalogue[code].formula and (code in parts or code in chosen)]
    wanted = None if years is None else sorted(set(years))
    backwards = any(formula.needs_previous_period for formula in formulas.values())
    read = wanted if wanted is None or not backwards else sorted({*wanted, *(year - 1 for year in wanted)})

    frame, synthetic = _base_figures([catalogue[code] for code in base], zone_codes, read, accepted_only=accepted_only)
    computed = pd.DataFrame({code: formula.evaluate(frame) for code, formula in formulas.items()}, index=frame.index)
    figures = pd.concat([frame, computed], axis=1)
    if wanted is not None and read != wanted:
        kept = figures.index.get_level_values("year").isin(wanted)
        figures, synthetic = figures[kept], synthetic[kept]
    figures = figures[chosen]
    figures.attrs["synthetic"] = bool(synthetic.any())
    return figures


def _chosen(catalogue: Mapping[str, Indicator], codes: Sequence[str] | None, *, derived: bool) -> list[str]:
    chosen = list(dict.fromkeys(catalogue if codes is None else codes))
    if unknown := [code for code in chosen if code not in catalogue]:
        raise KeyError(f"no zone indicators: {', '.join(unknown)}")
    return [code for code in chosen if derived or catalogue[code].kind == IndicatorKind.BASE]


def _base_figures(
    indicators: Sequence[Indicator],
    zone_codes: Iterable[str] | None,
    years: Sequence[int] | None,
    *,
    accepted_only: bool,
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Stored figures as a table, and a table of the same shape that tells which of them are synthetic."""
    values = Value.objects.filter(
        indicator__in=indicators,
        number__isnull=False,
        period=Cast("year", Value._meta.get_field("period")),  # noqa: SLF001
    )
    if accepted_only:
        values = values.accepted()
    if zone_codes is not None:
        values = values.filter(zone__code__in=list(zone_codes))
    if years is not None:
        values = values.filter(year__in=years)
    rank = Case(
        When(synthetic=True, then=Constant(_SYNTHETIC)),
        When(source=ValueSource.PUBLISHED, then=Constant(_PUBLISHED)),
        default=Constant(_REAL),
        output_field=IntegerField(),
    )
    rows = values.annotate(rank=rank, figure=Cast(F("number"), FloatField())).values_list(
        "zone_id", "year", "indicator_id", "rank", "figure"
    )
    return _pivot(np.array(list(rows), dtype=float).reshape(-1, 5), indicators)


def _pivot(
    table: npt.NDArray[np.float64], indicators: Sequence[Indicator]
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Rows (zone id, year, indicator id, rank, figure) as a table; the best rank is written last and stays."""
    table = table[np.argsort(-table[:, 3], kind="stable")]
    zone_codes = dict(Zone.objects.filter(pk__in=np.unique(table[:, 0]).astype(int).tolist()).values_list("pk", "code"))
    columns = {indicator.pk: position for position, indicator in enumerate(indicators)}
    keys, row = np.unique(table[:, :2].astype(np.int64), axis=0, return_inverse=True)
    row = row.reshape(-1)
    column = np.array([columns[int(pk)] for pk in table[:, 2]], dtype=np.intp)
    figures = np.full((len(keys), len(indicators)), np.nan)
    synthetic = np.zeros(figures.shape, dtype=bool)
    figures[row, column] = table[:, 4]
    synthetic[row, column] = table[:, 3] == _SYNTHETIC
    index = pd.MultiIndex.from_arrays(
        [[zone_codes[zone] for zone in keys[:, 0].tolist()], keys[:, 1]], names=["zone", "year"]
    )
    order = index.argsort()
    frame = pd.DataFrame(figures, index=index, columns=[indicator.code for indicator in indicators])
    return frame.iloc[order], synthetic[order]


def rollup(frame: pd.DataFrame, by: Mapping[str, str]) -> pd.DataFrame:
    """Roll a matrix up into groups of zones (汇总): sums of the stored items, and ratios of sums for the derived ones.

    `frame` is a matrix that holds the parts of every derived column in it; `by` gives each zone's group (city, class …),
    zones without one are left out. Index `(group, year)`. A derived figure counts the zones that have all its parts (in
    both years where it looks back), so that numerator and denominator are of the same zones.
    """
    zones = frame.index.get_level_values("zone")
    frame = frame[zones.isin(list(by))]
    group = pd.Index([by[zone] for zone in frame.index.get_level_values("zone")], name="group")
    keys = [group, frame.index.get_level_values("year")]
    formulas = dict(Indicator.objects.filter(code__in=frame.columns).exclude(formula="").values_list("code", "formula"))
    base = [code for code in frame.columns if code not in formulas]
    rolled = frame[base].groupby(keys).sum(min_count=1)
    for code, text in formulas.items():
        rolled[code] = _ratio_of_sums(frame, keys, Formula.parse(text)).reindex(rolled.index)
    return rolled[list(frame.columns)]


def _ratio_of_sums(frame: pd.DataFrame, keys: list[pd.Index], formula: Formula) -> pd.Series[float]:
    """The formula over the sums of its parts, by the given keys; zones that lack a part count in no sum."""
    parts = frame[list(formula.names)]
    before = parts.copy()
    if formula.needs_previous_period:
        earlier = pd.MultiIndex.from_arrays(
            [parts.index.get_level_values("zone"), parts.index.get_level_values("year") - 1]
        )
        before = parts.reindex(earlier).set_axis(parts.index)
    whole = (parts.notna() & before.notna()).all(axis=1).to_numpy()
    chosen = [key[whole] for key in keys]
    now, then = parts[whole].groupby(chosen).sum(), before[whole].groupby(chosen).sum()
    steps = pd.MultiIndex.from_product([[1, 0], range(len(now))], names=["step", "unit"]).reorder_levels([1, 0])
    values = formula.evaluate(pd.concat([now, then]).set_axis(steps))
    return pd.Series(values.to_numpy()[: len(now)], index=now.index)


def synthetic_zones(year: int) -> set[str]:
    """Codes of the zones with a synthetic figure among those that count for the year (演示数据)."""
    return set(
        Value.objects.accepted().filter(year=year, synthetic=True).values_list("zone__code", flat=True).distinct()
    )


def reporting_year() -> int | None:
    """The newest year of which enough returns are accepted; else the newest with any; None without data."""
    years = (
        Return.objects.values("round__year")
        .annotate(total=Count("id"), accepted=Count("id", filter=Q(status=ReturnStatus.ACCEPTED)))
        .order_by("-round__year")
    )
    with_data = [row for row in years if row["accepted"]]
    enough = [row for row in with_data if row["accepted"] >= ENOUGH * row["total"]]
    best = enough or with_data
    return best[0]["round__year"] if best else None


def newest_change() -> int:
    """The id of the newest line of news, 0 when there is none; higher than one remembered: accepted figures changed."""
    return DataChange.objects.aggregate(newest=Max("pk"))["newest"] or 0
