"""Rounds and their completeness boards (填报任务与进度)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.models import User
from common.access import permission_required
from common.statuses import look
from indicators import selectors
from indicators.board_export import board_xlsx, city_table, table_csv, zone_table
from indicators.enums import EDITABLE_STATUSES, Frequency, ReturnStatus, RoundStatus
from indicators.filters import LATE, BoardFilter
from indicators.models import Return, Round
from indicators.selectors.board import NOT_STARTED, STATUSES, Counts, board_of, columns, counts_by_round, segments
from indicators.selectors.reviews import involved
from indicators.selectors.rounds import zones_counted
from indicators.views.common import UserRequest, cities_of, due_words, may, may_review

log = structlog.get_logger(__name__)

PAGE_SIZE = 50
ROUNDS_A_PAGE = 20
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
    """Rounds, open ones first, each with how far the returns in the reader's territory are; by frequency."""
    frequency = request.GET.get("frequency", "")
    rounds = _in_order(Round.objects.visible_to(request.user))
    if frequency in Frequency.values:
        rounds = rounds.filter(frequency=frequency)
    page = Paginator(rounds.prefetch_related("cities", "forms"), ROUNDS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": _round_rows(request, list(page)),
        "page_obj": page,
        "tabs": _frequency_tabs(frequency, request.user),
        "may_manage": request.user.may(Permission.ROUND_MANAGE),
    }
    return render(request, "indicators/round_list.html", context)


