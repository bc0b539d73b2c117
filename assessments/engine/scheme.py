"""A scheme (考核办法): one version of a published method, as data.

The reference for authors is ``docs/reference/scheme.md``. A scheme is read with :func:`assessments.engine.load_scheme`,
which lists every fault; the models here hold what has passed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Discriminator, Field, PrivateAttr, Tag, field_validator, model_validator

from assessments.engine.adjust import Adjustment, AdjustmentLimits
from assessments.engine.aggregate import ROOT, Aggregation, Node
from assessments.engine.basis import Basis, Strict
from assessments.engine.derivation import derivation_order
from assessments.engine.grading import Grading, Ladder, Quota
from assessments.engine.lists import RankList
from assessments.engine.missing import Missing
from assessments.engine.normalise import Efficacy, Ratio, ScoringSpec
from assessments.engine.outliers import Outliers
from assessments.engine.peers import Array, Mask, settled
from assessments.engine.rules import (
    COMPARE,
    Comparing,
    Event,
    FirstTime,
    GradeRule,
    Require,
    Rule,
    Tail,
    Threshold,
    needed,
)
from assessments.engine.scoring import Direction
from assessments.engine.uncertainty import Uncertainty
from assessments.engine.weights import Weighting, judged, shares
from common.formula import Formula

# What policy 十（四） (P193) demands of every official scheme.
Theme = Literal["innovation", "green", "emerging"]
THEMES: dict[Theme, tuple[str, str]] = {
    "innovation": ("创新驱动", "innovation"),
    "green": ("绿色发展", "green development"),
    "emerging": ("新兴产业培育", "emerging industry"),
}


class Setting(Strict):
    """A number somebody must decide (参数). ``value: null`` = not decided yet; what needs it stays inactive."""

    value: float | None
    name_zh: str
    name_en: str
    unit: str = ""
    basis: Basis


class Leaf(Strict):
    """An indicator scored one way (指标)."""

    indicator: str
    code: str = ""
    name_zh: str = ""
    name_en: str = ""
    unit: str = ""
    weight: float | None = None
    weights: dict[str, float] = Field(default_factory=dict)
    direction: Direction = "up"
    per: str = ""
    score: ScoringSpec
    outliers: Outliers | Literal["keep"] | None = None
    missing: Missing | None = None
    theme: Theme | None = None
    basis: Basis | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.direction == "down" and isinstance(self.score, Ratio) and self.score.cap is None:
            # Without one, the best there can be (nothing used, nothing emitted) would have no points at all.
            raise ValueError("ratio with direction down needs a cap (ratio 用于越小越好的指标时须写 cap)")
        if isinstance(self.score, Efficacy) and self.score.rewards not in (None, self.direction):
            raise ValueError(
                f"satisfied and unallowed reward the opposite of direction {self.direction}: swap them, or the direction "
                f"(满意值与不允许值的大小与 direction: {self.direction} 相反，请对调或改方向)"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _code_is_indicator(cls, data: Any) -> Any:
        if isinstance(data, dict) and "indicator" in data:
            name = data["indicator"]
            return {"code": name, "name_zh": name, "name_en": name, **data}
        return data


def _kind_of(data: Any) -> str:
    if isinstance(data, dict):
        return "branch" if "children" in data else "leaf"
    return "branch" if hasattr(data, "children") else "leaf"


class Branch(Strict):
    """A dimension (维度), children of any depth. Without ``weighting`` they weigh alike when none has a weight."""

    code: str = ROOT
    name_zh: str = "总分"
    name_en: str = "Score"
    weight: float | None = None
    weights: dict[str, float] = Field(default_factory=dict)
    theme: Theme | None = None
    aggregate: Aggregation = "arithmetic"
    floor: float | None = None
    cap: float | None = None
    least: float = Field(default=0.0, ge=0, le=1)
    weighting: Weighting = "percent"
    matrix: tuple[tuple[float, ...], ...] | None = None
    basis: Basis | None = None
    children: tuple[
        Annotated[Annotated[Branch, Tag("branch")] | Annotated[Leaf, Tag("leaf")], Discriminator(_kind_of)], ...
    ] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _equal_when_unsaid(cls, data: Any) -> Any:
        return with_weighting(data)

    def node(self, sets: Sequence[str] = ()) -> Node:
        """The tree as :mod:`aggregate` needs it; ``sets`` names each unit's set of weights where there are several."""
        return Node(
            self.code,
            self.aggregate,
            tuple(
                (part, child.node(sets) if isinstance(child, Branch) else Node(child.code))
                for part, child in zip(self._parts_by_unit(sets), self.children, strict=True)
            ),
            self.weighting,
            floor=self.floor,
            cap=self.cap,
            least=self.least,
        )

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.floor is not None and self.cap is not None and self.floor >= self.cap:
            raise ValueError("floor must be below cap (floor 须小于 cap)")
        return self

    def _parts_by_unit(self, sets: Sequence[str]) -> Sequence[float | Array]:
        """Each child's share, or where its children have sets of weights an array over the units."""
        if not sets or not any(child.weights for child in self.children):
            return self.parts()
        table = {name: self.parts(name) for name in set(sets)}
        return [np.array([table[name][place] for name in sets]) for place in range(len(self.children))]

    def parts(self, weight_set: str = "") -> list[float]:
        """Each child's share; with a weighting from the data equal until there are data."""
        if self.matrix is not None:
            return judged(self.matrix)[0]
        if not weight_set:
            return shares(self.weighting, [child.weight for child in self.children])
        written = {place: c.weights[weight_set] for place, c in enumerate(self.children) if weight_set in c.weights}
        if not written:
            return [0.0] * len(self.children)
        parts = dict(zip(written, shares(self.weighting, list(written.values())), strict=True))
        return [parts.get(place, 0.0) for place in range(len(self.children))]


