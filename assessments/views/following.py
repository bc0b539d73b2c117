"""What making a proceeding final would change, as its page shows it (定稿前的预告): grouped, counted, changes only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _

from assessments.enums import ApplicationState, ChangeDirection, ProceedingStatus, StatusKind
from assessments.following import Following
from assessments.ladder import number_of
from assessments.models import DesignationChange, Measure, ZoneStatus
from parks.models import Zone

FORESEEN = frozenset({ProceedingStatus.CONFIRMING, ProceedingStatus.REVIEWING})
"""When the page says what would follow: before the second person confirms, and before it is made final."""


@dataclass(frozen=True)
class Row:
    """Zones to which the same happens: what it is about, from what to what, by which clauses, in which colour."""

    kind: str
    before: str
    after: str
    zones: list[Zone]
    clauses: list[str] = field(default_factory=list)
    tone: str = "mute"
    note: str = ""


@dataclass(frozen=True)
class Foreseen:
    """The rows, and what is told beside them: `same` statuses that stay, notices, zones that nobody is told of."""

    rows: list[Row]
    zones: int
    same: int
    kept: list[Zone]
    unmoved: list[Zone]
    notices: int
    people: int
    untold: list[Zone]


def foreseen(found: Following) -> Foreseen:
    """Group what would follow; no query but the one for who is told."""
    news = [row for row in found.statuses if found.is_news(row)]
    touched = {row.zone_id for row in news} | {measure.zone_id for measure in found.measures}
    touched |= {change.zone_id for change in found.changes}
    told = [found.people[decision.zone.administration.path] for decision in found.decisions]
    return Foreseen(
        rows=[*_statuses(found, news), *_measures(found.measures), *_changes(found), *_withheld(found)],
        zones=len(touched),
        same=len(found.statuses) - len(news),
        kept=[measure.zone for measure in found.kept],
        unmoved=[decision.zone for decision in found.unmoved],
        notices=sum(map(len, told)),
        people=len({user.pk for users in told for user in users}),
        untold=[decision.zone for decision, users in zip(found.decisions, told, strict=True) if not users],
    )


def _statuses(found: Following, news: Iterable[ZoneStatus]) -> Iterator[Row]:
    kinds = list(StatusKind)

    def words(row: ZoneStatus) -> tuple[int, str, str]:
        before = found.status_before(row)
        none = str(ApplicationState.NORMAL.label) if row.kind == StatusKind.APPLICATIONS else ""
        return kinds.index(StatusKind(row.kind)), row.label, before.label if before else none

    for (kind, after, before), grouped in groupby(sorted(news, key=words), key=words):
        rows = list(grouped)
        yield Row(
            str(kinds[kind].label), before, after, [row.zone for row in rows], rows[0].clauses, _status_tone(rows[0])
        )


def _status_tone(row: ZoneStatus) -> str:
    match row.kind, row.value:
        case StatusKind.APPLICATIONS, ApplicationState.BLOCKED:
            return "bad"
        case (StatusKind.APPLICATIONS, ApplicationState.PRIORITY) | (StatusKind.CANDIDATE, _) if row.value:
            return "ok"
    return "info"


def _measures(measures: Iterable[Measure]) -> Iterator[Row]:
    def alike(measure: Measure) -> tuple[int, int, str]:
        before = number_of(measure.previous.step) if measure.previous else 0
        return number_of(measure.step), before, str(measure.due_on or "")

    for _key, grouped in groupby(sorted(measures, key=alike), key=alike):
        rows = list(grouped)
        first = rows[0]
        due = _("期限 %(day)s") % {"day": first.due_on} if first.due_on else _("期限以批准文件为准")
        before = first.previous.get_step_display() if first.previous else ""
        zones = [measure.zone for measure in rows]
        yield Row(_("处置措施"), before, first.get_step_display(), zones, ["P198"], "bad", due)


def _changes(found: Following) -> Iterator[Row]:
    def alike(change: DesignationChange) -> tuple[str, str]:
        plate = change.designation
        return change.direction, plate.short_label

    for (direction, plate), grouped in groupby(sorted(found.changes, key=alike), key=alike):
        rows = list(grouped)
        up = direction == ChangeDirection.UP
        zones, note = [change.zone for change in rows], _("待批准，批准前称号不变")
        label = rows[0].get_direction_display()
        yield Row(_("称号变动"), plate, label, zones, ["P035" if up else "P195"], "ok" if up else "bad", note)


def _withheld(found: Following) -> Iterator[Row]:
    if found.withheld:
        zones = [decision.zone for decision in found.withheld]
        note = _("有未解除的措施，不支持升级")
        yield Row(_("晋级不生效"), "", _("不列入候选、不变动称号"), zones, ["P199"], "warn", note)
