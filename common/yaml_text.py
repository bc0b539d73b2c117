"""Changing single values of a YAML text where they stand (就地修改): comments, order and quotes of all else stay as they are.

A place is the way from the top: `("tree", "children", 0, "weight")`. After every change the text is read again and held
against what was asked; one that would say anything else is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

Place = tuple[str | int, ...]
_ANCHOR = re.compile(r"&(\S+)\s+")
_NOTHING = object()
_PLAIN = re.compile(r"[\w$*%.+-][\w .+/()（）%·、“”《》〔〕-]*")


class YamlEditError(ValueError):
    """The value can't be changed in place: there is no such place, or the text would say something else as well."""


@dataclass
class _Node:
    start: int
    end: int
    kind: str
    flow: bool = False
    anchor: str = ""
    alias_of: str = ""
    entries: list[tuple[str | int, int, _Node]] = field(default_factory=list)
    """Key or number, where the key begins, and the value."""

    def child(self, part: str | int) -> _Node | None:
        return next((node for key, _, node in self.entries if key == part), None)


def loaded(text: str) -> Any:
    """The plain data of a text, by the parser in C: eight times as fast as `yaml.safe_load`. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def set_value(text: str, place: Place, value: Any) -> str:
    """The text with another value at the place; a name that a mapping lacks is added to it. Raises :class:`YamlEditError`."""
    return set_values(text, {place: value})


def set_values(text: str, changes: Mapping[Place, Any]) -> str:
    """The text with several values changed, in their order. Raises :class:`YamlEditError`."""
    wanted = loaded(text)
    for place, value in changes.items():
        now = replaced(wanted, place, value)
        if now != wanted or value_at(wanted, place, _NOTHING) is _NOTHING:
            text, wanted = _edited(text, place, value), now
    try:
        said = loaded(text)
    except yaml.YAMLError as error:
        raise YamlEditError(str(error)) from error
    if said != wanted:
        raise YamlEditError("the text would say something else as well")
    return text


def value_at(data: Any, place: Place, default: Any = None) -> Any:
    """What stands at a place of plain data."""
    for part in place:
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if not inside:
            return default
        data = data[part]
    return data


def replaced(data: Any, place: Place, value: Any) -> Any:
    """Plain data with another value at a place. Raises :class:`YamlEditError` where there is no such place."""
    if not place:
        return value
    part, rest = place[0], place[1:]
    if isinstance(data, dict) and (part in data or not rest):
        return {**data, part: replaced(data.get(part), rest, value)}
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return [replaced(item, rest, value) if number == part else item for number, item in enumerate(data)]
    raise YamlEditError(f"no such place: {place}")


def lines_saying(text: str, value: str) -> Iterator[int]:
    """The lines in which a value stands by itself."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.ScalarEvent) and event.value == value and event.start_mark is not None:
            yield event.start_mark.line + 1


