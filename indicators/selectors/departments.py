"""What a department answers for, and what of it is still to come (部门数据查询)."""

from __future__ import annotations

from collections import defaultdict

from indicators.models import Indicator
from indicators.models.catalogue import IndicatorQuerySet
from indicators.periods import last_day
from parks.models import Designation


def department_items(department: str) -> IndicatorQuerySet:
    """The items a department answers for (`Indicator.department` is its duty) and may therefore load.

    It loads them for every zone of the province that had a plate of the item's classes at the end of the period
    (`zones_in_force`), whatever zones its own duty reaches; that reach (`Zone.visible_to`) bounds the returns it may read.
    """
    return Indicator.objects.base().for_zones().filter(department=department)


def zones_in_force(period: str) -> dict[int, set[str]]:
    """The classes of the plates in force on the last day of the period, by zone id; zones with none are not there."""
    classes: dict[int, set[str]] = defaultdict(set)
    held = Designation.objects.in_force_on(last_day(int(period[:4]), period[4:]))
    for zone, zone_class in held.values_list("zone_id", "zone_class"):
        classes[zone].add(zone_class)
    return dict(classes)
