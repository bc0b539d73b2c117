"""The form of a draft (办法表单): the values of its text that can be changed one by one, each at its place.

The text is the truth. The form shows what stands in it, and a change is written back where it stands. Adding and removing
things (an indicator, a rule, a band) is done in the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from django.utils.translation import gettext as _

from assessments.engine.weights import FROM_DATA, UNWRITTEN
from assessments.enums import ProposalKind
from assessments.selectors.changes import FIELDS
from assessments.selectors.methods import spoken
from assessments.words import METHODS, SETTING_UNITS, THEME_WORDS, WEIGHTINGS, word
from common.numbers import format_number
from common.yaml_text import Place, value_at
from indicators.models import Indicator
from parks.enums import DesignationLevel

Kind = Literal["number", "text", "long", "switch", "choice", "many", "words"]
_OPS = [("<", "<"), ("<=", "≤"), (">", ">"), (">=", "≥"), ("==", "="), ("!=", "≠")]
_GOALS = {"percent": 100.0, "fraction": 1.0}
_NO_PARAMETERS = frozenset({"id", "kind", "outcome", "bars", "basis", "conditions", "enabled", "decisive", "grace"})
_SPLIT = str.maketrans("、，,;；", "     ")


@dataclass(frozen=True)
class Field:
    """One value: where, how it is asked, what stands there (None also where nothing does)."""

    place: Place
    kind: Kind
    value: Any
    label: str
    unit: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    empty: str = ""
    """What is shown where nothing stands."""
    title: str = ""
    """What it is for those who do not see the table around it."""

    @property
    def name(self) -> str:
        return "f." + ".".join(map(str, self.place))

    @property
    def where(self) -> str:
        """The place as the engine's faults name it."""
        text = ""
        for part in self.place:
            text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
        return text

    @property
    def shown(self) -> str:
        """What stands in the input."""
        if self.value is None:
            return ""
        if self.kind == "words":
            return " ".join(map(str, self.value))
        return repr(self.value) if isinstance(self.value, float) else str(self.value)

    @property
    def is_reference(self) -> bool:
        """Whether a setting stands there, not a number."""
        return self.shown.startswith("$")

    @property
    def aria(self) -> str:
        return f"{self.title} {self.label}".strip()

    def read(self, typed: list[str]) -> Any:
        """What was typed, as it is to stand in the text; what is no number stays as typed, for the engine to refuse."""
        text = typed[-1].strip() if typed else ""
        match self.kind:
            case "switch":
                return "on" in typed
            case "many":
                return [choice for choice, _label in self.choices if choice in typed]
            case "words":
                return text.translate(_SPLIT).split()
            case "number":
                return _number(text)
        return text if text or self.kind != "choice" else None


@dataclass(frozen=True)
class NodeRow:
    """A dimension or an indicator; `group` names the branch whose children's weights belong together."""

    key: str
    depth: int
    name: str
    is_branch: bool
    theme: str
    weights: list[Field]
    fixed: str
    """Why the weight cannot be changed here."""
    group: str
    method: str
    parameters: list[Field]


@dataclass(frozen=True)
class WeightGroup:
    """Weights that belong together: `goal` is what they must sum to (None: any), `equal` whether none is written."""

    key: str
    name: str
    goal: float | None
    equal: bool
    size: int


@dataclass(frozen=True)
class Block:
    """A rule, a setting, an adjustment or a grade with its values."""

    key: str
    name: str
    kind: str
    fields: list[Field]
    note: str = ""
    switch: Field | None = None
    outcome: Field | None = None
    clauses: Field | None = None


