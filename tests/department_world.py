"""What departments add to the whole of tests/world.py: two departments, a delivery, an upload that waits, a decision."""

from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Duty, OrganisationKind
from accounts.models import Organisation, User
from indicators.enums import Channel, ReturnStatus, ValueSource
from indicators.models import DepartmentLoad, Indicator, Return, Value
from indicators.services import department_upload_create, reconciliation_decide
from parks.models import Zone

PERIOD = "2024"


def deliver(office: Organisation, by: User) -> DepartmentLoad:
    """The departments, and a delivery to which `know` adds figures."""
    for duty in (Duty.STATISTICS, Duty.CUSTOMS):
        Organisation.objects.create(
            code=f"dept-{duty}", name=str(duty.label), kind=OrganisationKind.DEPARTMENT, duty=duty, parent=office
        )
    return DepartmentLoad.objects.create(
        department=Duty.STATISTICS,
        year=int(PERIOD),
        period=PERIOD,
        name="年报.xlsx",
        source_note="测试",
        channel=Channel.EXCEL,
        rows=18,
        created_by=by,
    )


def know(zone: Zone, numbers: dict[Indicator, float]) -> None:
    """What the department knows of a zone: twice what it reported."""
    load = DepartmentLoad.objects.latest("pk")
    Value.objects.bulk_create(
        Value(
            zone=zone,
            indicator=indicator,
            year=load.year,
            period=load.period,
            number=2 * number,
            source=ValueSource.DEPARTMENT,
            department=load.department,
            load=load,
        )
        for indicator, number in numbers.items()
    )


def names(people: dict[str, User], indicator: Indicator) -> dict[str, Any]:
    """What addresses are filled in from."""
    load = DepartmentLoad.objects.latest("pk")
    file = SimpleUploadedFile("年报.csv", f"园区编号,{indicator.code}\nA1,5\nA2,5\n".encode())
    upload = department_upload_create(
        by=people["statistics"], department=Duty.STATISTICS, period=PERIOD, source_note="测试", file=file
    )
    reported = Value.objects.filter(return_ref__in=Return.objects.filter(status=ReturnStatus.SUBMITTED))
    first = reported.filter(indicator=indicator, zone__code="A2").select_related("zone").get()
    decision = reconciliation_decide(
        by=people["office"],
        zone=first.zone,
        indicator=indicator,
        period=PERIOD,
        verdict="park",
        reason="测试",
        seen=(first.number or Decimal(0), 2 * (first.number or Decimal(0))),
    )
    return {
        "period": PERIOD,
        "department_load": load.pk,
        "department_upload": upload.pk,
        "department_value": load.values.filter(zone__code="A1").earliest("pk").pk,
        "department_value_a2": load.values.filter(zone__code="A2").earliest("pk").pk,
        "decision": decision.pk,
    }
