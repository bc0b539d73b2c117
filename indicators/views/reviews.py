"""The reviewer's queue, sheet and decisions (审核)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import permission_required, require
from indicators import selectors, services
from indicators.exceptions import MoveRefused, ReturnLocked, RevisionConflict
from indicators.filters import QueueFilter
from indicators.forms import ReasonForm, RevisionForm
from indicators.models import Return
from indicators.selectors import Tally, filed_late, next_step, waiting_for
from indicators.selectors.reviews import REVIEWS, STEP_PERMISSIONS, tallies
from indicators.views.common import UserRequest, act_events, cities_of, find_return, may, may_review, period_label
from indicators.views.questions import thread_rights
from indicators.views.review_sheet import ALL, ATTENTION, CHANGED, SINCE, ReviewSheet, review_sheet

PAGE_SIZE = 50


# ---- the queue ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue; `tally` is None until the line is shown or sorted by it."""

    item: Return
    tally: Tally | None = None

    @property
    def days(self) -> int | None:
        since = self.item.since  # type: ignore[attr-defined]
        return (timezone.now() - since).days if since else None

    @property
    def late(self) -> bool:
        return filed_late(self.item)


# What the queue can be sorted by; those over the tally need the checks of every return in it.
PLAIN_SORTS: dict[str, Callable[[Any], Any]] = {
    "zone": lambda row: row.item.zone.code,
    "city": lambda row: row.item.zone.city.code,
    "round": lambda row: row.item.round.period,
    "wait": lambda row: -(row.days or 0),
    "filed": lambda row: row.item.submissions,
}
TALLY_SORTS: dict[str, Callable[[Any], Any]] = {
    "findings": lambda row: row.tally.open_findings,
    "explained": lambda row: row.tally.explained,
    "changes": lambda row: row.tally.changes,
    "questions": lambda row: row.tally.questions,
}


