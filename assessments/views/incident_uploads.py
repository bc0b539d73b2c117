"""A list of incidents as a file (事故和问题清单往来): the template, handing in, row by row, recorded or set aside."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from assessments import services
from assessments.enums import IncidentKind
from assessments.exceptions import IncidentRefused
from assessments.incident_table import incident_table
from assessments.selectors.incidents import kinds_of
from common.access import permission_required
from common.workbooks.errors import WorkbookRefused
from indicators.enums import UploadKind, UploadStatus
from indicators.models import Upload
from indicators.views.common import UserRequest
from parks.models import Zone
from registers.workbooks import CONTENT_TYPE, table_workbook

ROWS = 100
_ORDER = {"wrong": 0, "new": 1, "known": 2}


class ListForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("清单（.xlsx 或 .csv）"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"})
    )


@require_safe
@permission_required(Permission.INCIDENT_RECORD)
def incident_template(request: UserRequest) -> HttpResponseBase:
    """An empty table with the kinds, grades and zones of the reader to choose from."""
    zones = Zone.objects.visible_to(request.user, Permission.INCIDENT_RECORD).order_by("city__code", "code")
    stream = table_workbook(incident_table(_kinds(request), list(zones)))
    name = _("事故和问题清单")
    response = FileResponse(stream, as_attachment=True, filename=f"{name}.xlsx", content_type=CONTENT_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response


def _kinds(request: UserRequest) -> list[IncidentKind]:
    """The kinds the reader records. Raises PermissionDenied for somebody who records none."""
    kinds = kinds_of(request.user)
    if not kinds:
        raise PermissionDenied(_("您所在的部门没有要登记的事故和问题类别。"))
    return kinds


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.INCIDENT_RECORD)
def incident_upload(request: UserRequest) -> HttpResponseBase:
    """Where a list is handed in; from there to what becomes of its rows."""
    kinds = _kinds(request)
    form, status = ListForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                upload = services.incident_upload_create(by=request.user, file=form.cleaned_data["file"])
            except WorkbookRefused as refused:
                form.add_error("file", str(refused))
            else:
                return redirect("incident_upload_detail", upload.pk)
    context = {"form": form, "kinds": kinds, "uploads": _own(request)[:10]}
    return render(request, "assessments/incident_upload.html", context, status=status)


def _own(request: UserRequest) -> QuerySet[Upload]:
    return Upload.objects.of(request.user).filter(kind=UploadKind.INCIDENTS)


@require_safe
@permission_required(Permission.INCIDENT_RECORD)
def incident_upload_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Row by row what will be recorded, what is recorded already, what is wrong and how to mend it."""
    return _page(request, get_object_or_404(_own(request), pk=pk))


def _page(request: UserRequest, upload: Upload, problem: str = "", status: int = 200) -> HttpResponse:
    waiting = upload.status == UploadStatus.READY
    report = services.incident_upload_report(upload, request.user) if waiting else None
    rows = sorted(report.rows, key=lambda each: (_ORDER[each.state], each.row.row)) if report else []
    context = {
        "upload": upload,
        "waiting": waiting,
        "report": report,
        "problem": problem,
        "counts": {state: report.count(state) if report else 0 for state in _ORDER},
        "page_obj": Paginator(rows, ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "assessments/incident_upload_detail.html", context, status=status)


@require_POST
@permission_required(Permission.INCIDENT_RECORD)
def incident_upload_confirm(request: UserRequest, pk: int) -> HttpResponseBase:
    """Record the whole list; what is refused comes back as the page with the reason, and nothing is saved."""
    upload = get_object_or_404(_own(request), pk=pk)
    try:
        upload = services.incident_upload_confirm(by=request.user, upload_id=upload.pk)
    except IncidentRefused as refused:
        return _page(request, upload, str(refused), 409)
    count = upload.report["recorded"]
    messages.success(request, ngettext("已登记 %(n)d 件。", "已登记 %(n)d 件。", count) % {"n": count})
    return redirect("incident_list")


@require_POST
@permission_required(Permission.INCIDENT_RECORD)
def incident_upload_discard(request: UserRequest, pk: int) -> HttpResponseBase:
    upload = get_object_or_404(_own(request), pk=pk)
    try:
        services.incident_upload_discard(by=request.user, upload_id=upload.pk)
    except IncidentRefused as refused:
        return _page(request, upload, str(refused), 409)
    messages.success(request, _("已放弃，没有登记任何一行。"))
    return redirect("incident_upload")
