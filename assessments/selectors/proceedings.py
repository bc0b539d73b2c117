"""Reads for the pages of proceedings (考核程序查询): the agenda, where a proceeding stands, what another run would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from assessments.calculation import outcome_above
from assessments.engine import Scheme as Method
from assessments.enums import DecisionOutcome, ProceedingActKind, ProceedingStatus, ProposalKind
from assessments.models import Decision, Objection, Proceeding, ProceedingAct, Result, Run
from assessments.selectors.methods import name_of, spoken
from assessments.selectors.runs import rank_before

Plain = dict[str, Any]


@dataclass(frozen=True)
class NearestCut:
    """The line a zone stands nearest to, with the points above (positive) or below it."""

    label: str
    gap: float


@dataclass(frozen=True)
class AgendaLine:
    """A zone on the agenda (议程): what the rules propose, why, how near to the line; what is decided, what was last year."""

    result: Result
    decision: Decision | None
    last: Decision | None
    cut: NearestCut | None

    @property
    def moved(self) -> int | None:
        """Places won since last year, negative when lost."""
        before = rank_before(self.result)
        return None if before is None or self.result.rank is None else before - self.result.rank

    @property
    def rank_before(self) -> int | None:
        return rank_before(self.result)

    @property
    def grade(self) -> str:
        grade = getattr(self.result, "grade", None)
        return spoken(grade) if grade else ""

    @property
    def rules(self) -> list[Plain]:
        """The rules that fired and say something about the proposal, with their clauses."""
        return [
            {"text": spoken(rule, "text").rstrip("。."), "clauses": rule["clauses"]}
            for rule in self.result.fired_rules
            if rule["outcome"] or rule["bars"]
        ]

    @property
    def contested(self) -> bool:
        """Whether figures that are missing could turn the proposal."""
        return bool(getattr(self.result, "contested", False))

    @property
    def differs(self) -> bool:
        return self.decision is not None and self.decision.outcome != self.result.proposal


def agenda_results(proceeding: Proceeding) -> QuerySet[Result]:
    """The results a proceeding decides on, the best first, annotated with `decided` (the decision in force) for filters."""
    in_force = Decision.objects.filter(
        proceeding=proceeding, zone=OuterRef("zone"), result__run=proceeding.run_id
    ).order_by("-version")
    return (
        Result.objects.filter(run=proceeding.run_id)
        .select_related("zone__city")
        .annotate(
            past=F("explanation__past"),
            grade=F("explanation__grade"),
            cuts=F("explanation__cuts"),
            contested=F("explanation__contested"),
            decided=Subquery(in_force.values("outcome")[:1]),
        )
        .defer("explanation")
        .order_by("peer_group", F("rank").asc(nulls_last=True), "zone__code")
    )


def agenda(proceeding: Proceeding, method: Method, results: Iterable[Result]) -> list[AgendaLine]:
    """The results (of `agenda_results`) as lines, with decisions of this year and the last; two queries."""
    now = _in_force(proceeding.decisions.filter(result__run=proceeding.run_id))
    last = _in_force(
        Decision.objects.filter(
            proceeding__region_code=proceeding.region_code,
            proceeding__zone_class=proceeding.zone_class,
            proceeding__year=proceeding.year - 1,
            proceeding__status=ProceedingStatus.FINAL,
        )
    )
    lines = []
    for result in results:
        result.run = proceeding.run
        cut = nearest_cut(getattr(result, "cuts", None) or [], method)
        lines.append(AgendaLine(result, now.get(result.zone_id), last.get(result.zone_id), cut))
    return lines


def _in_force(decisions: QuerySet[Decision]) -> dict[int, Decision]:
    rows = decisions.order_by("zone_id", "-version").distinct("zone_id").select_related("decided_by")
    return {decision.zone_id: decision for decision in rows}


def nearest_cut(cuts: Iterable[Plain], method: Method) -> NearestCut | None:
    """Of the lines of a result the one with the smallest gap in points; None where it has no line or no score."""
    known = [cut for cut in cuts if cut.get("gap") is not None]
    if not known:
        return None
    cut = min(known, key=lambda row: (abs(row["gap"]), row["id"]))
    return NearestCut(_line_name(cut, method), -float(cut["gap"]))


def _line_name(cut: Plain, method: Method) -> str:
    outcome = cut["outcome"] or outcome_above(method, cut["id"])
    if outcome:
        return str(ProposalKind(outcome).label)
    if cut["kind"] == "grade" and method.grading is not None:
        return next((spoken(named) for named in method.grading.names() if named.code == cut["id"]), cut["id"])
    return name_of(cut["id"], method, {})


@dataclass(frozen=True)
class Tally:
    """How far an agenda is decided: zones, decided ones, those that differ from the proposal, by outcome."""

    zones: int
    decided: int
    differing: int
    by_outcome: dict[str, int]

    @property
    def undecided(self) -> int:
        return self.zones - self.decided

    @property
    def outcomes(self) -> list[tuple[DecisionOutcome, int]]:
        return [(outcome, self.by_outcome.get(outcome, 0)) for outcome in DecisionOutcome]


def tally(lines: Iterable[AgendaLine]) -> Tally:
    lines = list(lines)
    decisions = [line.decision for line in lines if line.decision is not None]
    return Tally(
        len(lines),
        len(decisions),
        sum(line.differs for line in lines),
        dict(Counter(decision.outcome for decision in decisions)),
    )


# ---- where it stands ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A step of the way from a run to a final result; `state` is done, now or todo."""

    code: str
    state: str
    act: ProceedingAct | None = None
    planned: datetime | None = None


