"""Rounds and their completeness boards (填报任务与进度)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required
from common.statuses import look
from indicators import selectors, services
from indicators.enums import ReturnStatus, RoundStatus
from indicators.exceptions import MoveRefused
from indicators.filters import LATE, NOT_STARTED, BoardFilter, late, not_started
from indicators.models import Return, Round
from indicators.selectors.reviews import involved
from indicators.views.common import UserRequest, cities_of, due_words, may, may_review
from parks.models import Designation

BOARD_STATUSES: tuple[str, ...] = (NOT_STARTED, *ReturnStatus.values)
PAGE_SIZE = 50
SORTS = {
    "zone": "zone__code",
    "city": "zone__city__code",
    "status": "status",
    "filled": "filled",
    "due": "due_on",
}


@require_safe
@permission_required(Permission.RETURN_VIEW)
def round_list(request: UserRequest) -> HttpResponseBase:
    """All rounds, each with how far the returns in the reader's territory are."""
    returns = Return.objects.visible_to(request.user)
    counts = _counts_by_round(returns)
    late_counts = dict(_by_round(returns.filter(late())))
    one_a_round = returns.count() <= len(counts)  # a park: lead it straight to its return
    own = {row.round_id: row for row in returns.select_related("zone", "round")} if one_a_round else {}
    rounds = list(Round.objects.order_by("-year"))
    zones_asked = _zones_asked([round_ for round_ in rounds if round_.status == RoundStatus.PLANNED])
    rows = []
    for round_ in rounds:
        total = sum(counts[round_.pk].values())
        rows.append(
            {
                "round": round_,
                "total": total,
                "late": late_counts.get(round_.pk, 0),
                "segments": _segments(counts[round_.pk], total),
                "own": own.get(round_.pk),
                "zones": zones_asked.get(round_.pk, 0),
            }
        )
    context = {"rows": rows, "may_manage": request.user.may(Permission.ROUND_MANAGE), "statuses": BOARD_STATUSES}
    return render(request, "indicators/round_list.html", context)


def _by_round(returns: QuerySet[Return]) -> list[tuple[int, int]]:
    return list(returns.order_by().values_list("round_id").annotate(n=Count("pk")))


def _counts_by_round(returns: QuerySet[Return]) -> defaultdict[int, Counter[str]]:
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for round_id, status, n in returns.order_by().values_list("round_id", "status").annotate(n=Count("pk")):
        counts[round_id][status] = n
    for round_id, n in _by_round(returns.filter(not_started())):
        counts[round_id][NOT_STARTED] = n
        counts[round_id][ReturnStatus.DRAFT] -= n
    return counts


def _segments(counts: Counter[str], total: int) -> list[dict[str, Any]]:
    """Parts of a bar in the order of the work: status, count, and from where to how far it goes, in per cent."""
    segments: list[dict[str, Any]] = []
    start = 0.0
    for status in BOARD_STATUSES:
        if counts[status]:
            width = 100 * counts[status] / total
            segments.append(
                {"status": status, "look": look(status), "count": counts[status], "start": start, "width": width}
            )
            start += width
    return segments


def _zones_asked(rounds: list[Round]) -> dict[int, int]:
    """How many zones opening each round would give a return, by the round's key; one query for all."""
    asked: dict[str, Any] = {}
    for round_ in rounds:
        plates = Designation.objects.in_force_on(date(round_.year, 12, 31)).filter(zone_class__in=round_.zone_classes)
        asked[str(round_.pk)] = Count("zone", distinct=True, filter=Q(pk__in=plates.values("pk")))
    counts = Designation.objects.aggregate(**asked) if asked else {}
    return {int(key): count for key, count in counts.items()}


@require_POST
@permission_required(Permission.ROUND_MANAGE)
def round_open(request: UserRequest, pk: int) -> HttpResponseBase:
    """Open a round: every zone asked gets its return."""
    round_ = get_object_or_404(Round, pk=pk)
    try:
        services.round_open(by=request.user, round=round_)
    except MoveRefused as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
        return redirect("round_list")
    messages.success(request, _("“%(round)s”已下发到各园区。") % {"round": round_})
    return redirect(round_)


@require_safe
@permission_required(Permission.RETURN_VIEW)
def round_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """The board: cities × statuses, and the returns behind every number."""
    round_ = get_object_or_404(Round, pk=pk)
    board = selectors.completeness(round_, request.user)
    returns = Return.objects.visible_to(request.user).filter(round=round_)
    filtered = BoardFilter(request.GET, queryset=_listed(returns, request.user), cities=cities_of(returns))
    page = Paginator(_sorted(filtered.qs, request.GET.get("sort", "")), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = Counter(board.total.counts)
    context = {
        "round": round_,
        "rows": [_board_row(row) for row in board.rows],
        "columns": [(status, look(status)) for status in BOARD_STATUSES],
        "totals": [counts[status] for status in BOARD_STATUSES],
        "total": board.total.total,
        "late": board.total.late,
        "percent": board.total.percent,
        "accepted": counts[ReturnStatus.ACCEPTED],
        "in_review": counts[ReturnStatus.SUBMITTED] + counts[ReturnStatus.CITY_ACCEPTED],
        "with_parks": counts[NOT_STARTED] + counts[ReturnStatus.DRAFT] + counts[ReturnStatus.RETURNED],
        "segments": _segments(counts, board.total.total),
        "filter": filtered,
        "page_obj": page,
        "lines": _lines(request, page),
        "late_status": LATE,
        "may_manage": request.user.may(Permission.ROUND_MANAGE),
        "zones": _zones_asked([round_])[round_.pk] if round_.status == RoundStatus.PLANNED else 0,
    }
    return render(request, "indicators/round_detail.html", context)


def _listed(returns: QuerySet[Return], user: Any) -> QuerySet[Return]:
    answered = Count("values", filter=~Q(values__number=None, values__absence=""))
    related = returns.select_related("round", "zone__city", "zone__administration", "submitted_by")
    return related.annotate(filled=answered, cells=Count("values"), involved=involved(user))


def _sorted(returns: QuerySet[Return], key: str) -> QuerySet[Return]:
    field = SORTS.get(key.removeprefix("-"), "zone__code")
    order = F(field).desc(nulls_last=True) if key.startswith("-") else F(field).asc(nulls_last=True)
    return returns.order_by(order, "zone__code")


def _lines(request: UserRequest, page: Iterable[Return]) -> list[dict[str, Any]]:
    """Rows of the list of returns, with what their reader may do."""
    returns = list(page)
    asked = selectors.asked_indicators(returns)
    lines = []
    for return_ in returns:
        total = len(asked[return_.pk])
        untouched = return_.status == ReturnStatus.DRAFT and not return_.cells  # type: ignore[attr-defined]
        lines.append(
            {
                "return": return_,
                "status": NOT_STARTED if untouched else return_.status,
                "asked": total,
                "text": f"{return_.filled}/{total}",  # type: ignore[attr-defined]
                "due": due_words(return_),
                "may_review": may_review(request, return_),
                "editable": return_.is_editable and may(request, Permission.RETURN_FILL, return_),
            }
        )
    return lines


def _board_row(row: Any) -> dict[str, Any]:
    counts = Counter(row.counts)
    return {
        "city": row.city,
        "cells": [(status, counts[status]) for status in BOARD_STATUSES],
        "late": row.late,
        "total": row.total,
        "percent": row.percent,
        "segments": _segments(counts, row.total),
    }
