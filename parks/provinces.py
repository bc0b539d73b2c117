"""Whose province it is (省份): one database may hold several, and nothing of one is added up with another's."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accounts.models import User
from parks.enums import RegionLevel
from parks.models import Region, Zone


def prefix_of(code: str) -> str:
    """The two digits with which the codes of all regions of a province begin; empty for an empty code, which means any."""
    return code[:2]


def provinces() -> list[Region]:
    """Every province there is, the one with the lowest code first; one query."""
    return list(Region.objects.filter(level=RegionLevel.PROVINCE).select_related("office").order_by("code"))


def provinces_of(user: User) -> list[Region]:
    """The provinces in which the user has an office; all of them for a superuser."""
    found = provinces()
    if user.is_superuser:
        return found
    roots = {membership.organisation.path.split("/")[1] for membership in user.current_memberships}
    return [region for region in found if region.office is not None and region.office.path.strip("/") in roots]


def own_rows(user: User, field: str = "region_code") -> Q:
    """The condition for rows of the user's provinces, those of none included; `field` holds the province's code. No query."""
    if user.is_superuser:
        return Q(pk__isnull=False)  # all, and still a condition that may be joined by "or"
    roots = {membership.organisation.path.split("/")[1] for membership in user.current_memberships}
    own = Region.objects.filter(level=RegionLevel.PROVINCE, office__path__in=[f"/{root}/" for root in roots])
    return Q(**{field: ""}) | Q(**{f"{field}__in": own.values("code")})


def chosen_province(user: User, code: str = "") -> Region | None:
    """The province that a page shows: the one asked for, if it is one of the user's, else their first; None without any."""
    own = provinces_of(user)
    return next((region for region in own if region.code == code), own[0] if own else None)


def places_of(prefix: str) -> list[str]:
    """Codes of the zones and regions of a province."""
    zones = Zone.objects.filter(city__code__startswith=prefix).values_list("code", flat=True)
    regions = Region.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    return [*zones, *regions]


def zones_of(prefix: str) -> set[str]:
    """Codes of the zones of a province."""
    return set(Zone.objects.filter(city__code__startswith=prefix).values_list("code", flat=True))


def codes_of(regions: Iterable[Region]) -> list[str]:
    """What `region_code` of the documents of these provinces may be: their codes, or empty for a document of any."""
    return ["", *(region.code for region in regions)]
