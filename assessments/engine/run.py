"""One assessment from table to proposals, with every stage kept (考核计算).

Stages: select → derive → screen → denominate → impute → treat outliers → normalise → weight → aggregate → adjust → rank →
grade → rules → proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.engine.aggregate import Node, Tree, aggregate, effective_shares
from assessments.engine.faults import Fault, TableError
from assessments.engine.grading import Cut, Grades
from assessments.engine.history import past_places
from assessments.engine.missing import LOOKING_BACK, fill_points, fill_values
from assessments.engine.outliers import treat
from assessments.engine.peers import TIE_DECIMALS, Array, Mask, Peers
from assessments.engine.rules import Finding, RuleContext, Scope, Standing
from assessments.engine.scheme import ROOT, Leaf, PlacedLeaf, Scheme
from assessments.engine.scoring import Context, safe_divide
from assessments.engine.tables import Panel, read_events, read_groups, read_panel
from assessments.engine.verdict import ORDER, Verdict, names_of, verdict

# Rises whenever the same scheme and data could come out differently.
ENGINE_VERSION = "1.1"


@dataclass(frozen=True)
class Notice:
    """Something the reader of a run should know."""

    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Assessment:
    """Everything one assessment computed; rows are units in the order of the table given.

    ``raw``, ``derived``: columns = indicator codes. ``denominated``, ``imputed``, ``treated``, ``missing``, ``normalised``,
    ``weights``: columns = leaf codes. ``contributions``: leaf codes and adjustments; each row sums to ``score``. ``nodes``: scores of all branches.
    ``places``: group, rank, bottom, group_size, peers, rank_all, size_all. Ranks are taken on the unrounded score (equal
    to nine decimals = tied), ties by ``scheme.ties``; units without a score have none. ``coverage``: share of the weight
    reported, indicators reported and asked for. ``findings`` hold arrays in the order of ``units``.
    """

    scheme: Scheme
    engine_version: str
    period: int | None
    units: pd.Index
    raw: pd.DataFrame
    derived: pd.DataFrame
    denominated: pd.DataFrame
    imputed: pd.DataFrame
    treated: pd.DataFrame
    missing: pd.DataFrame
    normalised: pd.DataFrame
    weights: pd.DataFrame
    contributions: pd.DataFrame
    nodes: pd.DataFrame
    score: pd.Series[float]
    places: pd.DataFrame
    coverage: pd.DataFrame
    grade: pd.Series[str] | None
    proposal: pd.Series[str]
    findings: dict[str, Finding]
    contested: pd.Series[bool]
    grade_cuts: tuple[Cut, ...]
    notices: tuple[Notice, ...]

    def summary(self) -> pd.DataFrame:
        """One row a unit: group, score, rank, group_size, coverage, grade, proposal, rules (ids that fired)."""
        table = self.places[["group"]].copy()
        table["score"] = self.score
        table["rank"] = self.places["rank"].astype("Int64")
        table["group_size"] = self.places["group_size"].astype("Int64")
        table["coverage"] = self.coverage["weight_share"]
        if self.grade is not None:
            table["grade"] = self.grade
        table["proposal"] = self.proposal
        fired = pd.DataFrame({rule: finding.fired for rule, finding in self.findings.items()}, index=self.units)
        names = np.array(fired.columns, dtype=object)
        table["rules"] = [" ".join(names[row]) for row in fired.to_numpy(dtype=bool)]
        return table


@dataclass(frozen=True)
class Prepared:
    """What an assessment works on, whatever the weights: the tables checked and in one order, derived columns, peers."""

    panel: Panel
    raw: pd.DataFrame
    derived: pd.DataFrame
    whole: pd.DataFrame
    context: Context
    events: dict[str, Array]
    past: dict[Scope, pd.DataFrame]
    screened: Mask
    notices: tuple[Notice, ...]

    @property
    def units(self) -> pd.Index:
        return self.panel.now.index

    @property
    def peers(self) -> dict[Scope, Peers]:
        return {"group": self.context.group, "all": self.context.everyone}


@dataclass(frozen=True)
class Points:
    """The leaves over the sorted units: each stage, blanks, points, points with lenient blanks at their worst."""

    denominated: dict[str, Array]
    imputed: dict[str, Array]
    treated: dict[str, Array]
    missing: dict[str, Mask]
    points: dict[str, Array]
    at_worst: dict[str, Array]
    present: dict[str, Mask]
    hang_on_blanks: bool
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class Judged:
    """From points to proposals. With drawn weights every array has a row for each draw."""

    tree: Tree
    adjustments: dict[str, Array]
    context: RuleContext
    verdict: Verdict
    grades: Grades | None

    @property
    def score(self) -> Array:
        return self.context.standing.score


def assess(
    scheme: Scheme,
    values: pd.DataFrame,
    *,
    history: pd.DataFrame | None = None,
    groups: pd.Series[str] | None = None,
    events: pd.DataFrame | None = None,
    period: int | None = None,
) -> Assessment:
    """Applies ``scheme`` to ``values`` (考核一次).

    ``values``: index unit, or (unit, year); columns indicator codes, floats in stored units, NaN = not reported. With
    years the newest (or ``period``) is assessed and earlier ones serve formulas and `last_value`.
    ``groups``: unit → peer group. ``events``: number of events of each kind a unit.
    ``history``: earlier results, columns unit, period and score or rank + group_size (see :mod:`history`).
    Raises :class:`TableError` with every fault of the tables.
    """
    prepared = prepare(scheme, values, history=history, groups=groups, events=events, period=period)
    points = to_points(scheme, prepared)
    return _collect(scheme, prepared, points, judge(scheme, prepared, points))


def prepare(
    scheme: Scheme,
    values: pd.DataFrame,
    *,
    history: pd.DataFrame | None = None,
    groups: pd.Series[str] | None = None,
    events: pd.DataFrame | None = None,
    period: int | None = None,
) -> Prepared:
    """Check the tables and compute the derived columns; arguments and errors as :func:`assess`."""
    panel = read_panel(values, period)
    units = panel.now.index
    notices: list[Notice] = []
    raw, derived, whole = _derive(scheme, panel, notices)
    columns = {str(name): derived[name].to_numpy(dtype=np.float64) for name in derived.columns}
    context = Context(Peers(read_groups(groups, units)), Peers(["all"] * len(units)), scheme.scale, columns)
    past = past_places(history, panel.period)
    screened = _screened(scheme, units, columns, notices)
    return Prepared(panel, raw, derived, whole, context, read_events(events, units), past, screened, tuple(notices))


def _screened(scheme: Scheme, units: pd.Index, columns: Mapping[str, Array], notices: list[Notice]) -> Mask:
    """Units that are not assessed for want of data, or because the scheme names them."""
    if scheme.screen is None:
        return np.zeros(len(units), dtype=bool)
    codes = sorted({placed.leaf.indicator for placed in scheme.placed_leaves()})
    reported = np.mean([~np.isnan(columns[code]) for code in codes], axis=0)
    out = (reported < scheme.screen.least) & ~units.isin(scheme.screen.keep) | units.isin(scheme.screen.drop)
    if out.any():
        names = "、".join(str(unit) for unit in units[out][:10])
        notices.append(
            Notice(
                f"{int(out.sum())} 个单位数据不足或不参评：{names}", f"{int(out.sum())} units are not assessed: {names}"
            )
        )
    return np.asarray(out, dtype=bool)


def _derive(scheme: Scheme, panel: Panel, notices: list[Notice]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Raw and derived values of the assessed period, and derived values of all periods.

    A derived code that is a column of the table already is taken as given.
    """
    whole = panel.now if panel.whole is None else panel.whole
    given, formulas, absent = scheme.reading(whole.columns)
    if absent:
        names = "、".join(absent)
        notices.append(
            Notice(f"表中没有这些指标，按全部缺报处理：{names}", f"not in the table, taken as blank: {names}")
        )
    full = whole[given].reindex(columns=[*given, *absent])
    raw = panel.cut(full)
    for code, formula in formulas.items():
        full = full.assign(**{code: formula.evaluate(full)})
    return raw, panel.cut(full), full


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
        earlier = _earlier(prepared.whole, leaf) if policy.policy in LOOKING_BACK else None
        filled = fill_values(known, policy, context.group, earlier)
        used = _treated(scheme, leaf, filled, context, notices)
        plain = leaf.score.points(used, leaf.direction, context)
        _note_unscored(placed, filled, plain, notices)
        lowest = leaf.score.lowest(scheme.scale)
        blank = np.isnan(reported) | (np.isnan(plain) & ~prepared.screened)
        code = leaf.code
        denominated[code], imputed[code], treated[code], missing[code] = reported, filled, used, blank
        points[code] = np.where(prepared.screened, np.nan, fill_points(plain, policy, lowest, context.group))
        present[code] = ~np.isnan(points[code]) | prepared.screened if policy.left_out else everything
        worst = -np.inf if lowest is None else lowest
        at_worst[code] = np.where(blank & policy.lenient & ~prepared.screened, worst, points[code])
    hang = any(not np.array_equal(points[code], at_worst[code], equal_nan=True) for code in points)
    return Points(denominated, imputed, treated, missing, points, at_worst, present, hang, tuple(notices))


