"""The definition of a register (台账定义) as a pack writes it: fields, rules, course, figures; checked without a database.

`Definition` is the shape; `faults` finds what the shape alone cannot tell: formulas, units, names that lead nowhere.
Formulas read the fields by their codes: numbers in their units, dates as days, years, yes/no as 1 and 0; `status__open` is 1
when the choice `status` is `open` and 0 when it is another, `code__set` tells whether the field is filled in.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any

from django.utils.translation import get_language
from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from accounts.enums import Duty
from common.formula import Formula, FormulaError
from common.units import YES_NO, UnitError, parse_unit, unit_fault, unit_of
from parks.enums import Certainty
from registers.enums import CHOSEN, NUMBERS, TEXTS, FieldType, Keeper, MeasureKind, Place, unit_words

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
ChoiceCode = Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=40)]
Words = tuple[Annotated[str, Field(min_length=1, max_length=200)], Annotated[str, Field(min_length=1, max_length=300)]]
"""A text in Chinese and in English."""
MONEY_UNIT, DAY, YEAR_UNIT = "万元", "日", "年"
RESERVED = frozenset({"zone", "region", "enterprise_name", "id", "revision", "sort", "page", "q", "withdrawn"})
IN_SQL = frozenset({"abs", "share"})
"""Functions that a figure's formulas may use: those that the database reckons exactly alike."""
MOST_COLUMNS = 7
SEVERAL = re.compile(r"[、;；\n]")
"""What stands between the answers to a choice of several, typed or in a table."""
Path = tuple[str | int, ...]
_READ_AS = {FieldType.DATE: DAY, FieldType.YEAR: YEAR_UNIT, FieldType.YES_NO: YES_NO}


def said(words: Words) -> str:
    """The words in the reader's language."""
    return words[1] if (get_language() or "").startswith("en") else words[0]


def enumerated(words: Iterable[str]) -> str:
    """Words one after another as the reader's language puts them."""
    return (", " if (get_language() or "").startswith("en") else "、").join(words)


def chosen(value: Any) -> list[str]:
    """The codes in an answer to a choice of one or several; an answer from when it was of one is a code by itself."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [str(value)]


def parted(words: Iterable[str]) -> str:
    """Answers to a choice of several in one cell, parted by what `SEVERAL` parts again."""
    return ("; " if (get_language() or "").startswith("en") else "、").join(words)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSpec(_Strict):
    """A field (字段). `required_when` is a formula over the entry; `past` refuses days that are still to come."""

    code: Code
    name: Words
    type: FieldType
    unit: str = ""
    decimals: int | None = Field(default=None, ge=0, le=6)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    length: int = Field(default=200, ge=1, le=2000)
    choices: dict[ChoiceCode, Words] = {}
    links_to: str = ""
    classifies: str = ""
    """The classification of the policy (its key) whose values the choices are."""
    required: bool = False
    required_when: str = ""
    past: bool = False
    hint: Words | None = None
    certainty: Certainty = Certainty.B

    @field_validator("choices", mode="before")
    @classmethod
    def _in_order(cls, given: Any) -> Any:
        """As stored, a list of code and words: the database keeps no order among keys."""
        return {code: words for code, *words in given} if isinstance(given, list) else given

    @field_serializer("choices")
    def _as_list(self, choices: dict[str, Words]) -> list[list[str]]:
        return [[code, *words] for code, words in choices.items()]

    @property
    def label(self) -> str:
        return said(self.name)

    @property
    def stored_unit(self) -> str:
        """万元 for money, the unit declared for other numbers, else nothing."""
        return MONEY_UNIT if self.type == FieldType.MONEY else self.unit

    @property
    def unit_label(self) -> str:
        """The unit in the reader's language, nothing for a bare ratio."""
        return unit_words(self.stored_unit)

    @property
    def digits(self) -> int:
        """Decimals that a figure is kept with."""
        if self.type == FieldType.INTEGER:
            return 0
        return 2 if self.decimals is None else self.decimals

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS

    @property
    def is_text(self) -> bool:
        return self.type in TEXTS

    def choice_labels(self, value: Any) -> list[str]:
        """The words of every choice in an answer."""
        return [self.choice_label(code) for code in chosen(value)]

    def choice_label(self, code: str) -> str:
        """The words of one choice; one that the definition no longer has stands as it is."""
        return said(self.choices[code]) if code in self.choices else code


