"""What returns ask for and what is stored in them (报表所问与所填)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from indicators.models import Indicator, Return, Value
from parks.models import Designation


def asked_indicators(returns: Iterable[Return]) -> dict[int, list[Indicator]]:
    """The items each return asks for, by its id, in catalogue order.

    Those of its round, typed rather than derived, for a class of the round of which the zone held a designation at the
    last day of the round's period. Three queries a round, however many returns.
    """
    by_round: dict[int, list[Return]] = defaultdict(list)
    for return_ in returns:
        by_round[return_.round_id].append(return_)
    asked: dict[int, list[Indicator]] = {}
    for group in by_round.values():
        round_ = group[0].round
        items = list(round_.indicators.base().for_zones().for_classes(round_.zone_classes))
        classes = zone_classes((return_.zone_id for return_ in group), round_.last_day)
        for return_ in group:
            held = classes[return_.zone_id] & set(round_.zone_classes)
            asked[return_.pk] = [item for item in items if held & set(item.zone_classes)]
    return asked


def zone_classes(zone_ids: Iterable[int], day: date) -> dict[int, set[str]]:
    """The classes of the designations in force on the day, by zone id; empty for a zone with none."""
    classes: dict[int, set[str]] = defaultdict(set)
    held = Designation.objects.in_force_on(day).filter(zone__in=list(zone_ids))
    for zone, zone_class in held.values_list("zone_id", "zone_class"):
        classes[zone].add(zone_class)
    return classes


def stored_values(returns: Iterable[Return]) -> dict[int, dict[str, Value]]:
    """The stored cells of each return, by indicator code."""
    cells: dict[int, dict[str, Value]] = {return_.pk: {} for return_ in returns}
    for value in Value.objects.filter(return_ref__in=cells).select_related("indicator", "updated_by"):
        if value.return_ref_id is not None:
            cells[value.return_ref_id][value.indicator.code] = value
    return cells


class FiledCell(NamedTuple):
    """What the checks read of a stored cell; a `Value` has these too."""

    number: Decimal | None
    absence: str
    comment: str


def filed_cells(returns: Iterable[Return]) -> dict[int, dict[str, FiledCell]]:
    """The stored cells of each return, by indicator code, without the rows behind them. One query."""
    cells: dict[int, dict[str, FiledCell]] = {return_.pk: {} for return_ in returns}
    stored = Value.objects.filter(return_ref__in=cells).order_by()
    fields = ("return_ref_id", "indicator__code", "number", "absence", "comment")
    for pk, code, number, absence, comment in stored.values_list(*fields):
        if pk is not None:
            cells[pk][code] = FiledCell(number, absence, comment)
    return cells


def stored_number(value: Value | FiledCell | None) -> float:
    """The number of a cell, NaN where there is none."""
    return np.nan if value is None or value.number is None else float(value.number)
