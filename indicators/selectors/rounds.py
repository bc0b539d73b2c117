"""What a round would ask of whom, and what stands against it (填报任务方案)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.enums import Permission
from accounts.selectors import holders_by_path
from indicators import periods
from indicators.enums import EDITABLE_STATUSES, Frequency, ReturnStatus, ReviewStep
from indicators.models import Form, Indicator, Return, Round
from indicators.selectors.asked import asked_indicators, zone_classes
from parks.models import Designation, Zone
from parks.provinces import prefix_of

REMINDER_DAYS = (-14, -3, 1, 7)
FILLERS = (Permission.RETURN_FILL, Permission.RETURN_SUBMIT)
"""Who is told of a return that is with the park."""


@dataclass(frozen=True)
class RoundPlan:
    """What a round is to be (填报任务方案). Cities, forms, classes, levels and steps are codes; no level or city: all.

    `region`: the code of the province whose zones it asks, empty for any.
    """

    period: str
    name: str
    zone_classes: tuple[str, ...]
    opens_on: date
    due_on: date
    levels: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    closes_on: date | None = None
    review_steps: tuple[str, ...] = tuple(ReviewStep.values)
    reminder_days: tuple[int, ...] = REMINDER_DAYS
    region: str = ""

    @property
    def year(self) -> int:
        return periods.parse(self.period)[0]

    @property
    def frequency(self) -> Frequency:
        return periods.parse(self.period)[1]

    @property
    def last_day(self) -> date:
        return periods.last_day(self.year, self.period[4:])

    @classmethod
    def of(cls, round_: Round) -> RoundPlan:
        """The plan of a round as it stands; two queries, none when cities and forms are prefetched."""
        return cls(
            period=round_.period,
            name=round_.name,
            zone_classes=tuple(round_.zone_classes),
            opens_on=round_.opens_on,
            due_on=round_.due_on,
            levels=tuple(round_.levels),
            cities=tuple(sorted(city.code for city in round_.cities.all())),
            forms=tuple(sorted(form.code for form in round_.forms.all())),
            closes_on=round_.closes_on,
            review_steps=tuple(step for step in ReviewStep.values if step in round_.review_steps),
            reminder_days=tuple(sorted(round_.reminder_days)),
            region=round_.region_code,
        )


def round_version(round_: Round) -> str:
    """A digest of all that a round is: the version that a change is based on (ETag); two queries."""
    facts = {name: str(value) for name, value in vars(RoundPlan.of(round_)).items()} | {"status": str(round_.status)}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def plates_asked(plan: RoundPlan) -> QuerySet[Designation]:
    """Designations of zones of the province that report for the period, of one of the classes and levels, in those cities."""
    plates = Designation.objects.reporting_on(plan.last_day).filter(zone_class__in=plan.zone_classes)
    if plan.region:
        plates = plates.filter(zone__city__code__startswith=prefix_of(plan.region))
    if plan.levels:
        plates = plates.filter(level__in=plan.levels)
    return plates.filter(zone__city__code__in=plan.cities) if plan.cities else plates


def zones_asked(plan: RoundPlan) -> QuerySet[Zone]:
    """The zones that carry one of these designations."""
    return Zone.objects.filter(pk__in=plates_asked(plan).values("zone"))


def zones_counted(rounds: Iterable[Round]) -> dict[int, int]:
    """How many zones opening each round would ask, by the round's id; one query beside those for cities and forms."""
    wanted = {
        str(round_.pk): Count("zone", distinct=True, filter=Q(pk__in=plates_asked(RoundPlan.of(round_)).values("pk")))
        for round_ in rounds
    }
    counts = Designation.objects.aggregate(**wanted) if wanted else {}
    return {int(key): count for key, count in counts.items()}


def form_items(codes: Iterable[str]) -> QuerySet[Indicator]:
    """The typed items of these forms, each once; nothing derived and nothing of the province."""
    return Indicator.objects.base().for_zones().filter(forms__code__in=list(codes)).distinct()


