"""Figures of groups of zones (汇总): sums of the stored items, ratios of sums for the derived ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from common.formula import Formula
from common.units import is_rate
from indicators.models import Indicator


def rollup(frame: pd.DataFrame, by: Mapping[str, str] | pd.DataFrame) -> pd.DataFrame:
    """Roll a matrix up into groups of zones (汇总): sums of the stored items, and ratios of sums for the derived ones.

    `frame` is a matrix that holds the parts of every derived column in it. `by` gives each zone's group, or is a table
    with columns `zone`, `year`, `group`, `weight`: how much of the zone's figures of a year counts for the group. Zones in
    neither are left out. Index `(group, year)`. A derived figure counts the zones that have all its parts (in both years
    where it looks back, with the later year's weight), so that numerator and denominator are of the same zones.
    """
    rows, keys, weights = _placed(frame, by)
    known = {
        code: (text, unit)
        for code, text, unit in Indicator.objects.filter(code__in=frame.columns).values_list("code", "formula", "unit")
    }
    base = [code for code in frame.columns if not known[code][0]]
    rolled = rows[base].mul(weights, axis=0).groupby(keys).sum(min_count=1)
    # A stored rate has no parts to sum: rolled up it is blank.
    rolled[[code for code in base if is_rate(known[code][1])]] = np.nan
    for code, (text, _unit) in known.items():
        if text:
            rolled[code] = _ratio_of_sums(frame, rows, keys, weights, Formula.parse(text)).reindex(rolled.index)
    return rolled[list(frame.columns)]


def _placed(
    frame: pd.DataFrame, by: Mapping[str, str] | pd.DataFrame
) -> tuple[pd.DataFrame, list[pd.Index], pd.Series[float]]:
    """The frame's rows, one for each group they count in; the groups and years; the weights, by position."""
    zones, years = frame.index.get_level_values("zone"), frame.index.get_level_values("year")
    if isinstance(by, pd.DataFrame):
        place = pd.DataFrame({"zone": zones, "year": years, "row": range(len(frame))})
        place = place.merge(by, on=["zone", "year"])
    else:
        place = pd.DataFrame({"year": years, "group": zones.map(dict(by)), "row": range(len(frame)), "weight": 1.0})
        place = place[place["group"].notna()]
    rows = frame.iloc[place["row"].to_numpy()]
    keys = [pd.Index(place["group"], name="group"), pd.Index(place["year"], name="year")]
    return rows, keys, pd.Series(place["weight"].to_numpy(dtype=float), index=rows.index)


def _ratio_of_sums(
    frame: pd.DataFrame, rows: pd.DataFrame, keys: list[pd.Index], weights: pd.Series[float], formula: Formula
) -> pd.Series[float]:
    """The formula over the weighted sums of its parts, by the given keys; zones that lack a part count in no sum."""
    parts = rows[list(formula.names)]
    before = parts
    if formula.needs_previous_period:
        zones, years = (parts.index.get_level_values(name) for name in ("zone", "year"))
        earlier = pd.MultiIndex.from_arrays([zones, years - 1])
        before = frame[list(formula.names)].reindex(earlier).set_axis(parts.index)
    whole = (parts.notna().all(axis=1) & before.notna().all(axis=1)).to_numpy()
    chosen = [key[whole] for key in keys]
    now, then = (side[whole].mul(weights[whole], axis=0).groupby(chosen).sum() for side in (parts, before))
    steps = pd.MultiIndex.from_product([[1, 0], range(len(now))], names=["step", "unit"]).reorder_levels([1, 0])
    values = formula.evaluate(pd.concat([now, then]).set_axis(steps))
    return pd.Series(values.to_numpy()[: len(now)], index=now.index)
