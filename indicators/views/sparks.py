"""The small line of a figure's earlier years (走势), drawn on the server and told in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.numbers import format_number

WIDTH, HEIGHT, EDGE = 72, 18, 2.5


@dataclass(frozen=True)
class Spark:
    """`path` is the line, broken where a year is missing; `x`, `y` its last point; `words` what it shows."""

    path: str
    x: float
    y: float
    words: str


def spark(series: Mapping[int, float], decimals: int) -> Spark | None:
    """The line of numbers by year; None for fewer than two, which are no line."""
    years = sorted(series)
    if len(years) < 2:
        return None
    low, high = min(series.values()), max(series.values())
    step = (WIDTH - 2 * EDGE) / (years[-1] - years[0])
    scale = (HEIGHT - 2 * EDGE) / (high - low) if high > low else 0
    points = {
        year: (round(EDGE + step * (year - years[0]), 1), round(HEIGHT - EDGE - scale * (series[year] - low), 1))
        for year in years
    }
    if not scale:
        points = {year: (x, HEIGHT / 2) for year, (x, _y) in points.items()}
    moves = [f"{'L' if year - 1 in points else 'M'}{x} {y}" for year, (x, y) in points.items()]
    words = _("%(first)d 至 %(last)d 年走势：最低 %(low)s，最高 %(high)s") % {
        "first": years[0],
        "last": years[-1],
        "low": format_number(low, decimals),
        "high": format_number(high, decimals),
    }
    return Spark("".join(moves), *points[years[-1]], words)
