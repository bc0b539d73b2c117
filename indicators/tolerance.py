"""When a park's figure and a department's differ (核对容差): one measure for reading, rules and reconciliation."""

from typing import Any


def differs(reported: Any, known: Any, tolerance_pct: Any) -> Any:
    """Whether the figures are further apart than `tolerance_pct` per cent of the department's (`known`).

    Takes numbers of one kind (Decimal, float) or arrays; missing (NaN) differs from nothing.
    """
    return abs(reported - known) * 100 > abs(known) * tolerance_pct
