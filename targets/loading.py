"""The targets of a pack (政策包中的目标)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from accounts.enums import Duty
from common.formula import Formula, FormulaError
from common.packs import Fault, document_code, duplicates, read_csv, read_yaml
from parks.enums import DesignationLevel, ZoneClass
from policy.carriers import Carried, carriers_write
from policy.models import Provision
from registers.models import Register
from registers.pack import read_registers
from targets.enums import Measure, Operator, Origin
from targets.models import Target
from targets.rules import rule_names

FILE = "targets/targets.yaml"


class Condition(BaseModel):
    """A test on a formula over a zone's figures: strictly above, at least, strictly below, or at most a threshold."""

    model_config = ConfigDict(extra="forbid")

    expression: str
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    unit: str = ""

    @model_validator(mode="after")
    def _one_threshold(self) -> Condition:
        if sum(limit is not None for limit in (self.above, self.at_least, self.below, self.at_most)) != 1:
            raise ValueError("exactly one of above, at_least, below, at_most")
        return self


class Population(BaseModel):
    """Which zones: those with a designation of this class and level in force on the day; all zones with any without both."""

    model_config = ConfigDict(extra="forbid")

    zone_class: ZoneClass | None = None
    level: DesignationLevel | None = None


class CountSpec(Condition, Population):
    """Zones or designations that pass a test."""


class AllOfSpec(Population):
    """Zones that pass every one of several tests."""

    conditions: list[Condition] = Field(min_length=2)


class CapSpec(Population):
    """Every zone under a cap: those above it are counted."""

    expression: str
    cap: float
    unit: str = ""


class SumSpec(Population):
    """The sum over the zones of a formula."""

    expression: str


class DesignationSpec(Population):
    pass


class RatioSpec(Population):
    numerator: str
    denominator: str
    factor: float = 1


class CumulativeSpec(Population):
    """The sum of yearly figures from `since` on, of the zones (`expression`) or of the province (`indicator`)."""

    expression: str = ""
    indicator: str = ""
    since: int

    @model_validator(mode="after")
    def _one_source(self) -> CumulativeSpec:
        if bool(self.expression) == bool(self.indicator):
            raise ValueError("exactly one of expression, indicator")
        return self


class RiseSpec(Population):
    """By how much a sum or a ratio of sums stands above that of the base year: in points of its unit, or in percent."""

    numerator: str
    denominator: str = ""
    factor: float = 1
    since: int
    by: Literal["points", "percent"] = "points"


class RegisterSpec(Population):
    """A figure of a register, by its measure's code; of zones with such a designation where a class or level is named."""

    figure: str


class RuleSpec(BaseModel):
    """The share of a rule's subjects that keep to it."""

    model_config = ConfigDict(extra="forbid")

    rule: str


class SeriesSpec(BaseModel):
    model_config = ConfigDict(extra="forbid")

    indicator: str


class QualitativeSpec(BaseModel):
    """Nothing is computed; `proxies` are indicators whose trend is shown beside the office's judgement."""

    model_config = ConfigDict(extra="forbid")

    proxies: list[str] = []


SPECS: dict[str, type[BaseModel]] = {
    Measure.COUNT_ZONES: CountSpec,
    Measure.ALL_OF: AllOfSpec,
    Measure.SHARE_DESIGNATIONS: CountSpec,
    Measure.COUNT_DESIGNATIONS: DesignationSpec,
    Measure.SUM_ZONES: SumSpec,
    Measure.RATIO_OF_SUMS: RatioSpec,
    Measure.OVER_CAP: CapSpec,
    Measure.CUMULATIVE: CumulativeSpec,
    Measure.RISE: RiseSpec,
    Measure.REGISTER: RegisterSpec,
    Measure.RULE: RuleSpec,
    Measure.PROVINCE_SERIES: SeriesSpec,
    Measure.QUALITATIVE: QualitativeSpec,
}


class TargetEntry(BaseModel):
    """One target as written in the pack."""

    model_config = ConfigDict(extra="forbid")

    code: str
    provision: str
    name_zh: str
    name_en: str
    year: int | None = None
    operator: Operator
    value: float | None = None
    unit: str = ""
    tolerance_pct: float = 0
    tolerance_by: str
    tolerance_by_en: str = ""
    measure: Measure
    spec: dict[str, Any] = {}
    lead: Duty
    note_zh: str = ""
    note_en: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> TargetEntry:
        if (self.measure == Measure.QUALITATIVE) != (self.value is None):
            raise ValueError("a qualitative target has no value, every other has one")
        SPECS[self.measure].model_validate(self.spec)
        return self


def expressions(spec: dict[str, Any]) -> list[str]:
    """The formulas of a spec."""
    return [c["expression"] for c in spec.get("conditions", [])] + (
        [spec["expression"]] if spec.get("expression") else []
    )


