"""What a blank means (缺失值处理): one stated policy for each indicator.

Strict policies can never pay: a blank gets no more than the worst report would have brought. Lenient ones (published
methods use them) may; the run then also works out what the blanks would mean at their worst, and a proposal that
hangs on a blank becomes `undecided`.

| policy             | a blank becomes                                                        |         |
|--------------------|------------------------------------------------------------------------|---------|
| `block`            | no score at all                                                        | strict  |
| `worst`            | the lowest points the method can give                                  | strict  |
| `zero`             | 0 points (the method must not go below 0)                              | strict  |
| `penalty`          | ``points`` (not above the method's lowest)                             | strict  |
| `reweight`         | left out; its weight goes to its siblings                              | lenient |
| `undecided`        | as `reweight`, and the unit's proposal is `undecided` (不定等级)         | lenient |
| `group_mean`       | the mean of the peers' values                                          | lenient |
| `group_median`     | the median of the peers' values                                        | lenient |
| `group_mean_score` | the mean of the peers' points                                          | lenient |
| `last_value`       | the unit's last value of at most ``years`` years before                 | lenient |
| `linear`           | the straight line through its last two values of ``years`` years before | lenient |
| `constant`         | ``value``                                                              | lenient |
"""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from assessments.engine.basis import Strict
from assessments.engine.peers import Array, Peers
from assessments.engine.scoring import Scoring

Policy = Literal[
    "block", "worst", "zero", "penalty", "reweight", "undecided", "group_mean", "group_median", "group_mean_score",
    "last_value", "linear", "constant",
]  # fmt: skip
LOOKING_BACK = frozenset({"last_value", "linear"})
LENIENT = LOOKING_BACK | {"reweight", "undecided", "group_mean", "group_median", "group_mean_score", "constant"}
LEFT_OUT = frozenset({"reweight", "undecided"})


class Missing(Strict):
    """A policy with its parameters; in YAML a plain word will do."""

    policy: Policy
    points: float = 0.0
    years: int = Field(default=1, ge=1)
    value: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _word(cls, data: object) -> object:
        return {"policy": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.policy == "constant") != (self.value is not None):
            raise ValueError("constant needs a value, others have none (constant 须写 value，其他方式不写)")
        if self.policy == "linear" and self.years < 2:
            raise ValueError("linear needs two years or more (linear 的 years 至少为 2)")
        return self

    @property
    def lenient(self) -> bool:
        return self.policy in LENIENT

    @property
    def left_out(self) -> bool:
        return self.policy in LEFT_OUT


def policy_fault(missing: Missing, score: Scoring, scale: float) -> tuple[str, str] | None:
    """Why this policy would let a blank pay with this method, as (Chinese, English), or None."""
    lowest = score.lowest(scale)
    name = getattr(score, "method", "")
    if missing.policy not in ("worst", "zero", "penalty"):
        return None
    if lowest is None:
        return (
            f"“{name}”没有最低分，缺报不能按 {missing.policy} 处理：请设上下限，或改用 block",
            f"“{name}” has no lowest points, so a blank cannot be “{missing.policy}”: bound it or use block",
        )
    given = {"worst": lowest, "zero": 0.0, "penalty": missing.points}[missing.policy]
    if given > lowest:
        return (
            f"缺报得 {given:g} 分，高于最差的 {lowest:g} 分：缺报不得有利",
            f"a blank would get {given:g}, more than the worst report ({lowest:g}): a blank must never pay",
        )
    return None


def fill_values(x: Array, missing: Missing, peers: Peers, earlier: pd.DataFrame | None) -> Array:
    """Values with blanks filled by the policies that fill values; others leave NaN.

    ``earlier`` holds the units' values of the years before, columns rising up to last year.
    """
    blank = np.isnan(x)
    if not blank.any():
        return x
    return np.where(blank, _stand_in(missing, x, peers, earlier), x)


def _stand_in(missing: Missing, x: Array, peers: Peers, earlier: pd.DataFrame | None) -> Array:
    """What each unit's value would be taken to be were it blank."""
    past = np.full((x.shape[-1], 1), np.nan)
    if earlier is not None and earlier.shape[1]:
        past = earlier.iloc[:, -missing.years :].to_numpy(dtype=np.float64)
    match missing.policy:
        case "group_mean":
            return peers.mean(x)
        case "group_median":
            return peers.median(x)
        case "last_value":
            return pd.DataFrame(past).ffill(axis=1).iloc[:, -1].to_numpy(dtype=np.float64)
        case "linear":
            return _on_a_line(past)
    return np.full(x.shape, np.nan if missing.value is None else missing.value)


def _on_a_line(past: Array) -> Array:
    """The straight line through each unit's last two known values, carried on to the year after the last column."""
    years = past.shape[1]
    at = np.where(np.isnan(past), -1, np.arange(years))
    last = at.max(axis=1)
    before = np.where(at < last[:, np.newaxis], at, -1).max(axis=1)
    rows = np.arange(len(past))
    step = (past[rows, last] - past[rows, before]) / np.where(before >= 0, last - before, 1)
    return np.where(before >= 0, past[rows, last] + step * (years - last), np.nan)


def fill_points(points: Array, missing: Missing, lowest: float | None, peers: Peers) -> Array:
    """Points with blanks filled by the policies that fill points; others leave NaN."""
    blank = np.isnan(points)
    if not blank.any():
        return points
    match missing.policy:
        case "worst":
            return np.where(blank, np.nan if lowest is None else lowest, points)
        case "zero":
            return np.where(blank, 0.0, points)
        case "penalty":
            return np.where(blank, missing.points, points)
        case "group_mean_score":
            return np.where(blank, peers.mean(points), points)
    return points
