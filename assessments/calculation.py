"""From frozen inputs to results (考核计算): no database, so that anyone with the inputs can do it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from assessments.engine import Assessment, assess
from assessments.engine import Scheme as Method
from assessments.engine.certainty import certainty
from assessments.engine.explain import Explainer
from assessments.enums import DecisionOutcome, RunStage
from assessments.exceptions import RunImpossible
from assessments.inputs import Inputs, past_results
from assessments.words import EVENTS, word

LEAST_REPORTED = 2  # a place needs somebody to be compared with
TELL_EVERY = 10  # zones explained between two words on progress


@dataclass(frozen=True)
class Outcome:
    """What a run found: one row a zone, and what its reader should know of the whole."""

    rows: list[dict[str, Any]]
    summary: dict[str, Any]


def check(inputs: Inputs) -> None:
    """Refuse what can give no ranking.

    Raises:
        RunImpossible: nobody to assess, or too few of them have accepted figures.
    """
    year, members, reported = inputs.year, inputs.members[inputs.year], inputs.reported(inputs.year)
    if not members:
        raise RunImpossible(
            _("%(year)s 年末没有这一类别的园区。请核对园区登记中称号的类别与起止日期，或选择其他办法。"), year=year
        )
    if len(reported) < LEAST_REPORTED:
        raise RunImpossible(
            _(
                "%(year)s 年只有 %(reported)s 个园区的数据已确认（共 %(members)s 个），无从比较。"
                "请先在“填报”中完成该年度报表的审核确认，再重新发起。"
            ),
            year=year,
            reported=len(reported),
            members=len(members),
        )


Tell = Callable[[RunStage, float], None]


def compute(method: Method, inputs: Inputs, tell: Tell = lambda _stage, _share: None) -> Outcome:
    """Everything from frozen inputs to results; `tell` hears of each stage and of the share done of it, 0 to 1.

    To the engine's explanation come `past` (places and decisions of earlier years), `certainty` (rank interval, shares of
    proposals and grades), `nearest_cut` and, for each indicator, `raw_before` (last year).

    Raises:
        RunImpossible: nobody to assess, or too few with accepted figures.
        FaultsError: scheme or data that can give no result.
    """
    tell(RunStage.CHECKING, 0)
    check(inputs)
    tell(RunStage.SCORING, 0)
    past = past_results(method, inputs)
    values, tables = inputs.table(inputs.year), inputs.tables(inputs.year, method, past)
    assessment = assess(method, values, **tables)
    tell(RunStage.TESTING, 0)
    sure = certainty(method, values, **tables)
    explainer, before, by_unit = Explainer(assessment), _last_year(method, inputs), sure.by_unit()
    decided = _decided(inputs)
    places = {unit: _past_places(rows, decided.get(str(unit), {})) for unit, rows in past.groupby("unit")}
    group = method.peer_group.name_zh if method.peer_group is not None else ""
    rows = []
    for number, unit in enumerate(assessment.units):
        if number % TELL_EVERY == 0:
            tell(RunStage.EXPLAINING, number / len(assessment.units))
        explanation = explainer.explain(unit)
        explanation["past"] = places.get(unit, [])
        explanation["certainty"] = by_unit[unit]
        explanation["nearest_cut"] = _nearest_cut(method, explanation["cuts"])
        for row in explanation["indicators"]:
            row["raw_before"] = before.get(row["indicator"], {}).get(str(unit))
        rows.append(_row(unit, explanation, group))
    summary = _summary(assessment, inputs, rows)
    summary["certainty"] = {
        "draws": sure.draws,
        "seed": sure.seed,
        "hold": method.uncertainty.hold,
        "within_noise": sum(row["within_noise"] for row in rows),
    }
    return Outcome(rows, summary)


def _nearest_cut(method: Method, cuts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The line nearest to the score: one a proposal hangs on, or else one of a grade."""
    cuts = [cut for cut in cuts if cut["gap"] is not None]
    deciding = [cut for cut in cuts if cut["kind"] == "rule" and (cut["outcome"] or outcome_above(method, cut["id"]))]
    return min(deciding or cuts, key=lambda cut: (abs(cut["gap"]), cut["id"]), default=None)


def _summary(assessment: Assessment, inputs: Inputs, rows: list[dict[str, Any]]) -> dict[str, Any]:
    notices = [{"text_zh": notice.text_zh, "text_en": notice.text_en} for notice in assessment.notices]
    return {
        "notices": [*notices, *_event_notice(assessment.scheme, inputs)],
        "proposals": dict(Counter(row["proposal"] for row in rows)),
        "cuts": _cut_lines(assessment.scheme, rows),
    }


