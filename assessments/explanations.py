"""A result's explanation arranged for its page (结果解释): verdict, rules, indicators by dimension, lines, what is open."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from assessments.calculation import outcome_above
from assessments.engine import Scheme as Method
from assessments.engine.grading import Ladder
from assessments.engine.rules import COMPARE
from assessments.enums import DecisionOutcome, ProposalKind
from assessments.models import Result
from assessments.rule_words import SIGNS, rule_words
from assessments.selectors import name_of, spoken
from assessments.words import CERTAINTIES, POLICIES, SETTING_UNITS, decider_words, word
from common.numbers import format_number
from indicators.models import Indicator

Plain = dict[str, Any]


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator: figures in `unit` with `digits` decimals, weight in percent, points of the scheme's scale."""

    code: str
    name: str
    unit: str
    digits: int
    in_catalogue: bool
    raw: float | None
    before: float | None
    median: float | None
    normalised: float | None
    weight: float | None
    points: float | None
    lost: float | None
    against_median: float | None
    missing: bool
    policy: str


@dataclass(frozen=True)
class DimensionRow:
    """A first-level dimension with its indicators; `median` is the sum of the peers' medians of its points."""

    code: str
    name: str
    weight: float | None
    points: float | None
    lost: float | None
    median: float | None
    indicators: list[IndicatorRow] = field(default_factory=list)


@dataclass(frozen=True)
class RuleRow:
    """A rule as it met this zone: what it found, what it asks, conditions, clauses, who decides the open part."""

    outcome: str
    text: str
    definition: str
    conditions: list[Plain]
    clauses: list[str]
    source: str
    certainty: str
    certainty_words: str
    decided_by: str

    @property
    def outcome_label(self) -> str:
        return str(ProposalKind(self.outcome).label) if self.outcome else ""


@dataclass(frozen=True)
class CutRow:
    """A line at `needed` points, and in words on which side of it the zone stands and how far away."""

    label: str
    needed: float
    state: str


