"""Incidents of the demonstration years (演示事故和问题): a few of every kind, made up, on zones chosen by a fixed hash."""

from __future__ import annotations

import zlib
from datetime import date

from accounts.models import User
from assessments.enums import IncidentKind, Severity
from assessments.models import Incident
from assessments.services import incident_record, incident_withdraw
from config.demo.figures import SEED
from parks.models import Zone

EVENTS: tuple[tuple[str, str, str, str], ...] = (
    (IncidentKind.SAFETY, Severity.MAJOR, "演示：企业车间爆炸事故", "演示应急调查报告"),
    (IncidentKind.SAFETY, Severity.GENERAL, "演示：施工高处坠落事故", "演示应急调查报告"),
    (IncidentKind.ENVIRONMENT, Severity.MAJOR, "演示：污水泄漏致断面超标", "演示环境事件通报"),
    (IncidentKind.INSPECTION, Severity.PROVINCIAL, "演示：省级督察交办的废气治理问题", "演示督察反馈"),
    (IncidentKind.INSPECTION, Severity.NATIONAL, "演示：中央督察点名的固废堆存问题", "演示督察反馈"),
    (IncidentKind.NEGATIVE_CASE, Severity.PROVINCIAL, "演示：作为反面典型通报", "演示通报"),
    (IncidentKind.FRAUD, Severity.FOUND, "演示：统计执法认定虚报营业收入", "演示统计执法决定"),
    (IncidentKind.MANAGEMENT, Severity.FOUND, "演示：书面认定管理机构长期缺位", "演示书面认定"),
)
YEARS = (2022, 2023, 2024, 2025)
ISSUER = "演示机关"
WITHDRAWN = 1
"""Of those of each year, so many are withdrawn again."""


def write(*, actor: User) -> int:
    """Record them as the office would; returns how many."""
    zones = list(Zone.objects.order_by("code"))
    for year in YEARS:
        made: list[Incident] = []
        for number, (kind, severity, title, document) in enumerate(EVENTS):
            place = zlib.crc32(f"{SEED}/{year}/{kind}/{severity}".encode())
            made.append(
                incident_record(
                    by=actor,
                    zone=zones[place % len(zones)],
                    kind=kind,
                    severity=severity,
                    on=date(year, 1 + place % 12, 1 + place % 28),
                    title=title,
                    document_number=f"{document}〔{year}〕{number + 1}号",
                    issuer=ISSUER,
                    synthetic=True,
                )
            )
        for incident in made[-WITHDRAWN:]:
            incident_withdraw(by=actor, incident_id=incident.pk, reason="演示：复核后撤销认定")
    return len(YEARS) * len(EVENTS)
