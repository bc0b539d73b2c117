"""Weights (权重): how the numbers written beside the children of a branch become shares of the branch.

| weighting    | the numbers                                              | share of child i |
|--------------|----------------------------------------------------------|------------------|
| `percent`    | sum to 100                                               | w / 100          |
| `fraction`   | sum to 1                                                 | w                |
| `points`     | sum to the branch's own weight (分值制)                    | w / Σw           |
| `multiplier` | relative, such as 0.8 / 1 / 1.2                          | w / Σw           |
| `equal`      | none written                                             | 1 / n            |
| `as_given`   | anything; used as it stands (published, rounded weights) | w                |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

Weighting = Literal["percent", "fraction", "points", "multiplier", "equal", "as_given"]

TOLERANCE = 1e-6


def weight_faults(weighting: Weighting, weights: Sequence[float | None], own: float | None) -> list[tuple[str, str]]:
    """What is wrong with the weights of one branch: (Chinese, English) messages. ``own`` is the branch's own weight."""
    written = [w for w in weights if w is not None]
    if weighting == "equal":
        return [("等权时各项不应再写权重", "with equal weighting no child may have a weight")] if written else []
    if len(written) < len(weights):
        return [
            ("有的项没有权重：要么都写，要么都不写（等权）", "some children have no weight; give all or none (equal)")
        ]
    if any(not math.isfinite(w) or w <= 0 for w in written):
        return [("权重须为正数", "weights must be positive")]
    total = math.fsum(written)
    goal = {"percent": 100.0, "fraction": 1.0, "points": own}.get(weighting)
    if weighting == "points" and own is None:
        return [("分值制要求本级也有权重", "with points the branch itself needs a weight")]
    if goal is not None and abs(total - goal) > TOLERANCE:
        return [(f"权重合计 {total:g}，应为 {goal:g}", f"the weights sum to {total:g}, not {goal:g}")]
    return []


def shares(weighting: Weighting, weights: Sequence[float | None]) -> list[float]:
    """Each child's share of its branch; they sum to 1 except with `as_given`."""
    if weighting == "equal":
        return [1 / len(weights)] * len(weights)
    written = [w for w in weights if w is not None]
    if weighting == "as_given":
        return written
    total = math.fsum(written)
    return [w / total for w in written]
