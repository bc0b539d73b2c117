"""The matrix zone × indicator × year that targets, assessments and reports read (指标矩阵)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import pandas as pd
from django.db.models import Min

from common.formula import Formula
from common.units import YES_NO, is_rate
from indicators.enums import IndicatorKind
from indicators.models import Indicator, Value
from indicators.selectors.figures.cells import Cells, Proposed, Query, read_cells
from indicators.selectors.figures.restating import restate, without_superseded
from parks.lineage import Lineage


@dataclass(frozen=True)
class Figures:
    """A matrix with where its figures come from, tables of one shape.

    `origin`: id of the value behind a figure, for a derived one of one of its parts; 0 for a carried one. `synthetic`:
    whether it is synthetic or made from a synthetic one of the same year. `restated`: the (zone, year) that hold figures
    of predecessors (按沿革追溯).
    """

    frame: pd.DataFrame
    origin: pd.DataFrame
    synthetic: pd.DataFrame
    restated: frozenset[tuple[str, int]]


def matrix(
    *,
    zone_codes: Iterable[str] | None = None,
    codes: Sequence[str] | None = None,
    years: Iterable[int] | None = None,
    part: str = "",
    accepted_only: bool = True,
    derived: bool = True,
    as_of: datetime | None = None,
    restated_on: date | None = None,
) -> pd.DataFrame:
    """Figures as a table (指标矩阵): of whole years, or of the quarter ("Q1") or month ("-03") `part` of each year.

    Index `(zone, year)`, sorted, a row for each zone and year with any figure; columns indicator codes in the order asked
    (all, in catalogue order, by default); floats in stored units (万元, 亩 …; rates in percent), NaN where there is none.
    `cells` says which of several figures counts. `accepted_only`: figures of accepted returns, of departments and published
    ones; otherwise drafts too. `derived`: also the derived indicators, computed from their parts. `as_of`: figures,
    acceptance and reconciliations as they stood at that moment (the catalogue and the lineage are today's).

    A zone that was merged or split counts, in and after the year in which that took effect, only for items of which none of
    its successors has a figure, so that no total counts anything twice. `restated_on`: figures of predecessors stand with
    the successors, by the shares of all successions in effect on that day; a derived figure is blank where one of the areas
    lacks a part of it, and so is a stored rate, which makes no sum. `.attrs["synthetic"]`: whether any figure in it is synthetic (演示数据).

    Raises KeyError for a code that is no zone indicator.
    """
    figures = read_figures(
        zone_codes=zone_codes,
        codes=codes,
        years=years,
        part=part,
        accepted_only=accepted_only,
        derived=derived,
        as_of=as_of,
        restated_on=restated_on,
    )
    return figures.frame


def read_figures(
    *,
    zone_codes: Iterable[str] | None = None,
    codes: Sequence[str] | None = None,
    years: Iterable[int] | None = None,
    part: str = "",
    accepted_only: bool = True,
    derived: bool = True,
    as_of: datetime | None = None,
    restated_on: date | None = None,
    proposed: Sequence[Proposed] = (),
) -> Figures:
    """The matrix, as `matrix` describes it, with the origin and the mark of every figure.

    `proposed`: as if these figures stood in place of the parks' of the same cell.
    """
    catalogue = {indicator.code: indicator for indicator in Indicator.objects.for_zones()}
    chosen = _chosen(catalogue, codes, derived=derived)
    formulas = {code: Formula.parse(catalogue[code].formula) for code in chosen if catalogue[code].formula}
    parts = {name for formula in formulas.values() for name in formula.names}
    base = [item for code, item in catalogue.items() if not item.formula and (code in parts or code in chosen)]
    wanted = None if years is None else sorted(set(years))
    backwards = any(formula.needs_previous_period for formula in formulas.values())
    read = wanted if wanted is None or not backwards else sorted({*wanted, *(year - 1 for year in wanted)})
    query = Query(base, _codes(zone_codes), read, part, accepted_only, as_of, proposed)
    cells, whole, restated = _base(query, restated_on)

    keep = np.ones(len(cells.frame), dtype=bool) if wanted is None else np.isin(_years(cells.frame), wanted)
    computed = {code: formula.evaluate(whole) for code, formula in formulas.items()}
    frame = pd.concat([cells.frame, pd.DataFrame(computed, index=cells.frame.index)], axis=1)[keep][chosen]
    frame.attrs["synthetic"] = bool(cells.synthetic[keep].any())
    origin = pd.DataFrame(cells.origin[keep], index=frame.index, columns=cells.frame.columns)
    synthetic = pd.DataFrame(cells.synthetic[keep], index=frame.index, columns=cells.frame.columns)
    for code, formula in formulas.items():
        synthetic[code] = synthetic[list(formula.names)].any(axis=1)
        origin[code] = origin[list(formula.names)].max(axis=1)
    return Figures(frame, origin[chosen], synthetic[chosen], restated)


def _chosen(catalogue: Mapping[str, Indicator], codes: Sequence[str] | None, *, derived: bool) -> list[str]:
    chosen = list(dict.fromkeys(catalogue if codes is None else codes))
    if unknown := [code for code in chosen if code not in catalogue]:
        raise KeyError(f"no zone indicators: {', '.join(unknown)}")
    return [code for code in chosen if derived or catalogue[code].kind == IndicatorKind.BASE]


def _codes(zone_codes: Iterable[str] | None) -> list[str] | None:
    return None if zone_codes is None else list(zone_codes)


def _years(frame: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return frame.index.get_level_values("year").to_numpy(dtype=np.int64)


def _first_years(zones: Iterable[str]) -> dict[str, int]:
    """The first year of which each of these zones has any figure."""
    reported = Value.objects.filter(zone__code__in=zones).order_by().values_list("zone__code")
    return dict(reported.annotate(first=Min("year")))


def _base(query: Query, restated_on: date | None) -> tuple[Cells, pd.DataFrame, frozenset[tuple[str, int]]]:
    """The stored figures, counted once and restated if asked; the same for formulas; which rows hold carried figures."""
    lineage = Lineage.read()
    asked = query.zone_codes
    if lineage and asked is not None:
        query = replace(query, zone_codes=lineage.family(asked))
    cells = without_superseded(read_cells(query), lineage, query.part)
    whole, restated = cells.frame, frozenset[tuple[str, int]]()
    if lineage and restated_on is not None:
        until = Lineage.read(until=restated_on)
        unsummed = {item.code for item in query.indicators if is_rate(item.unit) or item.unit == YES_NO}
        cells, whole, restated = restate(cells, until, query.part, _first_years(until.zones), unsummed)
    if lineage and asked is not None:
        kept = cells.frame.index.get_level_values("zone").isin(list(asked))
        cells = Cells(cells.frame[kept], cells.origin[kept], cells.synthetic[kept])
        whole = whole[kept]
    return cells, whole, restated
