"""What a final decision changes (结果运用): statuses, measures, designations to be changed; policy 十（四） P195–P200."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.enums import NoticeKind, Permission
from accounts.models import User
from accounts.selectors import holders_by_path
from accounts.services import Letter, notices_post
from assessments import clock
from assessments.engine.grading import Ladder
from assessments.enums import (
    ApplicationState,
    ChangeDirection,
    DecisionOutcome,
    MeasureStatus,
    ProposalKind,
    StatusKind,
    Tier,
)
from assessments.ladder import LEVEL_ABOVE, number_of
from assessments.models import Decision, DesignationChange, Measure, Proceeding, ZoneStatus
from assessments.publishing import current_decisions
from assessments.selectors import method_of
from assessments.selectors.consequences import (
    SettingRow,
    barred_from_rising,
    consequence_settings,
    due_on,
    next_step,
    paths_of,
    standing_steps,
)
from assessments.services.measures import end_measure
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
class _Wrought:
    """What the decisions of a proceeding bring, before it is written."""

    statuses: list[ZoneStatus] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    ended: list[tuple[Measure, str]] = field(default_factory=list)
    changes: list[DesignationChange] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)


def promotion_faults(proceeding: Proceeding) -> list[str]:
    """Why decisions to promote can't stand: a zone with an open measure gets no support for its upgrade (P199)."""
    rising = [d for d in current_decisions(proceeding) if d.outcome == DecisionOutcome.PROMOTE]
    barred = barred_from_rising({decision.zone_id for decision in rising}, clock.today())
    message = _("%(zone)s：有未解除的处置措施，依 P199 不支持升级。请先解除措施，或改为其他决定并写明理由。")
    return [message % {"zone": decision.zone.name} for decision in rising if decision.zone_id in barred]


def consequences_apply(*, by: User, proceeding: Proceeding, on: date) -> dict[str, Any]:
    """Write what the decisions of a proceeding change from `on` (结果运用), in the caller's transaction.

    Returns what was done, for the chain of acts: counts, and the zones of measures, changes and withheld promotions.
    """
    decisions = current_decisions(proceeding)
    wrought = _Work(by, proceeding, decisions, on).all()
    for measure, reason in wrought.ended:
        end_measure(measure, MeasureStatus.ESCALATED, by=by, on=on, reason=reason)
    ZoneStatus.objects.bulk_create(wrought.statuses)
    Measure.objects.bulk_create(wrought.measures)
    DesignationChange.objects.bulk_create(wrought.changes)
    _tell(proceeding, decisions, {measure.zone_id: measure for measure in wrought.measures})
    return {
        "statuses": dict(Counter(str(row.kind) for row in wrought.statuses)),
        "measures": {measure.zone.code: str(measure.step) for measure in wrought.measures},
        "changes": {change.zone.code: str(change.direction) for change in wrought.changes},
        "withheld": wrought.withheld,
    }


