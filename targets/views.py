"""The target board and a target's page (目标)."""

from __future__ import annotations

import re
from typing import Any, cast

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.enums import Permission
from accounts.models import User
from common.access import PermissionRequired
from common.numbers import format_number
from common.statuses import LOOKS
from indicators.models import Indicator
from indicators.selectors import reporting_year
from parks.enums import DesignationLevel, ZoneClass
from targets import selectors
from targets.enums import Measure, TargetStatus
from targets.loading import codes_used
from targets.models import Target, unit_label
from targets.selectors import TargetLine


def _chosen_year(raw: str | None) -> int | None:
    """The year asked for, or the newest with data; 404 for anything that is no year."""
    if not raw:
        return reporting_year()
    if not re.fullmatch(r"[0-9]{4}", raw):
        raise Http404
    return int(raw)


class TargetList(PermissionRequired, TemplateView):
    """All targets at the end of a year, by target year."""

    permission = Permission.TARGET_VIEW
    template_name = "targets/target_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = _chosen_year(self.request.GET.get("year"))
        lines = selectors.board(year)
        counts = selectors.counts_by_status(lines)
        return super().get_context_data(**kwargs) | {
            "year": year,
            "years": selectors.years_with_progress(),
            "groups": [
                group for year in sorted({line.target.year for line in lines}) for group in [_group(year, lines)]
            ],
            "counts": [
                {"label": LOOKS[status].label, "count": counts[status]} for status in TargetStatus if status in counts
            ],
            "computed_at": next((line.progress.computed_at for line in lines if line.progress), None),
        }


def _group(year: int, lines: list[TargetLine]) -> dict[str, Any]:
    chosen = [line for line in lines if line.target.year == year]
    numeric = any(line.target.value is not None for line in chosen)
    title = _("%(year)s 年定量目标") if numeric else _("%(year)s 年定性目标（原文没有数字）")
    return {"year": year, "lines": chosen, "numeric": numeric, "title": title % {"year": year}}


class TargetDetail(PermissionRequired, TemplateView):
    """One target: clause, measure, series, the zones counted, nearest and missing."""

    permission = Permission.TARGET_VIEW
    template_name = "targets/target_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = _chosen_year(self.request.GET.get("year"))
        lines = selectors.board(year, code=kwargs["code"])
        if not lines:
            raise Http404
        line = lines[0]
        context = (
            super().get_context_data(**kwargs) | {"line": line, "target": line.target} | _measure_words(line.target)
        )
        if line.progress:
            context |= _figures(line) | _zones(line, cast("User", self.request.user))
        return context


def _figures(line: TargetLine) -> dict[str, Any]:
    target, progress = line.target, line.progress
    assert progress is not None
    digits, unit = line.digits, target.unit_label
    goal = float(target.value or 0)
    gap = goal - float(progress.value) if progress.value is not None else 0
    return {
        "goal_text": f"{target.get_operator_display()} {format_number(target.value, 0)} {unit}".rstrip(),
        "goal_note": _("%(year)s 年") % {"year": target.year},
        "value_text": f"{format_number(progress.value, digits)} {unit}".rstrip() if progress.value is not None else "—",
        "year_note": _("%(year)s 年末") % {"year": progress.year},
        "gap_text": f"{format_number(gap, digits)} {unit}".rstrip() if gap > 0 else "",
        "parts_text": (
            f"{format_number(progress.numerator, 0)} / {format_number(progress.denominator, 0)}"
            if progress.denominator
            else ""
        ),
        "chart": {
            "kind": "line",
            "x": "year",
            "y": ["value"],
            "columns": [
                {"key": "year", "label": _("年度")},
                {"key": "value", "label": target.label, "unit": unit, "digits": digits},
            ],
            "rows": [{"year": p.year, "value": float(p.value) if p.value is not None else None} for p in line.series],
            "reference": [{"label": _("目标值"), "value": goal}],
            "synthetic": any(p.synthetic for p in line.series),
        },
    }


def _zones(line: TargetLine, user: User) -> dict[str, Any]:
    assert line.progress is not None
    detail = selectors.detail_of(line.progress, user)
    parts = [
        {"title": _("计入"), "marks": detail.counted, "total": detail.totals["counted"]},
        {"title": _("缺数据"), "marks": detail.missing, "total": detail.totals["missing"]},
    ]
    return {"detail": detail, "parts": [part for part in parts if part["total"]]}


def _measure_words(target: Target) -> dict[str, Any]:
    """The measure in words: formula with threshold, population, the indicators it reads."""
    spec = target.spec
    formula = ""
    if spec.get("expression"):
        sign, threshold = (">", spec["above"]) if spec.get("above") is not None else ("≥", spec["at_least"])
        formula = f"{spec['expression']} {sign} {format_number(threshold, 0)}"
    elif target.measure == Measure.RATIO_OF_SUMS:
        formula = f"sum({spec['numerator']}) / sum({spec['denominator']})"
    population = [
        str(choices(spec[name]).label)
        for name, choices in (("level", DesignationLevel), ("zone_class", ZoneClass))
        if spec.get(name)
    ]
    return {
        "formula": formula,
        "population": " · ".join(population),
        "spec_unit": unit_label(spec.get("unit", "")),
        "indicators": Indicator.objects.filter(code__in=codes_used(target.measure, spec)),
    }
