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
from parks.provinces import chosen_province, prefix_of, provinces_of
from registers.models import Register
from targets import exports, figures, methods, selectors
from targets.drafting import conditions_of, write_condition
from targets.enums import Measure, Operator, TargetStatus
from targets.loading import codes_used
from targets.models import Judgement, Progress, Target, TargetQuerySet, unit_label
from targets.rules import rule_names, rule_url
from targets.selectors import TargetLine


def _chosen_year(raw: str | None, region: Region | None) -> int | None:
    """The year asked for, or the newest with data of the province; 404 for anything that is no year."""
    if not raw:
        return reporting_year(prefix_of(region.code) if region else "")
    if not re.fullmatch(r"[0-9]{4}", raw):
        raise Http404
    return int(raw)


def _of_province(region: Region | None) -> TargetQuerySet:
    return Target.objects.of_provinces([region] if region else [])


def _in_use(region: Region | None) -> TargetQuerySet:
    return _of_province(region).in_use()


def _line(user: User, code: str, raw: str | None) -> tuple[int | None, TargetLine]:
    """A target of the user's province with the year asked for; 404 for another's."""
    target = get_object_or_404(Target.objects.visible_to(user).select_related("provision__document"), code=code)
    year = _chosen_year(raw, None) if raw else reporting_year(target.prefix)
    return year, selectors.board(year, Target.objects.filter(pk=target.pk))[0]


class TargetList(PermissionRequired, TemplateView):
    """All targets at the end of a year, by target year."""

    permission = Permission.TARGET_VIEW
    template_name = "targets/target_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast("User", self.request.user)
        region = chosen_province(user, self.request.GET.get("province", ""))
        year = _chosen_year(self.request.GET.get("year"), region)
        lines = selectors.board(year, _in_use(region))
        selectors.with_verdicts(lines, year)
        counts = selectors.counts_by_status(lines)
        return super().get_context_data(**kwargs) | {
            "year": year,
            "years": selectors.years_with_progress(),
            "may_set": user.may(Permission.TARGET_SET),
            "may_export": user.may(Permission.EXPORT),
            "groups": _groups(lines),
            "provinces": provinces_of(user),
            "province": region,
            "withdrawn": list(_of_province(region).exclude(withdrawn_at=None)),
            "counts": [
                {"label": LOOKS[status].label, "count": counts[status]} for status in TargetStatus if status in counts
            ],
            "computed_at": next((line.progress.computed_at for line in lines if line.progress), None),
        }


def _groups(lines: list[TargetLine]) -> list[dict[str, Any]]:
    """The targets of each year, those with a number before those without."""
    keys = sorted({(line.target.year or _ALWAYS, line.target.is_qualitative) for line in lines})
    return [
        {
            "key": f"{year}-{'words' if in_words else 'numbers'}",
            "lines": [t for t in lines if (t.target.year or _ALWAYS, t.target.is_qualitative) == (year, in_words)],
            "numeric": not in_words,
            "title": _title(year, in_words=in_words),
        }
        for year, in_words in keys
    ]


_ALWAYS = 9999
"""Sorts what holds at any time after all years."""


def _title(year: int, *, in_words: bool) -> str:
    if year == _ALWAYS:
        return _("长期有效的定性目标") if in_words else _("长期有效的要求")
    return (_("%(year)s 年定性目标（原文没有数字）") if in_words else _("%(year)s 年定量目标")) % {"year": year}


class TargetDetail(PermissionRequired, TemplateView):
    """One target: clause, status, path, projection, cities with quotas, zones nearest, what was reported."""

    permission = Permission.TARGET_VIEW
    template_name = "targets/target_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast("User", self.request.user)
        year, line = _line(user, kwargs["code"], self.request.GET.get("year"))
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
        context |= _measure_words(line)
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
        "goal_note": _("长期有效") if target.is_standing else _("%(year)s 年") % {"year": target.year},
        "value_text": written(float(progress.value)) if progress.value is not None else "—",
        "year_note": " · ".join(filter(None, [_as_of(line), _parts_text(progress)])),
        "gap_text": written(gap) if gap > 0 and line.status != TargetStatus.MET else "",
        "yearly_text": (
            _("还需每年 %(step)s") % {"step": written(gap / (target.year - progress.year), 1)}
            if gap > 0 and target.year and target.year > progress.year and line.status != TargetStatus.MET
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


def _as_of(line: TargetLine) -> str:
    assert line.progress is not None
    if line.target.measure == Measure.RULE:
        return _("%(day)s 检查") % {"day": timezone.localtime(line.progress.computed_at).strftime("%Y-%m-%d")}
    return _("%(year)s 年末") % {"year": line.progress.year}


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
    city = selectors.cities_of(target).filter(code=code).first() if code else None
    found: dict[str, Any] = {
        "cities": cities,
        "sheet": selectors.newest_sheet(target),
        "is_share": selectors.is_share(target),
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
    region = chosen_province(user, request.GET.get("province", ""))
    year = _chosen_year(request.GET.get("year"), region)
    rows = exports.board_rows(selectors.board(year, _in_use(region)), year)
    return _file(request, f"targets-{year}", _("目标"), exports.board_columns(), rows)


@require_safe
@permission_required(Permission.TARGET_VIEW)
def cities_export(request: HttpRequest, code: str) -> HttpResponse:
    """A target's league table of the cities, with the quotas the reader may see."""
    user = cast("User", request.user)
    require(user, Permission.EXPORT)
    year, line = _line(user, code, request.GET.get("year"))
    if line.target.measure in selectors.UNDIVIDED:
        raise Http404
    target, progress = line.target, line.progress
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


def _register(line: TargetLine) -> dict[str, Any] | None:
    """What a register knows of the figure: its name, the number, the entries behind it, and whether it is the value itself."""
    known = line.progress.detail.get("register") if line.progress else None
    if not known:
        return None
    source = Register.objects.get(code=known["code"])
    figure = next((each for each in source.spec.measures if each.code == known["figure"]), None)
    number = known["number"]
    value = line.progress.value if line.progress else None
    return known | {
        "source": source,
        "label": figure.label if figure else known["figure"],
        "text": "—" if number is None else format_number(number, line.digits),
        "differs": number is not None and value is not None and abs(float(value) - number) > HAIR,
    }


HAIR = 0.005
"""Below what is shown: the stored value is rounded to four decimals."""


def _measure_words(line: TargetLine) -> dict[str, Any]:
    """The measure in words: formula with threshold, population, the indicators and registers it reads."""
    target = line.target
    spec = target.spec
    if target.measure == Measure.RULE:
        return {"rule": rule_names().get(spec["rule"], spec["rule"]), "rule_url": rule_url(spec["rule"])}
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
        "register": _register(line),
        "spec_unit": unit_label(spec.get("unit", "")),
        "indicators": Indicator.objects.filter(code__in=codes_used(target.measure, spec)),
    }
