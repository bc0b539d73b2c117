"""Figures of registers by place and year (台账统计): the database counts all that is asked in one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from django.db import connection

from parks.provinces import places_of
from registers.definition import Definition, Measure
from registers.enums import FieldType, MeasureKind, Place
from registers.formulas import as_sql, field_sql
from registers.models import Register

COLUMNS = ["measure", "place", "year", "part", "whole", "entries", "undated", "synthetic"]
_LAST_DAY = "(make_date(y.year, 12, 31) - DATE '0001-01-01' + 1)"


@dataclass(frozen=True)
class RegisterFigure:
    """What a register knows of a zone and year for an indicator, and of how many entries it is made."""

    register: Register
    measure: Measure
    number: float
    entries: int
    undated: int
    synthetic: bool


def register_counts(
    codes: Collection[str] | None = None, years: Sequence[int] = (), *, places: Collection[str] | None = None
) -> pd.DataFrame:
    """Figures of the measures `codes` (None: all) by place and year, columns COLUMNS and `number`.

    A place that has no entry in a register is not there at all: that nothing was registered does not mean nought. `part`
    and `whole` of a share add up over places, so that a ratio of sums can be made of them; `entries` went into the figure,
    `undated` would have but for a missing date. `places` are codes of zones or regions.
    """
    registers = list(Register.objects.active())
    chosen = [
        (register, measures)
        for register in registers
        if (measures := [m for m in register.spec.measures if codes is None or m.code in codes])
    ]
    found = _counted(chosen, years, places) if chosen and years else pd.DataFrame(columns=COLUMNS)
    return with_numbers(found, {m.code: m.kind for _register, measures in chosen for m in measures})


def with_numbers(frame: pd.DataFrame, kinds: dict[str, MeasureKind]) -> pd.DataFrame:
    """Adds `number`: the part, 1 or 0 for whether there is any, the per cent of the part in the whole (NaN of nothing)."""
    kind = frame["measure"].map(kinds)
    part, whole = frame["part"].astype(float), frame["whole"].astype(float)
    number = part.where(kind != MeasureKind.ANY, (part > 0).astype(float))
    return frame.assign(number=number.where(kind != MeasureKind.SHARE, 100 * part / whole.where(whole != 0)))


def register_figures(
    indicators: Iterable[str], year: int, zones: Collection[str]
) -> dict[tuple[str, str], RegisterFigure]:
    """What registers of zones know for indicators of the catalogue, by zone and indicator code."""
    wanted = set(indicators)
    sources = {
        measure.code: (register, measure)
        for register in Register.objects.active().filter(place=Place.ZONE)
        for measure in register.spec.measures
        if measure.indicator in wanted
    }
    if not sources or not zones:
        return {}
    frame = register_counts(set(sources), [year], places=zones).dropna(subset=["number"])
    return {
        (row["place"], sources[row["measure"]][1].indicator): RegisterFigure(
            *sources[row["measure"]], row["number"], row["entries"], row["undated"], row["synthetic"]
        )
        for row in frame.to_dict("records")
    }


def province_figure(indicator: str, year: int, prefix: str = "") -> RegisterFigure | None:
    """What a register knows of a province-wide item: all places of the province together, a ratio from the sums of its parts."""
    for register in Register.objects.active():
        for measure in register.spec.measures:
            if measure.indicator != indicator:
                continue
            found = register_counts({measure.code}, [year], places=places_of(prefix) if prefix else None)
            if found.empty:
                return None
            sums = found.groupby("measure", as_index=False)[["part", "whole", "entries", "undated"]].sum()
            row = with_numbers(sums, {measure.code: measure.kind}).to_dict("records")[0]
            synthetic = bool(found["synthetic"].any())
            return RegisterFigure(register, measure, row["number"], row["entries"], row["undated"], synthetic)
    return None


# ---- the query ------------------------------------------------------------------------------------------------


def _counted(
    chosen: Sequence[tuple[Register, Sequence[Measure]]], years: Sequence[int], places: Collection[str] | None
) -> pd.DataFrame:
    parameters: dict[str, Any] = {"years": list(years), "places": list(places or ())}
    parts = []
    for at, (register, measures) in enumerate(chosen):
        parameters[f"register_{at}"] = register.pk
        parts.append(_query(register, measures, f"register_{at}", within=places is not None))
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " ORDER BY 1, 2, 3", parameters)
        return pd.DataFrame(cursor.fetchall(), columns=COLUMNS)


def _query(register: Register, measures: Sequence[Measure], parameter: str, *, within: bool) -> str:
    """One row for each measure, place and year. The text holds codes of the definition and numbers; values are parameters."""
    table = "parks_zone" if register.place == Place.ZONE else "parks_region"
    columns = [column for measure in measures for column in _columns(register.spec, measure)]
    counted = ", ".join(f"({column})::float8 AS c{at}" for at, column in enumerate(columns))
    rows = ", ".join(
        f"('{measure.code}', " + ", ".join(f"g.c{4 * at + part}" for part in range(4)) + ")"
        for at, measure in enumerate(measures)
    )
    chosen = " AND p.code = ANY(%(places)s)" if within else ""
    grouped = (
        f"SELECT p.code, y.year, bool_or(e.synthetic) AS synthetic, {counted} "  # noqa: S608 - see the docstring
        f"FROM registers_entry e JOIN {table} p ON p.id = e.{register.place}_id "
        "CROSS JOIN unnest(%(years)s::int[]) AS y(year) "
        f"WHERE e.register_id = %({parameter})s AND e.withdrawn_at IS NULL{chosen} GROUP BY p.code, y.year"
    )
    names = "m(measure, part, whole, entries, undated)"
    return (
        "SELECT m.measure, g.code, g.year, m.part, m.whole, m.entries::int, m.undated::int, g.synthetic "  # noqa: S608
        f"FROM ({grouped}) g CROSS JOIN LATERAL (VALUES {rows}) AS {names}"
    )


def _columns(spec: Definition, measure: Measure) -> list[str]:
    """Part, whole, number of entries that count, number of those that lack the date, as aggregates."""
    counts = f"{as_sql(spec, measure.where)} = 1" if measure.where else "TRUE"
    time = _time(spec, measure)
    within = f"({time}) AND {counts}"
    dated = measure.in_year or measure.until
    undated = f"count(*) FILTER (WHERE {counts} AND {field_sql(spec, dated)} IS NULL)" if dated else "0"
    entries = f"count(*) FILTER (WHERE {within})"
    whole, part = "0", entries
    if measure.kind == MeasureKind.SUM:
        part = _sum(as_sql(spec, measure.value), within)
    elif measure.kind == MeasureKind.SHARE:
        aside = f"{within} AND {as_sql(spec, measure.part)} = 1" if measure.part else within
        value = measure.part_value or measure.value
        part = _sum(as_sql(spec, value), aside) if value else f"count(*) FILTER (WHERE {aside})"
        whole = _sum(as_sql(spec, measure.value), within) if measure.value else entries
    return [part, whole, entries, undated]


def _sum(value: str, condition: str) -> str:
    return f"COALESCE(sum({value}) FILTER (WHERE {condition}), 0)"


def _time(spec: Definition, measure: Measure) -> str:
    """Whether the entry counts in the year y.year."""
    if measure.in_year:
        each = spec.field(measure.in_year)
        if each is not None and each.type == FieldType.YEAR:
            return f"{field_sql(spec, measure.in_year)} = y.year"
        first = "(make_date(y.year, 1, 1) - DATE '0001-01-01' + 1)"
        return f"{field_sql(spec, measure.in_year)} BETWEEN {first} AND {_LAST_DAY}"
    if not measure.until:
        return "TRUE"
    begun = f"{field_sql(spec, measure.until)} <= {_LAST_DAY}"
    if not measure.before:
        return begun
    return f"{begun} AND COALESCE({field_sql(spec, measure.before)} > {_LAST_DAY}, TRUE)"
