"""Weights (权重): how the numbers written beside the children of a branch become shares of the branch.

| weighting    | the numbers                                              | share of child i |
|--------------|----------------------------------------------------------|------------------|
| `percent`    | sum to 100                                               | w / 100          |
| `fraction`   | sum to 1                                                 | w                |
| `points`     | sum to the branch's own weight (分值制)                    | w / Σw           |
| `multiplier` | relative, such as 0.8 / 1 / 1.2                          | w / Σw           |
| `equal`      | none written                                             | 1 / n            |
| `as_given`   | anything; used as it stands (published, rounded weights) | w                |
| `ahp`        | none; the branch has a `matrix` of judgements            | principal vector |
| `entropy`    | none                                                     | 熵权法, from the data |
| `critic`     | none                                                     | CRITIC, from the data |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

Weighting = Literal["percent", "fraction", "points", "multiplier", "equal", "as_given", "ahp", "entropy", "critic"]
Array = npt.NDArray[np.float64]

FROM_DATA = ("entropy", "critic")
UNWRITTEN = ("equal", "ahp", *FROM_DATA)
TOLERANCE = 1e-6
CONSISTENT = 0.1
"""Up to this consistency ratio judgements are taken for consistent (Saaty 1980)."""
# Mean consistency index of random matrices of that order (Saaty).
_RANDOM = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


def weight_faults(weighting: Weighting, weights: Sequence[float | None], own: float | None) -> list[tuple[str, str]]:
    """What is wrong with the weights of one branch: (Chinese, English) messages. ``own`` is the branch's own weight."""
    written = [w for w in weights if w is not None]
    if weighting in UNWRITTEN:
        message = (
            f"权重方式为 {weighting} 时各项不应再写权重",
            f"with {weighting} weighting no child may have a weight",
        )
        return [message] if written else []
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
    """Each child's share of its branch; they sum to 1 except with `as_given`. Equal until `ahp` or the data say more."""
    if weighting in UNWRITTEN:
        return [1 / len(weights)] * len(weights)
    written = [w for w in weights if w is not None]
    if weighting == "as_given":
        return written
    total = math.fsum(written)
    return [w / total for w in written]


def judged(matrix: Sequence[Sequence[float]]) -> tuple[list[float], float]:
    """层次分析法 (AHP): shares from a matrix of pairwise judgements, and its consistency ratio.

    ``matrix[i][j]``: how many times as important child i is as child j. Shares are the principal eigenvector; the ratio is
    the consistency index (λ - n) / (n - 1) over that of random matrices, 0 for up to two children (Saaty 1980).
    """
    table = np.asarray(matrix, dtype=np.float64)
    n = len(table)
    values, vectors = np.linalg.eig(table)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    random = _RANDOM[n] if n < len(_RANDOM) else _RANDOM[-1]
    ratio = (values[largest].real - n) / (n - 1) / random if random else 0.0
    return (vector / vector.sum()).tolist(), max(0.0, float(ratio))


def matrix_faults(matrix: Sequence[Sequence[float]], n: int) -> list[tuple[str, str]]:
    """What is wrong with a matrix of judgements on ``n`` children: (Chinese, English) messages."""
    if len(matrix) != n or any(len(row) != n for row in matrix):
        return [(f"判断矩阵应为 {n}×{n}", f"the matrix must be {n} by {n}")]
    table = np.asarray(matrix, dtype=np.float64)
    if not (table > 0).all():
        return [("判断矩阵各项须为正数", "all judgements must be positive")]
    if not np.allclose(table * table.T, 1, atol=1e-3):
        return [
            (
                "判断矩阵须互反：第 i 行第 j 列乘第 j 行第 i 列应为 1",
                "judgements must be reciprocal: a(i,j) × a(j,i) = 1",
            )
        ]
    ratio = judged(matrix)[1]
    if ratio > CONSISTENT:
        zh = f"判断矩阵不一致：一致性比率 {ratio:.3f}，应不大于 {CONSISTENT:g}"
        return [(zh, f"the judgements are inconsistent: ratio {ratio:.3f}, not above {CONSISTENT:g}")]
    return []


def entropy(table: Array) -> Array:
    """熵权法: the more a child tells units apart, the more it weighs. ``table``: children × … × units, points ≥ 0.

    Share p of each unit, entropy e = -Σ p ln p / ln n, weight (1 - e) / Σ (1 - e). Units with a blank count in none;
    children that do not differ weigh nothing, and if none differs all weigh alike.
    """
    x = _whole(np.maximum(table, 0.0))
    n = np.sum(~np.isnan(x[0]), axis=-1, keepdims=True)
    total = np.nansum(x, axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / np.where(total > 0, total, np.nan)
        information = np.where(p > 0, p * np.log(p), 0.0).sum(axis=-1, keepdims=True)
        divergence = 1 + information / np.log(np.where(n > 1, n, np.nan))
    divergence = np.where((total > 0) & np.isfinite(divergence), np.round(divergence, 12), 0.0)
    return _to_shares(divergence)


def critic(table: Array) -> Array:
    """CRITIC: spread times conflict with the others, C = s Σ (1 - r). ``table``: children × … × units.

    Diakoulaki, Mavrotas and Papayannakis (1995). Units with a blank count in none; a child that does not differ weighs
    nothing, and if none differs all weigh alike.
    """
    x = _whole(table)
    n = np.sum(~np.isnan(x[0]), axis=-1, keepdims=True)
    centred = np.nan_to_num(x - np.nansum(x, axis=-1, keepdims=True) / np.maximum(n, 1))
    spread = np.sqrt(np.sum(centred**2, axis=-1, keepdims=True) / np.maximum(n - 1, 1))
    spread = np.where(spread > 1e-12, spread, 0.0)
    unit = np.divide(
        centred, np.sqrt(np.sum(centred**2, axis=-1, keepdims=True)), out=np.zeros_like(centred), where=spread > 0
    )
    alike = np.einsum("k...u,l...u->kl...", unit, unit)
    return _to_shares(spread * np.sum(1 - alike, axis=1)[..., np.newaxis])


def _whole(table: Array) -> Array:
    """The table with the units that have a blank anywhere blanked out everywhere."""
    return np.where(np.isnan(table).any(axis=0), np.nan, table)


def _to_shares(importance: Array) -> Array:
    total = importance.sum(axis=0)
    return np.where(total > 0, importance / np.where(total > 0, total, 1.0), 1 / len(importance))
