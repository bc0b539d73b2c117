"""Counting workdays (工作日): Monday to Friday, but for what the office's calendar says of single days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from assessments.models import CalendarDay

_WEEKEND = 5  # Saturday, as date.weekday() counts
_LONGEST = 366


def workday_after(day: date, count: int, changes: Mapping[date, bool] | None = None) -> date:
    """The `count`-th workday after `day`; the day itself does not count (公示期自公示次日起算).

    `changes` tells of days as if they stood in the calendar so, for a preview.
    Raises ValueError for a count below 1, or when the calendar leaves too few workdays in a year.
    """
    if count < 1:
        raise ValueError(f"no such workday: {count}")
    listed = dict(CalendarDay.objects.filter(day__gt=day).values_list("day", "works"))
    listed |= changes or {}
    for ahead in range(1, _LONGEST):
        there = day + timedelta(days=ahead)
        count -= listed.get(there, there.weekday() < _WEEKEND)
        if not count:
            return there
    raise ValueError("too few workdays in a year")
