"""What an evaluation computes from, frozen before it computes (冻结的输入): the year's entries of the register.

Numbers are as registered, yes/no and years as numbers; `field__choice` is 1 where the choice is taken, else 0. To them comes
`evaluated_year`. Stored as plain JSON, so that the evaluation can be done again from it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.engine import Scheme as Method
from assessments.exceptions import RunImpossible
from parks.enums import RegionLevel
from parks.models import Region, Zone
from registers.definition import Definition
from registers.enums import CHOSEN, NUMBERS, FieldType
from registers.models import Entry, Register

REGISTER = "enterprise_figures"
"""The register of the pack that evaluations read."""
ENTERPRISE, YEAR, SCALE = "enterprise", "year", "above_scale"
"""Its fields that say whose figures these are."""
EVALUATED_YEAR = "evaluated_year"
FORMAT = 1


@dataclass(frozen=True)
class Inputs:
    """Frozen inputs as the engine takes them: one row an enterprise, by credit code; zone, entry and revision beside."""

    year: int
    values: pd.DataFrame
    zones: pd.Series[str]
    entries: list[tuple[int, int]]


def register_of() -> Register:
    """The register with the yearly figures. Raises RunImpossible where the pack has none."""
    register = Register.objects.active().filter(code=REGISTER).first()
    if register is None:
        raise RunImpossible(_("政策包没有“企业年度数据台账”（%(code)s），不能评价。"), code=REGISTER)
    return register


def readable(spec: Definition) -> set[str]:
    """Codes that a method may read from the register."""
    codes = {each.code for each in spec.fields if each.type in {*NUMBERS, FieldType.YEAR, FieldType.YES_NO}}
    codes |= {f"{each.code}__{choice}" for each in spec.of_type(*CHOSEN) for choice in each.choices}
    return codes | {EVALUATED_YEAR}


def zones_of(place: Region | Zone) -> Q:
    """The zones of a territory as a condition on an entry."""
    if isinstance(place, Zone):
        return Q(zone=place)
    if place.level == RegionLevel.PROVINCE:
        return Q(zone__city__code__startswith=place.code[:2])
    return Q(zone__city=place) | Q(zone__county=place)


def entries_of(register: Register, place: Region | Zone, year: int, *, above_scale: bool) -> Any:
    """Standing entries of the year, of enterprises above or below scale, in the territory."""
    asked = {YEAR: year, SCALE: above_scale}
    return Entry.objects.standing().filter(zones_of(place), register=register, data__contains=asked)


def collect(method: Method, place: Region | Zone, year: int, *, above_scale: bool) -> dict[str, Any]:
    """The figures the method reads, as plain data: one query of the database."""
    register = register_of()
    spec, columns = register.spec, method.inputs()
    found = entries_of(register, place, year, above_scale=above_scale)
    rows = found.values_list(f"data__{ENTERPRISE}", "zone__code", "pk", "revision", "data", "synthetic")
    units, synthetic = [], False
    for code, zone, pk, revision, data, made_up in rows.iterator(chunk_size=5000):
        units.append([code, zone, pk, revision, *(_number(spec, column, data, year) for column in columns)])
        synthetic = synthetic or made_up
    units.sort(key=lambda unit: unit[0])
    return {
        "format": FORMAT,
        "year": year,
        "above_scale": above_scale,
        "register_version": register.version,
        "columns": columns,
        "units": units,
        "synthetic": synthetic,
    }


def _number(spec: Definition, column: str, data: Mapping[str, Any], year: int) -> float | None:
    if column == EVALUATED_YEAR:
        return float(year)
    code, _mark, choice = column.partition("__")
    if choice:
        return float(data.get(code) == choice)
    value = data.get(code)
    return None if value is None else float(value)


def thaw(frozen: Mapping[str, Any]) -> Inputs:
    """Frozen inputs as tables."""
    units = frozen["units"]
    index = pd.Index([unit[0] for unit in units], name="unit", dtype=object)
    numbers = np.array([unit[4:] for unit in units], dtype=np.float64).reshape(len(units), len(frozen["columns"]))
    return Inputs(
        year=int(frozen["year"]),
        values=pd.DataFrame(numbers, index=index, columns=list(frozen["columns"])),
        zones=pd.Series([unit[1] for unit in units], index=index, dtype=object),
        entries=[(int(unit[2]), int(unit[3])) for unit in units],
    )
