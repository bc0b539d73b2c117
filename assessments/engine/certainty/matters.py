"""What the ranks hang on (敏感性): leave-one-out, dominance, Sobol' indices."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pandas as pd

from assessments.engine.aggregate import Node
from assessments.engine.certainty.draws import (
    Draws,
    Method,
    alternatives,
    factors_of,
    methods_of,
    run,
    with_children,
)
from assessments.engine.peers import TIE_DECIMALS, Array
from assessments.engine.run import Tables, judge, merit_ranks, prepare, root_of, to_points
from assessments.engine.scheme import Scheme
from assessments.engine.uncertainty import Relative, Uncertainty


def leave_one_out(scheme: Scheme, values: pd.DataFrame, **tables: Unpack[Tables]) -> pd.DataFrame:
    """What each indicator and dimension does to the ranks: the assessment without it, its weight left to its siblings.

    Rows = codes of leaves and branches below the root; mean_change (of the absolute rank), largest_change, unit (whose
    rank changes most), proposals (how many proposals differ). An only child takes its branch along.
    """
    prepared = prepare(scheme, values, **tables)
    points = to_points(scheme, prepared)
    nominal = judge(scheme, prepared, points)
    root = root_of(scheme, prepared)
    codes = [child.code for node in with_children(root) for _, child in node.children]
    factors = {code: np.ones((len(codes), 1)) for code in codes}
    for place, code in enumerate(codes):
        for left_out in _with_only_parents(root, code):
            factors[left_out][place] = 0.0
    outcomes = run(scheme, prepared, Draws((Method(),), np.zeros(len(codes), dtype=np.intp), factors))
    change = np.nan_to_num(np.abs(outcomes.rank - merit_ranks(scheme, nominal)))
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
    parent = {child.code: node for node in with_children(root) for _, child in node.children}
    taken = [code]
    while parent[taken[-1]] is not root and len(parent[taken[-1]].children) == 1:
        taken.append(parent[taken[-1]].code)
    return taken


def dominance(scheme: Scheme, values: pd.DataFrame, **tables: Unpack[Tables]) -> tuple[float, pd.DataFrame]:
    """Pairs of units of one group of which one is nowhere worse and somewhere better: no weights could turn them round.

    Returns the share of such pairs among all pairs of scored units, and a table unit, dominates, dominated (numbers).
    """
    prepared = prepare(scheme, values, **tables)
    points = to_points(scheme, prepared).points
    table = scheme.sign * np.round(np.column_stack([points[code] for code in sorted(points)]), TIE_DECIMALS)
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
    scheme: Scheme,
    values: pd.DataFrame,
    *,
    n: int = 1024,
    settings: Uncertainty | None = None,
    **tables: Unpack[Tables],
) -> pd.DataFrame:
    """Which choice moves the ranks: Sobol' indices of the mean absolute rank change (敏感性指数).

    Rows = factors: the weight of each child of the root, "weights" for all weights below, "score", "aggregation",
    "missing", "outliers" where there are alternatives. Columns first (Saltelli 2010) and total (Jansen 1999); n·(factors + 2) runs.
    """
    chosen = settings or scheme.uncertainty
    prepared = prepare(scheme, values, **tables)
    nominal = judge(scheme, prepared, to_points(scheme, prepared))
    root = root_of(scheme, prepared)
    names = factor_names(root, chosen)
    a, b = saltelli(n, len(names), chosen.seed)
    rows = np.vstack([a, b, *(np.where(np.arange(len(names)) == i, b, a) for i in range(len(names)))])
    outcomes = run(scheme, prepared, draws_at(root, chosen, names, rows))
    moved = np.nan_to_num(np.abs(outcomes.rank - merit_ranks(scheme, nominal))).mean(axis=1)
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


def factor_names(root: Node, settings: Uncertainty) -> list[str]:
    names = [child.code for _, child in sorted(root.children, key=lambda pair: pair[1].code)]
    names = names if settings.weights is not None and len(names) > 1 else []
    if settings.weights is not None and any(child.children for _, child in root.children):
        names.append("weights")
    return names + [name for name, options in alternatives(settings).items() if len(options) > 1]


def draws_at(root: Node, settings: Uncertainty, names: list[str], rows: Array) -> Draws:
    """The draws that points of the unit cube stand for."""
    at = {name: rows[:, place] for place, name in enumerate(names)}
    by = settings.weights.by if isinstance(settings.weights, Relative) else 0.25
    top = {child.code for _, child in root.children}
    factors: dict[str, Array] = {code: 1 - by + 2 * by * at[code][:, np.newaxis] for code in top if code in at}
    if "weights" in at:
        pool = 200
        below = factors_of(root, settings.weights, pool, np.random.default_rng(settings.seed))
        pick = np.minimum((at["weights"] * pool).astype(int), pool - 1)
        factors |= {code: drawn[pick] for code, drawn in below.items() if code not in top}
    place = np.zeros(len(rows), dtype=np.intp)
    for name, choices in alternatives(settings).items():
        chosen = np.zeros(len(rows), dtype=np.intp)
        if name in at:
            chosen = np.minimum((at[name] * len(choices)).astype(np.intp), len(choices) - 1)
        place = place * len(choices) + chosen
    return Draws(methods_of(settings), place, factors)
