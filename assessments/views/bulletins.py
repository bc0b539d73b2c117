"""Bulletins of final proceedings (通报): the list with their digests, and the files."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from assessments.bulletins import bulletin_issue
from assessments.enums import BulletinFormat, ProceedingStatus
from assessments.models import BulletinFile, Proceeding
from assessments.views.consequences import consequence_tabs
from common.access import permission_required
from common.documents import PdfUnavailable, pdf_is_available
from indicators.views.common import UserRequest

PAGE_SIZE = 30
TYPES = {
    BulletinFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    BulletinFormat.PDF: "application/pdf",
}


@require_safe
@permission_required(Permission.RUN_VIEW)
def bulletin_list(request: UserRequest) -> HttpResponseBase:
    """All final proceedings with their bulletins, the newest first; open to everyone who may see results."""
    final = Proceeding.objects.filter(status=ProceedingStatus.FINAL).defer("minutes").order_by("-finalised_at", "-pk")
    final = final.prefetch_related(Prefetch("bulletin_files", BulletinFile.objects.defer("content")))
    page = Paginator(final, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [{"proceeding": row, "files": {file.format: file for file in row.bulletin_files.all()}} for row in page]
    context = {
        "page_obj": page,
        "lines": lines,
        "tabs": consequence_tabs(request, "bulletins"),
        "why_no_pdf": "" if pdf_is_available() else str(PdfUnavailable()),
    }
    return render(request, "assessments/bulletin_list.html", context)


@require_safe
@permission_required(Permission.RUN_VIEW)
def bulletin_file(request: UserRequest, pk: int, kind: str) -> HttpResponseBase:
    """A bulletin's file; written on the way where no worker has yet, the same bytes ever after."""
    if kind not in BulletinFormat.values:
        raise Http404
    get_object_or_404(Proceeding, pk=pk, status=ProceedingStatus.FINAL)
    file = next((file for file in bulletin_issue(pk) if file.format == kind), None)
    if file is None:
        messages.error(request, str(PdfUnavailable()))
        return redirect("bulletin_list")
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "ETag": f'"{file.digest}"'}
    return HttpResponse(bytes(file.content), content_type=TYPES[BulletinFormat(kind)], headers=headers)
