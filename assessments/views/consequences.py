"""Pages on what follows a verdict (结果运用页面): measures, changes of designations, open settings, a zone's standing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from assessments import services
from assessments.enums import MeasureStatus, MeasureStep, StatusKind
from assessments.exceptions import ProceedingRefused
from assessments.filters_consequences import DesignationChangeFilter, MeasureFilter
from assessments.forms_consequences import (
    ChangeDropForm,
    ChangeRecordForm,
    MeasureEndForm,
    MeasureEscalateForm,
    SettingForm,
)
from assessments.ladder import LADDER, number_of, path_named
from assessments.models import DesignationChange, Measure
from assessments.selectors import consequences as reads
from assessments.selectors import spoken
from assessments.words import decider_words
from common.access import permission_required, require
from indicators.views.common import UserRequest
from parks.models import Zone

PAGE_SIZE = 50


def consequence_tabs(request: UserRequest, here: str) -> list[dict[str, Any]]:
    """The tabs of the pages on consequences; `here` is the name of the open one."""
    waiting = reads.waiting_for(request.user, timezone.localdate())
    tabs: list[dict[str, Any]] = [
        {"label": _("处置措施"), "href": reverse("measure_list"), "count": waiting.open, "name": "measures"},
        {"label": _("称号变动"), "href": reverse("designation_changes"), "count": waiting.changes, "name": "changes"},
        {"label": pgettext("bulletin", "通报"), "href": reverse("bulletin_list"), "count": None, "name": "bulletins"},
    ]
    if request.user.may(Permission.MEASURE_ACT):
        label, href = _("考核决定之外"), reverse("measure_order_list")
        tabs.append({"label": label, "href": href, "count": waiting.orders, "name": "orders"})
    if request.user.may(Permission.SCHEME_VIEW):
        label, href = _("未定事项的设定"), reverse("consequence_settings")
        tabs.append({"label": label, "href": href, "count": None, "name": "settings"})
    return [tab | {"active": tab["name"] == here} for tab in tabs]


# ---- measures -------------------------------------------------------------------------------------------------


@require_safe
@permission_required(Permission.RUN_VIEW)
def measure_list(request: UserRequest) -> HttpResponseBase:
    """Measures in the reader's territory, open ones unless asked otherwise, the nearest deadline first."""
    asked = request.GET or {"status": MeasureStatus.OPEN}
    filtered = MeasureFilter(asked, queryset=_measures(request).order_by("due_on", "-opened_on", "pk"))
    page = Paginator(filtered.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": filtered,
        "page_obj": page,
        "tabs": consequence_tabs(request, "measures"),
        "waiting": reads.waiting_for(request.user, timezone.localdate()),
        "may_order": request.user.may(Permission.MEASURE_ACT),
    }
    return render(request, "assessments/measure_list.html", context)


def _measures(request: UserRequest) -> QuerySet[Measure]:
    related = (
        "zone__city",
        "zone__administration",
        "decision__proceeding",
        "decision__result__zone",
        "order__settled_by",
        "opened_by",
        "closed_by",
    )
    return Measure.objects.visible_to(request.user).select_related(*related).defer("decision__result__explanation")


@require_safe
@permission_required(Permission.RUN_VIEW)
def measure_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """One measure: why, until when, what came before and after; for the office the acts on it."""
    return _measure_page(request, get_object_or_404(_measures(request), pk=pk))


