"""Questions to the registry across models (登记查询)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from parks.enums import DesignationLevel
from parks.models import Designation, Region, Zone


def national_designations_on(day: date) -> list[Designation]:
    """National plates (国家级称号) in force on that day, with their zones; counts of levels count these, not zones."""
    national = Designation.objects.in_force_on(day).filter(level=DesignationLevel.NATIONAL)
    return list(national.select_related("zone__city").order_by("code"))


def zone_labels(codes: Iterable[str] | None = None) -> dict[str, str]:
    """Names of zones by code; of all zones without `codes`."""
    zones = Zone.objects.all() if codes is None else Zone.objects.filter(code__in=list(codes))
    return dict(zones.order_by("code").values_list("code", "name"))


def zones_by_city() -> dict[str, list[str]]:
    """Zone codes by the code of their city (one of the 18 units); a city without zones has an empty list."""
    found: dict[str, list[str]] = {code: [] for code in Region.objects.cities().values_list("code", flat=True)}
    for city, code in Zone.objects.order_by("code").values_list("city__code", "code"):
        found[city].append(code)
    return found


def zone_of_plate() -> dict[str, str]:
    """The zone code under each plate: sources know an area by any of its plates (Z038 is a plate of zone Z001)."""
    return dict(Designation.objects.values_list("code", "zone__code"))