def codes_used(measure: str, spec: dict[str, Any]) -> set[str]:
    """Indicator codes a measure reads; for a qualitative goal its proxies."""
    codes = {name for text in expressions(spec) for name in Formula.parse(text).names}
    codes |= {spec[part] for part in ("numerator", "denominator", "indicator") if spec.get(part)}
    return codes | set(spec.get("proxies", ())) if measure == Measure.QUALITATIVE else codes


def reads_province(measure: str, spec: dict[str, Any]) -> bool:
    """Whether it reads no figures of zones but a province-wide series, a register or the checks of rules."""
    return measure in {Measure.PROVINCE_SERIES, Measure.REGISTER, Measure.RULE} or bool(
        measure == Measure.CUMULATIVE and spec.get("indicator")
    )


def _entries(root: Path, faults: list[Fault]) -> list[TargetEntry]:
    entries = []
    for number, raw in enumerate(read_yaml(root, FILE, faults) or [], start=1):
        where = str(raw.get("code", number)) if isinstance(raw, dict) else str(number)
        try:
            entries.append(TargetEntry.model_validate(raw))
        except ValidationError as error:
            faults += [
                Fault(FILE, f"{where} {'.'.join(str(p) for p in e['loc'])}".strip(), e["msg"]) for e in error.errors()
            ]
    return entries


def check(root: Path, faults: list[Fault]) -> None:
    """Every target is well formed, its provision exists, its indicators are in the catalogue."""
    entries = _entries(root, faults)
    faults += [Fault(FILE, code, "编号重复 the code occurs twice") for code in duplicates([e.code for e in entries])]
    provisions = {row["id"] for row in read_csv(root, "policy/provisions.csv", {"id"}, [])}
    foreign = (
        Target.objects.filter(code__in=[e.code for e in entries])
        .exclude(provision__code__in=provisions)
        .select_related("provision__document")
    )
    faults += [
        Fault(FILE, target.code, "编号已用于另一政策的目标 code belongs to a target of another policy")
        for target in foreign
        if target.provision.document.code != document_code(root)
    ]
    catalogue = read_yaml(root, "indicators/catalogue.yaml", []) or {}
    known = {item.get("code") for item in catalogue.get("indicators", [])}
    figures = {measure.code: measure.unit for register in read_registers(root, []) for measure in register.measures}
    figures |= {
        measure.code: measure.unit for register in Register.objects.active() for measure in register.spec.measures
    }
    for entry in entries:
        faults += _source_faults(entry, figures)
        if entry.provision not in provisions:
            faults.append(Fault(FILE, entry.code, f"没有条款 no such provision: {entry.provision}"))
        try:
            unknown = codes_used(entry.measure, entry.spec) - known
        except FormulaError as error:
            faults.append(Fault(FILE, entry.code, str(error)))
            continue
        if unknown:
            faults.append(Fault(FILE, entry.code, f"没有指标 no such indicator: {', '.join(sorted(unknown))}"))


def _source_faults(entry: TargetEntry, figures: Mapping[str, str]) -> Iterator[Fault]:
    """A register's figure that there is not, or in another unit; a rule that there is not."""
    if entry.measure == Measure.REGISTER:
        unit = figures.get(entry.spec["figure"])
        if unit is None:
            yield Fault(FILE, entry.code, f"没有台账统计 no register gives this figure: {entry.spec['figure']}")
        elif unit not in {entry.unit, "是否"}:
            yield Fault(FILE, entry.code, f"台账统计的单位是 the register's figure is in {unit}")
    elif entry.measure == Measure.RULE and entry.spec["rule"] not in rule_names():
        yield Fault(FILE, entry.code, f"没有规则 no such rule: {entry.spec['rule']}")


def load(root: Path) -> dict[str, int]:
    """Write the targets and, for the policy page, what carries their instruments out."""
    provisions = {p.code: p for p in Provision.objects.select_related("instrument")}
    entries = _entries(root, [])
    for position, entry in enumerate(entries, start=1):
        fields = entry.model_dump(exclude={"code", "provision"})
        provision = provisions[entry.provision]
        # Tolerances are settings of the office: a pack gives their first value and never takes a changed one back.
        kept = {"tolerance_pct", "tolerance_by", "tolerance_by_en"}
        # A code that the office took for a target of its own is not the pack's to write over.
        if Target.objects.filter(code=entry.code, origin=Origin.OFFICE).exists():
            continue
        Target.objects.update_or_create(
            code=entry.code,
            defaults={"provision": provision, "position": position}
            | {name: value for name, value in fields.items() if name not in kept},
            create_defaults={"provision": provision, "position": position} | fields,
        )
    carried = (_carried(entry, provisions[entry.provision]) for entry in entries)
    carriers_write("targets", carried, document=document_code(root))
    return {"targets": len(entries)}


def _carried(entry: TargetEntry, provision: Provision) -> Carried:
    zh, en = f"目标 {entry.code} {entry.name_zh}", f"Target {entry.code} {entry.name_en}"
    return Carried(provision.instrument.key, "target_detail", entry.code, zh, en)