def judge(
    scheme: Scheme, prepared: Prepared, points: Points, root: Node | None = None, *, explained: bool = True
) -> Judged:
    """Aggregate, adjust, rank, apply the rules, grade.

    ``root``: a tree with other shares than the scheme's; shares of shape (draws, 1) judge all draws at once. Unless
    ``explained`` the tree has no weights and contributions.
    """
    root = root or root_of(scheme, prepared)
    peers, scale = prepared.context.group, scheme.scale
    tree = aggregate(root, points.points, points.present, peers=peers, scale=scale, parts=explained)
    worst_tree = tree
    if points.hang_on_blanks:
        whole = dict.fromkeys(points.points, np.ones(len(prepared.units), dtype=bool))
        worst_tree = aggregate(root, points.at_worst, whole, peers=peers, scale=scale, parts=False)
    adjustments = {
        a.id: a.apply(prepared.context.columns, prepared.events, len(prepared.units)) for a in scheme.adjustments
    }
    bonus = np.sum(list(adjustments.values()), axis=0) if adjustments else np.zeros(len(prepared.units))
    score = tree.nodes[ROOT] + bonus
    context = RuleContext(
        standing=_standing(score, prepared.peers),
        peers=prepared.peers,
        reported=prepared.context.columns,
        nodes={**tree.nodes, ROOT: score},
        coverage=_coverage(points, effective_shares(root, tree)),
        events=prepared.events,
        past=prepared.past,
        units=prepared.units,
        period=prepared.panel.period,
    )
    judged = verdict(scheme.rules, context, _at_worst(context, worst_tree, bonus))
    judged = _undecided_by_policy(scheme, points, judged)
    grades = scheme.grading.apply(context) if scheme.grading is not None else None
    return Judged(tree, adjustments, context, judged, grades)


