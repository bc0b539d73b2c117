"""Methods that set a value against a base: a target, an ideal, the mean of the peers (比值计分)."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assessments.engine.peers import Array
from assessments.engine.scoring import (
    Bound,
    Context,
    Direction,
    Sampled,
    Scoring,
    bounds_of,
    clipped,
    safe_divide,
    statistic,
)


class PooledRatio(BaseModel):
    """Σ ``sum`` / Σ ``over`` among the peers: a ratio of sums, not a mean of ratios."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sum: str
    over: str


class Ratio(Sampled):
    """x / base as a share of the scale (base / x when down), kept between ``floor`` and ``cap``. M03, M04, M06, M11

    The base is a number (a target, last year's mean), a statistic of the peers, a pooled ratio, or a column.
    A base that is not positive scores nothing.
    """

    method: Literal["ratio"]
    base: Bound | PooledRatio
    cap: float | None = Field(default=None, gt=0)
    floor: float | None = 0.0

    def inputs(self) -> tuple[str, ...]:
        if isinstance(self.base, PooledRatio):
            return (self.base.sum, self.base.over)
        return bounds_of(self.base)

    def lowest(self, scale: float) -> float | None:
        return None if self.floor is None else self.floor * scale

    def _base(self, x: Array, context: Context) -> Array:
        peers = self.peers(context)
        if not isinstance(self.base, PooledRatio):
            return statistic(self.base, x, context, peers)
        top, bottom = context.columns[self.base.sum], context.columns[self.base.over]
        both = ~np.isnan(top) & ~np.isnan(bottom)
        return safe_divide(peers.sum(np.where(both, top, 0)), peers.sum(np.where(both, bottom, 0)))

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        base = self._base(x, context)
        base = np.where(base > 0, base, np.nan)
        if direction == "up":
            share = safe_divide(x, base)
        else:
            share = safe_divide(base, np.where(x > 0, x, np.nan))
            # Nothing used or emitted is the best there can be; a leaf that is scored downwards has a cap.
            share = np.where((x <= 0) & ~np.isnan(base), np.nan if self.cap is None else self.cap, share)
        return context.scale * clipped(share, self.floor, self.cap)


class RelativeDifference(Sampled):
    """(x - reference) / reference, unscaled: how far above or below a reference."""

    method: Literal["relative_difference"]
    reference: Bound

    def inputs(self) -> tuple[str, ...]:
        return bounds_of(self.reference)

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        base = statistic(self.reference, x, context, self.peers(context))
        difference = safe_divide(x - base, np.where(base > 0, base, np.nan))
        return difference if direction == "up" else -difference


class ReverseToMean(Sampled):
    """(k - x / mean) / k, not below 0: full points at zero, none at k times the peers' mean. M05"""

    method: Literal["reverse_to_mean"]
    k: float = Field(default=2.0, gt=0)

    def lowest(self, scale: float) -> float | None:
        return 0.0

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        mean = self.peers(context).mean(x)
        share = (self.k - safe_divide(x, np.where(mean > 0, mean, np.nan))) / self.k
        return context.scale * np.clip(share, 0, 1)


class Ideal(Scoring):
    """理想值: min(x / T, 1), T / x when down; with two values full points inside [T1, T2], less on both sides. M07"""

    method: Literal["ideal"]
    ideal: float | tuple[float, float]

    @model_validator(mode="after")
    def _positive(self) -> Self:
        low, high = self.ideal if isinstance(self.ideal, tuple) else (self.ideal, self.ideal)
        if low <= 0 or high < low:
            raise ValueError("ideal values must be positive and rising (理想值须为正数且从小到大)")
        return self

    def lowest(self, scale: float) -> float | None:
        return 0.0

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        below = above = np.ones(x.shape)
        if isinstance(self.ideal, tuple):
            below, above = x / self.ideal[0], self._over(self.ideal[1], x)
        elif direction == "up":
            below = x / self.ideal
        else:
            above = self._over(self.ideal, x)
        share = np.clip(np.minimum(below, above), 0, 1)
        return np.where(np.isnan(x), np.nan, context.scale * share)

    @staticmethod
    def _over(ideal: float, x: Array) -> Array:
        return ideal / np.where(x > ideal, x, ideal)