def written(value: Any) -> str:
    """A value as flow text, the same when read again."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{written(key)}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(written, value)) + "]"
    raise YamlEditError(f"cannot write {value!r}")


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise YamlEditError(f"not a number: {value}")
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    # YAML 1.1 takes 1e-05 for text: a point is needed.
    text = repr(value)
    return text if "e" not in text or "." in text else text.replace("e", ".0e")


def _string(value: str) -> str:
    if _PLAIN.fullmatch(value) and not value.endswith(" "):
        try:
            if loaded(value) == value:
                return value
        except yaml.YAMLError:
            pass
    return _quoted(value)


def _quoted(value: str) -> str:
    return str(yaml.dump(value, default_style='"', allow_unicode=True, width=math.inf)).rstrip("\n")


def _edited(text: str, place: Place, value: Any) -> str:
    root = _read(text)
    node, walked = root, 0
    for part in place:
        if node.anchor and node.kind != "scalar" and (freed := _freed(text, root, node)) is not None:
            return _edited(freed, place, value)
        if node.alias_of:
            # What stands elsewhere is written out here, with the change in it.
            meant = replaced(value_at(loaded(text), place[:walked]), place[walked:], value)
            return text[: node.start] + written(meant) + text[node.end :]
        inside = node.child(part)
        if inside is None:
            if walked != len(place) - 1 or node.kind != "map":
                raise YamlEditError(f"no such place: {place}")
            return _added(text, node, str(part), written(value))
        node, walked = inside, walked + 1
    start = node.start
    if node.anchor and (found := _ANCHOR.match(text, start)):
        if (freed := _freed(text, root, node)) is not None:
            return _edited(freed, place, value)
        start = found.end()
    return text[:start] + _kept_quotes(text[start : node.end], value) + _tail(text, node)


def _tail(text: str, node: _Node) -> str:
    """What follows a node; block text ends with its line, which stays."""
    rest = text[node.end :]
    return "\n" + rest if text[node.start : node.end].endswith("\n") and not rest.startswith("\n") else rest


def _kept_quotes(old: str, value: Any) -> str:
    if isinstance(value, str) and old.startswith('"'):
        return _quoted(value)
    return written(value)


def _added(text: str, node: _Node, key: str, value: str) -> str:
    """The text with a new entry in a mapping, behind the last of the short entries it begins with."""
    entry = f"{written(key)}: {value}"
    if node.flow:
        if not node.entries:
            return text[: node.start] + "{" + entry + "}" + text[node.end :]
        last = node.entries[-1][2]
        return text[: last.end] + f", {entry}" + text[last.end :]
    column = node.entries[0][1] - (text.rfind("\n", 0, node.entries[0][1]) + 1)
    behind = None
    for _, begins, child in node.entries:
        if child.kind != "scalar" or "\n" in text[begins : child.end]:
            break
        behind = child
    if behind is None:
        first = node.entries[0][1]
        return text[:first] + f"{entry}\n{' ' * column}" + text[first:]
    line_end = text.find("\n", behind.end)
    line_end = len(text) if line_end < 0 else line_end
    return text[:line_end] + f"\n{' ' * column}{entry}" + text[line_end:]


def _freed(text: str, root: _Node, node: _Node) -> str | None:
    """The text with the anchor of a node moved to the first place that refers to it; None when none does."""
    aliases = sorted((n for n in _all(root) if n.alias_of == node.anchor and n.start > node.start), key=_start)
    again = [n.start for n in _all(root) if n.anchor == node.anchor and n.start > node.start]
    aliases = [n for n in aliases if not again or n.start < min(again)]
    found = _ANCHOR.match(text, node.start)
    if not aliases or found is None:
        return None
    meaning = text[found.end() : node.end].strip()
    if not node.flow and node.kind != "scalar":
        meaning = written(loaded(text[found.end() : node.end]))
    first = aliases[0]
    moved = text[: first.start] + f"&{node.anchor} {meaning}" + text[first.end :]
    return moved[: node.start] + moved[found.end() :]


def _start(node: _Node) -> int:
    return node.start


def _all(node: _Node) -> Iterator[_Node]:
    yield node
    for _, _, child in node.entries:
        yield from _all(child)


def _read(text: str) -> _Node:
    events = [
        e for e in yaml.parse(text, Loader=yaml.CSafeLoader) if isinstance(e, yaml.NodeEvent | yaml.CollectionEndEvent)
    ]
    return _build(iter(events), next(iter(events)), skip=True)


def _build(events: Iterator[Any], event: Any, *, skip: bool = False) -> _Node:
    if skip:
        next(events)
    start, end = event.start_mark.index, event.end_mark.index
    match event:
        case yaml.AliasEvent():
            return _Node(start, end, "alias", alias_of=event.anchor or "")
        case yaml.ScalarEvent():
            return _Node(start, end, "scalar", anchor=event.anchor or "")
        case yaml.SequenceStartEvent():
            node = _Node(start, end, "list", bool(event.flow_style), event.anchor or "")
            while not isinstance(following := next(events), yaml.SequenceEndEvent):
                node.entries.append((len(node.entries), following.start_mark.index, _build(events, following)))
        case yaml.MappingStartEvent():
            node = _Node(start, end, "map", bool(event.flow_style), event.anchor or "")
            while not isinstance(following := next(events), yaml.MappingEndEvent):
                begins = following.start_mark.index
                name = following.value if isinstance(following, yaml.ScalarEvent) else ""
                if not isinstance(following, yaml.ScalarEvent):
                    _build(events, following)
                node.entries.append((name, begins, _build(events, next(events))))
        case _:
            raise YamlEditError("not a value")
    node.end = following.end_mark.index if node.flow else max((child.end for _, _, child in node.entries), default=end)
    return node
