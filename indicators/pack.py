"""The files of a pack's `indicators/`: shape, checks among them, and what they become (目录、审核关系、公开数据的文件).

`check_files` lists every fault; `read_files` gives what `loading.load` writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from accounts.enums import Duty
from common.formula import Formula, FormulaError
from common.packs import Fault, duplicates, read_csv, read_yaml
from indicators.enums import Dimension, Direction, Frequency, IndicatorKind, IndicatorScope, Severity
from parks.enums import Certainty, ZoneClass

CATALOGUE = "indicators/catalogue.yaml"
RULES = "indicators/rules.yaml"
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


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class Unit(_Strict):
    """A unit: its English words and the decimals figures in it are stored with."""

    en: str
    decimals: int = Field(ge=0, le=4)


class IndicatorEntry(_Strict):
    """One indicator as written in the catalogue; `classes` names a class set or lists zone classes."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{2,59}$")
    kind: IndicatorKind = IndicatorKind.BASE
    scope: IndicatorScope = IndicatorScope.ZONE
    name_zh: str = Field(min_length=2, max_length=80)
    name_en: str = Field(min_length=2, max_length=120)
    dimension: Dimension
    unit: str = Field(max_length=20)
    unit_en: str = ""
    decimals: int | None = Field(default=None, ge=0, le=4)
    direction: Direction
    department: Duty
    source: str = Field(min_length=4, max_length=200)
    certainty: Certainty
    classes: str | list[ZoneClass]
    frequency: Frequency = Frequency.YEAR
    required: bool = False
    minimum: Decimal | None = Decimal(0)
    maximum: Decimal | None = None
    formula: str = Field(default="", max_length=240)
    definition_zh: str = Field(min_length=10)
    definition_en: str = Field(min_length=20)

    @model_validator(mode="after")
    def _derived_has_formula(self) -> IndicatorEntry:
        if (self.kind == IndicatorKind.DERIVED) != bool(self.formula):
            raise ValueError(
                "派生指标须有公式，基础指标不得有公式 a derived indicator needs a formula, a base one has none"
            )
        if self.kind == IndicatorKind.DERIVED and self.required:
            raise ValueError("派生指标不填报，不能必填 a derived indicator is not filled in")
        if self.maximum is not None and self.minimum is not None and self.maximum < self.minimum:
            raise ValueError("上限小于下限 maximum below minimum")
        return self


class Catalogue(_Strict):
    units: dict[str, Unit]
    class_sets: dict[str, list[ZoneClass]]
    indicators: list[IndicatorEntry]


class RuleEntry(_Strict):
    """One audit rule: an expression that must hold, and what to say when it does not."""

    code: str = Field(pattern=r"^[A-Z]\d{2}[a-z]?$")
    severity: Severity
    expression: str = Field(max_length=240)
    message_zh: str = Field(min_length=10, max_length=240)
    message_en: str = Field(min_length=20, max_length=300)
    basis: str = Field(min_length=2, max_length=200)


class Rules(_Strict):
    rules: list[RuleEntry]


class NameEntry(_Strict):
    """A published name: the indicator it is, and published unit → factor to the indicator's unit."""

    indicator: str
    factors: dict[str, Decimal]


class FigureNames(_Strict):
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
class Files:
    """What a checked pack says about indicators."""

    catalogue: Catalogue
    rules: list[RuleEntry]
    figures: list[Figure]

    def classes(self, entry: IndicatorEntry) -> list[str]:
        named = self.catalogue.class_sets[entry.classes] if isinstance(entry.classes, str) else entry.classes
        return [str(zone_class) for zone_class in named]


def read_files(root: Path, faults: list[Fault]) -> Files | None:
    """Everything of the pack's `indicators/`, with every fault appended; None when a file cannot be used at all."""
    catalogue = _model(root, CATALOGUE, Catalogue, faults)
    rules = _model(root, RULES, Rules, faults)
    names = _model(root, NAMES, FigureNames, faults)
    rows = read_csv(root, FIGURES, FIGURE_COLUMNS, faults)
    if catalogue is None or rules is None or names is None:
        return None
    _check_catalogue(catalogue, faults)
    _check_rules(rules.rules, catalogue, faults)
    _check_names(names, catalogue, faults)
    zones = _zone_of_plate(root, faults)
    figures = [figure for line, row in enumerate(rows, start=2) if (figure := _figure(line, row, names, zones, faults))]
    _once(FIGURES, [f"{f.zone} {f.indicator} {f.period}" for f in figures], "园区、指标、时期重复 figure", faults)
    return Files(catalogue, rules.rules, figures)


def _model(root: Path, name: str, model: type[Any], faults: list[Fault]) -> Any:
    content = read_yaml(root, name, faults)
    if content is None:
        return None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults.extend(Fault(name, _where(content, item["loc"]), item["msg"]) for item in error.errors())
        return None


