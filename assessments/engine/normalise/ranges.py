"""Methods that lay a value between two bounds (区间计分): fixed, from the peers, or from their mean and spread."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from assessments.engine.peers import Array
from assessments.engine.scoring import (
    Bound,
    Context,
    Direction,
    Ranged,
    Sampled,
    Scoring,
    bounds_of,
    clipped,
    safe_divide,
    statistic,
)


class Identity(Scoring):
    """The value itself; ``direction: down`` turns its sign."""

    method: Literal["identity"]

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        return x if direction == "up" else -x


class Given(Scoring):
    """Points given by hand or by another assessment (人工评分、引用得分), kept between 0 and ``max``. M14, M15"""

    method: Literal["given"]
    max: float = Field(gt=0)

    def lowest(self, scale: float) -> float | None:
        return 0.0

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        share = np.clip(x / self.max, 0, 1)
        return context.scale * (share if direction == "up" else 1 - share)


class Goalposts(Ranged, Sampled):
    """Stated bounds: (x - low) / (high - low), cut off beyond the side(s) named in ``cap``."""

    method: Literal["goalposts"]
    low: Bound
    high: Bound
    cap: Literal["both", "upper", "lower", "none"] = "both"

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if isinstance(self.low, float) and isinstance(self.high, float) and self.low >= self.high:
            raise ValueError("low must be below high (low 须小于 high)")
        return self

    def inputs(self) -> tuple[str, ...]:
        return bounds_of(self.low, self.high)

    def lowest(self, scale: float) -> float | None:
        return self.bottom(scale) if self.cap in ("both", "lower") else None

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        peers = self.peers(context)
        start, end = (statistic(bound, x, context, peers) for bound in (self.low, self.high))
        share = safe_divide(x - start, np.where(start <= end, end - start, np.nan))
        share = share if direction == "up" else 1 - share
        share = np.where((start == end) & ~np.isnan(x), self.flat, share)
        low = 0.0 if self.cap in ("both", "lower") else None
        high = 1.0 if self.cap in ("both", "upper") else None
        return self.spread(clipped(share, low, high), context.scale)


class MinMax(Ranged, Sampled):
    """Bounds of the sample: (x - min) / (max - min) among the peers. Scores of two years do not compare. M01"""

    method: Literal["minmax"]

    def lowest(self, scale: float) -> float | None:
        return self.bottom(scale)

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        peers = self.peers(context)
        low, high = peers.min(x), peers.max(x)
        share = safe_divide(x - low, high - low)
        share = share if direction == "up" else 1 - share
        share = np.where((high == low) & ~np.isnan(x), self.flat, share)
        return self.spread(share, context.scale)


class ZScore(Sampled):
    """(x - mean) / s, s with n - 1, put on ``mean`` and ``sd``; ``clip`` limits it to that many s on either side."""

    method: Literal["zscore"]
    mean: float = 0.0
    sd: float = Field(default=1.0, gt=0)
    clip: float | None = Field(default=None, gt=0)

    def lowest(self, scale: float) -> float | None:
        return None if self.clip is None else self.mean - self.clip * self.sd

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        peers = self.peers(context)
        alike = peers.max(x) == peers.min(x)
        z = np.where(alike, 0.0, safe_divide(x - peers.mean(x), peers.std(x)))
        z = np.where(np.isnan(x), np.nan, z if direction == "up" else -z)
        return self.mean + self.sd * (z if self.clip is None else np.clip(z, -self.clip, self.clip))


class Efficacy(Sampled):
    """功效系数法: base + span × (x - 不允许值) / (满意值 - 不允许值), classic 60 + 40. M02

    The bounds are numbers or statistics of the peers; which is larger decides the direction.
    """

    method: Literal["efficacy"]
    satisfied: Bound
    unallowed: Bound
    base: float = 60.0
    span: float = Field(default=40.0, gt=0)
    cap: bool = True

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.satisfied == self.unallowed:
            raise ValueError("satisfied and unallowed must differ (满意值与不允许值不能相同)")
        return self

    @property
    def rewards(self) -> Direction | None:
        """Which values two fixed bounds reward; None where the data will tell."""
        if not isinstance(self.satisfied, float) or not isinstance(self.unallowed, float):
            return None
        return "up" if self.satisfied > self.unallowed else "down"

    def inputs(self) -> tuple[str, ...]:
        return bounds_of(self.satisfied, self.unallowed)

    def lowest(self, scale: float) -> float | None:
        return self.base if self.cap else None

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        peers = self.peers(context)
        best, worst = (statistic(bound, x, context, peers) for bound in (self.satisfied, self.unallowed))
        share = np.where((best == worst) & ~np.isnan(x), self.flat, safe_divide(x - worst, best - worst))
        return self.base + self.span * (np.clip(share, 0, 1) if self.cap else share)


class DistanceToTarget(Sampled):
    """(x - worst peer) / (target - worst peer); ``cap`` stops at the target."""

    method: Literal["distance_to_target"]
    target: float
    cap: bool = True

    def lowest(self, scale: float) -> float | None:
        return 0.0

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        peers = self.peers(context)
        worst = peers.min(x) if direction == "up" else peers.max(x)
        reach = self.target - worst if direction == "up" else worst - self.target
        way = x - worst if direction == "up" else worst - x
        # Everybody beyond the target already: nothing left to go.
        share = np.where(reach <= 0, 1.0, safe_divide(way, np.where(reach > 0, reach, np.nan)))
        share = np.where(np.isnan(x), np.nan, share)
        return context.scale * np.clip(share, 0, 1 if self.cap else None)
