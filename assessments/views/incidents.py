"""Pages of incidents (事故和问题): the register, recording, withdrawing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.models import User
from assessments import exports, services
from assessments.exceptions import IncidentRefused
from assessments.filters import IncidentFilter
from assessments.forms import IncidentForm
from assessments.models import Incident, IncidentFile
from assessments.selectors.incidents import effects_of, kinds_of
from common.access import permission_required, require
from common.attachments import file_response
from common.statuses import look
from parks.models import Zone

PAGE_SIZE = 50


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


@require_safe
@permission_required(Permission.RUN_VIEW)
def incident_list(request: HttpRequest) -> HttpResponse:
    """Incidents of the zones in the reader's sight, the newest first."""
    user = _user(request)
    incidents = Incident.objects.visible_to(user).select_related("zone__city", "reported_by")
    filter_ = IncidentFilter(request.GET, queryset=incidents)
    page = Paginator(filter_.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "assessments/incident_list.html",
        {
            "filter": filter_,
            "page_obj": page,
            "may_record": bool(kinds_of(user)),
            "may_export": user.may(Permission.EXPORT),
        },
    )


@require_safe
@permission_required(Permission.RUN_VIEW)
def incident_export(request: HttpRequest) -> HttpResponse:
    """The register as filtered, as CSV."""
    user = _user(request)
    require(user, Permission.EXPORT)
    rows = Incident.objects.visible_to(user).filter(zone__in=Zone.objects.visible_to(user, Permission.EXPORT))
    chosen = IncidentFilter(request.GET, queryset=rows.select_related("zone__city", "reported_by")).qs
    name = f"incidents-{timezone.localdate():%Y%m%d}.csv"
    return HttpResponse(
        exports.incidents_csv(chosen),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.INCIDENT_RECORD)
def incident_new(request: HttpRequest) -> HttpResponse:
    """The form to record one."""
    user = _user(request)
    if request.method != "POST":
        zone = Zone.objects.filter(code=request.GET.get("zone", "")).first()
        return render(request, "assessments/incident_new.html", {"form": IncidentForm(user, initial={"zone": zone})})
    form = IncidentForm(user, request.POST, request.FILES)
    if form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        kind, severity = given.pop("grade").split(":")
        given.pop("documents")
        try:
            incident = services.incident_record(
                by=user, kind=kind, severity=severity, files=request.FILES.getlist("documents"), **given
            )
        except IncidentRefused as refusal:
            for name, text in refusal.faults.items():
                form.add_error({"severity": "grade", "files": "documents", "": None}.get(name, name), text)
        else:
            messages.success(request, _("已登记。考核办法如何对待这一条，见下。"))
            return redirect(incident)
    return render(request, "assessments/incident_new.html", {"form": form}, status=422)


@require_safe
@permission_required(Permission.RUN_VIEW)
def incident_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident, and what the methods make of it."""
    return _detail(request, _found(request, pk))


@require_POST
@permission_required(Permission.INCIDENT_RECORD)
def incident_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    incident = _found(request, pk)
    try:
        incident = services.incident_withdraw(
            by=_user(request), incident_id=incident.pk, reason=request.POST.get("reason", "")
        )
    except IncidentRefused as refusal:
        return _detail(request, incident, str(refusal), status=422)
    messages.success(request, _("已撤销。它留在登记簿中，以后的考核计算不再计入。"))
    return redirect(incident)


def _found(request: HttpRequest, pk: int) -> Incident:
    rows = Incident.objects.visible_to(_user(request))
    return get_object_or_404(rows.select_related("zone__city", "reported_by", "recorded_by", "withdrawn_by"), pk=pk)


def _detail(request: HttpRequest, incident: Incident, fault: str = "", status: int = 200) -> HttpResponse:
    user = _user(request)
    reach = Zone.objects.visible_to(user, Permission.INCIDENT_RECORD).filter(pk=incident.zone_id)
    context = {
        "incident": incident,
        "look": look(incident.look),
        "files": list(incident.files.all()),
        "effects": effects_of(incident),
        "may_see_scheme": user.may(Permission.SCHEME_VIEW),
        "may_withdraw": incident.withdrawn_at is None and incident.kind in kinds_of(user) and reach.exists(),
        "fault": fault,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "assessments/incident_detail.html", context, status=status)


@require_safe
@permission_required(Permission.RUN_VIEW)
def incident_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The document itself, to be saved."""
    file = get_object_or_404(IncidentFile, pk=pk, incident__in=Incident.objects.visible_to(_user(request)))
    return file_response(file.file, file.name, file.content_type)
