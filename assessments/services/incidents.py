"""Recording and withdrawing incidents (登记、撤销事故和问题)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Permission
from accounts.models import Organisation, User
from assessments.enums import SEVERITIES, IncidentKind, Severity
from assessments.exceptions import IncidentRefused
from assessments.incident_table import IncidentRow, no_such_grade
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


@dataclass(frozen=True)
class Judged:
    """A row of a list and what becomes of it: recorded, left out as it is recorded already (`known`), or wrong.

    `differs`: what the list says otherwise than the one recorded, by label: as recorded, as in the list.
    """

    row: IncidentRow
    known: Incident | None = None
    differs: tuple[tuple[str, str, str], ...] = ()

    @property
    def state(self) -> str:
        return "wrong" if self.row.faults else "known" if self.known else "new"


def incidents_examine(*, by: User, rows: Sequence[IncidentRow]) -> list[Judged]:
    """Judge the rows of a list as single ones are; faults are added to them. Nothing is written."""
    kinds = kinds_of(by)
    first: dict[tuple[int, str, date, str], IncidentRow] = {}
    for row in rows:
        if row.kind and row.kind not in kinds:
            message = _("“%(kind)s”不由您所在的部门登记，请联系主管部门或联席会议办公室。")
            row.add("kind", message % {"kind": IncidentKind(row.kind).label})
        if row.kind and row.severity and row.severity not in SEVERITIES[row.kind]:
            row.add("severity", no_such_grade(row.kind, str(Severity(row.severity).label)))
        if row.on and row.on.year < FIRST_YEAR:
            row.add("on", _("发生日期早于 %(year)d 年，请核对。") % {"year": FIRST_YEAR})
        if (key := _key(row)) is not None and first.setdefault(key, row) is not row:
            message = _("与第 %(row)d 行的园区、类别、日期和文号都相同，请只留一行。")
            row.add("document_number", message % {"row": first[key].row})
    held = Incident.objects.valid().filter(zone__in={row.zone for row in rows if row.zone})
    known = {(each.zone_id, each.kind, each.on, each.document_number): each for each in held}
    found = []
    for row in rows:
        key = _key(row)
        before = known.get(key) if key is not None else None
        found.append(Judged(row, before, _differences(row, before) if before else ()))
    return found


def _key(row: IncidentRow) -> tuple[int, str, date, str] | None:
    """What tells an incident from the others; None where a part of it could not be read."""
    if row.zone is None or row.on is None or not (row.kind and row.document_number):
        return None
    return row.zone.pk, row.kind, row.on, row.document_number


def _differences(row: IncidentRow, known: Incident) -> tuple[tuple[str, str, str], ...]:
    told = []
    if row.severity and row.severity != known.severity:
        told.append((_("程度"), known.get_severity_display(), str(Severity(row.severity).label)))
    for name, label in (("title", _("事由")), ("issuer", _("发文机关"))):
        given, held = getattr(row, name), getattr(known, name)
        if given and given != held:
            told.append((label, held, given))
    return tuple(told)


@transaction.atomic
def incidents_record(*, by: User, rows: Sequence[IncidentRow]) -> list[Incident]:
    """Record the rows of a list (成批登记), all that are new or none; those recorded already are left out.

    Raises IncidentRefused when a row is wrong, or somebody has recorded one in the same moment: then nothing is saved.
    """
    judged = incidents_examine(by=by, rows=rows)
    if wrong := sum(each.state == "wrong" for each in judged):
        message = ngettext(
            "有 %(n)d 行不能登记，没有登记任何一行。请改正后重新上传。",
            "有 %(n)d 行不能登记，没有登记任何一行。请改正后重新上传。",
            wrong,
        )
        raise IncidentRefused({"": message % {"n": wrong}})
    fresh = [each.row for each in judged if each.state == "new"]
    body = _body(by)
    facts = ("zone", "kind", "severity", "on", "title", "document_number", "issuer")
    made = [Incident(**{name: getattr(row, name) for name in facts}, reported_by=body, recorded_by=by) for row in fresh]
    try:
        with transaction.atomic():
            made = Incident.objects.bulk_create(made)
    except IntegrityError as error:
        if "incident_once" not in str(error):
            raise
        raise IncidentRefused({"": _("其中有的刚刚由他人登记，没有登记任何一行。请刷新后核对。")}) from error
    news = {(incident.zone_id, incident.on.year): incident.zone for incident in made}
    tell([DataChange(zone=zone, year=year, reason="incident") for (_pk, year), zone in news.items()])
    return made


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