def root_of(scheme: Scheme, prepared: Prepared) -> Node:
    """The tree with each unit's weights. Raises :class:`TableError` for groups without a set of weights."""
    sets, groups = scheme.weight_sets, prepared.context.group
    if sets is not None and sets.by == "group":
        known = {name for branch in scheme.branches() for child in branch.children for name in child.weights}
        if without := "、".join(sorted(set(groups.names) - known)):
            message = (f"这些同类组没有对应的一套权重：{without}", f"these groups have no set of weights: {without}")
            raise TableError([Fault("groups", *message)])
    return scheme.root(groups.labels)


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


def _earlier(whole: pd.DataFrame, leaf: Leaf) -> pd.DataFrame | None:
    """The leaf's values of the years before, one column a year with gaps filled in as years without values."""
    if whole.index.nlevels == 1:
        return None
    values = whole[leaf.indicator] / whole[leaf.per].where(whole[leaf.per] > 0) if leaf.per else whole[leaf.indicator]
    table = values.unstack("period")  # noqa: PD010  # the index is known to be unique
    newest = int(max(table.columns))
    before = table.reindex(columns=range(int(min(table.columns)), newest))
    here = whole.xs(newest, level="period").index
    return before.reindex(here)


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


def _coverage(points: Points, shares: Mapping[str, float | Array]) -> Array:
    """Share of the weight that was reported."""
    codes = sorted(points.missing)
    held = sum(shares[code] * ~points.missing[code] for code in codes)
    return np.asarray(held / sum(shares[code] for code in codes), dtype=np.float64)


def _standing(score: Array, peers: dict[Scope, Peers]) -> Standing:
    level = np.round(score, TIE_DECIMALS)
    return Standing(
        score=score,
        top={scope: group.rank(level, ascending=False) for scope, group in peers.items()},
        bottom={scope: group.rank(level) for scope, group in peers.items()},
        size={scope: group.count(score) for scope, group in peers.items()},
    )


def _at_worst(context: RuleContext, worst_tree: Tree, bonus: Array) -> RuleContext:
    """The same context with each unit's lenient blanks at their worst, one unit at a time, the others staying put."""
    score = context.standing.score
    worst = worst_tree.nodes[ROOT] + bonus
    # No floor to the method, or a mean that knows no negative points: worse than everybody.
    worst = np.where(np.isnan(score), np.nan, np.where(np.isnan(worst), -np.inf, np.minimum(worst, score)))
    level, worst_level = np.round(score, TIE_DECIMALS), np.round(worst, TIE_DECIMALS)
    top: dict[Scope, Array] = {}
    bottom: dict[Scope, Array] = {}
    for scope, peers in context.peers.items():
        top[scope], bottom[scope] = peers.standing_of(worst_level, level)
    standing = Standing(worst, top, bottom, context.standing.size)
    return replace(context, standing=standing, nodes={**worst_tree.nodes, ROOT: worst})


