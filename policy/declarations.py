"""What a pack declares of an instrument, parsed for reading (政策工具声明): `key=value|…`, a register `column:type|…`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from policy.enums import InstrumentKind
from policy.terms import COLUMN_TYPES, LABELS, OPERATORS, VALUES

CODE_KEYS = {
    "where", "of", "numerator", "denominator", "formula", "evidence", "group_by", "applies_to", "when", "condition",
    "basis", "guards", "effects", "order", "checks", "test",
}  # fmt: skip
REQUIRED: dict[str, set[str]] = {
    InstrumentKind.TARGET: {"op", "value", "unit", "tolerance", "tolerance_by", "measure", "over"},
    InstrumentKind.INDICATOR: {"unit", "direction", "type"},
    InstrumentKind.RULE: {"force", "condition", "on_fail"},
    InstrumentKind.CLASSIFICATION: {"multi", "values"},
    InstrumentKind.PROCEDURE: {"states", "decides"},
    InstrumentKind.REGISTER: set(),
}
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Fact:
    """One label and its value; `code` values are formulas and conditions, `open` ones still need a decision."""

    label: Words
    value: Words
    code: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A column of a register, a value of a classification, a step of a procedure or a part of an indicator."""

    key: str
    name: Words
    detail: Words = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """Facts, and at most one table: `title` names it, `entries` are its rows."""

    facts: list[Fact] = field(default_factory=list)
    title: Words = ""
    entries: list[Entry] = field(default_factory=list)


def faults(kind: str, fields: str) -> list[str]:
    """What keeps a declaration from being read, in words for the maker of the pack."""
    if kind == InstrumentKind.REGISTER:
        return [
            f"列类型未知 unknown column type: {part}"
            for part in fields.split("|")
            if part.partition(":")[2].split("(")[0] not in COLUMN_TYPES
        ]
    pairs = declared(fields)
    missing = sorted(REQUIRED[kind] - set(pairs))
    found = [f"缺少声明 declaration lacks: {', '.join(missing)}"] if missing else []
    if "op" in pairs and pairs["op"] not in OPERATORS:
        found.append(f"未知比较符 unknown operator: {pairs['op']}")
    return found


def explain(kind: str, fields: str) -> Declaration:
    """The declaration in words; every key is shown, known or not."""
    if kind == InstrumentKind.REGISTER:
        return Declaration(title=_("登记项目"), entries=list(_columns(fields)))
    pairs = declared(fields)
    title, entries = _table(kind, pairs)
    if kind == InstrumentKind.TARGET:
        return Declaration(facts=[*_target_facts(pairs), *_facts(pairs)])
    return Declaration(facts=list(_facts(pairs)), title=title, entries=entries)


def declared(fields: str) -> dict[str, str]:
    return {key.strip(): value.strip() for key, _eq, value in (part.partition("=") for part in fields.split("|"))}


def _facts(pairs: dict[str, str]) -> Iterator[Fact]:
    for key, value in pairs.items():
        known = VALUES.get(value)
        undecided = value.startswith("office") or "office_limit" in value
        yield Fact(LABELS.get(key, key), known or _spaced(value), key in CODE_KEYS and known is None, undecided)


def _spaced(value: str) -> str:
    return re.sub(r";\s*", "; ", value)


def _target_facts(pairs: dict[str, str]) -> Iterator[Fact]:
    """Takes the keys it words itself out of `pairs`."""
    value, unit = pairs.pop("value"), pairs.pop("unit")
    amount = f"{value}{unit}" if unit == "%" else f"{value} {unit}"
    yield Fact(LABELS["value"], OPERATORS[pairs.pop("op")] % {"amount": amount})
    yield Fact(LABELS["year"], pairs.pop("year", "") or _("文件未写明"))
    tolerance, by = pairs.pop("tolerance"), pairs.pop("tolerance_by")
    yield Fact(LABELS["tolerance"], "±" + tolerance if tolerance != "0" else _("无"))
    yield Fact(_("容差依据"), VALUES.get(by, by), open=by == "office")


def _columns(fields: str) -> Iterator[Entry]:
    for part in fields.split("|"):
        name, _colon, kind = part.partition(":")
        base, _bracket, choices = kind.partition("(")
        yield Entry(name, COLUMN_TYPES.get(base, base), choices.rstrip(")").replace("/", " / "))


def _table(kind: str, pairs: dict[str, str]) -> tuple[Words, list[Entry]]:
    if kind == InstrumentKind.CLASSIFICATION:
        return _("类目"), [_triple(part) for part in _parts(pairs.pop("values"))]
    if kind == InstrumentKind.PROCEDURE:
        deciders = {key: who for key, who, _rest in map(_split, _parts(pairs.pop("decides")))}
        return _("步骤与决定者"), [_step(part, deciders) for part in _parts(pairs.pop("states"))]
    if kind == InstrumentKind.INDICATOR and (parts := pairs.pop("parts", "") or pairs.pop("series", "")):
        return _("组成"), [_triple(part) for part in _parts(parts)]
    return "", []


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(";") if part.strip()]


def _split(part: str) -> tuple[str, str, str]:
    key, _colon, rest = part.partition(":")
    name, _colon, detail = rest.partition(":")
    return key.strip(), name.strip(), detail.strip()


def _triple(part: str) -> Entry:
    return Entry(*_split(part))


def _step(part: str, deciders: dict[str, str]) -> Entry:
    key, name, _rest = _split(part)
    who = deciders.get(key, "")
    return Entry(key, name, VALUES.get(who, who), open=who.startswith("office"))
