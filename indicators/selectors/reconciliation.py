"""What parks reported beside what departments know (核对): pairs of figures, their difference, what was decided on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from indicators.enums import ValueSource
from indicators.models import Return, Value


def department_figures(returns: Iterable[Return]) -> dict[int, dict[str, tuple[str, Decimal]]]:
    """What departments know about the items of these returns: {return id: {item code: (department, number)}}.

    Every return has an entry. Of several departments' figures for an item, that of the one that answers for it stands.
    Demonstration figures are compared with demonstration returns only. One query, however many returns.
    """
    by_key: dict[tuple[int, str], list[Return]] = defaultdict(list)
    for return_ in returns:
        by_key[return_.zone_id, return_.round.period].append(return_)
    known: dict[int, dict[str, tuple[str, Decimal]]] = {row.pk: {} for group in by_key.values() for row in group}
    figures = Value.objects.filter(
        source=ValueSource.DEPARTMENT,
        number__isnull=False,
        zone__in={zone for zone, _period in by_key},
        period__in={period for _zone, period in by_key},
    ).select_related("indicator")
    for value in figures.order_by("pk"):
        code, answering = value.indicator.code, value.department == value.indicator.department
        for return_ in by_key.get((value.zone_id, value.period), []):
            if value.number is None or value.synthetic != return_.synthetic:
                continue
            if answering or code not in known[return_.pk]:
                known[return_.pk][code] = (value.department, value.number)
    return known