def _measure_page(
    request: UserRequest, measure: Measure, given: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    chain = list(Measure.objects.filter(zone=measure.zone_id).select_related("decision__proceeding").order_by("-pk"))
    may_act = measure.status == MeasureStatus.OPEN and request.user.may(Permission.MEASURE_ACT)
    shown: dict[str, forms.Form] = {"lift": MeasureEndForm(prefix="lift")}
    if number_of(measure.step) < len(LADDER):
        shown["escalate"] = MeasureEscalateForm(prefix="escalate", measure=measure)
    if measure.step in (MeasureStep.AREA_CUT, MeasureStep.REVOCATION):
        shown["execute"] = MeasureEndForm(prefix="execute")
    context = {
        "measure": measure,
        "number": number_of(measure.step),
        "ladder": [{"step": step, "state": _rung(step, measure)} for step in LADDER],
        "chain": chain,
        "forms": shown | (given or {}) if may_act else {},
        "triggers": [_trigger(rule) for rule in measure.triggers],
        "files": list(measure.order.files.all()) if measure.order else [],
    }
    return render(request, "assessments/measure_detail.html", context, status=status)


def _rung(step: MeasureStep, measure: Measure) -> str:
    if step == measure.step:
        return "here"
    return "passed" if number_of(step) < number_of(measure.step) else "ahead"


def _trigger(rule: dict[str, Any]) -> dict[str, Any]:
    return {"text": spoken(rule, "text").rstrip("。."), "clauses": rule["clauses"]}


@require_POST
@permission_required(Permission.MEASURE_ACT)
def measure_act(request: UserRequest, pk: int, act: str) -> HttpResponseBase:
    """Lift, escalate or execute; what is wrong stands beside the form, and nothing is saved."""
    measure = get_object_or_404(_measures(request), pk=pk)
    form: forms.Form = (
        MeasureEscalateForm(request.POST, prefix=act, measure=measure)
        if act == "escalate"
        else MeasureEndForm(request.POST, prefix=act)
    )
    does: dict[str, Callable[..., Measure]] = {
        "lift": services.measure_lift,
        "escalate": services.measure_escalate,
        "execute": services.measure_execute,
    }
    saved = _done(form, lambda: does[act](by=request.user, measure_id=pk, **form.cleaned_data))
    if saved is None:
        return _measure_page(request, measure, {act: form}, status=422)
    told = {"lift": _("已解除。"), "escalate": _("已升级，原措施随之终止。"), "execute": _("已登记为已执行。")}
    messages.success(request, told[act])
    return redirect(saved)


def _done(form: forms.Form, does: Callable[[], Any]) -> Any:
    """What the act returned; None when the form or the service refuses, whose reasons are then errors of the form."""
    if not form.is_valid():
        return None
    try:
        return does()
    except ProceedingRefused as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
    return None


# ---- changes of designations ----------------------------------------------------------------------------------


@require_safe
@permission_required(Permission.RUN_VIEW)
def change_list(request: UserRequest) -> HttpResponseBase:
    """Designations that decisions would change: awaiting approval unless asked otherwise."""
    asked = request.GET or {"status": "due"}
    filtered = DesignationChangeFilter(asked, queryset=_changes(request))
    page = Paginator(filtered.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"filter": filtered, "page_obj": page, "tabs": consequence_tabs(request, "changes")}
    return render(request, "assessments/designation_change_list.html", context)


def _changes(request: UserRequest) -> QuerySet[DesignationChange]:
    related = ("zone__city", "zone__administration", "designation", "new_designation", "decision__proceeding",
               "decision__result__zone", "settled_by")  # fmt: skip
    rows = DesignationChange.objects.visible_to(request.user).select_related(*related)
    return rows.defer("decision__result__explanation")


@require_safe
@permission_required(Permission.RUN_VIEW)
def change_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """One change: the plate, the ways open to it, who approves; for the office the record of the approval."""
    return _change_page(request, get_object_or_404(_changes(request), pk=pk))


def _change_page(
    request: UserRequest, change: DesignationChange, given: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    shown: dict[str, forms.Form] = {}
    if change.status == "due" and request.user.may(Permission.MEASURE_ACT):
        shown = {"record": ChangeRecordForm(prefix="record", change=change), "drop": ChangeDropForm(prefix="drop")}
    context = {
        "change": change,
        "paths": [{"path": path, "approver": decider_words(path.approver)} for path in reads.paths_of(change)],
        "taken": path_named(change.path) if change.path else None,
        "forms": shown | (given or {}) if shown else {},
    }
    return render(request, "assessments/designation_change.html", context, status=status)


@require_POST
@permission_required(Permission.MEASURE_ACT)
def change_settle(request: UserRequest, pk: int, act: str) -> HttpResponseBase:
    """Record the approval, or that there was none."""
    change = get_object_or_404(_changes(request), pk=pk)
    form: forms.Form
    if act == "record":
        form = ChangeRecordForm(request.POST, prefix=act, change=change)
        saved = _done(
            form, lambda: services.designation_change_record(by=request.user, change_id=pk, **form.cleaned_data)
        )
    else:
        form = ChangeDropForm(request.POST, prefix=act)
        saved = _done(form, lambda: _drop(request, pk, **form.cleaned_data))
    if saved is None:
        return _change_page(request, change, {act: form}, status=422)
    messages.success(
        request, _("已登记批准，称号已按日期变更。") if act == "record" else _("已登记未获批准，称号不变。")
    )
    return redirect(saved)


def _drop(request: UserRequest, pk: int, *, reason: str, document: str) -> DesignationChange:
    return services.designation_change_drop(by=request.user, change_id=pk, note=reason, document=document)


# ---- settings -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SCHEME_VIEW)
def consequence_settings(request: UserRequest) -> HttpResponseBase:
    """What the policy leaves open about consequences: the value in force, who must decide, and on what it rests."""
    key, form = "", SettingForm()
    if request.method == "POST":
        require(request.user, Permission.DECISION_CONFIRM)
        key, form = request.POST.get("key", ""), SettingForm(request.POST)
        saved = _done(form, lambda: services.consequence_setting_decide(by=request.user, key=key, **form.cleaned_data))
        if saved is not None:
            messages.success(request, _("已登记。以后定稿的决定按此执行，以前的不变。"))
            return redirect("consequence_settings")
    rows = [
        {"row": row, "decider": decider_words(row.setting.decider), "form": form if row.setting.key == key else None}
        for row in reads.consequence_settings().values()
    ]
    context = {
        "rows": rows,
        "tabs": consequence_tabs(request, "settings"),
        "may_decide": request.user.may(Permission.DECISION_CONFIRM),
        "ladder": list(enumerate(LADDER, start=1)),
    }
    return render(request, "assessments/consequence_settings.html", context, status=422 if key else 200)


# ---- a zone's standing ----------------------------------------------------------------------------------------


@require_safe
@permission_required(Permission.RUN_VIEW)
def zone_standing(request: UserRequest, code: str) -> HttpResponseBase:
    """The part of a zone's page on what decisions have brought it: standing, statuses, measures, changes."""
    zones = Zone.objects.visible_to(request.user, Permission.RUN_VIEW)
    zone, today = get_object_or_404(zones, code=code), timezone.localdate()
    found = reads.zone_consequences(zone, today)
    context = {
        "zone": zone,
        "standing": reads.application_standing(zone, today),
        "found": found,
        "statuses": [
            {"row": row, "first": row.kind == StatusKind.GRADE and reads.first_time_at(row, found.statuses)}
            for row in found.in_force
            if row.kind != StatusKind.APPLICATIONS
        ],
        "events": _timeline(found),
    }
    template = (
        "assessments/_zone_standing.html" if request.headers.get("HX-Request") else "assessments/zone_standing.html"
    )
    return render(request, template, context)


def _timeline(found: reads.ZoneConsequences) -> list[dict[str, Any]]:
    """Statuses, measures and changes as one line of time, the newest first."""
    events: list[dict[str, Any]] = []
    for row in found.statuses:
        if row.kind != StatusKind.APPLICATIONS:
            title = f"{row.get_kind_display()}：{row.label}"
            text = _("%(year)s 年度考核") % {"year": row.decision.proceeding.year}
            events.append({"at": row.valid_from, "title": title, "text": text, "icon": "certificate", "tone": "info"})
    for measure in found.measures:
        href = measure.get_absolute_url()
        step = measure.get_step_display()
        title = _("%(step)s（考核决定之外）") % {"step": step} if measure.order_id else step
        opened = {"at": measure.opened_on, "title": title, "text": measure.reason}
        events.append(opened | {"icon": "gavel", "tone": "bad", "href": href})
        if measure.closed_on:
            title = f"{measure.get_step_display()}：{measure.get_status_display()}"
            closed = {"at": measure.closed_on, "title": title, "text": measure.close_reason, "icon": "check"}
            events.append(closed | {"tone": "ok" if measure.status == MeasureStatus.LIFTED else "mute", "href": href})
    for change in found.changes:
        title = f"{change.get_direction_display()}：{change.designation.name}（{change.get_status_display()}）"
        at = change.effective_on or change.opened_on
        tone = "ok" if change.direction == "up" else "bad"
        events.append({"at": at, "title": title, "icon": "stairs-up", "tone": tone, "href": change.get_absolute_url()})
    return sorted(events, key=lambda event: event["at"], reverse=True)
