"""From what the office fills in to a target's spec, with every fault found (目标表单的读取与核对)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.formula import Formula, FormulaError
from common.units import UnitError, parse_unit, unit_fault
from indicators.enums import IndicatorScope
from indicators.models import Indicator
from registers.definition import Measure as RegisterMeasure
from registers.enums import MeasureKind, Place
from registers.models import Register
from targets.enums import Measure, Method, Operator, Path
from targets.rules import rule_names

CONDITION = re.compile(
    r"^(?P<text>.+?)\s*(?P<sign>>=|<=|≥|≤|>|<|＞|＜)\s*(?P<limit>-?[\d,，]+(\.\d+)?)\s*(?P<unit>\S*)$"
)
SIGNS = {
    ">": "above",
    "＞": "above",
    ">=": "at_least",
    "≥": "at_least",
    "<": "below",
    "＜": "below",
    "<=": "at_most",
    "≤": "at_most",
}
WRITTEN = {"above": ">", "at_least": "≥", "below": "<", "at_most": "≤"}
NO_YEAR = 9999
COUNTED_IN = ("个", "家", "处", "项", "件")

POPULATION = ("zone_class", "level")
FIELDS: Mapping[str, tuple[str, ...]] = {
    Measure.COUNT_ZONES: (*POPULATION, "conditions"),
    Measure.ALL_OF: (*POPULATION, "conditions"),
    Measure.SHARE_DESIGNATIONS: (*POPULATION, "conditions"),
    Measure.OVER_CAP: (*POPULATION, "conditions"),
    Measure.COUNT_DESIGNATIONS: POPULATION,
    Measure.SUM_ZONES: (*POPULATION, "expression"),
    Measure.RATIO_OF_SUMS: (*POPULATION, "numerator", "denominator", "factor"),
    Measure.CUMULATIVE: (*POPULATION, "expression", "indicator", "since"),
    Measure.RISE: (*POPULATION, "numerator", "denominator", "factor", "since", "by"),
    Measure.REGISTER: (*POPULATION, "figure"),
    Measure.RULE: ("rule",),
    Measure.PROVINCE_SERIES: ("indicator",),
    Measure.QUALITATIVE: ("proxies",),
}
"""The fields of the form that a kind of target asks for, beside those that all have."""


class Faults(dict[str, str]):
    """By field what is wrong with it; the first fault of a field stands."""

    def note(self, field: str, text: str) -> None:
        self.setdefault(field, text)


def _units() -> dict[str, str]:
    return dict(Indicator.objects.for_zones().values_list("code", "unit"))


def read_conditions(text: str, units: Mapping[str, str], faults: Faults) -> list[dict[str, Any]]:
    """One test a line: `100 * share(a, b) > 50 %`. The threshold's unit must be the one the formula gives."""
    found = []
    for number, line in enumerate((line.strip() for line in text.splitlines() if line.strip()), start=1):
        match = CONDITION.match(line)
        if match is None:
            example = "100 * share(leading_industry_revenue, main_business_revenue) > 50 %"
            faults.note(
                "conditions",
                _("第 %(number)d 行不是“公式 比较符 数字 单位”，例如：%(example)s")
                % {"number": number, "example": example},
            )
            continue
        expression, unit = match["text"].strip(), match["unit"]
        if fault := formula_fault(expression, units, unit):
            faults.note("conditions", _("第 %(number)d 行：%(fault)s") % {"number": number, "fault": fault})
            continue
        limit = float(match["limit"].replace(",", "").replace("，", ""))
        found.append({"expression": expression, SIGNS[match["sign"]]: limit, "unit": unit})
    return found


def formula_fault(text: str, units: Mapping[str, str], declared: str) -> str:
    """What is wrong with a formula over zone indicators that should give the declared unit; empty when nothing is."""
    try:
        formula = Formula.parse(text, known=units)
    except FormulaError as error:
        english = (get_language() or "").startswith("en")
        return "; ".join(fault.message_en if english else fault.message_zh for fault in error.faults)
    if not declared:
        return _("请写明单位，例如 万元、%、家。")
    return unit_fault(formula, units, declared)