def _where(content: Any, location: tuple[int | str, ...]) -> str:
    """`indicators → gdp → unit`: a list index is replaced by the code that stands there."""
    steps, node = [], content
    for step in location:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
        steps.append(str(node.get("code", step)) if isinstance(node, dict) else str(step))
    return " → ".join(steps)


def _once(file: str, keys: list[str], what: str, faults: list[Fault]) -> None:
    faults.extend(Fault(file, key, f"{what} stands more than once") for key in sorted(duplicates(keys)))


def _check_catalogue(catalogue: Catalogue, faults: list[Fault]) -> None:
    _once(CATALOGUE, [entry.code for entry in catalogue.indicators], "指标代码重复 code", faults)
    _once(CATALOGUE, [entry.name_zh for entry in catalogue.indicators], "指标名称重复 name", faults)
    parts = {
        entry.code
        for entry in catalogue.indicators
        if entry.kind == IndicatorKind.BASE and entry.scope == IndicatorScope.ZONE
    }
    for entry in catalogue.indicators:
        if entry.unit not in catalogue.units:
            faults.append(Fault(CATALOGUE, entry.code, f"单位未列出 unit is not listed: {entry.unit}"))
        if isinstance(entry.classes, str) and entry.classes not in catalogue.class_sets:
            faults.append(Fault(CATALOGUE, entry.code, f"没有这个类别组 no such class set: {entry.classes}"))
        if entry.scope == IndicatorScope.ZONE and not entry.classes:
            faults.append(Fault(CATALOGUE, entry.code, "园区指标须有适用类别 asked of no zone class"))
        if entry.formula:
            _check_formula(CATALOGUE, entry.code, entry.formula, parts, faults)


def _check_rules(rules: list[RuleEntry], catalogue: Catalogue, faults: list[Fault]) -> None:
    _once(RULES, [rule.code for rule in rules], "编号重复 code", faults)
    parts = {entry.code for entry in catalogue.indicators if entry.kind == IndicatorKind.BASE}
    for rule in rules:
        _check_formula(RULES, rule.code, rule.expression, parts, faults)


def _check_formula(file: str, where: str, text: str, parts: set[str], faults: list[Fault]) -> None:
    try:
        Formula.parse(text, parts)
    except FormulaError as error:
        faults.extend(Fault(file, where, str(fault)) for fault in error.faults)


def _check_names(names: FigureNames, catalogue: Catalogue, faults: list[Fault]) -> None:
    known = {entry.code for entry in catalogue.indicators if entry.kind == IndicatorKind.BASE}
    for name, entry in names.names.items():
        if entry.indicator not in known:
            faults.append(Fault(NAMES, name, f"没有基础指标 no such base indicator: {entry.indicator}"))
    both = sorted(names.names.keys() & names.not_mapped.keys())
    faults.extend(Fault(NAMES, name, "既有对照又列为不对照 both mapped and not mapped") for name in both)


def _zone_of_plate(root: Path, faults: list[Fault]) -> dict[str, str]:
    """Plate code → code of the area below it; a plate that shares no area is its own."""
    areas = {row["plate"]: row["zone"] for row in read_csv(root, AREAS, {"plate", "zone"}, faults)}
    return {row["code"]: areas.get(row["code"], row["code"]) for row in read_csv(root, PLATES, {"code"}, faults)}


def _figure(
    line: int, row: dict[str, str], names: FigureNames, zones: dict[str, str], faults: list[Fault]
) -> Figure | None:
    """The figure of a row; None for a plan figure (targets are not actuals, R19), an unmapped name, or a fault."""
    where = f"第{line}行 {row['zone_id']} {row['indicator']}"
    name = names.names.get(row["indicator"])
    if name is None:
        if row["indicator"] not in names.not_mapped:
            faults.append(Fault(FIGURES, where, f"{NAMES} 中没有这个名称 name is neither mapped nor set aside"))
        return None
    if row["kind"] != ACTUAL:
        return None
    before = len(faults)
    if row["zone_id"] not in zones:
        faults.append(Fault(FIGURES, where, "没有这个园区编号 no such zone"))
    if row["unit"] not in name.factors:
        faults.append(Fault(FIGURES, where, f"单位没有换算 no factor for unit {row['unit']}"))
    if not _PERIOD.fullmatch(row["period"]):
        faults.append(Fault(FIGURES, where, f"时期写法有误 not a period: {row['period']}"))
    if row["certainty"] not in Certainty.values:
        faults.append(Fault(FIGURES, where, f"可信度须为A、B或C certainty must be A, B or C: {row['certainty']}"))
    try:
        published = Decimal(row["value"])
    except InvalidOperation:
        faults.append(Fault(FIGURES, where, f"不是数字 not a number: {row['value']}"))
    if len(faults) > before:
        return None
    note = "；".join(
        part for part in (f"{row['indicator']} {row['value']}{row['unit']}", row["note"], row["source_grade"]) if part
    )
    number = published * name.factors[row["unit"]]
    return Figure(zones[row["zone_id"]], name.indicator, row["period"], number, row["certainty"], note[:240])
