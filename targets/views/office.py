"""The office's acts on targets (联席办的目标办理): set, settle, withdraw, judge, report, divide."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from accounts.models import User
from common.access import permission_required
from indicators.forms import parse_number
from indicators.selectors import reporting_year
from parks.models import Region, Zone
from targets import selectors, services
from targets.enums import Measure, Operator
from targets.exceptions import TargetChanged, TargetRefused
from targets.forms import JudgementForm, JudgingForm, TargetForm
from targets.models import DECIDER_ZH, Target
from targets.tasks import trial

_ACT = require_http_methods(["GET", "HEAD", "POST"])


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _target(request: HttpRequest, code: str) -> Target:
    """The target, if it is one of the user's province; else 404."""
    return get_object_or_404(Target.objects.visible_to(_user(request)).select_related("provision__document"), code=code)


def _done(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the act gives; None after writing why it could not be done into the form."""
    try:
        return act()
    except TargetChanged as changed:
        form.add_error(None, str(changed))
    except TargetRefused as refusal:
        for name, text in refusal.faults.items():
            form.add_error(name if name in form.fields else None, text)
    return None


@_ACT
@permission_required(Permission.TARGET_SET)
def target_new(request: HttpRequest) -> HttpResponse:
    """A new target: its kind first, then what that kind asks for; computed on trial before it is saved."""
    measure = request.GET.get("kind", "")
    if measure not in Measure.values:
        return render(request, "targets/target_kind.html", {"kinds": list(Measure)})
    start = {
        "operator": Operator.AT_LEAST, "tolerance_pct": 0, "judged_by": DECIDER_ZH, "path": "linear", "method": "path",
        "factor": 100, "year": 2030,
    }  # fmt: skip
    if request.method != "POST":
        return _form(request, TargetForm(measure, by=_user(request), initial=start), measure, None)
    form = TargetForm(measure, request.POST, by=_user(request))
    if form.is_valid():
        given = form.cleaned_data
        if "trial" in request.POST:
            draft = _done(form, lambda: services.target_draft(given=given, measure=measure))
            return _form(request, form, measure, None, draft)
        made = _done(form, lambda: services.target_create(by=_user(request), given=given, measure=measure))
        if made:
            messages.success(request, _("已设定目标 %(code)s，进展正在计算。") % {"code": made.code})
            return redirect(made)
    return _form(request, form, measure, None, status=422)


@_ACT
@permission_required(Permission.TARGET_SET)
def target_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a target of the office's own."""
    target = _target(request, code)
    if not target.is_offices:
        raise Http404
    initial = TargetForm.initial_of_target(target)
    if request.method != "POST":
        return _form(
            request,
            TargetForm(target.measure, by=_user(request), initial=initial, editing=True),
            target.measure,
            target,
        )
    form = TargetForm(target.measure, request.POST, by=_user(request), editing=True)
    if form.is_valid():
        given, base = form.cleaned_data, int(form.cleaned_data["base_revision"])
        if "trial" in request.POST:
            draft = _done(form, lambda: services.target_draft(given=given, measure=target.measure))
            return _form(request, form, target.measure, target, draft)
        act = partial(services.target_change, by=_user(request), code=code, given=given, base_revision=base)
        if _done(form, act):
            messages.success(request, _("已保存。进展正在按新的口径重新计算。"))
            return redirect(target)
    return _form(request, form, target.measure, target, status=422)


def _form(
    request: HttpRequest,
    form: TargetForm,
    measure: str,
    target: Target | None,
    draft: Target | None = None,
    status: int = 200,
) -> HttpResponse:
    tried = None
    if draft is not None and not draft.is_qualitative:
        tried = {"target": draft, "rows": trial(draft)}
    context = {"form": form, "kind": Measure(measure), "target": target, "tried": tried}
    return render(request, "targets/target_form.html", context, status=422 if form.errors else status)


@_ACT
@permission_required(Permission.TARGET_SET)
def target_settings(request: HttpRequest, code: str) -> HttpResponse:
    """How a target is judged; for those of the pack all that can be changed."""
    target = _target(request, code)
    if target.is_qualitative:
        raise Http404
    form = JudgingForm(request.POST or None, initial=JudgingForm.initial_from(target))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        act = partial(
            services.target_settle, by=_user(request), code=code, given=given, base_revision=given["base_revision"]
        )
        if _done(form, act):
            messages.success(request, _("已保存。进展正在按新的设置重新判定。"))
            return redirect(target)
    status = 422 if request.method == "POST" else 200
    return render(request, "targets/target_settings.html", {"form": form, "target": target}, status=status)


@require_POST
@permission_required(Permission.TARGET_SET)
def target_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    target = _target(request, code)
    return _plain(
        request,
        target,
        lambda base: services.target_withdraw(
            by=_user(request), code=code, reason=request.POST.get("reason", ""), base_revision=base
        ),
        _("已停用。它不再出现在目标表中，历史和已报告的进展保留。"),
    )


@require_POST
@permission_required(Permission.TARGET_SET)
def target_restore(request: HttpRequest, code: str) -> HttpResponse:
    target = _target(request, code)
    act = partial(services.target_restore, by=_user(request), code=code)
    return _plain(request, target, lambda base: act(base_revision=base), _("已恢复使用。"))


def _plain(request: HttpRequest, target: Target, act: Callable[[int], Target], done: str) -> HttpResponse:
    base = request.POST.get("base_revision", "")
    try:
        act(int(base) if base.isdecimal() else 0)
    except (TargetRefused, TargetChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(target)


@_ACT
@permission_required(Permission.TARGET_SET)
def target_judge(request: HttpRequest, code: str) -> HttpResponse:
    """The judgement on a qualitative goal."""
    target = _target(request, code)
    if not target.is_qualitative:
        raise Http404
    initial = {"on": timezone.localdate(), "year": reporting_year() or timezone.localdate().year}
    form = JudgementForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if _done(form, lambda: services.judgement_record(by=_user(request), code=code, **given)):
            messages.success(request, _("已记录。它不能修改；有变化时再评判一次，两次都保留。"))
            return redirect(target)
    status = 422 if request.method == "POST" else 200
    return render(request, "targets/target_judge.html", {"form": form, "target": target}, status=status)


@_ACT
@permission_required(Permission.TARGET_SET)
def target_report(request: HttpRequest) -> HttpResponse:
    """What a report of the year would freeze; POST freezes it."""
    raw = request.POST.get("year") or request.GET.get("year") or str(reporting_year() or timezone.localdate().year)
    if not raw.isascii() or not raw.isdecimal() or len(raw) != 4:
        raise Http404
    year, fault, note = int(raw), "", request.POST.get("note", "")
    if request.method == "POST":
        try:
            report = services.year_report(by=_user(request), year=year, note=note)
        except TargetRefused as refusal:
            fault = str(refusal)
        else:
            written = len(report.first) + len(report.late)
            told = ngettext("已报告 %(n)d 项目标的进展", "已报告 %(n)d 项目标的进展", written) % {"n": written}
            messages.success(
                request, _("%(told)s，其中迟到数据 %(late)d 项。") % {"told": told, "late": len(report.late)}
            )
            return redirect(f"{reverse('target_report')}?year={year}")
    lines = selectors.report_preview(year, _user(request))
    context = {
        "year": year,
        "years": selectors.years_with_progress(),
        "lines": lines,
        "counts": selectors.preview_counts(lines),
        "fault": fault,
        "note": note,
    }
    return render(request, "targets/target_report.html", context, status=422 if fault else 200)


@_ACT
@permission_required(Permission.TARGET_SET)
def target_quotas(request: HttpRequest, code: str) -> HttpResponse:
    """Divide a target among the cities, or (`?city=`) a city's quota among its zones."""
    target = _target(request, code)
    if not target.is_divisible:
        raise Http404
    chosen = request.GET.get("city", "")
    city = get_object_or_404(selectors.cities_of(target), code=chosen) if chosen else None
    sheet = selectors.newest_sheet(target, city)
    typed = {name.removeprefix("part-"): str(text) for name, text in request.POST.items() if name.startswith("part-")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        parts = _parts(typed, faults)
        if not faults:
            base = request.POST.get("base_number", "")
            try:
                services.quotas_set(
                    by=_user(request), code=code, city=city, parts=parts, reason=request.POST.get("reason", ""),
                    base_number=int(base) if base.isdecimal() else 0,
                )  # fmt: skip
            except TargetRefused as refusal:
                faults = refusal.faults
            except TargetChanged as changed:
                faults = {"": str(changed)}
            else:
                messages.success(request, _("已保存分解。以前的分解保留在历史中。"))
                return redirect(request.get_full_path())
    context = _quota_page(target, city, typed if request.method == "POST" else None, faults) | {
        "sheet": sheet,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "targets/target_quotas.html", context, status=422 if faults else 200)


def _parts(typed: dict[str, str], faults: dict[str, str]) -> dict[str, Decimal]:
    parts = {}
    for place, text in typed.items():
        try:
            number = parse_number(text)
        except ValidationError as error:
            faults[place] = " ".join(error.messages)
        else:
            if number is not None:
                parts[place] = number
    return parts


def _quota_page(
    target: Target, city: Region | None, typed: dict[str, str] | None, faults: dict[str, str]
) -> dict[str, Any]:
    whole = selectors.divided_whole(target, city)
    held = selectors.parts_of(target, city)
    shown = typed if typed is not None else {code: f"{value.normalize():f}" for code, value in held.items()}
    lines = {line.code: line for line in selectors.lines_to_divide(target, city)}
    places: list[Region] | list[Zone]
    places = (
        list(selectors.cities_of(target)) if city is None else list(Zone.objects.filter(city=city).order_by("code"))
    )
    rows = [
        {
            "code": place.code,
            "name": place.label if isinstance(place, Region) else place.name,
            "line": lines.get(place.code),
            "text": shown.get(place.code, ""),
            "fault": faults.get(place.code, ""),
        }
        for place in places
    ]
    total = selectors.divided_total(target, city, held) if held else None
    return {
        "target": target,
        "city": city,
        "cities": selectors.cities_of(target),
        "rows": rows,
        "whole": whole,
        "total": total,
        "gap": total - whole if total is not None and whole is not None else None,
        "is_share": selectors.is_share(target),
        "sheets": target.quota_sheets.filter(city=city).select_related("set_by").order_by("-number")[:10],
        "faults": [text for name, text in faults.items() if name in {"", "reason"}],
    }
