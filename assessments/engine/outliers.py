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
from assessments.engine.peers import Array, Peers

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
    for row in np.ndindex(x.shape[:-1]):
        for number in range(len(peers.names)):
            members = np.flatnonzero((peers.codes == number) & ~np.isnan(x[row]))
            part, took, log = _treat(x[row][members], how)
            values[(*row, members)], steps, logged = part, steps + took, logged or log
    return Treated(values, steps, logged)


def _treat(x: Array, how: Outliers) -> tuple[Array, int, bool]:
    if not _extreme(x, how):
        return x, 0, False
    drawn = x.copy()
    for step in range(1, how.points + 1):
        above = skewness(drawn) > 0
        edge = drawn.max() if above else drawn.min()
        inner = drawn[drawn != edge]
        if not len(inner):
            break
        drawn[drawn == edge] = inner.max() if above else inner.min()
        if not _extreme(drawn, how):
            return drawn, step, False
    if not how.log:
        return drawn, how.points, False
    return np.log(x - x.min() + 0.01 * (x.max() - x.min())), 0, True


def _extreme(x: Array, how: Outliers) -> bool:
    if len(x) < FEWEST or x.max() == x.min():
        return False
    return bool(abs(skewness(x)) > how.skewness and kurtosis(x) > how.kurtosis)


def skewness(x: Array) -> float:
    """Sample skewness G1 = √(n(n−1)) / (n−2) · m3 / m2^1.5."""
    n, d = len(x), x - x.mean()
    return float(np.sqrt(n * (n - 1)) / (n - 2) * np.mean(d**3) / np.mean(d**2) ** 1.5)


def kurtosis(x: Array) -> float:
    """Sample excess kurtosis G2 = (n−1) / ((n−2)(n−3)) · ((n+1) g2 + 6)."""
    n, d = len(x), x - x.mean()
    g2 = np.mean(d**4) / np.mean(d**2) ** 2 - 3
    return float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6))
