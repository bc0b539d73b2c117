"""Reads for the pages of runs and results (考核查询)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, JSONField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import User
from assessments.access import Sight, Stage, stages, viewer_of
from assessments.enums import ProposalKind
from assessments.models import Publication, Result, Run
from indicators.enums import Frequency
from indicators.models import Return
from parks.enums import ZoneClass
from parks.models import Designation, Zone

YEARS_SHOWN = 5


@dataclass(frozen=True)
class Completeness:
    """How much of a class's year is accepted: zones of the class on 31 December, and those with an accepted return."""

    year: int
    accepted: int
    members: int

    @property
    def is_whole(self) -> bool:
        return self.members > 0 and self.accepted == self.members


@dataclass(frozen=True)
class ClassRow:
    """One class in the table of years: completeness by year."""

    zone_class: ZoneClass
    years: list[Completeness]


def assessable_years() -> list[int]:
    """The last years that are over, newest first."""
    last = timezone.localdate().year - 1
    return list(range(last, last - YEARS_SHOWN, -1))


def completeness_by_class(years: Iterable[int], user: User) -> list[ClassRow]:
    """Of the zones a user sees results of: those with an accepted yearly return out of all, for every class and year.

    One query for the returns, one a year for plates.
    """
    years = list(years)
    accepted: dict[int, set[int]] = {year: set() for year in years}
    yearly = Return.objects.accepted().filter(round__frequency=Frequency.YEAR, round__year__in=years)
    for year, zone in yearly.values_list("round__year", "zone_id"):
        accepted[year].add(zone)
    seen = Zone.objects.visible_to(user, Permission.RUN_VIEW)
    members: dict[tuple[str, int], set[int]] = defaultdict(set)
    for year in years:
        plates = Designation.objects.in_force_on(date(year, 12, 31)).filter(zone__in=seen).order_by()
        for zone_class, zone in plates.values_list("zone_class", "zone_id"):
            members[zone_class, year].add(zone)
    return [
        ClassRow(
            zone_class,
            [
                Completeness(year, len(members[zone_class, year] & accepted[year]), len(members[zone_class, year]))
                for year in years
            ],
        )
        for zone_class in ZoneClass
    ]


@dataclass(frozen=True)
class RunLine:
    """A run in the list, with the proposals a reader may see."""

    run: Run
    proposals: dict[str, int]
    zones: int

    @property
    def counts(self) -> list[int | None]:
        """The number of each kind of proposal, in their order; None for a run without results."""
        return [self.proposals.get(kind, 0) if self.zones else None for kind in ProposalKind]


def run_lines(runs: Iterable[Run], user: User) -> list[RunLine]:
    """The runs with their proposals counted over the zones the user may see; one query for all."""
    runs = list(runs)
    counts: dict[int, Counter[str]] = {run.pk: Counter() for run in runs}
    rows = Result.objects.visible_to(user).filter(run__in=[run.pk for run in runs]).order_by()
    for pk, proposal, number in rows.values_list("run", "proposal").annotate(number=Count("pk")):
        counts[pk][proposal] = number
    return [RunLine(run, dict(counts[run.pk]), counts[run.pk].total()) for run in runs]


def years_told(run: Run, user: User | AnonymousUser) -> Container[int]:
    """Earlier years whose places somebody may read beside a result of this run (可告知的以往年度).

    A run freezes the places of earlier years, also of years computed and never published. The office reads all of them;
    others those that had been published for the class when this run was, so that what they read of it never changes.
    """
    if Stage.COMPUTED in stages(viewer_of(user), Sight.ALL):
        return range(run.year)
    out = Publication.objects.filter(
        proceeding__region_code=run.scheme.region_code,
        proceeding__zone_class=run.scheme.zone_class,
        proceeding__year__lt=run.year,
    )
    own = Publication.objects.filter(run=run.pk).order_by("published_at").values("published_at")[:1]
    out = out.filter(published_at__lte=Coalesce(Subquery(own), Now()))
    return frozenset(out.values_list("proceeding__year", flat=True))


def run_results(run: Run, user: User) -> QuerySet[Result]:
    """Results of a run within the user's territory, with zone, city and the places of earlier years (`past`).

    `past` is empty where the year before may not be told.
    """
    past = F("explanation__past") if run.year - 1 in years_told(run, user) else Value([], JSONField())
    return (
        Result.objects.visible_to(user)
        .filter(run=run)
        .select_related("zone__city")
        .annotate(past=past, grade=F("explanation__grade"))
        .defer("explanation")
        .order_by("peer_group", F("rank").asc(nulls_last=True), "zone__code")
    )


def rank_before(result: Result) -> int | None:
    """The place in the year before the run's, if there was one."""
    past: list[dict[str, Any]] = getattr(result, "past", None) or []
    return next((entry["rank"] for entry in past if entry["year"] == result.run.year - 1), None)


def returns_behind(run: Run, zone: Zone) -> dict[int, int]:
    """Ids of the accepted returns a result rests on, by year, as frozen with the run."""
    behind: dict[str, dict[str, int]] = run.inputs.get("returns", {})
    return {int(year): zones[zone.code] for year, zones in behind.items() if zone.code in zones}


def neighbours(result: Result, user: User) -> tuple[Result | None, Result | None]:
    """The results just above and just below in the same ranking, among those the user may see."""
    if result.rank is None:
        return None, None
    rows = (
        Result.objects.visible_to(user).filter(run=result.run_id, peer_group=result.peer_group).select_related("zone")
    )
    rows = rows.defer("explanation")
    above = rows.filter(Q(rank__lt=result.rank) | Q(rank=result.rank, zone__code__lt=result.zone.code))
    below = rows.filter(Q(rank__gt=result.rank) | Q(rank=result.rank, zone__code__gt=result.zone.code))
    return above.order_by("-rank", "-zone__code").first(), below.order_by("rank", "zone__code").first()
