"""The register files of a pack (台账定义文件): `registers/*.yaml`, one register each; every fault with its file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from common.packs import Fault, read_csv
from common.yaml_text import loaded
from policy.loading import INSTRUMENT_COLUMNS, INSTRUMENTS, PROVISION_COLUMNS, PROVISIONS
from registers.definition import Definition, Measure, faults
from registers.definition import Path as Steps
from registers.enums import FieldType

FOLDER = "registers"
LISTS = "registers/lists.yaml"


@dataclass(frozen=True)
class Source:
    """A file as read: what it says, and on which line each part of it stands."""

    file: str
    content: Any
    lines: dict[Steps, int] = field(default_factory=dict)

    def fault(self, steps: Steps, what: str) -> Fault:
        """A fault at the nearest part that stands in the file: `fields → area → unit (第 12 行 line 12)`."""
        at = steps
        while at and at not in self.lines:
            at = at[:-1]
        words = " → ".join(self._words(steps)) or "-"
        return Fault(self.file, f"{words}（第 {self.lines.get(at, 1)} 行 line {self.lines.get(at, 1)}）", what)

    def _words(self, steps: Steps) -> Iterator[str]:
        """The steps, a place in a list replaced by the code that stands there."""
        node = self.content
        for step in steps:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                node = None
            yield str(node.get("code", step)) if isinstance(node, dict) and isinstance(step, int) else str(step)


def read_registers(root: Path, found: list[Fault]) -> list[Definition]:
    """The registers of a pack, in the order of their clauses, with every fault appended; a pack may have none."""
    if not (root / FOLDER).is_dir():
        return []
    lists = _read(root, LISTS, found) if (root / LISTS).is_file() else Source(LISTS, {})
    named = lists.content if lists is not None and isinstance(lists.content, dict) else {}
    read: list[tuple[Source, Definition]] = []
    for path in sorted((root / FOLDER).glob("*.yaml")):
        name = f"{FOLDER}/{path.name}"
        source = _read(root, name, found) if name != LISTS else None
        definition = None if source is None else _parsed(source, named, found)
        if source is not None and definition is not None:
            read.append((source, definition))
    unread: list[Fault] = []  # what is wrong with the policy's own files is told by the policy's check
    instruments = {row["key"] for row in read_csv(root, INSTRUMENTS, INSTRUMENT_COLUMNS, unread)}
    clauses = [row["id"] for row in read_csv(root, PROVISIONS, PROVISION_COLUMNS, unread)]
    found.extend(_among(read, instruments, set(clauses)))
    order = {code: place for place, code in enumerate(clauses)}
    return sorted((definition for _source, definition in read), key=lambda each: order.get(each.clauses[0], len(order)))


def fed_indicators(definitions: Iterable[Definition]) -> Iterator[tuple[Definition, Measure]]:
    """The measures that give an indicator of the catalogue its figure; the catalogue's own check looks for it."""
    for definition in definitions:
        for measure in definition.measures:
            if measure.indicator:
                yield definition, measure


def _read(root: Path, name: str, found: list[Fault]) -> Source | None:
    text = (root / name).read_text(encoding="utf-8")
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        content = loaded(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        found.append(Fault(name, f"第 {line} 行 line {line}", f"YAML 无法解析 cannot be parsed: {error}"))
        return None
    return Source(name, content, dict(_lines(node, ())))


def _lines(node: Any, steps: Steps) -> Iterator[tuple[Steps, int]]:
    if node is None:
        return
    yield steps, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*steps, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _lines(value, (*steps, place))


def _parsed(source: Source, lists: dict[str, Any], found: list[Fault]) -> Definition | None:
    if not isinstance(source.content, dict):
        found.append(source.fault((), "应为键值对 must be a mapping"))
        return None
    content = source.content
    fields = content.get("fields")
    for place, each in enumerate(fields if isinstance(fields, list) else []):
        if isinstance(each, dict) and isinstance(each.get("choices"), str):  # the name of a list that registers share
            if each["choices"] not in lists:
                found.append(
                    source.fault(("fields", place, "choices"), f"没有这个选项表 no such list: {each['choices']}")
                )
                return None
            each["choices"] = lists[each["choices"]]
    try:
        definition = Definition.model_validate(content)
    except ValidationError as error:
        found.extend(source.fault(item["loc"], item["msg"]) for item in error.errors())
        return None
    if source.file != f"{FOLDER}/{definition.code}.yaml":
        found.append(source.fault(("code",), f"文件名应为 the file should be named {definition.code}.yaml"))
    found.extend(source.fault(steps, what) for steps, what in faults(definition))
    return definition


def _among(read: list[tuple[Source, Definition]], instruments: set[str], clauses: set[str]) -> Iterator[Fault]:
    """What is wrong between the registers, and between them and the policy."""
    codes = {definition.code for _source, definition in read}
    measured: dict[str, str] = {}
    fed: dict[str, str] = {}
    for source, definition in read:
        if definition.instrument not in instruments:
            yield source.fault(("instrument",), f"没有这个政策工具 no such instrument: {definition.instrument}")
        for place, code in enumerate(definition.clauses):
            if code not in clauses:
                yield source.fault(("clauses", place), f"没有这一条款 no such provision: {code}")
        for place, each in enumerate(definition.fields):
            if each.type == FieldType.ENTRY and each.links_to not in codes:
                yield source.fault(("fields", place, "links_to"), f"没有这个台账 no such register: {each.links_to}")
            if each.classifies and each.classifies not in instruments:
                what = f"没有这个政策工具 no such instrument: {each.classifies}"
                yield source.fault(("fields", place, "classifies"), what)
        for place, measure in enumerate(definition.measures):
            for step, what in _measure_among(measure, instruments, measured, fed):
                yield source.fault(("measures", place, step), what)
            measured[measure.code] = definition.code
            fed |= {measure.indicator: definition.code} if measure.indicator else {}


def _measure_among(
    measure: Measure, instruments: set[str], measured: dict[str, str], fed: dict[str, str]
) -> Iterator[tuple[str, str]]:
    if measure.instrument and measure.instrument not in instruments:
        yield "instrument", f"没有这个政策工具 no such instrument: {measure.instrument}"
    if measure.code in measured:
        yield "code", f"统计代码已用于 the code is used in {measured[measure.code]}"
    if measure.indicator in fed:
        yield "indicator", f"该指标已由此台账取数 the indicator has its figure from {fed[measure.indicator]}"