def with_weighting(data: Any) -> Any:
    """The branch with `equal` filled in where no weighting is written and no child has a weight."""
    children = data.get("children") if isinstance(data, dict) and "weighting" not in data else None
    if not isinstance(children, list):
        return data
    unsaid = all(isinstance(c, dict) and c.get("weight") is None and not c.get("weights") for c in children)
    return {**data, "weighting": "equal"} if unsaid else data


Branch.model_rebuild()


class Exemption(Strict):
    """Why a unit is left out (不参评情形): enough of the conditions on its indicators hold.

    A blank never meets a condition, and one whose limit nobody has set holds for nobody.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name_zh: str
    name_en: str
    conditions: tuple[Comparing, ...] = Field(min_length=1)
    require: Require = "all"
    basis: Basis

    @model_validator(mode="after")
    def _on_indicators(self) -> Self:
        if any(condition.indicator is None or condition.versus for condition in self.conditions):
            raise ValueError("conditions are on indicators alone, without versus (条件只能用指标，不用 versus)")
        return self

    def holds(self, columns: Mapping[str, Array]) -> Mask:
        """For whom it holds; ``columns`` are the indicators as reported or derived."""
        held = []
        for condition in self.conditions:
            value = settled(columns[condition.indicator or ""])
            limit = np.full(value.shape, np.nan if condition.value is None else condition.value)
            held.append(COMPARE[condition.op](value, settled(limit)) & ~np.isnan(value) & ~np.isnan(limit))
        return np.asarray(np.sum(held, axis=0) >= needed(self.require, len(held)), dtype=bool)


class Screen(Strict):
    """Who is assessed at all (数据可得性筛选): at least this share of the indicators reported.

    ``keep`` and ``drop`` name units taken in or left out whatever they report, ``exempt`` leaves out those to whom one of
    the cases applies. Who is left out has no score and counts in no statistic of the peers.
    """

    least: float = Field(default=0.0, ge=0, le=1)
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    exempt: tuple[Exemption, ...] = ()
    basis: Basis


class WeightSets(Strict):
    """Several weights for one tree (多套权重): each child's ``weights`` by set; one that lacks a set is not in it.

    ``by: group``: every peer group has the set of its name. ``by: choice``: the set ``use`` holds for all.
    """

    by: Literal["group", "choice"]
    use: str = ""
    names: dict[str, str] = Field(default_factory=dict)
    basis: Basis

    @model_validator(mode="after")
    def _chosen(self) -> Self:
        if (self.by == "choice") != bool(self.use):
            raise ValueError("use goes with by: choice (use 与 by: choice 须同时写)")
        return self


class PeerGroup(Strict):
    """Whom a unit is compared with (同类组); the caller brings each unit's group."""

    name_zh: str
    name_en: str
    basis: Basis | None = None


