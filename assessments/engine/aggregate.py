"""Aggregation (综合): points up the tree, weights and contributions down it.

Children are always summed in the order of their codes, so that the order in the file cannot change a single bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from assessments.engine.basis import Strict
from assessments.engine.peers import TIE_DECIMALS, Array, Mask, Peers
from assessments.engine.scoring import clipped
from assessments.engine.weights import FROM_DATA, critic, entropy

ROOT = "score"
PROPORTIONAL = 1e-6
"""Where the points of a branch cancel out further than this its score cannot be divided in proportion to them."""
Plain = Literal["arithmetic", "geometric", "harmonic", "median", "min", "max", "mazziotta_pareto", "copeland"]
PAIRS = 4_000_000
"""Pairs of units compared at once by `copeland`."""


class Power(Strict):
    """The generalised mean (Σ w·s^p)^(1/p): -1 is harmonic, 1 arithmetic, 2 quadratic; the lower, the less one makes up."""

    method: Literal["power"]
    exponent: float = Field(ge=-20, le=20)


Aggregation = Plain | Power


@dataclass(frozen=True)
class Node:
    """The tree as the arithmetic needs it: a code, how children join, each child's share, and between what the score is kept.

    ``least``: with a smaller share of the children's weight there is no score.

    A share may differ by unit. ``factors`` of shape (draws, 1) by child multiply them, siblings keeping their sum: then
    everything above the leaves has a row for each draw. With a ``weighting`` from the data the shares are not read.
    """

    code: str
    aggregate: Aggregation = "arithmetic"
    children: tuple[tuple[float | Array, Node], ...] = ()
    weighting: str = ""
    factors: Mapping[str, Array] = field(default_factory=dict)
    floor: float | None = None
    cap: float | None = None
    least: float = 0.0


@dataclass
class Tree:
    """Scores of all nodes, effective weights and contributions of the leaves, each one array over the units.

    ``shares`` of every branch: what each child weighs in it, what is left out going to the others.
    """

    nodes: dict[str, Array] = field(default_factory=dict)
    shares: dict[str, dict[str, Array]] = field(default_factory=dict)
    weights: dict[str, Array] = field(default_factory=dict)
    contributions: dict[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Compared:
    """What comparisons between units need."""

    peers: Peers
    scale: float


def aggregate(
    root: Node,
    points: Mapping[str, Array],
    present: Mapping[str, Mask],
    *,
    peers: Peers,
    scale: float,
    parts: bool = True,
) -> Tree:
    """Scores of the tree over ``points`` (by leaf code); without ``parts`` no weights and contributions.

    A leaf with ``present`` false is left out and its weight shared among its siblings in proportion; a leaf that is
    present but NaN makes everything above it NaN. Contributions are exact parts of the root's score: with arithmetic
    means they are weight × points; in a branch with another method its score is divided in proportion to
    weight × points. ``peers`` and ``scale`` serve `copeland`.
    """
    tree = Tree()
    there = _climb(root, points, present, Compared(peers, scale), tree)
    if parts:
        ones = np.ones(tree.nodes[root.code].shape)
        _descend(root, np.where(there[root.code], ones, 0.0), (ones, 0 * ones), there, tree)
    return tree


def effective_shares(node: Node, tree: Tree, share: float | Array = 1.0) -> dict[str, float | Array]:
    """Each leaf's share of the whole when nothing is left out."""
    if not node.children:
        return {node.code: share}
    found: dict[str, float | Array] = {}
    for child, part in _parts(node, tree.nodes):
        found |= effective_shares(child, tree, share * part)
    return found


def _climb(
    node: Node, points: Mapping[str, Array], present: Mapping[str, Mask], units: Compared, tree: Tree
) -> dict[str, Mask]:
    if not node.children:
        tree.nodes[node.code] = points[node.code]
        return {node.code: present[node.code]}
    there: dict[str, Mask] = {}
    for _, child in node.children:
        there.update(_climb(child, points, present, units, tree))
    there[node.code] = np.any([there[child.code] for _, child in node.children], axis=0)
    parts = _parts(node, tree.nodes)
    shares = tree.shares[node.code] = _shared(parts, there)
    codes = sorted(shares)
    score = _join(node.aggregate, [shares[code] for code in codes], [tree.nodes[code] for code in codes], units)
    tree.nodes[node.code] = np.where(_enough(node, parts, there), clipped(score, node.floor, node.cap), np.nan)
    return there


