"""Workbooks sent for a register (上传台账): examined row by row, kept until saved whole or given up."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import structlog
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from common.workbooks.reading import open_workbook
from registers.definition import Definition
from registers.enums import Channel, UploadStatus
from registers.exceptions import EntriesInvalid, UploadRefused
from registers.models import Entry, Register, RegisterUpload
from registers.rights import may_keep
from registers.selectors import Answer, Labels, answer, reference_labels
from registers.services import entries_examine, entries_save
from registers.validation import WHOLE, Checked
from registers.workbooks import Intake, ReadRow, read_workbook

log = structlog.get_logger(__name__)
NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass
class RowReport:
    """What a row of the file does: `kind`, the answers it changes, and every error with its cell."""

    row: int
    kind: str
    title: str
    entry: Entry | None
    changes: list[Change] = field(default_factory=list)
    errors: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Report:
    """A file laid beside the register."""

    rows: list[RowReport]
    faults: list[tuple[str, str]]

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)

    @property
    def can_save(self) -> bool:
        return not self.faults and not self.count(WRONG) and bool(self.count(NEW) + self.count(CHANGED))


def upload_create(*, by: User, register: Register, file: UploadedFile[bytes]) -> RegisterUpload:
    """Keep a workbook for the register (上传). Raises WorkbookRefused with a sentence, PermissionDenied."""
    if not may_keep(by, register.spec):
        raise PermissionDenied(_("您的角色不能登记这个台账。"))
    content = file.read()
    read_workbook(register, open_workbook(io.BytesIO(content)))  # what can't be used at all is not kept
    name = (file.name or "").replace("\\", "/").rpartition("/")[2][:200]
    return RegisterUpload.objects.create(register=register, name=name, content=content, created_by=by)


def upload_report(upload: RegisterUpload, by: User) -> Report:
    """The file beside the register as it stands now: row by row what is new, what changes, what is wrong."""
    intake = _intake(upload)
    register, spec = upload.register, upload.register.spec
    writes = [row.write for row in intake.rows]
    seen = entries_examine(by=by, register=register, rows=writes) if not intake.faults else []
    answers = [data for each, entry in seen for data in (each.data, entry.data if entry else {})]
    labels = reference_labels(spec, answers)
    rows = [_reported(spec, row, each, entry, labels) for row, (each, entry) in zip(intake.rows, seen, strict=False)]
    return Report(rows, intake.faults)


def _intake(upload: RegisterUpload) -> Intake:
    return read_workbook(upload.register, open_workbook(io.BytesIO(bytes(upload.content))))


def _reported(spec: Definition, row: ReadRow, each: Checked, entry: Entry | None, labels: Labels) -> RowReport:
    errors = [(row.cells.get(code, row.cells[WHOLE]), _label(spec, code), said) for code, said in _all(row, each)]
    before = entry.data if entry else {}
    changes = [
        Change(one.label, _words(spec, one.code, before.get(one.code), labels), _words(spec, one.code, now, labels))
        for one in spec.fields
        if before.get(one.code) != (now := each.data.get(one.code))
    ]
    kind = WRONG if errors else NEW if row.write.pk is None else CHANGED if changes else SAME
    title = entry.title if entry else next((change.after for change in changes if change.after), "")
    return RowReport(row.row, kind, title, entry, changes, errors)


def _all(row: ReadRow, each: Checked) -> list[tuple[str, str]]:
    """Errors of reading first; a field that could not be read is not told to be missing as well."""
    read = [(code, said) for code, sentences in row.errors.items() for said in sentences]
    judged = [(code, said) for code, sentences in each.errors.items() if code not in row.errors for said in sentences]
    return read + judged


def _label(spec: Definition, code: str) -> str:
    one = spec.field(code)
    return one.label if one else ""


def _words(spec: Definition, code: str, value: object, labels: Labels) -> str:
    one = spec.field(code)
    assert one is not None  # `code` comes from the definition's own fields
    found: Answer = answer(one, value, labels)
    return found.text


@transaction.atomic
def upload_confirm(*, by: User, upload_id: int) -> RegisterUpload:
    """Save the file whole (确认保存). Raises UploadRefused when it has errors now or is settled, Http404."""
    upload = _waiting(by, upload_id)
    intake = _intake(upload)
    if intake.faults or any(row.errors for row in intake.rows):
        raise UploadRefused(_("文件还有错误，没有保存任何一行。请改正后重新上传。"))
    writes = [row.write for row in intake.rows]
    try:
        with transaction.atomic():
            saved = entries_save(by=by, register=upload.register, rows=writes, channel=Channel.EXCEL)
    except EntriesInvalid as invalid:
        message = _("有 %(n)d 行不能保存（可能在上传之后他人已改动），没有保存任何一行。")
        raise UploadRefused(message % {"n": len(invalid.errors)}) from invalid
    upload.status, upload.saved = UploadStatus.CONFIRMED, len(saved.created) + len(saved.changed)
    upload.save(update_fields=["status", "saved"])
    log.info("register_upload_confirm", user=by.get_username(), upload=upload.pk, saved=upload.saved)
    return upload


@transaction.atomic
def upload_discard(*, by: User, upload_id: int) -> RegisterUpload:
    """Set the file aside (放弃). Raises UploadRefused when it is settled, Http404."""
    upload = _waiting(by, upload_id)
    upload.status = UploadStatus.DISCARDED
    upload.save(update_fields=["status"])
    return upload


def _waiting(by: User, upload_id: int) -> RegisterUpload:
    upload = RegisterUpload.objects.select_for_update(of=("self",)).select_related("register")
    found = upload.filter(pk=upload_id, created_by=by).first()
    if found is None:
        raise Http404
    if found.status != UploadStatus.READY:
        raise UploadRefused(_("这份文件已经办结。"))
    return found