class Rule(_Strict):
    """What must hold among the fields of an entry (表内关系); not judged where a part is missing."""

    code: Code
    formula: str
    message: Words


class Derived(_Strict):
    """A figure made of the fields of one entry (派生字段); never stored."""

    code: Code
    name: Words
    unit: str
    formula: str
    decimals: int = Field(default=2, ge=0, le=6)

    @property
    def label(self) -> str:
        return said(self.name)

    @property
    def unit_label(self) -> str:
        return unit_words(self.unit)


class Course(_Strict):
    """Which states of the choice `field` may follow one another (办理过程); a new entry may begin anywhere."""

    field: Code
    moves: dict[ChoiceCode, list[ChoiceCode]]


class Measure(_Strict):
    """A figure that the register gives by place and year (台账统计).

    Entries count in the year of `in_year`, or from `until` on and before `before`; without either as they stand now.
    `count` counts those of which `where` is known to be true, `sum` adds `value` up, `any` says 1 or 0, `share` gives the
    per cent of `part` among them (by `part_value` and `value` where these are given, else by number).
    """

    code: Code
    name: Words
    kind: MeasureKind
    unit: str
    where: str = ""
    value: str = ""
    part: str = ""
    part_value: str = ""
    in_year: str = ""
    until: str = ""
    before: str = ""
    indicator: str = ""
    instrument: str = ""
    certainty: Certainty = Certainty.B
    note: Words | None = None

    @property
    def label(self) -> str:
        return said(self.name)

    @property
    def unit_label(self) -> str:
        return unit_words(self.unit)

    @property
    def formulas(self) -> dict[str, str]:
        named = {"where": self.where, "value": self.value, "part": self.part, "part_value": self.part_value}
        return {key: text for key, text in named.items() if text}


class Definition(_Strict):
    """A register (台账): what it is, who keeps it, its fields, what must hold, and the figures it gives."""

    code: Code
    name: Words
    instrument: str
    clauses: list[str] = Field(min_length=1)
    place: Place
    kept_by: Keeper
    department: Duty
    certainty: Certainty
    purpose: Words
    open_question: Words | None = None
    title: list[Code] = Field(min_length=1)
    date: str = ""
    fields: list[FieldSpec] = Field(min_length=2)
    unique: list[list[Code]] = []
    rules: list[Rule] = []
    derived: list[Derived] = []
    course: Course | None = None
    measures: list[Measure] = []

    @property
    def label(self) -> str:
        return said(self.name)

    @property
    def columns(self) -> list[FieldSpec]:
        """The fields that a list shows beside title and place: how far it is, what must be answered, figures and days."""
        fields = [each for each in self.fields if each.code not in self.title]
        moving = [each for each in fields if self.course is not None and each.code == self.course.field]
        asked = [*moving, *(each for each in fields if each.required or each.required_when)]
        told = [each for each in fields if each.is_number or each.type in {FieldType.DATE, FieldType.YEAR}]
        chosen = list(dict.fromkeys(each.code for each in [*asked, *told, *fields]))[:MOST_COLUMNS]
        return [each for each in fields if each.code in chosen]

    def field(self, code: str) -> FieldSpec | None:
        return next((field for field in self.fields if field.code == code), None)

    def of_type(self, *types: FieldType) -> list[FieldSpec]:
        return [field for field in self.fields if field.type in types]

    @cached_property
    def units(self) -> dict[str, str]:
        """What formulas may read, with the unit of each."""
        found: dict[str, str] = {}
        for field in self.fields:
            found[f"{field.code}__set"] = YES_NO
            if field.is_number:
                found[field.code] = field.stored_unit
            elif field.type in _READ_AS:
                found[field.code] = _READ_AS[field.type]
            found |= {f"{field.code}__{choice}": YES_NO for choice in field.choices}
        return found


# ---- faults ---------------------------------------------------------------------------------------------------


