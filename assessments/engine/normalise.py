"""Scoring functions (评分方法): from an indicator's value to points.

Each method is a frozen pydantic model holding its parameters; ``SCORING`` finds it by name. ``points`` takes one value a
unit and returns one number a unit. Bounded methods score on the scheme's ``scale`` (0 to 100 unless it says otherwise).
A value the method cannot score (a zero base, say) comes out as NaN and is then treated as missing.
``lowest`` is the smallest number the method can give, None when there is no floor.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assessments.engine.peers import Array, Ties
from assessments.engine.scoring import (
    Context,
    Direction,
    Ranged,
    Reference,
    Sampled,
    Scoring,
    clipped,
    safe_divide,
    statistic,
)

__all__ = ["SCORING", "Ratio", "Scoring", "ScoringSpec"]


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


class Goalposts(Ranged, Scoring):
    """Fixed bounds: (x - low) / (high - low), cut off beyond the side(s) named in ``cap``."""

    method: Literal["goalposts"]
    low: float
    high: float
    cap: Literal["both", "upper", "lower", "none"] = "both"

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.low >= self.high:
            raise ValueError("low must be below high (low 须小于 high)")
        return self

    def lowest(self, scale: float) -> float | None:
        return self.bottom(scale) if self.cap in ("both", "lower") else None

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        share = (x - self.low) / (self.high - self.low)
        share = share if direction == "up" else 1 - share
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


class Rank(Sampled):
    """Rank points, the worst peer having 1. M09"""

    method: Literal["rank"]
    ties: Ties = "min"

    def lowest(self, scale: float) -> float | None:
        return 0.0

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        return self.peers(context).rank(x, ascending=direction == "up", ties=self.ties)


class Borda(Rank):
    """Borda points: the rank points less one, so the worst peer has 0. M09"""

    method: Literal["borda"]  # type: ignore[assignment]  # a narrower name for the same parameters

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        return super().points(x, direction, context) - 1


class Percentile(Rank):
    """Rank as a share of the scale: ``share`` rank / n, ``exclusive`` (rank - 1) / (n - 1). M09"""

    method: Literal["percentile"]  # type: ignore[assignment]  # a narrower name for the same parameters
    form: Literal["share", "exclusive"] = "share"

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        rank, n = super().points(x, direction, context), self.peers(context).count(x)
        if self.form == "share":
            return context.scale * safe_divide(rank, n)
        alone = (n == 1) & ~np.isnan(x)
        return context.scale * np.where(alone, self.flat, safe_divide(rank - 1, n - 1))


class Efficacy(Sampled):
    """功效系数法: base + span × (x - 不允许值) / (满意值 - 不允许值), classic 60 + 40. M02

    The bounds are numbers or statistics of the peers; which is larger decides the direction.
    """

    method: Literal["efficacy"]
    satisfied: float | Reference
    unallowed: float | Reference
    base: float = 60.0
    span: float = Field(default=40.0, gt=0)
    cap: bool = True

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.satisfied == self.unallowed:
            raise ValueError("satisfied and unallowed must differ (满意值与不允许值不能相同)")
        return self

    def lowest(self, scale: float) -> float | None:
        return self.base if self.cap else None

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        peers = self.peers(context)
        best, worst = statistic(self.satisfied, x, peers), statistic(self.unallowed, x, peers)
        share = np.where((best == worst) & ~np.isnan(x), self.flat, safe_divide(x - worst, best - worst))
        return self.base + self.span * (np.clip(share, 0, 1) if self.cap else share)


class PooledRatio(BaseModel):
    """Σ ``sum`` / Σ ``over`` among the peers: a ratio of sums, not a mean of ratios."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sum: str
    over: str


