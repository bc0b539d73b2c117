"""Results of earlier years (历年结果), brought to one form for the rules that look back.

The caller's table has one row a unit and year: ``unit``, ``period`` and ``score`` or ``rank`` with ``group_size``;
optional ``group``, ``rank_all``, ``size_all`` and ``grade`` (a code of the scheme's grades).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assessments.engine.faults import Fault, TableError
from assessments.engine.peers import TIE_DECIMALS, Array, Scope

_OPTIONAL = ("score", "rank", "group_size", "rank_all", "size_all")


@dataclass(frozen=True)
class PastGrades:
    """``level`` by (unit, period): the place of the grade on the scheme's ladder, 0 the lowest; ``foreign``: codes not on it."""

    level: pd.Series[float] = field(default_factory=lambda: pd.Series(dtype=float))
    foreign: tuple[str, ...] = ()

    def best(self, units: pd.Index) -> Array:
        """The highest level each unit ever had, -1 where none is known."""
        best = self.level.groupby(level=0).max() if len(self.level) else self.level
        return np.asarray(best.reindex(units).fillna(-1.0), dtype=np.float64)

    def of(self, units: pd.Index, period: int) -> Array:
        """The levels of one year, NaN where none is known."""
        if not len(self.level):
            return np.full(len(units), np.nan)
        here = self.level[self.level.index.get_level_values(1) == period].droplevel(1)
        return np.asarray(here.reindex(units), dtype=np.float64)


def past_places(
    history: pd.DataFrame | None, period: int | None, *, sign: float = 1.0, since: pd.Series[float] | None = None
) -> dict[Scope, pd.DataFrame]:
    """Per scope a table unit, period, bottom (place from the worst), size, score — of the years before ``period``.

    ``sign`` -1: of the published scores the lowest is the best; those given here are then turned round. ``since``: the
    first year of a unit that compares with now; earlier ones are left out.
    """
    if history is None or history.empty:
        empty = pd.DataFrame({"unit": [], "period": [], "bottom": [], "size": [], "score": []})
        return {"group": empty, "all": empty}
    table = _earlier(history, period)
    table["score"] = sign * table["score"]
    if (table["group"] == "").all():
        # One group: its rank is the rank among all.
        table["rank_all"], table["size_all"] = (
            table[whole].fillna(table[part]) for whole, part in (("rank_all", "rank"), ("size_all", "group_size"))
        )
    places: dict[Scope, pd.DataFrame] = {
        "group": _places(table, ["period", "group"], "rank", "group_size"),
        "all": _places(table, ["period"], "rank_all", "size_all"),
    }
    if since is None:
        return places
    first = table["unit"].map(since).fillna(-np.inf)
    return {scope: found[found["period"] >= first.reindex(found.index)] for scope, found in places.items()}


def past_grades(history: pd.DataFrame | None, period: int | None, rungs: Sequence[str]) -> PastGrades:
    """The grades of the years before ``period``; ``rungs`` are the scheme's codes from the lowest up."""
    if history is None or history.empty or "grade" not in history.columns:
        return PastGrades()
    table = _earlier(history, period)
    codes = table["grade"].dropna().astype(str).str.strip()
    codes = codes[codes != ""]
    foreign = tuple(sorted(set(codes) - set(rungs)))
    level = codes.map({code: float(place) for place, code in enumerate(rungs)}).dropna()
    rows = table.loc[level.index]
    index = pd.MultiIndex.from_arrays([rows["unit"], rows["period"].astype(int)])
    return PastGrades(pd.Series(level.to_numpy(dtype=float), index=index), foreign)


def _earlier(history: pd.DataFrame, period: int | None) -> pd.DataFrame:
    """The checked table with numbers as numbers and only the years before ``period``. Raises :class:`TableError`."""
    _check(history)
    table = history.reindex(columns=["unit", "period", "group", "grade", *_OPTIONAL]).reset_index(drop=True)
    table["unit"] = table["unit"].astype(str)
    for name in ("period", *_OPTIONAL):
        table[name] = pd.to_numeric(table[name])
    if period is not None:
        table = table[table["period"] < period]
    table["group"] = table["group"].astype(object).where(table["group"].notna(), "")
    return table


def _places(table: pd.DataFrame, by: list[str], rank: str, size: str) -> pd.DataFrame:
    """Places from the scores where the whole group's scores are there, else from the published rank and size.

    Scores are preferred because a published rank does not tell how many share the last place.
    """
    scored = table["score"].round(TIE_DECIMALS).groupby([table[name] for name in by])
    counted = scored.transform("count")
    whole = table["score"].notna() & (table[size].isna() | (table[size] == counted))
    bottom = scored.rank(method="min").where(whole, table[size] - table[rank] + 1)
    sizes = counted.where(whole, table[size])
    places = table[["unit", "period", "score"]].assign(bottom=bottom, size=sizes)
    return places[places["bottom"].notna()].astype({"bottom": np.float64, "size": np.float64, "score": np.float64})


def _check(history: pd.DataFrame) -> None:
    faults = [
        Fault("history", f"缺少列 {name}", f"the column {name} is missing")
        for name in ("unit", "period")
        if name not in history.columns
    ]
    if not faults and history.duplicated(["unit", "period"]).any():
        twice = history.loc[history.duplicated(["unit", "period"]), "unit"].astype(str).tolist()
        names = "、".join(sorted(set(twice))[:5])
        faults.append(Fault("history", f"同一单位同一年度出现多行：{names}", f"a unit and year occur twice: {names}"))
    faults += number_faults("history", history, [name for name in ("period", *_OPTIONAL) if name in history.columns])
    if faults:
        raise TableError(faults)


def number_faults(where: str, table: pd.DataFrame, columns: Sequence[str]) -> list[Fault]:
    """Entries of these columns that are no numbers, the first of each column with its row's unit."""
    faults = []
    for name in columns:
        column = table[name]
        bad = column[pd.to_numeric(column, errors="coerce").isna() & column.notna()]
        if len(bad):
            unit = table["unit"][bad.index[0]] if "unit" in table.columns else bad.index[0]
            what = f"{unit}: {bad.iloc[0]!r}"
            faults.append(Fault(f"{where}.{name}", f"应为数字，有 {what}", f"must be numbers, found {what}"))
    return faults
