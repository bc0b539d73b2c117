"""Outliers (异常值处理): distributions too skewed to compare by are pulled in before scoring.

A column is treated when its skewness and kurtosis are both beyond their limits (sample-corrected, as in COINr and the JRC
COIN Tool). First the farthest values are drawn in to the next one, step by step (winsorising); when so many steps do not
do, the values are taken back and their logarithm is used instead. The order of the units never changes, but for those
drawn in, which tie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from assessments.engine.basis import Strict
from assessments.engine.peers import Array, Mask, Peers

FEWEST = 4
"""Kurtosis needs four values."""


class Outliers(Strict):
    """When a column is treated and how; ``points``: steps of winsorising at most, 0 for none."""

    skewness: float = Field(default=2.0, gt=0)
    kurtosis: float = Field(default=3.5, gt=0)
    points: int = Field(default=5, ge=0)
    log: bool = True
    within: Literal["group", "all"] = "all"


@dataclass(frozen=True)
class Treated:
    """The column after treatment; ``steps`` of winsorising and whether the logarithm was taken, summed over groups."""

    values: Array
    steps: int
    logged: bool

    @property
    def changed(self) -> bool:
        return self.steps > 0 or self.logged


def treat(x: Array, how: Outliers, group: Peers, everyone: Peers) -> Treated:
    """Treat a column, one value a unit, or several cases of it, a row each; NaN stays NaN."""
    peers = group if how.within == "group" else everyone
    values, steps, logged = x.copy(), 0, False
    for members in peers.members():
        values[..., members], took, log = _treat(x[..., members], how)
        steps, logged = steps + took, logged or log
    return Treated(values, steps, logged)


def _treat(x: Array, how: Outliers) -> tuple[Array, int, bool]:
    """One group; the steps taken, at most over the cases, and whether any case was logged."""
    extreme = _extreme(x, how)
    drawn, steps = x, 0
    for _ in range(how.points):
        open_ = _extreme(drawn, how)
        if not open_.any():
            break
        drawn = np.where(open_[..., np.newaxis], _drawn_in(drawn), drawn)
        steps += 1
    failed = _extreme(drawn, how)
    if not how.log or not failed.any():
        return drawn, steps, False
    start = np.fmin.reduce(x, axis=-1, keepdims=True)
    spread = np.fmax.reduce(x, axis=-1, keepdims=True) - start
    with np.errstate(divide="ignore"):
        logs = np.log(x - start + 0.01 * spread)
    result = np.where(failed[..., np.newaxis], logs, drawn)
    return result, steps if (extreme & ~failed).any() else 0, True


def _drawn_in(x: Array) -> Array:
    """The farthest values on the longer side take the next one's place."""
    y = np.where((skewness(x) > 0)[..., np.newaxis], x, -x)
    edge = np.fmax.reduce(y, axis=-1, keepdims=True)
    inner = np.fmax.reduce(np.where(y < edge, y, np.nan), axis=-1, keepdims=True)
    y = np.where((y == edge) & ~np.isnan(inner), inner, y)
    return np.where((skewness(x) > 0)[..., np.newaxis], y, -y)


def _extreme(x: Array, how: Outliers) -> Mask:
    """Which cases are too skewed to compare by."""
    enough = (~np.isnan(x)).sum(axis=-1) >= FEWEST
    with np.errstate(invalid="ignore", divide="ignore"):
        beyond = (np.abs(skewness(x)) > how.skewness) & (kurtosis(x) > how.kurtosis)
    return np.asarray(enough & beyond, dtype=bool)


def _moments(x: Array) -> tuple[Array, Array, Array, Array]:
    """Number of known values and their second to fourth central moments, over the last axis."""
    n = (~np.isnan(x)).sum(axis=-1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        d = x - (np.nansum(x, axis=-1) / n)[..., np.newaxis]
        second, third, fourth = (np.nansum(d**power, axis=-1) / n for power in (2, 3, 4))
    # Alike to the last bit or nearly so: no shape to speak of.
    flat = second <= 1e-24 * np.nanmax(np.append(x**2, 1e-300))
    return n, np.where(flat, np.nan, second), third, fourth


def skewness(x: Array) -> Array:
    """Sample skewness G1 = √(n(n−1)) / (n−2) · m3 / m2^1.5 of the known values of the last axis."""
    n, second, third, _ = _moments(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt(n * (n - 1)) / (n - 2) * third / second**1.5, dtype=np.float64)


def kurtosis(x: Array) -> Array:
    """Sample excess kurtosis G2 = (n−1) / ((n−2)(n−3)) · ((n+1) g2 + 6) of the known values of the last axis."""
    n, second, _, fourth = _moments(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (fourth / second**2 - 3) + 6), dtype=np.float64)
