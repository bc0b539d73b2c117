"""What is checked: the rules on figures, for whoever fills in or reviews (审核关系)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.access import permission_required
from common.numbers import format_number
from indicators.checks import rule_codes, rule_equation, rule_parameters
from indicators.enums import RuleKind
from indicators.filters import RuleFilter
from indicators.models import CheckRule, Indicator
from indicators.views.formulas import FormulaReader
from parks.enums import DesignationLevel, ZoneClass

_BOUNDS: Mapping[str, Any] = {
    RuleKind.RANGE: gettext_lazy("在目录的上下限之内"),
    RuleKind.SUM: gettext_lazy("允许误差 %(tolerance)s（与合计项同单位）"),
    RuleKind.YEAR_ON_YEAR: gettext_lazy("应在上年的 %(low)s—%(high)s 倍之间"),
    RuleKind.OUTLIER: gettext_lazy(
        "与同类变动的中位数之差，不超过绝对中位差的 %(threshold)s 倍，或不到 %(least)s 倍；同类至少 %(fewest)s 个园区才判断"
    ),
    RuleKind.UNIT_SLIP: gettext_lazy("不应是上年的整十倍或两个单位之比（允许 %(low)s—%(high)s 倍的实际变动）"),
    RuleKind.CUMULATION: gettext_lazy("不小于本年前期已报的累计数"),
    RuleKind.SOURCE: gettext_lazy("与部门数相差不超过各项的核对容差"),
    RuleKind.REGISTER: gettext_lazy("与园区自己的台账一致"),
    RuleKind.INTAKE: gettext_lazy("表头和类型不得含：%(words)s"),
}


@dataclass(frozen=True)
class RuleRow:
    """A rule as a page shows it: what must hold, for whom, and about which items."""

    rule: CheckRule
    equation: SafeString | str
    condition: SafeString | str
    bounds: str
    held_by: list[str]
    items: list[Indicator]
    named: bool
    """Whether the items stand in the rule itself; otherwise they follow from the catalogue."""


def rule_rows(rules: Iterable[CheckRule], catalogue: Mapping[str, Indicator]) -> list[RuleRow]:
    """The rows of these rules; `catalogue` holds every indicator by code. No query."""
    reader = FormulaReader(catalogue)
    return [
        RuleRow(
            rule=rule,
            equation=reader.read(equation) if (equation := rule_equation(rule)) else "",
            condition=reader.read(rule.condition) if rule.condition else "",
            bounds=_bounds(rule),
            held_by=_held_by(rule),
            items=[catalogue[code] for code in rule_codes(rule, catalogue)],
            named=bool(rule.items),
        )
        for rule in rules
    ]


def _held_by(rule: CheckRule) -> list[str]:
    classes = [str(ZoneClass(name).label) for name in rule.zone_classes]
    return [*classes, *(str(DesignationLevel(name).label) for name in rule.levels)]


def _bounds(rule: CheckRule) -> str:
    """The parameters in words."""
    given = rule_parameters(rule).model_dump()
    if rule.kind == RuleKind.RANGE and (given["low"] is not None or given["high"] is not None):
        return f"{format_number(given['low'])} – {format_number(given['high'])}"
    facts = {name: format_number(value) for name, value in given.items() if isinstance(value, (int, float))}
    facts["words"] = _("、").join(given.get("words", []))
    return str(_BOUNDS.get(rule.kind, "")) % facts


@require_safe
@permission_required()
def rule_list(request: HttpRequest) -> HttpResponseBase:
    """Every rule with filters by kind, severity, class and item."""
    catalogue = Indicator.objects.in_bulk(field_name="code")
    filtered = RuleFilter(request.GET, queryset=CheckRule.objects.all())
    rows = rule_rows(filtered.qs, catalogue)
    context = {"filter": filtered, "rows": rows, "shown": len(rows), "total": CheckRule.objects.count()}
    return render(request, "indicators/rule_list.html", context)
