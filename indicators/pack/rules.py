"""The rules on figures in a pack: shape of an entry and what must hold among them (审核关系文件的校验)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from common.formula import Formula, FormulaError
from common.packs import Fault, duplicates
from common.units import UnitError, unit_of
from indicators.checks.parameters import KINDS, Sum
from indicators.enums import IndicatorKind, IndicatorScope, RuleKind, Severity, Temporality
from parks.enums import DesignationLevel, ZoneClass

RULES = "indicators/rules.yaml"


class Item(Protocol):
    """What is asked of an entry of the catalogue."""

    code: str
    name_zh: str
    kind: IndicatorKind
    scope: IndicatorScope
    unit: str
    temporality: Temporality


class RuleEntry(BaseModel):
    """One rule as written in the pack: its kind, whom and what it is about, and what is said when it is broken."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^[A-Z]\d{2}[a-z]?$")
    kind: RuleKind = RuleKind.RELATION
    severity: Severity
    expression: str = Field(default="", max_length=400)
    items: list[str] = []
    parameters: dict[str, Any] = {}
    zone_classes: list[ZoneClass] = []
    levels: list[DesignationLevel] = []
    condition: str = Field(default="", max_length=240)
    message_zh: str = Field(min_length=10, max_length=240)
    message_en: str = Field(min_length=20, max_length=300)
    basis: str = Field(min_length=2, max_length=200)

    @model_validator(mode="after")
    def _as_its_kind_needs(self) -> RuleEntry:
        kind = KINDS[self.kind]
        if kind.expression != bool(self.expression):
            raise ValueError(
                f"{self.kind} 类规则须有关系式 a rule of this kind needs an expression"
                if kind.expression
                else f"{self.kind} 类规则不写关系式 a rule of this kind has no expression"
            )
        if self.items and kind.applies is None:
            raise ValueError(f"{self.kind} 类规则不列 items a rule of this kind lists no items")
        return self


class Rules(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: list[RuleEntry]


def check_rules(
    rules: Sequence[RuleEntry], items: Mapping[str, Item], classes: Mapping[str, set[str]], faults: list[Fault]
) -> None:
    """Append every fault among the rules; `items` is the catalogue by code, `classes` whom each item is asked of."""
    again = sorted(duplicates([rule.code for rule in rules]))
    faults.extend(Fault(RULES, code, "编号重复 code stands more than once") for code in again)
    parts = {c for c, i in items.items() if i.kind == IndicatorKind.BASE and i.scope == IndicatorScope.ZONE}
    for rule in rules:
        for where, message in _faults(rule, parts, items, classes):
            faults.append(Fault(RULES, " → ".join([rule.code, *where]), message))


def _faults(
    rule: RuleEntry, parts: set[str], items: Mapping[str, Item], classes: Mapping[str, set[str]]
) -> Iterator[tuple[list[str], str]]:
    """Place within the rule, and what is wrong there."""
    read: set[str] = set()
    for name in ("expression", "condition"):
        if text := getattr(rule, name):
            try:
                formula = Formula.parse(text, parts)
                read |= set(formula.names)
                unit_of(formula, {code: items[code].unit for code in formula.names})
            except FormulaError as error:
                yield from (([name], str(fault)) for fault in error.faults)
            except UnitError as error:
                yield [name], str(error)
    try:
        parameters = KINDS[rule.kind].parameters.model_validate(rule.parameters)
    except ValidationError as error:
        yield from ((["parameters", *map(str, item["loc"])], item["msg"]) for item in error.errors())
        return
    named = [*rule.items, *parameters.codes]
    for code in named:
        if code not in parts:
            yield ["items" if code in rule.items else "parameters"], f"没有基础指标 no such base indicator: {code}"
    if read | set(named) <= parts:
        yield from _among(rule, read, named, items, classes)
        if isinstance(parameters, Sum):
            yield from _sum(parameters, items)


def _among(
    rule: RuleEntry, read: set[str], named: Sequence[str], items: Mapping[str, Item], classes: Mapping[str, set[str]]
) -> Iterator[tuple[list[str], str]]:
    """A rule that could never be judged, or not so."""
    allowed = set(map(str, rule.zone_classes or ZoneClass.values))
    together = read if rule.items else {*read, *named}
    for code in rule.items:
        if not allowed & classes[code]:
            yield ["items"], f"适用类别都不填本项 asked of none of the rule's classes: {code}"
        if rule.kind == RuleKind.CUMULATION and items[code].temporality != Temporality.CUMULATIVE:
            yield ["items"], f"不是累计数 not a cumulative item: {code}"
    if together and not allowed.intersection(*(classes[code] for code in together)):
        yield ["expression"], "没有哪个类别同时填这些项 no class of zones is asked for all of these items"


def _sum(parameters: Sum, items: Mapping[str, Item]) -> Iterator[tuple[list[str], str]]:
    for code in sorted(duplicates([*parameters.codes])):
        yield ["parameters", "parts"], f"重复 stands more than once: {code}"
    for code in parameters.parts:
        if items[code].unit != items[parameters.total].unit:
            yield ["parameters", "parts"], f"与合计项单位不同 not in the unit of the total: {code}"
