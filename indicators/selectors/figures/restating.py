"""Figures along the lineage of zones (沿革追溯): nothing counted twice, and earlier years as if today's zones had been then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from indicators.periods import last_day
from indicators.selectors.figures.cells import Cells
from parks.lineage import Lineage


def without_superseded(cells: Cells, lineage: Lineage, part: str) -> Cells:
    """Blank what a merged or split zone has in and after its last year where one of its successors has a figure."""
    rows = {key: row for row, key in enumerate(cells.frame.index) if key[0] in lineage.zones} if lineage else {}
    figures, dropped = cells.frame.to_numpy(), np.zeros(cells.frame.shape, dtype=bool)
    for (zone, year), row in rows.items():
        heirs = lineage.successors(zone, period_end(year, part))
        if taken_over := [rows[heir, year] for heir in heirs if (heir, year) in rows]:
            dropped[row] = ~np.isnan(figures[taken_over]).all(axis=0)
    if not dropped.any():
        return cells
    kept = Cells(cells.frame.mask(dropped), np.where(dropped, 0, cells.origin), cells.synthetic & ~dropped)
    return _without_empty_rows(kept)


def restate(
    cells: Cells, lineage: Lineage, part: str, since: Mapping[str, int], unsummed: Collection[str] = ()
) -> tuple[Cells, pd.DataFrame, frozenset[tuple[str, int]]]:
    """Carry the figures of predecessors to their successors by share: sums of what there is, so that totals stay.

    `since`: the first year of which a zone of the lineage has any figure. `unsummed`: columns of stored rates and of yes
    or no, which are not carried. Returns the cells; the figures for formulas, blank where an area that reported before
    has none this time (a ratio must be of the same areas above and below the line); and the (zone, year) that hold
    carried figures.
    """
    inside = cells.frame.index.get_level_values("zone").isin(lineage.zones)
    if not inside.any():
        return cells, cells.frame, frozenset()
    family = _with_silent_rows(_tables(cells, inside), lineage, part, since)
    moves = _moves(family.index, lineage, part)
    groups = [moves["zone"].to_numpy(), moves["year"].to_numpy()]
    taken = family.iloc[moves["row"]].reset_index(drop=True)
    figures = taken["figure"].mul(moves["share"], axis=0).groupby(groups)
    carried = moves["carried"].groupby(groups).any()
    # What makes no sum is known for the successor as it reported it, and for no area joined or parted since.
    sums = figures.sum(min_count=1)
    sums.loc[carried, [code for code in sums if code in unsummed]] = np.nan
    complete = figures.count().eq(figures.size(), axis=0)
    joined = pd.concat(
        {
            "figure": sums,
            "origin": taken["origin"].groupby(groups).max().mask(carried, 0),
            "synthetic": taken["synthetic"].groupby(groups).any(),
            "part": sums.where(complete),
        },
        axis=1,
    )
    others = _tables(cells, ~inside)
    others = pd.concat([others, pd.concat({"part": others["figure"]}, axis=1)], axis=1)
    table: pd.DataFrame = pd.concat([others, joined]).sort_index().rename_axis(index=["zone", "year"])
    table = table.loc[pd.DataFrame(table["figure"]).notna().any(axis=1)]
    figure, whole = (pd.DataFrame(table[name]) for name in ("figure", "part"))
    restated = Cells(figure, table["origin"].to_numpy(dtype=np.int64), table["synthetic"].to_numpy(dtype=bool))
    rows = frozenset((str(zone), int(year)) for zone, year in carried[carried].index.intersection(table.index))
    return restated, whole, rows


def _tables(cells: Cells, rows: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """The chosen rows of the three tables side by side."""
    frame = cells.frame[rows]
    named = {"figure": frame.to_numpy(), "origin": cells.origin[rows], "synthetic": cells.synthetic[rows]}
    tables = {name: pd.DataFrame(table, index=frame.index, columns=frame.columns) for name, table in named.items()}
    return pd.concat(tables, axis=1)


def _moves(index: pd.Index, lineage: Lineage, part: str) -> pd.DataFrame:
    """Of each row, by its position: to which zone it goes, with which share, and whether that is another zone."""
    moves = [
        (row, heir, int(year), share, heir != zone)
        for row, (zone, year) in enumerate(index)
        for heir, share in lineage.shares(zone, period_end(int(year), part)).items()
    ]
    return pd.DataFrame(moves, columns=["row", "zone", "year", "share", "carried"])


def _with_silent_rows(family: pd.DataFrame, lineage: Lineage, part: str, since: Mapping[str, int]) -> pd.DataFrame:
    """Blank rows added for zones of the lineage in years in which they reported nothing, though they once had."""
    years = family.index.get_level_values("year").unique()
    silent = [
        (zone, year)
        for zone, first in since.items()
        for year in years
        if year >= first and not (zone in lineage.ended and period_end(year, part) >= lineage.last_end(zone))
    ]
    index = family.index.union(pd.MultiIndex.from_tuples(silent, names=family.index.names))
    blank = {"figure": np.nan, "origin": 0, "synthetic": False}
    tables = {name: family[name].reindex(index, fill_value=value) for name, value in blank.items()}
    return pd.concat(tables, axis=1)


def period_end(year: int, part: str) -> date:
    """The last day of the year, or of its quarter or month."""
    return last_day(year, part)


def _without_empty_rows(cells: Cells) -> Cells:
    known = cells.frame.notna().any(axis=1).to_numpy()
    return Cells(cells.frame[known], cells.origin[known], cells.synthetic[known])
