"""Why a unit came out as it did (结果解释): from the raw value to the points, the cuts and the rules, as plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assessments.engine.peers import Peers
from assessments.engine.rules import Finding, Rule
from assessments.engine.run import Assessment
from assessments.engine.scheme import PlacedLeaf
from assessments.engine.sentences import fill, sentences


@dataclass(frozen=True)
class Turn:
    """A value of one indicator with which the unit's proposal or grade would be another, all else staying put.

    ``relative`` is the change as a share of the reported value (None when that is 0).
    """

    indicator: str
    reported: float
    needed: float
    relative: float | None
    proposal: tuple[str, str]
    grade: tuple[str, str] | None
    score: float


def explain(assessment: Assessment, unit: object) -> dict[str, Any]:
    """All about one unit, ready for JSON (missing numbers are None). Raises :class:`KeyError` for an unknown unit.

    ``indicators``: raw → normalised → weight → points, the peers' medians and the points gained or lost against them.
    ``cuts``: the score at which a rank rule or a grade would change, the others staying put, and the gap to it.
    ``change``: last year's score, its parts and this year's, where :mod:`whatif` has worked them out; ``turns`` and
    ``smallest_change``: the values of single indicators that would turn the proposal or grade.
    ``rules``: what fired; ``unknown_rules``: what could not be told; ``inactive_rules``: what waits for a threshold.
    """
    return Explainer(assessment).explain(str(unit))


class Explainer:
    """Explains units of one assessment; medians are worked out once for all of them."""

    def __init__(self, assessment: Assessment) -> None:
        self.a = assessment
        self.place = {unit: number for number, unit in enumerate(assessment.units)}
        peers = Peers(assessment.places["group"].tolist())
        self.median_score = peers.median(np.asarray(assessment.score, dtype=np.float64))
        self.leaves = assessment.scheme.placed_leaves()
        codes = [placed.leaf.code for placed in self.leaves]
        self.raw = {p.leaf.code: assessment.derived[p.leaf.indicator].to_numpy(dtype=np.float64) for p in self.leaves}
        self.points = {code: assessment.contributions[code].to_numpy(dtype=np.float64) for code in codes}
        self.columns = {
            name: {code: getattr(assessment, name)[code].to_numpy() for code in codes}
            for name in ("imputed", "missing", "normalised", "weights")
        }
        self.nodes = {name: assessment.nodes[name].to_numpy(dtype=np.float64) for name in assessment.nodes}
        self.below = [
            (branch, [p.leaf.code for p in self.leaves if branch is assessment.scheme.tree or branch in p.above])
            for branch in assessment.scheme.branches()
        ]
        self.median_raw = {code: peers.median(self.raw[code]) for code in codes}
        self.median_points = {code: peers.median(self.points[code]) for code in codes}

    def explain(
        self, unit: str, *, change: Mapping[str, float] | None = None, turns: Sequence[Turn] = ()
    ) -> dict[str, Any]:
        """All about one unit; ``change`` and ``turns`` come from :mod:`whatif`."""
        at = self.place[unit]
        a = self.a
        places = a.places.iloc[at]
        result: dict[str, Any] = {
            "unit": unit,
            "period": a.period,
            "scheme": {"code": a.scheme.code, "version": a.scheme.version},
            "engine_version": a.engine_version,
            "group": places["group"],
            "score": _number(a.score.iloc[at]),
            "rank": _whole(places["rank"]),
            "group_size": _whole(places["group_size"]),
            "rank_all": _whole(places["rank_all"]),
            "size_all": _whole(places["size_all"]),
            "peer_median_score": _number(self.median_score[at]),
            "coverage": {
                "weight_share": _number(a.coverage["weight_share"].iloc[at]),
                "reported": int(a.coverage["reported"].iloc[at]),
                "asked": int(a.coverage["asked"].iloc[at]),
            },
            "grade": self._grade(at),
            "proposal": a.proposal.iloc[at],
            "contested": bool(a.contested.iloc[at]),
            "indicators": [self._indicator(placed, at) for placed in self.leaves],
            "dimensions": self._dimensions(at),
            "adjustments": self._adjustments(at),
            "cuts": self._cuts(at),
            "comparable": {"since": _whole(a.comparable_since.iloc[at]), "restated": bool(a.restated.iloc[at])},
            "change": None if change is None else {part: _number(points) for part, points in change.items()},
            "turns": [self._turn(turn) for turn in turns],
            "smallest_change": self._turn(turns[0]) if turns else None,
            **self._rules(at),
        }
        result["sentences_zh"], result["sentences_en"] = sentences(result)
        return result

    def _turn(self, turn: Turn) -> dict[str, Any]:
        named = next((p.leaf for p in self.leaves if p.leaf.indicator == turn.indicator), None)
        names = (turn.indicator, turn.indicator) if named is None else (named.name_zh, named.name_en)
        plain = asdict(turn) | {
            "proposal": list(turn.proposal),
            "grade": None if turn.grade is None else list(turn.grade),
        }
        return plain | {"name_zh": names[0], "name_en": names[1], "score": _number(turn.score)}

    def _grade(self, at: int) -> dict[str, str] | None:
        grading = self.a.scheme.grading
        if grading is None or self.a.grade is None:
            return None
        code = self.a.grade.iloc[at]
        named = next((name for name in grading.names() if name.code == code), None)
        return {"code": code, "name_zh": named.name_zh, "name_en": named.name_en} if named else None

    def _indicator(self, placed: PlacedLeaf, at: int) -> dict[str, Any]:
        leaf, code = placed.leaf, placed.leaf.code
        missing = bool(self.columns["missing"][code][at])
        points, median = self.points[code][at], self.median_points[code][at]
        return {
            "code": code,
            "indicator": leaf.indicator,
            "name_zh": leaf.name_zh,
            "name_en": leaf.name_en,
            "unit": leaf.unit,
            "path": [branch.code for branch in placed.above],
            "direction": leaf.direction,
            "method": leaf.score.method,
            "raw": _number(self.raw[code][at]),
            "missing": missing,
            "missing_policy": self.a.scheme.missing_of(leaf).policy if missing else None,
            "imputed": _number(self.columns["imputed"][code][at]),
            "normalised": _number(self.columns["normalised"][code][at]),
            "weight": _number(self.columns["weights"][code][at]),
            "points": _number(points),
            "peer_median_raw": _number(self.median_raw[code][at]),
            "peer_median_points": _number(median),
            "points_vs_median": _number(points - median),
        }

    def _dimensions(self, at: int) -> list[dict[str, Any]]:
        return [
            {
                "code": branch.code,
                "name_zh": branch.name_zh,
                "name_en": branch.name_en,
                "score": _number(self.nodes[branch.code][at]),
                "points": _number(math.fsum(self.points[code][at] for code in below)),
                "weight": _number(math.fsum(self.columns["weights"][code][at] for code in below)),
            }
            for branch, below in self.below
        ]

    def _adjustments(self, at: int) -> list[dict[str, Any]]:
        return [
            {
                "id": adjustment.id,
                "name_zh": adjustment.name_zh,
                "name_en": adjustment.name_en,
                "points": _number(self.a.contributions[adjustment.id].iloc[at]),
                "clauses": list(adjustment.basis.clauses),
            }
            for adjustment in self.a.scheme.adjustments
        ]

    def _cuts(self, at: int) -> list[dict[str, Any]]:
        score = self.a.score.iloc[at]
        rows = [
            _cut("grade", cut.grade, None, bool(cut.inside[at]), cut.score[at], score)
            for cut in self.a.grade_cuts
            if not np.isnan(cut.score[at])
        ]
        for rule in self.a.scheme.rules:
            finding = self.a.findings[rule.id]
            if finding.cut is not None and finding.inside is not None and not np.isnan(finding.cut[at]):
                rows.append(_cut("rule", rule.id, rule.outcome, bool(finding.inside[at]), finding.cut[at], score))
        return sorted(rows, key=lambda row: (row["score_needed"], row["id"]))

    def _rules(self, at: int) -> dict[str, list[dict[str, Any]]]:
        groups: dict[str, list[dict[str, Any]]] = {"rules": [], "unknown_rules": [], "inactive_rules": []}
        for rule in self.a.scheme.rules:
            finding = self.a.findings[rule.id]
            if not finding.active:
                groups["inactive_rules"].append(_rule_row(rule, finding, at))
            elif finding.fired[at]:
                groups["rules"].append(_rule_row(rule, finding, at))
            elif finding.unknown[at]:
                groups["unknown_rules"].append(_rule_row(rule, finding, at))
        return groups


def _cut(kind: str, name: str, outcome: str | None, inside: bool, at: float, score: float) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": name,
        "outcome": outcome,
        "inside": inside,
        "score_needed": _number(at),
        "gap": _number(at - score),
    }


def _rule_row(rule: Rule, finding: Finding, at: int) -> dict[str, Any]:
    measured, threshold = _number(finding.measured[at]), _number(finding.threshold[at])
    zh, en = rule.default_text()
    return {
        "id": rule.id,
        "kind": rule.kind,
        "outcome": rule.outcome,
        "bars": list(rule.bars),
        "clauses": list(rule.basis.clauses),
        "source": rule.basis.source,
        "certainty": rule.basis.certainty,
        "decided_by": rule.basis.decided_by,
        "text_zh": fill(rule.text_zh or zh, measured, threshold, "未定"),
        "text_en": fill(rule.text_en or en, measured, threshold, "not set"),
        "measured": measured,
        "threshold": threshold,
        "conditions": [
            {"measure": c.measure, "value": _number(c.value[at]), "op": c.op, "limit": _number(c.limit[at])}
            for c in finding.conditions
        ],
    }


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def explain_all(assessment: Assessment) -> dict[str, dict[str, Any]]:
    """:func:`explain` for every unit, sharing what is common."""
    explainer = Explainer(assessment)
    return {unit: explainer.explain(unit) for unit in assessment.units}