class _Work:
    """The consequences of one proceeding's decisions; reads in bulk, writes nothing."""

    def __init__(self, by: User, proceeding: Proceeding, decisions: list[Decision], on: date) -> None:
        self.by, self.proceeding, self.decisions, self.on = by, proceeding, decisions, on
        zones = {decision.zone_id for decision in decisions}
        self.settings: dict[str, SettingRow] = consequence_settings()
        self.steps = standing_steps(zones, on, self._value("memory_years"))
        self.open = {m.zone_id: m for m in Measure.objects.select_for_update().open().filter(zone__in=zones)}
        self.plates = _plates(zones, proceeding.zone_class, on)
        rows = ZoneStatus.objects.in_force_on(on).filter(zone__in=zones, kind=StatusKind.CANDIDATE)
        self.listed = {row.zone_id for row in rows if row.value}
        grading = method_of(proceeding.run.scheme.text).grading
        limits_known = not isinstance(grading, Ladder) or any(
            all(condition.value is not None for condition in level.conditions) for level in grading.levels
        )
        self.graded = grading is not None and limits_known

    def _value(self, key: str) -> int:
        return self.settings[key].value or 0

    def all(self) -> _Wrought:
        wrought = _Wrought()
        for decision in self.decisions:
            withheld = decision.outcome == DecisionOutcome.PROMOTE and decision.zone_id in self.open
            if withheld:
                wrought.withheld.append(decision.zone.code)
            self._statuses(decision, wrought, withheld=withheld)
            if decision.outcome in _FIRST:
                self._measure(decision, wrought)
            plate = self.plates.get(decision.zone_id)
            if decision.outcome in _DIRECTIONS and plate is not None and not withheld:
                self._change(decision, plate, wrought)
        return wrought

    def _statuses(self, decision: Decision, wrought: _Wrought, *, withheld: bool) -> None:
        def add(kind: StatusKind, value: str, clauses: Iterable[str], zh: str = "", en: str = "") -> None:
            wrought.statuses.append(
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
        if level or decision.zone_id in self.listed:
            add(StatusKind.CANDIDATE, level, ["P035", "P195"])
        add(StatusKind.APPLICATIONS, *_applications(decision.outcome, withheld=withheld))

    def _measure(self, decision: Decision, wrought: _Wrought) -> None:
        standing, first = self.steps.get(decision.zone_id, 0), self._value(_FIRST[DecisionOutcome(decision.outcome)])
        step = next_step(standing, first, self._value("automatic_limit"))
        before = self.open.get(decision.zone_id)
        if before is not None and number_of(before.step) >= number_of(step):
            return  # what stands is as much or more: it goes on
        with override("zh-hans"):  # what is stored has one language, whoever finalises
            said = f"{self.proceeding.year} 年度考核决定“{decision.get_outcome_display()}”"
            raised = f"{said}，升为{step.label}。"
        if before is not None:
            wrought.ended.append((before, raised))
        fired = [rule for rule in decision.result.fired_rules if rule["outcome"] not in ("", None, ProposalKind.KEEP)]
        clauses = ["P198", *(clause for rule in fired for clause in rule["clauses"])]
        wrought.measures.append(
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
                opened_by=self.by,
                synthetic=self.proceeding.synthetic,
            )
        )

    def _change(self, decision: Decision, plate: Designation, wrought: _Wrought) -> None:
        change = DesignationChange(
            zone=decision.zone,
            designation=plate,
            direction=_DIRECTIONS[DecisionOutcome(decision.outcome)],
            decision=decision,
            opened_on=self.on,
            synthetic=self.proceeding.synthetic,
        )
        if paths_of(change):  # a national plate leads no higher
            wrought.changes.append(change)


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


def _tell(proceeding: Proceeding, decisions: list[Decision], measures: dict[int, Measure]) -> None:
    people = holders_by_path([Permission.OBJECTION_FILE], {d.zone.administration.path for d in decisions})
    letters = []
    for decision in decisions:
        letter = _final_letter(proceeding, decision, measures.get(decision.zone_id))
        letters += [(user, letter) for user in people[decision.zone.administration.path]]
    notices_post(letters=letters, mail=True)


def _final_letter(proceeding: Proceeding, decision: Decision, measure: Measure | None) -> Letter:
    words = {}
    for language in ("zh-hans", "en"):
        with override(language):
            facts = {
                "year": proceeding.year,
                "zone": decision.zone.name,
                "outcome": decision.get_outcome_display(),
                "number": proceeding.bulletin_number,
            }
            title = _("考核结果已定稿：%(year)s 年 %(zone)s") % facts
            text = _("决定为“%(outcome)s”，见通报 %(number)s。") % facts
            if measure is not None:
                due = measure.due_on or _("以批准文件为准")
                text += _("采取的措施：%(step)s，期限 %(due)s。") % {"step": measure.get_step_display(), "due": due}
            words[language] = title, text
    return Letter(
        kind=NoticeKind.ASSESSMENT,
        key=f"final-{proceeding.pk}-{decision.zone.code}",
        title=words["zh-hans"][0],
        title_en=words["en"][0],
        text=words["zh-hans"][1],
        text_en=words["en"][1],
        url=decision.result.get_absolute_url(),
    )
