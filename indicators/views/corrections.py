"""Asking for accepted figures to be changed, and deciding on it (更正申请)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required, require
from indicators import selectors, services
from indicators.enums import Absence, CorrectionStatus, Dimension, ReturnStatus
from indicators.exceptions import CollectionError, IncompleteReturn, MoveRefused, RevisionConflict, ValueInvalid
from indicators.filters_corrections import CorrectionFilter
from indicators.forms import CellForm, RevisionForm
from indicators.models import Correction, Indicator, Return, Value
from indicators.selectors.asked import stored_values
from indicators.services import CellInput
from indicators.services.corrections import ASKING
from indicators.views.common import UserRequest, find_return, may

PAGE_SIZE = 50


@require_safe
@permission_required(Permission.RETURN_VIEW)
def correction_list(request: UserRequest) -> HttpResponseBase:
    """Requests in the reader's territory, newest first."""
    related = ("return_ref__zone__city", "return_ref__round", "requested_by", "decided_by")
    corrections = Correction.objects.visible_to(request.user).select_related(*related)
    filtered = CorrectionFilter(request.GET, queryset=corrections.prefetch_related("items__indicator"), request=request)
    page = Paginator(filtered.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = corrections.open().count()
    return render(
        request, "indicators/correction_list.html", {"filter": filtered, "page_obj": page, "waiting": waiting}
    )


# ---- asking ---------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A cell of the accepted return beside what is to stand there."""

    indicator: Indicator
    value: Value | None
    chosen: bool
    typed: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def wanted(self) -> bool:
        return bool(self.typed.get("number", "").strip() or self.typed.get("absence"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(*ASKING)
def correction_new(request: UserRequest, pk: int) -> HttpResponseBase:
    """The request: old beside new, a reason, files. `?cell=<code>` brings cells to the top."""
    return_ = find_return(request, pk)
    require(request.user, ASKING, return_.zone.administration.path)
    if return_.status != ReturnStatus.ACCEPTED:
        messages.info(request, _("报表还没有确认，不需要更正申请。"))
        return redirect(return_)
    if there := selectors.open_correction(return_):
        messages.info(request, _("这份报表已有一件待裁定的更正申请。"))
        return redirect(there)
    rows = _rows(return_, set(request.GET.getlist("cell")))
    if request.method != "POST":
        return _ask_page(request, return_, rows)
    return _ask(request, return_, rows)


def _rows(return_: Return, chosen: set[str]) -> list[Row]:
    values = stored_values([return_])[return_.pk]
    items = selectors.asked_indicators([return_])[return_.pk]
    return [Row(item, values.get(item.code), item.code in chosen) for item in items]


def _ask(request: UserRequest, return_: Return, rows: list[Row]) -> HttpResponseBase:
    cells = _read(request, rows)
    revision, reason = RevisionForm(request.POST), request.POST.get("reason", "")
    if any(row.faults for row in rows):
        return _ask_page(request, return_, rows, [_("有数字需要改正，申请还没有提交。请看标红的项。")], status=422)
    if not revision.is_valid():
        return _ask_page(request, return_, rows, [_("页面不完整，没有提交。请刷新后重填。")], status=422)
    try:
        correction = services.correction_request(
            by=request.user, return_id=return_.pk, items=cells, reason=reason, **revision.cleaned_data
        )
    except ValueInvalid as error:
        for row in rows:
            row.faults = error.errors.get(row.indicator.code, [])
        return _ask_page(request, return_, rows, [_("有数字需要改正，申请还没有提交。请看标红的项。")], status=422)
    except (MoveRefused, RevisionConflict) as error:
        return _ask_page(request, return_, rows, getattr(error, "reasons", [str(error)]), status=422)
    _take_files(request, correction)
    messages.success(request, _("更正申请已提交，等待省联席会议办公室裁定。"))
    return redirect(correction)


def _read(request: UserRequest, rows: list[Row]) -> list[CellInput]:
    cells = []
    for row in rows:
        code = row.indicator.code
        row.typed = {part: request.POST.get(f"{part}-{code}", "") for part in ("number", "absence", "comment")}
        if not row.wanted:
            continue
        row.chosen = True
        form = CellForm(row.indicator, {**row.typed, "base_revision": "0"})
        if form.is_valid():
            data = form.cleaned_data
            cells.append(CellInput(code, data["number"], data["absence"], data["comment"]))
        else:
            row.faults = form.messages
    return cells


def _take_files(request: UserRequest, correction: Correction) -> None:
    for upload in request.FILES.getlist("files"):
        try:
            services.correction_evidence_add(
                by=request.user, correction_id=correction.pk, upload=upload, name=upload.name or ""
            )
        except ValueInvalid as error:
            messages.error(request, " ".join(error.messages))


def _ask_page(
    request: UserRequest, return_: Return, rows: list[Row], problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    sections: dict[Dimension, list[Row]] = {}
    for row in rows:
        if not row.chosen:
            sections.setdefault(Dimension(row.indicator.dimension), []).append(row)
    context = {
        "return": return_,
        "chosen": [row for row in rows if row.chosen],
        "sections": sections.items(),
        "absences": Absence.choices,
        "reason": request.POST.get("reason", ""),
        "problems": problems or [],
    }
    return render(request, "indicators/correction_new.html", context, status=status)


# ---- deciding -------------------------------------------------------------------------------------------------


@require_safe
@permission_required(Permission.RETURN_VIEW)
def correction_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """What is asked, what it would move, both versions, and the decision."""
    return _detail(request, _find(request, pk))


def _find(request: UserRequest, pk: int) -> Correction:
    related = ("return_ref__zone__city", "return_ref__zone__administration", "return_ref__round", "organisation")
    corrections = Correction.objects.visible_to(request.user).select_related(*related, "requested_by", "decided_by")
    return get_object_or_404(corrections, pk=pk)


def _detail(
    request: UserRequest, correction: Correction, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    return_ = correction.return_ref
    items = list(correction.items.select_related("indicator").order_by("indicator__position"))
    is_open = correction.status == CorrectionStatus.PROPOSED
    context = {
        "correction": correction,
        "return": return_,
        "items": items,
        "evidence": correction.evidence.kept().select_related("uploaded_by"),
        "findings": selectors.corrected_findings(return_, items) if is_open else [],
        "is_open": is_open,
        "why_not": _why_not(request, correction) if is_open else "",
        "mine": correction.requested_by_id == request.user.pk,
        "reason": request.POST.get("reason", ""),
        "problems": problems or [],
    }
    return render(request, "indicators/correction_detail.html", context, status=status)


def _why_not(request: UserRequest, correction: Correction) -> str:
    """Why this reader cannot decide; empty when they can."""
    if not may(request, Permission.RETURN_REVIEW_OFFICE, correction.return_ref):
        return _("由省联席会议办公室裁定，您可以查看。")
    if correction.requested_by_id == request.user.pk or selectors.is_involved(request.user, correction.return_ref):
        return _("更正由您申请，或这份报表由您填写、报送过，须由他人裁定。")
    return ""


@require_POST
@permission_required(Permission.RETURN_REVIEW_OFFICE)
def correction_decide(request: UserRequest, pk: int) -> HttpResponseBase:
    """Apply (`decision=apply`) or refuse."""
    apply = request.POST.get("decision") == "apply"
    try:
        services.correction_decide(
            by=request.user, correction_id=pk, apply=apply, reason=request.POST.get("reason", "")
        )
    except Correction.DoesNotExist:
        raise Http404 from None
    except IncompleteReturn as error:
        problems = [_("更正后的数字违反强制审核关系，没有采纳："), *error.reasons]
        return _detail(request, _find(request, pk), problems, status=422)
    except CollectionError as error:
        return _detail(request, _find(request, pk), getattr(error, "reasons", [str(error)]), status=422)
    messages.success(request, _("已采纳，数字已更正。") if apply else _("已驳回，申请人会收到通知。"))
    return redirect("correction_detail", pk)


@require_POST
@permission_required(*ASKING)
def correction_withdraw(request: UserRequest, pk: int) -> HttpResponseBase:
    """Take one's own request back."""
    try:
        services.correction_withdraw(by=request.user, correction_id=pk)
    except Correction.DoesNotExist:
        raise Http404 from None
    except MoveRefused as error:
        return _detail(request, _find(request, pk), error.reasons, status=422)
    messages.success(request, _("更正申请已撤回。"))
    return redirect("correction_detail", pk)


@require_POST
@permission_required(*ASKING)
def correction_evidence(request: UserRequest, pk: int) -> HttpResponseBase:
    """Further files for one's own request."""
    correction = _find(request, pk)
    if not request.FILES.getlist("files"):
        return _detail(request, correction, [_("没有选择文件。请先选择要上传的文件。")], status=422)
    try:
        _take_files(request, correction)
    except MoveRefused as error:
        return _detail(request, correction, error.reasons, status=422)
    return redirect(correction)
