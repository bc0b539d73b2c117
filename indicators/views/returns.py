"""The form of one return: shown, saved cell by cell, handed in (报表填写)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from common.access import permission_required, require
from common.attachments import ACCEPT, LARGEST
from indicators import selectors, services
from indicators.enums import EDITABLE_STATUSES, Absence, Channel, ReturnStatus, RoundStatus
from indicators.exceptions import MoveRefused, ReturnLocked, RevisionConflict, ValueInvalid
from indicators.forms import CellForm, RevisionForm
from indicators.models import Return
from indicators.services import CellInput
from indicators.services.corrections import ASKING
from indicators.services.shared import deadline_words
from indicators.views.common import (
    SheetView,
    UserRequest,
    act_events,
    due_words,
    find_return,
    may,
    may_review,
    period_label,
    put_beside,
    sheet_view,
)
from indicators.views.texts import beside_texts, reading_words, return_texts


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RETURN_VIEW)
def return_form(request: UserRequest, pk: int) -> HttpResponseBase:
    """The form; a POST is the plain save of a browser without scripts: all cells, whole or not at all."""
    return_ = find_return(request, pk)
    if request.method != "POST":
        return _page(request, return_, sheet_view(selectors.return_sheet(return_)))
    require(request.user, Permission.RETURN_FILL, return_.zone.administration.path)
    return _save_all(request, return_)


def _save_all(request: UserRequest, return_: Return) -> HttpResponseBase:
    sheet = sheet_view(selectors.return_sheet(return_))
    cells = _read_cells(request, sheet)
    revision = RevisionForm(request.POST)
    if not revision.is_valid():
        return _page(request, return_, sheet, [_("页面不完整，没有保存。请刷新后重填。")], status=422)
    if any(cell.faults for cell in sheet.cells):
        return _page(request, return_, sheet, [_("有数字需要更正，全部都还没有保存。请看标红的项。")], status=422)
    try:
        services.values_save(
            by=request.user,
            return_id=return_.pk,
            cells=cells,
            base_revision=revision.cleaned_data["base_revision"],
            channel=Channel.FORM,
        )
    except ValueInvalid as error:
        for cell in sheet.cells:
            cell.faults = error.errors.get(cell.indicator.code, [])
        return _page(request, return_, sheet, [_("有数字需要更正，全部都还没有保存。请看标红的项。")], status=422)
    except RevisionConflict:
        fresh = sheet_view(selectors.return_sheet(return_))
        problems = [_("别人刚改过这份报表，没有保存。下面是最新的数字，请核对后重填。")]
        return _page(request, return_, fresh, problems, status=409)
    except ReturnLocked as error:
        return _page(request, return_, sheet, [str(error)], status=423)
    messages.success(request, _("已保存。"))
    return redirect(return_)


def _read_cells(request: UserRequest, sheet: SheetView) -> list[CellInput]:
    """What was typed, cell by cell; it and its faults are noted on the rows of `sheet`."""
    cells = []
    for cell in sheet.cells:
        code = cell.indicator.code
        typed = {part: request.POST.get(f"{part}-{code}", "") for part in ("number", "absence", "comment")}
        form = CellForm(cell.indicator, {**typed, "base_revision": "0"})
        cell.typed = typed
        if not form.is_valid():
            cell.faults = form.messages
            continue
        data = form.cleaned_data
        asked = CellInput(code, data["number"], data["absence"], data["comment"])
        if not (asked.equals(cell.value) if cell.value else asked.empty):
            cells.append(asked)
    return cells


def _page(
    request: UserRequest, return_: Return, sheet: SheetView, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    may_fill = may(request, Permission.RETURN_FILL, return_)
    editable = may_fill and return_.is_editable
    year, part = return_.round.year, return_.round.part
    whole = put_beside(sheet, return_)
    context = {
        "return": return_,
        "sheet": sheet,
        "editable": editable,
        "can_submit": editable and may(request, Permission.RETURN_SUBMIT, return_),
        "can_review": may_review(request, return_),
        "can_correct": return_.status == ReturnStatus.ACCEPTED and any(may(request, name, return_) for name in ASKING),
        "correction": selectors.open_correction(return_) if return_.status == ReturnStatus.ACCEPTED else None,
        "read_only_reason": "" if editable else _read_only_reason(return_, may_fill=may_fill),
        "whole": whole,
        "returned": whole.returned,
        "can_answer": may_fill and return_.status != ReturnStatus.ACCEPTED,
        "news_token": selectors.news_token(return_),
        "accept_files": ACCEPT,
        "largest_file": LARGEST,
        "due": due_words(return_),
        "periods": [period_label(back, part) for back in (year, year - 1, year - 2)],
        "absences": Absence.choices,
        "acts": act_events(return_),
        "acts_intact": selectors.acts_intact(return_),
        "texts": return_texts(),
        "reading": reading_words(),
        "beside_texts": beside_texts(),
        "problems": problems or [],
        "findings_json": sheet.findings_json(),
        **sheet.findings_context(),
    }
    return render(request, "indicators/return_form.html", context, status=status)


def _read_only_reason(return_: Return, *, may_fill: bool) -> str:
    if return_.status == ReturnStatus.ACCEPTED:
        return _("只读：省级已确认，数字已锁定。")
    if return_.status not in EDITABLE_STATUSES:
        return _("只读：报表正在审核，退回后才能修改。")
    if return_.round.status != RoundStatus.OPEN:
        planned = return_.round.status == RoundStatus.PLANNED
        return _("只读：填报还没有开放。") if planned else _("只读：填报已经结束。")
    if return_.deadline_passed:
        return deadline_words(return_)
    return "" if may_fill else _("只读：您可以查看，填写由园区管理机构办理。")


@require_POST
@permission_required(Permission.RETURN_SUBMIT)
def return_submit(request: UserRequest, pk: int) -> HttpResponseBase:
    """Hand in; what stands in the way is told on the form."""
    return_ = find_return(request, pk)
    require(request.user, Permission.RETURN_SUBMIT, return_.zone.administration.path)
    form = RevisionForm(request.POST)
    sheet = sheet_view(selectors.return_sheet(return_))
    if not form.is_valid():
        return _page(request, return_, sheet, [_("页面不完整，没有报送。请刷新后再试。")], status=422)
    try:
        services.return_submit(by=request.user, return_id=pk, base_revision=form.cleaned_data["base_revision"])
    except RevisionConflict:
        problems = [_("别人刚改过这份报表，没有报送。请核对下面的最新数字后再报送。")]
        return _page(request, return_, sheet, problems, status=409)
    except (MoveRefused, ReturnLocked) as refused:
        return _page(request, return_, sheet, getattr(refused, "reasons", [str(refused)]), status=422)
    messages.success(request, _("已报送，等待市级办公室审核。"))
    return redirect(return_)