@dataclass(frozen=True)
class PlacedLeaf:
    """A leaf with the branches above it, outermost first (the root left out)."""

    leaf: Leaf
    above: tuple[Branch, ...]


@dataclass(frozen=True)
class OpenPoint:
    """Something in the scheme that is not a published fact: what, how certain, and who decides."""

    where: str
    name_zh: str
    name_en: str
    certainty: str
    decided_by: str
    value: float | None


class Scheme(Strict):
    """One version of an assessment method."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str
    name_zh: str
    name_en: str
    zone_class: str
    levels: tuple[str, ...] = ()
    valid_from: int
    valid_to: int | None = None
    official: bool = False
    clauses: tuple[str, ...] = Field(default=())
    source: str
    author: str
    checker: str = ""
    certainty: Literal["published", "derived", "assumed", "unknown"]
    note_zh: str = ""
    note_en: str = ""
    scale: float = Field(default=100.0, gt=0)
    ties: Literal["min", "max", "dense"] = "min"
    best: Literal["high", "low"] = "high"
    peer_group: PeerGroup | None = None
    screen: Screen | None = None
    missing: Missing
    outliers: Outliers | None = None
    weight_sets: WeightSets | None = None
    settings: dict[str, Setting] = Field(default_factory=dict)
    derive: dict[str, str] = Field(default_factory=dict)
    tree: Branch
    adjustments: tuple[Adjustment, ...] = ()
    adjustment_limits: AdjustmentLimits | None = None
    grading: Grading | None = None
    rules: tuple[Rule, ...] = ()
    lists: tuple[RankList, ...] = ()
    uncertainty: Uncertainty = Uncertainty()

    _text: str = PrivateAttr(default="")

    @field_validator("version", "code", mode="before")
    @classmethod
    def _plain_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int | float) else value

    @property
    def sign(self) -> float:
        """What turns a score into a merit, of which more is better."""
        return 1.0 if self.best == "high" else -1.0

    @property
    def text(self) -> str:
        """The YAML text it was read from."""
        return self._text

    def with_text(self, text: str) -> Self:
        """The same scheme, knowing the text it was read from."""
        self._text = text
        return self

    def placed_leaves(self) -> list[PlacedLeaf]:
        """All leaves in the file's order."""
        return list(_walk(self.tree, ()))

    def branches(self) -> list[Branch]:
        """All branches in the file's order, the root first."""
        return list(_branches(self.tree))

    def missing_of(self, leaf: Leaf) -> Missing:
        return leaf.missing or self.missing

    def outliers_of(self, leaf: Leaf) -> Outliers | None:
        """How the leaf's outliers are treated, None for not at all."""
        return None if leaf.outliers == "keep" else leaf.outliers or self.outliers

    def root(self, groups: Sequence[str]) -> Node:
        """The tree with the weights of each unit; ``groups`` has the units' peer groups. Raises :class:`KeyError`."""
        sets = self.weight_sets
        if sets is None:
            return self.tree.node()
        return self.tree.node([sets.use] * len(groups) if sets.by == "choice" else list(groups))

    def formulas(self) -> dict[str, Formula]:
        """Derived columns in an order in which each can be computed."""
        return derivation_order({code: Formula.parse(text) for code, text in self.derive.items()})

    def direct_inputs(self) -> set[str]:
        """Codes read by leaves, rules, adjustments and the ladder themselves."""
        codes: set[str] = set()
        for placed in self.placed_leaves():
            codes |= {placed.leaf.indicator, *placed.leaf.score.inputs()} | (
                {placed.leaf.per} if placed.leaf.per else set()
            )
        for rule in self.rules:
            codes |= set(rule.measures()) | ({rule.grace.since} if rule.grace else set())
        codes |= {adjustment.indicator for adjustment in self.adjustments if adjustment.indicator}
        codes |= {c.indicator for c in self.grade_conditions() if c.indicator}
        codes |= {c.indicator for case in self.exemptions() for c in case.conditions if c.indicator}
        codes |= {item.indicator for item in self.lists if item.indicator}
        return codes

    def exemptions(self) -> tuple[Exemption, ...]:
        """The cases in which a unit is left out."""
        return () if self.screen is None else self.screen.exempt

    def grade_conditions(self) -> list[Comparing]:
        """All conditions of the grading."""
        match self.grading:
            case Ladder(levels=levels):
                return [condition for level in levels for condition in level.conditions]
            case Quota(protected_if=conditions):
                return list(conditions)
        return []

    def event_kinds(self) -> list[str]:
        """Columns of the events table that the scheme reads."""
        kinds = {rule.event for rule in self.rules if isinstance(rule, Event)}
        kinds |= {adjustment.event for adjustment in self.adjustments if adjustment.event}
        kinds |= {self.grading.protected} if isinstance(self.grading, Quota) and self.grading.protected else set()
        return sorted(kinds)

    def asks_grades(self) -> bool:
        """Whether a rule looks at the grades."""
        return any(isinstance(rule, GradeRule | FirstTime) for rule in self.rules)

    def looks_back(self) -> int:
        """How many years its rules look at, the assessed one included."""
        return max([1, *(rule.n for rule in self.rules if isinstance(rule, Tail | Threshold | GradeRule))])

    def reading(self, columns: Collection[str]) -> tuple[list[str], dict[str, Formula], list[str]]:
        """For a table with these columns: columns to read, formulas to compute in order, codes that are nowhere.

        A derived code that is a column already is taken as given, and its parts are then not needed for it.
        """
        formulas = self.formulas()
        read: set[str] = set()
        computed: set[str] = set()
        absent: set[str] = set()
        todo = self.direct_inputs()
        while todo:
            code = todo.pop()
            if code in columns:
                read.add(code)
            elif code in formulas:
                computed.add(code)
                todo |= set(formulas[code].names) - computed
            else:
                absent.add(code)
        return sorted(read), {code: f for code, f in formulas.items() if code in computed}, sorted(absent)

    def inputs(self) -> list[str]:
        """Every code that must be reported for the scheme, all derived ones being computed; sorted."""
        return self.reading(())[2]

    def open_points(self) -> list[OpenPoint]:
        """Everything assumed or unknown, with who decides: settings, weights, scoring parameters, rules."""
        points = [
            OpenPoint(f"settings.{code}", s.name_zh, s.name_en, s.basis.certainty, s.basis.decided_by, s.value)
            for code, s in self.settings.items()
        ]
        named: list[Branch | Leaf | Adjustment] = [*self.branches(), *(p.leaf for p in self.placed_leaves())]
        for item in [*named, *self.adjustments]:
            if item.basis is not None:
                where = item.id if isinstance(item, Adjustment) else item.code
                points.append(_open(where, item.name_zh, item.name_en, item.basis))
        points += [_open(f"rules.{rule.id}", rule.text_zh, rule.text_en, rule.basis) for rule in self.rules]
        points += [_open(f"screen.{case.id}", case.name_zh, case.name_en, case.basis) for case in self.exemptions()]
        if self.grading is not None:
            points.append(_open("grading", "等级", "Grades", self.grading.basis))
        return [point for point in points if point.certainty in ("assumed", "unknown")]


def _open(where: str, zh: str, en: str, basis: Basis) -> OpenPoint:
    return OpenPoint(where, zh, en, basis.certainty, basis.decided_by, None)


def _walk(branch: Branch, above: tuple[Branch, ...]) -> Iterator[PlacedLeaf]:
    for child in branch.children:
        if isinstance(child, Branch):
            yield from _walk(child, (*above, child))
        else:
            yield PlacedLeaf(child, above)


def _branches(branch: Branch) -> Iterator[Branch]:
    yield branch
    for child in branch.children:
        if isinstance(child, Branch):
            yield from _branches(child)
