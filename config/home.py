"""What the home page says to whom: what is due, what waits for me, what changed (首页)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import RunStatus
from assessments.models import Result, Run
from assessments.selectors.to_do import to_do
from indicators.enums import EDITABLE_STATUSES, ActKind, RoundStatus
from indicators.models import Correction, Question, Return, ReturnAct, Round
from indicators.selectors import Due, asked_indicators, department_due, reporting_year
from indicators.selectors.board import Counts, Segment, counts_by_round, segments
from indicators.selectors.reviews import STEP_PERMISSIONS, at_step, waiting_for
from parks.models import Region
from parks.provinces import chosen_province, prefix_of
from targets import selectors as targets
from targets.models import Target

NEWS = 8
RESULTS = 6
OLDEST = 5
BEHIND = 5


@dataclass(frozen=True)
class DueReturn:
    """A return I may fill, with how far it is and how long there is."""

    item: Return
    filled: int
    asked: int
    days_left: int
    questions: int
    """Questions of reviewers that nobody has answered yet."""

    @property
    def is_late(self) -> bool:
        return self.days_left < 0

    @property
    def days_late(self) -> int:
        return -self.days_left

    @property
    def is_over(self) -> bool:
        """Its last day is past: only an extension opens it again."""
        return self.item.deadline_passed


@dataclass(frozen=True)
class Waiting:
    """What waits for me: how many returns at which step, or requests for correction; since when."""

    step: str
    count: int
    oldest: Any


def _fills_in(user: User) -> bool:
    """Whether it is the user's work to fill in returns; the administrator may, but has none of their own."""
    return user.may(Permission.RETURN_FILL) and not user.is_superuser


def due_returns(user: User, today: date) -> list[DueReturn]:
    """Returns of open rounds over zones the user may fill, overdue and unfinished ones first."""
    if not _fills_in(user):
        return []
    rows = list(
        Return.objects.visible_to(user, Permission.RETURN_FILL)
        .filter(round__status=RoundStatus.OPEN)
        .select_related("zone", "round")
        .annotate(filled=Count("values", filter=Q(values__number__isnull=False) | ~Q(values__absence="")))
        .order_by("due_on", "zone__code")
    )
    asked = asked_indicators(rows)
    questions = Counter(Question.objects.unanswered().filter(return_ref__in=rows).values_list("return_ref", flat=True))
    found = [
        DueReturn(row, row.filled, len(asked[row.pk]), (row.due_on - today).days, questions[row.pk]) for row in rows
    ]
    return sorted(found, key=lambda due: due.item.status not in EDITABLE_STATUSES and not due.questions)


def waiting(user: User) -> list[Waiting]:
    """Review queues of the user: the city step and the office step are counted apart."""
    found = []
    for step, permission in STEP_PERMISSIONS.items():
        if user.may(permission):
            queue = Return.objects.visible_to(user, permission).filter(at_step(step))
            row = queue.aggregate(count=Count("id"), oldest=Min("submitted_at"))
            found.append(Waiting(step, row["count"], row["oldest"]))
    return found


def oldest_waiting(user: User) -> list[Any]:
    """The returns that have waited longest for a review the user may take, those of their own work left out."""
    if not any(user.may(permission) for permission in STEP_PERMISSIONS.values()):
        return []
    return list(waiting_for(user).filter(involved=False)[:OLDEST])


def corrections_waiting(user: User) -> Waiting | None:
    """Requests for correction that the user may decide (待裁定的更正), since when; None for who decides none."""
    if not user.may(Permission.RETURN_REVIEW_OFFICE):
        return None
    row = (
        Correction.objects.visible_to(user, Permission.RETURN_REVIEW_OFFICE)
        .open()
        .aggregate(count=Count("id"), oldest=Min("requested_at"))
    )
    return Waiting("correction", row["count"], row["oldest"])


@dataclass(frozen=True)
class SmallBoard:
    """An open round as the home page shows it: counts by status, and the cities with most returns still to come."""

    round: Round
    counts: Counts
    behind: list[tuple[Region, int]]

    @property
    def segments(self) -> list[Segment]:
        return segments(self.counts.by_status)

    @property
    def days_left(self) -> int:
        return (self.round.due_on - timezone.localdate()).days


def boards(user: User) -> list[SmallBoard]:
    """The open rounds, the one due first before the others, over the user's territory."""
    if not user.may(Permission.RETURN_VIEW) or _fills_in(user):
        return []  # who fills in a return sees it by itself
    returns = Return.objects.visible_to(user).filter(round__status=RoundStatus.OPEN)
    counts, behind = counts_by_round(returns), _behind(returns)
    rounds = Round.objects.filter(pk__in=counts).order_by("due_on", "-period")
    return [SmallBoard(round_, counts[round_.pk], behind[round_.pk]) for round_ in rounds]


def _behind(returns: QuerySet[Return]) -> defaultdict[int, list[tuple[Region, int]]]:
    """By round: the cities in which most returns are still with the parks; none where there is one city alone."""
    open_ones = returns.filter(status__in=EDITABLE_STATUSES).order_by()
    rows = list(open_ones.values_list("round_id", "zone__city").annotate(n=Count("pk")).order_by("-n", "zone__city"))
    cities = Region.objects.in_bulk({city for _round, city, _n in rows})
    found: defaultdict[int, list[tuple[Region, int]]] = defaultdict(list)
    for round_id, city, n in rows:
        if len(found[round_id]) < BEHIND:
            found[round_id].append((cities[city], n))
    return found


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
        Run.objects.visible_to(user)
        .exclude(status=RunStatus.CANCELLED)
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
    region = chosen_province(user)
    year = reporting_year(prefix_of(region.code) if region else "")
    own = Target.objects.of_provinces([region] if region else []).in_use()
    board = targets.board(year, own) if user.may(Permission.TARGET_VIEW) else []
    lines = [line for line in board if line.target.value is not None]
    return {
        "due": due_returns(user, timezone.localdate()),
        "department_work": department_work(user),
        "waiting": waiting(user),
        "corrections": corrections_waiting(user),
        "to_do": to_do(user, timezone.localdate()),
        "oldest": oldest_waiting(user),
        "boards": boards(user),
        "news": news(user),
        "results": newest_results(user) if user.may(Permission.RUN_VIEW) else [],
        "runs": runs(user),
        "target_counts": targets.counts_by_status(lines),
        "target_total": len(lines),
        "targets_computing": targets.is_computing(lines),
        "target_year": year,
    }
