"""What a department answers for, and what of it is still to come (部门数据查询)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Count, Max, Q, QuerySet
from django.db.models import Value as Constant

from accounts.enums import Permission
from accounts.models import User
from indicators.enums import RoundStatus, ValueSource
from indicators.models import DepartmentLoad, Indicator, Round, Value
from indicators.models.catalogue import IndicatorQuerySet
from indicators.periods import last_day
from parks.models import Designation, Zone

ROUNDS = 6
"""Newest rounds whose items are shown as due."""


def department_items(department: str) -> IndicatorQuerySet:
    """The items a department answers for (`Indicator.department` is its duty) and may therefore load.

    It loads them for every zone of the province that had a plate of the item's classes at the end of the period
    (`zones_in_force`), whatever zones its own duty reaches; that reach (`Zone.visible_to`) bounds the returns it may read.
    """
    return Indicator.objects.base().for_zones().filter(department=department)


def zones_in_force(period: str) -> dict[int, set[str]]:
    """The classes of the plates of zones that report for the period, by zone id; zones with none are not there."""
    return _zones_in_force({period})[period]


def _zones_in_force(periods: Iterable[str]) -> dict[str, dict[int, set[str]]]:
    """`zones_in_force` of several periods, in one query."""
    days = {period: last_day(int(period[:4]), period[4:]) for period in periods}
    classes: dict[str, dict[int, set[str]]] = {period: {} for period in days}
    held = [
        Designation.objects.reporting_on(day)
        .order_by()
        .annotate(on=Constant(period))
        .values_list("zone", "zone_class", "on")
        for period, day in days.items()
    ]
    for zone, zone_class, period in held[0].union(*held[1:], all=True) if held else ():
        classes[period].setdefault(zone, set()).add(zone_class)
    return classes


@dataclass(frozen=True)
class Due:
    """How far a department's data for a round's period are: items it answers for, those with any figure, and the others.

    `asked` and `known` count cells, zone by item; `last` is when a figure last came, None for never.
    """

    department: str
    period: str
    round: Round
    items: list[Indicator]
    missing: list[Indicator]
    asked: int
    known: int
    last: datetime | None


def department_due(department: str) -> list[Due]:
    """The department's items asked in rounds that are open, or closed in the last periods, the newest first."""
    rounds = list(Round.objects.exclude(status=RoundStatus.PLANNED).prefetch_related("indicators")[:ROUNDS])
    own = {item.pk for item in department_items(department)}
    figures = Value.objects.filter(
        source=ValueSource.DEPARTMENT, department=department, period__in=[round_.period for round_ in rounds]
    )
    in_force = _zones_in_force(round_.period for round_ in rounds)
    asked = reduce(or_, (Q(period=period, zone__in=zones) for period, zones in in_force.items()), Q(pk__in=[]))
    known = {(row["period"], row["indicator"]): row for row in figures.filter(asked).order_by().values("period", "indicator").annotate(
        count=Count("pk", filter=Q(number__isnull=False)), last=Max("updated_at"))}  # fmt: skip
    found = []
    for round_ in rounds:
        items = [item for item in round_.indicators.all() if item.pk in own]
        if not items:
            continue
        rows = {item: known.get((round_.period, item.pk)) for item in items}
        came = [row for row in rows.values() if row and row["count"]]
        classes = in_force[round_.period].values()
        found.append(
            Due(
                department=department,
                period=round_.period,
                round=round_,
                items=items,
                missing=[item for item, row in rows.items() if not row or not row["count"]],
                asked=sum(bool(held & set(item.zone_classes)) for item in items for held in classes),
                known=sum(row["count"] for row in came),
                last=max((row["last"] for row in came), default=None),
            )
        )
    return found


@dataclass(frozen=True)
class DepartmentSheet:
    """What a department's template shows: zones in force, its items, and the numbers it has delivered."""

    zones: list[Zone]
    items: list[Indicator]
    classes: dict[int, set[str]]
    known: dict[tuple[int, int], Decimal]


def department_sheet(department: str, period: str) -> DepartmentSheet:
    """The zones that carry a plate of the classes its items are asked of, and what it delivered for the period."""
    items, classes = list(department_items(department)), zones_in_force(period)
    asked = {zone_class for item in items for zone_class in item.zone_classes}
    places = [pk for pk, held in classes.items() if held & asked]
    figures = Value.objects.filter(
        source=ValueSource.DEPARTMENT, department=department, period=period, number__isnull=False
    )
    known = {
        (zone, item): number
        for zone, item, number in figures.values_list("zone_id", "indicator_id", "number")
        if number is not None
    }
    zones = Zone.objects.filter(pk__in=places).select_related("city").order_by("city__code", "code")
    return DepartmentSheet(list(zones), items, classes, known)


def loads_visible_to(user: User) -> QuerySet[DepartmentLoad]:
    """A department's own deliveries; all of them for who reconciles."""
    loads = DepartmentLoad.objects.select_related("organisation", "created_by")
    if user.may(Permission.RECONCILE):
        return loads
    return loads.filter(department__in=user.duties_with(Permission.DEPARTMENT_LOAD))


def department_values(user: User) -> QuerySet[Value]:
    """Departments' figures a user may read: those of the zones they look after, and those of their own department."""
    zones = Zone.objects.visible_to(user, Permission.RETURN_VIEW)
    own = user.duties_with(Permission.DEPARTMENT_LOAD)
    figures = Value.objects.filter(source=ValueSource.DEPARTMENT)
    return figures.filter(Q(zone__in=zones.values("pk")) | Q(department__in=own))
