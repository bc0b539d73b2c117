"""A department's desk: what is due, template, upload, difference, loads (部门数据)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Duty, Permission
from common.access import permission_required
from common.workbooks.reading import WorkbookRefused
from indicators import selectors, services
from indicators.deliveries import Fault
from indicators.enums import UploadKind, UploadStatus
from indicators.exceptions import DeliveryRefused, MoveRefused, RevisionConflict
from indicators.forms_reconciliation import DeliveryForm
from indicators.intake import IGNORED, Intake, read_file
from indicators.models import DepartmentLoad, Indicator, Upload
from indicators.services import Delivery
from indicators.views.common import UserRequest
from indicators.workbooks.departments import department_template as template_workbook

LOADS = 20
SHOWN = 200
"""Faults and changes shown on the page of a check; a file with more is wrong as a whole."""


@require_safe
@permission_required(Permission.DEPARTMENT_LOAD)
def department_home(request: UserRequest) -> HttpResponseBase:
    """What is due, what was delivered."""
    return _home_page(request)


def _home_page(
    request: UserRequest, form: DeliveryForm | None = None, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    duties = _duties(request)
    due = [row for duty, _label in duties for row in selectors.department_due(duty)]
    loads = DepartmentLoad.objects.filter(department__in=[duty for duty, _label in duties])
    context = {
        "duties": duties,
        "due": due,
        "open": [row for row in due if row.missing],
        "loads": loads.select_related("created_by")[:LOADS],
        "waiting": Upload.objects.of(request.user).filter(kind=UploadKind.DEPARTMENT, status=UploadStatus.READY),
        "form": form or DeliveryForm(duties, initial={"period": due[0].period if due else ""}),
        "problems": problems or [],
    }
    return render(request, "indicators/department_home.html", context, status=status)


def _duties(request: UserRequest) -> list[tuple[str, str]]:
    """The departments the reader loads for. Raises PermissionDenied for somebody in none (an administrator)."""
    duties = sorted(request.user.duties_with(Permission.DEPARTMENT_LOAD))
    if not duties:
        raise PermissionDenied(_("您没有导入该部门数据的权限：须在有职责的省直部门任部门业务员。"))
    return [(duty, str(Duty(duty).label)) for duty in duties]


@require_safe
@permission_required(Permission.DEPARTMENT_LOAD)
def department_template(request: UserRequest) -> HttpResponseBase:
    """The workbook of a department and period, with what is known already."""
    department = _chosen(request, request.GET.get("department", ""))
    period = request.GET.get("period", "")
    if services.period_faults(period):
        messages.error(request, services.period_faults(period)[0].message)
        return redirect("department_home")
    sheet = selectors.department_sheet(department, period)
    about = [
        (_("部门"), str(Duty(department).label)),
        (_("时期"), period),
        (
            _("怎样填"),
            _(
                "只填白格，单位见表头；灰格不适用。没有数据的留空，要撤回已导入的数填“暂缺”。不要填公式、计划数和目标数。"
            ),
        ),
        (_("已导入的数"), _("已预先填好。改动的会作为新的版次保存，历史保留。")),
    ]
    file = template_workbook(sheet.zones, sheet.items, sheet.classes, sheet.known, about)
    return FileResponse(file, as_attachment=True, filename=f"{department}-{period}.xlsx")


def _chosen(request: UserRequest, department: str) -> str:
    duties = [duty for duty, _label in _duties(request)]
    return department if department in duties else duties[0]


@require_POST
@permission_required(Permission.DEPARTMENT_LOAD)
def department_upload(request: UserRequest) -> HttpResponseBase:
    """Keep a file and show what it would change; nothing is saved yet."""
    form = DeliveryForm(_duties(request), request.POST, request.FILES)
    if not form.is_valid():
        return _home_page(request, form, status=422)
    facts = form.cleaned_data
    if faults := services.period_faults(facts["period"]):
        form.add_error("period", [fault.message for fault in faults])
        return _home_page(request, form, status=422)
    try:
        services.department_upload_size(facts["file"])
        read_file(facts["file"], facts["file"].name, [])
        upload = services.department_upload_create(by=request.user, **facts)
    except WorkbookRefused as refused:
        form.add_error("file", str(refused))
        return _home_page(request, form, status=422)
    except MoveRefused as refused:
        return _home_page(request, form, refused.reasons, status=422)
    return redirect("department_check", upload.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.DEPARTMENT_LOAD)
def department_check(request: UserRequest, pk: int) -> HttpResponseBase:
    """What an uploaded file would change and what is wrong with it; answers, confirmation, setting aside."""
    upload = get_object_or_404(Upload.objects.of(request.user), pk=pk, kind=UploadKind.DEPARTMENT)
    if request.method != "POST":
        return _check_page(request, upload)
    act = {"confirm": _confirm, "discard": _discard}.get(request.POST.get("act", ""), _answer)
    try:
        return act(request, upload)
    except DeliveryRefused as refused:
        return _check_page(request, upload, [fault.message for fault in refused.faults[:SHOWN]], status=422)
    except RevisionConflict as conflict:
        return _check_page(request, upload, [str(conflict)], status=409)
    except MoveRefused as refused:
        return _check_page(request, upload, refused.reasons, status=422)


def _confirm(request: UserRequest, upload: Upload) -> HttpResponseBase:
    intake = _read(upload)
    if intake.faults:
        return _check_page(request, upload, status=422)
    load = services.department_upload_confirm(
        by=request.user, upload_id=upload.pk, rows=intake.rows, shown=request.POST.get("shown", "")
    )
    messages.success(request, _("已保存部门数据：批次 %(load)d。") % {"load": load.pk})
    return redirect(load)


def _discard(request: UserRequest, upload: Upload) -> HttpResponseBase:
    services.department_upload_discard(by=request.user, upload_id=upload.pk)
    messages.success(request, _("已放弃这份文件，没有保存任何数据。"))
    return redirect("department_home")


def _answer(request: UserRequest, upload: Upload) -> HttpResponseBase:
    """Answers come as pairs: what stands in the file, and the code that is meant."""
    zones, columns = (
        dict(zip(request.POST.getlist(f"{kind}_given"), request.POST.getlist(f"{kind}_meant"), strict=False))
        for kind in ("zone", "column")
    )
    services.department_upload_answer(by=request.user, upload_id=upload.pk, zones=zones, columns=columns)
    return redirect("department_check", upload.pk)


def _read(upload: Upload) -> Intake:
    items = Indicator.objects.base().for_zones()
    with upload.file.open("rb") as file:
        return read_file(file, upload.name, items, upload.report["columns"])


def _check_page(
    request: UserRequest, upload: Upload, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    intake = _read(upload)
    delivery = services.delivery_check(
        by=request.user,
        department=upload.report["department"],
        period=upload.period,
        rows=intake.rows,
        about=(upload.name, upload.report["source_note"]),
        answers=upload.report["zones"],
    )
    faults = _once_a_name([*intake.faults, *delivery.faults])
    changes = delivery.changes
    context = {
        "upload": upload,
        "department": Duty(upload.report["department"]).label,
        "delivery": delivery,
        "faults": faults[:SHOWN],
        "fault_count": len(faults),
        "changes": [_change(change) for change in changes[:SHOWN]],
        "new": sum(change.before is None for change in changes),
        "altered": sum(change.before is not None for change in changes),
        "shown": SHOWN,
        "zone_questions": _zone_questions(delivery),
        "column_questions": [(match.header, match.candidates) for match in intake.asked],
        "ignored": IGNORED,
        "ready": upload.status == UploadStatus.READY,
        "can_confirm": upload.status == UploadStatus.READY and not faults and bool(changes),
        "problems": problems or [],
    }
    return render(request, "indicators/department_check.html", context, status=status)


def _once_a_name(faults: list[Fault]) -> list[Fault]:
    """Without repetitions: a name that is asked about stands at its first place only, not at every item of its line."""
    first = {(fault.code, fault.given): fault for fault in reversed(faults) if fault.given}
    return [fault for fault in faults if not fault.given or first[fault.code, fault.given] is fault]


def _zone_questions(delivery: Delivery) -> list[tuple[str, Any]]:
    """Names that may mean several zones, each once."""
    asked = {fault.given: fault.choices for fault in delivery.faults if fault.choices}
    return list(asked.items())


def _change(change: services.Change) -> dict[str, Any]:
    before = change.before.number if change.before else None
    growth = 100 * (change.number / before - 1) if before and change.number is not None and before > 0 else None
    return {"change": change, "before": before, "growth": growth}


@require_safe
@permission_required(Permission.DEPARTMENT_LOAD, Permission.RECONCILE)
def department_load(request: UserRequest, pk: int) -> HttpResponseBase:
    """One delivery with the figures that came with it and still stand."""
    load = get_object_or_404(selectors.loads_visible_to(request.user), pk=pk)
    values = load.values.select_related("zone", "indicator").order_by("indicator__position", "zone__code")
    page = Paginator(values, 100).get_page(request.GET.get("page"))
    return render(
        request, "indicators/department_load.html", {"load": load, "page_obj": page, "standing": values.count()}
    )
