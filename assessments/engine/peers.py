"""Peer groups (同类组): statistics and ranks inside each group, returned for every unit.

All arrays have one entry a unit, in the same order; NaN is never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Ties = Literal["min", "max", "average", "dense"]
Statistic = Literal["count", "mean", "std", "min", "max", "median", "sum"]

# Scores closer than this many decimals are the same score: it absorbs the noise of floating-point sums, nothing else.
TIE_DECIMALS = 9


class Peers:
    """A partition of the units; ``labels`` has each unit's group, ``codes`` the group's number."""

    def __init__(self, labels: Sequence[object]) -> None:
        self.labels = [str(label) for label in labels]
        self.codes, self.names = pd.factorize(pd.Series(self.labels, dtype=object), sort=True)

    def _transform(self, x: Array, how: Statistic) -> Array:
        return pd.Series(x).groupby(self.codes).transform(how).to_numpy(dtype=np.float64)

    def count(self, x: Array) -> Array:
        """Number of known values in the unit's group."""
        return self._transform(x, "count")

    def mean(self, x: Array) -> Array:
        return self._transform(x, "mean")

    def std(self, x: Array) -> Array:
        """Sample standard deviation (n - 1)."""
        return self._transform(x, "std")

    def min(self, x: Array) -> Array:
        return self._transform(x, "min")

    def max(self, x: Array) -> Array:
        return self._transform(x, "max")

    def median(self, x: Array) -> Array:
        return self._transform(x, "median")

    def quantile(self, x: Array, q: float) -> Array:
        """The value below which the share ``q`` of the group lies, interpolated."""
        grouped = pd.Series(x).groupby(self.codes).quantile(q)
        return np.asarray(grouped.reindex(self.codes), dtype=np.float64)

    def sum(self, x: Array) -> Array:
        return self._transform(x, "sum")

    def rank(self, x: Array, *, ascending: bool = True, ties: Ties = "min") -> Array:
        """Rank from 1 inside the group; unknown values have none."""
        grouped = pd.Series(x).groupby(self.codes)
        return np.asarray(grouped.rank(method=ties, ascending=ascending), dtype=np.float64)

    def nth_of_others(self, x: Array, n: Array, *, largest: bool) -> Array:
        """The n-th largest (smallest) value among the *other* units of the group; NaN when there are fewer.

        ``n`` is whole and the same for all units of a group.
        """
        sign = -1.0 if largest else 1.0
        result = np.full(len(x), np.nan)
        for group in range(len(self.names)):
            members = np.flatnonzero(self.codes == group)
            keys = sign * x[members]
            known = np.sort(keys[~np.isnan(keys)])
            n_here = int(n[members[0]]) if len(members) and not np.isnan(n[members[0]]) else 0
            if n_here < 1:
                continue
            padded = np.append(known, [np.nan] * (n_here + 1))
            at, behind = padded[n_here - 1], padded[n_here]
            result[members] = sign * np.where(keys <= at, behind, at)
        return result

    def standing_of(self, challenger: Array, score: Array) -> tuple[Array, Array]:
        """Places from the top and the bottom each unit would take with ``challenger`` ≤ its score, the others staying."""
        top, bottom = np.full(len(score), np.nan), np.full(len(score), np.nan)
        for group in range(len(self.names)):
            members = np.flatnonzero((self.codes == group) & ~np.isnan(score))
            field = np.sort(score[members])
            mine = challenger[members]
            above = len(field) - np.searchsorted(field, mine, side="right")
            top[members] = 1 + above - (score[members] > mine)
            bottom[members] = 1 + np.searchsorted(field, mine, side="left")
        return top, bottom
