"""A register as a workbook: out, in, the difference, saved or set aside (台账表格往来)."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required
from common.workbooks.errors import WorkbookRefused
from registers.enums import UploadStatus
from registers.exceptions import UploadRefused
from registers.filters import entry_filter
from registers.forms import UploadForm
from registers.models import Entry, Register, RegisterUpload
from registers.selectors import entries_of
from registers.uploads import CHANGED, NEW, SAME, WRONG, upload_confirm, upload_create, upload_discard, upload_report
from registers.views.common import find_register, require_keeping, user_of
from registers.views.registers import in_order
from registers.workbooks import CONTENT_TYPE, MOST_ROWS, register_workbook

ROWS = 100


@require_safe
@permission_required(Permission.EXPORT)
def entry_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """The filtered list, in its order, of places over which the user may export; may be edited and sent back."""
    register, user = find_register(code), user_of(request)
    exportable = Entry.objects.visible_to(user, Permission.EXPORT).values("pk")
    chosen = entry_filter(register, brief=True)(request.GET, entries_of(register, user).filter(pk__in=exportable))
    entries = in_order(chosen.qs, register.spec, request.GET.get("sort", ""))[:MOST_ROWS]
    return _file(register, list(entries), f"{timezone.localdate():%Y%m%d}")


@require_safe
@permission_required(Permission.REGISTER_KEEP)
def entry_template(request: HttpRequest, code: str) -> HttpResponseBase:
    """An empty table with the register's drop-downs."""
    register = find_register(code)
    require_keeping(request, register)
    return _file(register, [], _("模板"))


def _file(register: Register, entries: list[Entry], suffix: str) -> FileResponse:
    stream = register_workbook(register, entries)
    response = FileResponse(stream, content_type=CONTENT_TYPE)
    name = quote(f"{register.label}-{suffix}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"{register.code}.xlsx\"; filename*=UTF-8''{name}"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.REGISTER_KEEP)
def register_upload(request: HttpRequest, code: str) -> HttpResponseBase:
    """Where a workbook is handed in; from there to its difference."""
    register, user = find_register(code), user_of(request)
    require_keeping(request, register)
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                upload = upload_create(by=user, register=register, file=form.cleaned_data["file"])
            except WorkbookRefused as refused:
                form.add_error("file", str(refused))
            else:
                return redirect("register_upload_detail", register.code, upload.pk)
    uploads = RegisterUpload.objects.filter(register=register, created_by=user).defer("content")[:10]
    context = {"register": register, "form": form, "uploads": uploads}
    return render(request, "registers/upload_form.html", context, status=status)


@require_safe
@permission_required(Permission.REGISTER_KEEP)
def register_upload_detail(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return _difference(request, _find(request, code, pk))


def _find(request: HttpRequest, code: str, pk: int) -> RegisterUpload:
    """An upload is its sender's alone."""
    own = RegisterUpload.objects.filter(created_by=user_of(request)).select_related("register")
    return get_object_or_404(own, pk=pk, register__code=code)


def _difference(request: HttpRequest, upload: RegisterUpload, problem: str = "", status: int = 200) -> HttpResponse:
    waiting = upload.status == UploadStatus.READY
    report = upload_report(upload, user_of(request)) if waiting else None
    order = {WRONG: 0, CHANGED: 1, NEW: 2, SAME: 3}
    rows = sorted(report.rows, key=lambda row: (order[row.kind], row.row)) if report else []
    counts = {kind: report.count(kind) if report else 0 for kind in order}
    context = {
        "register": upload.register,
        "upload": upload,
        "report": report,
        "problem": problem,
        "counts": counts,
        "page_obj": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "waiting": waiting,
    }
    return render(request, "registers/upload_detail.html", context, status=status)


@require_POST
@permission_required(Permission.REGISTER_KEEP)
def register_upload_confirm(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    upload = _find(request, code, pk)
    try:
        saved = upload_confirm(by=user_of(request), upload_id=upload.pk)
    except UploadRefused as refused:
        return _difference(request, upload, str(refused), 409)
    messages.success(request, _("已保存 %(n)d 条。") % {"n": saved.saved})
    return redirect("entry_list", code)


@require_POST
@permission_required(Permission.REGISTER_KEEP)
def register_upload_discard(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    upload = _find(request, code, pk)
    try:
        upload_discard(by=user_of(request), upload_id=upload.pk)
    except UploadRefused as refused:
        return _difference(request, upload, str(refused), 409)
    messages.success(request, _("已放弃，没有保存任何一行。"))
    return redirect("entry_list", code)
