"""One assessment from table to proposals, with every stage kept (考核计算).

Stages: select → derive → impute → normalise → weight → aggregate → adjust → rank → grade → rules → proposal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from assessments.engine.aggregate import Tree, aggregate
from assessments.engine.grading import Cut
from assessments.engine.history import past_places
from assessments.engine.missing import fill_points, fill_values
from assessments.engine.peers import TIE_DECIMALS, Array, Mask, Peers
from assessments.engine.rules import Finding, RuleContext, Scope, Standing
from assessments.engine.scheme import ROOT, PlacedLeaf, Scheme
from assessments.engine.scoring import Context
from assessments.engine.tables import Panel, read_events, read_groups, read_panel
from assessments.engine.verdict import Verdict, verdict

# Rises whenever the same scheme and data could come out differently.
ENGINE_VERSION = "1.0"


@dataclass(frozen=True)
class Notice:
    """Something the reader of a run should know."""

    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Assessment:
    """Everything one assessment computed; rows are units in the order of the table given.

    ``raw``, ``derived``: columns = indicator codes. ``imputed``, ``missing``, ``normalised``, ``weights``: columns = leaf
    codes. ``contributions``: leaf codes and adjustments; each row sums to ``score``. ``nodes``: scores of all branches.
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
    imputed: pd.DataFrame
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
class _Scored:
    """The numeric stages over the sorted units."""

    imputed: dict[str, Array]
    missing: dict[str, Mask]
    points: dict[str, Array]
    at_worst: dict[str, Array]
    tree: Tree
    worst_tree: Tree
    static: dict[str, float]


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
    panel = read_panel(values, period)
    units = panel.now.index
    group = Peers(read_groups(groups, units))
    everyone = Peers(["all"] * len(units))
    happened = read_events(events, units)
    notices: list[Notice] = []
    raw, derived, whole = _derive(scheme, panel, notices)
    columns = {str(name): derived[name].to_numpy(dtype=np.float64) for name in derived.columns}
    context = Context(group, everyone, scheme.scale, columns)
    scored = _score(scheme, whole, context, notices)
    adjustments = {a.id: a.apply(columns, happened, len(units)) for a in scheme.adjustments}
    bonus = np.sum(list(adjustments.values()), axis=0) if adjustments else np.zeros(len(units))
    peers: dict[Scope, Peers] = {"group": group, "all": everyone}
    score = scored.tree.nodes[ROOT] + bonus
    rule_context = RuleContext(
        standing=_standing(score, peers),
        peers=peers,
        reported=columns,
        nodes={**scored.tree.nodes, ROOT: score},
        coverage=_coverage(scored),
        events=happened,
        past=past_places(history, panel.period),
        units=units,
        period=panel.period,
    )
    judged = verdict(scheme.rules, rule_context, _at_worst(rule_context, scored, bonus))
    judged = _undecided_by_policy(scheme, scored, judged)
    return _collect(scheme, panel, raw, derived, scored, adjustments, rule_context, judged, notices)


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


def _score(scheme: Scheme, whole: pd.DataFrame, context: Context, notices: list[Notice]) -> _Scored:
    """Impute, normalise, fill, aggregate — once as the scheme says, once with every lenient blank at its worst."""
    imputed: dict[str, Array] = {}
    missing: dict[str, Mask] = {}
    points: dict[str, Array] = {}
    at_worst: dict[str, Array] = {}
    present: dict[str, Mask] = {}
    everything = np.ones(len(context.group.labels), dtype=bool)
    for placed in scheme.placed_leaves():
        leaf, policy = placed.leaf, scheme.missing_of(placed.leaf)
        reported = context.columns[leaf.indicator]
        earlier = _earlier(whole, leaf.indicator) if policy.policy == "last_value" else None
        filled = fill_values(reported, policy, context.group, earlier)
        plain = leaf.score.points(filled, leaf.direction, context)
        _note_unscored(placed, filled, plain, notices)
        lowest = leaf.score.lowest(scheme.scale)
        blank = np.isnan(reported) | np.isnan(plain)
        code = leaf.code
        imputed[code], missing[code] = filled, blank
        points[code] = fill_points(plain, policy, lowest, context.group)
        present[code] = ~np.isnan(points[code]) if policy.left_out else everything
        worst = -np.inf if lowest is None else lowest
        at_worst[code] = np.where(blank & policy.lenient, worst, points[code])
    root = scheme.tree.node()
    tree = aggregate(root, points, present)
    whole_present = dict.fromkeys(points, everything)
    worst_tree = aggregate(root, at_worst, whole_present)
    static = {code: float(weight[0]) for code, weight in worst_tree.weights.items()}
    return _Scored(imputed, missing, points, at_worst, tree, worst_tree, static)


def _earlier(whole: pd.DataFrame, indicator: str) -> pd.DataFrame | None:
    """The indicator's values of the years before, one column a year with gaps filled in as years without values."""
    if whole.index.nlevels == 1:
        return None
    table = whole[indicator].unstack("period")  # noqa: PD010  # the index is known to be unique
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


