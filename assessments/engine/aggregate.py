"""Aggregation (综合): points up the tree, weights and contributions down it.

Children are always summed in the order of their codes, so that the order in the file cannot change a single bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from assessments.engine.peers import Array, Mask

Aggregation = Literal["arithmetic", "geometric", "harmonic"]


@dataclass(frozen=True)
class Node:
    """The tree as the arithmetic needs it: a code, how children join, and each child's share.

    A share may be an array of shape (draws, 1): then everything above the leaves has a row for each draw.
    """

    code: str
    aggregate: Aggregation = "arithmetic"
    children: tuple[tuple[float | Array, Node], ...] = ()


@dataclass
class Tree:
    """Scores of all nodes, effective weights and contributions of the leaves, each one array over the units."""

    nodes: dict[str, Array] = field(default_factory=dict)
    weights: dict[str, Array] = field(default_factory=dict)
    contributions: dict[str, Array] = field(default_factory=dict)


def aggregate(root: Node, points: Mapping[str, Array], present: Mapping[str, Mask], *, parts: bool = True) -> Tree:
    """Scores of the tree over ``points`` (by leaf code); without ``parts`` no weights and contributions.

    A leaf with ``present`` false is left out and its weight shared among its siblings in proportion; a leaf that is
    present but NaN makes everything above it NaN. Contributions are exact parts of the root's score: with arithmetic
    means they are weight × points; in a geometric or harmonic branch the branch's score is divided in proportion to
    weight × points.
    """
    tree = Tree()
    there = _climb(root, points, present, tree)
    if parts:
        ones = np.ones(tree.nodes[root.code].shape)
        _descend(root, np.where(there[root.code], ones, 0.0), ones, there, tree)
    return tree


def effective_shares(node: Node, share: float | Array = 1.0) -> dict[str, float | Array]:
    """Each leaf's share of the whole when nothing is left out."""
    if not node.children:
        return {node.code: share}
    found: dict[str, float | Array] = {}
    for part, child in node.children:
        found |= effective_shares(child, share * part)
    return found


def _climb(node: Node, points: Mapping[str, Array], present: Mapping[str, Mask], tree: Tree) -> dict[str, Mask]:
    if not node.children:
        tree.nodes[node.code] = points[node.code]
        return {node.code: present[node.code]}
    there: dict[str, Mask] = {}
    for _, child in node.children:
        there.update(_climb(child, points, present, tree))
    there[node.code] = np.any([there[child.code] for _, child in node.children], axis=0)
    weights = _shared(node, there)
    score = _join(node, weights, {child.code: tree.nodes[child.code] for _, child in node.children})
    tree.nodes[node.code] = np.where(there[node.code], score, np.nan)
    return there


def _total(arrays: Sequence[npt.NDArray[Any]]) -> Array:
    """Sum over the children, one number a unit (and draw)."""
    return np.asarray(sum(arrays[1:], start=arrays[0]), dtype=np.float64)


def _sorted(node: Node) -> list[tuple[float | Array, Node]]:
    return sorted(node.children, key=lambda pair: pair[1].code)


def _shared(node: Node, there: Mapping[str, Mask]) -> dict[str, Array]:
    """Each child's weight for each unit, what is left out going to the others."""
    children = _sorted(node)
    whole = _total([np.asarray(weight, dtype=np.float64) for weight, _ in children])
    kept = _total([weight * there[child.code] for weight, child in children])
    stretch = whole / np.where(kept > 0, kept, np.nan)
    everything = kept == whole
    return {
        child.code: np.where(there[child.code], np.where(everything, weight, weight * stretch), 0.0)
        for weight, child in children
    }


def _join(node: Node, weights: Mapping[str, Array], scores: Mapping[str, Array]) -> Array:
    codes = sorted(scores)
    used = {code: np.where(weights[code] > 0, scores[code], 1.0) for code in codes}
    match node.aggregate:
        case "arithmetic":
            return _total([weights[code] * used[code] for code in codes])
        case "geometric":
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.exp(_total([weights[code] * np.log(used[code]) for code in codes]))
        case "harmonic":
            with np.errstate(divide="ignore", invalid="ignore"):
                parts = [weights[code] / np.where(used[code] < 0, np.nan, used[code]) for code in codes]
                return _total([weights[code] for code in codes]) / _total(parts)


def _descend(node: Node, weight: Array, factor: Array, there: Mapping[str, Mask], tree: Tree) -> None:
    """``factor`` turns this node's own score into points of the root's score."""
    if not node.children:
        tree.weights[node.code] = weight
        points = tree.nodes[node.code]
        tree.contributions[node.code] = np.where(there[node.code] & (weight > 0), factor * points, 0.0)
        return
    shares = _shared(node, there)
    rate = np.ones(weight.shape)
    if node.aggregate != "arithmetic":
        plain = _total([_product(shares, tree, child.code) for _, child in _sorted(node)])
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(plain > 0, tree.nodes[node.code] / plain, np.where(np.isnan(plain), np.nan, 0.0))
    for _, child in node.children:
        _descend(child, weight * shares[child.code], factor * shares[child.code] * rate, there, tree)


def _product(shares: Mapping[str, Array], tree: Tree, code: str) -> Array:
    return np.where(shares[code] > 0, shares[code] * tree.nodes[code], 0.0)
