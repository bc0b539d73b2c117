"""Peer groups (同类组): statistics and ranks inside each group, returned for every unit.

All arrays have one entry a unit, in the same order; NaN is never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Ties = Literal["min", "max", "average", "dense"]

# Scores closer than this many decimals are the same score: it absorbs the noise of floating-point sums, nothing else.
TIE_DECIMALS = 9


class Peers:
    """A partition of the units; ``labels`` has each unit's group, ``codes`` the group's number."""

    def __init__(self, labels: Sequence[object]) -> None:
        self.labels = [str(label) for label in labels]
        names, codes = np.unique(np.array(self.labels, dtype=object), return_inverse=True)
        self.names, self.codes = names.tolist(), codes
        self._order = np.argsort(codes, kind="stable")
        self._starts = np.searchsorted(codes[self._order], np.arange(len(self.names)))

    def count(self, x: Array) -> Array:
        """Number of known values in the unit's group."""
        return self.sum((~np.isnan(x)).astype(np.float64))

    def sum(self, x: Array) -> Array:
        """Sum of the known values; 0 when there are none."""
        return self._add(np.nan_to_num(x))[self.codes]

    def _add(self, x: Array) -> Array:
        """Sums by group, in the order of the units."""
        return np.bincount(self.codes, weights=x, minlength=len(self.names)).astype(np.float64)

    def mean(self, x: Array) -> Array:
        count = self.count(x)
        return self.sum(x) / np.where(count > 0, count, np.nan)

    def std(self, x: Array) -> Array:
        """Sample standard deviation (n - 1)."""
        count = self.count(x)
        return np.sqrt(self.sum((x - self.mean(x)) ** 2) / np.where(count > 1, count - 1, np.nan))

    def min(self, x: Array) -> Array:
        return np.fmin.reduceat(x[self._order], self._starts)[self.codes]

    def max(self, x: Array) -> Array:
        return np.fmax.reduceat(x[self._order], self._starts)[self.codes]

    def median(self, x: Array) -> Array:
        return self.quantile(x, 0.5)

    def quantile(self, x: Array, q: float) -> Array:
        """The value below which the share ``q`` of the group lies, interpolated."""
        rising = x[np.lexsort((x, self.codes))]  # the unknown come last in each group
        known = self._add((~np.isnan(x)).astype(np.float64))
        place = q * np.maximum(known - 1, 0)
        low = np.floor(place)
        at = self._starts + low.astype(int)
        step = np.where(place > low, rising[np.minimum(at + 1, len(x) - 1)] - rising[at], 0.0)
        return np.where(known > 0, rising[at] + (place - low) * step, np.nan)[self.codes]

    def rank(self, x: Array, *, ascending: bool = True, ties: Ties = "min") -> Array:
        """Rank from 1 inside the group; unknown values have none."""
        keys = x if ascending else -x
        order = np.lexsort((keys, self.codes))
        codes, sorted_keys = self.codes[order], keys[order]
        inside = np.arange(len(x)) - self._starts[codes]
        first = np.ones(len(x), dtype=bool)
        first[1:] = (codes[1:] != codes[:-1]) | (sorted_keys[1:] != sorted_keys[:-1])
        run = np.cumsum(first) - 1  # number of each run of equal values
        heads = np.flatnonzero(first)
        lengths = np.diff(np.append(heads, len(x)))
        low = inside[heads][run] + 1.0
        match ties:
            case "min":
                rank = low
            case "max":
                rank = low + lengths[run] - 1
            case "average":
                rank = low + (lengths[run] - 1) / 2
            case "dense":
                rank = run - run[self._starts][codes] + 1.0
        result = np.empty(len(x))
        result[order] = rank
        return np.where(np.isnan(x), np.nan, result)

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
