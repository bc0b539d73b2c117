"""What pydantic cannot see in a scheme: weights, doubled codes, references, formulas, the three themes.

Works on the plain data and forgives wrong types (pydantic reports those), so that one reading lists all faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from assessments.engine.derivation import CircleError, derivation_order
from assessments.engine.scheme import ROOT, THEMES, with_weighting
from assessments.engine.weights import Weighting, matrix_faults, weight_faults
from common.formula import Formula, FormulaError

Place = tuple[str | int, ...]
Found = tuple[Place, str, str]


def structure_faults(data: dict[str, Any]) -> list[Found]:
    """All faults of structure with their places."""
    found: list[Found] = []
    codes: dict[str, Place] = {}
    themes: set[str] = set()
    tree = data.get("tree")
    if isinstance(tree, dict):
        for place, node, inherited in _nodes(with_weighting({"code": ROOT, **tree}), ("tree",), frozenset()):
            found += _node_faults(place, node, codes)
            if "children" not in node:
                themes |= inherited
    found += _formula_faults(data.get("derive"))
    found += _rule_faults(data.get("rules"), set(codes))
    found += _grade_faults(data.get("grading"), set(codes))
    found += _level_faults(data.get("rules"), data.get("grading"))
    found += _list_faults(data.get("lists"), set(codes))
    found += _official_faults(data, themes)
    found += _set_faults(data, tree)
    first, last = data.get("valid_from"), data.get("valid_to")
    if isinstance(first, int) and isinstance(last, int) and last < first:
        found.append((("valid_to",), "早于 valid_from", "is before valid_from"))
    return found


def _nodes(
    node: dict[str, Any], place: Place, themes: frozenset[str]
) -> Iterator[tuple[Place, dict[str, Any], frozenset[str]]]:
    theme = node.get("theme")
    if isinstance(theme, str):
        themes = themes | {theme}
    yield place, node, themes
    children = node.get("children")
    for number, child in enumerate(children if isinstance(children, list) else []):
        if isinstance(child, dict):
            yield from _nodes(with_weighting(child), (*place, "children", number), themes)


def _node_faults(place: Place, node: dict[str, Any], codes: dict[str, Place]) -> Iterator[Found]:
    code = node.get("code", node.get("indicator"))
    if isinstance(code, str):
        if code in codes:
            yield (*place, "code"), f"代码“{code}”用了两次", f"the code “{code}” is used twice"
        codes[code] = place
    elif "children" in node:
        yield (*place, "code"), "缺少代码", "a code is needed"
    children = node.get("children")
    if not isinstance(children, list) or not all(isinstance(child, dict) for child in children):
        return
    weighting = node.get("weighting", "percent")
    for name, weights, own in _sets_of_weights(node, children):
        numeric = all(weight is None or isinstance(weight, int | float) for weight in weights)
        if weights and numeric and weighting in get_args(Weighting):
            for zh, en in weight_faults(weighting, weights, own if isinstance(own, int | float) else None):
                yield (*place, "children"), f"{name}{zh}", f"{name}{en}"
    yield from _matrix_faults(place, node, len(children))


def _sets_of_weights(node: dict[str, Any], children: list[dict[str, Any]]) -> Iterator[tuple[str, list[Any], Any]]:
    """Each set of weights of the children: its name as the message begins, the weights in it, the branch's own."""
    written = [child.get("weights") for child in children]
    names = sorted({str(name) for weights in written if isinstance(weights, dict) for name in weights})
    if not names:
        yield "", [child.get("weight") for child in children], node.get("weight")
    for name in names:
        held = [weights[name] for weights in written if isinstance(weights, dict) and name in weights]
        own = node["weights"].get(name) if isinstance(node.get("weights"), dict) else node.get("weight")
        yield f"{name}: ", held, own


def _matrix_faults(place: Place, node: dict[str, Any], n: int) -> Iterator[Found]:
    matrix = node.get("matrix")
    if (node.get("weighting") == "ahp") != (matrix is not None):
        yield (*place, "weighting"), "层次分析法（ahp）与判断矩阵（matrix）须同时写", "ahp and matrix go together"
    rows = matrix if isinstance(matrix, list) and all(isinstance(row, list) for row in matrix) else []
    if rows and all(isinstance(number, int | float) for row in rows for number in row):
        yield from (((*place, "matrix"), zh, en) for zh, en in matrix_faults(rows, n))


def _formula_faults(derive: Any) -> Iterator[Found]:
    if not isinstance(derive, dict):
        return
    formulas: dict[str, Formula] = {}
    for code, text in derive.items():
        try:
            formulas[str(code)] = Formula.parse(str(text))
        except FormulaError as error:
            for fault in error.faults:
                zh = f"第 {fault.column} 列：{fault.message_zh}"
                yield ("derive", str(code)), zh, f"column {fault.column}: {fault.message_en}"
    try:
        derivation_order(formulas)
    except CircleError as error:
        yield ("derive",), f"循环引用：{error}", f"a circle: {error}"