def _total(arrays: Sequence[npt.NDArray[Any]]) -> Array:
    """Sum over the children, one number a unit (and draw)."""
    return np.asarray(sum(arrays[1:], start=arrays[0]), dtype=np.float64)


def _parts(node: Node, scores: Mapping[str, Array]) -> list[tuple[Node, Array]]:
    """The children in the order of their codes with their shares, before anything is left out."""
    children = sorted(node.children, key=lambda pair: pair[1].code)
    shares = [np.asarray(share, dtype=np.float64) for share, _ in children]
    if node.weighting in FROM_DATA:
        table = np.stack(np.broadcast_arrays(*(scores[child.code] for _, child in children)))
        shares = list((entropy if node.weighting == "entropy" else critic)(table))
    if node.factors:
        drawn = [share * node.factors.get(child.code, 1.0) for share, (_, child) in zip(shares, children, strict=True)]
        total = _total(drawn)
        stretch = _total(shares) / np.where(total > 0, total, np.nan)
        shares = [np.nan_to_num(part * stretch) for part in drawn]
    return [(child, share) for share, (_, child) in zip(shares, children, strict=True)]


def _enough(node: Node, parts: list[tuple[Node, Array]], there: Mapping[str, Mask]) -> Mask:
    """Where so much of the children's weight is there as the node needs."""
    if not node.least:
        return there[node.code]
    whole = _total([share for _, share in parts])
    kept = _total([share * there[child.code] for child, share in parts])
    # A hair's breadth for the sum of weights, which is floating-point.
    return np.asarray(there[node.code] & (kept >= (node.least - 1e-9) * whole), dtype=bool)


def _shared(parts: list[tuple[Node, Array]], there: Mapping[str, Mask]) -> dict[str, Array]:
    """Each child's weight for each unit, what is left out going to the others."""
    whole = _total([share for _, share in parts])
    kept = _total([share * there[child.code] for child, share in parts])
    stretch = whole / np.where(kept > 0, kept, np.nan)
    everything = kept == whole
    return {
        child.code: np.where(there[child.code], np.where(everything, share, share * stretch), 0.0)
        for child, share in parts
    }


def _join(how: Aggregation, weights: list[Array], scores: list[Array], units: Compared) -> Array:
    """One score a unit from the children's; what weighs nothing is not looked at."""
    used = [np.where(weight > 0, score, 1.0) for weight, score in zip(weights, scores, strict=True)]
    pairs = list(zip(weights, used, strict=True))
    if how == "copeland":
        return _copeland(pairs, units)
    if how in _STACKED:
        return _STACKED[how](np.stack(np.broadcast_arrays(*weights)), np.stack(np.broadcast_arrays(*scores)))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return _mean(how, pairs)


def _mean(how: Aggregation, pairs: list[tuple[Array, Array]]) -> Array:
    """A weighted mean; those that need a root or a logarithm have no value where a score is negative."""
    if how == "arithmetic":
        return _total([weight * score for weight, score in pairs])
    if how == "geometric" or (isinstance(how, Power) and how.exponent == 0):
        return np.exp(_total([weight * np.log(score) for weight, score in pairs]))
    p = how.exponent if isinstance(how, Power) else -1.0
    powers = [weight * np.power(np.where(score < 0, np.nan, score), p) for weight, score in pairs]
    return np.power(_total(powers) / _total([weight for weight, _ in pairs]), 1 / p)


def _median(weights: Array, scores: Array) -> Array:
    """The weighted median over the first axis: half of the weight lies on either side; between two, their mean."""
    scores = np.where(weights > 0, scores, 1.0)
    order = np.argsort(scores, axis=0, kind="stable")
    rising = np.take_along_axis(scores, order, axis=0)
    reached = np.round(np.cumsum(np.take_along_axis(weights, order, axis=0), axis=0), TIE_DECIMALS)
    half = reached[-1:] / 2
    low = np.take_along_axis(rising, np.argmax(reached >= half, axis=0)[np.newaxis], axis=0)[0]
    high = np.take_along_axis(rising, np.argmax(reached > half, axis=0)[np.newaxis], axis=0)[0]
    return np.where(np.isnan(scores).any(axis=0), np.nan, (low + high) / 2)