def faults(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Everything wrong within one definition: where it stands (steps into the file) and what is wrong."""
    codes = [field.code for field in definition.fields]
    for place, field in enumerate(definition.fields):
        for what in _field_faults(field):
            yield ("fields", place, what[0]), what[1]
        if codes.count(field.code) > 1:
            yield ("fields", place, "code"), f"字段代码重复 code stands more than once: {field.code}"
        if field.required_when:
            yield from _formula_faults(definition, field.required_when, ("fields", place, "required_when"), truth=True)
    yield from _named_faults(definition)
    yield from _course_faults(definition)
    for place, rule in enumerate(definition.rules):
        yield from _formula_faults(definition, rule.formula, ("rules", place, "formula"), truth=True)
    for place, derived in enumerate(definition.derived):
        yield from _formula_faults(definition, derived.formula, ("derived", place, "formula"), unit=derived.unit)
        if derived.code in codes:
            yield ("derived", place, "code"), f"与字段同名 is the code of a field: {derived.code}"
    for place, measure in enumerate(definition.measures):
        yield from _measure_faults(definition, measure, ("measures", place))


def _field_faults(field: FieldSpec) -> Iterator[tuple[str, str]]:
    if field.code in RESERVED:
        yield "code", f"这个代码由系统使用 the code is the system's own: {field.code}"
    if (field.type in CHOSEN) != bool(field.choices):
        yield "choices", "单选、多选字段须有选项，其他字段不得有 choices belong to a choice, and to nothing else"
    parted = [word for words in field.choices.values() for word in words if SEVERAL.search(word)]
    if field.type == FieldType.CHOICES and parted:
        yield "choices", f"多选的选项不得含“、”“；” choices of several may not contain 、 or ;: {parted[0]}"
    if (field.type == FieldType.ENTRY) != bool(field.links_to):
        yield "links_to", "须写明（且仅在引用另一台账时写）台账代码 an entry names its register, nothing else does"
    if field.classifies and field.type not in CHOSEN:
        yield "classifies", "只有单选、多选字段能承担分类 only a choice carries a classification out"
    yield from _number_faults(field)
    if "set" in field.choices:
        yield "choices", "选项代码不能用 set a choice cannot be called set"
    if field.past and field.type != FieldType.DATE:
        yield "past", "只用于日期 is for dates only"
    if field.required and field.required_when:
        yield "required_when", "已经必填 is required anyway"


def _number_faults(field: FieldSpec) -> Iterator[tuple[str, str]]:
    if field.type in {FieldType.NUMBER, FieldType.INTEGER}:
        try:
            parse_unit(field.unit)
        except UnitError as error:
            yield "unit", str(error)
    elif field.unit:
        yield "unit", "只有数值有单位 only numbers have a unit"
    if not field.is_number and (field.minimum is not None or field.maximum is not None):
        yield "minimum", "只有数值有上下限 only numbers have bounds"
    elif field.minimum is not None and field.maximum is not None and field.maximum < field.minimum:
        yield "maximum", "上限小于下限 maximum below minimum"


def _named_faults(definition: Definition) -> Iterator[tuple[Path, str]]:
    known = {field.code for field in definition.fields}
    here = {definition.place.value}
    for place, code in enumerate(definition.title):
        if code not in known | here:
            yield ("title", place), f"没有这个字段 no such field: {code}"
    if definition.date and not _is(definition, definition.date, FieldType.DATE, FieldType.YEAR):
        yield ("date",), f"不是日期或年份字段 is no field of dates or years: {definition.date}"
    for place, key in enumerate(definition.unique):
        for at, code in enumerate(key):
            if code not in known | here:
                yield ("unique", place, at), f"没有这个字段 no such field: {code}"


def _course_faults(definition: Definition) -> Iterator[tuple[Path, str]]:
    course = definition.course
    if course is None:
        return
    field = definition.field(course.field)
    if field is None or field.type != FieldType.CHOICE:
        yield ("course", "field"), f"不是单选字段 is no choice: {course.field}"
        return
    for state, following in course.moves.items():
        for code in (state, *following):
            if code not in field.choices:
                yield ("course", "moves", state), f"没有这个选项 no such choice: {code}"


def _measure_faults(definition: Definition, measure: Measure, path: Path) -> Iterator[tuple[Path, str]]:
    for key, text in measure.formulas.items():
        truth = key in {"where", "part"}
        unit = measure.unit if key == "value" and measure.kind == MeasureKind.SUM else ""
        yield from _formula_faults(definition, text, (*path, key), truth=truth, unit=unit, sql=True)
    wanted = {
        MeasureKind.COUNT: ({"where"}, set()),
        MeasureKind.ANY: ({"where"}, set()),
        MeasureKind.SUM: ({"where", "value"}, {"value"}),
        MeasureKind.SHARE: ({"where", "value", "part", "part_value"}, set()),
    }[MeasureKind(measure.kind)]
    for key in measure.formulas.keys() - wanted[0]:
        yield (*path, key), f"这种统计不用此项 is not for this kind of figure: {key}"
    for key in wanted[1] - measure.formulas.keys():
        yield (*path, "kind"), f"缺少 is missing: {key}"
    if measure.kind == MeasureKind.SHARE and not (measure.part or measure.part_value):
        yield (*path, "part"), "比率须有分子 a share needs its part"
    if measure.kind == MeasureKind.SHARE and measure.part_value and not measure.value:
        yield (*path, "value"), "分子按数值则分母也须按数值 both sides of a share are values or numbers of entries"
    yield from _time_faults(definition, measure, path)
    if measure.indicator and not (measure.in_year or measure.until):
        yield (*path, "indicator"), "供指标取数须写明时点 a figure for an indicator needs in_year or until"
    try:
        parse_unit(measure.unit)
    except UnitError as error:
        yield (*path, "unit"), str(error)


def _time_faults(definition: Definition, measure: Measure, path: Path) -> Iterator[tuple[Path, str]]:
    for key in ("in_year", "until", "before"):
        code = getattr(measure, key)
        types = (FieldType.DATE, FieldType.YEAR) if key == "in_year" else (FieldType.DATE,)
        if code and not _is(definition, code, *types):
            yield (*path, key), f"不是日期字段 is no field of dates: {code}"
    if measure.in_year and measure.until:
        yield (*path, "until"), "当年发生与截至年末只能取一 either in_year or until"
    if measure.before and not measure.until:
        yield (*path, "before"), "须与 until 同用 goes with until"


def _is(definition: Definition, code: str, *types: FieldType) -> bool:
    field = definition.field(code)
    return field is not None and field.type in types


def _formula_faults(
    definition: Definition, text: str, path: Path, *, truth: bool = False, unit: str = "", sql: bool = False
) -> Iterator[tuple[Path, str]]:
    try:
        formula = Formula.parse(text, definition.units)
    except FormulaError as error:
        yield from ((path, str(fault)) for fault in error.faults)
        return
    if backwards := formula.functions & {"lag", "growth"}:
        yield path, f"台账条目没有上期 an entry has no period before: {', '.join(sorted(backwards))}"
    elif sql and formula.functions - IN_SQL:
        yield path, f"统计公式只能用 figures may use only: {', '.join(sorted(IN_SQL))}"
    if truth and not is_truth(formula.body, definition.units):
        yield path, "应为判断（比较、与或非、是否字段） must be a condition"
    if unit:
        if fault := unit_fault(formula, definition.units, unit):
            yield path, fault
        return
    try:
        unit_of(replace(formula, body=_Thresholds().visit(copy.deepcopy(formula.body))), definition.units)
    except UnitError as error:
        yield path, str(error)


class _Thresholds(ast.NodeTransformer):
    """Leaves out the bare numbers that a figure is compared with: they are read in the figure's own unit."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        terms = [term for term in (node.left, *node.comparators) if not _is_number(term)]
        if len(terms) == 1 + len(node.comparators):
            return node
        return ast.BoolOp(op=ast.And(), values=terms or [ast.Constant(1)])


def _is_number(node: ast.expr) -> bool:
    return all(not isinstance(part, ast.Name) for part in ast.walk(node))


def is_truth(node: ast.expr, units: Mapping[str, str]) -> bool:
    """Whether a formula says true or false rather than how much."""
    match node:
        case ast.Compare():
            return True
        case ast.BoolOp(values=parts):
            return all(is_truth(part, units) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return is_truth(inner, units)
        case ast.Name(id=name):
            return units.get(name) == YES_NO
    return False


def as_json(definition: Definition) -> dict[str, Any]:
    """The definition as it is stored beside the entries."""
    return definition.model_dump(mode="json", exclude_defaults=True)
