"""What the figures of returns are laid beside: plates, earlier parts of the year, departments, peers (审核的参照数)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db.models import F, FloatField, QuerySet
from django.db.models.functions import Cast

from indicators.checks import Peers
from indicators.checks.filings import Plates
from indicators.enums import ReturnStatus, RuleKind, Temporality, ValueSource
from indicators.models import CheckRule, Indicator, Reconciliation, Return, Round, Value
from indicators.periods import last_day
from indicators.selectors.asked import FiledCell
from indicators.selectors.reconciliation import department_figures
from parks.models import Designation

FILED = (ReturnStatus.SUBMITTED, ReturnStatus.CITY_ACCEPTED, ReturnStatus.ACCEPTED)
_PARTS = (*(f"-{month:02}" for month in range(1, 12)), "Q1", "Q2", "Q3")


def plates_in_force(day: date) -> dict[str, Plates]:
    """(class, level) of the designations in force on the day, by zone code. One query."""
    plates: dict[str, set[tuple[str, str]]] = defaultdict(set)
    held = Designation.objects.in_force_on(day).values_list("zone__code", "zone_class", "level")
    for zone, zone_class, level in held:
        plates[zone].add((zone_class, level))
    return {zone: frozenset(own) for zone, own in plates.items()}


def earlier_figures(
    group: Sequence[Return], items: Mapping[str, Indicator]
) -> dict[tuple[str, str], tuple[str, float]]:
    """By zone and code: period and figure of the latest earlier part of the year, of filed returns and cumulative items.

    One query for the returns of one round.
    """
    round_ = group[0].round
    by_day = {f"{round_.year}{part}": last_day(round_.year, part) for part in _PARTS}
    periods = sorted((period for period, day in by_day.items() if day < round_.last_day), key=by_day.__getitem__)
    filed = Value.objects.filter(
        period__in=periods,
        source=ValueSource.PARK,
        return_ref__status__in=FILED,
        number__isnull=False,
        zone__in=[return_.zone_id for return_ in group],
        indicator__code__in=[code for code, item in items.items() if item.temporality == Temporality.CUMULATIVE],
    )
    rows = sorted(_figures(filed, "period"), key=lambda row: by_day[row[2]])
    return {(zone, code): (period, number) for zone, code, period, number in rows}


def known_figures(
    group: Sequence[Return], values: Mapping[int, Mapping[str, Value | FiledCell]]
) -> dict[tuple[str, str], tuple[str, float]]:
    """By zone and code: the department that knows an item too, and its figure; without those that were decided on.

    A decision (核对裁定) holds as long as both figures stand as they did; `values` are the returns' by id and code. Two
    queries for the returns of one round.
    """
    figures, zones = department_figures(group), {return_.pk: return_.zone_id for return_ in group}
    decided = {
        (zone, code): (reported, known)
        for zone, code, reported, known in Reconciliation.objects.filter(
            period=group[0].round.period, zone__in=[zone for pk, zone in zones.items() if figures[pk]]
        )
        .order_by("pk")
        .values_list("zone_id", "indicator__code", "reported", "known")
    }
    known: dict[tuple[str, str], tuple[str, float]] = {}
    for return_ in group:
        for code, (department, number) in figures[return_.pk].items():
            value = values[return_.pk].get(code)
            if value is not None and decided.get((return_.zone_id, code)) != (value.number, number):
                known[return_.zone.code, code] = (department, float(number))
    return known


def peer_changes(round_: Round, items: Mapping[str, Indicator], rules: Sequence[CheckRule]) -> Peers | None:
    """How filed returns of the round changed on last year's accepted figures, for the items of outlier rules.

    None when no such rule reads an item that is asked for. Two queries.
    """
    codes = sorted({code for rule in rules if rule.kind == RuleKind.OUTLIER for code in rule.items if code in items})
    if not codes:
        return None
    parks = Value.objects.filter(source=ValueSource.PARK, indicator__code__in=codes, number__gt=0)
    now = parks.filter(return_ref__round=round_, return_ref__status__in=FILED)
    last = parks.filter(period=f"{round_.year - 1}{round_.part}").accepted()
    before = {(zone, code): number for zone, code, number in _figures(last)}
    rows = [(zone, code, number / before[zone, code]) for zone, code, number in _figures(now) if (zone, code) in before]
    zones = sorted({zone for zone, _code, _ratio in rows})
    row_of, column_of = ({name: at for at, name in enumerate(names)} for names in (zones, codes))
    changes = np.full((len(zones), len(codes)), np.nan)
    for zone, code, ratio in rows:
        changes[row_of[zone], column_of[code]] = np.log(ratio)
    return Peers(zones, codes, changes)


def _figures(values: QuerySet[Value], *more: str) -> list[Any]:
    """Zone code, indicator code, further fields and number of each value."""
    figures = values.annotate(figure=Cast(F("number"), FloatField())).order_by()
    return list(figures.values_list("zone__code", "indicator__code", *more, "figure"))
