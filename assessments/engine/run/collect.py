"""The stages as frames (汇集结果), rows in the caller's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.engine.grading import Cut
from assessments.engine.lists import list_table
from assessments.engine.peers import TIE_DECIMALS, Array, Mask, Scope
from assessments.engine.rules import Finding, RuleContext
from assessments.engine.run.state import ENGINE_VERSION, Assessment, Judged, Points, Prepared
from assessments.engine.scheme import Scheme
from assessments.engine.verdict import names_of


def collect(scheme: Scheme, prepared: Prepared, points: Points, judged: Judged) -> Assessment:
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
    unscored, sign = np.isnan(score), scheme.sign
    since = prepared.past.since.reindex(order)
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
        findings={rule: _reordered(finding, places, sign) for rule, finding in judged.verdict.findings.items()},
        contested=pd.Series(judged.verdict.contested[places], index=order),
        grade_cuts=()
        if grades is None
        else tuple(Cut(cut.grade, cut.inside[places], sign * cut.score[places]) for cut in grades.cuts),
        lists=_lists(scheme, prepared, context),
        comparable_since=since,
        restated=pd.Series(order.isin(prepared.past.restated) & since.notna().to_numpy(), index=order),
        left_out=words(prepared.left_out),
        notices=(*prepared.notices, *points.notices),
    )


def _reordered(finding: Finding, places: npt.NDArray[np.int_], sign: float) -> Finding:
    return replace(
        finding,
        fired=finding.fired[places],
        unknown=finding.unknown[places],
        measured=finding.measured[places],
        threshold=finding.threshold[places],
        conditions=tuple(replace(c, value=c.value[places], limit=c.limit[places]) for c in finding.conditions),
        cut=None if finding.cut is None else sign * finding.cut[places],
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


def _lists(scheme: Scheme, prepared: Prepared, context: RuleContext) -> pd.DataFrame:
    moved: dict[Scope, Array] = {scope: _places_gained(context, scope) for scope in context.peers}
    measured = [item.measure(context.nodes, context.reported, moved) for item in scheme.lists]
    return list_table(scheme.lists, measured, context.peers, prepared.units)


def _places_gained(context: RuleContext, scope: Scope) -> Array:
    """Places won since last year, from the top; NaN without a place in either year."""
    past = context.past[scope]
    if context.period is None or past.empty:
        return context.nothing
    before = past[past["period"] == context.period - 1].set_index("unit")
    top = (before["size"] - before["bottom"] + 1).reindex(context.units).to_numpy(dtype=np.float64)
    return np.asarray(top - context.standing.top[scope], dtype=np.float64)
