"""The catalogue of indicators (指标目录)."""

from __future__ import annotations

from itertools import groupby
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from common.access import permission_required
from common.formula import Formula
from indicators import selectors
from indicators.checks import rule_codes
from indicators.enums import Dimension, Frequency, IndicatorKind, IndicatorScope, ReturnStatus
from indicators.filters import IndicatorFilter
from indicators.models import CheckRule, Indicator, Return
from indicators.views.formulas import FormulaReader
from indicators.views.rules import rule_rows
from parks.enums import ZoneClass
from parks.models import Region
from parks.provinces import chosen_province, prefix_of, zones_of


@require_safe
@permission_required()
def indicator_list(request: HttpRequest) -> HttpResponseBase:
    """Every indicator by dimension, with filters."""
    filtered = IndicatorFilter(request.GET, queryset=Indicator.objects.all())
    rows = sorted(filtered.qs, key=lambda row: (Dimension.values.index(row.dimension), row.position))
    groups = [
        (Dimension(key), [(row, _class_labels(row)) for row in part])
        for key, part in groupby(rows, key=lambda row: row.dimension)
    ]
    everything = Indicator.objects.values_list("kind", flat=True).order_by()
    context = {
        "filter": filtered,
        "groups": groups,
        "shown": len(rows),
        "total": len(everything),
        "derived": sum(kind == IndicatorKind.DERIVED for kind in everything),
    }
    return render(request, "indicators/indicator_list.html", context)


@require_safe
@permission_required()
def indicator_detail(request: HttpRequest, code: str) -> HttpResponseBase:
    """One indicator: definition, formula, rules, and the province by year."""
    indicator = get_object_or_404(Indicator, code=code)
    catalogue = Indicator.objects.in_bulk(field_name="code")
    reader = FormulaReader(catalogue)
    context = {
        "indicator": indicator,
        "classes": _class_labels(indicator),
        "formula": reader.read(indicator.formula) if indicator.formula else "",
        "used_by": [row for row in catalogue.values() if row.formula and code in Formula.parse(row.formula).names],
        "rules": rule_rows(
            [rule for rule in CheckRule.objects.all() if code in rule_codes(rule, catalogue)], catalogue
        ),
        **_chart(indicator, chosen_province(cast("User", request.user))),
    }
    return render(request, "indicators/indicator_detail.html", context)


def _class_labels(indicator: Indicator) -> list[str]:
    return [str(ZoneClass(name).label) for name in indicator.zone_classes]


def _chart(indicator: Indicator, region: Region | None) -> dict[str, Any]:
    """The reader's province by year: sums of stored figures, ratios of sums for derived ones; for the years with accepted returns."""
    if indicator.scope == IndicatorScope.PROVINCE:
        own = sorted(zones_of(prefix_of(region.code) if region else "")) if indicator.formula else []
        line = selectors.province_series([indicator.code], own, region.code if region else "").get(indicator.code)
        rows = [{"year": year, "number": number} for year, number in line.points] if line else []
        return _chart_context(indicator, rows, synthetic=bool(line and line.synthetic))
    parts = Formula.parse(indicator.formula).names if indicator.formula else ()
    yearly = Return.objects.accepted().filter(round__frequency=Frequency.YEAR)
    asked = yearly.order_by().values_list("round__year", flat=True).distinct()
    own_zones = sorted(zones_of(prefix_of(region.code))) if region else None
    figures = selectors.matrix(zone_codes=own_zones, codes=[*parts, indicator.code], years=asked)
    with_figure = figures[figures[indicator.code].notna()]
    zones = with_figure.groupby(level="year").size()
    province = selectors.rollup(figures, dict.fromkeys(figures.index.get_level_values("zone"), "province"))
    sums = province[indicator.code].dropna().droplevel("group")
    years = sums.index.tolist()
    rows = [{"year": year, "number": float(sums[year]), "zones": int(zones[year])} for year in years]
    return {**_chart_context(indicator, rows, synthetic=figures.attrs["synthetic"]), "incomplete": _incomplete(years)}


def _incomplete(years: list[int]) -> str:
    """The years among these of which not every return is accepted yet, in words."""
    yearly = Return.objects.filter(round__frequency=Frequency.YEAR, round__year__in=years)
    waiting = yearly.exclude(status=ReturnStatus.ACCEPTED)
    found = waiting.order_by("round__year").values_list("round__year", flat=True).distinct()
    return ", ".join(str(year) for year in found)


def _chart_context(indicator: Indicator, rows: list[dict[str, Any]], *, synthetic: bool) -> dict[str, Any]:
    if not rows:
        return {"chart": None}
    columns: list[dict[str, Any]] = [
        {"key": "year", "label": _("年份")},
        {"key": "number", "label": indicator.label, "unit": indicator.unit_label, "digits": indicator.decimals},
    ]
    if "zones" in rows[0]:
        columns.append({"key": "zones", "label": _("有数园区"), "digits": 0})
    is_sum = indicator.kind == IndicatorKind.BASE and indicator.scope == IndicatorScope.ZONE
    chart = {"kind": "bar" if is_sum else "line", "x": "year", "y": ["number"], "columns": columns, "rows": rows}
    entered = _("录入的全省数据和各园区合计") if indicator.formula else _("联席会议办公室录入")
    return {
        "chart": {**chart, "synthetic": synthetic, "options": {"yAxis": {"nameTextStyle": {"align": "left"}}}},
        "chart_title": _("各园区合计") if is_sum else _("全省"),
        "chart_source": _("已确认的报表和公开资料") if indicator.scope == IndicatorScope.ZONE else entered,
    }
