"""Why an enterprise is in its class, in words (定类解释): by place, by a rule, left out, or for want of a figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.engine import Scheme as Method
from assessments.engine.basis import Basis
from assessments.engine.grading import Gate, Quota, QuotaClass
from assessments.engine.sentences import fill
from assessments.models import EvaluationResult
from assessments.rule_words import condition_words
from assessments.selectors.methods import spoken
from assessments.words import SETTING_UNITS, basis_words, method_words, word
from common.numbers import format_number
from registers.definition import Definition

_CODE = re.compile(r"(?<=Σ)[a-z][a-z0-9_]*|[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
"""Codes in the words for a way of scoring (summed, or of several parts), to be replaced by names."""


@dataclass(frozen=True)
class IndicatorRow:
    """One item: the value as computed from the register, the middle of the zone, points and the part of the score."""

    name: str
    unit: str
    value: float | None
    median: float | None
    points: float | None
    weight: float | None
    part: float | None
    words: str


@dataclass(frozen=True)
class Explained:
    """Sentences first; `basis` is what the decisive sentence rests on, with its provisions."""

    sentences: list[str]
    basis: str
    clauses: list[str]
    source: str
    indicators: list[IndicatorRow] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The sentences one after another, as the reader's language sets them."""
        return (" " if (get_language() or "").startswith("en") else "").join(self.sentences)


def grade_name(summary: dict[str, Any], code: str) -> str:
    """`A 优先发展类`, `A, first in line`; the code where the method has no such class."""
    named = next((each for each in summary.get("classes", []) if each["code"] == code), None)
    if named is None:
        return code
    name = spoken(named)
    return name if name.startswith(code) else f"{code} {name}"


def reason_words(reason: str, method: Method) -> str:
    """The name of a case or rule in a list; empty where the place decided."""
    if not reason:
        return ""
    if reason == EvaluationResult.MISSING:
        return _("数据不全")
    for case in method.exemptions():
        if case.id == reason:
            return spoken(case)
    for rule in method.rules:
        if rule.id == reason:
            return _("直接列入")
    return reason


def explained(result: EvaluationResult, method: Method, spec: Definition) -> Explained:
    """All about one enterprise's class; of the stored result, the summary and the method, nothing computed anew."""
    summary = result.evaluation.summary
    rows = _indicators(result, method, spec)
    case = next((each for each in method.exemptions() if each.id == result.reason), None)
    rule = next((each for each in method.rules if each.id == result.reason), None)
    assert method.grading is not None  # without classes there are no results
    if case is not None:
        conditions = _("；").join(
            condition_words(each, lambda code: field_name(code, method, spec)) for each in case.conditions
        )
        told = _("不参评：%(case)s（%(conditions)s）。不排序、不定类，也不计入本园区的均值和名额。")
        return _with_basis([told % {"case": spoken(case), "conditions": conditions}], case.basis, method, rows)
    if result.reason == EvaluationResult.MISSING:
        lacking = [row.name for row in rows if row.value is None]
        told = _("数据不全，没有得分，未定类。缺：%(what)s。在台账补齐后可重新评价。")
        return _with_basis(
            [told % {"what": _("、").join(lacking) or _("计分所需的数值")}], method.grading.basis, method, rows
        )
    sentences = _place(result, summary)
    if rule is not None:
        zh, en = rule.default_text()
        said = spoken({"text_zh": rule.text_zh or zh, "text_en": rule.text_en or en}, "text")
        measured, limit = _measured(rule, result)
        sentences.append(fill(said, measured, limit, _("未定")) + pgettext("end of a sentence", "。"))
        sentences.append(_("此类不按位次，同园区其他企业的类别不因此变动。"))
        return _with_basis(sentences, rule.basis, method, rows)
    sentences += _by_place(result, method, summary)
    return _with_basis(sentences, method.grading.basis, method, rows)


def field_name(code: str, method: Method, spec: Definition) -> str:
    """The words for a code that a condition reads: a field of the register, one of its choices, a derived figure."""
    known = spec.field(code)
    if known is not None:
        return known.label
    owner, _mark, choice = code.partition("__")
    if choice and (asked := spec.field(owner)) is not None:
        return f"{asked.label}“{asked.choice_label(choice)}”"
    derived = {
        "years_in_production": _("投产年数"),
        "years_above_scale": _("升规年数"),
        "hundredth_revenue": _("主营业务收入的百分之一"),
    }
    return derived.get(code) or next(
        (spoken(placed.leaf) for placed in method.placed_leaves() if placed.leaf.indicator == code), code
    )


