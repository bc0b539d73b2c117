"""Entering province-wide figures (全省数据录入)."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from indicators.enums import IndicatorScope
from indicators.exceptions import ValueInvalid
from indicators.models import DataChange, Indicator, ProvinceValue
from indicators.news import tell
from indicators.services.cells import number_fault
from parks.provinces import chosen_province

_YEARS = range(2000, 2100)


@transaction.atomic
def province_value_save(
    *, by: User, indicator_code: str, year: int, number: Decimal, source_note: str, province: str = ""
) -> ProvinceValue:
    """Save a figure of the user's province for a year with its source; it counts at once, and the floors above are told.

    `province` is its code, for who has an office in several.

    Raises PermissionDenied, Indicator.DoesNotExist (not a province series), ValueInvalid.
    """
    if not by.may(Permission.PROVINCE_SERIES_ENTER):
        raise PermissionDenied(_("您没有录入全省数据的权限。"))
    indicator = Indicator.objects.base().select_for_update().get(code=indicator_code, scope=IndicatorScope.PROVINCE)
    faults = [number_fault(number, indicator)]
    if not source_note.strip():
        faults.append(_("请写明来源：没有来源的数字不能采用。"))
    if year not in _YEARS:
        faults.append(_("年度须在 %(first)d 至 %(last)d 之间。") % {"first": _YEARS[0], "last": _YEARS[-1]})
    if any(faults):
        raise ValueInvalid({indicator_code: list(filter(None, faults))})
    region = chosen_province(by, province)
    whose = region.code if region else ""
    value = ProvinceValue.objects.of_province(whose).filter(indicator=indicator, year=year).first()
    value = value or ProvinceValue(indicator=indicator, year=year, region_code=whose)
    facts = (number, source_note.strip(), False)
    if value.pk and (value.number, value.source_note, value.synthetic) == facts:
        return value
    value.number, value.source_note, value.synthetic = facts
    value.updated_by = by
    value.save()
    tell([DataChange(year=year, reason=f"全省数据录入 {indicator_code}")])
    return value
