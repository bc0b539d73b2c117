"""Periods of figures (时期): a year and a part of it, "" for the whole, "Q1" or "-03"."""

from calendar import monthrange
from datetime import date


def last_day(year: int, part: str = "") -> date:
    """The last day of the year, quarter or month."""
    month = 12 if not part else 3 * int(part[1:]) if part.startswith("Q") else int(part[1:])
    return date(year, month, monthrange(year, month)[1])
