"""What happened to a return and to a figure (办理记录与历史)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.enums import Duty
from accounts.models import User
from indicators.chain import digest
from indicators.enums import Absence, Channel, ValueSource
from indicators.models import CorrectionItem, Indicator, Reconciliation, Return, Value
from parks.models import Zone


@dataclass(frozen=True)
class Version:
    """A figure as it stood from `at` on, as the database recorded it (历史版本).

    `by` wrote it by `channel`; None where the database knows nobody, as for a write past the portal without a login.
    `before` is the version of the same figure that it replaced; `deleted` tells that it was taken out.
    """

    at: datetime
    by: User | None
    channel: Channel
    number: Decimal | None
    absence: str
    comment: str
    note: str
    revision: int
    synthetic: bool
    deleted: bool = False
    before: Version | None = field(default=None, repr=False)

    @property
    def absence_label(self) -> str:
        return str(Absence(self.absence).label) if self.absence else ""

    @property
    def past_the_portal(self) -> bool:
        """Written around the services (绕过系统)."""
        return self.channel == Channel.DATABASE

    @property
    def figure_changed(self) -> bool:
        """Whether number or absence differ from the version before; else only its explanation or origin did."""
        before = self.before
        return before is None or self.deleted or (self.number, self.absence) != (before.number, before.absence)


@dataclass(frozen=True)
class Line:
    """The life of one figure (一项数字的来历): of the park, of a department, or published; newest version first."""

    source: ValueSource
    department: str
    versions: list[Version]
    source_note: str = ""

    @property
    def department_label(self) -> str:
        return str(Duty(self.department).label) if self.department else ""

    @property
    def current(self) -> Version:
        return self.versions[0]


@dataclass(frozen=True)
class ValueHistory:
    """Everything there is about one zone's figure of one item and period; lines in the order park, department, published."""

    zone: Zone
    indicator: Indicator
    period: str
    lines: list[Line]
    corrections: list[CorrectionItem]
    decisions: list[Reconciliation]


_SOURCES = list(ValueSource)


def value_history(*, zone: Zone, indicator: Indicator, period: str) -> ValueHistory:
    """A figure's whole life (历史): every version of every source, requests to correct it, decisions between sources.

    From the trail that triggers write on every path, so that bulk loads, raw SQL and deletions are in it. A row that was
    once this figure is followed wherever it was moved. The number of queries does not depend on how much there is.
    """
    events = Value.pgh_event_model.objects  # type: ignore[attr-defined]
    place = {"zone": zone, "indicator": indicator, "period": period}
    rows = events.filter(id__in=events.filter(**place).values("id")).select_related("updated_by", "pgh_context")
    by_row: dict[int, list[Any]] = {}
    for event in rows.order_by("pgh_id"):
        by_row.setdefault(event.id, []).append(event)
    people = _people(event for trail in by_row.values() for event in trail)
    lines = [_line(trail, people) for trail in by_row.values()]
    items = CorrectionItem.objects.filter(
        indicator=indicator, correction__return_ref__zone=zone, correction__return_ref__round__period=period
    )
    related = items.select_related("indicator", "correction__requested_by", "correction__decided_by")
    decisions = Reconciliation.objects.filter(**place).select_related("decided_by")
    return ValueHistory(
        zone,
        indicator,
        period,
        sorted(lines, key=lambda line: (_SOURCES.index(line.source), line.department)),
        list(related.order_by("-pk")),
        list(decisions),
    )


def _people(events: Iterable[Any]) -> dict[int, User]:
    """Who was logged in for the writes that came past the services, from the context the database kept."""
    return User.objects.in_bulk({user for event in events if (user := _logged_in(event)) is not None})


def _logged_in(event: Any) -> int | None:
    user = (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None
    return user if isinstance(user, int) else None


def _line(trail: list[Any], people: dict[int, User]) -> Line:
    versions: list[Version] = []
    for event in trail:
        deleted = event.pgh_label == "delete"
        past = deleted or event.channel == Channel.DATABASE
        # A write past the services leaves the name of whoever wrote before: it says nothing about this one.
        by = people.get(_logged_in(event) or 0) if past else event.updated_by
        version = Version(
            at=event.pgh_created_at,
            by=by,
            channel=Channel.DATABASE if past else Channel(event.channel),
            number=event.number,
            absence=event.absence,
            comment=event.comment,
            note="" if past else event.change_note,
            revision=event.revision,
            synthetic=event.synthetic,
            deleted=deleted,
            before=replace(versions[-1], before=None) if versions else None,
        )
        versions.append(version)
    last = trail[-1]
    return Line(ValueSource(last.source), last.department, versions[::-1], last.source_note)


def acts_intact(return_: Return) -> bool:
    """Whether the hash chain of a return's acts holds: none changed, removed in between, or put in."""
    previous = ""
    for act in return_.acts.order_by("pk"):
        if act.previous_digest != previous or act.digest != digest(act, previous):
            return False
        previous = act.digest
    return True
