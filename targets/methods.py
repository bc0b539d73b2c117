"""Arithmetic of progress (进度判定的计算): paths, Eurostat's growth ratio, ESCAP's two indices, projection, intervals.

No database and no Django: everything takes numbers or arrays and gives numbers or arrays; NaN is "cannot be told".
Sources, formulas and what is this portal's own reading: docs/reference/targets.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LEVEL = 0.90
"""Confidence of the projection's interval."""
FEWEST = 4
"""Points from which a projection is drawn: with three there is one degree of freedom, and an interval that says nothing."""
WILSON_Z = 1.959963984540054
"""95 % two-sided, for shares."""

# 0.95 quantiles of Student's t by degrees of freedom 1 … 30 (two-sided 90 %); beyond, the normal one is near enough.
_T95 = np.array(
    [6.313752, 2.919986, 2.353363, 2.131847, 2.015048, 1.943180, 1.894579, 1.859548, 1.833113, 1.812461,
     1.795885, 1.782288, 1.770933, 1.761310, 1.753050, 1.745884, 1.739607, 1.734064, 1.729133, 1.724718,
     1.720743, 1.717144, 1.713872, 1.710882, 1.708141, 1.705618, 1.703288, 1.701131, 1.699127, 1.697261]
)  # fmt: skip
_NORMAL95 = 1.644854


def t95(freedom: int) -> float:
    """The 0.95 quantile of Student's t; NaN without a degree of freedom."""
    if freedom < 1:
        return float("nan")
    return float(_T95[freedom - 1]) if freedom <= len(_T95) else _NORMAL95


# ---- paths 路径 -------------------------------------------------------------------------------------------------


def linear_path(years: npt.ArrayLike, start: tuple[float, float], goal: tuple[float, float]) -> Array:
    """Equal steps from (year, value) to (year, value); flat outside the two years."""
    return np.interp(np.asarray(years, dtype=float), [start[0], goal[0]], [start[1], goal[1]])


def compound_path(years: npt.ArrayLike, start: tuple[float, float], goal: tuple[float, float]) -> Array:
    """Equal rates of growth; NaN unless both ends are positive."""
    if start[1] <= 0 or goal[1] <= 0:
        return np.full(np.shape(np.asarray(years)), np.nan)
    logs = ((start[0], float(np.log(start[1]))), (goal[0], float(np.log(goal[1]))))
    return np.exp(linear_path(years, *logs))


def milestone_path(
    years: npt.ArrayLike,
    start: tuple[float, float],
    goal: tuple[float, float],
    milestones: Sequence[tuple[float, float]],
    *,
    stepwise: bool,
) -> Array:
    """Through the milestones: straight between them, or (stepwise) holding each value until the next one's year."""
    points = sorted({**{float(y): float(v) for y, v in milestones}, float(goal[0]): float(goal[1])}.items())
    points = [(float(start[0]), float(start[1])), *[p for p in points if p[0] > start[0]]]
    at, values = (np.array([p[i] for p in points]) for i in (0, 1))
    asked = np.asarray(years, dtype=float)
    if not stepwise:
        return np.interp(asked, at, values)
    place = np.clip(np.searchsorted(at, asked, side="right") - 1, 0, len(at) - 1)
    return np.asarray(values[place], dtype=float)


def gain_ratio(value: npt.ArrayLike, start: npt.ArrayLike, expected: npt.ArrayLike) -> Array:
    """What was gained since the start over what the path asks by now; 1 where it asks nothing and nothing was lost."""
    v, s, e = (np.asarray(x, dtype=float) for x in (value, start, expected))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(e == s, np.where(v == s, 1.0, np.nan), (v - s) / (e - s)), dtype=float)


# ---- (a) Eurostat ----------------------------------------------------------------------------------------------


def cagr(first: npt.ArrayLike, last: npt.ArrayLike, years: npt.ArrayLike) -> Array:
    """Compound annual growth rate over `years`; NaN unless both figures are positive and time has passed."""
    a, b, n = (np.asarray(x, dtype=float) for x in (first, last, years))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.power(np.where(a > 0, b / np.where(a > 0, a, 1), np.nan), 1 / np.where(n > 0, n, np.nan)) - 1
    return np.asarray(np.where(b > 0, rate, np.nan), dtype=float)


