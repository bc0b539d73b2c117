"""The file of a zone and year (园区考核档案): as a page, as PDF and as DOCX."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from assessments import selectors
from assessments.explanations import ResultPage
from assessments.models import Result
from assessments.views.bulletins import TYPES
from assessments.zone_files import zone_file
from common.access import permission_required
from common.documents import PdfUnavailable, as_docx, as_pdf, pdf_is_available
from indicators.views.common import UserRequest


@require_safe
@permission_required(Permission.RUN_VIEW)
def result_file(request: UserRequest, pk: int, code: str, kind: str = "html") -> HttpResponseBase:
    """Everything one verdict rests on, on one sheet; `kind` is html, pdf or docx."""
    results = Result.objects.visible_to(request.user).select_related("run__scheme", "zone__city")
    result = get_object_or_404(results, run=pk, zone__code=code)
    method = selectors.method_of(result.run.scheme.text)
    told = selectors.years_told(result.run, request.user)
    document = zone_file(result, ResultPage(result, method, selectors.catalogue_of(method), told), request.user)
    if kind == "html":
        why_no_pdf = "" if pdf_is_available() else str(PdfUnavailable())
        context = {
            "document": document,
            "result": result,
            "run": result.run,
            "zone": result.zone,
            "why_no_pdf": why_no_pdf,
        }
        return render(request, "assessments/result_file.html", context)
    try:
        body = as_pdf(document) if kind == "pdf" else as_docx(document)
    except PdfUnavailable as refusal:
        messages.error(request, str(refusal))
        return redirect("result_file", pk, code)
    headers = {"Content-Disposition": f'attachment; filename="{code}-{result.run.year}-{pk}.{kind}"'}
    return HttpResponse(body, content_type={str(k): v for k, v in TYPES.items()}[kind], headers=headers)
