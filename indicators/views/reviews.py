"""The reviewer's queue and sheet (审核)."""

from __future__ import annotations

import math
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required, require
from indicators import selectors, services
from indicators.enums import ReturnStatus
from indicators.exceptions import MoveRefused, ReturnLocked, RevisionConflict
from indicators.filters import QueueFilter
from indicators.forms import ReasonForm, RevisionForm
from indicators.models import Return
from indicators.views.common import (
    REVIEW_PERMISSIONS,
    CellRow,
    UserRequest,
    act_events,
    cities_of,
    filed_by,
    find_return,
    may,
    may_review,
    sheet_view,
    worked_on,
)

REVIEWS = (Permission.RETURN_REVIEW_CITY, Permission.RETURN_REVIEW_OFFICE)
PAGE_SIZE = 50
LARGE_CHANGE = 30  # per cent: what a reviewer looks at first; it decides nothing


@require_safe
@permission_required(*REVIEWS)
def review_queue(request: UserRequest) -> HttpResponseBase:
    """What waits for this reviewer, the longest waiting first."""
    waiting = _waiting_for(request)
    filtered = QueueFilter(request.GET, queryset=waiting, cities=cities_of(waiting))
    page = Paginator(filtered.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [
        {"return": row, "days": (now - row.since).days if row.since else None, "own": filed_by(request, row)}
        for row in page
    ]
    context = {
        "filter": filtered,
        "page_obj": page,
        "rows": rows,
        "total": waiting.count(),
        "by_status": [
            (status, waiting.filter(status=status).count())
            for status, permission in REVIEW_PERMISSIONS.items()
            if request.user.may(permission)
        ],
        "oldest": waiting.first(),
    }
    return render(request, "indicators/review_queue.html", context)


def _waiting_for(request: UserRequest) -> QuerySet[Return]:
    condition = Q(pk__in=[])
    for status, permission in REVIEW_PERMISSIONS.items():
        condition |= Q(status=status, pk__in=Return.objects.visible_to(request.user, permission).values("pk"))
    returns = Return.objects.filter(condition).select_related("round", "zone__city", "submitted_by")
    return returns.annotate(since=Max("acts__at"), worked_on=worked_on(request.user)).order_by("since", "pk")


@require_safe
@permission_required(*REVIEWS)
def return_review(request: UserRequest, pk: int) -> HttpResponseBase:
    """What a reviewer needs to see: warnings with their explanations, large changes, then every figure."""
    return _page(request, find_return(request, pk))


def _page(
    request: UserRequest,
    return_: Return,
    reason_form: ReasonForm | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    sheet = sheet_view(selectors.return_sheet(return_))
    year = return_.round.year
    context = {
        "return": return_,
        "sheet": sheet,
        "outliers": sorted(filter(_is_large, sheet.cells), key=_size, reverse=True),
        "may_decide": may_review(request, return_),
        "why_not": _why_not(request, return_),
        "final_step": return_.status == ReturnStatus.CITY_ACCEPTED,
        "reason_form": reason_form or ReasonForm(initial={"base_revision": return_.revision}),
        "year": year,
        "last_year": year - 1,
        "year_before": year - 2,
        "acts": act_events(return_),
        "acts_intact": selectors.acts_intact(return_),
        "problems": problems or [],
        "empty": [cell for cell in sheet.cells if not cell.filled],
        **sheet.findings_context(),
    }
    return render(request, "indicators/return_review.html", context, status=status)


def _is_large(cell: CellRow) -> bool:
    return cell.change is not None and abs(cell.change) >= LARGE_CHANGE


def _size(cell: CellRow) -> float:
    """How far from last year, a halving as far as a doubling."""
    ratio = 1 + float(cell.change or 0) / 100
    return abs(math.log(ratio)) if ratio > 0 else math.inf


def _why_not(request: UserRequest, return_: Return) -> str:
    """Why this reader cannot decide here; empty when they can."""
    if return_.status not in REVIEW_PERMISSIONS:
        return _("报表当前状态为“%(status)s”，没有待办的审核。") % {"status": return_.get_status_display()}
    if not may(request, REVIEW_PERMISSIONS[return_.status], return_):
        return _("这一步由%(who)s办理，您可以查看。") % {"who": _step_name(return_)}
    if filed_by(request, return_):
        return _("这份报表由您填写或报送，须由他人审核。")
    return ""


def _step_name(return_: Return) -> str:
    return _("市级办公室") if return_.status == ReturnStatus.SUBMITTED else _("省联席会议办公室")


@require_POST
@permission_required(*REVIEWS)
def return_accept(request: UserRequest, pk: int) -> HttpResponseBase:
    """Accept: the city's step or the office's, by status."""
    return_ = _for_decision(request, pk)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return _page(request, return_, problems=[_("页面不完整，没有办理。请刷新后再试。")], status=422)
    return _decide(request, return_, services.return_accept, _("已通过。"), **form.cleaned_data)


@require_POST
@permission_required(*REVIEWS)
def return_return(request: UserRequest, pk: int) -> HttpResponseBase:
    """Send back to the park, with the reason it will read."""
    return_ = _for_decision(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, return_, form, status=422)
    return _decide(request, return_, services.return_return, _("已退回园区。"), form, **form.cleaned_data)


def _for_decision(request: UserRequest, pk: int) -> Return:
    return_ = find_return(request, pk)
    permission = REVIEW_PERMISSIONS.get(return_.status)
    require(request.user, permission or REVIEWS, return_.zone.administration.path)
    return return_


def _decide(
    request: UserRequest, return_: Return, act: Any, done: str, form: ReasonForm | None = None, **data: Any
) -> HttpResponseBase:
    try:
        act(by=request.user, return_id=return_.pk, **data)
    except RevisionConflict:
        problems = [_("报表在您打开之后有变化，没有办理。请核对下面的最新内容。")]
        return _page(request, find_return(request, return_.pk), form, problems, status=409)
    except (MoveRefused, ReturnLocked) as refused:
        return _page(
            request, find_return(request, return_.pk), form, getattr(refused, "reasons", [str(refused)]), status=422
        )
    messages.success(request, f"{return_.zone} {return_.round}：{done}")
    return redirect("review_queue")