_STEP_ACTS = (
    ProceedingActKind.OPENED,
    ProceedingActKind.SUBMITTED,
    ProceedingActKind.CONFIRMED,
    ProceedingActKind.PUBLISHED,
    ProceedingActKind.WINDOW_CLOSED,
    ProceedingActKind.FINALISED,
)
_AT_STEP: Mapping[str, int] = {
    ProceedingStatus.DECIDING: 1,
    ProceedingStatus.CONFIRMING: 2,
    ProceedingStatus.EMBARGOED: 3,
    ProceedingStatus.PUBLIC: 4,
    ProceedingStatus.REVIEWING: 5,
    ProceedingStatus.FINAL: 6,
}


def steps(proceeding: Proceeding, acts: Iterable[ProceedingAct]) -> list[Step]:
    """The six steps with the act that ended each; those of an abandoned one end where it was given up."""
    newest = {act.kind: act for act in acts}
    at = _AT_STEP.get(proceeding.status, 1)
    rows = []
    for place, kind in enumerate(_STEP_ACTS):
        state = "done" if place < at else "now" if place == at else "todo"
        if proceeding.status == ProceedingStatus.ABANDONED and place >= at:
            state = "todo"
        planned = proceeding.publish_at if kind == ProceedingActKind.PUBLISHED and state != "done" else None
        rows.append(Step(kind, state, newest.get(kind) if state == "done" else None, planned))
    return rows


# ---- the list -------------------------------------------------------------------------------------------------


def proceedings_list(user: User) -> QuerySet[Proceeding]:
    """Proceedings the user may see with how many zones they have, how many are decided, and open objections."""
    zones = Result.objects.filter(run=OuterRef("run")).order_by().values("run").annotate(n=Count("pk")).values("n")
    decided = (
        Decision.objects.filter(proceeding=OuterRef("pk"), result__run=OuterRef("run"))
        .order_by()
        .values("proceeding")
        .annotate(n=Count("zone", distinct=True))
        .values("n")
    )
    waiting = (
        Objection.objects.open()
        .filter(publication__proceeding=OuterRef("pk"))
        .order_by()
        .values("publication__proceeding")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Proceeding.objects.visible_to(user)
        .select_related("run__scheme", "submitted_by", "confirmed_by")
        .defer("run__inputs", "run__scheme__text", "minutes")
        .annotate(zones=Subquery(zones), decided=Subquery(decided), waiting=Subquery(waiting))
    )


def runs_to_open(user: User) -> list[Run]:
    """The newest finished run a user sees of each class and year that has no proceeding yet, the newest year first."""
    taken = set(Proceeding.objects.current().values_list("region_code", "zone_class", "year"))
    newest: dict[tuple[str, str, int], Run] = {}
    done = Run.objects.visible_to(user).done().select_related("scheme").defer("inputs", "scheme__text")
    for run in done.order_by("pk"):
        newest[run.scheme.region_code, run.scheme.zone_class, run.year] = run
    rows = [run for key, run in newest.items() if key not in taken]
    return sorted(rows, key=lambda run: (-run.year, run.scheme.zone_class))


def runs_to_replace(proceeding: Proceeding) -> QuerySet[Run]:
    """Other finished runs of the same class and year, the newest first."""
    done = Run.objects.done().filter(
        scheme__region_code=proceeding.region_code,
        scheme__zone_class=proceeding.zone_class,
        year=proceeding.year,
    )
    return done.exclude(pk=proceeding.run_id).select_related("scheme").defer("inputs", "scheme__text").order_by("-pk")


# ---- another run ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shift:
    """A zone in the run of now and in another: None where it is in one only."""

    before: Result | None
    after: Result | None

    @property
    def zone(self) -> Any:
        return (self.after or self.before).zone  # type: ignore[union-attr]

    @property
    def proposal_changes(self) -> bool:
        return self.before is None or self.after is None or self.before.proposal != self.after.proposal

    @property
    def moved(self) -> int | None:
        """Places won, negative when lost."""
        if self.before is None or self.after is None or self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank

    @property
    def score_change(self) -> float | None:
        if self.before is None or self.after is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def changes(self) -> bool:
        return self.proposal_changes or bool(self.moved) or bool(self.score_change)


@dataclass(frozen=True)
class RunDifference:
    """What changes when a proceeding rests on another run; zones with the same proposal keep their decision."""

    shifts: list[Shift]
    zones: int

    @property
    def changed(self) -> list[Shift]:
        """Changed proposals first, then the largest moves."""
        rows = [shift for shift in self.shifts if shift.changes]
        return sorted(rows, key=lambda s: (not s.proposal_changes, -abs(s.moved or 0), s.zone.code))

    @property
    def to_decide(self) -> int:
        return sum(shift.proposal_changes and shift.after is not None for shift in self.shifts)

    @property
    def kept(self) -> int:
        return self.zones - self.to_decide

    @property
    def gone(self) -> int:
        return sum(shift.after is None for shift in self.shifts)


def run_difference(before: Run, after: Run) -> RunDifference:
    """Zone by zone, the results of two runs; two queries."""
    old, new = _by_zone(before), _by_zone(after)
    return RunDifference([Shift(old.get(zone), new.get(zone)) for zone in {**new, **old}], len(new))


def _by_zone(run: Run) -> dict[int, Result]:
    rows = Result.objects.filter(run=run).select_related("zone__city").defer("explanation", "fired_rules")
    found = {}
    for result in rows:
        result.run = run
        found[result.zone_id] = result
    return found


def differing(queryset: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Agenda results by how they are decided: undecided, proposed (as proposed), differing, or an outcome's code."""
    match state:
        case "undecided":
            return queryset.filter(decided=None)
        case "proposed":
            return queryset.filter(decided=F("proposal"))
        case "differing":
            return queryset.filter(Q(decided__isnull=False) & ~Q(decided=F("proposal")))
    return queryset.filter(decided=state)