class ResultPage:
    """What the page of one result shows; `catalogue` holds the indicators by code, `told` the earlier years to be shown."""

    def __init__(
        self, result: Result, method: Method, catalogue: Mapping[str, Indicator], told: Container[int]
    ) -> None:
        self.result = result
        self.method = method
        self.catalogue = catalogue
        self.told = told
        self.found: Plain = result.explanation
        self._rules_by_id = {rule.id: rule for rule in method.rules}
        self.fired = [self._rule(row) for row in self.found["rules"]]
        self.unknown = [self._rule(row) for row in self.found["unknown_rules"]]
        self.inactive = [self._rule(row) for row in self.found["inactive_rules"]]
        self.dimensions = self._dimensions()
        self.adjustments = [row | {"name": spoken(row)} for row in self.found["adjustments"] if row["points"]]
        self.cuts = [self._cut(row) for row in self.found["cuts"]]

    @property
    def indicators(self) -> list[IndicatorRow]:
        return [row for dimension in self.dimensions for row in dimension.indicators]

    @property
    def missing(self) -> list[IndicatorRow]:
        return [row for row in self.indicators if row.missing]

    @property
    def missing_words(self) -> str:
        """What the scheme does with a blank where an indicator says nothing else."""
        return word(POLICIES, self.method.missing.policy)

    @property
    def coverage(self) -> Plain:
        return dict(self.found["coverage"])

    @property
    def comparable(self) -> Plain:
        """`since`: the first year that compares with this one (None: all do); `restated`: whether the year before it was."""
        return dict(self.found.get("comparable", {}))

    @property
    def certainty(self) -> Plain | None:
        """Share of the draws by proposal and grade, the likeliest first; None for a run from before they were drawn."""
        found = self.found.get("certainty")
        if not found:
            return None
        proposals = sorted(found["proposals"].items(), key=lambda item: -item[1])
        shares = [{"kind": ProposalKind(kind), "share": share} for kind, share in proposals if share > 0]
        return dict(found) | {"shares": shares}

    @property
    def nearest_cut(self) -> CutRow | None:
        """The line nearest to the score."""
        cut = self.found.get("nearest_cut")
        return self._cut(cut) if cut else None

    @property
    def contested(self) -> bool:
        return bool(self.found["contested"])

    @property
    def grade(self) -> str:
        grade = self.found["grade"]
        return spoken(grade) if grade else ""

    @property
    def peer_group(self) -> str:
        """The group's name in the reader's language where it is the scheme's one group."""
        group = self.method.peer_group
        return spoken(group) if group and group.name_zh == self.result.peer_group else self.result.peer_group

    @property
    def grades_unset(self) -> bool:
        """Whether no rung of the ladder has all its limits yet, so that nobody can stand on one."""
        grading = self.method.grading
        return isinstance(grading, Ladder) and all(
            any(condition.value is None for condition in level.conditions) for level in grading.levels
        )

    @property
    def past(self) -> list[Plain]:
        """Places of earlier years with what was decided, the latest first; years the reader is not told of are left out."""
        rows = [entry for entry in self.found.get("past", []) if entry["year"] in self.told]
        rows.sort(key=lambda entry: -entry["year"])
        return [row | {"outcome": DecisionOutcome(row["decision"])} if row.get("decision") else row for row in rows]

    @property
    def has_decisions(self) -> bool:
        return any("outcome" in row for row in self.past)

    @property
    def before(self) -> Plain | None:
        """The place of the year before."""
        return next((entry for entry in self.past if entry["year"] == self.result.run.year - 1), None)

    @property
    def moved(self) -> int | None:
        """Places won (positive) or lost since the year before."""
        if self.before is None or self.result.rank is None:
            return None
        return int(self.before["rank"]) - self.result.rank

    @property
    def verdict(self) -> str:
        """One sentence: the proposal and what brought it about."""
        label = self.result.get_proposal_display()
        reasons = [rule.text for rule in self.fired if rule.outcome == self.result.proposal]
        if reasons:
            return _("%(proposal)s：%(reasons)s。") % {"proposal": label, "reasons": _("；").join(reasons)}
        if self.result.proposal == ProposalKind.UNDECIDED:
            return _("%(proposal)s：缺报的数据可能改变结论，补报核实后再定。") % {"proposal": label}
        return _("%(proposal)s：没有触发升、降或关注的规则。") % {"proposal": label}

    @property
    def open_settings(self) -> list[Plain]:
        """Settings of the scheme that are assumed or unknown, with who decides them."""
        return [
            {
                "name": spoken(setting),
                "value": setting.value,
                "unit": word(SETTING_UNITS, setting.unit),
                "certainty": setting.basis.certainty,
                "words": word(CERTAINTIES, setting.basis.certainty),
                "decided_by": decider_words(setting.basis.decided_by),
            }
            for setting in self.method.settings.values()
            if setting.basis.certainty in ("assumed", "unknown")
        ]

    def _dimensions(self) -> list[DimensionRow]:
        rows: dict[str, DimensionRow] = {}
        summed = {row["code"]: row for row in self.found["dimensions"]}
        for row in self.found["indicators"]:
            top = row["path"][0] if row["path"] else self.method.tree.code
            if top not in rows:
                below = [r for r in self.found["indicators"] if (r["path"] or [self.method.tree.code])[0] == top]
                whole = summed[top]
                rows[top] = DimensionRow(
                    top,
                    spoken(whole),
                    _percent(whole["weight"]),
                    whole["points"],
                    self._lost(whole),
                    _sum(r["peer_median_points"] for r in below),
                )
            rows[top].indicators.append(self._indicator(row))
        return list(rows.values())

    def _indicator(self, row: Plain) -> IndicatorRow:
        known = self.catalogue.get(row["indicator"])
        return IndicatorRow(
            code=row["indicator"],
            name=spoken(row) if spoken(row) != row["indicator"] or known is None else known.label,
            unit=known.unit_label if known else row["unit"],
            digits=known.decimals if known else 2,
            in_catalogue=known is not None,
            raw=row["raw"],
            before=row["raw_before"],
            median=row["peer_median_raw"],
            normalised=row["normalised"],
            weight=_percent(row["weight"]),
            points=row["points"],
            lost=self._lost(row),
            against_median=row["points_vs_median"],
            missing=row["missing"],
            policy=word(POLICIES, row["missing_policy"]) if row["missing_policy"] else "",
        )

    def _lost(self, row: Plain) -> float | None:
        """Points short of the most there is to get; unknown where the method has no upper end."""
        if row["weight"] is None or row["points"] is None:
            return None
        lost = float(row["weight"] * self.method.scale - row["points"])
        return max(lost, 0.0) if lost > -1e-6 else None

    def _rule(self, row: Plain) -> RuleRow:
        rule = self._rules_by_id[row["id"]]
        return RuleRow(
            outcome=row["outcome"] or "",
            text=spoken(row, "text").rstrip("。."),
            definition=rule_words(rule, self._name),
            conditions=[self._condition(condition) for condition in row["conditions"]]
            if len(row["conditions"]) > 1
            else [],
            clauses=row["clauses"],
            source=row["source"],
            certainty=row["certainty"],
            certainty_words=word(CERTAINTIES, row["certainty"]),
            decided_by=decider_words(row["decided_by"]),
        )

    def _condition(self, row: Plain) -> Plain:
        """A condition with words and whether it holds; a blank or an unset limit never does."""
        known = row["value"] is not None and row["limit"] is not None
        held = known and COMPARE[row["op"]](row["value"], row["limit"])
        unit = self.catalogue[row["measure"]].unit_label if row["measure"] in self.catalogue else ""
        return row | {"name": self._name(row["measure"]), "unit": unit, "sign": SIGNS[row["op"]], "held": held}

    def _name(self, code: str) -> str:
        """The words for an indicator, a dimension, a rule or an event."""
        return name_of(code, self.method, self.catalogue)

    def _cut(self, row: Plain) -> CutRow:
        outcome = row["outcome"] or outcome_above(self.method, row["id"])
        label = _("%(name)s线") % {"name": ProposalKind(outcome).label if outcome else self._line(row)}
        feared = outcome in (ProposalKind.WATCH, ProposalKind.DEMOTE, ProposalKind.EXIT)
        words = {
            (False, True): _("已达到，高出 %(points)s 分"),
            (False, False): _("未达到，还差 %(points)s 分"),
            (True, True): _("在线下，还差 %(points)s 分离开"),
            (True, False): _("在线上，高出 %(points)s 分"),
        }[feared, row["inside"]]
        return CutRow(label, row["score_needed"], words % {"points": format_number(abs(row["gap"]), 2)})

    def _line(self, row: Plain) -> str:
        """The name of a line without a proposal: a grade, or a rule that others build on."""
        if row["kind"] == "grade" and self.method.grading is not None:
            return next((spoken(named) for named in self.method.grading.names() if named.code == row["id"]), row["id"])
        return self._name(row["id"])


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _sum(numbers: Any) -> float | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