def growth_ratio(
    first: npt.ArrayLike, last: npt.ArrayLike, elapsed: npt.ArrayLike, goal: npt.ArrayLike, whole: npt.ArrayLike
) -> Array:
    """Actual growth rate over the one required: CAGR(first→last, elapsed) / CAGR(first→goal, whole).

    Like Eurostat's ratio it has the same sign for targets that rise and that fall: above 0 is towards the target.
    """
    actual, required = cagr(first, last, elapsed), cagr(first, goal, whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(required == 0, np.nan, actual / required), dtype=float)


# ---- (b) UN ESCAP ----------------------------------------------------------------------------------------------


def current_status(first: npt.ArrayLike, now: npt.ArrayLike, goal: npt.ArrayLike) -> Array:
    """Current status index: progress made of the progress needed, 0 … 10 on the way, negative for a step back."""
    a, v, g = (np.asarray(x, dtype=float) for x in (first, now, goal))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(g == a, np.nan, 10 * (v - a) / (g - a)), dtype=float)


def anticipated_gap(first: npt.ArrayLike, predicted: npt.ArrayLike, goal: npt.ArrayLike) -> Array:
    """Anticipated progress index: the gap expected in the target year, in percent of the progress needed.

    0 when the prediction reaches the target or passes it; above 100 when it is further away than at the start.
    """
    a, p, g = (np.asarray(x, dtype=float) for x in (first, predicted, goal))
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(g == a, np.nan, 100 * (g - p) / (g - a))
    return np.asarray(np.maximum(gap, 0.0), dtype=float)


def time_weights(years: npt.ArrayLike) -> Array:
    """Weights that grow evenly with time: 1/T for the first year, 1 for the last, T the years from first to last."""
    at = np.asarray(years, dtype=float)
    return (at - at.min() + 1) / (at.max() - at.min() + 1)


@dataclass(frozen=True)
class Projection:
    """What the trend gives for a year, with its interval; `low` and `high` are NaN with fewer than three points."""

    year: int
    value: float
    low: float
    high: float
    slope: float
    points: int


def project(
    years: npt.ArrayLike, values: npt.ArrayLike, year: int, bounds: tuple[float, float] = (-np.inf, np.inf)
) -> Projection | None:
    """Time-weighted straight line through the known values, read off at `year`; None with fewer than two of them.

    Interval: `LEVEL` prediction interval of weighted least squares. It assumes a straight trend, independent errors with
    variance inverse to the weight, and a new year as exact as the newest. Value and interval are kept within `bounds`.
    """
    t, y = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    t, y = t[~np.isnan(y)], y[~np.isnan(y)]
    if len(np.unique(t)) < 2:
        return None
    w = time_weights(t)
    total = w.sum()
    mean_t, mean_y = (w * t).sum() / total, (w * y).sum() / total
    spread = (w * (t - mean_t) ** 2).sum()
    slope = float((w * (t - mean_t) * (y - mean_y)).sum() / spread)
    value = float(mean_y + slope * (year - mean_t))
    freedom = len(t) - 2
    half = float("nan")
    if freedom > 0:
        residual = float((w * (y - mean_y - slope * (t - mean_t)) ** 2).sum() / freedom)
        half = t95(freedom) * float(np.sqrt(residual * (1 + 1 / total + (year - mean_t) ** 2 / spread)))
    value, low, high = (float(np.clip(x, *bounds)) for x in (value, value - half, value + half))
    return Projection(year, value, low, high, slope, len(t))


# ---- uncertainty of a league table 排名的不确定性 --------------------------------------------------------------------


def wilson(successes: npt.ArrayLike, trials: npt.ArrayLike, z: float = WILSON_Z) -> tuple[Array, Array]:
    """Wilson's score interval of a share, as fractions; NaN without trials."""
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where(n > 0, n, np.nan)
        p = k / n
        scale = 1 + z**2 / n
        centre = (p + z**2 / (2 * n)) / scale
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / scale
    return np.asarray(np.maximum(centre - half, 0.0)), np.asarray(np.minimum(centre + half, 1.0))


def rank_intervals(low: npt.ArrayLike, high: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Best and worst rank each may have: who is surely above stands before it, who is surely below behind (1 is best)."""
    a, b = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    above = (a[None, :] > b[:, None]).sum(axis=1)
    below = (b[None, :] < a[:, None]).sum(axis=1)
    return (above + 1).astype(np.int64), (len(a) - below).astype(np.int64)