class ColumnBase(BaseModel):
    """A base that each unit brings along as a column: its own target, its last-year value."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    column: str


class Ratio(Sampled):
    """x / base as a share of the scale (base / x when down), kept between ``floor`` and ``cap``. M03, M04, M06, M11

    The base is a number (a target, last year's mean), a statistic of the peers, a pooled ratio, or a column.
    A base that is not positive scores nothing.
    """

    method: Literal["ratio"]
    base: float | Reference | PooledRatio | ColumnBase
    cap: float | None = Field(default=None, gt=0)
    floor: float | None = 0.0

    def inputs(self) -> tuple[str, ...]:
        match self.base:
            case PooledRatio():
                return (self.base.sum, self.base.over)
            case ColumnBase():
                return (self.base.column,)
        return ()

    def lowest(self, scale: float) -> float | None:
        return None if self.floor is None else self.floor * scale

    def _base(self, x: Array, context: Context) -> Array:
        peers = self.peers(context)
        match self.base:
            case PooledRatio(sum=numerator, over=denominator):
                top, bottom = context.columns[numerator], context.columns[denominator]
                both = ~np.isnan(top) & ~np.isnan(bottom)
                return safe_divide(peers.sum(np.where(both, top, 0)), peers.sum(np.where(both, bottom, 0)))
            case ColumnBase(column=column):
                return context.columns[column]
            case _:
                return statistic(self.base, x, peers)

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
    reference: float | Reference

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        base = statistic(self.reference, x, self.peers(context))
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


class Band(BaseModel):
    """From this value on, these points."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    start: float = Field(alias="from")
    points: float


class Bands(Sampled):
    """分档计分: ``below`` points under the first cut, then the points of the highest band reached. M08, M11

    ``closed: left`` counts a value on the cut into the upper band, ``right`` into the lower. ``of`` bands the value
    itself, its percentile (rank / n × 100) or its ratio to the peers' mean. The points are unscaled; the bands give the
    direction.
    """

    method: Literal["bands"]
    below: float
    bands: tuple[Band, ...] = Field(min_length=1)
    closed: Literal["left", "right"] = "left"
    of: Literal["value", "percentile", "ratio_to_mean"] = "value"

    @model_validator(mode="after")
    def _rising(self) -> Self:
        starts = [band.start for band in self.bands]
        if starts != sorted(set(starts)):
            raise ValueError("the bands must rise (各档起点须从小到大且不重复)")
        return self

    def lowest(self, scale: float) -> float | None:
        return min([self.below, *(band.points for band in self.bands)])

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        peers = self.peers(context)
        if self.of == "percentile":
            x = 100 * safe_divide(peers.rank(x), peers.count(x))
        elif self.of == "ratio_to_mean":
            mean = peers.mean(x)
            x = safe_divide(x, np.where(mean > 0, mean, np.nan))
        cuts = np.array([band.start for band in self.bands])
        points = np.array([self.below, *(band.points for band in self.bands)])
        place = np.searchsorted(cuts, x, side="right" if self.closed == "left" else "left")
        return np.where(np.isnan(x), np.nan, points[place])


class PerItem(Scoring):
    """``each`` points an item, at most ``cap`` (荣誉、平台个数). The points are unscaled. M13"""

    method: Literal["per_item"]
    each: float = Field(gt=0)
    cap: float = Field(gt=0)

    def lowest(self, scale: float) -> float | None:
        return 0.0

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        points = np.clip(x * self.each, 0, self.cap)
        return points if direction == "up" else self.cap - points


class Threshold(Scoring):
    """达标: full points at or beyond ``value`` (at or under it when ``direction: down``), none otherwise. M16"""

    method: Literal["threshold"]
    value: float

    def lowest(self, scale: float) -> float | None:
        return 0.0

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        met = x >= self.value if direction == "up" else x <= self.value
        return np.where(np.isnan(x), np.nan, context.scale * met)


ScoringSpec = Annotated[
    Identity
    | Given
    | Goalposts
    | MinMax
    | ZScore
    | Rank
    | Borda
    | Percentile
    | Efficacy
    | Ratio
    | RelativeDifference
    | ReverseToMean
    | Ideal
    | DistanceToTarget
    | Bands
    | PerItem
    | Threshold,
    Field(discriminator="method"),
]

SCORING: dict[str, type[Scoring]] = {
    "identity": Identity,
    "given": Given,
    "goalposts": Goalposts,
    "minmax": MinMax,
    "zscore": ZScore,
    "rank": Rank,
    "borda": Borda,
    "percentile": Percentile,
    "efficacy": Efficacy,
    "ratio": Ratio,
    "relative_difference": RelativeDifference,
    "reverse_to_mean": ReverseToMean,
    "ideal": Ideal,
    "distance_to_target": DistanceToTarget,
    "bands": Bands,
    "per_item": PerItem,
    "threshold": Threshold,
}
