"""How sure a rank is (不确定性与敏感性): the same assessment many times over, with weights and methods drawn anew.

Everything is drawn from one seed, so a result can be had again. Draws that share their methods are judged in one go:
the points of the leaves are worked out once for each combination of methods, the weights are arrays with a row a draw.
Steps and names follow the OECD/JRC Handbook (2008), step 7, and COINr: 5th to 95th percentile of the rank, mean absolute
rank change, leave-one-out, dominance pairs, Sobol' indices of first and total order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.engine.aggregate import Aggregation, Node
from assessments.engine.missing import Missing
from assessments.engine.normalise import ScoringSpec
from assessments.engine.peers import TIE_DECIMALS, Array
from assessments.engine.run import Judged, Prepared, judge, prepare, root_of, to_points
from assessments.engine.scheme import Branch, Leaf, Scheme
from assessments.engine.uncertainty import Dirichlet, Relative, Uncertainty
from assessments.engine.verdict import ORDER

Places = npt.NDArray[np.intp]

CELLS = 40_000
"""Units × draws judged at once: arrays of this size stay in the processor's cache."""


@dataclass(frozen=True)
class Method:
    """One combination of methods; None = the scheme's own."""

    score: ScoringSpec | None = None
    aggregation: Aggregation | None = None
    missing: Missing | None = None

    def applied(self, scheme: Scheme) -> Scheme:
        """The scheme with these methods in place of its own."""
        return scheme.model_copy(
            update={"tree": self._branch(scheme.tree), "missing": self.missing or scheme.missing},
        )

    def _branch(self, branch: Branch) -> Branch:
        children = tuple(self._branch(c) if isinstance(c, Branch) else self._leaf(c) for c in branch.children)
        return branch.model_copy(update={"children": children, "aggregate": self.aggregation or branch.aggregate})

    def _leaf(self, leaf: Leaf) -> Leaf:
        changed: dict[str, Any] = {"score": self.score} if self.score is not None else {}
        return leaf.model_copy(update=changed | ({"missing": None} if self.missing is not None else {}))


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


@dataclass(frozen=True)
class Certainty:
    """How sure an assessment is. Rows are units in the order of the table given.

    ``ranks``: nominal, mean, median, p05, p95, mean_change (of the absolute rank). ``proposals``, ``grades``: columns =
    codes, share of the draws. ``holds``: share of the draws with the nominal proposal; ``noise``: that is under the
    scheme's ``hold``. ``draws``: how many.
    """

    ranks: pd.DataFrame
    proposals: pd.DataFrame
    grades: pd.DataFrame | None
    holds: pd.Series[float]
    noise: pd.Series[bool]
    draws: int
    seed: int

    def by_unit(self) -> dict[str, dict[str, Any]]:
        """Of every unit, as plain data: rank_low and rank_high (5 to 95 % of the draws), proposals and grades (share of
        the draws by code), holds, within_noise. A unit without a rank has None for both.
        """
        grades = None if self.grades is None else self.grades.to_dict("index")
        proposals = self.proposals.to_dict("index")
        return {
            unit: {
                "rank_low": _whole(low),
                "rank_high": _whole(high),
                "proposals": proposals[unit],
                "grades": None if grades is None else grades[unit],
                "holds": float(self.holds[unit]),
                "within_noise": bool(self.noise[unit]),
            }
            for unit, low, high in zip(self.ranks.index, self.ranks["p05"], self.ranks["p95"], strict=True)
        }


def _whole(rank: float) -> int | None:
    return None if np.isnan(rank) else int(rank)


