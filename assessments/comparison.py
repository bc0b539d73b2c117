"""Two runs side by side (考核结果比较): what moved, and whose doing it was, worked out from what both runs froze.

No database: anyone with the two bundles can do it again. The way from the earlier result to the later one is walked in
four steps, each adding up exactly to the next:

1. data 数据修订: the earlier year's figures as the later run knows them, in a unit's own part and that of its peers;
2. method 办法: the same figures by the later run's scheme;
3. own 自身 and peers 同类: from the earlier year's figures to the later year's (the mean of both orders, ADR 20).

Between two runs of one year the third step is what another set of members brings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from assessments.engine import Scheme as Method
from assessments.engine.change import split, standing
from assessments.engine.run import Prepared, prepare
from assessments.inputs import Inputs, thaw

PARTS = ("own", "peers", "method", "revised_own", "revised_peers")


@dataclass(frozen=True)
class Side:
    """One of the two runs: its scheme, its frozen inputs, and score and rank of each zone as issued."""

    method: Method
    frozen: dict[str, Any]
    issued: pd.DataFrame

    @property
    def inputs(self) -> Inputs:
        return thaw(self.frozen)


@dataclass(frozen=True)
class Comparison:
    """The parts of every zone's change: `score` in points, `rank` in places won (positive = risen); columns PARTS.

    NaN for zones without a place in both, and for those whose figures do not compare (`broken`). `revised`: number of a
    zone's own figures of the earlier year that were revised since. `absent`: codes the later scheme needs and nobody froze
    for the earlier year. `remade`: whether recomputing gave other scores than were issued (another engine version).
    """

    score: pd.DataFrame
    rank: pd.DataFrame
    broken: frozenset[str]
    revised: Mapping[str, int]
    absent: tuple[str, ...]
    remade: bool


def compare(before: Side, after: Side) -> Comparison:
    """Split the change from one run to another. The earlier run's year must not be later than the other's."""
    old, new = before.inputs, after.inputs
    corrected, revised = _corrected(old, new, after.frozen)
    start = _prepared(before.method, old, old.year)
    amended = _prepared(before.method, corrected, old.year)
    remade = _prepared(after.method, corrected, old.year)
    end = _prepared(after.method, new, new.year)
    revision = split(before.method, start, amended)
    step = split(after.method, remade, end)
    # What recomputing does not reproduce (another engine) is no figure's doing: it counts as method.
    method = standing(after.method, remade) - standing(before.method, amended)
    gap = (standing(before.method, start) - before.issued) + (after.issued - standing(after.method, end))
    method = method + gap.reindex(method.index)
    parts = dict(zip(PARTS, (*step, method, *revision), strict=True))
    broken = {unit for unit, year in new.broken if old.year < year <= new.year}
    common = before.issued.index.intersection(after.issued.index).difference(pd.Index(sorted(broken)))
    score = pd.DataFrame({name: part["score"] for name, part in parts.items()}).reindex(common)
    rank = -pd.DataFrame({name: part["rank"] for name, part in parts.items()}).reindex(common)
    absent = sorted(set(after.method.inputs()) - set(after.method.derive) - set(corrected.values.columns))
    return Comparison(
        score=score.where(score.notna().all(axis=1)),
        rank=rank.where(rank.notna().all(axis=1)) + 0.0,
        broken=frozenset(broken),
        revised=revised,
        absent=tuple(absent),
        remade=bool((gap["score"].abs() > 1e-9).any()),
    )


def _prepared(method: Method, inputs: Inputs, year: int) -> Prepared:
    return prepare(method, inputs.table(year), **inputs.tables(year, method, None))


def _corrected(old: Inputs, new: Inputs, frozen: dict[str, Any]) -> tuple[Inputs, dict[str, int]]:
    """The earlier run's inputs with the figures of its years as the later run froze them, and how many of a zone changed."""
    zones = {zone for members in frozen["members"].values() for zone in members}
    years = {year for year in frozen["years"] if year <= old.year}
    columns = old.values.columns.union(new.values.columns, sort=False)
    known = [place for place in old.values.index.union(new.values.index) if place[0] in zones and place[1] in years]
    values = old.values.reindex(old.values.index.union(known), columns=columns).sort_index()
    revised: dict[str, int] = {}
    if known:
        pairs = pd.MultiIndex.from_tuples(known, names=old.values.index.names)
        fresh = new.values.reindex(pairs)
        shared = [code for code in new.values.columns if code in old.values.columns]
        was, now = values.loc[pairs, shared].to_numpy(), fresh[shared].to_numpy()
        changed = ~((was == now) | (np.isnan(was) & np.isnan(now)))
        for (zone, year), row in zip(known, changed, strict=True):
            if year == old.year and row.any():
                revised[str(zone)] = int(row.sum())
        values.loc[pairs, new.values.columns] = fresh.to_numpy()
    events = old.events | {year: table for year, table in new.events.items() if year == old.year}
    return replace(old, values=values, events=events), revised
