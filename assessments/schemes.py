"""A scheme arranged for reading (办法阅读): tree with weights, rules in words, grades, what is open and who decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from assessments.engine import Scheme as Method
from assessments.engine.basis import Basis
from assessments.engine.grading import Gate, Ladder, Quota, ScoreBands
from assessments.engine.scheme import Branch, Leaf
from assessments.engine.weights import FROM_DATA
from assessments.enums import ProposalKind
from assessments.rule_words import condition_words, rule_words
from assessments.selectors import name_of, spoken
from assessments.words import (
    CERTAINTIES,
    CERTAINTY_TONES,
    SETTING_UNITS,
    THEME_WORDS,
    WEIGHT_SETS,
    basis_words,
    branch_words,
    decider_words,
    method_words,
    missing_words,
    word,
)
from common.numbers import format_number
from indicators.models import Indicator

Shares = tuple[float | None, ...]


@dataclass(frozen=True)
class TreeRow:
    """A dimension or an indicator; `weight` as written, `shares` of the whole in percent.

    There is one share for each set of weights (see :attr:`SchemePage.weight_sets`): None where the data decide it or the
    set does without it.
    """

    depth: int
    is_branch: bool
    code: str
    name: str
    weight: float | None
    shares: Shares
    themes: list[str]
    words: str
    lower: str
    missing: str
    unit: str
    in_catalogue: bool
    open: str


class SchemePage:
    """What the page of one scheme shows; `catalogue` holds the indicators by code."""

    def __init__(self, method: Method, catalogue: Mapping[str, Indicator]) -> None:
        self.method = method
        self.catalogue = catalogue

    @cached_property
    def tree(self) -> list[TreeRow]:
        return list(self._rows(self.method.tree, 0, (100.0,) * len(self.weight_sets), ()))

    @cached_property
    def weight_sets(self) -> dict[str, str]:
        """The sets of weights with their names, one without a name where the scheme has a single set."""
        written = {name: name for node in self._nodes() for name in node.weights}
        named = self.method.weight_sets.names if self.method.weight_sets is not None else {}
        return {name: word(WEIGHT_SETS, named.get(name, name)) for name in written} or {"": ""}

    def _nodes(self) -> list[Branch | Leaf]:
        return [*self.method.branches(), *(placed.leaf for placed in self.method.placed_leaves())]

    def _rows(self, branch: Branch, depth: int, shares: Shares, themes: tuple[str, ...]) -> Iterator[TreeRow]:
        from_data = branch.weighting in FROM_DATA
        in_sets = any(child.weights for child in branch.children)
        parts = [branch.parts(name if in_sets else "") for name in self.weight_sets]
        for place, child in enumerate(branch.children):
            held = (*themes, child.theme) if child.theme else themes
            here = tuple(
                None if share is None or from_data or (in_sets and name not in child.weights) else share * own[place]
                for name, share, own in zip(self.weight_sets, shares, parts, strict=True)
            )
            if isinstance(child, Branch):
                yield self._branch(child, depth, here)
                yield from self._rows(child, depth + 1, here, held)
            else:
                yield self._leaf(child, depth, here, held)

    def _branch(self, branch: Branch, depth: int, shares: Shares) -> TreeRow:
        themes = [word(THEME_WORDS, branch.theme)] if branch.theme else []
        return TreeRow(
            depth=depth,
            is_branch=True,
            code=branch.code,
            name=spoken(branch),
            weight=branch.weight,
            shares=shares,
            themes=themes,
            words=branch_words(branch),
            lower="",
            missing="",
            unit="",
            in_catalogue=False,
            open=_open(branch.basis),
        )

    def _leaf(self, leaf: Leaf, depth: int, shares: Shares, themes: tuple[str, ...]) -> TreeRow:
        known = self.catalogue.get(leaf.indicator)
        return TreeRow(
            depth=depth,
            is_branch=False,
            code=leaf.indicator,
            name=self.name(leaf.indicator) if spoken(leaf) == leaf.indicator else spoken(leaf),
            weight=leaf.weight,
            shares=shares,
            themes=[word(THEME_WORDS, theme) for theme in dict.fromkeys(themes)] if leaf.theme else [],
            words=method_words(leaf.score),
            lower=_("越低越好") if leaf.direction == "down" else "",
            missing=missing_words(self.method.missing_of(leaf)),
            unit=known.unit_label if known else leaf.unit,
            in_catalogue=known is not None,
            open=_open(leaf.basis),
        )

    @cached_property
    def rules(self) -> list[dict[str, Any]]:
        return [
            {
                "id": rule.id,
                "outcome": rule.outcome or "",
                "outcome_label": _label(rule.outcome),
                "bars_words": _("排除：%(outcomes)s") % {"outcomes": _("、").join(map(_label, rule.bars))},
                "words": rule_words(rule, self.name),
                "bars": rule.bars,
                "decisive": rule.decisive,
                "enabled": rule.enabled,
                **self._basis(rule.basis),
            }
            for rule in self.method.rules
        ]

    @cached_property
    def adjustments(self) -> list[dict[str, Any]]:
        return [
            {
                "name": spoken(item),
                "per": self.name(item.indicator or item.event or ""),
                "points": item.points,
                "limit": item.limit,
                **self._basis(item.basis),
            }
            for item in self.method.adjustments
        ]

    @cached_property
    def settings(self) -> list[dict[str, Any]]:
        return [
            {
                "name": spoken(item),
                "value": item.value,
                "unit": word(SETTING_UNITS, item.unit),
                **self._basis(item.basis),
            }
            for item in self.method.settings.values()
        ]

    @cached_property
    def grades(self) -> list[dict[str, str]]:
        """Grades, the best first, each with what it takes."""
        grading = self.method.grading
        match grading:
            case Ladder():
                rungs = [
                    {
                        "name": spoken(level),
                        "words": _("；").join(condition_words(c, self.name) for c in level.conditions),
                    }
                    for level in reversed(grading.levels)
                ]
                return [*rungs, {"name": spoken(grading.none), "words": _("未达到以上各级")}]
            case Quota():
                return [{"name": spoken(c), "words": _quota(c.share, c.count)} for c in grading.classes]
            case ScoreBands():
                bands = [
                    {"name": spoken(band), "words": _("%(score)s 分及以上") % {"score": format_number(band.start)}}
                    for band in reversed(grading.bands)
                ]
                return [*bands, {"name": spoken(grading.lowest), "words": _("未达到以上各级")}]
            case Gate():
                return self._gate(grading)
        return []

    def _gate(self, gate: Gate) -> list[dict[str, str]]:
        """The two sides of a gate with the keys each is ordered by, and the rest between them."""
        sides = []
        for picked, words in (
            (gate.upper, _("%(node)s居前 %(gate)s 的，按%(keys)s由高到低取参评数的 %(share)s")),
            (gate.lower, _("%(node)s不在前 %(gate)s 的，按%(keys)s由低到高取参评数的 %(share)s")),
        ):
            keys = _("、").join(map(self.name, picked.by))
            said = {"node": self.name(gate.node), "gate": _percent(gate.share), "share": _percent(picked.share)}
            sides.append({"name": spoken(picked), "words": words % {**said, "keys": keys}})
        return [sides[0], {"name": spoken(gate.rest), "words": _("其余")}, sides[1]]

    @cached_property
    def grading_basis(self) -> dict[str, Any] | None:
        return self._basis(self.method.grading.basis) if self.method.grading is not None else None

    @cached_property
    def open_points(self) -> list[dict[str, Any]]:
        """Everything that is no published fact, with who decides."""
        return [
            {
                "name": spoken(point) or self.name(point.where.removeprefix("rules.")),
                "words": word(CERTAINTIES, point.certainty),
                "tone": CERTAINTY_TONES[point.certainty],
                "decided_by": decider_words(point.decided_by),
            }
            for point in self.method.open_points()
        ]

    @property
    def note(self) -> str:
        return spoken(self.method, "note")

    @property
    def certainty(self) -> str:
        return word(CERTAINTIES, self.method.certainty)

    @property
    def peers(self) -> str:
        return spoken(self.method.peer_group) if self.method.peer_group is not None else _("全省同类园区")

    @property
    def missing(self) -> str:
        return missing_words(self.method.missing)

    @cached_property
    def usual_method(self) -> str:
        """The way most indicators are scored, told once; empty when each has its own."""
        told = Counter(row.words for row in self.tree if not row.is_branch)
        words, number = told.most_common(1)[0]
        return words if number > 1 else ""

    @property
    def other_methods(self) -> bool:
        return any(row.words != self.usual_method for row in self.tree if not row.is_branch)

    def name(self, code: str) -> str:
        """The words for an indicator, a dimension, a rule or an event."""
        return name_of(code, self.method, self.catalogue)

    @staticmethod
    def _basis(basis: Basis) -> dict[str, Any]:
        return {
            "clauses": basis.clauses,
            "source": basis.source,
            "basis": basis_words(basis),
            "tone": CERTAINTY_TONES[basis.certainty],
            "note": spoken(basis, "note"),
        }


def _open(basis: Basis | None) -> str:
    """What is open about a weight or method, with its note; empty when it is published."""
    if basis is None or basis.certainty in ("published", "derived"):
        return ""
    return " ".join(filter(None, [basis_words(basis), spoken(basis, "note")]))


def _label(outcome: str | None) -> str:
    return str(ProposalKind(outcome).label) if outcome else ""


def _quota(share: float | None, count: int | None) -> str:
    if count is not None:
        return _("%(count)s 个") % {"count": count}
    if share is not None:
        return _percent(share)
    return _("其余")


def _percent(share: float) -> str:
    return f"{format_number(100 * share)}%"
