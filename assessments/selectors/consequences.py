"""Reads on what follows a verdict (结果运用查询): settings in force, the next step, how applications are met."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import ApplicationState, MeasureStatus, MeasureStep, StatusKind
from assessments.ladder import SETTINGS, Path, Setting, days_key, number_of, paths_from, step_at
from assessments.models import ConsequenceSetting, DesignationChange, Measure, MeasureOrder, ZoneStatus
from parks.models import Zone


@dataclass(frozen=True)
class SettingRow:
    """A setting with its value in force; `decided` is None while it is only a starting value."""

    setting: Setting
    decided: ConsequenceSetting | None

    @property
    def value(self) -> int | None:
        return self.setting.default if self.decided is None else self.decided.value


def consequence_settings() -> dict[str, SettingRow]:
    """All settings by key; one query."""
    decided = {row.key: row for row in ConsequenceSetting.objects.select_related("set_by")}
    return {key: SettingRow(setting, decided.get(key)) for key, setting in SETTINGS.items()}


def due_on(step: str, day: date, rows: dict[str, SettingRow]) -> date | None:
    """The last day of a step that begins on `day`; None where the step has no limit."""
    days = rows[days_key(step)].value
    return None if days is None else day + timedelta(days=days)


def standing_steps(zones: Collection[int], on: date, memory_years: int) -> dict[int, int]:
    """The highest step of each zone's ladder that still counts on a day: open ones, and those ended within the memory."""
    since = on - timedelta(days=365 * memory_years)
    counted = Measure.objects.filter(zone__in=zones, opened_on__lte=on).filter(
        Q(status=MeasureStatus.OPEN) | Q(closed_on__gte=since)
    )
    highest: dict[int, int] = {}
    for zone, step in counted.order_by().values_list("zone", "step"):
        highest[zone] = max(highest.get(zone, 0), number_of(step))
    return highest


def next_step(standing: int, first: int, limit: int) -> MeasureStep:
    """The step that follows: one above what still counts, at least the first of its verdict, at most what comes by itself."""
    return step_at(max(first, min(standing + 1 if standing else 0, limit)))


@dataclass(frozen=True)
class Because:
    """One ground of a standing: words, clauses, and where to read more."""

    text: str
    clauses: tuple[str, ...]
    href: str = ""


@dataclass(frozen=True)
class Standing:
    """How applications of a zone for expansion, adjustment, upgrade and the catalogue are met on a day (申报待遇)."""

    state: ApplicationState
    because: tuple[Because, ...]


def application_standing(zone: Zone, on: date) -> Standing:
    """Whether a zone comes first, as usual or not at all with its applications, and why; policy P196, P199, P200.

    Blocked while a measure is open, or a final decision says that the zone leaves; else what its last final decision says.
    """
    measures = list(Measure.objects.open_on(on).filter(zone=zone))
    said = ZoneStatus.objects.in_force_on(on).filter(zone=zone, kind=StatusKind.APPLICATIONS)
    newest = said.select_related("decision__proceeding", "decision__result__zone").first()
    state = ApplicationState(newest.value) if newest else ApplicationState.NORMAL
    because = [_measure_stands(measure) for measure in measures]
    if newest is not None and (not measures or state == ApplicationState.BLOCKED):
        because.append(_decision_says(newest))
    return Standing(ApplicationState.BLOCKED if measures else state, tuple(because))


def _measure_stands(measure: Measure) -> Because:
    words = {"day": measure.opened_on, "step": measure.get_step_display()}
    text = (
        _("%(day)s 起有未解除的措施：%(step)s（考核决定之外）")
        if measure.order_id
        else _("%(day)s 起有未解除的措施：%(step)s")
    )
    return Because(text % words, ("P199", "P200"), measure.get_absolute_url())


def _decision_says(row: ZoneStatus) -> Because:
    words = {"year": row.decision.proceeding.year, "outcome": row.decision.get_outcome_display()}
    text = _("%(year)s 年度考核决定：%(outcome)s") % words
    return Because(text, tuple(row.clauses), row.decision.result.get_absolute_url())


@dataclass(frozen=True)
class ZoneConsequences:
    """All of it about one zone: statuses in force and of the past, measures, changes of its plates."""

    in_force: list[ZoneStatus]
    statuses: list[ZoneStatus]
    measures: list[Measure]
    changes: list[DesignationChange]

    @property
    def any(self) -> bool:
        return bool(self.statuses or self.measures or self.changes)


def zone_consequences(zone: Zone, on: date) -> ZoneConsequences:
    """What final decisions have brought a zone, the newest first."""
    statuses = list(zone.statuses.select_related("decision__proceeding"))
    in_force: dict[str, ZoneStatus] = {}
    for row in statuses:  # newest first
        if row.valid_from <= on:
            in_force.setdefault(row.kind, row)
    shown = [in_force[kind] for kind in StatusKind.values if kind in in_force and in_force[kind].value]
    changes = zone.designation_changes.select_related("designation", "new_designation", "decision__proceeding")
    return ZoneConsequences(
        shown, statuses, list(zone.measures.select_related("decision__proceeding", "order")), list(changes)
    )


def first_time_at(row: ZoneStatus, statuses: Iterable[ZoneStatus]) -> bool:
    """Whether a zone never had this grade before."""
    return not any(
        other.kind == row.kind and other.value == row.value and other.valid_from < row.valid_from for other in statuses
    )


def paths_of(change: DesignationChange) -> list[Path]:
    """The ways a change may take, from the plate it concerns."""
    plate = change.designation
    return paths_from(plate.zone_class, plate.level, change.direction)


@dataclass(frozen=True)
class Waiting:
    """What the office has to follow up."""

    open: int
    overdue: int
    changes: int
    orders: int


def waiting_for(user: User, day: date) -> Waiting:
    """Of the zones the user sees: open and overdue measures, changes awaiting approval, orders awaiting a second person."""
    measures = Measure.objects.visible_to(user)
    changes = DesignationChange.objects.visible_to(user).due()
    orders = MeasureOrder.objects.visible_to(user).waiting().count() if user.may(Permission.MEASURE_ACT) else 0
    return Waiting(measures.open().count(), measures.overdue(day).count(), changes.count(), orders)


def barred_from_rising(zones: Collection[int], on: date) -> set[int]:
    """Zones with an open measure: no support for their upgrade (P199)."""
    return set(Measure.objects.open_on(on).filter(zone__in=zones).values_list("zone", flat=True))


def candidates(level: str, on: date) -> list[ZoneStatus]:
    """Zones on the list of candidates for a level on a day."""
    rows = ZoneStatus.objects.in_force_on(on).filter(kind=StatusKind.CANDIDATE).values("pk")
    found = ZoneStatus.objects.filter(pk__in=rows, value=level).select_related("zone__city", "decision__proceeding")
    return list(found.order_by("zone__code"))
