"""The files of a pack's `indicators/`: shape, checks among them, and what they become (目录、审核关系、公开数据的文件).

`check_files` lists every fault; `read_files` gives what `loading.load` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from accounts.enums import Duty
from common.formula import Formula, FormulaError
from common.packs import Fault, duplicates, read_yaml
from common.units import unit_fault
from indicators.enums import Dimension, Direction, Frequency, IndicatorKind, IndicatorScope, RuleKind, Temporality
from indicators.models import Indicator
from indicators.pack.figures import NAMES, Figure, FigureNames, PublishedNames, read_figures
from indicators.pack.rules import RULES, RuleEntry, Rules, check_rules
from parks.enums import Certainty, ZoneClass
from registers.enums import Place
from registers.pack import fed_indicators, read_registers

CATALOGUE = "indicators/catalogue.yaml"
FORMS = "indicators/forms.yaml"


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
    temporality: Temporality = Temporality.STOCK
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


class FormEntry(_Strict):
    """A form: the items asked together, how often, and where it comes from."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    name_zh: str = Field(min_length=2, max_length=80)
    name_en: str = Field(min_length=2, max_length=120)
    frequency: Frequency
    source: str = Field(min_length=4, max_length=200)
    items: list[str] = Field(min_length=1)


class Forms(_Strict):
    forms: list[FormEntry]


@dataclass(frozen=True)
class Files:
    """What a checked pack says about indicators."""

    catalogue: Catalogue
    rules: list[RuleEntry]
    forms: list[FormEntry]
    figures: list[Figure]

    def classes(self, entry: IndicatorEntry) -> list[str]:
        named = self.catalogue.class_sets[entry.classes] if isinstance(entry.classes, str) else entry.classes
        return [str(zone_class) for zone_class in named]


def read_rules(root: Path, faults: list[Fault]) -> list[RuleEntry]:
    """The rules of a pack that brings no catalogue of its own: they are checked against the one that is loaded."""
    rules = _model(root, RULES, Rules, faults)
    if rules is None:
        return []
    items: Any = {item.code: item for item in Indicator.objects.all()}
    check_rules(rules.rules, items, {code: set(item.zone_classes) for code, item in items.items()}, faults)
    return list(rules.rules)


def read_files(root: Path, faults: list[Fault]) -> Files | None:
    """Everything of the pack's `indicators/`, with every fault appended; None when a file cannot be used at all."""
    catalogue = _model(root, CATALOGUE, Catalogue, faults)
    rules = _model(root, RULES, Rules, faults)
    forms = _model(root, FORMS, Forms, faults)
    names = _model(root, NAMES, FigureNames, faults)
    if catalogue is None or rules is None or forms is None or names is None:
        return None
    _check_catalogue(catalogue, faults)
    items = {entry.code: entry for entry in catalogue.indicators}
    check_rules(rules.rules, items, {code: _classes(catalogue, entry) for code, entry in items.items()}, faults)
    _check_forms(forms.forms, items, faults)
    _check_fed(root, catalogue, faults)
    words = tuple(
        word for rule in rules.rules if rule.kind == RuleKind.INTAKE for word in rule.parameters.get("words", [])
    )
    figures = read_figures(root, PublishedNames(names, items, words), faults)
    return Files(catalogue, rules.rules, forms.forms, figures)


def _classes(catalogue: Catalogue, entry: IndicatorEntry) -> set[str]:
    named = entry.classes if isinstance(entry.classes, list) else catalogue.class_sets.get(entry.classes, [])
    return set(map(str, named))


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
    base = [entry for entry in catalogue.indicators if entry.kind == IndicatorKind.BASE]
    parts = {entry.code: entry.unit for entry in base if entry.scope == IndicatorScope.ZONE}
    every = {entry.code: entry.unit for entry in base}
    for entry in catalogue.indicators:
        if entry.unit not in catalogue.units:
            faults.append(Fault(CATALOGUE, entry.code, f"单位未列出 unit is not listed: {entry.unit}"))
        if isinstance(entry.classes, str) and entry.classes not in catalogue.class_sets:
            faults.append(Fault(CATALOGUE, entry.code, f"没有这个类别组 no such class set: {entry.classes}"))
        if entry.scope == IndicatorScope.ZONE and not entry.classes:
            faults.append(Fault(CATALOGUE, entry.code, "园区指标须有适用类别 asked of no zone class"))
        if entry.formula:
            _check_formula(entry, parts if entry.scope == IndicatorScope.ZONE else every, faults)


def _check_formula(entry: IndicatorEntry, units: Mapping[str, str], faults: list[Fault]) -> None:
    """The formula reads base items (of zones alone for an item of zones) and gives the declared unit; `units` by code."""
    try:
        formula = Formula.parse(entry.formula, units)
    except FormulaError as error:
        faults.extend(Fault(CATALOGUE, entry.code, str(fault)) for fault in error.faults)
    else:
        if fault := unit_fault(formula, units, entry.unit):
            faults.append(Fault(CATALOGUE, entry.code, fault))


_FINER = {Frequency.YEAR: 0, Frequency.QUARTER: 1, Frequency.MONTH: 2}


def _check_forms(forms: list[FormEntry], items: dict[str, IndicatorEntry], faults: list[Fault]) -> None:
    """Every item is asked in some form, and an item's frequency is that of the form that asks most often."""
    _once(FORMS, [form.code for form in forms], "编号重复 code", faults)
    finest: dict[str, Frequency] = {}
    for form in forms:
        _once(FORMS, [f"{form.code} → {code}" for code in form.items], "重复 item", faults)
        for code in form.items:
            entry = items.get(code)
            if entry is None or entry.kind != IndicatorKind.BASE or entry.scope != IndicatorScope.ZONE:
                faults.append(
                    Fault(FORMS, f"{form.code} → {code}", "没有这个园区基础指标 no such base indicator of zones")
                )
            finest[code] = max(form.frequency, finest.get(code, Frequency.YEAR), key=lambda each: _FINER[each])
    for code, entry in items.items():
        if entry.kind != IndicatorKind.BASE or entry.scope != IndicatorScope.ZONE:
            continue
        if code not in finest:
            faults.append(Fault(FORMS, code, "没有列入任何表式 stands in no form"))
        elif entry.frequency != finest[code]:
            faults.append(
                Fault(FORMS, code, f"目录中的频率是 {entry.frequency}，表式最细为 {finest[code]} frequency differs")
            )


def _check_fed(root: Path, catalogue: Catalogue, faults: list[Fault]) -> None:
    """Figures of registers feed base items of the catalogue, in their unit; a register of regions none of zones."""
    items = {entry.code: entry for entry in catalogue.indicators}
    unread: list[Fault] = []  # what is wrong with the registers themselves is told by their own check
    for definition, measure in fed_indicators(read_registers(root, unread)):
        file, where = f"registers/{definition.code}.yaml", f"measures → {measure.code}"
        entry = items.get(measure.indicator)
        if entry is None or entry.kind != IndicatorKind.BASE:
            faults.append(Fault(file, where, f"没有这个基础指标 no such base indicator: {measure.indicator}"))
            continue
        if entry.unit != measure.unit:
            faults.append(
                Fault(file, where, f"单位与指标不同 unit differs from the item's: {measure.unit}, {entry.unit}")
            )
        if entry.scope == IndicatorScope.ZONE and definition.place != Place.ZONE:
            faults.append(Fault(file, where, "园区指标须由园区台账取数 an item of zones is fed by a register of zones"))