def _event_notice(method: Method, inputs: Inputs) -> list[dict[str, str]]:
    """Kinds without a register: that the rules on them found nothing must not pass for good conduct."""
    waiting = [kind for kind in method.event_kinds() if kind not in inputs.registered]
    if not waiting:
        return []
    words = {}
    for language, mark in (("zh-hans", "、"), ("en", ", ")):
        with translation.override(language):
            listed = mark.join(word(EVENTS, name) for name in waiting)
            words[language] = _("以下事件尚无登记，涉及它们的规则按未发生处理：%(events)s。") % {"events": listed}
    return [{"text_zh": words["zh-hans"], "text_en": words["en"]}]


def _cut_lines(method: Method, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The score at which each line stands. A unit inside sees the line a place further on; what those outside see counts.

    `name` is the proposal the line stands for: the rule's own, or that of the rule which builds on it.
    """
    names = {rule.id: rule.outcome or outcome_above(method, rule.id) for rule in method.rules}
    lines: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["zone"]):
        for cut in row["explanation"]["cuts"]:
            key = (row["peer_group"], cut["kind"], cut["id"])
            line = {"group": row["peer_group"], "inside": cut["inside"], "name": names.get(cut["id"], "")}
            line |= {name: cut[name] for name in ("kind", "id", "outcome", "score_needed")}
            if key not in lines or (lines[key]["inside"] and not cut["inside"]):
                lines[key] = line
    return [lines[key] for key in sorted(lines)]


def outcome_above(method: Method, rule_id: str) -> str:
    """The proposal of the first rule that builds on this one; empty when there is none."""
    return next((rule.outcome for rule in method.rules if rule_id in rule.needs() and rule.outcome), "")


def _past_places(rows: pd.DataFrame, decisions: dict[int, str]) -> list[dict[str, Any]]:
    """Places of earlier years, each with its grade and what was decided in the end, where that is known."""
    fields = rows.sort_values("period")[["period", "score", "rank", "group_size", "grade"]].to_dict("records")
    return [
        {
            "year": int(row["period"]),
            "score": float(row["score"]),
            "rank": int(row["rank"]),
            "group_size": int(row["group_size"]),
            "grade": row["grade"] if isinstance(row["grade"], str) else None,
            "decision": decisions.get(int(row["period"])),
        }
        for row in fields
    ]


def _row(unit: str, explanation: dict[str, Any], group: str) -> dict[str, Any]:
    return {
        "zone": unit,
        "score": explanation["score"],
        "rank": explanation["rank"],
        "peer_group": group if explanation["group"] == "all" else explanation["group"],
        "group_size": explanation["group_size"] or 0,
        "coverage": explanation["coverage"]["weight_share"] or 0.0,
        "proposal": explanation["proposal"],
        "rank_low": explanation["certainty"]["rank_low"],
        "rank_high": explanation["certainty"]["rank_high"],
        "holds": explanation["certainty"]["holds"],
        "within_noise": explanation["certainty"]["within_noise"],
        "cut_gap": (explanation["nearest_cut"] or {}).get("gap"),
        "fired_rules": [
            {name: rule[name] for name in ("id", "outcome", "bars", "clauses", "text_zh", "text_en")}
            for rule in explanation["rules"]
        ],
        "explanation": explanation,
    }


def _decided(inputs: Inputs) -> dict[str, dict[int, str]]:
    """Final decisions of earlier years by zone and year."""
    decided: dict[str, dict[int, str]] = {}
    for zone, year, outcome in inputs.decisions.itertuples(index=False):
        if outcome in DecisionOutcome.values:
            decided.setdefault(str(zone), {})[int(year)] = str(outcome)
    return decided


def _last_year(method: Method, inputs: Inputs) -> dict[str, dict[str, float]]:
    """Last year's known figures by indicator and zone, the method's own derived ones among them, to set beside this year's.

    Of an area that is not the same since, they are those restated in its new boundaries, or none.
    """
    values = inputs.values
    changed = [(unit, year - 1) for unit, year in inputs.broken if year == inputs.year]
    if changed:
        values = values.drop(index=[place for place in changed if place in values.index])
        kept = inputs.restated.index.isin(changed)
        values = pd.concat([values, inputs.restated[kept]]).sort_index()
    for code, formula in method.formulas().items():
        if code not in values.columns:
            values = values.assign(**{code: formula.evaluate(values)})
    units, years = (values.index.get_level_values(level) for level in (0, 1))
    last = values.set_axis(units)[years == inputs.year - 1]
    return {
        str(code): {str(unit): float(number) for unit, number in column.dropna().items()}
        for code, column in last.items()
    }
