"""A list of incidents sent as a file (上传事故和问题清单): kept as it came, shown row by row, then recorded whole or set aside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import uuid4

import structlog
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.exceptions import IncidentRefused
from assessments.incident_table import IncidentRow, read_incidents
from assessments.selectors.incidents import kinds_of
from assessments.services.incidents import Judged, incidents_examine, incidents_record
from common.attachments import clean_name
from common.workbooks.plain import open_table
from indicators.enums import UploadKind, UploadStatus
from indicators.models import Upload

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Report:
    """A file laid beside the register: what becomes of each row, and faults of the file as a whole with their places."""

    rows: list[Judged]
    faults: list[tuple[str, str]]

    def count(self, state: str) -> int:
        return sum(each.state == state for each in self.rows)

    @property
    def can_record(self) -> bool:
        return not self.faults and not self.count("wrong") and bool(self.count("new"))


def incident_upload_create(*, by: User, file: UploadedFile[bytes]) -> Upload:
    """Keep a list, nothing of it recorded yet. Raises PermissionDenied; WorkbookRefused with a sentence: not kept."""
    if not kinds_of(by):
        raise PermissionDenied(_("您没有登记事故和问题的权限。"))
    name = clean_name(file.name or "")
    read_incidents(open_table(file, name), by)  # what can't be used at all is not kept
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    upload = Upload(
        kind=UploadKind.INCIDENTS,
        status=UploadStatus.READY,
        name=name,
        size=file.size or 0,
        digest=digest,
        uploaded_by=by,
    )
    upload.file.save(f"{uuid4()}.{'csv' if name.lower().endswith('.csv') else 'xlsx'}", file, save=False)
    upload.save()
    return upload


def incident_upload_report(upload: Upload, by: User) -> Report:
    """The file beside the register as it stands now."""
    rows, faults = _read(upload, by)
    return Report(incidents_examine(by=by, rows=rows), faults)


def _read(upload: Upload, by: User) -> tuple[list[IncidentRow], list[tuple[str, str]]]:
    with upload.file.open("rb") as file:
        return read_incidents(open_table(file, upload.name), by)


@transaction.atomic
def incident_upload_confirm(*, by: User, upload_id: int) -> Upload:
    """Record the file whole (确认登记). A second confirmation changes nothing.

    Raises Upload.DoesNotExist; IncidentRefused when it has faults by now, nothing new, or was set aside.
    """
    upload = _own(by, upload_id)
    if upload.status == UploadStatus.CONFIRMED:
        return upload
    _require_ready(upload)
    rows, faults = _read(upload, by)
    if faults:
        raise IncidentRefused({"": _("文件还有错误，没有登记任何一行。请改正后重新上传。")})
    made = incidents_record(by=by, rows=rows)
    if not made:
        raise IncidentRefused({"": _("没有要登记的：文件中的各件都已登记过。")})
    upload.report = {"recorded": len(made), "known": len(rows) - len(made), "incidents": [row.pk for row in made]}
    log.info("incident_upload_confirm", user=by.get_username(), upload=upload.pk, recorded=len(made))
    return _settle(upload, UploadStatus.CONFIRMED)


@transaction.atomic
def incident_upload_discard(*, by: User, upload_id: int) -> Upload:
    """Set the file aside; it is kept. Raises Upload.DoesNotExist; IncidentRefused when it is settled."""
    upload = _own(by, upload_id)
    _require_ready(upload)
    return _settle(upload, UploadStatus.DISCARDED)


def _own(by: User, upload_id: int) -> Upload:
    return Upload.objects.of(by).filter(kind=UploadKind.INCIDENTS).select_for_update().get(pk=upload_id)


def _require_ready(upload: Upload) -> None:
    if upload.status != UploadStatus.READY:
        raise IncidentRefused({"": _("这份文件已经办结，不能再改。需要时请重新上传。")})


def _settle(upload: Upload, status: UploadStatus) -> Upload:
    upload.status, upload.settled_at = status, timezone.now()
    upload.save(update_fields=["status", "settled_at", "report"])
    return upload
