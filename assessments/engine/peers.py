"""Peer groups (同类组): statistics and ranks inside each group, returned for every unit.

The last axis of every array has one entry a unit, in the same order; axes before it (draws of an uncertainty analysis) are
worked on all at once. NaN is never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Scope = Literal["group", "all"]
Ties = Literal["min", "max", "average", "dense"]

# Scores closer than this many decimals are the same score: it absorbs the noise of floating-point sums, nothing else.
TIE_DECIMALS = 9


def settled(x: Array | float) -> Array:
    """Numbers without that noise, for whatever is held against a cut: 0.7 - 0.4 reaches 0.3."""
    return np.asarray(np.round(x, TIE_DECIMALS), dtype=np.float64)


class Peers:
    """A partition of the units; ``labels`` has each unit's group, ``codes`` the group's number."""

    def __init__(self, labels: Sequence[object]) -> None:
        self.labels = [str(label) for label in labels]
        self.codes, names = pd.factorize(np.array(self.labels, dtype=object), sort=True)
        self.names = names.tolist()
        self._order = np.argsort(self.codes, kind="stable")
        self._sorted_codes = self.codes[self._order]
        self._starts = np.searchsorted(self._sorted_codes, np.arange(len(self.names)))

    def members(self) -> list[npt.NDArray[np.intp]]:
        """The places of each group's units, groups in the order of ``names``."""
        return np.split(self._order, self._starts[1:])

    def count(self, x: Array) -> Array:
        """Number of known values in the unit's group."""
        return self.sum((~np.isnan(x)).astype(np.float64))

    def sum(self, x: Array) -> Array:
        """Sum of the known values; 0 when there are none."""
        return self._add(np.nan_to_num(x))[..., self.codes]

    def _add(self, x: Array) -> Array:
        """Sums by group."""
        return np.add.reduceat(x[..., self._order], self._starts, axis=-1)

    def mean(self, x: Array) -> Array:
        count = self.count(x)
        return self.sum(x) / np.where(count > 0, count, np.nan)

    def std(self, x: Array) -> Array:
        """Sample standard deviation (n - 1)."""
        count = self.count(x)
        return np.sqrt(self.sum((x - self.mean(x)) ** 2) / np.where(count > 1, count - 1, np.nan))

    def min(self, x: Array) -> Array:
        return np.fmin.reduceat(x[..., self._order], self._starts, axis=-1)[..., self.codes]

    def max(self, x: Array) -> Array:
        return np.fmax.reduceat(x[..., self._order], self._starts, axis=-1)[..., self.codes]

    def median(self, x: Array) -> Array:
        return self.quantile(x, 0.5)

    def _by_group(self, x: Array) -> npt.NDArray[np.intp]:
        """The order that puts groups one after the other and values rising inside each, the unknown last."""
        return np.lexsort((x, np.broadcast_to(self.codes, x.shape)), axis=-1)

    def quantile(self, x: Array, q: float) -> Array:
        """The value below which the share ``q`` of the group lies, interpolated."""
        rising = np.take_along_axis(x, self._by_group(x), axis=-1)
        known = self._add((~np.isnan(x)).astype(np.float64))
        place = q * np.maximum(known - 1, 0)
        low = np.floor(place)
        at = self._starts + low.astype(int)
        here = np.take_along_axis(rising, at, axis=-1)
        above = np.take_along_axis(rising, np.minimum(at + 1, x.shape[-1] - 1), axis=-1)
        step = np.where(place > low, above - here, 0.0)
        return np.where(known > 0, here + (place - low) * step, np.nan)[..., self.codes]

    def extreme_mean(self, x: Array, n: int, *, largest: bool) -> Array:
        """The mean of the ``n`` largest (smallest) values of the group, of all where there are fewer."""
        place = self.rank(x, ascending=not largest, ties="ordinal")
        return self.mean(np.where(place <= n, x, np.nan))

    def rank(self, x: Array, *, ascending: bool = True, ties: Ties | Literal["ordinal"] = "min") -> Array:
        """Rank from 1 inside the group; unknown values have none."""
        keys = x if ascending else -x
        order = self._by_group(keys)
        rising = np.take_along_axis(keys, order, axis=-1)
        places = np.arange(x.shape[-1])
        new_group = np.ones(x.shape[-1], dtype=bool)
        new_group[1:] = self._sorted_codes[1:] != self._sorted_codes[:-1]
        first = np.ones(x.shape, dtype=bool)
        first[..., 1:] = new_group[1:] | (rising[..., 1:] != rising[..., :-1])
        start = self._starts[self._sorted_codes]
        low = np.maximum.accumulate(np.where(first, places, 0), axis=-1) - start + 1.0
        match ties:
            case "min":
                rank = low
            case "ordinal":
                rank = np.broadcast_to(places - start + 1.0, x.shape)
            case "max" | "average":
                last = np.ones(x.shape, dtype=bool)
                last[..., :-1] = first[..., 1:]
                ends = np.where(last, places, x.shape[-1])[..., ::-1]
                high = np.minimum.accumulate(ends, axis=-1)[..., ::-1] - start + 1.0
                rank = high if ties == "max" else (low + high) / 2
            case "dense":
                run = np.cumsum(first, axis=-1)
                rank = run - run[..., start] + 1.0
        result = np.empty(x.shape)
        np.put_along_axis(result, order, rank, axis=-1)
        return np.where(np.isnan(x), np.nan, result)

    def nth_of_others(self, x: Array, n: Array, *, largest: bool) -> Array:
        """The n-th largest (smallest) value among the *other* units of the group; NaN when there are fewer.

        ``n`` is whole and the same for all units of a group.
        """
        sign = -1.0 if largest else 1.0
        result = np.full(x.shape, np.nan)
        for members in self.members():
            keys = sign * x[..., members]
            ranked = np.sort(keys, axis=-1)  # the unknown last
            ranked = np.concatenate([ranked, np.full((*ranked.shape[:-1], 1), np.nan)], axis=-1)
            wanted = np.nan_to_num(np.broadcast_to(n, x.shape)[..., members[:1]]).astype(int)
            at, behind = (
                np.take_along_axis(ranked, np.clip(place, 0, len(members)), axis=-1) for place in (wanted - 1, wanted)
            )
            result[..., members] = np.where(wanted < 1, np.nan, sign * np.where(keys <= at, behind, at))
        return result

    def standing_of(self, challenger: Array, score: Array) -> tuple[Array, Array]:
        """Places from the top and the bottom each unit would take with ``challenger`` ≤ its score, the others staying."""
        unscored = np.isnan(score)
        size = self.count(score)
        not_above, below = self._field_up_to(challenger, score)
        top = 1 + size - not_above - (score > challenger)
        return np.where(unscored, np.nan, top), np.where(unscored, np.nan, 1 + below)

    def _field_up_to(self, challenger: Array, score: Array) -> tuple[Array, Array]:
        """How many scores of the unit's group are at most, and how many are below, its challenger."""
        n = score.shape[-1]
        both = np.concatenate([score, np.broadcast_to(challenger, score.shape)], axis=-1)
        codes = np.broadcast_to(np.concatenate([self.codes, self.codes]), both.shape)
        counts = []
        for challenger_last in (True, False):
            flag = np.concatenate([np.zeros(n), np.ones(n)])
            flag = flag if challenger_last else 1 - flag
            order = np.lexsort((np.broadcast_to(flag, both.shape), both, codes), axis=-1)
            is_field = np.take_along_axis(np.broadcast_to(np.arange(2 * n) < n, both.shape), order, axis=-1)
            known = is_field & ~np.isnan(np.take_along_axis(both, order, axis=-1))
            running = np.cumsum(known, axis=-1).astype(np.float64)
            place = np.empty(both.shape)
            np.put_along_axis(place, order, running, axis=-1)
            total = self._add((~np.isnan(score)).astype(np.float64))
            before = np.cumsum(total, axis=-1) - total
            counts.append(place[..., n:] - before[..., self.codes])
        return counts[0], counts[1]