class SchemeForm:
    """The form over the plain data of a text; `catalogue` has the names of indicators.

    `typed`: the same data with what was typed in it, to be shown in place of what stands; `rule_words`: rules by id.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        catalogue: Mapping[str, Indicator],
        typed: Mapping[str, Any] | None = None,
        rule_words: Mapping[str, str] | None = None,
    ) -> None:
        self.data = data
        self.rule_words = rule_words or {}
        self.typed = data if typed is None else typed
        self.catalogue = catalogue
        self.groups: dict[str, WeightGroup] = {}

    # ---- sections -------------------------------------------------------------------------------------------------

    @cached_property
    def head(self) -> list[Field]:
        levels = [(level.value, str(level.label)) for level in DesignationLevel]
        return [
            self._field(("name_zh",), "text"),
            self._field(("name_en",), "text"),
            self._field(("version",), "text"),
            self._field(("valid_from",), "number"),
            self._field(("valid_to",), "number", empty=_("一直适用")),
            Field(("levels",), "many", self._value(("levels",)) or [], word(FIELDS, "levels"), choices=levels),
            self._field(("source",), "long"),
            self._field(("note_zh",), "long"),
            self._field(("note_en",), "long"),
        ]

    @cached_property
    def nodes(self) -> list[NodeRow]:
        return list(self._nodes(self.data.get("tree"), ("tree",), 0, _("总分")))

    @property
    def tree(self) -> list[tuple[NodeRow, WeightGroup | None]]:
        """Every row with the group its children's weights make."""
        return [(node, self.groups.get(node.key)) for node in self.nodes]

    @property
    def top(self) -> WeightGroup | None:
        """The weights at the top of the tree."""
        return self.groups.get("tree") if self.nodes else None

    @cached_property
    def settings(self) -> list[Block]:
        settings = self.data.get("settings")
        found = []
        for name, item in settings.items() if isinstance(settings, dict) else ():
            if isinstance(item, dict):
                unit = word(SETTING_UNITS, str(item.get("unit", "")))
                title = _spoken(item) or str(name)
                value = self._field(("settings", name, "value"), "number", unit=unit, empty=_("未定"), title=title)
                found.append(Block(f"${name}", title, "", [value], note=_note(item)))
        return found

    @cached_property
    def adjustments(self) -> list[Block]:
        return [
            Block(
                str(item.get("id", "")),
                _spoken(item),
                "",
                list(self._scalars(item, place, {"id", "basis"}, _spoken(item))),
            )
            for place, item in self._items(("adjustments",))
        ]

    @cached_property
    def grades(self) -> list[Block]:
        """Classes, levels or bands with the cuts between them."""
        found = []
        for key in ("levels", "classes", "bands"):
            for place, item in self._items(("grading", key)):
                name = _spoken(item)
                fields = [*self._scalars(item, place, {"code"}, name), *self._conditions(item, place, name)]
                found.append(Block(str(item.get("code", "")), name, "", fields))
        for key in ("upper", "lower"):
            side = value_at(self.data, ("grading", key))
            if isinstance(side, dict):
                name = _spoken(side)
                found.append(Block(key, name, "", list(self._scalars(side, ("grading", key), {"code"}, name))))
        return [block for block in found if block.fields]

    @cached_property
    def rules(self) -> list[Block]:
        return [self._rule(place, item) for place, item in self._items(("rules",))]

    def _rule(self, place: Place, item: dict[str, Any]) -> Block:
        said = _spoken(item, "text")
        key = str(item.get("id", ""))
        name = said if said and "{" not in said else self.rule_words.get(key, key)
        outcomes = [("", _("（只供其他规则引用）")), *((kind.value, str(kind.label)) for kind in ProposalKind)]
        enabled = Field(
            (*place, "enabled"), "switch", self._value((*place, "enabled"), True), word(FIELDS, "enabled"), title=name
        )
        clauses = (*place, "basis", "clauses")
        return Block(
            key=key,
            name=name,
            kind=str(item.get("kind", "")),
            fields=[*self._scalars(item, place, _NO_PARAMETERS, name), *self._conditions(item, place, name)],
            switch=enabled,
            outcome=self._field((*place, "outcome"), "choice", choices=outcomes, title=name),
            clauses=Field(clauses, "words", self._value(clauses, []), word(FIELDS, "clauses"), title=name)
            if isinstance(item.get("basis"), dict)
            else None,
            note=_note(item),
        )

    def fields(self) -> Iterator[Field]:
        """All values of the form."""
        yield from self.head
        for node in self.nodes:
            yield from (*node.weights, *node.parameters)
        for block in (*self.settings, *self.adjustments, *self.grades, *self.rules):
            yield from block.fields
            yield from (extra for extra in (block.switch, block.outcome, block.clauses) if extra is not None)

    def changes(self, typed: Mapping[str, list[str]]) -> dict[Place, Any]:
        """What was typed otherwise than it stands, by place. A value the form did not bring stays as it is."""
        changes: dict[Place, Any] = {}
        shown = set(typed.get("shown", []))
        for item in self.fields():
            # An unticked box sends nothing; the hidden list of what was shown tells it from one that was not there.
            if item.name not in typed and item.name not in shown:
                continue
            value = item.read(typed.get(item.name, []))
            if item.shown != Field(item.place, item.kind, value, "").shown and not (
                item.value in (None, "") and value in (None, "", [])
            ):
                changes[item.place] = value
        return self._weighted(changes)

    def _weighted(self, changes: dict[Place, Any]) -> dict[Place, Any]:
        """Where weights are written below a branch that says `equal`, it says `percent` now."""
        for place in [place for place in changes if place[-1] == "weight" and changes[place] is not None]:
            branch = (*place[:-3], "weighting")
            if value_at(self.data, branch) == "equal":
                changes[branch] = "percent"
        return changes

    # ---- parts ----------------------------------------------------------------------------------------------------

    def _nodes(self, branch: Any, place: Place, depth: int, name: str) -> Iterator[NodeRow]:
        children = branch.get("children") if isinstance(branch, dict) else None
        if not isinstance(children, list):
            return
        weighting, fixed = self._weighting(branch)
        group = ".".join(map(str, place))
        equal = not fixed and not any(isinstance(c, dict) and c.get("weight") is not None for c in children)
        goal = branch.get("weight") if weighting == "points" else _GOALS.get(weighting)
        self.groups[group] = WeightGroup(
            group, name, goal if isinstance(goal, int | float) else None, equal, len(children)
        )
        for number, child in enumerate(children):
            if not isinstance(child, dict):
                continue
            here = (*place, "children", number)
            yield self._node(child, here, depth, fixed, group, len(children))
            yield from self._nodes(child, here, depth + 1, self._name(child))

    def _node(self, child: dict[str, Any], place: Place, depth: int, fixed: str, group: str, size: int) -> NodeRow:
        name = self._name(child)
        score = child.get("score")
        weights: list[Field] = []
        if isinstance(child.get("weights"), dict):
            weights = [self._field((*place, "weights", key), "number", title=name) for key in child["weights"]]
        elif not fixed:
            empty = _("等权 %(share)s") % {"share": format_number(100 / size, 1)}
            weights = [self._field((*place, "weight"), "number", empty=empty, title=name)]
        return NodeRow(
            key=".".join(map(str, place)),
            depth=depth,
            name=name,
            is_branch="children" in child,
            theme=word(THEME_WORDS, str(child["theme"])) if child.get("theme") else "",
            weights=weights,
            fixed=fixed,
            group=group,
            method=word(METHODS, str(score.get("method", ""))) if isinstance(score, dict) else "",
            parameters=list(self._scalars(score, (*place, "score"), {"method"}, name))
            if isinstance(score, dict)
            else [],
        )

    @staticmethod
    def _weighting(branch: dict[str, Any]) -> tuple[str, str]:
        """How the children's weights are meant, and why they cannot be typed, if so."""
        weighting = str(branch.get("weighting", "percent"))
        if weighting in FROM_DATA or (weighting in UNWRITTEN and weighting != "equal"):
            return weighting, word(WEIGHTINGS, weighting)
        return weighting, ""

    def _name(self, item: dict[str, Any]) -> str:
        code = str(item.get("indicator", item.get("code", "")))
        known = self.catalogue.get(code)
        return _spoken(item) or (known.label if known else code)

    def _items(self, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
        items = value_at(self.data, place)
        for number, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict):
                yield (*place, number), item

    def _scalars(self, item: Mapping[str, Any], place: Place, without: Any, title: str) -> Iterator[Field]:
        """The numbers of a mapping, references to settings and bounds taken from the peers among them."""
        for key, value in item.items():
            here = (*place, key)
            if key in without or isinstance(value, bool):
                continue
            if isinstance(value, list):
                yield from self._listed(value, here, title)
            elif isinstance(value, int | float) or value is None or (isinstance(value, str) and _is_bound(value)):
                yield self._field(here, "number", title=title, empty=_("未定"))

    def _listed(self, items: list[Any], place: Place, title: str) -> Iterator[Field]:
        for number, item in enumerate(items):
            here = (*place, number)
            if isinstance(item, dict) and place[-1] != "conditions":
                yield from self._scalars(item, here, (), f"{title} {number + 1}")
            elif isinstance(item, int | float) and not isinstance(item, bool):
                label = f"{word(FIELDS, str(place[-1]))} {number + 1}"
                yield Field(here, "number", self._value(here), label, title=title)

    def _conditions(self, item: dict[str, Any], place: Place, title: str) -> Iterator[Field]:
        for here, condition in self._items_of(item, place):
            measured = str(condition.get("indicator", condition.get("node", "")))
            known = self.catalogue.get(measured)
            label = known.label if known else measured
            yield Field((*here, "op"), "choice", self._value((*here, "op")), label, choices=_OPS, title=title)
            yield Field(
                (*here, "value"),
                "number",
                self._value((*here, "value")),
                _versus(condition),
                empty=_("未定"),
                title=f"{title} {label}",
            )

    @staticmethod
    def _items_of(item: dict[str, Any], place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
        conditions = item.get("conditions")
        for number, condition in enumerate(conditions if isinstance(conditions, list) else []):
            if isinstance(condition, dict):
                yield (*place, "conditions", number), condition

    def _field(self, place: Place, kind: Kind, **more: Any) -> Field:
        last = next(part for part in reversed(place) if isinstance(part, str))
        return Field(place, kind, self._value(place), word(FIELDS, last), **more)

    def _value(self, place: Place, default: Any = None) -> Any:
        return value_at(self.typed, place, default)


def _versus(condition: Mapping[str, Any]) -> str:
    statistics = {"group_median": _("倍同类中位数"), "group_mean": _("倍同类平均值")}
    return statistics.get(str(condition.get("versus", "")), "")


def _is_bound(value: str) -> bool:
    return value.startswith(("$", "group_"))


def _spoken(item: Mapping[str, Any], name: str = "name") -> str:
    words = {f"{name}_zh": str(item.get(f"{name}_zh", "")), f"{name}_en": str(item.get(f"{name}_en", ""))}
    return spoken(words, name) or words[f"{name}_zh"]


def _note(item: Mapping[str, Any]) -> str:
    basis = item.get("basis")
    return _spoken(basis, "note") if isinstance(basis, dict) else ""


def _number(text: str) -> Any:
    """A number as typed: full-width digits and thousands are understood; `$setting` and the words for bounds stay."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not plain:
        return None
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return plain
