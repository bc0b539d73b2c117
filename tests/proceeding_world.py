"""The proceedings of tests/world.py: one published with an objection, one being decided, days in the calendar."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

from django.core.files import File

from accounts.enums import Role
from accounts.models import User
from assessments import services
from assessments.access import Stage
from assessments.enums import ObjectionStatus
from assessments.models import CalendarDay, Objection, Proceeding, ProceedingAct, Publication, Run
from assessments.tasks import run_execute
from tests.assessments.conftest import SCHEME, YEAR
from tests.assessments.course import open_on, publish_run

if TYPE_CHECKING:
    from tests.world import World

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"


def names(world: World) -> dict[str, object]:
    """Make them; what addresses are filled in with."""
    staff, former = world.people["staff"], User.objects.get(username="former")
    lead = world.people["office"]
    publication = publish_run(world.run, staff, _lead(world))
    objection = services.objection_file(
        by=world.people["parkA1"],
        publication_id=publication.pk,
        zone=world.zones["A1"],
        text="税收有误",
        files=[File(io.BytesIO(PDF), name="证明.pdf")],
    )
    scheme = world.add_scheme(version="0.9", text=SCHEME.replace('"1.0"', '"0.9"'))
    run = Run.objects.create(scheme=scheme, year=YEAR - 1, requested_by=lead)
    run_execute(run.pk)
    deciding = open_on(Run.objects.get(pk=run.pk), staff, former)
    again = Run.objects.create(scheme=scheme, year=YEAR - 1, requested_by=lead)
    run_execute(again.pk)
    world.proceeding = deciding.to(Stage.DECIDING).proceeding
    return {
        "proceeding": world.proceeding.pk,
        "publication": publication.pk,
        "objection": objection.pk,
        "objection_file": objection.files.get().pk,
        "other_run": again.pk,
    }


def _lead(world: World) -> User:
    """Somebody else of the office, so that the person "office" may answer objections."""
    return world.user("confirmer", Role.OFFICE_LEAD)


def grow(world: World) -> None:
    """One more proceeding that stands somewhere, a day in the calendar; to the published ones an answered objection."""
    proceeding = Proceeding.objects.create(zone_class="cluster", year=YEAR - 10 - world.size, run=world.run)
    ProceedingAct.objects.create(proceeding=proceeding, kind="opened", at="2024-01-01T00:00Z", digest=str(world.size))
    CalendarDay.objects.create(day=date(2024, 10, world.size), works=False, name="国庆节", document="测试")
    if "publication" not in world.names:
        return
    publication = Publication.objects.get(pk=world.names["publication"])  # type: ignore[misc]
    for code in ("A2", "B1"):
        Objection.objects.create(
            publication=publication,
            zone=world.zones[code],
            text="有误",
            filed_by=world.people["parkA1"],
            status=ObjectionStatus.REJECTED,
            answer="核实无误",
            answered_by=world.people["office"],
            answered_at="2024-01-02T00:00Z",
        )
    services.decisions_record(
        by=world.people["staff"],
        proceeding_id=world.proceeding.pk,
        rows=[services.DecisionInput(code, "keep", "会议决定") for code in ("A1", "B1")],
        base_revision=Proceeding.objects.get(pk=world.proceeding.pk).revision,
    )
