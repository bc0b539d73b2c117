"""What a final decision has brought some zones of the world: statuses, a measure, a change of a plate each."""

import hashlib
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from assessments.chain import act_record
from assessments.enums import ProceedingActKind
from assessments.models import (
    BulletinFile,
    Decision,
    DesignationChange,
    Measure,
    MeasureOrder,
    MeasureOrderFile,
    Proceeding,
    Publication,
    Run,
    ZoneStatus,
)
from assessments.services import incident_upload_create
from parks.models import Zone


def bring(run: Run, zones: list[Zone], by: User, year: int) -> None:
    """A final proceeding of a year long past, with its consequences; the years of other proceedings stay free.

    Beside it, recorded by somebody else, an order of a higher measure that waits for a second person.
    """
    now = timezone.now()
    staff, _new = User.objects.get_or_create(username="recorder")
    proceeding = Proceeding.objects.create(
        zone_class="cluster",
        year=year,
        run=run,
        status="final",
        finalised_at=now,
        finalised_by=by,
        bulletin_number="1号",
    )
    Publication.objects.create(
        proceeding=proceeding, run=run, sequence=1, published_at=now, closes_on=date(year + 1, 5, 1), disclosure="own",
        content={"rows": [], "window_days": 5}, digest="0" * 64, head="",
    )  # fmt: skip
    act_record(proceeding, ProceedingActKind.FINALISED, by=by)
    BulletinFile.objects.create(
        proceeding=proceeding, format="docx", content=b"x", size=1, digest=hashlib.sha256(b"x").hexdigest()
    )
    for zone in zones:
        decision = Decision.objects.create(
            proceeding=proceeding, zone=zone, result=run.results.get(zone=zone), outcome="demote", reason="会议决定",
            decided_by=by, decided_at=now,
        )  # fmt: skip
        day = date(year + 1, 6, 1)
        for kind, value in (("tier", "low"), ("candidate", ""), ("applications", "normal")):
            ZoneStatus.objects.create(
                zone=zone, kind=kind, value=value, valid_from=day, decision=decision, clauses=["P195"]
            )
        Measure.objects.create(
            zone=zone, step="correction", opened_on=day, due_on=date(year + 2, 6, 1), decision=decision, clauses=["P198"],
            reason="会议决定", opened_by=by, triggers=[{"id": "tail", "clauses": ["P197d"], "text_zh": "末位", "text_en": "tail"}],
        )  # fmt: skip
        DesignationChange.objects.create(
            zone=zone, designation=zone.designations.get(), direction="down", decision=decision, opened_on=day
        )
        order = MeasureOrder.objects.create(
            zone=zone, step="area_cut", issuer="省政府", document_number=f"〔{year}〕9号", document_date=date(year + 2, 1, 1),
            taken_on=date(year + 2, 1, 2), reason="督察发现", clauses=["P198"], proposed_by=staff,
        )  # fmt: skip
        MeasureOrderFile.objects.create(
            order=order, file=SimpleUploadedFile("a.pdf", b"%PDF-1.4 a"), name="a.pdf", size=10, digest="0" * 64,
            content_type="application/pdf", uploaded_by=staff,
        )  # fmt: skip


def names(by: User) -> dict[str, object]:
    """What addresses are filled in from: all of zone A1, and a list of incidents that `by` has handed in."""
    head = "园区编号,类别,程度,发生日期,事由,文号,发文机关"
    lines = [head, "A1,生产安全事故,一般,2023-01-02,起火,清单1号,应急管理部门"]
    file = SimpleUploadedFile("清单.csv", "\n".join(lines).encode())
    return {
        "incident_upload": incident_upload_create(by=by, file=file).pk,
        "pair": f"{Run.objects.done().latest('pk').pk}-{Run.objects.done().latest('pk').pk}",
        "bulletin": BulletinFile.objects.earliest("pk").proceeding_id,
        "bulletin_file": BulletinFile.objects.earliest("pk").pk,
        "measure": Measure.objects.get(zone__code="A1").pk,
        "measure_order": MeasureOrder.objects.get(zone__code="A1").pk,
        "measure_order_file": MeasureOrderFile.objects.get(order__zone__code="A1").pk,
        "change": DesignationChange.objects.get(zone__code="A1").pk,
        "zone_status": ZoneStatus.objects.get(zone__code="A1", kind="tier").pk,
    }
