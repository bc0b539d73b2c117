"""What the home page says to whom: what is due, what waits for me, what changed (首页)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Min, Q
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import RunStatus
from assessments.models import Result, Run
from indicators.enums import EDITABLE_STATUSES, ActKind, ReturnStatus, RoundStatus
from indicators.models import Return, ReturnAct, Round
from indicators.selectors import Due, asked_indicators, department_due, reporting_year
from indicators.selectors.reviews import STEP_PERMISSIONS, at_step
from targets import selectors as targets

NEWS = 8
RESULTS = 6


@dataclass(frozen=True)
class DueReturn:
    """A return I may fill, with how far it is and how long there is."""

    item: Return
    filled: int
    asked: int
    days_left: int

    @property
    def is_late(self) -> bool:
        return self.days_left < 0

    @property
    def days_late(self) -> int:
        return -self.days_left


@dataclass(frozen=True)
class Waiting:
    """Returns that wait for my review: how many, since when, whose step."""

    step: str
    count: int
    oldest: Any


def due_returns(user: User, today: date) -> list[DueReturn]:
    """Returns of open rounds over zones the user may fill, overdue and unfinished ones first."""
    if not user.may(Permission.RETURN_FILL):
        return []
    rows = list(
        Return.objects.visible_to(user, Permission.RETURN_FILL)
        .filter(round__status=RoundStatus.OPEN)
        .select_related("zone", "round")
        .annotate(filled=Count("values", filter=Q(values__number__isnull=False) | ~Q(values__absence="")))
        .order_by("due_on", "zone__code")
    )
    asked = asked_indicators(rows)
    found = [DueReturn(row, row.filled, len(asked[row.pk]), (row.due_on - today).days) for row in rows]
    return sorted(found, key=lambda due: due.item.status not in EDITABLE_STATUSES)


def waiting(user: User) -> list[Waiting]:
    """Review queues of the user: the city step and the office step are counted apart."""
    found = []
    for step, permission in STEP_PERMISSIONS.items():
        if user.may(permission):
            queue = Return.objects.visible_to(user, permission).filter(at_step(step))
            row = queue.aggregate(count=Count("id"), oldest=Min("submitted_at"))
            found.append(Waiting(step, row["count"], row["oldest"]))
    return found


def open_rounds(user: User) -> list[Round]:
    """The open rounds, newest first, each with how many visible returns it has, and how many are accepted or late."""
    if not user.may(Permission.RETURN_VIEW) or user.may(Permission.RETURN_FILL):
        return []  # who fills in a return sees it by itself
    late = Q(returns__status__in=EDITABLE_STATUSES, returns__due_on__lt=timezone.localdate())
    mine = Q(returns__in=Return.objects.visible_to(user))
    return list(
        Round.objects.filter(status=RoundStatus.OPEN)
        .annotate(
            total=Count("returns", filter=mine),
            accepted=Count("returns", filter=mine & Q(returns__status=ReturnStatus.ACCEPTED)),
            late=Count("returns", filter=mine & late),
        )
        .filter(total__gt=0)
    )


def news(user: User) -> list[ReturnAct]:
    """The newest acts on returns of open rounds that the user may see."""
    if not user.may(Permission.RETURN_VIEW):
        return []
    return list(
        ReturnAct.objects.filter(
            return_ref__in=Return.objects.visible_to(user), return_ref__round__status=RoundStatus.OPEN
        )
        .exclude(kind=ActKind.OPENED)  # a round sent out to 190 zones would drown the rest
        .select_related("return_ref__zone", "return_ref__round", "actor", "organisation")
        .order_by("-at", "-id")[:NEWS]
    )


def newest_results(user: User) -> list[Result]:
    """The newest results of the user's own zones, for those who answer for single zones."""
    return list(
        Result.objects.visible_to(user)
        .filter(zone__administration__in=[m.organisation_id for m in user.current_memberships])
        .select_related("run__scheme", "zone")
        .defer("explanation", "run__inputs")
        .order_by("-run__year", F("run_id").desc())[:RESULTS]
    )


def runs(user: User) -> list[Run]:
    """Active and newest finished runs, for those who may start one."""
    if not user.may(Permission.RUN_START):
        return []
    return list(
        Run.objects.exclude(status=RunStatus.CANCELLED)
        .select_related("scheme")
        .defer("inputs")
        .order_by("-id")[:RESULTS]
    )


def department_work(user: User) -> list[Due]:
    """Open rounds for which the user's departments still have items to deliver, the newest first."""
    duties = sorted(user.duties_with(Permission.DEPARTMENT_LOAD))
    due = [row for duty in duties for row in department_due(duty) if row.round.status == RoundStatus.OPEN]
    return [row for row in due if row.missing][:RESULTS]


def page(user: User) -> dict[str, Any]:
    """Everything the home page shows to this user; the number of queries does not depend on the data."""
    year = reporting_year()
    lines = targets.board(year) if user.may(Permission.TARGET_VIEW) else []
    return {
        "due": due_returns(user, timezone.localdate()),
        "department_work": department_work(user),
        "waiting": waiting(user),
        "open_rounds": open_rounds(user),
        "news": news(user),
        "results": newest_results(user) if user.may(Permission.RUN_VIEW) else [],
        "runs": runs(user),
        "target_counts": targets.counts_by_status([line for line in lines if line.target.value is not None]),
        "target_year": year,
    }
