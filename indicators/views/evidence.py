"""Evidence beside the cells: handing in, reading, taking back (佐证材料)."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required
from common.attachments import file_response
from indicators import selectors, services
from indicators.exceptions import ReturnLocked, ValueInvalid
from indicators.models import Evidence, Return
from indicators.views.common import UserRequest


@require_POST
@permission_required(Permission.RETURN_FILL)
def evidence_add(request: UserRequest, pk: int, code: str = "") -> HttpResponseBase:
    """Hand in files for a cell, or for the return without a code.

    The script sends one file at a time as `file` and gets JSON; without scripts the form sends `evidence-<code>`.
    """
    files = request.FILES.getlist("file") or request.FILES.getlist(f"evidence-{code}")
    if not files:
        return _answer(request, pk, code, 422, [_("没有选择文件。请先选择要上传的文件。")])
    try:
        for file in files:
            services.evidence_add(by=request.user, return_id=pk, indicator_code=code, upload=file, name=_name(file))
    except Return.DoesNotExist:
        raise Http404 from None
    except ValueInvalid as invalid:
        return _answer(request, pk, code, 422, invalid.messages)
    except ReturnLocked as locked:
        return _answer(request, pk, code, 423, [str(locked)])
    return _answer(request, pk, code, 200, [])


def _name(file: UploadedFile) -> str:
    return file.name or ""


@require_POST
@permission_required(Permission.RETURN_FILL)
def evidence_remove(request: UserRequest, pk: int) -> HttpResponseBase:
    """Take a file back; its row and the file stay."""
    try:
        evidence = services.evidence_remove(by=request.user, evidence_id=pk)
    except Evidence.DoesNotExist:
        raise Http404 from None
    except ReturnLocked as locked:
        evidence = get_object_or_404(Evidence.objects.visible_to(request.user).select_related("indicator"), pk=pk)
        return _answer(request, evidence.return_ref_id, _code(evidence), 423, [str(locked)])
    return _answer(request, evidence.return_ref_id, _code(evidence), 200, [])


def _code(evidence: Evidence) -> str:
    return evidence.indicator.code if evidence.indicator else ""


def _answer(request: UserRequest, pk: int, code: str, status: int, refused: list[str]) -> HttpResponseBase:
    """To the script the cell's files as they now stand; to a plain form the page again."""
    if request.accepts("text/html"):
        for sentence in refused:
            messages.error(request, sentence)
        place = f"#cell-{code}" if code else "#section-evidence"
        return redirect(get_object_or_404(Return.objects.visible_to(request.user), pk=pk).get_absolute_url() + place)
    if refused:
        return JsonResponse({"messages": refused}, status=status)
    return_ = get_object_or_404(Return.objects.visible_to(request.user), pk=pk)
    shown = {"evidence": selectors.evidence_of(return_).get(code, []), "editable": True, "return": return_}
    return JsonResponse({"html": render_to_string("indicators/_evidence.html", shown)})


@require_safe
@permission_required(Permission.RETURN_VIEW)
def evidence_file(request: UserRequest, pk: int) -> HttpResponseBase:
    """The file itself, to be saved and never shown in the portal's own pages."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
    return file_response(evidence.file, evidence.name, evidence.content_type)
