"""Reading a scheme file and listing everything that is wrong with it, each fault with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assessments.engine.checks import structure_faults
from assessments.engine.faults import Fault, SchemeError
from assessments.engine.missing import policy_fault
from assessments.engine.scheme import Scheme

Place = tuple[str | int, ...]

_PYDANTIC_ZH = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "string_type": "应为文字",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为若干“名称: 值”",
    "model_type": "应为若干“名称: 值”",
    "model_attributes_type": "应为若干“名称: 值”",
    "literal_error": "只能是：{expected}",
    "union_tag_invalid": "没有“{tag}”，可用：{expected_tags}",
    "union_tag_not_found": "缺少 {discriminator}，无法判断类型",
    "greater_than": "须大于 {gt}",
    "greater_than_equal": "须不小于 {ge}",
    "less_than": "须小于 {lt}",
    "less_than_equal": "须不大于 {le}",
    "too_short": "至少要有 {min_length} 项",
    "string_pattern_mismatch": "只能用小写字母、数字和连字符",
}


_PYDANTIC_EN = {
    "model_type": "should be a mapping of names to values",
    "model_attributes_type": "should be a mapping of names to values",
    "dict_type": "should be a mapping of names to values",
    "tuple_type": "should be a list",
    "string_pattern_mismatch": "only lower-case letters, digits and hyphens",
}


def load_scheme(source: str | Path, *, settings: Mapping[str, float | None] | None = None) -> Scheme:
    """The scheme in a file (a :class:`~pathlib.Path`) or in YAML text (a string).

    ``settings`` overrides values of the scheme's settings, as the office has decided them. Raises :class:`SchemeError`
    with every fault found, in the order of the file.
    """
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    lines, faults = _read_lines(text)
    data = {} if faults else yaml.load(text, Loader=yaml.CSafeLoader)
    if not faults and not isinstance(data, dict):
        faults = [Fault("", "文件应为若干“名称: 值”", "the file must be a mapping", 1)]
    if faults:
        raise SchemeError(faults)
    places: list[tuple[Place, str, str]] = []
    data = _settle(data, settings or {}, places)
    places += structure_faults(data)
    scheme = _parse(data, places)
    if scheme is not None:
        places += _blank_faults(scheme, data)
    if places or scheme is None:
        raise SchemeError(_sorted_faults(places, lines))
    return scheme.with_text(text)


def _sorted_faults(places: list[tuple[Place, str, str]], lines: Mapping[Place, int]) -> list[Fault]:
    unique = {(place, zh): Fault(_path(place), zh, en, _line(place, lines)) for place, zh, en in places}
    return sorted(unique.values(), key=lambda fault: (fault.line or 0, fault.where))


def _path(place: Place) -> str:
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _line(place: Place, lines: Mapping[Place, int]) -> int | None:
    """Line of the place, or of the nearest thing around it that is in the file."""
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None


def _read_lines(text: str) -> tuple[dict[Place, int], list[Fault]]:
    """Line of every entry; faults when the text is no YAML or a name stands twice in one place."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        return {}, [Fault("", "不是有效的 YAML", f"not valid YAML: {getattr(error, 'problem', error)}", line)]
    lines: dict[Place, int] = {}
    faults: list[Fault] = []
    for place, node in _nodes(root, ()):
        if place in lines:
            message = ("同一处出现两次", "stands twice in the same place")
            faults.append(Fault(_path(place), *message, node.start_mark.line + 1))
        lines[place] = node.start_mark.line + 1
    return lines, faults


def _nodes(node: yaml.Node | None, place: Place) -> Iterator[tuple[Place, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            yield here, key
            yield from _nodes(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            here = (*place, number)
            yield here, value
            yield from _nodes(value, here)


def _settle(
    data: dict[str, Any], decided: Mapping[str, float | None], places: list[tuple[Place, str, str]]
) -> dict[str, Any]:
    """The data with decided values put into the settings and every `$name` replaced by its setting's value."""
    written = data.get("settings")
    settings: dict[str, Any] = dict(written) if isinstance(written, dict) else {}
    for name, value in decided.items():
        if isinstance(settings.get(name), dict):
            settings[name] = {**settings[name], "value": value}
        else:
            places.append((("settings", name), "办法中没有这个参数", "the scheme has no such setting"))
    settled = {key: _replace(value, (key,), settings, places) for key, value in data.items() if key != "settings"}
    return settled | ({"settings": settings} if "settings" in data else {})


def _replace(value: Any, place: Place, settings: Mapping[str, Any], places: list[tuple[Place, str, str]]) -> Any:
    if isinstance(value, dict):
        return {key: _replace(item, (*place, str(key)), settings, places) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, (*place, number), settings, places) for number, item in enumerate(value)]
    if not (isinstance(value, str) and value.startswith("$")):
        return value
    setting = settings.get(value[1:])
    if not isinstance(setting, dict):
        places.append((place, f"没有参数 {value}", f"there is no setting {value}"))
        return None
    number = setting.get("value")
    if number is None and "score" in place:
        message = (f"参数 {value} 尚未确定，不能用于计分", f"{value} is not decided yet and cannot serve in a score")
        places.append((place, *message))
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _parse(data: dict[str, Any], places: list[tuple[Place, str, str]]) -> Scheme | None:
    try:
        return Scheme.model_validate(data)
    except ValidationError as error:
        said = {place for place, _, _ in places}
        for item in error.errors():
            place = _inside(item["loc"], data, last=item["type"] in ("missing", "extra_forbidden"))
            if place in said or (item["type"] == "too_short" and _at(data, place)):
                continue  # a consequence of what is reported there already, or of a fault further in
            said.add(place)
            if item["type"] == "value_error":
                english, _, rest = item["msg"].removeprefix("Value error, ").partition(" (")
                places.append((place, rest.removesuffix(")") or english, english))
                continue
            zh = _PYDANTIC_ZH.get(item["type"], "取值不合要求")
            context = {name: str(value).replace("'", "") for name, value in item.get("ctx", {}).items()}
            en = _PYDANTIC_EN.get(item["type"], item["msg"])
            places.append((place, zh.format_map({"expected": "", **context}), en))
        return None


def _at(data: Any, place: Place) -> Any:
    """What stands at a place that is in the file."""
    for part in place:
        data = data[part]
    return data


def _inside(loc: tuple[int | str, ...], data: Any, *, last: bool) -> Place:
    """The place in the file for pydantic's location, which also names the alternatives it tried.

    ``last``: the last part names a key that is absent or does not belong there.
    """
    place: list[str | int] = []
    for number, part in enumerate(loc):
        here = isinstance(data, dict) and part in data
        there = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if here or there:
            place.append(part)
            data = data[part]
        elif last and number == len(loc) - 1:
            place.append(part)
    return tuple(place)


def _blank_faults(scheme: Scheme, data: Mapping[str, Any]) -> list[tuple[Place, str, str]]:
    """Leaves whose missing policy would let a blank pay."""
    found: list[tuple[Place, str, str]] = []
    leaves = iter(scheme.placed_leaves())

    def walk(branch: Mapping[str, Any], place: Place) -> None:
        for number, child in enumerate(branch["children"]):
            here = (*place, "children", number)
            if "children" in child:
                walk(child, here)
                continue
            leaf = next(leaves).leaf
            fault = policy_fault(scheme.missing_of(leaf), leaf.score, scheme.scale)
            if fault is not None:
                found.append(((*here, "missing" if leaf.missing else "score"), *fault))

    walk(data["tree"], ("tree",))
    return found
