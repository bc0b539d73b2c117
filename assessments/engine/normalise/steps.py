"""Methods in steps: places, bands, counts, pass or fail, and straight lines between points (位次与分档计分)."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assessments.engine.basis import Strict
from assessments.engine.peers import Array, Ties, settled
from assessments.engine.scoring import (
    Context,
    Direction,
    Sampled,
    Scoring,
    safe_divide,
)


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
        place = np.searchsorted(settled(cuts), settled(x), side="right" if self.closed == "left" else "left")
        return np.where(np.isnan(x), np.nan, points[place])


class Point(Strict):
    """At this value, these points."""

    at: float
    points: float


class Piecewise(Scoring):
    """分段线性计分: straight lines between the ``points`` given, level beyond the first and the last. M08

    The points are unscaled; they give the direction.
    """

    method: Literal["piecewise"]
    points_: tuple[Point, ...] = Field(alias="points", min_length=2)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        at = [point.at for point in self.points_]
        if at != sorted(set(at)):
            raise ValueError("the points must rise (各点须从小到大且不重复)")
        return self

    def lowest(self, scale: float) -> float | None:
        return min(point.points for point in self.points_)

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        at, points = ([getattr(point, name) for point in self.points_] for name in ("at", "points"))
        return np.where(np.isnan(x), np.nan, np.interp(x, at, points))


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
        met = settled(x) >= settled(self.value) if direction == "up" else settled(x) <= settled(self.value)
        return np.where(np.isnan(x), np.nan, context.scale * met)
