"""Workbooks out and in: download, upload, the difference, confirmed or set aside (表格下载与上传)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required, require
from common.attachments import file_response
from common.workbooks.errors import WorkbookRefused
from indicators import selectors, services
from indicators.enums import UploadKind, UploadStatus
from indicators.exceptions import CollectionError, RevisionConflict
from indicators.models import Return, Round, Upload
from indicators.selectors.grids import round_grid
from indicators.services.cells import locked_reason
from indicators.services.examination import Target, round_target
from indicators.views.common import UserRequest, find_return
from indicators.views.upload_rows import change_rows, question_groups
from indicators.workbooks.grid import grid_workbook
from indicators.workbooks.paper import CONTENT_TYPE
from indicators.workbooks.writing import return_workbook, workbook_name
from parks.models import Region

_ROWS = 200
_FINDINGS = 100
_ANSWER = "answer:"
_KINDS = (UploadKind.RETURN, UploadKind.CITY)
_WAITING = frozenset({UploadStatus.READY, UploadStatus.REFUSED})


@require_GET
@permission_required(Permission.RETURN_VIEW)
def return_download(request: UserRequest, pk: int) -> HttpResponseBase:
    """The return as a workbook, to be filled in, or to be kept."""
    return_ = find_return(request, pk)
    stream = return_workbook(selectors.return_sheet(return_))
    return _download(stream, workbook_name(return_))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RETURN_FILL)
def return_upload(request: UserRequest, pk: int) -> HttpResponseBase:
    """Where a workbook of one return is handed in; from there to its difference."""
    return_ = find_return(request, pk)
    require(request.user, Permission.RETURN_FILL, return_.zone.administration.path)
    context = {
        "return": return_,
        "round": return_.round,
        "locked": locked_reason(return_),
        "uploads": Upload.objects.of(request.user).filter(return_ref=return_)[:10],
    }
    if request.method != "POST":
        return _upload_page(request, context)
    return _receive(request, context, return_id=return_.pk)


@require_GET
@permission_required(Permission.RETURN_FILL)
def round_download(request: UserRequest, pk: int) -> HttpResponseBase:
    """The returns of a round that the user may fill in, as one workbook."""
    target = _round_target(request, pk)
    place = target.city.label if target.city else _("各园区")
    title = f"{place} {target.round.label}"
    return _download(grid_workbook(round_grid(target.round, target.returns), title), f"{title}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RETURN_FILL)
def round_upload(request: UserRequest, pk: int) -> HttpResponseBase:
    """Where a workbook of many returns is handed in."""
    target = _round_target(request, pk)
    context = {
        "round": target.round,
        "city": target.city,
        "returns_count": len(target.returns),
        "editable_count": sum(return_.is_editable for return_ in target.returns),
        "cities": _cities(request, target.round),
        "uploads": Upload.objects.of(request.user).filter(round=target.round, kind=UploadKind.CITY)[:10],
    }
    if request.method != "POST":
        return _upload_page(request, context)
    return _receive(request, context, round_=target.round, city=target.city)


def _round_target(request: UserRequest, pk: int) -> Target:
    """The round's returns that the user may fill in, of the city named in the address; 403 when there are none."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    code = request.GET.get("city", "")
    city = get_object_or_404(Region.objects.cities(), code=code) if code else None
    return round_target(request.user, round_, city)


def _cities(request: UserRequest, round_: Round) -> list[Region]:
    """The cities to choose from, where there are several."""
    returns = Return.objects.visible_to(request.user, Permission.RETURN_FILL).filter(round=round_)
    found = list(Region.objects.filter(pk__in=returns.order_by().values("zone__city")).order_by("code"))
    return found if len(found) > 1 else []


def _download(stream: Any, name: str) -> FileResponse:
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response


