"""Which places lie on which development axis (发展轴带), policy 二（二） P036, P038: what is registered, and what was.

The text names four axes and of the province's places Zhengzhou alone, in the names of two of them; an axis without a place
waits for the office of the joint meeting. Nothing is made up in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import BigIntegerField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from accounts.models import User
from parks.enums import RegionLevel, SpatialAxis
from parks.models import Region, RegionAxis, Zone
from parks.provinces import prefix_of

SHOWN = 40
ADDED, REMOVED = "insert", "delete"


@dataclass(frozen=True)
class AxisLine:
    """An axis of a province: its places, and how many zones lie on it by now (each once)."""

    axis: SpatialAxis
    places: list[RegionAxis]
    zones: int

    @property
    def version(self) -> str:
        """What a change is based on: the places as they stood."""
        return version_of(place.region.code for place in self.places)


def version_of(codes: Iterable[str]) -> str:
    return ".".join(sorted(codes))


def axis_lines(province: str) -> list[AxisLine]:
    """The four axes in the policy's order, each with its places in the province of this code; two queries."""
    places: dict[str, list[RegionAxis]] = defaultdict(list)
    rows = RegionAxis.objects.of_province(province).select_related("region__parent", "recorded_by")
    for row in rows.order_by("region__code"):
        places[row.axis].append(row)
    zones = Zone.objects.of_province(province).values_list("city__code", "county__code")
    where = [{city, county} for city, county in zones]
    return [
        AxisLine(axis, places[axis], sum(bool(own & {place.region.code for place in places[axis]}) for own in where))
        for axis in SpatialAxis
    ]


def empty_axes(prefix: str) -> list[SpatialAxis]:
    """Axes on which no place of the province is registered yet; one query."""
    held = set(RegionAxis.objects.of_province(prefix).values_list("axis", flat=True))
    return [axis for axis in SpatialAxis if axis not in held]


def eligible_places(province: str) -> list[tuple[Region, list[Region]]]:
    """Cities of the province, each with its counties: what may be placed on an axis; one query."""
    own = Region.objects.filter(code__startswith=prefix_of(province), valid_to_year=None).order_by("code")
    cities = [region for region in own if region.level == RegionLevel.CITY]
    below: dict[int, list[Region]] = defaultdict(list)
    for region in own:
        if region.level == RegionLevel.COUNTY and region.parent_id is not None:
            below[region.parent_id].append(region)
    return [(city, below[city.pk]) for city in cities]


@dataclass(frozen=True)
class AxisChange:
    """A place that was put on an axis or taken off it: by whom (None: the pack), when, on what ground."""

    axis: SpatialAxis
    region: Region
    added: bool
    document: str
    quote: str
    at: datetime
    by: User | None


def axis_changes(province: str) -> list[AxisChange]:
    """The newest changes, newest first; three queries."""
    history: Any = apps.get_model("parks", "RegionAxisHistory")
    rows = history.objects.filter(
        Q(region__code__startswith=prefix_of(province)), pgh_label__in=[ADDED, REMOVED]
    ).annotate(user=Cast(KeyTextTransform("user", "pgh_context__metadata"), BigIntegerField()))
    found: Sequence[Any] = list(rows.select_related("region", "recorded_by").order_by("-pgh_id")[:SHOWN])
    people = User.objects.in_bulk({row.user for row in found if row.user})
    return [
        AxisChange(
            SpatialAxis(row.axis),
            row.region,
            row.pgh_label == ADDED,
            row.document,
            row.quote,
            row.pgh_created_at,
            row.recorded_by or people.get(row.user),
        )
        for row in found
    ]