def certainty(scheme: Scheme, values: pd.DataFrame, settings: Uncertainty | None = None, **tables: Any) -> Certainty:
    """Ranks, grades and proposals under drawn weights and methods (排名区间).

    ``values`` and ``tables`` (history, groups, events, period) as for :func:`assess`. ``settings`` default to the scheme's.
    """
    chosen = settings or scheme.uncertainty
    prepared = prepare(scheme, values, **tables)
    nominal = judge(scheme, prepared, to_points(scheme, prepared))
    outcomes = run(scheme, prepared, draw(root_of(scheme, prepared), chosen))
    rank = _ranks(scheme, nominal)
    low, middle, high = _percentiles(outcomes.rank, (0.05, 0.5, 0.95))
    with np.errstate(invalid="ignore"):
        ranks = pd.DataFrame(
            {
                "nominal": rank,
                "mean": outcomes.rank.mean(axis=0),
                "median": middle,
                "p05": low,
                "p95": high,
                "mean_change": np.abs(outcomes.rank - rank).mean(axis=0),
            },
            index=prepared.units,
        )
    shares = {name: (outcomes.proposal == place).mean(axis=0) for place, name in enumerate(ORDER)}
    holds = (outcomes.proposal == nominal.verdict.proposal).mean(axis=0)
    order = prepared.panel.order
    return Certainty(
        ranks=ranks.reindex(order),
        proposals=pd.DataFrame(shares, index=prepared.units).reindex(order),
        grades=_grade_shares(scheme, outcomes, prepared.units, order),
        holds=pd.Series(holds, index=prepared.units, name="holds").reindex(order),
        noise=pd.Series(holds < chosen.hold, index=prepared.units, name="noise").reindex(order),
        draws=chosen.draws,
        seed=chosen.seed,
    )


def _grade_shares(scheme: Scheme, outcomes: Outcomes, units: pd.Index, order: pd.Index) -> pd.DataFrame | None:
    if scheme.grading is None or outcomes.grade is None:
        return None
    codes = [named.code for named in scheme.grading.names()]
    return pd.DataFrame({code: (outcomes.grade == code).mean(axis=0) for code in codes}, index=units).reindex(order)


def _percentiles(ranks: Array, shares: Sequence[float]) -> list[Array]:
    """Ranks that really occurred, not numbers between two; NaN for a unit without a rank in some draw's place."""
    rising = np.sort(ranks, axis=0)
    known = (~np.isnan(ranks)).sum(axis=0)
    found = []
    for share in shares:
        place = np.clip(np.ceil(share * known).astype(int) - 1, 0, len(ranks) - 1)
        found.append(np.take_along_axis(rising, place[np.newaxis], axis=0)[0])
    return found


# ---- drawing --------------------------------------------------------------------------------------------------


def draw(root: Node, settings: Uncertainty) -> Draws:
    """All draws of the settings for a tree, from their seed."""
    rng = np.random.default_rng(settings.seed)
    methods = methods_of(settings)
    method = rng.integers(0, len(methods), settings.draws)
    return Draws(methods, method, _factors(root, settings.weights, settings.draws, rng))


def methods_of(settings: Uncertainty) -> tuple[Method, ...]:
    """Every combination of the alternatives, the scheme's own choices first."""
    return tuple(
        Method(*parts)
        for parts in product((None, *settings.scores), (None, *settings.aggregations), (None, *settings.missing))
    )


def _factors(root: Node, noise: Relative | Dirichlet | None, draws: int, rng: np.random.Generator) -> dict[str, Array]:
    """Multipliers of every node's share but the root's, drawn branch by branch in the order of the codes."""
    factors: dict[str, Array] = {}
    for node in _with_children(root):
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


def _with_children(node: Node) -> Iterator[Node]:
    if node.children:
        yield node
        for _, child in sorted(node.children, key=lambda pair: pair[1].code):
            yield from _with_children(child)


def reweighted(node: Node, factors: Mapping[str, Array]) -> Node:
    """The tree with its shares multiplied; the shares of siblings keep their sum. A factor of 0 leaves a child out."""
    if not node.children:
        return node
    own = {child.code: factors[child.code] for _, child in node.children if child.code in factors}
    children = tuple((share, reweighted(child, factors)) for share, child in node.children)
    return replace(node, children=children, factors=own)


