"""What all scoring functions share: their base, what they may look at, statistics of the peers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from assessments.engine.peers import Array, Peers

Direction = Literal["up", "down"]
STATISTIC = re.compile(r"group_(max|min|mean|median|p\d{1,2}(\.\d+)?|(top|bottom)[1-9]\d*)")


def _is_statistic(bound: float | str | ColumnBase) -> float | str | ColumnBase:
    if isinstance(bound, str) and not STATISTIC.fullmatch(bound):
        raise ValueError(
            "must be a number or a statistic of the peers such as group_max or group_p2.5"
            " (应为数字或同类统计量，如 group_max、group_p2.5)"
        )
    return bound


class ColumnBase(BaseModel):
    """A number that each unit brings along as a column: its own target, its last-year value."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    column: str


# A number, a column, or a statistic of the peers: group_p2.5 is the value 2.5 % of them stay below, group_top5 the mean of
# the five highest, group_bottom5 of the five lowest.
Bound = Annotated[
    float | Annotated[str, Field(json_schema_extra={"pattern": f"^{STATISTIC.pattern}$"})] | ColumnBase,
    AfterValidator(_is_statistic),
]


def bounds_of(*bounds: float | str | BaseModel) -> tuple[str, ...]:
    """The columns that bounds read."""
    return tuple(bound.column for bound in bounds if isinstance(bound, ColumnBase))


@dataclass(frozen=True)
class Context:
    """What a method may look at beside its own column: peers, everybody, the scale, other columns."""

    group: Peers
    everyone: Peers
    scale: float
    columns: Mapping[str, Array]


class Scoring(BaseModel):
    """Base of all methods."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def inputs(self) -> tuple[str, ...]:
        """Further columns the method reads."""
        return ()

    def lowest(self, scale: float) -> float | None:
        return None

    def points(self, x: Array, direction: Direction, context: Context) -> Array:
        raise NotImplementedError


class Sampled(Scoring):
    """A method with bounds from the units themselves: ``within`` says which, ``flat`` what all get when all are alike.

    ``periods: all`` takes every year of the table as a unit of its own, so that scores of different years compare.
    """

    within: Literal["group", "all"] = "group"
    periods: Literal["now", "all"] = "now"
    flat: float = Field(default=0.5, ge=0, le=1)

    def peers(self, context: Context) -> Peers:
        return context.group if self.within == "group" else context.everyone


def safe_divide(a: Array, b: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        result = np.divide(a, b)
    return np.where(np.isfinite(result), result, np.nan)


def clipped(x: Array, low: float | None, high: float | None) -> Array:
    return x if low is None and high is None else np.clip(x, low, high)


def statistic(bound: float | str | ColumnBase, x: Array, context: Context, peers: Peers) -> Array:
    """The number a bound stands for, one a unit."""
    if isinstance(bound, ColumnBase):
        return np.broadcast_to(context.columns[bound.column], x.shape)
    if not isinstance(bound, str):
        return np.full(x.shape, float(bound))
    name = bound.removeprefix("group_")
    if name in ("max", "min", "mean", "median"):
        return np.asarray(getattr(peers, name)(x), dtype=np.float64)
    kind, number = name.rstrip(".0123456789"), name.lstrip("topbm")
    if kind == "p":
        return peers.quantile(x, float(number) / 100)
    return peers.extreme_mean(x, int(number), largest=kind == "top")


class Ranged(BaseModel):
    """A share between 0 and 1 laid on ``range`` (default 0 to the scheme's scale)."""

    range: tuple[float, float] | None = None

    def spread(self, share: Array, scale: float) -> Array:
        low, high = self.range or (0.0, scale)
        return low + share * (high - low)

    def bottom(self, scale: float) -> float:
        return self.range[0] if self.range else 0.0

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.range and self.range[0] >= self.range[1]:
            raise ValueError("range: the first number must be below the second (第一个数须小于第二个数)")
        return self
