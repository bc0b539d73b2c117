"""What all scoring functions share: their base, what they may look at, statistics of the peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assessments.engine.peers import Array, Peers

Direction = Literal["up", "down"]
# A statistic of the peers; group_p10 is the value a tenth of them stay below.
Reference = Literal[
    "group_max", "group_min", "group_mean", "group_median",
    "group_p05", "group_p10", "group_p25", "group_p75", "group_p90", "group_p95",
]  # fmt: skip


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
    """A method with bounds from the units themselves: ``within`` says which, ``flat`` what all get when all are alike."""

    within: Literal["group", "all"] = "group"
    flat: float = Field(default=0.5, ge=0, le=1)

    def peers(self, context: Context) -> Peers:
        return context.group if self.within == "group" else context.everyone


def safe_divide(a: Array, b: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        result = np.divide(a, b)
    return np.where(np.isfinite(result), result, np.nan)


def clipped(x: Array, low: float | None, high: float | None) -> Array:
    return x if low is None and high is None else np.clip(x, low, high)


def statistic(reference: float | Reference, x: Array, peers: Peers) -> Array:
    match reference:
        case "group_max":
            return peers.max(x)
        case "group_min":
            return peers.min(x)
        case "group_mean":
            return peers.mean(x)
        case "group_median":
            return peers.median(x)
        case float() | int():
            return np.full(x.shape, float(reference))
        case _:
            return peers.quantile(x, int(reference.removeprefix("group_p")) / 100)


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
