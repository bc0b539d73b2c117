"""What a target's page draws and says (目标页的图与话): the series with path and projection, the methods side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.formula import Formula
from common.numbers import format_number
from indicators.models import Indicator
from indicators.selectors import matrix, rollup
from parks.provinces import zones_of
from targets import methods
from targets.enums import Method, Path
from targets.models import Progress, Target
from targets.progress import ENOUGH, Point, Verdicts, Way, verdicts
from targets.tasks import way_of

PROVINCE = "province"


@dataclass(frozen=True)
class Judged:
    """One method's word on the chosen year."""

    method: str
    label: str | Promise
    figure: str
    status: str
    chosen: bool


@dataclass(frozen=True)
class Standing:
    """Where a target stands on its way at a year: start, what the path asks, what each method says, the projection."""

    way: Way
    series: list[Point]
    verdicts: Verdicts

    @property
    def projection(self) -> methods.Projection | None:
        return self.verdicts.projection

    @property
    def is_over(self) -> bool:
        """Whether the chosen year is the target's or later: then it is met or not, and no way is left."""
        return not self.series or self.series[-1][0] >= self.way.goal[0]


def standing(target: Target, rows: list[Progress]) -> Standing:
    """From the progress of all years up to the chosen one, ascending, as `selectors.board` reads it."""
    known = [
        (row.year, float(row.value))
        for row in rows
        if row.value is not None and float(getattr(row, "coverage", None) or 1.0) >= ENOUGH
    ]
    way = way_of(target, known[0] if known else None)
    return Standing(way, known, verdicts(way, known))


def judged(target: Target, at: Standing) -> list[Judged]:
    """What each method says before the target's year."""
    v = at.verdicts
    figures = {
        Method.PATH: "—" if v.path is None else format_number(v.path, 2),
        Method.EUROSTAT: "—" if v.eurostat is None else format_number(v.eurostat, 2),
        Method.ESCAP: "—" if v.gap is None else f"{format_number(v.gap, 0)}%",
    }
    return [Judged(m.value, m.label, figures[m], v.status(m), m == target.method) for m in Method]


def series_chart(target: Target, rows: list[Progress], at: Standing, digits: int) -> dict[str, Any]:
    """The series with target line, path and, where the trend allows, projection with its band."""
    unit = target.unit_label
    values = {row.year: float(row.value) if row.value is not None else None for row in rows}
    last = max(values, default=target.year or 0)
    end = target.year or last
    years = list(range(min(values, default=last), max(last, min(end, last + 15)) + 1))
    expected = dict(zip(years, at.way.expected(years), strict=True))
    lines: list[dict[str, Any]] = [
        {"year": year, "value": values.get(year), "path": expected[year] if year <= end else None} for year in years
    ]
    columns: list[dict[str, Any]] = [
        {"key": "year", "label": _("年度")},
        {"key": "value", "label": _("现值"), "unit": unit, "digits": digits},
        {"key": "path", "label": _("路径"), "unit": unit, "digits": max(digits, 1)},
    ]
    spec: dict[str, Any] = {"kind": "line", "x": "year", "y": ["value", "path"], "columns": columns, "rows": lines}
    if target.is_standing:  # what holds at any time has no path to go
        del columns[2]
        spec["y"] = ["value"]
    if at.projection and not at.is_over:
        columns += [
            {"key": "trend", "label": _("趋势"), "unit": unit, "digits": max(digits, 1)},
            {"key": "low", "label": _("下限"), "unit": unit, "digits": max(digits, 1)},
            {"key": "high", "label": _("上限"), "unit": unit, "digits": max(digits, 1)},
        ]
        spec["y"] = ["value", "path", "trend"]
        spec["band"] = {"low": "low", "high": "high", "label": _("预测区间")}
        used = [at.way.start, *(p for p in at.series if at.way.start is None or p[0] > at.way.start[0])]
        points = [p for p in used if p is not None]
        for line in lines:
            if line["year"] == at.series[-1][0]:
                line.update(dict.fromkeys(("trend", "low", "high"), line["value"]))  # the fan opens at the last figure
            elif line["year"] > last:
                found = methods.project([y for y, _v in points], [v for _y, v in points], line["year"], at.way.bounds)
                if found:
                    line |= {"trend": found.value, "low": found.low, "high": found.high}
    return spec | {
        "reference": [{"label": _("目标值"), "value": float(target.value or 0)}],
        "synthetic": any(row.synthetic for row in rows),
    }


def path_words(target: Target, at: Standing, digits: int) -> str:
    """The path in a sentence, with where it starts; none for what holds at any time."""
    if target.is_standing:
        return ""
    if at.way.start is None:
        return _("还没有可用的起点")
    year, value = at.way.start
    words = {
        "path": Path(target.path).label,
        "year": year,
        "value": format_number(value, digits),
        "goal": format_number(target.value, 0),
        "end": target.year,
    }
    return _("%(path)s：%(year)s 年 %(value)s → %(end)s 年 %(goal)s") % words


def proxies(target: Target, until: int | None) -> list[dict[str, Any]]:
    """The trend of each indicator that stands beside a qualitative goal: the province's ratio of sums, year by year."""
    codes = list(target.spec.get("proxies", ()))
    items = {item.code: item for item in Indicator.objects.filter(code__in=codes)}
    codes = [code for code in codes if code in items]
    if not codes:
        return []
    parts = [name for code in codes if items[code].formula for name in Formula.parse(items[code].formula).names]
    needed = list(dict.fromkeys([*codes, *parts]))
    prefix = target.prefix
    frame = matrix(codes=needed, zone_codes=sorted(zones_of(prefix)) if prefix else None)
    by = dict.fromkeys(frame.index.get_level_values("zone").unique(), PROVINCE)
    rolled = rollup(frame, by).reset_index(level="group", drop=True)
    shown = []
    for code in codes:
        item = items[code]
        series = rolled[code].dropna()
        years = [int(year) for year in series.index if until is None or int(year) <= until]
        rows = [{"year": year, "value": float(series.loc[year])} for year in years]
        columns = [
            {"key": "year", "label": _("年度")},
            {"key": "value", "label": item.label, "unit": item.unit_label, "digits": 2},
        ]
        shown.append(
            {
                "indicator": item,
                "chart": {
                    "kind": "line", "x": "year", "y": ["value"], "columns": columns, "rows": rows,
                    "synthetic": bool(frame.attrs.get("synthetic")),
                },
                "has_rows": bool(rows),
            }
        )  # fmt: skip
    return shown
