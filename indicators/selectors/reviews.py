"""What a reviewer needs to know: whose step it is, what waits, what stands in the way, what changed (审核查询)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import OrganisationKind, Permission
from accounts.models import User
from indicators.enums import ActKind, ReturnStatus, ReviewStep, Severity
from indicators.models import Answer, Evidence, Question, Return, ReturnAct, Value
from indicators.selectors.checking import check_returns
from indicators.selectors.figures import matrix

STEP_PERMISSIONS: dict[str, Permission] = {
    ReviewStep.CITY: Permission.RETURN_REVIEW_CITY,
    ReviewStep.OFFICE: Permission.RETURN_REVIEW_OFFICE,
}
REVIEWS = tuple(STEP_PERMISSIONS.values())

LARGE_CHANGE = 30
"""Per cent against last year from which on a figure is shown to the reviewer first; it decides nothing."""

# Acts that bring a return to its reviewer.
_ARRIVALS = (ActKind.SUBMITTED, ActKind.CITY_ACCEPTED)


# ---- whose step -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """The review a return waits for (审核环节), who may take it, and what acceptance makes of the return."""

    review: ReviewStep
    permission: Permission
    target: ReturnStatus
    kind: ActKind

    @property
    def final(self) -> bool:
        return self.target == ReturnStatus.ACCEPTED


def next_step(return_: Return) -> Step | None:
    """The review that a return waits for by its status and the steps of its round; None when it is with no reviewer.

    Where the round asks for the city's review alone, the city's acceptance is final.
    """
    steps = return_.round.review_steps
    if return_.status == ReturnStatus.SUBMITTED and ReviewStep.CITY in steps:
        final = ReviewStep.OFFICE not in steps
        target = ReturnStatus.ACCEPTED if final else ReturnStatus.CITY_ACCEPTED
        return Step(ReviewStep.CITY, STEP_PERMISSIONS[ReviewStep.CITY], target, ActKind.CITY_ACCEPTED)
    if return_.status in {ReturnStatus.SUBMITTED, ReturnStatus.CITY_ACCEPTED}:
        office = ReviewStep.OFFICE
        return Step(office, STEP_PERMISSIONS[office], ReturnStatus.ACCEPTED, ActKind.ACCEPTED)
    return None


def at_step(step: str) -> Q:
    """A filter on returns: those that wait for this review; the same as `next_step`, in the query."""
    with_city = Q(round__review_steps__contains=[ReviewStep.CITY])
    if step == ReviewStep.CITY:
        return Q(status=ReturnStatus.SUBMITTED) & with_city
    return Q(status=ReturnStatus.CITY_ACCEPTED) | (Q(status=ReturnStatus.SUBMITTED) & ~with_city)


def waiting_for(user: User) -> QuerySet[Any]:
    """Returns whose next review the user may take (待我审核), also those they filed, the longest waiting first.

    Annotated with `since` (when it came to this step), `submissions` (how often it was filed) and `involved`.
    """
    condition = Q(pk__in=[])
    for step, permission in STEP_PERMISSIONS.items():
        condition |= at_step(step) & Q(pk__in=Return.objects.visible_to(user, permission).values("pk"))
    returns = Return.objects.filter(condition).select_related("round", "zone__city", "zone__administration")
    return (
        returns.select_related("submitted_by")
        .annotate(
            since=Coalesce(Max("acts__at", filter=Q(acts__kind__in=_ARRIVALS)), F("submitted_at")),
            submissions=Count("acts", filter=Q(acts__kind=ActKind.SUBMITTED)),
            involved=involved(user),
        )
        .order_by(F("since").asc(nulls_first=True), "pk")
    )


def involved(user: User) -> ExpressionWrapper[Q]:
    """As an annotation of returns: whether the user ever filed it, wrote any version of a cell, answered or gave evidence.

    Who did reviews it not, also when somebody else wrote over the cell since.
    """
    mine = OuterRef("pk")
    versions = Value.pgh_event_model.objects.filter(return_ref=mine, updated_by=user)  # type: ignore[attr-defined]
    condition = (
        Q(submitted_by=user, submitted_by__isnull=False)  # never unknown: it is also filtered by
        | Q(Exists(ReturnAct.objects.filter(return_ref=mine, kind=ActKind.SUBMITTED, actor=user)))
        | Q(Exists(versions))
        | Q(Exists(Answer.objects.filter(question__return_ref=mine, by=user)))
        | Q(Exists(Evidence.objects.filter(return_ref=mine, uploaded_by=user)))
    )
    return ExpressionWrapper(condition, output_field=BooleanField())


def is_involved(user: User, return_: Return) -> bool:
    """Whether the user worked on this return and so may not review it."""
    return Return.objects.filter(pk=return_.pk).filter(involved(user)).exists()


# ---- what stands in the way -----------------------------------------------------------------------------------


def unsettled(returns: Sequence[Return]) -> QuerySet[Question]:
    """Open questions that keep these returns from being accepted where they are.

    At the city's step those of the office do not: they travel on with the return to who asked.
    """
    early = [return_.pk for return_ in returns if (step := next_step(return_)) and not step.final]
    asked = Question.objects.open().filter(return_ref__in=[return_.pk for return_ in returns])
    return asked.exclude(return_ref__in=early, organisation__kind=OrganisationKind.OFFICE)


def obstacles(user: User, returns: Sequence[Return]) -> dict[int, list[str]]:
    """Why a return cannot be accepted (不能通过的原因), by id; a constant number of queries.

    Every return must be at a step that the user may take.
    """
    own = set(Return.objects.filter(pk__in=[r.pk for r in returns]).filter(involved(user)).values_list("pk", flat=True))
    counted = tallies(returns)
    questions = Counter(unsettled(returns).order_by().values_list("return_ref", flat=True))
    reasons: dict[int, list[str]] = {}
    for return_ in returns:
        tally, found = counted[return_.pk], []
        if return_.pk in own:
            found.append(_("由您填写或报送，须由他人审核"))
        if tally.hard:
            found.append(_("有 %(n)d 项强制性问题") % {"n": tally.hard})
        if tally.unexplained:
            found.append(_("有 %(n)d 项需说明而未说明") % {"n": tally.unexplained})
        if asked := questions[return_.pk]:
            found.append(_("有 %(n)d 条质询未办结") % {"n": asked})
        reasons[return_.pk] = found
    return reasons


@dataclass(frozen=True)
class Tally:
    """What a reviewer weighs before opening a return: findings by kind, large changes, open questions."""

    hard: int
    unexplained: int
    explained: int
    changes: int
    questions: int

    @property
    def open_findings(self) -> int:
        return self.hard + self.unexplained

    @property
    def state(self) -> str:
        """Whether anything is unsettled ("open"), findings are all explained ("explained"), or there are none ("none")."""
        if self.open_findings or self.questions:
            return "open"
        return "explained" if self.explained else "none"


def tallies(returns: Sequence[Return]) -> dict[int, Tally]:
    """The tally of each return, by id; the number of queries grows with the periods among them only."""
    found, changes = check_returns(returns), large_changes(returns)
    asked = Question.objects.open().filter(return_ref__in=[r.pk for r in returns]).order_by()
    questions = dict(asked.values_list("return_ref").annotate(n=Count("pk")))
    counted = {}
    for return_ in returns:
        soft = [finding for finding in found[return_.pk] if finding.severity == Severity.SOFT]
        counted[return_.pk] = Tally(
            hard=sum(finding.severity == Severity.HARD for finding in found[return_.pk]),
            unexplained=sum(not finding.explained for finding in soft),
            explained=sum(finding.explained for finding in soft),
            changes=changes[return_.pk],
            questions=questions.get(return_.pk, 0),
        )
    return counted


def large_changes(returns: Sequence[Return], beyond: float = LARGE_CHANGE) -> Counter[int]:
    """How many figures of each return moved by `beyond` per cent or more against the same period of last year, by id."""
    counts: Counter[int] = Counter()
    for (year, part), group in _by_period(returns).items():
        zones = {return_.pk: return_.zone.code for return_ in group}
        last = matrix(zone_codes=zones.values(), years=[year - 1], part=part, derived=False)
        rows = dict(zip(last.index.get_level_values("zone"), last.to_numpy(), strict=True))
        column = {code: position for position, code in enumerate(last.columns)}
        numbers = Value.objects.filter(return_ref__in=zones, number__isnull=False)
        for pk, code, number in numbers.values_list("return_ref_id", "indicator__code", "number"):
            row = rows.get(zones[pk])
            before = row[column[code]] if row is not None and code in column else np.nan
            counts[pk] += bool(before > 0 and abs(100 * (float(number or 0) / before - 1)) >= beyond)
    return counts


def _by_period(returns: Iterable[Return]) -> Mapping[tuple[int, str], list[Return]]:
    groups: dict[tuple[int, str], list[Return]] = defaultdict(list)
    for return_ in returns:
        groups[return_.round.year, return_.round.part].append(return_)
    return groups


def filed_late(return_: Return) -> bool:
    """Whether it was filed after its due date (逾期报送)."""
    return return_.submitted_at is not None and timezone.localdate(return_.submitted_at) > return_.due_on


# ---- what was said and what changed ---------------------------------------------------------------------------


def questions_of(return_: Return) -> dict[str, list[Question]]:
    """The questions of a return with their answers (质询), oldest first, by indicator code; "" has those about the whole.

    Two queries. Each question has `answers.all()` with `by`.
    """
    answers = Prefetch("answers", Answer.objects.select_related("by"))
    asked = return_.questions.select_related("indicator", "asked_by", "organisation", "closed_by")
    threads: dict[str, list[Question]] = defaultdict(list)
    for question in asked.prefetch_related(answers):
        threads[question.indicator.code if question.indicator else ""].append(question)
    return dict(threads)


def may_settle(user: User, question: Question) -> bool:
    """Whether the user may settle the question: who asked it, the reviewers of the body that asked, or the office."""
    if question.asked_by_id == user.pk:
        return True
    path = question.return_ref.zone.administration.path
    if user.may(Permission.RETURN_REVIEW_OFFICE, path):
        return True
    held = {m.organisation_id for m in user.current_memberships}
    return question.organisation_id in held and user.may(Permission.RETURN_REVIEW_CITY, path)


def last_returned(return_: Return) -> ReturnAct | None:
    """The act that sent the return back (退回), while it is back; `cells` has the reasons by indicator code."""
    if return_.status != ReturnStatus.RETURNED:
        return None
    acts = return_.acts.filter(kind=ActKind.RETURNED).select_related("actor", "organisation")
    return acts.order_by("-pk").first()


@dataclass(frozen=True)
class Former:
    """A cell as it was filed the time before (上次报送时的内容)."""

    number: Decimal | None
    absence: str
    comment: str


def changes_since_submission(return_: Return) -> dict[str, Former] | None:
    """The cells that changed between the last two filings, by code, with what stood before; None when filed once only."""
    filings = list(return_.acts.filter(kind=ActKind.SUBMITTED).order_by("-pk").values_list("at", flat=True)[:2])
    if len(filings) < 2:
        return None
    events = Value.pgh_event_model.objects.filter(return_ref=return_, pgh_created_at__lte=filings[1])  # type: ignore[attr-defined]
    stood = {
        code: Former(number, absence, comment)
        for code, number, absence, comment in events.order_by("indicator_id", "-pgh_id")
        .distinct("indicator_id")
        .values_list("indicator__code", "number", "absence", "comment")
    }
    nothing = Former(None, "", "")
    now = return_.values.values_list("indicator__code", "number", "absence", "comment")
    return {
        code: stood.get(code, nothing)
        for code, number, absence, comment in now
        if stood.get(code, nothing) != Former(number, absence, comment)
    }
