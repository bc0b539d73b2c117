"""Periods of rounds and figures (时期): "2025", "2025Q1", "2025-03"; a year and a part of it: "" for the whole, "Q1", "-03"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from indicators.enums import Frequency

_SHAPE = re.compile(r"(20\d\d)(?:Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII)
_PARTS = {Frequency.YEAR: 1, Frequency.QUARTER: 4, Frequency.MONTH: 12}


def parse(period: str) -> tuple[int, Frequency, int]:
    """Year, frequency, and which part of the year (1 for the whole). Raises ValueError for anything else."""
    match = _SHAPE.fullmatch(period)
    if match is None:
        message = f"{period!r} is no period"
        raise ValueError(message)
    year, quarter, month = match.groups()
    if quarter:
        return int(year), Frequency.QUARTER, int(quarter)
    return int(year), Frequency.MONTH if month else Frequency.YEAR, int(month or 1)


def build(year: int, frequency: Frequency, part: int) -> str:
    """The period as it is written: of 2025, quarterly, 1 that is "2025Q1"."""
    return {Frequency.YEAR: f"{year}", Frequency.QUARTER: f"{year}Q{part}", Frequency.MONTH: f"{year}-{part:02d}"}[
        frequency
    ]


def following(period: str) -> str:
    """The period after it: "2025Q4" → "2026Q1"."""
    year, frequency, part = parse(period)
    return build(year + part // _PARTS[frequency], frequency, part % _PARTS[frequency] + 1)


def last_day(year: int, part: str = "") -> date:
    """The last day of the year or of a part of it ("Q1", "-03"), by which designations are read."""
    month = 12 if not part else 3 * int(part[1:]) if part.startswith("Q") else int(part[1:])
    return date(year, month, monthrange(year, month)[1])


def title(period: str) -> str:
    """What a round of the period is called when nobody says otherwise, in the reader's language."""
    year, frequency, part = parse(period)
    facts = {"year": year, "part": part}
    if frequency == Frequency.QUARTER:
        return _("%(year)s 年第 %(part)s 季度报表") % facts
    if frequency == Frequency.MONTH:
        return _("%(year)s 年 %(part)s 月报表") % facts
    return _("%(year)s 年度报表") % facts


def title_zh(period: str) -> str:
    """The same in Chinese, as it is stored."""
    with override("zh-hans"):
        return title(period)
