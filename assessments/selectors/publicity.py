"""Reads for publications, objections and the calendar (公示、异议、工作日历查询)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, QuerySet, When
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import User
from assessments.engine import Scheme as Method
from assessments.enums import DecisionOutcome, ObjectionStatus, ProceedingStatus
from assessments.models import Decision, Objection, Proceeding, Publication
from assessments.selectors.methods import method_of, spoken
from assessments.workdays import workday_after
from parks.enums import ZoneClass
from parks.models import Zone
from parks.provinces import own_rows

OWN_LINKS = 40
"""Zones of one's own that a publication lists with links; a department's whole reach is no list of one's own."""


@dataclass(frozen=True)
class PublicRow:
    """A zone as the published content has it; "" and None where the disclosure leaves it out."""

    zone: str
    name: str
    city: str
    rank: int | None
    group_size: int | None
    grade: str
    outcome: str
    outcome_label: str


@dataclass(frozen=True)
class PublicPage:
    """The content of a publication in the reader's words, and which columns it has."""

    zone_class: str
    year: int
    scheme: str
    version: str
    window_days: int
    rows: list[PublicRow]

    @property
    def has_rank(self) -> bool:
        return any(row.rank is not None for row in self.rows)

    @property
    def has_grade(self) -> bool:
        return any(row.grade for row in self.rows)

    @property
    def has_outcome(self) -> bool:
        return any(row.outcome for row in self.rows)


def public_page(content: Mapping[str, Any], method: Method) -> PublicPage:
    """The published content, word for word, with codes told in the reader's language."""
    grades = {named.code: spoken(named) for named in method.grading.names()} if method.grading is not None else {}
    outcomes: dict[str, str] = {value: str(label) for value, label in DecisionOutcome.choices}
    name_zh, name_en, version = content["scheme"]
    return PublicPage(
        zone_class=str(ZoneClass(content["zone_class"]).label),
        year=content["year"],
        scheme=spoken({"name_zh": name_zh, "name_en": name_en}),
        version=version,
        window_days=content["window_days"],
        rows=[
            PublicRow(
                row["zone"],
                row["name"],
                row["city"],
                row.get("rank"),
                row.get("group_size"),
                grades.get(row.get("grade", ""), row.get("grade", "")),
                row.get("outcome", ""),
                outcomes.get(row.get("outcome", ""), ""),
            )
            for row in content["rows"]
        ],
    )


def publications() -> QuerySet[Publication]:
    """All that was published, the newest first: open to everyone from their moment on."""
    return Publication.objects.select_related("proceeding", "run__scheme").defer(
        "run__inputs", "run__scheme__text", "proceeding__minutes"
    )


def publication_method(publication: Publication) -> Method:
    return method_of(publication.run.scheme.text)


def later(publication: Publication) -> Publication | None:
    """The newest publication of the same proceeding, if it came after this one."""
    after = Publication.objects.filter(proceeding=publication.proceeding_id, sequence__gt=publication.sequence)
    return after.defer("content").order_by("-sequence").first()


def own_zones(publication: Publication, user: User) -> list[Zone]:
    """The reader's zones that the publication is about, in their own line (park, county, city); none for the office."""
    if not user.is_authenticated or not user.may(Permission.RUN_VIEW) or user.may(Permission.DECISION_RECORD):
        return []
    zones = Zone.objects.visible_to(user, Permission.RUN_VIEW).filter(results__run=publication.run_id)
    found = list(zones.order_by("code")[: OWN_LINKS + 1])
    return found if len(found) <= OWN_LINKS else []


def published_decision(publication: Publication, zone: Zone) -> Decision | None:
    """The decision about a zone as it stood when it was published."""
    rows = Decision.objects.filter(
        proceeding=publication.proceeding_id,
        zone=zone,
        result__run=publication.run_id,
        confirmed_at__lte=publication.published_at,
    )
    return rows.order_by("-version").first()


def objections_list(user: User) -> QuerySet[Objection]:
    """Objections the user may see, the open ones first, then the newest."""
    return (
        Objection.objects.visible_to(user)
        .select_related(
            "zone__city",
            "filed_by",
            "organisation",
            "answered_by",
            "publication__proceeding",
            "publication__run__scheme",
        )
        .defer("publication__content", "publication__run__inputs", "publication__run__scheme__text")
        .order_by(Case(When(status=ObjectionStatus.FILED, then=0), default=1), "-filed_at", "-pk")
    )


# ---- the calendar ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WindowRow:
    """A window for objections beside the calendar: its last day as fixed or expected, and as other days would make it."""

    proceeding: Proceeding
    publication: Publication | None
    opens_on: date
    closes_on: date
    counted: date

    @property
    def differs(self) -> bool:
        return self.counted != self.closes_on


def windows(user: User, changes: Mapping[date, bool] | None = None) -> list[WindowRow]:
    """Windows of the user's province that are open or still to come. `counted`: the last day by the calendar with `changes`.

    One already published keeps its last day whatever the calendar says; one still to come follows it.
    """
    rows = []
    coming = [ProceedingStatus.CONFIRMING, ProceedingStatus.EMBARGOED, ProceedingStatus.PUBLIC]
    for proceeding in Proceeding.objects.filter(own_rows(user), status__in=coming).order_by("-year", "zone_class"):
        publication = (
            proceeding.publications.defer("content").order_by("-sequence").first()
            if proceeding.status == ProceedingStatus.PUBLIC
            else None
        )
        moment = publication.published_at if publication else proceeding.publish_at
        if moment is None:
            continue
        opens_on = timezone.localdate(moment)
        counted = workday_after(opens_on, proceeding.window_days, changes)
        closes_on = publication.closes_on if publication else workday_after(opens_on, proceeding.window_days)
        rows.append(WindowRow(proceeding, publication, opens_on, closes_on, counted))
    return rows
