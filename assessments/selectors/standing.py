"""Provisional standings to be shown (即时名次): how complete, who would move, how sure; to zones their own alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import F, QuerySet

from accounts.enums import Permission
from accounts.models import User
from assessments.engine.verdict import ORDER
from assessments.engine.whatif import smallest_changes
from assessments.enums import ProposalKind, RunKind, RunStatus
from assessments.inputs import past_results, thaw
from assessments.models import Result, Run, Scheme, StandingOpening
from assessments.selectors.methods import method_of
from assessments.standing import Watched, news_of, watched
from indicators.enums import Frequency
from indicators.models import Return
from parks.models import Zone
from parks.provinces import own_rows

BETTER = (ProposalKind.EXIT, ProposalKind.DEMOTE, ProposalKind.WATCH, ProposalKind.KEEP, ProposalKind.PROMOTE)
"""Outcomes from the worst to the best, to tell what would be an improvement."""
CACHED_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Line:
    """A zone in a standing, beside the last official run of the same method."""

    result: Result
    before: Result | None

    @property
    def places(self) -> int | None:
        """Places won since the last official run; negative when lost."""
        if self.before is None or self.before.rank is None or self.result.rank is None:
            return None
        return self.before.rank - self.result.rank

    @property
    def proposal_changes(self) -> bool:
        return self.before is not None and self.before.proposal != self.result.proposal

    @property
    def moves(self) -> bool:
        """Whether it would be anything else than kept, or than it was; one still undecided moves nowhere yet."""
        if self.result.proposal == ProposalKind.UNDECIDED:
            return False
        return self.result.proposal != ProposalKind.KEEP or self.proposal_changes


@dataclass(frozen=True)
class Standing:
    """The newest provisional run of a method and year, as far as a reader may see it."""

    watched: Watched
    run: Run | None
    official: Run | None
    lines: list[Line]
    accepted: int
    members: int
    waiting: bool
    """Whether data changed that the run does not know yet."""
    opening: StandingOpening | None
    failed: str

    @property
    def is_open(self) -> bool:
        return self.opening is not None and self.opening.is_open

    @property
    def moving(self) -> list[Line]:
        return [line for line in self.lines if line.moves]

    @property
    def noise(self) -> int:
        return sum(bool(line.result.within_noise) for line in self.lines)

    @property
    def counts(self) -> list[tuple[ProposalKind, int]]:
        found = [line.result.proposal for line in self.lines]
        return [(kind, found.count(kind)) for kind in ProposalKind]


def standings(user: User) -> list[Standing]:
    """All that is watched, for the office whole; for others their own zones where the office has opened it."""
    own = set(Scheme.objects.published().filter(own_rows(user)).values_list("pk", flat=True))
    found = [item for item in watched() if item.scheme.pk in own]
    return [standing for item in found if (standing := _standing(item, user)) is not None]


def _standing(item: Watched, user: User) -> Standing | None:
    office = user.may(Permission.RUN_START)
    zones = item.scheme.zones(item.year)
    if not office and not zones.filter(pk__in=Zone.objects.visible_to(user, Permission.RUN_VIEW)).exists():
        return None
    opening = openings_of(item.scheme).filter(year=item.year).first()
    runs = Run.every.filter(kind=RunKind.PROVISIONAL, scheme=item.scheme, year=item.year).defer("inputs")
    run = runs.filter(status=RunStatus.DONE).select_related("scheme").first()
    newest = runs.order_by("-pk").first()
    seen = Run.objects.visible_to(user).done()
    official = seen.filter(scheme__code=item.scheme.code, year__lte=item.year).order_by("-year", "-pk")
    last = official.defer("inputs").select_related("scheme").first()
    shown = office or (opening is not None and opening.is_open)
    results = provisional_results(user, run) if run is not None and shown else Result.every.none()
    before = _before(last, results)
    accepted = Return.objects.accepted().filter(round__frequency=Frequency.YEAR, round__year=item.year, zone__in=zones)
    return Standing(
        watched=item,
        run=run,
        official=last,
        lines=[Line(result, before.get(result.zone_id)) for result in results],
        accepted=accepted.values("zone").distinct().count(),
        members=zones.count(),
        waiting=bool(newest and newest.is_active) or news_of(item) is not None,
        opening=opening,
        failed=newest.error_text if newest is not None and newest.status == RunStatus.FAILED else "",
    )


def openings_of(scheme: Scheme) -> QuerySet[StandingOpening]:
    """What the office of the scheme's province said about its class."""
    return StandingOpening.objects.filter(region_code=scheme.region_code, zone_class=scheme.zone_class)


def provisional_results(user: User, run: Run) -> QuerySet[Result]:
    """Results of a provisional run over the zones in the user's sight, without their explanations."""
    zones = Zone.objects.visible_to(user, Permission.RUN_VIEW)
    rows = Result.every.filter(run=run, zone__in=zones).select_related("zone__city").defer("explanation")
    return rows.order_by(F("rank").asc(nulls_last=True), "zone__code")


def _before(official: Run | None, results: QuerySet[Result]) -> dict[int, Result]:
    if official is None:
        return {}
    rows = Result.objects.filter(run=official, zone__in=results.values("zone")).defer("explanation", "fired_rules")
    return {row.zone_id: row for row in rows}


def own_standing(user: User, scheme_id: int, year: int, code: str) -> Result | None:
    """One zone's provisional result, with its explanation; None outside the user's sight or where it is not opened."""
    zones = Zone.objects.visible_to(user, Permission.RUN_VIEW)
    rows = Result.every.filter(run__kind=RunKind.PROVISIONAL, run__status=RunStatus.DONE, run__scheme=scheme_id)
    result = (
        rows.filter(run__year=year, zone__code=code, zone__in=zones).select_related("run__scheme", "zone__city").first()
    )
    if result is None or user.may(Permission.RUN_START):
        return result
    opened = openings_of(result.run.scheme).filter(year=year, is_open=True)
    return result if opened.exists() else None


def improvements(result: Result) -> list[dict[str, Any]]:
    """Of each reported indicator the nearest figure that would bring a better proposal, the smallest change first.

    Asked of the engine once for a run and zone and then kept in the cache.
    """
    key = f"improvements:{result.run.results_digest}:{result.zone.code}"
    found: list[dict[str, Any]] | None = cache.get(key)
    if found is None:
        found = _improvements(result)
        cache.set(key, found, CACHED_SECONDS)
    return found


def _improvements(result: Result) -> list[dict[str, Any]]:
    method, inputs = method_of(result.run.scheme.text), thaw(result.run.inputs)
    past = past_results(method, inputs)
    tables = inputs.tables(inputs.year, method, past)
    turns = smallest_changes(method, inputs.table(inputs.year), result.zone.code, **tables)
    return [
        {
            "indicator": turn.indicator,
            "reported": turn.reported,
            "needed": turn.needed,
            "relative": turn.relative,
            "proposal": turn.proposal[1],
        }
        for turn in turns
        if _is_better(turn.proposal)
    ]


def _is_better(turn: tuple[str, str]) -> bool:
    before, after = turn
    if before not in ORDER or after not in BETTER:
        return False
    return before not in BETTER or BETTER.index(ProposalKind(after)) > BETTER.index(ProposalKind(before))
