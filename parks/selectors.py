"""Questions to the registry across models (登记查询)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from accounts.models import User
from parks.enums import PLATE_LABELS, DesignationLevel, ZoneClass
from parks.models import Designation, Region, Zone


def zone_of_plate() -> dict[str, str]:
    """The zone code under each plate: sources know an area by any of its plates (Z038 is a plate of zone Z001)."""
    return dict(Designation.objects.values_list("code", "zone__code"))


# The plates that a summary by city counts, in its order of columns.
SUMMARY_PLATES: tuple[tuple[ZoneClass, DesignationLevel], ...] = tuple(PLATE_LABELS)


@dataclass(frozen=True, slots=True)
class CityLine:
    """One of the 18 units, or the province: zones with a plate in force, plates by class and level."""

    city: Region | None
    zones: int
    plates: dict[tuple[str, str], int]

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """Class, level and count, in the order of SUMMARY_PLATES."""
        return [(zone_class, level, self.plates.get((zone_class, level), 0)) for zone_class, level in SUMMARY_PLATES]

    @property
    def total(self) -> int:
        return sum(self.plates.values())


def city_summary(user: User, day: date) -> tuple[list[CityLine], CityLine]:
    """Plates in force on that day in the user's territory, by city, and their sum.

    An area with several plates is one zone, so the zones are fewer than the plates.
    """
    visible = Designation.objects.visible_to(user).in_force_on(day)
    zones = dict(visible.values_list("zone__city").annotate(count=Count("zone", distinct=True)).order_by())
    plates: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    counted = visible.values_list("zone__city", "zone_class", "level").annotate(count=Count("pk")).order_by()
    for city, zone_class, level, count in counted:
        plates[city][zone_class, level] = count
    lines = [CityLine(city, zones[city.pk], plates[city.pk]) for city in Region.objects.cities() if city.pk in zones]
    total: Counter[tuple[str, str]] = Counter()
    for line in lines:
        total.update(line.plates)
    return lines, CityLine(None, sum(zones.values()), dict(total))


def known_industries() -> list[str]:
    """Leading industries (主导产业) named by any zone, the most frequent first."""
    named = Counter(name for names in Zone.objects.values_list("leading_industries", flat=True) for name in names)
    return [name for name, _count in named.most_common()]
