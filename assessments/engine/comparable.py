"""Comparable years (可比口径): where a unit's boundary, class or name changed, its earlier figures are not its own any more.

A column ``comparable`` in the values says, for each unit and year, whether the year's figures compare with those of the year
before: 0 = no, everything else = yes. Years before the last such break do not count for that unit: growth has no base,
nothing is carried over, and rules that look back do not look there. A table of restated figures (按新口径调整的上年数) gives the
year before the break once more, in the new boundaries; growth then has its base.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.engine.faults import Fault, TableError
from common.formula import Formula

FLAG = "comparable"
_MARK = "\x1f"


@dataclass(frozen=True)
class Breaks:
    """``segment`` numbers the stretches of comparable years of each row; ``restated`` has figures by (unit, period)."""

    segment: pd.Series[int]
    restated: pd.DataFrame | None

    def since(self, period: int) -> pd.Series[float]:
        """Of each unit with a break up to the period, the first year that still compares with it."""
        table = self.segment.rename("segment").reset_index()
        table = table[table["period"] <= period]
        last = table.groupby("unit")["segment"].transform("max")
        first = table[(table["segment"] == last) & (last > 0)].groupby("unit")["period"].min()
        return first.astype(float)


def read_breaks(flags: pd.Series[float] | None, restated: pd.DataFrame | None, index: pd.Index) -> Breaks | None:
    """The breaks of a table by (unit, period); None without any. Raises :class:`TableError` for restated years before none."""
    if index.nlevels == 1:
        return None
    broken = pd.Series(0, index=index) if flags is None else (flags == 0).astype(int)
    segment = broken.sort_index().groupby(level=0).cumsum()
    if restated is not None:
        restated = restated.astype(float)
        units = [str(unit) for unit in restated.index.get_level_values(0)]
        years = restated.index.get_level_values(1).astype(int)
        restated.index = pd.MultiIndex.from_arrays([units, years], names=["unit", "period"])
        after = restated.index.map(lambda row: (row[0], row[1] + 1))
        without = [f"{unit} {year}" for (unit, year), next_ in zip(restated.index, after, strict=True)
                   if not broken.get(next_, 0)]  # fmt: skip
        if without:
            names = "、".join(without[:5])
            zh = f"调整后的数只用于不可比年度的上一年（values 表 comparable 列次年须为 0）：{names}"
            en = f"restated figures are for the year before one that is not comparable (comparable 0): {names}"
            raise TableError([Fault("restated", zh, en)])
    return Breaks(segment, restated) if broken.any() else None


def derive(
    whole: pd.DataFrame, formulas: Mapping[str, Formula], breaks: Breaks | None, period: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table with the derived columns, and the rows up to ``period`` that compare with each unit's newest of
    them, restated ones included.
    """
    if breaks is None:
        full = _evaluated(whole, formulas)
        return full, full[full.index.get_level_values(1) <= period]
    segment = breaks.segment.reindex(whole.index)
    units, years = (whole.index.get_level_values(level) for level in (0, 1))
    rows = whole.set_axis(_marked(units, segment.to_numpy(), years), axis=0)
    if breaks.restated is not None:
        again = breaks.restated.reindex(columns=whole.columns)
        number = [breaks.segment[(unit, year + 1)] for unit, year in again.index]
        again.index = _marked(again.index.get_level_values(0), np.array(number), again.index.get_level_values(1))
        rows = pd.concat([rows, again])
    rows = _evaluated(rows, formulas)
    full = rows.iloc[: len(whole)].set_axis(whole.index, axis=0)
    split = rows.index.get_level_values(0).str.rsplit(_MARK, n=1)
    owner, part = split.str[0], split.str[1].astype(int)
    newest = segment[segment.index.get_level_values(1) <= period].groupby(level=0).max()
    mine = part == newest.reindex(owner).to_numpy()
    kept = np.asarray(mine & (rows.index.get_level_values(1) <= period), dtype=bool)
    comparable = rows[kept]
    comparable.index = pd.MultiIndex.from_arrays(
        [owner[kept], rows.index.get_level_values(1)[kept]], names=["unit", "period"]
    )
    return full, comparable.sort_index()


def _marked(units: pd.Index, segment: npt.NDArray[Any], years: pd.Index) -> pd.MultiIndex:
    names = units.astype(str) + _MARK + pd.Index(segment).astype(str)
    return pd.MultiIndex.from_arrays([names, years], names=["unit", "period"])


def _evaluated(table: pd.DataFrame, formulas: Mapping[str, Formula]) -> pd.DataFrame:
    for code, formula in formulas.items():
        table = table.assign(**{code: formula.evaluate(table)})
    return table