def _grade_faults(grading: Any, codes: set[str]) -> Iterator[Found]:
    """Nodes that the grading reads and the tree has not."""
    if not isinstance(grading, dict):
        return
    yield from _condition_faults(grading.get("protected_if"), ("grading", "protected_if"), codes)
    levels = grading.get("levels")
    for number, level in enumerate(levels if isinstance(levels, list) else []):
        if isinstance(level, dict):
            yield from _condition_faults(level.get("conditions"), ("grading", "levels", number, "conditions"), codes)
    if grading.get("kind") != "gate":
        return
    for key in ("upper", "lower"):
        by = grading[key].get("by") if isinstance(grading.get(key), dict) else None
        for node in by if isinstance(by, dict) else {}:
            if node not in codes:
                yield ("grading", key, "by", node), f"没有“{node}”这一级", f"there is no node “{node}”"
    if grading.get("node", ROOT) not in codes:
        yield ("grading", "node"), f"没有“{grading['node']}”这一级", f"there is no node “{grading['node']}”"


def _rule_faults(rules: Any, codes: set[str]) -> Iterator[Found]:
    rules = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    ids = [rule.get("id") for rule in rules]
    for number, rule in enumerate(rules):
        place = ("rules", number)
        if rule.get("id") in ids[:number]:
            yield (*place, "id"), f"规则“{rule['id']}”用了两次", f"the rule “{rule['id']}” is there twice"
        for key in ("rules", "unless"):
            for other in rule.get(key) or []:
                # Only rules further up may be built on, so that there can be no circle.
                if other not in ids[:number]:
                    yield (*place, key), f"上文没有规则“{other}”", f"no rule “{other}” stands above"
        yield from _condition_faults(rule.get("conditions"), (*place, "conditions"), codes)


def _condition_faults(conditions: Any, place: Place, codes: set[str]) -> Iterator[Found]:
    """Nodes that conditions read and the tree has not."""
    for at, condition in enumerate(conditions if isinstance(conditions, list) else []):
        node = condition.get("node") if isinstance(condition, dict) else None
        if node is not None and node not in codes:
            yield (*place, at, "node"), f"没有“{node}”这一级", f"there is no node “{node}”"


def _level_faults(rules: Any, grading: Any) -> Iterator[Found]:
    """Grades that rules name and the grading has not."""
    known = _grade_codes(grading)
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        if not isinstance(rule, dict):
            continue
        if isinstance(given := rule.get("grade"), str) and given not in known:
            yield ("rules", number, "grade"), f"没有等级“{given}”", f"there is no grade “{given}”"
        if rule.get("kind") not in ("grade", "first_time"):
            continue
        if not isinstance(grading, dict):
            yield ("rules", number, "kind"), "本规则看等级，须写 grading", "a rule on grades needs grading"
            continue
        for key in ("level", "at_least"):
            if isinstance(rule.get(key), str) and rule[key] not in known:
                yield ("rules", number, key), f"没有等级“{rule[key]}”", f"there is no grade “{rule[key]}”"


def _grade_codes(node: Any) -> set[Any]:
    """Every code written in the grading."""
    if isinstance(node, list):
        return {code for item in node for code in _grade_codes(item)}
    if not isinstance(node, dict):
        return set()
    return {node.get("code")} | {code for item in node.values() for code in _grade_codes(item)}


def _list_faults(lists: Any, codes: set[str]) -> Iterator[Found]:
    """Lists with the same id, and nodes that the tree has not."""
    known: set[Any] = set()
    for number, item in enumerate(lists if isinstance(lists, list) else []):
        if not isinstance(item, dict):
            continue
        if item.get("id") in known:
            yield ("lists", number, "id"), f"榜单“{item['id']}”用了两次", f"the list “{item['id']}” is there twice"
        known.add(item.get("id"))
        node = item.get("node")
        if node is not None and node not in codes:
            yield ("lists", number, "node"), f"没有“{node}”这一级", f"there is no node “{node}”"


def _set_faults(data: dict[str, Any], tree: Any) -> Iterator[Found]:
    """Sets of weights and the part that says how one is chosen go together."""
    names: set[str] = set()
    if isinstance(tree, dict):
        for _place, node, _themes in _nodes(tree, ("tree",), frozenset()):
            names |= set(node["weights"]) if isinstance(node.get("weights"), dict) else set()
    sets = data.get("weight_sets")
    if names and sets is None:
        yield (
            ("tree",),
            "有多套权重，须写 weight_sets 说明用哪一套",
            "there are sets of weights: weight_sets must choose",
        )
    use = sets.get("use") if isinstance(sets, dict) else None
    if use and use not in names:
        yield ("weight_sets", "use"), f"没有这套权重：{use}", f"there is no such set of weights: {use}"


def _official_faults(data: dict[str, Any], themes: set[str]) -> Iterator[Found]:
    if data.get("official") is not True:
        return
    for theme, (zh, en) in THEMES.items():
        if theme not in themes:
            yield (
                ("tree",),
                f"正式办法须有“{zh}”（theme: {theme}）的指标（意见十（四），P193）",
                f"an official scheme needs an indicator on {en} (theme: {theme}), policy 十（四）, P193",
            )
    if not data.get("clauses"):
        yield ("clauses",), "正式办法须写明依据条款", "an official scheme must name its clauses"
