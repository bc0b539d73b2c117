"""Dates as sources give them: a year, a month or a day (不完整日期)."""

from __future__ import annotations

import re
from datetime import date

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def first_day(text: str) -> date | None:
    """The first day of "2015", "2015-05" or "2015-05-04"; None for an empty text.

    Raises:
        ValueError: the text is no such date.
    """
    if not text:
        return None
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError(f"not a year, month or day: {text}")
    year, month, day = match.groups()
    return date(int(year), int(month or 1), int(day or 1))
