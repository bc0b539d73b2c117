"""Other weights at the top of the tree, tried out quickly (权重试算).

Points do not hang on weights: they are worked out once, for the assessed year and for the earlier years that are ranked anew,
and only judged again. What comes out is what :func:`assess` gives for the scheme with these weights.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from assessments.engine.run import (
    Judged,
    Points,
    Prepared,
    Tables,
    judge,
    merit_ranks,
    prepare,
    to_points,
    with_history,
)
from assessments.engine.scheme import Scheme
from assessments.engine.verdict import names_of
from assessments.engine.weights import FROM_DATA

_HUNDREDTHS = 10_000
COLUMNS = ["unit", "period", "score", "rank", "group_size", "grade"]


def adjustable(scheme: Scheme) -> bool:
    """Whether the weights at the top are numbers that add up: not drawn from the data, judged in pairs or in several sets."""
    root = scheme.tree
    plain = root.weighting not in {*FROM_DATA, "ahp", "as_given"}
    return plain and len(root.children) > 1 and not any(child.weights for child in root.children)


def top_weights(scheme: Scheme) -> dict[str, float]:
    """The shares at the top of the tree in per cent, by code."""
    return {child.code: 100 * part for child, part in zip(scheme.tree.children, scheme.tree.parts(), strict=True)}


def to_hundred(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights in per cent with two decimals that sum to exactly 100 (最大余数法); each stays above 0.

    Raises :class:`ValueError` for weights that are not positive numbers.
    """
    if not weights or any(not np.isfinite(weight) or weight <= 0 for weight in weights.values()):
        raise ValueError("weights must be positive")
    total = sum(weights.values())
    exact = {code: max(1.0, _HUNDREDTHS * weight / total) for code, weight in weights.items()}
    whole = {code: int(np.floor(part + 1e-9)) for code, part in exact.items()}
    order = sorted(exact, key=lambda code: (whole[code] - exact[code], code))
    short = _HUNDREDTHS - sum(whole.values())
    step = 1 if short > 0 else -1
    givers = order if short > 0 else sorted(exact, key=lambda code: -whole[code])
    for number in range(abs(short)):
        whole[givers[number % len(givers)]] += step
    return {code: part / 100 for code, part in whole.items()}


def reweighted(scheme: Scheme, weights: Mapping[str, float]) -> Scheme:
    """The scheme with these weights (per cent, by code) at the top of its tree."""
    children = tuple(child.model_copy(update={"weight": weights[child.code]}) for child in scheme.tree.children)
    tree = scheme.tree.model_copy(update={"weighting": "percent", "children": children})
    return scheme.model_copy(update={"tree": tree})


@dataclass(frozen=True)
class TrialYear:
    """A year's values with the tables beside them, as :func:`assess` takes them, and the units that count in its ranking."""

    values: pd.DataFrame
    tables: Tables
    counted: Collection[str]


@dataclass(frozen=True)
class _Year:
    prepared: Prepared
    points: Points


class Trial:
    """One scheme over one year's figures, ready to be judged with other weights.

    `years`: the year and the earlier years to be ranked anew, oldest first; `history`: results of other earlier years as they
    stand.
    """

    def __init__(
        self,
        scheme: Scheme,
        year: int,
        years: Mapping[int, TrialYear],
        history: pd.DataFrame,
    ) -> None:
        self.scheme, self.year, self.history = scheme, year, history
        self.counted = {period: frozenset(given.counted) for period, given in years.items()}
        self.years = {}
        for period, given in years.items():
            prepared = prepare(scheme, given.values, **given.tables)
            self.years[period] = _Year(prepared, to_points(scheme, prepared))

    @cached_property
    def own(self) -> pd.DataFrame:
        """The outcome with the scheme's own weights, which every other is compared with."""
        return self._outcome(self.scheme)

    def outcome(self, weights: Mapping[str, float]) -> pd.DataFrame:
        """By unit: group, score, rank, group_size and proposal with these weights in per cent."""
        return self._outcome(reweighted(self.scheme, weights))

    def _outcome(self, scheme: Scheme) -> pd.DataFrame:
        past = [self.history] if len(self.history) else []
        for period, made in self.years.items():
            if period != self.year:
                rows = _rows(scheme, made, judge(scheme, made.prepared, made.points, explained=False))
                rows = rows[rows.index.isin(self.counted[period]) & rows["score"].notna()]
                past.append(rows.reset_index(names="unit").assign(period=period)[COLUMNS])
        now = self.years[self.year]
        history = pd.concat(past, ignore_index=True) if past else self.history
        now = _Year(with_history(scheme, now.prepared, history), now.points)
        judged = judge(scheme, now.prepared, now.points, explained=False)
        return _rows(scheme, now, judged).assign(proposal=names_of(judged.verdict.proposal))


def _rows(scheme: Scheme, made: _Year, judged: Judged) -> pd.DataFrame:
    group = judged.context.peers["group"]
    return pd.DataFrame(
        {
            "group": group.labels,
            "score": judged.score,
            "rank": merit_ranks(scheme, judged),
            "group_size": judged.context.standing.size["group"],
            "grade": np.nan if judged.grades is None else judged.grades.grade,
        },
        index=made.prepared.units,
    )