def _least(weights: Array, scores: Array) -> Array:
    return np.asarray(np.where(weights > 0, scores, np.inf).min(axis=0), dtype=np.float64)


def _most(weights: Array, scores: Array) -> Array:
    return -_least(weights, -scores)


def _mazziotta_pareto(weights: Array, scores: Array) -> Array:
    """The mean less a penalty for imbalance: M - S² / M, S² the weighted variance (Mazziotta and Pareto 2016)."""
    scores = np.where(weights > 0, scores, 0.0)
    # Without any weight, or with a blank beyond all bounds, there is nothing to take a mean of.
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = weights / weights.sum(axis=0)
        mean = (weights * scores).sum(axis=0)
        variance = (weights * (scores - mean) ** 2).sum(axis=0)
        less = mean - variance / np.where(mean > 0, mean, np.nan)
    return np.asarray(np.where(variance > 0, less, mean), dtype=np.float64)


# Ways of joining that need all children at once.
_STACKED: dict[Aggregation, Callable[[Array, Array], Array]] = {
    "median": _median,
    "min": _least,
    "max": _most,
    "mazziotta_pareto": _mazziotta_pareto,
}


def _copeland(pairs: list[tuple[Array, Array]], units: Compared) -> Array:
    """Peers beaten less peers beaten by, as points from 0 (by all) to the scale (all).

    One beats another when the children in which it is better weigh more than those in which it is worse.
    """
    shape = np.broadcast_shapes(*(array.shape for pair in pairs for array in pair))
    pairs = [(np.broadcast_to(weight, shape), np.broadcast_to(score, shape)) for weight, score in pairs]
    unknown = np.any([np.isnan(score) for _, score in pairs], axis=0)
    result = np.full(shape, np.nan)
    for members in units.peers.members():
        known = ~unknown[..., members]
        draws = max(1, known.size // len(members))
        lead = np.zeros(known.shape)
        for rows in np.array_split(np.arange(len(members)), max(1, -(-draws * len(members) ** 2 // PAIRS))):
            better = np.zeros((*shape[:-1], len(rows), len(members)))
            for weight, score in pairs:
                mine = score[..., members]
                share = np.minimum(weight[..., members][..., rows, np.newaxis], weight[..., np.newaxis, members])
                better += share * np.sign(mine[..., rows, np.newaxis] - mine[..., np.newaxis, :])
            won = np.sign(np.round(better, TIE_DECIMALS))
            lead[..., rows] = np.where(known[..., np.newaxis, :] & known[..., rows, np.newaxis], won, 0.0).sum(axis=-1)
        others = known.sum(axis=-1, keepdims=True) - 1
        share = np.where(others > 0, (lead + others) / (2 * np.where(others > 0, others, 1)), 0.5)
        result[..., members] = np.where(known, units.scale * share, np.nan)
    return result


def _descend(node: Node, weight: Array, part: tuple[Array, Array], there: Mapping[str, Mask], tree: Tree) -> None:
    """``part``: the points of the root's score this node stands for are the first × its own score + the second."""
    factor, extra = part
    if not node.children:
        tree.weights[node.code] = weight
        tree.contributions[node.code] = np.where(
            there[node.code] & (weight > 0), factor * tree.nodes[node.code] + extra, 0.0
        )
        return
    shares, score = tree.shares[node.code], tree.nodes[node.code]
    rate, rest = np.ones(weight.shape), np.zeros(weight.shape)
    if node.aggregate != "arithmetic" or node.cap is not None or node.floor is not None:
        products = [_product(shares, tree, code) for code in sorted(shares)]
        plain, size = _total(products), _total([np.abs(product) for product in products])
        # In proportion to the points where there are enough of them, else in proportion to the weights alone.
        proportional = plain > PROPORTIONAL * size
        rate = np.where(proportional, score / np.where(proportional, plain, 1.0), 1.0)
        rest = np.where(proportional, 0.0, score - plain)
    whole = _total([shares[code] for code in sorted(shares)])
    extra = (extra + factor * rest) / np.where(whole > 0, whole, 1.0)
    for _, child in node.children:
        share = shares[child.code]
        _descend(child, weight * share, (factor * share * rate, extra * share), there, tree)


def _product(shares: Mapping[str, Array], tree: Tree, code: str) -> Array:
    return np.where(shares[code] > 0, shares[code] * tree.nodes[code], 0.0)
