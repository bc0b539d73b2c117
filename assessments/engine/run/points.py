"""From values to points (计分): denominate, impute, treat outliers, normalise, fill."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from assessments.engine.missing import LOOKING_BACK, fill_points, fill_values
from assessments.engine.outliers import treat
from assessments.engine.peers import Array, Mask, Peers
from assessments.engine.run.state import Notice, Points, Prepared
from assessments.engine.scheme import Leaf, PlacedLeaf, Scheme
from assessments.engine.scoring import Context, safe_divide


def to_points(scheme: Scheme, prepared: Prepared) -> Points:
    """Denominate, impute, treat, normalise, fill: as the scheme says, and with every lenient blank at its worst."""
    denominated: dict[str, Array] = {}
    imputed: dict[str, Array] = {}
    treated: dict[str, Array] = {}
    missing: dict[str, Mask] = {}
    points: dict[str, Array] = {}
    at_worst: dict[str, Array] = {}
    present: dict[str, Mask] = {}
    notices: list[Notice] = []
    context = prepared.context
    everything = np.ones(len(context.group.labels), dtype=bool)
    for placed in scheme.placed_leaves():
        leaf, policy = placed.leaf, scheme.missing_of(placed.leaf)
        reported = _per(context.columns[leaf.indicator], leaf.per, context)
        known = np.where(prepared.screened, np.nan, reported)
        earlier = _earlier(prepared, leaf) if policy.policy in LOOKING_BACK else None
        filled = fill_values(known, policy, context.group, earlier)
        used = _treated(scheme, leaf, filled, context, notices)
        plain = _scored(leaf, used, prepared)
        _note_unscored(placed, filled, plain, notices)
        lowest = leaf.score.lowest(scheme.scale)
        blank = np.isnan(reported) | (np.isnan(plain) & ~prepared.screened)
        code = leaf.code
        denominated[code], imputed[code], treated[code], missing[code] = reported, filled, used, blank
        points[code] = np.where(prepared.screened, np.nan, fill_points(plain, policy, lowest, context.group))
        present[code] = ~np.isnan(points[code]) | prepared.screened if policy.left_out else everything
        # Where the lowest score is the best, or the method has no floor, there is no worst but beyond everybody.
        worst = -scheme.sign * np.inf if lowest is None or scheme.best == "low" else lowest
        at_worst[code] = np.where(blank & policy.lenient & ~prepared.screened, worst, points[code])
    hang = any(not np.array_equal(points[code], at_worst[code], equal_nan=True) for code in points)
    return Points(denominated, imputed, treated, missing, points, at_worst, present, hang, tuple(notices))


def _scored(leaf: Leaf, x: Array, prepared: Prepared) -> Array:
    """Points of the method, its statistics taken of this year's units or of those of all years."""
    context, others = _assessed(prepared), prepared.others
    if others is None or getattr(leaf.score, "periods", "now") == "now":
        return leaf.score.points(x, leaf.direction, context)
    before = _per(others.columns[leaf.indicator], leaf.per, others)
    shape = (*x.shape[:-1], len(before))

    def joined(theirs: Array, mine: Array) -> Array:
        return np.concatenate([np.broadcast_to(theirs, shape), np.broadcast_to(mine, x.shape)], axis=-1)

    together = Context(
        Peers([*others.group.labels, *context.group.labels]),
        Peers([*others.everyone.labels, *context.everyone.labels]),
        context.scale,
        {code: joined(others.columns[code], context.columns[code]) for code in leaf.score.inputs()},
    )
    return leaf.score.points(joined(before, x), leaf.direction, together)[..., len(before) :]


def _assessed(prepared: Prepared) -> Context:
    """What methods look at: of units that are left out nothing, so that they count in no sum of the peers."""
    context = prepared.context
    if not prepared.screened.any():
        return context
    columns = {code: np.where(prepared.screened, np.nan, column) for code, column in context.columns.items()}
    return replace(context, columns=columns)


def _per(values: Array, per: str, context: Context) -> Array:
    """The values over their denominator; none where that is not positive."""
    if not per:
        return values
    below = context.columns[per]
    return safe_divide(values, np.where(below > 0, below, np.nan))


def _treated(scheme: Scheme, leaf: Leaf, values: Array, context: Context, notices: list[Notice]) -> Array:
    how = scheme.outliers_of(leaf)
    if how is None:
        return values
    treated = treat(values, how, context.group, context.everyone)
    if treated.changed:
        zh = "取对数" if treated.logged else f"向内收 {treated.steps} 步"
        en = "its logarithm is used" if treated.logged else f"drawn in by {treated.steps} steps"
        notices.append(Notice(f"{leaf.name_zh}分布过偏，{zh}", f"{leaf.name_en} is too skewed: {en}"))
    return treated.values


def _earlier(prepared: Prepared, leaf: Leaf) -> pd.DataFrame | None:
    """The leaf's comparable values of the years before, one column a year, gaps filled in as years without values."""
    whole, newest = prepared.whole, prepared.panel.period
    if newest is None:
        return None
    values = whole[leaf.indicator] / whole[leaf.per].where(whole[leaf.per] > 0) if leaf.per else whole[leaf.indicator]
    table = values.unstack("period")  # noqa: PD010  # the index is known to be unique
    return table.reindex(columns=range(int(min(table.columns)), newest)).reindex(prepared.units)


def _note_unscored(placed: PlacedLeaf, filled: Array, plain: Array, notices: list[Notice]) -> None:
    number = int((np.isnan(plain) & ~np.isnan(filled)).sum())
    if number:
        leaf = placed.leaf
        notices.append(
            Notice(
                f"{leaf.name_zh}：{number} 个单位的值无法按“{leaf.score.method}”计分（如基数不为正），按缺报处理",
                f"{leaf.name_en}: {number} values cannot be scored by “{leaf.score.method}” and count as blank",
            )
        )
