"""The target board and a target's page (目标)."""

from __future__ import annotations

import re
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from accounts.enums import Permission
from accounts.models import User
from common.access import PermissionRequired, permission_required, require
from common.attachments import file_response
from common.numbers import format_number
from common.statuses import LOOKS
from indicators.models import Indicator
from indicators.selectors import reporting_year
from parks.enums import DesignationLevel, ZoneClass
from parks.models import Region
from targets import exports, figures, methods, selectors
from targets.drafting import conditions_of, write_condition
from targets.enums import Operator, TargetStatus
from targets.loading import codes_used
from targets.models import Judgement, Progress, Target, unit_label
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
        user = cast("User", self.request.user)
        lines = selectors.board(year)
        selectors.with_verdicts(lines, year)
        counts = selectors.counts_by_status(lines)
        return super().get_context_data(**kwargs) | {
            "year": year,
            "years": selectors.years_with_progress(),
            "may_set": user.may(Permission.TARGET_SET),
            "may_export": user.may(Permission.EXPORT),
            "groups": _groups(lines),
            "withdrawn": list(Target.objects.exclude(withdrawn_at=None)),
            "counts": [
                {"label": LOOKS[status].label, "count": counts[status]} for status in TargetStatus if status in counts
            ],
            "computed_at": next((line.progress.computed_at for line in lines if line.progress), None),
        }


def _groups(lines: list[TargetLine]) -> list[dict[str, Any]]:
    """The targets of each year, those with a number before those without."""
    keys = sorted({(line.target.year, line.target.is_qualitative) for line in lines})
    return [
        {
            "key": f"{year}-{'words' if in_words else 'numbers'}",
            "lines": [t for t in lines if (t.target.year, t.target.is_qualitative) == (year, in_words)],
            "numeric": not in_words,
            "title": (_("%(year)s 年定性目标（原文没有数字）") if in_words else _("%(year)s 年定量目标"))
            % {"year": year},
        }
        for year, in_words in keys
    ]


class TargetDetail(PermissionRequired, TemplateView):
    """One target: clause, status, path, projection, cities with quotas, zones nearest, what was reported."""

    permission = Permission.TARGET_VIEW
    template_name = "targets/target_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = _chosen_year(self.request.GET.get("year"))
        lines = selectors.board(year, code=kwargs["code"])
        if not lines:
            raise Http404
        line, user = lines[0], cast("User", self.request.user)
        context = super().get_context_data(**kwargs) | {
            "line": line,
            "target": line.target,
            "year": year,
            "years": selectors.years_with_progress(),
            "may_set": user.may(Permission.TARGET_SET),
            "may_export": user.may(Permission.EXPORT),
            "history": _history(line.target),
        }
        if line.target.is_qualitative:
            judgements = list(line.target.judgements.select_related("judged_by"))
            return context | {"judgements": judgements, "proxies": figures.proxies(line.target, year)}
        context |= _measure_words(line.target)
        if line.progress:
            context |= _figures(line) | _zones(line, user) | _divided(line, user, self.request.GET.get("city"))
        return context | {"reported": selectors.reported_series(line.target)}


def _history(target: Target) -> list[dict[str, Any]]:
    """The settings that were changed since the first, the newest first."""
    rows = target.history.filter(pgh_label="update", revision__gt=1)  # type: ignore[attr-defined]
    # The first event of a revision is the change itself; later ones come from loading the pack again.
    first = {event.revision: event for event in rows.select_related("changed_by").order_by("-pgh_id")}
    return [
        {
            "at": timezone.localtime(event.pgh_created_at).strftime("%Y-%m-%d %H:%M"),
            "title": event.change_note or _("恢复使用"),
            "by": event.changed_by,
            "icon": "pencil",
        }
        for _revision, event in sorted(first.items(), reverse=True)
    ]


def _figures(line: TargetLine) -> dict[str, Any]:
    target, progress = line.target, line.progress
    assert progress is not None
    digits, unit = line.digits, target.unit_label
    goal = float(target.value or 0)
    gap = goal - float(progress.value) if progress.value is not None else 0
    if target.operator == Operator.AT_MOST:
        gap = -gap
    at = figures.standing(target, [p for p in line.series if p.year <= progress.year])
    expected = at.way.expected([progress.year])[0]
    projection = None if at.is_over else at.projection

    def written(number: float | None, decimals: int = digits) -> str:
        return "" if number is None else f"{format_number(number, decimals)} {unit}".rstrip()

    return {
        "goal_text": f"{target.get_operator_display()} {format_number(target.value, 0)} {unit}".rstrip(),
        "goal_note": _("%(year)s 年") % {"year": target.year},
        "value_text": written(float(progress.value)) if progress.value is not None else "—",
        "year_note": " · ".join(filter(None, [_("%(year)s 年末") % {"year": progress.year}, _parts_text(progress)])),
        "gap_text": written(gap) if gap > 0 and line.status != TargetStatus.MET else "",
        "yearly_text": (
            _("还需每年 %(step)s") % {"step": written(gap / (target.year - progress.year), 1)}
            if gap > 0 and target.year > progress.year and line.status != TargetStatus.MET
            else ""
        ),
        "expected_text": written(expected, max(digits, 1)) if expected is not None and not at.is_over else "",
        "projection": projection,
        "projection_text": written(projection.value, max(digits, 1)) if projection else "",
        "projection_note": (
            _("%(level)d%% 区间 %(low)s – %(high)s")
            % {"level": 100 * methods.LEVEL, "low": written(projection.low, 1), "high": written(projection.high, 1)}
            if projection
            else ""
        ),
        "fewest": methods.FEWEST,
        "at": at,
        "judged": figures.judged(target, at) if not at.is_over and line.status in JUDGED else [],
        "current_status": at.verdicts.current_status,
        "path_words": figures.path_words(target, at, digits),
        "chart": figures.series_chart(target, [p for p in line.series if p.year <= progress.year], at, digits),
    }


