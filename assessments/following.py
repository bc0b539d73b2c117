"""What a proceeding's decisions change when it is made final (定稿带来的变动), worked out and not written; P195–P200.

The one place that reckons it: the page and the API show it beforehand, `services.consequences.consequences_apply` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.translation import override

from accounts.enums import Permission
from accounts.models import User
from accounts.selectors import holders_by_path
from assessments.engine.grading import Ladder
from assessments.enums import ApplicationState, ChangeDirection, DecisionOutcome, ProposalKind, StatusKind, Tier
from assessments.inputs import digest
from assessments.ladder import LEVEL_ABOVE, number_of
from assessments.models import Decision, DesignationChange, Measure, Proceeding, ZoneStatus
from assessments.publishing import current_decisions
from assessments.selectors.consequences import (
    SettingRow,
    consequence_settings,
    due_on,
    next_step,
    paths_of,
    standing_steps,
)
from assessments.selectors.methods import method_of
from parks.enums import DesignationLevel, ZoneClass
from parks.models import Designation

_FIRST = {
    DecisionOutcome.WATCH: "watch_step",
    DecisionOutcome.DEMOTE: "demote_step",
    DecisionOutcome.EXIT: "exit_step",
}
_DIRECTIONS = {
    DecisionOutcome.PROMOTE: ChangeDirection.UP,
    DecisionOutcome.DEMOTE: ChangeDirection.DOWN,
    DecisionOutcome.EXIT: ChangeDirection.OUT,
}
_LEVELS = [DesignationLevel.NATIONAL, DesignationLevel.PROVINCIAL, DesignationLevel.PROVINCE_DESIGNATED]


@dataclass
class Following:
    """What the decisions of a proceeding bring from a day on; nothing of it is saved yet.

    `before`: the status in force of a zone and kind. `ended`: measures that give way to a higher step, with the reason.
    `kept`: open measures that are as high already and go on. `withheld`: promotions barred by an open measure (P199).
    `unmoved`: decisions up, down or out that open no change, as no plate of the class is in force or none leads there.
    """

    proceeding: Proceeding
    on: date
    decisions: list[Decision]
    before: dict[tuple[int, str], ZoneStatus]
    statuses: list[ZoneStatus] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    ended: list[tuple[Measure, str]] = field(default_factory=list)
    kept: list[Measure] = field(default_factory=list)
    changes: list[DesignationChange] = field(default_factory=list)
    withheld: list[Decision] = field(default_factory=list)
    unmoved: list[Decision] = field(default_factory=list)

    @cached_property
    def people(self) -> dict[str, list[User]]:
        """Who is told of a zone's result, by the path of the zone's administration."""
        return holders_by_path([Permission.OBJECTION_FILE], {d.zone.administration.path for d in self.decisions})

    @property
    def digest(self) -> str:
        """The fingerprint of all that would be written: who has seen it can tell whether it is still so."""
        return digest(
            {
                "statuses": [[row.zone.code, row.kind, row.value, row.label_zh] for row in self.statuses],
                "measures": [
                    [row.zone.code, row.step, str(row.due_on or ""), row.previous_id or 0] for row in self.measures
                ],
                "changes": [[row.zone.code, row.designation.code, row.direction] for row in self.changes],
                "withheld": [decision.zone.code for decision in self.withheld],
                "on": str(self.on),
            }
        )

    def status_before(self, row: ZoneStatus) -> ZoneStatus | None:
        return self.before.get((row.zone_id, row.kind))

    def is_news(self, row: ZoneStatus) -> bool:
        """Whether a status differs from the one in force; applications are met as usual where nothing was ever decided."""
        before = self.status_before(row)
        if before is None:
            return row.kind != StatusKind.APPLICATIONS or row.value != ApplicationState.NORMAL
        return (before.value, before.label_zh) != (row.value, row.label_zh)


def following(proceeding: Proceeding, on: date, *, lock: bool = False) -> Following:
    """What the decisions in force of a proceeding change from `on`; the number of queries does not depend on the zones.

    `lock`: hold the zones' open measures until the caller's transaction ends.
    """
    decisions = current_decisions(proceeding)
    for decision in decisions:
        decision.result.zone = decision.zone  # the same row: addresses of results need its code
    return _Work(proceeding, decisions, on, lock=lock).all()


class _Work:
    """The consequences of one proceeding's decisions; reads in bulk, writes nothing."""

    def __init__(self, proceeding: Proceeding, decisions: list[Decision], on: date, *, lock: bool) -> None:
        self.proceeding, self.on = proceeding, on
        zones = {decision.zone_id for decision in decisions}
        self.settings: dict[str, SettingRow] = consequence_settings()
        self.steps = standing_steps(zones, on, self._value("memory_years"))
        measures = Measure.objects.open().filter(zone__in=zones).select_related("zone")
        self.open = {m.zone_id: m for m in (measures.select_for_update(of=("self",)) if lock else measures)}
        self.plates = _plates(zones, proceeding.zone_class, on)
        rows = ZoneStatus.objects.in_force_on(on).filter(zone__in=zones)
        self.found = Following(proceeding, on, decisions, {(row.zone_id, row.kind): row for row in rows})
        grading = method_of(proceeding.run.scheme.text).grading
        limits_known = not isinstance(grading, Ladder) or any(
            all(condition.value is not None for condition in level.conditions) for level in grading.levels
        )
        self.graded = grading is not None and limits_known

    def _value(self, key: str) -> int:
        return self.settings[key].value or 0

    def all(self) -> Following:
        found = self.found
        for decision in found.decisions:
            withheld = decision.outcome == DecisionOutcome.PROMOTE and decision.zone_id in self.open
            if withheld:
                found.withheld.append(decision)
            self._statuses(decision, withheld=withheld)
            if decision.outcome in _FIRST:
                self._measure(decision)
            if decision.outcome in _DIRECTIONS and not withheld:
                self._change(decision)
        return found

    def _statuses(self, decision: Decision, *, withheld: bool) -> None:
        def add(kind: StatusKind, value: str, clauses: Iterable[str], zh: str = "", en: str = "") -> None:
            self.found.statuses.append(
                ZoneStatus(
                    zone=decision.zone,
                    kind=kind,
                    value=value,
                    label_zh=zh,
                    label_en=en,
                    valid_from=self.on,
                    decision=decision,
                    clauses=list(clauses),
                    synthetic=self.proceeding.synthetic,
                )
            )

        result, grade = decision.result, decision.grade  # type: ignore[attr-defined]
        if self.graded and grade:
            add(StatusKind.GRADE, grade["code"], ["P195"], grade["name_zh"], grade["name_en"])
        cut = self.settings["tier_cut"].value
        if self.proceeding.zone_class == ZoneClass.CLUSTER and cut is not None and result.rank is not None:
            high = 100 * result.rank <= cut * result.group_size
            add(StatusKind.TIER, Tier.HIGH if high else Tier.LOW, ["P042"])
        plate = self.plates.get(decision.zone_id)
        rises = decision.outcome == DecisionOutcome.PROMOTE and plate is not None and not withheld
        level = LEVEL_ABOVE.get(plate.level, "") if rises and plate is not None else ""
        listed = self.found.before.get((decision.zone_id, StatusKind.CANDIDATE))
        if level or (listed is not None and listed.value):
            add(StatusKind.CANDIDATE, level, ["P035", "P195"])
        add(StatusKind.APPLICATIONS, *_applications(decision.outcome, withheld=withheld))

    def _measure(self, decision: Decision) -> None:
        standing, first = self.steps.get(decision.zone_id, 0), self._value(_FIRST[DecisionOutcome(decision.outcome)])
        step = next_step(standing, first, self._value("automatic_limit"))
        before = self.open.get(decision.zone_id)
        if before is not None and number_of(before.step) >= number_of(step):
            self.found.kept.append(before)  # what stands is as much or more: it goes on
            return
        with override("zh-hans"):  # what is stored has one language, whoever finalises
            said = f"{self.proceeding.year} 年度考核决定“{decision.get_outcome_display()}”"
            raised = f"{said}，升为{step.label}。"
        if before is not None:
            self.found.ended.append((before, raised))
        fired = [rule for rule in decision.result.fired_rules if rule["outcome"] not in ("", None, ProposalKind.KEEP)]
        clauses = ["P198", *(clause for rule in fired for clause in rule["clauses"])]
        self.found.measures.append(
            Measure(
                zone=decision.zone,
                step=step,
                opened_on=self.on,
                due_on=due_on(step, self.on, self.settings),
                decision=decision,
                previous=before,
                triggers=[{name: rule[name] for name in ("id", "clauses", "text_zh", "text_en")} for rule in fired],
                clauses=list(dict.fromkeys(clauses)),
                reason=decision.reason or f"{said}。",
                synthetic=self.proceeding.synthetic,
            )
        )

    def _change(self, decision: Decision) -> None:
        plate = self.plates.get(decision.zone_id)
        if plate is not None:
            change = DesignationChange(
                zone=decision.zone,
                designation=plate,
                direction=_DIRECTIONS[DecisionOutcome(decision.outcome)],
                decision=decision,
                opened_on=self.on,
                synthetic=self.proceeding.synthetic,
            )
            if paths_of(change):
                self.found.changes.append(change)
                return
        self.found.unmoved.append(decision)  # a national plate leads no higher


def _applications(outcome: str, *, withheld: bool) -> tuple[ApplicationState, list[str]]:
    if outcome == DecisionOutcome.PROMOTE and not withheld:
        return ApplicationState.PRIORITY, ["P196"]
    if outcome == DecisionOutcome.EXIT:
        return ApplicationState.BLOCKED, ["P199", "P200"]
    return ApplicationState.NORMAL, ["P194"]


def _plates(zones: Iterable[int], zone_class: str, on: date) -> dict[int, Designation]:
    """Each zone's plate of the class in force, the one of the highest level."""
    rows = Designation.objects.in_force_on(on).filter(zone__in=zones, zone_class=zone_class, valid_to=None)
    found: dict[int, Designation] = {}
    for plate in sorted(rows, key=lambda row: (_LEVELS.index(DesignationLevel(row.level)), row.code)):
        found.setdefault(plate.zone_id, plate)
    return found