# ---- running --------------------------------------------------------------------------------------------------


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
            rank[part] = _ranks(variant, judged)
            proposal[part] = judged.verdict.proposal
            if grade is not None and judged.grades is not None:
                grade[part] = judged.grades.grade
    return Outcomes(rank, proposal, grade)


def _ranks(scheme: Scheme, judged: Judged) -> Array:
    level = np.round(judged.score, TIE_DECIMALS)
    return judged.context.peers["group"].rank(level, ascending=False, ties=scheme.ties)


# ---- what matters ---------------------------------------------------------------------------------------------


def leave_one_out(scheme: Scheme, values: pd.DataFrame, **tables: Any) -> pd.DataFrame:
    """What each indicator and dimension does to the ranks: the assessment without it, its weight left to its siblings.

    Rows = codes of leaves and branches below the root; mean_change (of the absolute rank), largest_change, unit (whose
    rank changes most), proposals (how many proposals differ). An only child takes its branch along.
    """
    prepared = prepare(scheme, values, **tables)
    points = to_points(scheme, prepared)
    nominal = judge(scheme, prepared, points)
    root = root_of(scheme, prepared)
    codes = [child.code for node in _with_children(root) for _, child in node.children]
    factors = {code: np.ones((len(codes), 1)) for code in codes}
    for place, code in enumerate(codes):
        for left_out in _with_only_parents(root, code):
            factors[left_out][place] = 0.0
    outcomes = run(scheme, prepared, Draws((Method(),), np.zeros(len(codes), dtype=np.intp), factors))
    change = np.nan_to_num(np.abs(outcomes.rank - _ranks(scheme, nominal)))
    return pd.DataFrame(
        {
            "mean_change": change.mean(axis=1),
            "largest_change": change.max(axis=1),
            "unit": prepared.units[change.argmax(axis=1)],
            "proposals": (outcomes.proposal != nominal.verdict.proposal).sum(axis=1),
        },
        index=pd.Index(codes, name="code"),
    )


def _with_only_parents(root: Node, code: str) -> list[str]:
    """The code, and the branches above it that have nothing else."""
    parent = {child.code: node for node in _with_children(root) for _, child in node.children}
    taken = [code]
    while parent[taken[-1]] is not root and len(parent[taken[-1]].children) == 1:
        taken.append(parent[taken[-1]].code)
    return taken


