"""Recording and withdrawing incidents (登记、撤销事故和问题)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import Organisation, User
from assessments.enums import SEVERITIES, IncidentKind
from assessments.exceptions import IncidentRefused
from assessments.models import Incident, IncidentFile
from assessments.selectors.incidents import kinds_of
from common.attachments import FileRefused, examine
from indicators.models import DataChange
from indicators.news import tell
from parks.models import Zone

MOST_FILES = 10
REASON_LENGTH = 2000
FIRST_YEAR = 2000
LENGTHS = {"title": 160, "document_number": 80, "issuer": 80}


@transaction.atomic
def incident_record(
    *,
    by: User,
    zone: Zone,
    kind: str,
    severity: str,
    on: date,
    title: str,
    document_number: str,
    issuer: str,
    files: Sequence[File] = (),
    synthetic: bool = False,
) -> Incident:
    """Record what happened in a zone (登记), with its document.

    Raises PermissionDenied: the kind is not the caller's to record, or the zone not in their territory. IncidentRefused with
    every fault: then nothing is saved.
    """
    _require(by, zone, kind)
    faults = _faults(kind, severity, on, {"title": title, "document_number": document_number, "issuer": issuer}, files)
    if faults:
        raise IncidentRefused(faults)
    try:
        with transaction.atomic():
            incident = Incident.objects.create(
                zone=zone,
                kind=kind,
                severity=severity,
                on=on,
                title=title.strip(),
                document_number=document_number.strip(),
                issuer=issuer.strip(),
                reported_by=_body(by),
                recorded_by=by,
                synthetic=synthetic,
            )
    except IntegrityError as error:
        if "incident_once" not in str(error):
            raise
        message = _("%(zone)s %(on)s 的这一文号（%(number)s）已经登记过，没有重复登记。")
        facts = {"zone": zone.name, "on": on, "number": document_number.strip()}
        raise IncidentRefused({"document_number": message % facts}) from error
    for file in files:
        _file_add(by, incident, file)
    tell([DataChange(zone=zone, year=on.year, reason="incident")])
    return incident


@transaction.atomic
def incident_withdraw(*, by: User, incident_id: int, reason: str) -> Incident:
    """Withdraw an incident that was recorded by mistake or annulled since (撤销); it stays in the register and no longer counts.

    Raises Incident.DoesNotExist, PermissionDenied; IncidentRefused without a reason or when it is withdrawn already.
    """
    incident = Incident.objects.select_for_update(no_key=True, of=("self",)).select_related("zone").get(pk=incident_id)
    _require(by, incident.zone, incident.kind)
    if incident.withdrawn_at is not None:
        raise IncidentRefused({"": _("这一条已于 %(day)s 撤销。") % {"day": timezone.localdate(incident.withdrawn_at)}})
    if not reason.strip() or len(reason.strip()) > REASON_LENGTH:
        raise IncidentRefused({"reason": _("请写明撤销的理由（最多 %(most)d 字）。") % {"most": REASON_LENGTH}})
    incident.withdrawn_by, incident.withdrawn_at, incident.withdrawal = by, timezone.now(), reason.strip()
    incident.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal"])
    tell([DataChange(zone=incident.zone, year=incident.on.year, reason="incident")])
    return incident


def _require(by: User, zone: Zone, kind: str) -> None:
    if not Zone.objects.visible_to(by, Permission.INCIDENT_RECORD).filter(pk=zone.pk).exists():
        raise PermissionDenied(_("您没有登记事故和问题的权限，或该园区不在您的职责范围内。"))
    if kind in IncidentKind.values and kind not in kinds_of(by):
        message = _("“%(kind)s”不由您所在的部门登记，请联系主管部门或联席会议办公室。")
        raise PermissionDenied(message % {"kind": IncidentKind(kind).label})


def _faults(kind: str, severity: str, on: date, texts: dict[str, str], files: Sequence[File]) -> dict[str, str]:
    faults = {}
    if severity not in SEVERITIES.get(kind, ()):
        faults["severity"] = str(_("请从列表中选择类别和程度。"))
    if on > timezone.localdate():
        faults["on"] = str(_("发生日期不能晚于今天。"))
    elif on.year < FIRST_YEAR:
        faults["on"] = str(_("发生日期早于 %(year)d 年，请核对。") % {"year": FIRST_YEAR})
    for name, text in texts.items():
        most = LENGTHS[name]
        if not text.strip() or len(text.strip()) > most:
            faults[name] = str(_("请填写，最多 %(most)d 字。") % {"most": most})
    if len(files) > MOST_FILES:
        faults["files"] = str(_("最多附 %(most)d 个文件。") % {"most": MOST_FILES})
    return faults


def _body(by: User) -> Organisation:
    """The department or office in whose name somebody records; the office for a superuser without one."""
    for membership in by.current_memberships:
        if by.may(Permission.INCIDENT_RECORD, membership.organisation.path):
            return membership.organisation
    return Organisation.objects.filter(parent=None).earliest("pk")


def _file_add(by: User, incident: Incident, file: File) -> None:
    try:
        found = examine(file, str(file.name), file.size)
    except FileRefused as refusal:
        raise IncidentRefused({"files": str(refusal)}) from refusal
    IncidentFile.objects.create(
        incident=incident,
        file=file,
        uploaded_by=by,
        **found.facts,
    )
