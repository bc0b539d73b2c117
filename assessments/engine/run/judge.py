"""From points to proposals (评定): aggregate, adjust, rank, grade, apply the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from assessments.engine.aggregate import ROOT, Node, Tree, aggregate, effective_shares
from assessments.engine.faults import Fault, TableError
from assessments.engine.grading import Gate, Grades, Quota
from assessments.engine.peers import TIE_DECIMALS, Array, Mask, Peers, Scope
from assessments.engine.rules import RuleContext, Standing
from assessments.engine.run.state import Judged, Points, Prepared
from assessments.engine.scheme import Scheme
from assessments.engine.verdict import ORDER, Verdict, verdict


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
    adjustments: dict[str, Array] = {
        a.id: a.apply(prepared.context.columns, prepared.events, len(prepared.units)) for a in scheme.adjustments
    }
    if adjustments and scheme.adjustment_limits is not None:
        adjustments = scheme.adjustment_limits.apply(adjustments)
    bonus = np.sum(list(adjustments.values()), axis=0) if adjustments else np.zeros(len(prepared.units))
    score = tree.nodes[ROOT] + bonus
    context = RuleContext(
        standing=_standing(scheme.sign * score, prepared.peers),
        peers=prepared.peers,
        reported=prepared.context.columns,
        nodes={**tree.nodes, ROOT: score},
        coverage=_coverage(points, effective_shares(root, tree)),
        events=prepared.events,
        past=prepared.past.places,
        units=prepared.units,
        period=prepared.panel.period,
        rungs=() if scheme.grading is None else scheme.grading.rungs(),
        level=np.full(score.shape, np.nan),
        grades=prepared.past.grades,
        years=prepared.past.years,
        jurisdictions=prepared.past.jurisdictions,
        decisions=prepared.past.decisions,
        sign=scheme.sign,
    )
    at_worst = _at_worst(context, worst_tree, bonus)
    grades = None if scheme.grading is None else scheme.grading.apply(context)
    if scheme.grading is not None and grades is not None and scheme.asks_grades():
        context = replace(context, level=scheme.grading.levels_of(grades.grade))
        at_worst = replace(at_worst, level=_level_at_worst(scheme, context, at_worst))
    judged = verdict(scheme.rules, context, at_worst)
    judged = _undecided_by_policy(scheme, points, judged)
    grades = _graded_by_rule(scheme, judged, grades, ~prepared.screened)
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
    worst = context.sign * (worst_tree.nodes[ROOT] + bonus)
    # No floor to the method, or a mean that knows no negative points: worse than everybody.
    worst = np.where(np.isnan(score), np.nan, np.where(np.isnan(worst), -np.inf, np.minimum(worst, score)))
    level, worst_level = np.round(score, TIE_DECIMALS), np.round(worst, TIE_DECIMALS)
    top: dict[Scope, Array] = {}
    bottom: dict[Scope, Array] = {}
    for scope, peers in context.peers.items():
        top[scope], bottom[scope] = peers.standing_of(worst_level, level)
    standing = Standing(worst, top, bottom, context.standing.size)
    return replace(context, standing=standing, nodes={**worst_tree.nodes, ROOT: context.sign * worst})


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


def _graded_by_rule(scheme: Scheme, judged: Verdict, grades: Grades | None, assessed: Mask) -> Grades | None:
    """The grades with those that rules give; of several the lowest. Who has no grade for want of a score gets it too."""
    if grades is None or scheme.grading is None:
        return grades
    rungs = scheme.grading.rungs()
    giving = [rule for rule in scheme.rules if rule.grade]
    grade = grades.grade
    for rule in sorted(giving, key=lambda rule: -rungs.index(rule.grade or "")):
        grade = np.where(judged.findings[rule.id].fired & assessed, rule.grade or "", grade)
    return replace(grades, grade=grade) if giving else grades


def _level_at_worst(scheme: Scheme, context: RuleContext, at_worst: RuleContext) -> Array:
    """The grade with lenient blanks at their worst; not known for one by rank, where it hangs on them."""
    if scheme.grading is None:
        return context.level
    if isinstance(scheme.grading, Quota | Gate):
        moved = at_worst.standing.score < context.standing.score
        return np.where(moved, np.nan, context.level)
    return scheme.grading.levels_of(scheme.grading.apply(at_worst).grade)


def merit_ranks(scheme: Scheme, judged: Judged) -> Array:
    """The rank in the group, ties as the scheme says."""
    level = np.round(judged.merit, TIE_DECIMALS)
    return judged.context.peers["group"].rank(level, ascending=False, ties=scheme.ties)
