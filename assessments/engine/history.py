"""Results of earlier years (历年结果), brought to one form for the rules that look back.

The caller's table has one row a unit and year: ``unit``, ``period`` and ``score`` or ``rank`` with ``group_size``;
optional ``group``, ``rank_all`` and ``size_all``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessments.engine.faults import Fault, TableError
from assessments.engine.peers import TIE_DECIMALS
from assessments.engine.rules import Scope

_OPTIONAL = ("score", "rank", "group_size", "rank_all", "size_all")


def past_places(history: pd.DataFrame | None, period: int | None) -> dict[Scope, pd.DataFrame]:
    """Per scope a table unit, period, bottom (place from the worst), size, score — of the years before ``period``."""
    if history is None or history.empty:
        empty = pd.DataFrame({"unit": [], "period": [], "bottom": [], "size": [], "score": []})
        return {"group": empty, "all": empty}
    _check(history)
    table = history.reindex(columns=["unit", "period", "group", *_OPTIONAL]).copy()
    table["unit"] = table["unit"].astype(str)
    for name in ("period", *_OPTIONAL):
        table[name] = pd.to_numeric(table[name])
    if period is not None:
        table = table[table["period"] < period]
    table["group"] = table["group"].astype(object).where(table["group"].notna(), "")
    return {
        "group": _places(table, ["period", "group"], "rank", "group_size"),
        "all": _places(table, ["period"], "rank_all", "size_all"),
    }


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
    if faults:
        raise TableError(faults)
