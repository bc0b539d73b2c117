"""Measures that an authority ordered outside a decision (演示考核决定之外的措施): one that stands, one waiting for a second person."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pghistory
from django.core.files.base import File
from django.utils import timezone

from accounts.models import User
from assessments.enums import MeasureStep
from assessments.models import Measure
from assessments.services import measure_order_confirm, measure_order_record
from common.documents import Document, Paragraph, as_docx
from config.demo.users import DEMO_ZONE
from parks.models import Zone

ISSUER = "演示省级机关"
REASONS = (
    ("演示：专项督察发现污水处理设施长期停运，予以警告，限期恢复运行。", "P197b"),
    ("演示：书面认定管理机构长期缺位，日常管理无人负责，予以警告。", "P197d"),
)


def write() -> int:
    """One confirmed and one waiting, on zones of the demonstration city that no measure stands against; returns how many."""
    demo = Zone.objects.get(code=DEMO_ZONE)
    barred = Measure.objects.open().values("zone")
    zones = Zone.objects.filter(city=demo.city).exclude(pk=demo.pk).exclude(pk__in=barred).order_by("code")
    office, lead = (User.objects.get(username=name) for name in ("office", "lead"))
    today = timezone.localdate()
    with pghistory.context(user=office.pk, command="demo_data"):
        told = list(zip(zones, REASONS, strict=False))
        for number, (zone, (reason, ground)) in enumerate(told):
            day, document = today - timedelta(days=9 - 4 * number), f"演示督〔{today.year}〕{number + 1}号"
            order = measure_order_record(
                by=office,
                zone=zone,
                step=MeasureStep.WARNING,
                issuer=ISSUER,
                document_number=document,
                document_date=day,
                taken_on=day + timedelta(days=2),
                reason=reason,
                grounds=[ground],
                files=[_letter(zone, document, day, reason)],
                synthetic=True,
            )
            if number == 0:
                measure_order_confirm(by=lead, order_id=order.pk, base_revision=order.revision)
    return len(told)


def _letter(zone: Zone, number: str, day: date, reason: str) -> File[bytes]:
    """The document itself, so that there is one to open."""
    letter = Document(
        title=f"关于对{zone.name}采取措施的决定",
        number=number,
        blocks=[Paragraph(f"{zone.name}：", align="left"), Paragraph(reason)],
        signature=[ISSUER, f"{day.year}年{day.month}月{day.day}日"],
        mark="演示数据",
        official=True,
    )
    return File(BytesIO(as_docx(letter)), name=f"{number}.docx")
