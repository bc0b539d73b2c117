"""Which year is shown, and whether figures changed (数据年度与数据变动)."""

from __future__ import annotations

from django.db.models import Count, Max, Q

from indicators.enums import Frequency, ReturnStatus
from indicators.models import DataChange, Return, Value

ENOUGH = 0.8
"""Share of a year's returns that must be accepted before the year is shown as the newest."""


def reporting_year(prefix: str = "") -> int | None:
    """The newest year of whose yearly returns enough are accepted; else the newest with any; None without data.

    `prefix`: the two digits of a province, whose zones alone are looked at; empty for all.
    """
    returns = Return.objects.filter(zone__city__code__startswith=prefix) if prefix else Return.objects.all()
    years = (
        returns.filter(round__frequency=Frequency.YEAR)
        .values("round__year")
        .annotate(total=Count("id"), accepted=Count("id", filter=Q(status=ReturnStatus.ACCEPTED)))
        .order_by("-round__year")
    )
    with_data = [row for row in years if row["accepted"]]
    enough = [row for row in with_data if row["accepted"] >= ENOUGH * row["total"]]
    best = enough or with_data
    return best[0]["round__year"] if best else None


def synthetic_zones(year: int) -> set[str]:
    """Codes of the zones with a synthetic figure among those that count for the whole year (演示数据)."""
    values = Value.objects.accepted().whole_years().filter(year=year, synthetic=True)
    return set(values.values_list("zone__code", flat=True).distinct())


def newest_change() -> int:
    """The id of the newest line of news, 0 when there is none; higher than one remembered: accepted figures changed."""
    return DataChange.objects.aggregate(newest=Max("pk"))["newest"] or 0
