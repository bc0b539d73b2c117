"""Rules as people read them: the items a rule is about, and what must hold as an equation (审核关系的展示)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.formula import Formula
from indicators.checks.parameters import KINDS, parameters_of
from indicators.enums import IndicatorKind, IndicatorScope, RuleKind
from indicators.models import CheckRule, Indicator


def rule_parameters(rule: CheckRule) -> Any:
    """Its parameters, of the class that its kind takes."""
    return parameters_of(rule.kind, rule.parameters)


def rule_codes(rule: CheckRule, indicators: Mapping[str, Indicator]) -> list[str]:
    """The codes of the items that a rule is about, in catalogue order; `indicators` are all by code."""
    named = {*rule.items, *rule_parameters(rule).codes}
    if rule.expression:
        named |= set(Formula.parse(rule.expression).names)
    applies = KINDS[rule.kind].applies
    if not named and applies is not None:
        asked = (i for i in indicators.values() if i.kind == IndicatorKind.BASE and i.scope == IndicatorScope.ZONE)
        named = {indicator.code for indicator in asked if applies(indicator)}
    return sorted(named, key=lambda code: indicators[code].position)


def rule_equation(rule: CheckRule) -> str:
    """What must hold, in the formula language; empty for kinds that lay figures beside others."""
    if rule.kind != RuleKind.SUM:
        return rule.expression
    given = rule_parameters(rule)
    return f"{given.total} == {' + '.join(given.parts)}" + "".join(f" - {code}" for code in given.less)