def dominance(scheme: Scheme, values: pd.DataFrame, **tables: Any) -> tuple[float, pd.DataFrame]:
    """Pairs of units of one group of which one is nowhere worse and somewhere better: no weights could turn them round.

    Returns the share of such pairs among all pairs of scored units, and a table unit, dominates, dominated (numbers).
    """
    prepared = prepare(scheme, values, **tables)
    points = to_points(scheme, prepared).points
    table = np.round(np.column_stack([points[code] for code in sorted(points)]), TIE_DECIMALS)
    table[np.isnan(table).any(axis=1)] = np.nan
    codes = prepared.context.group.codes
    scored = np.asarray(~np.isnan(table).any(axis=1), dtype=bool)
    wins, losses, pairs = np.zeros(len(table), dtype=int), np.zeros(len(table), dtype=int), 0
    step = max(1, 8_000_000 // max(1, table.size))
    for start in range(0, len(table), step):
        rows = slice(start, start + step)
        same = (codes[rows, np.newaxis] == codes) & scored[rows, np.newaxis] & scored
        with np.errstate(invalid="ignore"):
            over = (table[rows, np.newaxis] >= table).all(axis=2) & (table[rows, np.newaxis] > table).any(axis=2) & same
        wins[rows] += over.sum(axis=1)
        losses += over.sum(axis=0)
        pairs += int(same.sum()) - int(scored[rows].sum())
    counted = pd.DataFrame({"dominates": wins, "dominated": losses}, index=prepared.units)
    return (2 * wins.sum() / pairs if pairs else 0.0), counted.reindex(prepared.panel.order)


def sobol(
    scheme: Scheme, values: pd.DataFrame, *, n: int = 1024, settings: Uncertainty | None = None, **tables: Any
) -> pd.DataFrame:
    """Which choice moves the ranks: Sobol' indices of the mean absolute rank change (敏感性指数).

    Rows = factors: the weight of each child of the root, "weights" for all weights below, "score", "aggregation",
    "missing" where there are alternatives. Columns first (Saltelli 2010) and total (Jansen 1999); n·(factors + 2) runs.
    """
    chosen = settings or scheme.uncertainty
    prepared = prepare(scheme, values, **tables)
    nominal = judge(scheme, prepared, to_points(scheme, prepared))
    root = root_of(scheme, prepared)
    names = _factor_names(root, chosen)
    a, b = saltelli(n, len(names), chosen.seed)
    rows = np.vstack([a, b, *(np.where(np.arange(len(names)) == i, b, a) for i in range(len(names)))])
    outcomes = run(scheme, prepared, _draws_at(root, chosen, names, rows))
    moved = np.nan_to_num(np.abs(outcomes.rank - _ranks(scheme, nominal))).mean(axis=1)
    first, total = indices(moved, n, len(names))
    return pd.DataFrame({"first": first, "total": total}, index=pd.Index(names, name="factor"))


def saltelli(n: int, factors: int, seed: int) -> tuple[Array, Array]:
    """Two independent n × factors samples of the unit cube."""
    rng = np.random.default_rng(seed)
    return rng.random((n, factors)), rng.random((n, factors))


def indices(y: Array, n: int, factors: int) -> tuple[Array, Array]:
    """First and total order from the outputs over A, B and A with each column of B: y has n·(factors + 2) numbers.

    The outputs are centred first: the estimate of the first order would else scatter with their level (Sobol' et al. 2007).
    """
    blocks = (y - y.mean()).reshape(factors + 2, n)
    a, b, mixed = blocks[0], blocks[1], blocks[2:]
    variance = np.var(np.concatenate([a, b]))
    if variance == 0:
        return np.zeros(factors), np.zeros(factors)
    first = (b * (mixed - a)).mean(axis=1) / variance
    total = 0.5 * ((a - mixed) ** 2).mean(axis=1) / variance
    return first, total


def _factor_names(root: Node, settings: Uncertainty) -> list[str]:
    names = [child.code for _, child in sorted(root.children, key=lambda pair: pair[1].code)]
    names = names if settings.weights is not None and len(names) > 1 else []
    if settings.weights is not None and any(child.children for _, child in root.children):
        names.append("weights")
    alternatives = {"score": settings.scores, "aggregation": settings.aggregations, "missing": settings.missing}
    return names + [name for name, options in alternatives.items() if options]


def _draws_at(root: Node, settings: Uncertainty, names: list[str], rows: Array) -> Draws:
    """The draws that points of the unit cube stand for."""
    at = {name: rows[:, place] for place, name in enumerate(names)}
    by = settings.weights.by if isinstance(settings.weights, Relative) else 0.25
    top = {child.code for _, child in root.children}
    factors: dict[str, Array] = {code: 1 - by + 2 * by * at[code][:, np.newaxis] for code in top if code in at}
    if "weights" in at:
        pool = 200
        below = _factors(root, settings.weights, pool, np.random.default_rng(settings.seed))
        pick = np.minimum((at["weights"] * pool).astype(int), pool - 1)
        factors |= {code: drawn[pick] for code, drawn in below.items() if code not in top}
    options = [(None, *settings.scores), (None, *settings.aggregations), (None, *settings.missing)]
    place = np.zeros(len(rows), dtype=np.intp)
    for name, choices in zip(("score", "aggregation", "missing"), options, strict=True):
        chosen = np.zeros(len(rows), dtype=np.intp)
        if name in at:
            chosen = np.minimum((at[name] * len(choices)).astype(np.intp), len(choices) - 1)
        place = place * len(choices) + chosen
    return Draws(methods_of(settings), place, factors)