def _in_order(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Open ones first, then planned ones, then closed ones; the newest period first."""
    turn = Case(When(status=RoundStatus.OPEN, then=0), When(status=RoundStatus.PLANNED, then=1), default=2)
    return rounds.order_by(turn, "-period", "-pk")


def _frequency_tabs(chosen: str, user: User) -> list[dict[str, Any]]:
    """A tab for each frequency of which there is a round; none when there is one alone."""
    counts = dict(Round.objects.visible_to(user).order_by().values_list("frequency").annotate(n=Count("pk")))
    tabs = [{"label": _("全部"), "href": "?", "active": not chosen, "count": sum(counts.values())}]
    names = {Frequency.YEAR: _("年报"), Frequency.QUARTER: _("季报"), Frequency.MONTH: _("月报")}
    for frequency, name in names.items():
        if count := counts.get(frequency.value):
            tabs.append(
                {"label": name, "href": f"?frequency={frequency}", "active": chosen == frequency, "count": count}
            )
    return tabs if len(tabs) > 2 else []


def _round_rows(request: UserRequest, rounds: Sequence[Round]) -> list[dict[str, Any]]:
    returns = Return.objects.visible_to(request.user).filter(round__in=rounds)
    counts = counts_by_round(returns)
    one_a_round = returns.count() <= len(counts)  # a park: lead it straight to its return
    own = {row.round_id: row for row in returns.select_related("zone", "round")} if one_a_round else {}
    zones = zones_counted(round_ for round_ in rounds if round_.status == RoundStatus.PLANNED)
    nothing = Counts(Counter(), 0)
    return [
        {
            "round": round_,
            "counts": (counted := counts.get(round_.pk, nothing)),
            "segments": segments(counted.by_status),
            "own": own.get(round_.pk),
            "zones": zones.get(round_.pk, 0),
        }
        for round_ in rounds
    ]


@require_safe
@permission_required(Permission.RETURN_VIEW)
def round_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """The board of a round, by city or by zone; a cell of the first leads to the zones behind it in the second."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    returns = Return.objects.visible_to(request.user).filter(round=round_)
    board = selectors.completeness(round_, request.user)
    by_zone = request.GET.get("view") == "zone" or len(board.rows) < 2
    counts = Counter(board.total.counts)
    context = {
        "round": round_,
        "board": board.total,
        "by_zone": by_zone,
        "total": board.total.total,
        "late": board.total.late,
        "accepted": counts[ReturnStatus.ACCEPTED],
        "in_review": counts[ReturnStatus.SUBMITTED] + counts[ReturnStatus.CITY_ACCEPTED],
        "with_parks": counts[NOT_STARTED] + counts[ReturnStatus.DRAFT] + counts[ReturnStatus.RETURNED],
        "segments": segments(counts),
        "late_status": LATE,
        "polls": round_.status == RoundStatus.OPEN,
        "now": timezone.localtime(),
        "others": _others(round_, request.user),
        "tabs": _view_tabs(by_zone=by_zone) if len(board.rows) > 1 else [],
        "may_manage": request.user.may(Permission.ROUND_MANAGE),
        "may_export": request.user.may(Permission.EXPORT),
        "zones": zones_counted([round_])[round_.pk] if round_.status == RoundStatus.PLANNED else 0,
        "reminded": _last_reminder(round_) if request.user.may(Permission.ROUND_MANAGE) else None,
    }
    more = _zone_view(request, returns) if by_zone else _city_view(request, round_, board)
    return render(request, "indicators/round_detail.html", context | more)


def _others(round_: Round, user: User) -> list[dict[str, Any]]:
    """The open rounds and this one, to change between them; empty when there is no other."""
    rounds = list(_in_order(Round.objects.visible_to(user).filter(Q(status=RoundStatus.OPEN) | Q(pk=round_.pk))))
    if len(rounds) < 2:
        return []
    return [{"label": row.label, "href": row.get_absolute_url(), "active": row.pk == round_.pk} for row in rounds]


def _view_tabs(*, by_zone: bool) -> list[dict[str, Any]]:
    return [
        {"label": _("按市"), "href": "?view=city", "active": not by_zone},
        {"label": _("按园区"), "href": "?view=zone", "active": by_zone},
    ]


def _last_reminder(round_: Round) -> dict[str, Any] | None:
    """Who last reminded parks by hand, when, and of how many returns."""
    events = round_.history.filter(pgh_label="reminded").select_related("pgh_context")  # type: ignore[attr-defined]
    event = events.order_by("-pgh_id").first()
    if event is None or event.pgh_context is None:
        return None
    facts = event.pgh_context.metadata
    by = User.objects.filter(pk=facts["reminded_by"]).first()
    return {"at": event.pgh_created_at, "returns": len(facts["reminded"]), "people": facts["people"], "by": by}


def _city_view(request: UserRequest, round_: Round, board: selectors.Completeness) -> dict[str, Any]:
    shown = columns(round_)
    rows = [_board_row(row, shown) for row in _board_sorted(board.rows, request.GET.get("sort", ""))]
    return {
        "rows": rows,
        "columns": [(status, look(status)) for status in shown],
        "totals": _board_row(board.total, shown),
    }


def _board_sorted(rows: list[selectors.CompletenessRow], key: str) -> list[selectors.CompletenessRow]:
    """By city code, a status, late, total, or the share filled in or accepted; the code settles ties."""
    name, down = key.removeprefix("-"), key.startswith("-")
    if name in STATUSES:
        return sorted(rows, key=lambda row: row.counts[name], reverse=down)
    if name in {"late", "total"}:
        return sorted(rows, key=lambda row: getattr(row, name), reverse=down)
    if name in {"percent", "done_percent"}:
        return sorted(rows, key=lambda row: getattr(row, name) or 0.0, reverse=down)
    return rows[::-1] if key == "-city" else rows


def _board_row(row: selectors.CompletenessRow, shown: Sequence[str]) -> dict[str, Any]:
    cells = [(status, row.counts[status]) for status in shown]
    return {"row": row, "cells": cells, "heat": heat(row.percent), "done_heat": heat(row.done_percent),
            "segments": segments(Counter(row.counts))}  # fmt: skip


def heat(percent: float | None) -> int:
    """A step of five of the share, for the ground behind its number: 0 up to 20 %, 4 from 80 %."""
    return 0 if percent is None else min(int(percent // 20), 4)


def _zone_view(request: UserRequest, returns: QuerySet[Return]) -> dict[str, Any]:
    filtered = BoardFilter(request.GET, queryset=_listed(returns, request.user), cities=cities_of(returns))
    page = Paginator(_sorted(filtered.qs, request.GET.get("sort", "")), PAGE_SIZE).get_page(request.GET.get("page"))
    return {"filter": filtered, "page_obj": page, "lines": _lines(request, page)}


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
        filled = min(return_.filled, total)  # type: ignore[attr-defined]
        untouched = return_.status == ReturnStatus.DRAFT and not return_.cells  # type: ignore[attr-defined]
        lines.append(
            {
                "return": return_,
                "status": NOT_STARTED if untouched else return_.status,
                "asked": total,
                "filled": filled,
                "text": f"{filled}/{total}",
                "with_park": return_.status in EDITABLE_STATUSES,
                "due": due_words(return_),
                "over": return_.deadline_passed,
                "may_review": may_review(request, return_),
                "editable": return_.is_editable and may(request, Permission.RETURN_FILL, return_),
            }
        )
    return lines


@require_safe
@permission_required(Permission.EXPORT)
def round_export(request: UserRequest, pk: int) -> HttpResponseBase:
    """The board as filtered, of the zones over which the user may export; leaves a line in the log."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    returns = Return.objects.visible_to(request.user, Permission.EXPORT).filter(round=round_)
    chosen = BoardFilter(request.GET, queryset=returns)
    board = board_of(chosen.qs if chosen.is_valid() else returns.none())
    asked = {key: value for key, value in request.GET.items() if value and key in chosen.filters}
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    log.info("round_export", user=request.user.get_username(), kind=kind, returns=board.total.total, filters=asked)
    name = f"round-{round_.period}-{timezone.localdate():%Y%m%d}.{kind}"
    cities, zones = city_table(round_, board), zone_table(board.lines)
    if kind == "csv":
        table = zones if request.GET.get("view") == "zone" else cities
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(table_csv(table), content_type="text/csv; charset=utf-8", headers=headers)
    about = [
        (_("填报任务"), round_.label),
        (_("筛选条件"), "; ".join(f"{chosen.filters[key].label}: {value}" for key, value in asked.items()) or _("无")),
        (_("导出时间"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("导出人"), str(request.user)),
    ]
    return FileResponse(board_xlsx(cities, zones, about), as_attachment=True, filename=name)