@require_safe
@permission_required(*REVIEWS)
def review_queue(request: UserRequest) -> HttpResponseBase:
    """What waits for this reviewer, the longest waiting first."""
    waiting = waiting_for(request.user)
    everything = list(waiting)
    filtered = QueueFilter(request.GET, queryset=waiting, cities=cities_of(waiting), request=request)
    chosen = list(filtered.qs) if filtered.form.is_bound and any(request.GET.values()) else everything
    page = Paginator(_sorted(chosen, request.GET.get("sort", "")), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = _tallied(list(page))
    query = request.GET.copy()
    for name in ("page", "sort"):
        query.pop(name, None)
    context = {
        "filter": filtered,
        "page_obj": page,
        "rows": shown,
        "total": len(everything),
        "chosen": len(chosen),
        "open_to_me": sum(not row.involved for row in chosen),
        "steps": _steps(request, everything),
        "oldest": everything[0] if everything else None,
        "query": query.urlencode(),
        "many_rounds": len({row.round_id for row in everything}) > 1,
    }
    return render(request, "indicators/review_queue.html", context)


def _sorted(returns: Sequence[Return], sort: str) -> list[QueueRow]:
    rows = [QueueRow(return_) for return_ in returns]
    key = sort.removeprefix("-")
    if key in TALLY_SORTS:
        rows = _tallied(rows)
    by = (PLAIN_SORTS | TALLY_SORTS).get(key)
    return sorted(rows, key=by, reverse=sort.startswith("-")) if by else rows


def _tallied(rows: list[QueueRow]) -> list[QueueRow]:
    if not rows or rows[0].tally:
        return rows
    counted = tallies([row.item for row in rows])
    return [QueueRow(row.item, counted[row.item.pk]) for row in rows]


def _steps(request: UserRequest, waiting: Sequence[Return]) -> list[dict[str, Any]]:
    """How many wait at each step that is this reviewer's."""
    counts = {step: 0 for step, permission in STEP_PERMISSIONS.items() if request.user.may(permission)}
    for return_ in waiting:
        step = next_step(return_)
        if step is not None:
            counts[step.review] += 1
    return [{"label": step.label, "count": count} for step, count in counts.items()]  # type: ignore[attr-defined]


def next_in_queue(request: UserRequest, query: str, after: int) -> tuple[int | None, int]:
    """The return to review after this one, in the queue filtered as `query` says, and how many there are besides it."""
    waiting = QueueFilter(QueryDict(query), queryset=waiting_for(request.user), request=request).qs
    ids = list(waiting.exclude(involved=True).values_list("pk", flat=True))
    place = ids.index(after) if after in ids else None
    following = ids if place is None else ids[place + 1 :] + ids[:place]
    asked = request.GET.get("next", "")
    if asked.isdecimal() and int(asked) in following:
        return int(asked), len(following)
    return (following[0] if following else None), len(following)


# ---- the sheet ------------------------------------------------------------------------------------------------


@require_safe
@permission_required(*REVIEWS)
def return_review(request: UserRequest, pk: int) -> HttpResponseBase:
    """What a reviewer needs to see: warnings with their explanations, large changes, then every figure."""
    return _page(request, find_return(request, pk))


def _page(
    request: UserRequest,
    return_: Return,
    reasons: Mapping[str, str] | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    sheet = review_sheet(return_, asked, reasons or {})
    step, query = next_step(return_), asked.get("queue", "")
    following, left = next_in_queue(request, query, return_.pk)
    context = {
        "return": return_,
        "sheet": sheet,
        "periods": [period_label(return_.round.year - back, return_.round.part) for back in (0, 1)],
        "step": step,
        "may_decide": may_review(request, return_),
        "why_not": _why_not(request, return_),
        "reason": (reasons or {}).get("", ""),
        "tabs": _tabs(sheet, query),
        "queue": query,
        "next": following,
        "left": left,
        "acts": act_events(return_),
        "acts_intact": selectors.acts_intact(return_),
        "problems": problems or [],
        **sheet.view.findings_context(),
        **thread_rights(request, return_),
    }
    return render(request, "indicators/return_review.html", context, status=status)


def _tabs(sheet: ReviewSheet, query: str) -> list[dict[str, Any]]:
    labels = {
        ATTENTION: _("需要看的"),
        CHANGED: _("较上年变动"),
        SINCE: _("较上次报送改动"),
        ALL: _("全部指标"),
    }
    return [
        {
            "label": labels[name],
            "href": "?" + urlencode({"view": name, "beyond": sheet.beyond, "queue": query}),
            "active": name == sheet.mode,
            "count": count,
        }
        for name, count in sheet.counts.items()
    ]


def _why_not(request: UserRequest, return_: Return) -> str:
    """Why this reader cannot decide here; empty when they can."""
    step = next_step(return_)
    if step is None:
        return _("报表当前状态为“%(status)s”，没有待办的审核。") % {"status": return_.get_status_display()}
    if not may(request, step.permission, return_):
        who = _("市级办公室") if step.review == "city" else _("省联席会议办公室")
        return _("这一步由%(who)s办理，您可以查看。") % {"who": who}
    if return_.involved:  # type: ignore[attr-defined]
        return _("这份报表由您填写或报送，须由他人审核。")
    return ""


# ---- decisions ------------------------------------------------------------------------------------------------


@require_POST
@permission_required(*REVIEWS)
def return_accept(request: UserRequest, pk: int) -> HttpResponseBase:
    """Accept: the step the return is at."""
    return_ = _for_decision(request, pk)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return _page(request, return_, problems=[_("页面不完整，没有办理。请刷新后再试。")], status=422)
    return _decide(request, return_, services.return_accept, _("已通过。"), **form.cleaned_data)


@require_POST
@permission_required(*REVIEWS)
def return_return(request: UserRequest, pk: int) -> HttpResponseBase:
    """Send back to the park, with the reasons it will read: for the whole, or at the cells."""
    return_ = _for_decision(request, pk)
    form = ReasonForm(request.POST)
    typed = {name: str(text) for name, text in request.POST.items() if name.startswith("cell-")}
    cells = {name.removeprefix("cell-"): text for name, text in typed.items() if text.strip()}
    reasons = {"": request.POST.get("reason", ""), **cells}
    if not form.is_valid():
        problems = [str(error) for errors in form.errors.values() for error in errors]
        return _page(request, return_, reasons, problems, status=422)
    return _decide(
        request, return_, services.return_return, _("已退回园区。"), reasons, cells=cells, **form.cleaned_data
    )


def _for_decision(request: UserRequest, pk: int) -> Return:
    return_ = find_return(request, pk)
    step = next_step(return_)
    require(request.user, step.permission if step else REVIEWS, return_.zone.administration.path)
    return return_


def _decide(
    request: UserRequest,
    return_: Return,
    act: Callable[..., Return],
    done: str,
    reasons: Mapping[str, str] | None = None,
    **data: Any,
) -> HttpResponseBase:
    query = request.POST.get("queue", "")
    following, _left = next_in_queue(request, query, return_.pk)
    try:
        act(by=request.user, return_id=return_.pk, **data)
    except RevisionConflict:
        problems = [_("报表在您打开之后有变化，没有办理。请核对下面的最新内容。")]
        return _page(request, find_return(request, return_.pk), reasons, problems, status=409)
    except (MoveRefused, ReturnLocked) as refused:
        problems = getattr(refused, "reasons", [str(refused)])
        return _page(request, find_return(request, return_.pk), reasons, problems, status=422)
    messages.success(request, f"{return_.zone} {return_.round}：{done}")
    parameters = urlencode({"queue": query, "next": following or ""})
    return redirect(f"{reverse('return_review', args=[return_.pk])}?{parameters}")