def _parts_text(progress: Progress) -> str:
    """Numerator and denominator, where there are both."""
    if not progress.denominator:
        return ""
    return f"{format_number(progress.numerator, 0)} / {format_number(progress.denominator, 0)}"


JUDGED = {TargetStatus.ON_TRACK, TargetStatus.AT_RISK, TargetStatus.OFF_TRACK, TargetStatus.TOO_LITTLE}
"""Statuses that a method gave."""


def _divided(line: TargetLine, user: User, code: str | None) -> dict[str, Any]:
    """The league table of the cities, and the zones of one that was chosen."""
    target, progress = line.target, line.progress
    if target.measure in selectors.UNDIVIDED:
        return {"sheet": selectors.newest_sheet(target), "cities": selectors.city_lines(target, None, user)}
    cities = selectors.city_lines(target, progress, user)
    city = Region.objects.cities().filter(code=code).first() if code else None
    found: dict[str, Any] = {
        "cities": cities,
        "sheet": selectors.newest_sheet(target),
        "is_share": figures.is_share(target),
        "noisy": sum(line.noisy for line in cities),
        "has_quotas": any(line.quota is not None for line in cities),
    }
    if city is not None:
        found |= {"city": city, "city_zones": selectors.zone_lines(target, progress, city, user)}
    return found


@require_safe
@permission_required(Permission.TARGET_VIEW)
def target_export(request: HttpRequest) -> HttpResponse:
    """The board of a year: `format=xlsx` (the default) or `csv`."""
    user = cast("User", request.user)
    require(user, Permission.EXPORT)
    year = _chosen_year(request.GET.get("year"))
    rows = exports.board_rows(selectors.board(year), year)
    return _file(request, f"targets-{year}", _("目标"), exports.board_columns(), rows)


@require_safe
@permission_required(Permission.TARGET_VIEW)
def cities_export(request: HttpRequest, code: str) -> HttpResponse:
    """A target's league table of the cities, with the quotas the reader may see."""
    user = cast("User", request.user)
    require(user, Permission.EXPORT)
    year = _chosen_year(request.GET.get("year"))
    lines = selectors.board(year, code=code)
    if not lines or lines[0].target.measure in selectors.UNDIVIDED:
        raise Http404
    target, progress = lines[0].target, lines[0].progress
    rows = exports.city_rows(
        selectors.city_lines(target, progress, user), synthetic=bool(progress and progress.synthetic)
    )
    return _file(
        request, f"{target.code}-{year}-cities", f"{target.code} {target.label}", exports.city_columns(target), rows
    )


def _file(request: HttpRequest, name: str, title: str, columns: list[str], rows: list[list[Any]]) -> HttpResponse:
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    body = exports.as_csv(columns, rows) if kind == "csv" else exports.as_xlsx(title, columns, rows)
    return HttpResponse(
        body,
        content_type=exports.TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'},
    )


@require_safe
@permission_required(Permission.TARGET_VIEW)
def judgement_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The document behind a judgement, to be saved."""
    judgement = get_object_or_404(Judgement.objects.exclude(file=""), pk=pk)
    return file_response(judgement.file, judgement.file_name, judgement.content_type)


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
    tests = conditions_of(target.measure, spec)
    formulas = [write_condition(test) for test in tests]
    if spec.get("expression") and not tests:
        formulas = [f"sum({spec['expression']})"]
    elif spec.get("numerator"):
        formulas = [f"sum({spec['numerator']})" + (f" / sum({spec['denominator']})" if spec.get("denominator") else "")]
    population = [
        str(choices(spec[name]).label)
        for name, choices in (("level", DesignationLevel), ("zone_class", ZoneClass))
        if spec.get(name)
    ]
    return {
        "formulas": formulas,
        "since": spec.get("since"),
        "population": " · ".join(population),
        "spec_unit": unit_label(spec.get("unit", "")),
        "indicators": Indicator.objects.filter(code__in=codes_used(target.measure, spec)),
    }