def _coverage(scored: _Scored) -> Array:
    """Share of the weight that was reported."""
    total = sum(scored.static[code] for code in sorted(scored.static))
    held = [scored.static[code] * ~scored.missing[code] for code in sorted(scored.static)]
    return np.asarray(np.sum(held, axis=0) / total, dtype=np.float64)


def _standing(score: Array, peers: dict[Scope, Peers]) -> Standing:
    level = np.round(score, TIE_DECIMALS)
    return Standing(
        score=score,
        top={scope: group.rank(level, ascending=False) for scope, group in peers.items()},
        bottom={scope: group.rank(level) for scope, group in peers.items()},
        size={scope: group.count(score) for scope, group in peers.items()},
    )


def _at_worst(context: RuleContext, scored: _Scored, bonus: Array) -> RuleContext:
    """The same context with each unit's lenient blanks at their worst, one unit at a time, the others staying put."""
    score = context.standing.score
    worst = scored.worst_tree.nodes[ROOT] + bonus
    # No floor to the method, or a mean that knows no negative points: worse than everybody.
    worst = np.where(np.isnan(score), np.nan, np.where(np.isnan(worst), -np.inf, np.minimum(worst, score)))
    level, worst_level = np.round(score, TIE_DECIMALS), np.round(worst, TIE_DECIMALS)
    top: dict[Scope, Array] = {}
    bottom: dict[Scope, Array] = {}
    for scope, peers in context.peers.items():
        top[scope], bottom[scope] = peers.standing_of(worst_level, level)
    standing = Standing(worst, top, bottom, context.standing.size)
    return replace(context, standing=standing, nodes={**scored.worst_tree.nodes, ROOT: worst})


def _undecided_by_policy(scheme: Scheme, scored: _Scored, judged: Verdict) -> Verdict:
    """不定等级: units with a blank whose policy says so, unless a decisive rule fired."""
    blank = np.zeros(len(judged.proposal), dtype=bool)
    for placed in scheme.placed_leaves():
        if scheme.missing_of(placed.leaf).policy == "undecided":
            blank |= scored.missing[placed.leaf.code]
    for rule in scheme.rules:
        if rule.decisive:
            blank &= ~judged.findings[rule.id].fired
    return replace(judged, proposal=judged.proposal.mask(blank, "undecided"))


def _collect(
    scheme: Scheme,
    panel: Panel,
    raw: pd.DataFrame,
    derived: pd.DataFrame,
    scored: _Scored,
    adjustments: dict[str, Array],
    context: RuleContext,
    judged: Verdict,
    notices: list[Notice],
) -> Assessment:
    """The stages as frames, rows in the caller's order."""
    units, order = context.units, panel.order
    places = order.map({unit: place for place, unit in enumerate(units)}).to_numpy(dtype=int)
    codes = [placed.leaf.code for placed in scheme.placed_leaves()]
    branches = [branch.code for branch in scheme.branches()]
    score = context.standing.score

    def frame(columns: dict[str, Array] | dict[str, Mask], names: list[str]) -> pd.DataFrame:
        return pd.DataFrame({name: columns[name][places] for name in names}, index=order)

    parts = {**scored.tree.contributions, **adjustments}
    unscored = np.isnan(score)
    grades = scheme.grading.apply(context) if scheme.grading is not None else None
    return Assessment(
        scheme=scheme,
        engine_version=ENGINE_VERSION,
        period=panel.period,
        units=order,
        raw=raw.reindex(order),
        derived=derived.reindex(order),
        imputed=frame(scored.imputed, codes),
        missing=frame(scored.missing, codes),
        normalised=frame(scored.points, codes),
        weights=frame(scored.tree.weights, codes),
        contributions=frame(
            {code: np.where(unscored, np.nan, part) for code, part in parts.items()}, [*codes, *adjustments]
        ),
        nodes=frame(dict(context.nodes), branches),
        score=pd.Series(score[places], index=order, name="score"),
        places=_places(scheme, context).reindex(order),
        coverage=_coverage_frame(scored, context, codes).reindex(order),
        grade=None if grades is None else grades.grade.reindex(order),
        proposal=judged.proposal.reindex(order),
        findings={rule: _reordered(finding, places) for rule, finding in judged.findings.items()},
        contested=pd.Series(judged.contested[places], index=order),
        grade_cuts=()
        if grades is None
        else tuple(Cut(cut.grade, cut.inside[places], cut.score[places]) for cut in grades.cuts),
        notices=tuple(notices),
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


def _coverage_frame(scored: _Scored, context: RuleContext, codes: list[str]) -> pd.DataFrame:
    blanks = np.sum([scored.missing[code] for code in codes], axis=0)
    return pd.DataFrame(
        {"weight_share": context.coverage, "reported": len(codes) - blanks, "asked": len(codes)}, index=context.units
    )