def forms_counted() -> QuerySet[Form]:
    """All forms, each with `items`: how many items of zones it asks for."""
    typed = Q(indicators__in=Indicator.objects.base().for_zones())
    return Form.objects.annotate(items=Count("indicators", filter=typed)).order_by("position")


@dataclass(frozen=True)
class Clash:
    """A zone that another round already asks for the same items of the same period (重复要数)."""

    zone: Zone
    round: Round
    items: list[Indicator]


def clashes(period: str, items_by_zone: dict[Zone, list[Indicator]], *, apart_from: int | None = None) -> list[Clash]:
    """Which of these zones are asked for one of these items by another round of the period; by zone code."""
    others = (
        Return.objects.filter(round__period=period, zone__in=items_by_zone)
        .exclude(round=apart_from)
        .select_related("round", "zone")
        .order_by("zone__code", "round")
    )
    filed = list(others)
    asked = asked_indicators(filed)
    found = []
    for other in filed:
        ours = {item.pk for item in items_by_zone[other.zone]}
        if both := [item for item in asked[other.pk] if item.pk in ours]:
            found.append(Clash(other.zone, other.round, both))
    return found


def items_by_zone(
    zones: Sequence[Zone], items: Sequence[Indicator], classes: Iterable[str], day: date
) -> dict[Zone, list[Indicator]]:
    """Which of the items each zone is asked for: those meant for a class of the round that it holds on the day."""
    held, wanted = zone_classes([zone.pk for zone in zones], day), set(classes)
    return {zone: [item for item in items if held[zone.pk] & wanted & set(item.zone_classes)] for zone in zones}


@dataclass(frozen=True)
class RoundPreview:
    """What opening would do (开放前预览): zones that get a return, items, cells, and what stands against it."""

    zones: list[Zone]
    items: list[Indicator]
    asked: dict[Zone, list[Indicator]]
    clashes: list[Clash]
    unreachable: list[Zone]
    """Zones of whom nobody can be told: no account may fill in or file for them."""
    existing: int = 0
    """Returns the round has already."""

    @property
    def cells(self) -> int:
        return sum(map(len, self.asked.values()))

    @property
    def fewest(self) -> int:
        return min(map(len, self.asked.values()), default=0)

    @property
    def most(self) -> int:
        return max(map(len, self.asked.values()), default=0)


def round_preview(plan: RoundPlan, round_: Round | None = None) -> RoundPreview:
    """What opening the plan would do; for a round that exists, which further zones it would ask, with its own items."""
    settled = round_ is not None and not plan.forms
    items = list(round_.indicators.base().for_zones() if settled and round_ else form_items(plan.forms))
    chosen = zones_asked(plan).select_related("administration", "city")
    zones = list(chosen if round_ is None else chosen.exclude(returns__round=round_))
    asked = items_by_zone(zones, items, plan.zone_classes, plan.last_day)
    people = holders_by_path(FILLERS, [zone.administration.path for zone in zones])
    return RoundPreview(
        zones=zones,
        items=[item for item in items if any(item in mine for mine in asked.values())],
        asked=asked,
        clashes=clashes(plan.period, asked, apart_from=round_.pk if round_ else None),
        unreachable=[zone for zone in zones if not people[zone.administration.path]],
        existing=round_.returns.count() if round_ else 0,
    )


@dataclass(frozen=True)
class Closing:
    """What closing a round leaves behind (结束前预览): how many of its returns are accepted, with a reviewer, with a park."""

    total: int
    accepted: int
    in_review: int
    with_parks: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return self.total - self.accepted


def closing_preview(round_: Round) -> Closing:
    """How many returns would stay unaccepted if the round were closed now; one query."""
    rows = round_.returns.order_by().values_list("status").annotate(n=Count("pk"))
    counts: dict[str, int] = dict(rows)
    accepted, total = counts.get(ReturnStatus.ACCEPTED, 0), sum(counts.values())
    with_parks = sum(counts.get(status, 0) for status in EDITABLE_STATUSES)
    return Closing(total, accepted, total - accepted - with_parks, with_parks, counts)
