"""Published figures of a pack, read in the units of the catalogue (公开数据文件).

A figure published under a plate belongs to the area below it; names are mapped, or set aside with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from common.packs import Fault, duplicates, read_csv
from indicators.checks.plans import plan_word
from indicators.enums import IndicatorKind
from indicators.pack.rules import Item
from parks.enums import Certainty

FIGURES = "indicators/zone_figures.csv"
NAMES = "indicators/figure_names.yaml"
PLATES = "parks/zones.csv"
AREAS = "parks/plates.csv"

FIGURE_COLUMNS = {
    "zone_id",
    "unit_name",
    "period",
    "indicator",
    "value",
    "unit",
    "kind",
    "certainty",
    "note",
    "source_grade",
}
ACTUAL = "actual"
_PERIOD = re.compile(r"\d{4}(Q[1-4])?|\d{4}-\d{2}/\d{4}-\d{2}")


class NameEntry(BaseModel):
    """A published name: the indicator it is, and published unit → factor to the indicator's unit."""

    model_config = ConfigDict(extra="forbid")

    indicator: str
    factors: dict[str, Decimal]


class FigureNames(BaseModel):
    model_config = ConfigDict(extra="forbid")

    names: dict[str, NameEntry]
    not_mapped: dict[str, str]


@dataclass(frozen=True)
class Figure:
    """A published figure in its indicator's unit; `zone` is the area below the plate it was published under."""

    zone: str
    indicator: str
    period: str
    number: Decimal
    certainty: str
    source_note: str

    @property
    def year(self) -> int:
        return int(self.period[:4])


@dataclass(frozen=True)
class PublishedNames:
    """What published rows are read with: the mapped names, the catalogue by code, and the words that tell a plan."""

    names: FigureNames
    items: Mapping[str, Item]
    plan_words: tuple[str, ...]

    def planned(self, row: dict[str, str]) -> str:
        """The word by which the row tells that it is a plan."""
        own = [item.name_zh for item in self.items.values()]
        return plan_word(f"{row['indicator']} {row['note']}", self.plan_words, own)


def read_figures(root: Path, read: PublishedNames, faults: list[Fault]) -> list[Figure]:
    """The actual figures of the file, with every fault appended."""
    _check_names(read, faults)
    zones = _zone_of_plate(root, faults)
    rows = enumerate(read_csv(root, FIGURES, FIGURE_COLUMNS, faults), start=2)
    figures = [figure for line, row in rows if (figure := _figure(line, row, read, zones, faults))]
    again = sorted(duplicates([f"{f.zone} {f.indicator} {f.period}" for f in figures]))
    faults.extend(Fault(FIGURES, key, "园区、指标、时期重复 figure stands more than once") for key in again)
    return figures


def _check_names(read: PublishedNames, faults: list[Fault]) -> None:
    known = {code for code, item in read.items.items() if item.kind == IndicatorKind.BASE}
    for name, entry in read.names.names.items():
        if entry.indicator not in known:
            faults.append(Fault(NAMES, name, f"没有基础指标 no such base indicator: {entry.indicator}"))
    both = sorted(read.names.names.keys() & read.names.not_mapped.keys())
    faults.extend(Fault(NAMES, name, "既有对照又列为不对照 both mapped and not mapped") for name in both)


def _zone_of_plate(root: Path, faults: list[Fault]) -> dict[str, str]:
    """Plate code → code of the area below it; a plate that shares no area is its own."""
    areas = {row["plate"]: row["zone"] for row in read_csv(root, AREAS, {"plate", "zone"}, faults)}
    return {row["code"]: areas.get(row["code"], row["code"]) for row in read_csv(root, PLATES, {"code"}, faults)}


def _figure(
    line: int, row: dict[str, str], read: PublishedNames, zones: dict[str, str], faults: list[Fault]
) -> Figure | None:
    """The figure of a row; None for a plan figure (targets are not actuals, R19), an unmapped name, or a fault."""
    where = f"第{line}行 {row['zone_id']} {row['indicator']}"
    name = read.names.names.get(row["indicator"])
    if name is None:
        if row["indicator"] not in read.names.not_mapped:
            faults.append(Fault(FIGURES, where, f"{NAMES} 中没有这个名称 name is neither mapped nor set aside"))
        return None
    if row["kind"] != ACTUAL:
        return None
    found = [Fault(FIGURES, where, message) for message in _row_faults(row, name, read, zones)]
    if found:
        faults.extend(found)
        return None
    note = "；".join(
        part for part in (f"{row['indicator']} {row['value']}{row['unit']}", row["note"], row["source_grade"]) if part
    )
    number = Decimal(row["value"]) * name.factors[row["unit"]]
    return Figure(zones[row["zone_id"]], name.indicator, row["period"], number, row["certainty"], note[:240])


def _row_faults(row: dict[str, str], name: NameEntry, read: PublishedNames, zones: dict[str, str]) -> Iterator[str]:
    if word := read.planned(row):
        yield f"含“{word}”，不是实际数 a plan and no actual figure: its kind is target"
    if row["zone_id"] not in zones:
        yield "没有这个园区编号 no such zone"
    if row["unit"] not in name.factors:
        yield f"单位没有换算 no factor for unit {row['unit']}"
    if not _PERIOD.fullmatch(row["period"]):
        yield f"时期写法有误 not a period: {row['period']}"
    if row["certainty"] not in Certainty.values:
        yield f"可信度须为A、B或C certainty must be A, B or C: {row['certainty']}"
    try:
        Decimal(row["value"])
    except InvalidOperation:
        yield f"不是数字 not a number: {row['value']}"
