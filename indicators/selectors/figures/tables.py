"""Figures as people ask for them (数据查询): some items and years, of zones or groups of zones, now or as they stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import pandas as pd

from common.formula import Formula
from indicators.enums import Grouping
from indicators.models import Indicator, Value
from indicators.selectors.figures.matrix import Figures, read_figures
from indicators.selectors.figures.places import group_labels, memberships
from indicators.selectors.figures.rollups import rollup


@dataclass(frozen=True)
class Asked:
    """What is asked for; `zone_codes` are those the reader may see, narrowed by the filter."""

    zone_codes: Sequence[str]
    indicators: Sequence[Indicator]
    years: Sequence[int]
    part: str = ""
    level: str = Grouping.ZONE
    as_of: datetime | None = None
    restated_on: date | None = None
    accepted_only: bool = True


@dataclass(frozen=True)
class Figure:
    """One figure. `origin`: id of the value behind it, or of a part of it; 0 when it was carried or summed up."""

    number: float
    synthetic: bool
    restated: bool
    origin: int


@dataclass(frozen=True)
class Line:
    """A zone or group: its figures by item code and year; `zones`, how many zones with a figure it has in any year."""

    code: str
    label: str
    zones: int
    figures: Mapping[tuple[str, int], Figure]

    def number(self, code: str, year: int) -> float | None:
        figure = self.figures.get((code, year))
        return None if figure is None else figure.number


@dataclass(frozen=True)
class FigureTable:
    """The lines in the order of their codes, and the total over all zones, each figure counted once."""

    asked: Asked
    lines: list[Line]
    total: Line | None
    synthetic: bool
    restated: bool


def figure_table(asked: Asked, *, unknown: str = "", total: str = "") -> FigureTable:
    """The figures asked for; `unknown` and `total` name the group of no known county and the line of the sum."""
    codes = [indicator.code for indicator in asked.indicators]
    parts = {name for item in asked.indicators if item.formula for name in Formula.parse(item.formula).names}
    # A roll-up reads the parts of derived items, in the year before as well.
    figures = read_figures(
        zone_codes=asked.zone_codes,
        codes=[*codes, *sorted(parts - set(codes))],
        years=sorted({*asked.years, *(year - 1 for year in asked.years)}),
        part=asked.part,
        accepted_only=asked.accepted_only,
        as_of=asked.as_of,
        restated_on=asked.restated_on,
    )
    index = figures.frame.index
    if asked.level == Grouping.ZONE:
        zones = set(_in_years(figures.frame, asked.years).index.get_level_values("zone"))
        lines = _lines(figures, asked, dict.fromkeys(zones, 1), group_labels(asked.level, zones, unknown=unknown))
    else:
        by = memberships(asked.level, index, asked.part)
        lines = _grouped(figures, by, asked, unknown)
    whole = _grouped(figures, memberships(Grouping.PROVINCE, index), replace(asked, level=Grouping.PROVINCE), unknown)
    shown = [figure for line in lines for figure in line.figures.values()]
    return FigureTable(
        asked=asked,
        lines=lines,
        total=replace(whole[0], label=total or whole[0].label) if whole else None,
        synthetic=any(figure.synthetic for figure in shown),
        restated=any(figure.restated for figure in shown),
    )


def _in_years(frame: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    chosen = frame[frame.index.get_level_values("year").isin(list(years))]
    return chosen[chosen.notna().any(axis=1)]


def _grouped(figures: Figures, by: pd.DataFrame, asked: Asked, unknown: str) -> list[Line]:
    """The lines of groups: sums, ratios of sums; a mark where any of the zones' figures has it."""
    rolled = rollup(figures.frame, by)
    marks = figures.synthetic.reset_index().merge(by[["zone", "year", "group"]], on=["zone", "year"])
    synthetic = marks.drop(columns="zone").groupby(["group", "year"]).any().reindex(rolled.index, fill_value=False)
    carried = {
        (group, year) for zone, year, group, _w in by.itertuples(index=False) if (zone, year) in figures.restated
    }
    present = _in_years(figures.frame, asked.years).reset_index()[["zone", "year"]].merge(by, on=["zone", "year"])
    counts = {str(group): int(count) for group, count in present.groupby("group")["zone"].nunique().items()}
    origin = pd.DataFrame(0, index=rolled.index, columns=rolled.columns)
    groups = Figures(rolled, origin, synthetic[list(rolled.columns)], frozenset(carried))
    return _lines(groups, asked, counts, group_labels(asked.level, counts, unknown=unknown))


def _lines(figures: Figures, asked: Asked, zones: Mapping[str, int], labels: Mapping[str, str]) -> list[Line]:
    codes = [indicator.code for indicator in asked.indicators]
    chosen = figures.frame.index.get_level_values("year").isin(list(asked.years))
    numbers, origin, synthetic = (
        table.loc[chosen, codes].to_numpy() for table in (figures.frame, figures.origin, figures.synthetic)
    )
    found: dict[str, dict[tuple[str, int], Figure]] = {code: {} for code in labels}
    for row, (group, year) in enumerate(figures.frame.index[chosen]):
        restated = (group, year) in figures.restated
        for column, code in enumerate(codes):
            number = float(numbers[row, column])
            if not np.isnan(number) and group in found:
                found[group][code, int(year)] = Figure(
                    number, bool(synthetic[row, column]), restated, int(origin[row, column])
                )
    return [Line(code, label, zones.get(code, 0), found[code]) for code, label in labels.items()]


def origins(lines: Sequence[Line]) -> dict[int, Value]:
    """The values behind these lines' figures by id, with their returns; one query."""
    ids = {figure.origin for line in lines for figure in line.figures.values() if figure.origin}
    return Value.objects.select_related("return_ref", "indicator").in_bulk(ids)
