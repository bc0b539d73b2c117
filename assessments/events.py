"""Events that rules and deductions count (事件): what the registers of the portal say of a year.

Every register adds its columns here. A kind that no register knows counts as not having happened, and the run says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils import timezone

from assessments.enums import GRAVE, MAJOR_INCIDENT, SEVERITIES, IncidentKind, MeasureStep
from assessments.models import Incident, Measure


@dataclass(frozen=True)
class Events:
    """Of one year: numbers by zone and kind, the kinds that have a register, ids of the rows counted by register.

    `synthetic`: zones with a counted row that is demonstration data.
    """

    counts: dict[str, dict[str, int]]
    registered: frozenset[str]
    sources: dict[str, list[int]]
    synthetic: frozenset[str]


def event_names(kind: str, severity: str) -> list[str]:
    """The events an incident counts as: its kind, its kind with the severity, and the major incident where it is one."""
    names = [kind]
    if len(SEVERITIES[kind]) > 1:
        names.append(f"{kind}_{severity}")
    if kind in (IncidentKind.SAFETY, IncidentKind.ENVIRONMENT) and severity in GRAVE:
        names.append(MAJOR_INCIDENT)
    return names


INCIDENT_EVENTS = frozenset(
    name for kind, grades in SEVERITIES.items() for severity in grades for name in event_names(kind, severity)
)
OPEN_MEASURE = "open_measure"
CORRECTION_FAILED = "correction_failed"


def events_of(zones: Iterable[str], year: int) -> Events:
    """Valid incidents of these zones that happened in the year, measures that stood at its end, and corrections by a deadline
    (限期整改) whose deadline passed in the year without their being lifted by then.
    """
    zones = list(zones)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    rows = Incident.objects.valid().filter(zone__code__in=zones, on__year=year).order_by("pk")
    counted, synthetic = [], set()
    for pk, zone, kind, severity, made_up in rows.values_list("pk", "zone__code", "kind", "severity", "synthetic"):
        counted.append(pk)
        synthetic |= {zone} if made_up else set()
        for name in event_names(kind, severity):
            counts[zone][name] = counts[zone].get(name, 0) + 1
    measures = []
    standing = Measure.objects.open_on(date(year, 12, 31)).filter(zone__code__in=zones).order_by("pk")
    for pk, zone, made_up in standing.values_list("pk", "zone__code", "synthetic"):
        measures.append(pk)
        synthetic |= {zone} if made_up else set()
        counts[zone][OPEN_MEASURE] = 1
    failed = Measure.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=F("due_on")),
        step=MeasureStep.CORRECTION,
        due_on__year=year,
        due_on__lt=timezone.localdate(),
        zone__code__in=zones,
    )
    for pk, zone, made_up in failed.order_by("pk").values_list("pk", "zone__code", "synthetic"):
        measures = sorted({*measures, pk})
        synthetic |= {zone} if made_up else set()
        counts[zone][CORRECTION_FAILED] = counts[zone].get(CORRECTION_FAILED, 0) + 1
    sources = {"incidents": counted, "measures": measures}
    return Events(dict(counts), INCIDENT_EVENTS | {OPEN_MEASURE, CORRECTION_FAILED}, sources, frozenset(synthetic))