def _upload_page(
    request: UserRequest, context: dict[str, Any], refused: str = "", name: str = "", status: int = 200
) -> HttpResponse:
    shown = {**context, "refused": refused, "refused_name": name, "most_mb": settings.UPLOAD_MAX_BYTES // 1024 // 1024}
    return render(request, "indicators/upload_form.html", shown, status=status)


def _receive(request: UserRequest, context: dict[str, Any], **target: Any) -> HttpResponseBase:
    """Take the file in; one that can't be used is answered with its sentence on the same page."""
    file = request.FILES.get("file")
    if file is None:
        return _upload_page(request, context, _("没有选择文件。请先选择要上传的表格。"), status=422)
    try:
        upload = services.upload_create(by=request.user, file=file, **target)
    except WorkbookRefused as refused:
        return _upload_page(request, context, str(refused), file.name or "", status=422)
    return redirect(upload)


@require_safe
@permission_required(Permission.RETURN_FILL)
def upload_list(request: UserRequest) -> HttpResponseBase:
    """One's own uploads, newest first."""
    uploads = (
        Upload.objects.of(request.user).filter(kind__in=_KINDS).select_related("return_ref__zone", "round", "city")
    )
    page = Paginator(uploads, 50).get_page(request.GET.get("page"))
    return render(request, "indicators/upload_list.html", {"page_obj": page})


@require_safe
@permission_required(Permission.RETURN_FILL)
def upload_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """What an upload would change, what is asked, what must be mended, in the reader's language."""
    upload = _find(request, pk)
    if upload.status in _WAITING and upload.report.get("language") != get_language():
        services.upload_reread(by=request.user, upload_id=pk)
        upload = _find(request, pk)
    return _detail(request, upload)


def _find(request: UserRequest, pk: int) -> Upload:
    """One's own upload; anybody else's is not found."""
    uploads = Upload.objects.of(request.user).filter(kind__in=_KINDS)
    return get_object_or_404(uploads.select_related("return_ref__zone", "return_ref__round", "round", "city"), pk=pk)


def _detail(request: UserRequest, upload: Upload, problem: str = "", status: int = 200) -> HttpResponse:
    report, many = upload.report, upload.kind == UploadKind.CITY
    groups = question_groups(upload)
    open_questions = sum(group.open for group in groups)
    waiting = upload.status in _WAITING
    # Until all is answered, a difference would be half of one, and so would be what the rules say to it.
    whole = not open_questions or _only_about_blanks(groups)
    changes = report["changes"] if whole else []
    page = Paginator(changes, _ROWS).get_page(request.GET.get("page"))
    findings = sorted(report["findings"], key=lambda finding: not finding["to_mend"]) if whole else []
    context = {
        "upload": upload,
        "many": many,
        "waiting": waiting,
        "groups": groups,
        "open_questions": open_questions,
        "page_obj": page,
        "rows": change_rows(list(page.object_list), with_zone=many),
        "kinds": {
            kind: sum(change["kind"] == kind for change in changes) for kind in ("new", "changed", "emptied", "comment")
        },
        "zones": len({change["zone"] for change in changes}),
        "findings": findings[:_FINDINGS],
        "findings_total": len(findings),
        "problem": problem,
        "back": _back(upload),
        "again": _again_url(upload),
    }
    return render(request, "indicators/upload_detail.html", context, status=status)


def _back(upload: Upload) -> Return | Round:
    """Where the figures are."""
    target = upload.return_ref or upload.round
    assert target is not None, "an upload of these kinds belongs to a round"
    return target


def _only_about_blanks(groups: list[Any]) -> bool:
    return all(group.kind == "empties" or not group.open for group in groups)


def _again_url(upload: Upload) -> str:
    """Where a mended file is handed in."""
    if upload.return_ref_id:
        return reverse("return_upload", args=[upload.return_ref_id])
    city = f"?city={upload.city.code}" if upload.city else ""
    return reverse("round_upload", args=[upload.round_id]) + city


@require_POST
@permission_required(Permission.RETURN_FILL)
def upload_answer(request: UserRequest, pk: int) -> HttpResponseBase:
    """Settle what was asked about the file."""
    upload = _find(request, pk)
    answers = {key.removeprefix(_ANSWER): str(value) for key, value in request.POST.items() if key.startswith(_ANSWER)}
    try:
        services.upload_answer(by=request.user, upload_id=upload.pk, answers=answers)
    except (CollectionError, WorkbookRefused) as refused:
        return _detail(request, _find(request, pk), str(refused), status=409)
    return redirect(upload)


@require_POST
@permission_required(Permission.RETURN_FILL)
def upload_confirm(request: UserRequest, pk: int) -> HttpResponseBase:
    """Save what was shown; a second click finds it saved."""
    upload = _find(request, pk)
    try:
        services.upload_confirm(by=request.user, upload_id=upload.pk)
    except RevisionConflict as conflict:
        return _detail(request, _find(request, pk), str(conflict), status=409)
    except (CollectionError, WorkbookRefused) as refused:
        return _detail(request, _find(request, pk), str(refused), status=422)
    messages.success(request, _("已按“%(name)s”保存。") % {"name": upload.name})
    return redirect(_back(upload))


@require_POST
@permission_required(Permission.RETURN_FILL)
def upload_discard(request: UserRequest, pk: int) -> HttpResponseBase:
    """Set a file aside."""
    upload = _find(request, pk)
    try:
        services.upload_discard(by=request.user, upload_id=upload.pk)
    except CollectionError as refused:
        return _detail(request, upload, str(refused), status=409)
    messages.info(request, _("已放弃“%(name)s”，没有改动任何数字。") % {"name": upload.name})
    return redirect(_back(upload))


@require_safe
@permission_required(Permission.RETURN_FILL)
def upload_file(request: UserRequest, pk: int) -> HttpResponseBase:
    """The file as it came."""
    upload = _find(request, pk)
    return file_response(upload.file, upload.name, CONTENT_TYPE)
