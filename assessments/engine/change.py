"""Whose doing a change is (变化的分解): a unit's score and rank with its own values taken from another state of the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.engine.run import Judged, Prepared, judge, merit_ranks, to_points
from assessments.engine.scheme import Scheme

CELLS = 200_000
"""Units × cases judged at once."""


def standing(scheme: Scheme, prepared: Prepared) -> pd.DataFrame:
    """Score and rank of every unit: columns score, rank."""
    judged = _judged(scheme, prepared)
    return pd.DataFrame({"score": judged.score, "rank": merit_ranks(scheme, judged)}, index=prepared.units)


def swapped(scheme: Scheme, base: Prepared, other: Prepared) -> pd.DataFrame:
    """Each unit's score and rank among the ``base`` units with its own values taken from ``other``; of units in both."""
    common = base.units.intersection(other.units)
    here, there = base.units.get_indexer(common), other.units.get_indexer(common)
    found = {name: np.full(len(common), np.nan) for name in ("score", "rank")}
    for part in chunks(len(common), len(base.units)):
        rows = np.arange(len(part))

        def take(mine: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> npt.NDArray[Any]:
            table = np.repeat(mine[np.newaxis], len(part), axis=0)  # noqa: B023 - used at once
            table[rows, here[part]] = theirs[there[part]]  # noqa: B023
            return table

        columns = {c: take(base.context.columns[c], other.context.columns[c]) for c in base.context.columns}
        kinds = {*base.events, *other.events}
        nothing = np.zeros(len(base.units)), np.zeros(len(other.units))
        happened = {k: take(base.events.get(k, nothing[0]), other.events.get(k, nothing[1])) for k in kinds}
        case = replace(
            base,
            context=replace(base.context, columns=columns),
            events=happened,
            screened=take(base.screened, other.screened),
        )
        judged = _judged(scheme, case)
        found["score"][part] = judged.score[rows, here[part]]
        found["rank"][part] = merit_ranks(scheme, judged)[rows, here[part]]
    return pd.DataFrame(found, index=common)


def split(scheme: Scheme, base: Prepared, other: Prepared) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The way from ``base`` to ``other`` as a unit's own part and that of its peers, of score and rank; they add up exactly.

    Own figures could have moved before the peers' or after them: the mean of both orders (Shapley). NaN for units that are
    not in both.
    """
    before, after = standing(scheme, base), standing(scheme, other)
    own_first = swapped(scheme, base, other) - before
    own_last = after - swapped(scheme, other, base)
    own = (own_first + own_last) / 2
    return own, after - before - own


def chunks(cases: int, units: int) -> Iterator[npt.NDArray[np.intp]]:
    """Cases in parts small enough to be judged at once."""
    yield from (part for part in np.array_split(np.arange(cases), max(1, -(-cases * units // CELLS))) if len(part))


def _judged(scheme: Scheme, prepared: Prepared) -> Judged:
    return judge(scheme, prepared, to_points(scheme, prepared), explained=False)
