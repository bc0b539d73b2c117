"""Drawing weights and methods, and judging all draws (抽样)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from assessments.engine.aggregate import Aggregation, Node
from assessments.engine.missing import Missing
from assessments.engine.normalise import ScoringSpec
from assessments.engine.outliers import Outliers
from assessments.engine.peers import Array
from assessments.engine.run import Prepared, judge, merit_ranks, root_of, to_points
from assessments.engine.scheme import Branch, Leaf, Scheme
from assessments.engine.uncertainty import Dirichlet, Relative, Uncertainty

Places = npt.NDArray[np.intp]

CELLS = 40_000
"""Units × draws judged at once: arrays of this size stay in the processor's cache."""


@dataclass(frozen=True)
class Method:
    """One combination of methods; None = the scheme's own."""

    score: ScoringSpec | None = None
    aggregation: Aggregation | None = None
    missing: Missing | None = None
    outliers: Outliers | Literal["none"] | None = None

    def applied(self, scheme: Scheme) -> Scheme:
        """The scheme with these methods in place of its own."""
        return scheme.model_copy(
            update={
                "tree": self._branch(scheme.tree),
                "missing": self.missing or scheme.missing,
                "outliers": None if self.outliers == "none" else self.outliers or scheme.outliers,
            }
        )

    def _branch(self, branch: Branch) -> Branch:
        children = tuple(self._branch(c) if isinstance(c, Branch) else self._leaf(c) for c in branch.children)
        return branch.model_copy(update={"children": children, "aggregate": self.aggregation or branch.aggregate})

    def _leaf(self, leaf: Leaf) -> Leaf:
        changed: dict[str, Any] = {"score": self.score} if self.score is not None else {}
        changed |= {"missing": None} if self.missing is not None else {}
        # Columns that the scheme keeps as they are stay so.
        changed |= {"outliers": None} if self.outliers is not None and leaf.outliers != "keep" else {}
        return leaf.model_copy(update=changed)


@dataclass(frozen=True)
class Draws:
    """``method`` picks each draw's combination; ``factors`` multiplies the shares of nodes, code → (draws, 1)."""

    methods: tuple[Method, ...]
    method: Places
    factors: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.method)


@dataclass(frozen=True)
class Outcomes:
    """What the draws gave, arrays of shape (draws, units): rank in the group, proposal (place in ``ORDER``), grade."""

    rank: Array
    proposal: Array
    grade: npt.NDArray[np.object_] | None


def draw(root: Node, settings: Uncertainty) -> Draws:
    """All draws of the settings for a tree, from their seed."""
    rng = np.random.default_rng(settings.seed)
    methods = methods_of(settings)
    method = rng.integers(0, len(methods), settings.draws)
    return Draws(methods, method, factors_of(root, settings.weights, settings.draws, rng))


def methods_of(settings: Uncertainty) -> tuple[Method, ...]:
    """Every combination of the alternatives, the scheme's own choices first."""
    return tuple(Method(*parts) for parts in product(*alternatives(settings).values()))


def alternatives(settings: Uncertainty) -> dict[str, tuple[Any, ...]]:
    """Of each kind of choice the scheme's own (None) and those beside it, in the order of :class:`Method`."""
    beside = {
        "score": settings.scores,
        "aggregation": settings.aggregations,
        "missing": settings.missing,
        "outliers": settings.outliers,
    }
    return {name: (None, *options) for name, options in beside.items()}


def factors_of(
    root: Node, noise: Relative | Dirichlet | None, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Multipliers of every node's share but the root's, drawn branch by branch in the order of the codes."""
    factors: dict[str, Array] = {}
    for node in with_children(root):
        children = sorted(node.children, key=lambda pair: pair[1].code)
        match noise:
            case None:
                return {}
            case Relative(by=by):
                drawn = rng.uniform(1 - by, 1 + by, (draws, len(children)))
            case Dirichlet(concentration=concentration):
                shares = np.array([float(np.mean(share)) for share, _ in children])
                shares = shares / shares.sum()
                drawn = rng.dirichlet(concentration * shares, draws) / shares
        factors |= {child.code: drawn[:, [place]] for place, (_, child) in enumerate(children)}
    return factors


def with_children(node: Node) -> Iterator[Node]:
    if node.children:
        yield node
        for _, child in sorted(node.children, key=lambda pair: pair[1].code):
            yield from with_children(child)


def reweighted(node: Node, factors: Mapping[str, Array]) -> Node:
    """The tree with its shares multiplied; the shares of siblings keep their sum. A factor of 0 leaves a child out."""
    if not node.children:
        return node
    own = {child.code: factors[child.code] for _, child in node.children if child.code in factors}
    children = tuple((share, reweighted(child, factors)) for share, child in node.children)
    return replace(node, children=children, factors=own)


def run(scheme: Scheme, prepared: Prepared, draws: Draws) -> Outcomes:
    """Judge every draw; the points are worked out once for each combination of methods."""
    size = len(prepared.units)
    rank = np.empty((len(draws), size))
    proposal = np.empty((len(draws), size))
    grade = None if scheme.grading is None else np.empty((len(draws), size), dtype=object)
    for number, method in enumerate(draws.methods):
        mine = np.flatnonzero(draws.method == number)
        if not len(mine):
            continue
        variant = method.applied(scheme)
        points = to_points(variant, prepared)
        root = root_of(variant, prepared)
        for part in np.array_split(mine, -(-len(mine) * size // CELLS)):
            factors = {code: drawn[part] for code, drawn in draws.factors.items()}
            tree = reweighted(root, factors) if factors else root
            judged = judge(variant, prepared, points, tree, explained=False)
            rank[part] = merit_ranks(variant, judged)
            proposal[part] = judged.verdict.proposal
            if grade is not None and judged.grades is not None:
                grade[part] = judged.grades.grade
    return Outcomes(rank, proposal, grade)
