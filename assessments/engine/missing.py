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
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from assessments.engine.basis import Strict
from assessments.engine.peers import Array, Peers
from assessments.engine.scoring import Scoring

Policy = Literal[
    "block", "worst", "zero", "penalty", "reweight", "undecided", "group_mean", "group_median", "group_mean_score",
    "last_value",
]  # fmt: skip
LENIENT = frozenset({"reweight", "undecided", "group_mean", "group_median", "group_mean_score", "last_value"})
LEFT_OUT = frozenset({"reweight", "undecided"})


class Missing(Strict):
    """A policy with its parameters; in YAML a plain word will do."""

    policy: Policy
    points: float = 0.0
    years: int = Field(default=1, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _word(cls, data: object) -> object:
        return {"policy": data} if isinstance(data, str) else data

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
    match missing.policy:
        case "group_mean":
            return np.where(blank, peers.mean(x), x)
        case "group_median":
            return np.where(blank, peers.median(x), x)
        case "last_value" if earlier is not None and earlier.shape[1]:
            recent = earlier.iloc[:, -missing.years :].ffill(axis=1).iloc[:, -1].to_numpy(dtype=np.float64)
            return np.where(blank, recent, x)
    return x


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