def write_condition(condition: Mapping[str, Any]) -> str:
    """A test as it is typed in."""
    name = next(name for name in WRITTEN if condition.get(name) is not None)
    return f"{condition['expression']} {WRITTEN[name]} {Decimal(str(condition[name])).normalize():f} {condition.get('unit', '')}".rstrip()


def conditions_of(measure: str, spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tests of a spec, a cap among them."""
    if measure == Measure.OVER_CAP:
        return [{"expression": spec["expression"], "at_most": spec["cap"], "unit": spec.get("unit", "")}]
    if spec.get("conditions"):
        return list(spec["conditions"])
    tested = measure in {Measure.COUNT_ZONES, Measure.SHARE_DESIGNATIONS}
    return [{k: v for k, v in spec.items() if k not in POPULATION}] if tested else []


def initial_of(measure: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a spec."""
    plain = {k: v for k, v in spec.items() if k in FIELDS[measure]}
    tests = conditions_of(measure, spec)
    return plain | ({"conditions": "\n".join(map(write_condition, tests))} if tests else {})


def read_milestones(text: str, faults: Faults) -> list[list[float]]:
    """`2026=10; 2028=20` as years and values, ascending."""
    found: dict[int, float] = {}
    for part in re.split(r"[;；\n]", text):
        if not part.strip():
            continue
        match = re.fullmatch(r"\s*(\d{4})\s*[=＝:：]\s*(-?\d+(?:\.\d+)?)\s*", part)
        if match is None:
            faults.note("milestones", _("“%(part)s”不是“年份=数值”，例如：2026=10; 2028=20") % {"part": part.strip()})
            return []
        found[int(match[1])] = float(match[2])
    return [[year, found[year]] for year in sorted(found)]


def spec_of(measure: str, given: Mapping[str, Any], unit: str, faults: Faults) -> dict[str, Any]:
    """The spec of a target of this kind from the form's fields; faults are noted by field."""
    units = _units()
    spec: dict[str, Any] = {name: given[name] for name in POPULATION if name in FIELDS[measure] and given.get(name)}
    match measure:
        case Measure.COUNT_ZONES | Measure.SHARE_DESIGNATIONS | Measure.OVER_CAP | Measure.ALL_OF:
            spec |= _tests(measure, read_conditions(given.get("conditions") or "", units, faults), faults)
        case Measure.SUM_ZONES:
            spec["expression"] = _formula(given, units, unit, faults)
        case Measure.RATIO_OF_SUMS | Measure.RISE:
            spec |= _ratio(measure, given, units, unit, faults)
        case Measure.CUMULATIVE:
            spec |= _cumulative(given, units, unit, faults)
        case Measure.REGISTER:
            spec["figure"] = _figure(given, unit, faults)
        case Measure.RULE:
            spec["rule"] = _rule(given, faults)
        case Measure.PROVINCE_SERIES:
            spec["indicator"] = _series(given, unit, faults)
        case Measure.QUALITATIVE:
            spec["proxies"] = [code for code in given.get("proxies") or () if code in units]
    _check_unit(measure, unit, faults)
    return spec


def _tests(measure: str, tests: list[dict[str, Any]], faults: Faults) -> dict[str, Any]:
    if "conditions" in faults:
        return {}
    if measure == Measure.ALL_OF:
        if len(tests) < 2:
            faults.note("conditions", _("请写两行以上条件，每行一项；只有一项条件请选“满足条件的园区个数”。"))
        return {"conditions": tests}
    if len(tests) != 1:
        faults.note("conditions", _("请写一行条件；多项条件请选“同时满足多项条件的园区个数”。"))
        return {}
    if measure == Measure.OVER_CAP:
        if tests[0].get("at_most") is None:
            faults.note("conditions", _("上限请用 ≤ 写，例如：idle_land ≤ 100 亩"))
            return {}
        return {"expression": tests[0]["expression"], "cap": tests[0]["at_most"], "unit": tests[0]["unit"]}
    return tests[0]


def _formula(given: Mapping[str, Any], units: Mapping[str, str], unit: str, faults: Faults) -> str:
    text = (given.get("expression") or "").strip()
    if not text:
        faults.note("expression", _("请填写公式，例如 tax_revenue。"))
    elif fault := formula_fault(text, units, unit):
        faults.note("expression", fault)
    return text


def _ratio(
    measure: str, given: Mapping[str, Any], units: Mapping[str, str], unit: str, faults: Faults
) -> dict[str, Any]:
    top, bottom = given.get("numerator") or "", given.get("denominator") or ""
    factor = float(given.get("factor") or 1)
    spec: dict[str, Any] = {"numerator": top, "factor": factor}
    for name, code in (("numerator", top), ("denominator", bottom)):
        if code not in units and (code or name == "numerator" or measure == Measure.RATIO_OF_SUMS):
            faults.note(name, _("请从列表中选择指标。"))
    if bottom:
        spec["denominator"] = bottom
    if measure == Measure.RISE:
        spec |= {"since": _since(given, faults), "by": given.get("by") or "points"}
    if not faults.keys() & {"numerator", "denominator"}:
        _ratio_unit(spec, units, "%" if spec.get("by") == "percent" else unit, faults)
        if spec.get("by") == "percent" and unit != "%":
            faults.note("unit", _("按百分比比较时单位须为 %%。") % {})
    return spec


def _ratio_unit(spec: Mapping[str, Any], units: Mapping[str, str], unit: str, faults: Faults) -> None:
    if spec.get("by") == "percent":
        return
    text = f"{spec['factor']:g} * {spec['numerator']}" + (
        f" / {spec['denominator']}" if spec.get("denominator") else ""
    )
    if fault := formula_fault(text, units, unit):
        faults.note("unit", fault)


def _since(given: Mapping[str, Any], faults: Faults) -> int:
    since = given.get("since")
    if not since:
        faults.note("since", _("请填写起始年（基期年）。"))
    return int(since or 0)


def _cumulative(given: Mapping[str, Any], units: Mapping[str, str], unit: str, faults: Faults) -> dict[str, Any]:
    expression, indicator = (given.get("expression") or "").strip(), given.get("indicator") or ""
    spec: dict[str, Any] = {"since": _since(given, faults)}
    if bool(expression) == bool(indicator):
        faults.note("expression", _("园区公式与全省数据二选一：填一项，另一项留空。"))
    elif expression:
        spec["expression"] = _formula(given, units, unit, faults)
    else:
        spec["indicator"] = _series(given, unit, faults)
    return spec


def register_figures() -> dict[str, tuple[Register, RegisterMeasure]]:
    """Every figure that the registers give, by its code."""
    return {each.code: (register, each) for register in Register.objects.active() for each in register.spec.measures}


def _figure(given: Mapping[str, Any], unit: str, faults: Faults) -> str:
    known = register_figures().get(given.get("figure") or "")
    if known is None:
        faults.note("figure", _("请选择一项台账统计。"))
        return ""
    register, figure = known
    if figure.kind == MeasureKind.ANY:
        if unit not in COUNTED_IN:
            faults.note("unit", _("按个数计算的目标，单位请填“个”。"))
    elif figure.unit != unit:
        faults.note("unit", _("这项台账统计的单位是 %(unit)s。") % {"unit": figure.unit_label})
    if register.place != Place.ZONE and (given.get("zone_class") or given.get("level")):
        faults.note("zone_class", _("这个台账按行政区登记，不能按园区类别或级别筛选。"))
    return figure.code


def _rule(given: Mapping[str, Any], faults: Faults) -> str:
    rule = given.get("rule") or ""
    if rule not in rule_names():
        faults.note("rule", _("请选择一条规则。"))
    return rule


def _series(given: Mapping[str, Any], unit: str, faults: Faults) -> str:
    series = Indicator.objects.base().filter(code=given.get("indicator") or "", scope=IndicatorScope.PROVINCE).first()
    if series is None:
        faults.note("indicator", _("请选择一项全省数据。"))
        return ""
    if series.unit != unit:
        faults.note("unit", _("这项全省数据的单位是 %(unit)s。") % {"unit": series.unit})
    return series.code


def _check_unit(measure: str, unit: str, faults: Faults) -> None:
    counts = {Measure.COUNT_ZONES, Measure.ALL_OF, Measure.COUNT_DESIGNATIONS, Measure.OVER_CAP}
    if measure == Measure.QUALITATIVE:
        return
    if measure in counts and unit not in COUNTED_IN:
        faults.note("unit", _("按个数计算的目标，单位请填“个”。"))
    elif measure in {Measure.SHARE_DESIGNATIONS, Measure.RULE} and unit != "%":
        faults.note("unit", _("占比的单位请填 %%。") % {})
    else:
        try:
            parse_unit(unit)
        except UnitError:
            faults.note(
                "unit", _("单位表中没有“%(unit)s”，可用：万元、亿元、亩、公里、人、家、个、%% 等。") % {"unit": unit}
            )


def check_judging(given: Mapping[str, Any], year: int | None, faults: Faults) -> dict[str, Any]:
    """Path, milestones, baseline and tolerance as they may be set on any target; faults are noted by field.

    What holds at any time (no `year`) has no path: it is met or not.
    """
    milestones = read_milestones(given.get("milestones") or "", faults)
    if year is None and (milestones or given.get("path") not in {None, "", Path.LINEAR}):
        faults.note("path", _("长期有效的要求没有路径和里程碑：任何时候都应符合。"))
    year = year or NO_YEAR
    if given.get("path") in {Path.STEPWISE, Path.MILESTONES} and not milestones:
        faults.note("milestones", _("阶梯和自定里程碑的路径要写里程碑，例如：2026=10; 2028=20"))
    if any(at >= year for at, _value in milestones):
        faults.note("milestones", _("里程碑须早于目标年 %(year)d。") % {"year": year})
    base = {name: given.get(f"baseline_{name}") for name in ("year", "value", "source")}
    told = [part for part in base.values() if part not in (None, "")]
    if told and len(told) < 3:
        faults.note(
            "baseline_source", _("基期要年份、数值和来源三项齐全；没有来源就都不填，路径从第一个有数据的年份起画。")
        )
    elif told and int(base["year"] or 0) >= year:
        faults.note("baseline_year", _("基期年须早于目标年。"))
    if not (given.get("judged_by") or "").strip():
        faults.note("judged_by", _("请写明由谁确定。"))
    return {
        "path": given.get("path") or Path.LINEAR,
        "milestones": milestones,
        "method": given.get("method") or Method.PATH,
        "judged_by": (given.get("judged_by") or "").strip(),
        "baseline_year": base["year"] or None,
        "baseline_value": _decimal(base["value"]),
        "baseline_source": (base["source"] or "").strip(),
        "as_of": given.get("as_of") or None,
    }


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None


def check_goal(measure: str, given: Mapping[str, Any], faults: Faults) -> None:
    """Operator and value: a qualitative goal has neither, every other has both."""
    if measure == Measure.QUALITATIVE:
        return
    if given.get("value") is None:
        faults.note("value", _("请填写目标值。"))
    if given.get("operator") in {None, "", Operator.NONE}:
        faults.note("operator", _("请选择关系。"))
    if given.get("operator") == Operator.ABOUT and not given.get("tolerance_pct"):
        faults.note("tolerance_pct", _("“≈”须填写允许偏差，并写明由谁确定。"))
