"""Rules of a scheme as sentences, thresholds that nobody has set included (规则用语)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from assessments.engine.rules import (
    Combine,
    Comparing,
    Cooldown,
    Coverage,
    Event,
    FirstTime,
    GradeRule,
    Require,
    Rule,
    Tail,
    Threshold,
    Top,
)
from common.numbers import format_number

Name = Callable[[str], str]
SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}


def rule_words(rule: Rule, name: Name) -> str:
    """What makes the rule fire; `name` gives the words for an indicator, dimension or rule id."""
    match rule:
        case Tail():
            words = _("本年居同类%(places)s") if rule.n == 1 else _("近 %(n)s 年中至少 %(m)s 年居同类%(places)s")
            return words % {"n": rule.n, "m": rule.m, "places": _last(rule)}
        case Top():
            return _("居同类%(places)s") % {"places": _first(rule)}
        case Threshold():
            parts = [condition_words(condition, name) for condition in rule.conditions]
            words = _joined(parts, rule.require)
            return words if rule.n == 1 else _years(rule.m, rule.n) % {"what": words}
        case GradeRule() | FirstTime() | Cooldown() | Event():
            return _fact_words(rule, name)
        case Coverage():
            return _("已报指标的权重不足 %(share)s") % {"share": _share(rule.at_least)}
        case Combine():
            words = _joined([_("“%(rule)s”") % {"rule": name(other)} for other in rule.rules], rule.require)
            if rule.unless:
                barring = _("、").join(_("“%(rule)s”") % {"rule": name(other)} for other in rule.unless)
                words += _("，且未触发%(rules)s") % {"rules": barring}
            return words
    raise AssertionError(rule)


def _fact_words(rule: GradeRule | FirstTime | Cooldown | Event, name: Name) -> str:
    """Rules on grades, decisions and events."""
    match rule:
        case GradeRule():
            words = _("等级 %(sign)s %(level)s") % {"sign": SIGNS[rule.op], "level": name(rule.level)}
            return words if rule.n == 1 else _years(rule.m, rule.n) % {"what": words}
        case FirstTime():
            return _("首次达到现等级")
        case Cooldown():
            years = _("未定") if rule.years is None else rule.years
            words = (
                _("本辖区作出“%(decision)s”决定后 %(years)s 年内")
                if rule.by == "jurisdiction"
                else _("本单位被作出“%(decision)s”决定后 %(years)s 年内")
            )
            return words % {"decision": name(rule.decision), "years": years}
        case Event():
            limit = _("未定") if rule.at_least is None else format_number(rule.at_least)
            return _("发生“%(event)s”不少于 %(limit)s 次") % {"event": name(rule.event), "limit": limit}


def condition_words(condition: Comparing, name: Name) -> str:
    """`亩均税收 ≥ 15`, `亩均税收 ≥ 同类中位数的 1.2 倍`, `亩均税收 ≥ 未定`."""
    measured = name(condition.indicator or condition.node or "")
    if condition.value is None:
        limit = _("未定")
    elif condition.versus is None:
        limit = format_number(condition.value)
    else:
        statistic = _("同类中位数") if condition.versus == "group_median" else _("同类平均值")
        limit = _("%(statistic)s的 %(times)s 倍") % {"statistic": statistic, "times": format_number(condition.value)}
    return f"{measured} {SIGNS[condition.op]} {limit}"


def _joined(parts: list[str], require: Require) -> str:
    if len(parts) == 1:
        return parts[0]
    listed = _("；").join(parts)
    if require == "all":
        return _("同时满足：%(parts)s") % {"parts": listed}
    if require == "any":
        return _("满足任一：%(parts)s") % {"parts": listed}
    return _("至少满足 %(least)s 项：%(parts)s") % {"least": require, "parts": listed}


def _years(m: int, n: int) -> str:
    """`近 3 年中至少 2 年%(what)s`, the rest to be filled in."""
    return _("近 %(n)s 年中至少 %(m)s 年：%(what)s") % {"n": n, "m": m, "what": "%(what)s"}


def _last(rule: Tail) -> str:
    if rule.k is not None:
        return _("后 %(places)s 位") % {"places": rule.k}
    return _("后 %(share)s") % {"share": _share(rule.share)}


def _first(rule: Top) -> str:
    if rule.count is not None:
        return _("前 %(places)s 位") % {"places": rule.count}
    return _("前 %(share)s") % {"share": _share(rule.share)}


def _share(share: float | None) -> str:
    return _("（比例未定）") if share is None else f"{format_number(100 * share)}%"