def _with_basis(sentences: list[str], basis: Basis, method: Method, rows: list[IndicatorRow]) -> Explained:
    clauses = list(dict.fromkeys([*basis.clauses, *method.clauses]))
    return Explained(sentences, basis_words(basis), clauses, basis.source, rows)


def _place(result: EvaluationResult, summary: dict[str, Any]) -> list[str]:
    if result.score is None or result.rank is None:
        return []
    zone = summary["zones"].get(result.zone.code, {})
    told = _("得分 %(score)s，在本园区参评的 %(scored)s 家中居第 %(rank)s 位。")
    facts = {"score": format_number(result.score, 2), "scored": zone.get("scored", 0), "rank": result.rank}
    return [told % facts]


def _by_place(result: EvaluationResult, method: Method, summary: dict[str, Any]) -> list[str]:
    """What the classes take, and how far the next better one is."""
    grading, zone = method.grading, summary["zones"].get(result.zone.code, {})
    told: list[str] = []
    if isinstance(grading, Quota):
        parts = [_quota(each, zone.get("scored", 0)) for each in grading.classes]
        told.append(_("本园区各类：%(classes)s。") % {"classes": _("、").join(parts)})
    elif isinstance(grading, Gate):
        facts = {
            "share": format_number(100 * grading.share),
            "upper": f"{grading.upper.code} {format_number(100 * grading.upper.share)}%",
            "lower": f"{grading.lower.code} {format_number(100 * grading.lower.share)}%",
            "upper_by": _("、").join(_leaf(code, method) for code in grading.upper.by),
            "lower_by": _("、").join(_leaf(code, method) for code in grading.lower.by),
        }
        told.append(
            _(
                "先按综合得分分出前 %(share)s%%；其中按%(upper_by)s排序取 %(upper)s，其余按%(lower_by)s从末位取 %(lower)s。"
            )
            % facts
        )
    told.append(_("因此定为 %(grade)s。") % {"grade": grade_name(summary, result.grade)})
    told += _next_class(result, summary, zone)
    return told


def _next_class(result: EvaluationResult, summary: dict[str, Any], zone: dict[str, Any]) -> list[str]:
    codes = [each["code"] for each in summary["classes"]]
    at = codes.index(result.grade) if result.grade in codes else 0
    better = next((code for code in reversed(codes[:at]) if code in zone.get("lowest", {})), None)
    if better is None or result.score is None:
        return []
    gap = zone["lowest"][better] - result.score
    if gap < 0:
        return []
    told = _("本园区 %(grade)s 的最低得分为 %(lowest)s，差 %(gap)s 分。")
    lowest = format_number(zone["lowest"][better], 2)
    return [told % {"grade": grade_name(summary, better), "lowest": lowest, "gap": format_number(gap, 2)}]


def _quota(each: QuotaClass, scored: int) -> str:
    if each.takes_rest:
        return _("%(code)s 其余") % {"code": each.code}
    if each.count is not None:
        return _("%(code)s %(count)s 家") % {"code": each.code, "count": each.count}
    rounding = {"floor": _("去尾"), "ceil": _("进一"), "round": _("四舍五入")}[each.rounding]
    facts = {"code": each.code, "share": format_number(100 * (each.share or 0)), "all": scored, "rounding": rounding}
    return _("%(code)s 为 %(all)s 家的 %(share)s%%（%(rounding)s）") % facts


def _leaf(code: str, method: Method) -> str:
    return next((spoken(placed.leaf) for placed in method.placed_leaves() if placed.leaf.code == code), code)


def _measured(rule: Any, result: EvaluationResult) -> tuple[float | None, float | None]:
    """What was measured and the limit of a rule with one condition, from the frozen inputs."""
    conditions: list[Any] = list(getattr(rule, "conditions", ()))
    if len(conditions) != 1:
        return None, None
    return result.figures.get("rules", {}).get(rule.id), conditions[0].value


def _indicators(result: EvaluationResult, method: Method, spec: Definition) -> list[IndicatorRow]:
    summary, figures = result.evaluation.summary, result.figures
    medians = summary["medians"].get(result.zone.code, [])
    rows = []
    for at, (leaf, placed) in enumerate(zip(summary["leaves"], method.placed_leaves(), strict=True)):
        rows.append(
            IndicatorRow(
                name=spoken(leaf) or leaf["indicator"],
                unit=word(SETTING_UNITS, leaf["unit"]),
                value=figures["values"][at],
                median=medians[at] if at < len(medians) else None,
                points=figures["points"][at],
                weight=leaf["weight"],
                part=figures["parts"][at],
                words=_CODE.sub(lambda found: field_name(found.group(), method, spec), method_words(placed.leaf.score)),
            )
        )
    return rows
