"""Who records which incidents, and what the methods make of them (事故和问题查询)."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import OrganisationKind, Permission
from accounts.models import User
from assessments.engine.rules import Event
from assessments.enums import KIND_DUTIES, IncidentKind, ProposalKind
from assessments.events import event_names
from assessments.models import Incident, Result, Scheme
from assessments.selectors.methods import method_of, spoken
from parks.models import Designation


def kinds_of(user: User) -> list[IncidentKind]:
    """The kinds a user may record: all of them for the joint-meeting office, for a department those of its duty."""
    if user.is_superuser or any(
        m.organisation.kind == OrganisationKind.OFFICE
        for m in user.current_memberships
        if user.may(Permission.INCIDENT_RECORD, m.organisation.path)
    ):
        return list(IncidentKind)
    duties = user.duties_with(Permission.INCIDENT_RECORD)
    return [kind for kind in IncidentKind if KIND_DUTIES[kind] & duties]


@dataclass(frozen=True)
class Effect:
    """What a method makes of an incident: a rule with its proposal, or points."""

    scheme: Scheme
    rule: str
    outcome: str
    bars: list[str]
    points: float | None
    clauses: tuple[str, ...]


def effects_of(incident: Incident) -> list[Effect]:
    """How the published methods of the zone's classes that apply to the incident's year treat it; empty when none looks at it."""
    day = incident.on
    classes = Designation.objects.in_force_on(day.replace(month=12, day=31)).filter(zone=incident.zone)
    schemes = (
        Scheme.objects.published()
        .of_province(incident.zone.city.code)
        .for_year(day.year)
        .filter(zone_class__in=classes.values("zone_class"))
    )
    events, found = set(event_names(incident.kind, incident.severity)), []
    for scheme in schemes:
        method = method_of(scheme.text)
        for rule in method.rules:
            if isinstance(rule, Event) and rule.event in events:
                bars = [str(ProposalKind(outcome).label) for outcome in rule.bars]
                found.append(Effect(scheme, rule.id, rule.outcome or "", bars, None, rule.basis.clauses))
        found += [
            Effect(scheme, spoken(adjustment), "", [], adjustment.points, adjustment.basis.clauses)
            for adjustment in method.adjustments
            if adjustment.event in events
        ]
    return found


def incidents_counted(result: Result) -> list[Incident]:
    """The incidents of the zone that the run counted, as its frozen inputs name them; withdrawn since or not."""
    sources = result.run.inputs.get("event_sources", {}).get(str(result.run.year), {})
    return list(Incident.objects.filter(pk__in=sources.get("incidents", []), zone=result.zone_id))
