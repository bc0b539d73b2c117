"""Why a unit came out as it did (结果解释): from the raw value to the points, the cuts and the rules, as plain data."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from assessments.engine.peers import Peers
from assessments.engine.rules import Combine, Coverage, Event, Finding, Rule, Tail, Threshold, Top
from assessments.engine.run import Assessment
from assessments.engine.scheme import PlacedLeaf

PROPOSALS = {
    "promote": ("建议晋升", "promote"),
    "keep": ("保持", "keep"),
    "watch": ("重点关注", "watch"),
    "demote": ("建议降级", "demote"),
    "exit": ("建议退出", "exit"),
    "undecided": ("待定", "undecided"),
}


def explain(assessment: Assessment, unit: object) -> dict[str, Any]:
    """All about one unit, ready for JSON (missing numbers are None). Raises :class:`KeyError` for an unknown unit.

    ``indicators``: raw → normalised → weight → points, the peers' medians and the points gained or lost against them.
    ``cuts``: the score at which a rank rule or a grade would change, the others staying put, and the gap to it.
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

    def explain(self, unit: str) -> dict[str, Any]:
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
            **self._rules(at),
        }
        result["sentences_zh"], result["sentences_en"] = _sentences(result)
        return result

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
    zh, en = _default_text(rule)
    return {
        "id": rule.id,
        "kind": rule.kind,
        "outcome": rule.outcome,
        "bars": list(rule.bars),
        "clauses": list(rule.basis.clauses),
        "source": rule.basis.source,
        "certainty": rule.basis.certainty,
        "decided_by": rule.basis.decided_by,
        "text_zh": _fill(rule.text_zh or zh, measured, threshold, "未定"),
        "text_en": _fill(rule.text_en or en, measured, threshold, "not set"),
        "measured": measured,
        "threshold": threshold,
        "conditions": [
            {"measure": c.measure, "value": _number(c.value[at]), "op": c.op, "limit": _number(c.limit[at])}
            for c in finding.conditions
        ],
    }


def _default_text(rule: Rule) -> tuple[str, str]:
    match rule:
        case Tail():
            last = f"后 {rule.k} 位" if rule.k else f"后 {_percent(rule.share)}"
            last_en = f"last {rule.k}" if rule.k else f"last {_percent(rule.share)}"
            return (
                f"近 {rule.n} 年有 {{measured}} 年居同类{last}（触发线：{{threshold}} 年）",
                f"among the {last_en} in {{measured}} of the last {rule.n} years (limit {{threshold}})",
            )
        case Top():
            return "居第 {measured} 位，在前 {threshold} 位之内", "place {measured}, within the first {threshold}"
        case Threshold():
            return "测得 {measured}，界限 {threshold}", "measured {measured}, limit {threshold}"
        case Event():
            return f"发生“{rule.event}”{{measured}} 次（界限 {{threshold}}）", f"“{rule.event}” {{measured}} times"
        case Coverage():
            return "数据完整度 {measured}，低于 {threshold}", "coverage {measured}, below {threshold}"
        case Combine():
            return "{measured} 项条件成立（需 {threshold} 项）", "{measured} of the rules hold ({threshold} needed)"


def _percent(share: float | None) -> str:
    return "?" if share is None else f"{100 * share:g}%"


def _fill(text: str, measured: float | None, threshold: float | None, unset: str) -> str:
    words = {"measured": measured, "threshold": threshold}
    return re.sub(r"\{(measured|threshold)\}", lambda found: _say(words[found[1]], unset), text)


def _say(number: float | None, unset: str = "–") -> str:
    if number is None:
        return unset
    return f"{number:,.0f}" if number == round(number) else f"{number:,.4g}"


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _sentences(found: dict[str, Any]) -> tuple[list[str], list[str]]:
    """A few short sentences in Chinese and English."""
    zh: list[str] = []
    en: list[str] = []
    label_zh, label_en = PROPOSALS[found["proposal"]]
    if found["score"] is None:
        zh.append("因缺报，无法计算得分。")
        en.append("Something needed is not reported, so there is no score.")
    else:
        zh.append(f"得分 {found['score']:.2f}，在 {found['group_size']} 家同类中居第 {found['rank']} 位。")
        en.append(f"Score {found['score']:.2f}, place {found['rank']} of {found['group_size']} peers.")
        _say_differences(found, zh, en)
        _say_cuts(found, zh, en)
    coverage = found["coverage"]
    if coverage["reported"] < coverage["asked"]:
        gap = coverage["asked"] - coverage["reported"]
        share = f"{100 * (coverage['weight_share'] or 0):.0f}%"
        zh.append(f"{coverage['asked']} 项指标中有 {gap} 项缺报，已报项占权重 {share}。")
        en.append(
            f"{gap} of {coverage['asked']} indicators are not reported; those reported carry {share} of the weight."
        )
    for rule in (row for row in found["rules"] if row["outcome"] or row["bars"]):
        zh.append(f"规则：{rule['text_zh']}。")
        en.append(f"Rule: {rule['text_en']}.")
    if found["contested"]:
        zh.append("缺报项可能改变结论，补报核实后再定。")
        en.append("What is not reported could change the outcome; decide when it is known.")
    zh.append(f"建议：{label_zh}。")
    en.append(f"Proposal: {label_en}.")
    return zh, en


def _say_differences(found: dict[str, Any], zh: list[str], en: list[str]) -> None:
    rows = [row for row in found["indicators"] if row["points_vs_median"]]
    rows.sort(key=lambda row: row["points_vs_median"])
    best = [row for row in reversed(rows) if row["points_vs_median"] > 0][:2]
    worst = [row for row in rows if row["points_vs_median"] < 0][:2]
    words = (("比同类中位多得分", "Above the peers' median"), ("比同类中位少得分", "Below the peers' median"))
    for part, (word_zh, word_en) in zip((best, worst), words, strict=True):
        if part:
            items = [(row["name_zh"], row["name_en"], f"{row['points_vs_median']:+.2f}") for row in part]
            zh.append(f"{word_zh}：" + "、".join(f"{name} {gain}" for name, _, gain in items) + "。")
            en.append(f"{word_en}: " + ", ".join(f"{name} {gain}" for _, name, gain in items) + ".")


def _say_cuts(found: dict[str, Any], zh: list[str], en: list[str]) -> None:
    for cut in found["cuts"]:
        name_zh, name_en = PROPOSALS.get(cut["outcome"] or "", (cut["id"], cut["id"]))
        gap = cut["gap"]
        if cut["kind"] == "grade":
            name_zh, name_en = f"等级 {cut['id']}", f"grade {cut['id']}"
        if cut["outcome"] is None and cut["kind"] == "rule":
            continue
        state_zh, state_en = ("在线内", "inside") if cut["inside"] else ("在线外", "outside")
        zh.append(f"“{name_zh}”线 {cut['score_needed']:.2f} 分，现{state_zh}，相差 {abs(gap):.2f} 分。")
        en.append(f"The line for “{name_en}” is {cut['score_needed']:.2f}; now {state_en}, {abs(gap):.2f} away.")


def explain_all(assessment: Assessment) -> dict[str, dict[str, Any]]:
    """:func:`explain` for every unit, sharing what is common."""
    explainer = Explainer(assessment)
    return {unit: explainer.explain(unit) for unit in assessment.units}