def _undecided_by_policy(scheme: Scheme, points: Points, judged: Verdict) -> Verdict:
    """不定等级: units with a blank whose policy says so, unless a decisive rule fired."""
    blank = np.zeros(judged.proposal.shape, dtype=bool)
    for placed in scheme.placed_leaves():
        if scheme.missing_of(placed.leaf).policy == "undecided":
            blank = blank | points.missing[placed.leaf.code]
    for rule in scheme.rules:
        if rule.decisive:
            blank = blank & ~judged.findings[rule.id].fired
    return replace(judged, proposal=np.where(blank, float(ORDER.index("undecided")), judged.proposal))


def _collect(scheme: Scheme, prepared: Prepared, points: Points, judged: Judged) -> Assessment:
    """The stages as frames, rows in the caller's order."""
    units, order = prepared.units, prepared.panel.order
    places = units.get_indexer(order)
    codes = [placed.leaf.code for placed in scheme.placed_leaves()]
    branches = [branch.code for branch in scheme.branches()]
    context, tree, score, grades = judged.context, judged.tree, judged.score, judged.grades

    def frame(columns: Mapping[str, Array] | Mapping[str, Mask], names: list[str]) -> pd.DataFrame:
        return pd.DataFrame({name: columns[name][places] for name in names}, index=order)

    def words(column: npt.NDArray[np.object_]) -> pd.Series[str]:
        return pd.Series(column[places], index=order, dtype=object)

    parts = {**tree.contributions, **judged.adjustments}
    unscored = np.isnan(score)
    return Assessment(
        scheme=scheme,
        engine_version=ENGINE_VERSION,
        period=prepared.panel.period,
        units=order,
        raw=prepared.raw.reindex(order),
        derived=prepared.derived.reindex(order),
        denominated=frame(points.denominated, codes),
        imputed=frame(points.imputed, codes),
        treated=frame(points.treated, codes),
        missing=frame(points.missing, codes),
        normalised=frame(points.points, codes),
        weights=frame(tree.weights, codes),
        contributions=frame(
            {code: np.where(unscored, np.nan, part) for code, part in parts.items()}, [*codes, *judged.adjustments]
        ),
        nodes=frame(context.nodes, branches),
        score=pd.Series(score[places], index=order, name="score"),
        places=_places(scheme, context).reindex(order),
        coverage=_coverage_frame(points, context, codes).reindex(order),
        grade=None if grades is None else words(grades.grade),
        proposal=words(names_of(judged.verdict.proposal)),
        findings={rule: _reordered(finding, places) for rule, finding in judged.verdict.findings.items()},
        contested=pd.Series(judged.verdict.contested[places], index=order),
        grade_cuts=()
        if grades is None
        else tuple(Cut(cut.grade, cut.inside[places], cut.score[places]) for cut in grades.cuts),
        notices=(*prepared.notices, *points.notices),
    )


def _reordered(finding: Finding, places: np.ndarray[tuple[int], np.dtype[np.int_]]) -> Finding:
    return replace(
        finding,
        fired=finding.fired[places],
        unknown=finding.unknown[places],
        measured=finding.measured[places],
        threshold=finding.threshold[places],
        conditions=tuple(replace(c, value=c.value[places], limit=c.limit[places]) for c in finding.conditions),
        cut=None if finding.cut is None else finding.cut[places],
        inside=None if finding.inside is None else finding.inside[places],
    )


def _places(scheme: Scheme, context: RuleContext) -> pd.DataFrame:
    level = np.round(context.standing.score, TIE_DECIMALS)
    group, everyone = context.peers["group"], context.peers["all"]
    return pd.DataFrame(
        {
            "group": group.labels,
            "rank": group.rank(level, ascending=False, ties=scheme.ties),
            "bottom": context.standing.bottom["group"],
            "group_size": context.standing.size["group"],
            "peers": group.count(np.zeros(len(level))),
            "rank_all": everyone.rank(level, ascending=False, ties=scheme.ties),
            "size_all": context.standing.size["all"],
        },
        index=context.units,
    )


def _coverage_frame(points: Points, context: RuleContext, codes: list[str]) -> pd.DataFrame:
    blanks = np.sum([points.missing[code] for code in codes], axis=0)
    return pd.DataFrame(
        {"weight_share": context.coverage, "reported": len(codes) - blanks, "asked": len(codes)}, index=context.units
    )
