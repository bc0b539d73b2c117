"""Workbooks that are uploaded to fill in returns (上传表格): kept as they came, compared, then saved whole or set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from common.attachments import clean_name
from common.workbooks.errors import WorkbookRefused
from indicators.enums import Channel, UploadKind, UploadStatus
from indicators.exceptions import MoveRefused, RevisionConflict
from indicators.models import Return, Round, Upload
from indicators.services.cells import Batch, returns_fill
from indicators.services.examination import Examination, Target, examine, return_target, round_target
from parks.models import Region

_NOTE_LENGTH = 240
_KINDS = (UploadKind.RETURN, UploadKind.CITY)
_WAITING = frozenset({UploadStatus.READY, UploadStatus.REFUSED})
MOST_ANSWERS, _LONGEST_KEY = 2000, 400


def upload_create(
    *,
    by: User,
    file: UploadedFile[bytes],
    return_id: int | None = None,
    round_: Round | None = None,
    city: Region | None = None,
    answers: Mapping[str, str] | None = None,
) -> Upload:
    """Read a workbook for one return, or for all returns of a round that the user may fill in, and keep it with its difference.

    `answers` are those to what was asked about the same file before. What can't be used at all is not kept. Raises
    Return.DoesNotExist, PermissionDenied, WorkbookRefused with a sentence.
    """
    target = return_target(by, return_id) if return_id is not None else _round_target(by, round_, city)
    file.seek(0)
    known = _sane(answers or {})
    examination = examine(file, target, known, arriving=True)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    upload = Upload(
        kind=UploadKind.RETURN if target.single else UploadKind.CITY,
        status=_status(examination),
        return_ref=target.returns[0] if target.single else None,
        round=target.round,
        city=target.city,
        period=target.round.period,
        name=clean_name(file.name or ""),
        size=file.size or 0,
        digest=digest,
        report={"answers": known, **examination.report()},
        uploaded_by=by,
    )
    upload.file.save(f"{uuid4()}.xlsx", file, save=False)
    upload.save()
    return upload


def _round_target(by: User, round_: Round | None, city: Region | None) -> Target:
    assert round_ is not None, "an upload is for a return or for a round"
    return round_target(by, round_, city)


def _status(examination: Examination) -> UploadStatus:
    return UploadStatus.REFUSED if examination.intake.faults else UploadStatus.READY


@transaction.atomic
def upload_answer(*, by: User, upload_id: int, answers: Mapping[str, str]) -> Upload:
    """Keep the sender's answers to what was asked about the file, and compare it again.

    Raises Upload.DoesNotExist, PermissionDenied, MoveRefused (settled already).
    """
    upload = _waiting(by, upload_id)
    kept = {**upload.report.get("answers", {}), **_sane(answers)}
    upload.report["answers"] = {key: answer for key, answer in kept.items() if answer}
    _look_again(upload, by)
    return upload


@transaction.atomic
def upload_reread(*, by: User, upload_id: int) -> Upload:
    """Compare a waiting file again where its report was written in another language than the reader's (换语言重读).

    Its sentences are made as the file is read, with names and units of one language. What was settled keeps its words, and
    a file that can no longer be compared keeps its last report. Raises Upload.DoesNotExist.
    """
    upload = _mine(by, upload_id)
    if upload.status in _WAITING and upload.report.get("language") != get_language():
        with suppress(WorkbookRefused, PermissionDenied, Return.DoesNotExist):
            _look_again(upload, by)
    return upload


def upload_confirm(*, by: User, upload_id: int) -> Upload:
    """Save what the difference showed, whole or not at all (确认保存). A second confirmation changes nothing.

    When a return moved on since the difference was shown, nothing is saved, the new difference is kept, and RevisionConflict
    is raised. Raises Upload.DoesNotExist, PermissionDenied, ReturnLocked, MoveRefused: faults or questions are left, the
    upload was set aside, or there is nothing to save.
    """
    with transaction.atomic():
        upload = _mine(by, upload_id)
        if upload.status == UploadStatus.CONFIRMED:
            return upload
        _require_waiting(upload)
        shown = upload.report
        examination = _look_again(upload, by, lock=True)
        moved = shown["revisions"] != upload.report["revisions"]
        if not moved:
            _save(by, upload, examination)
    if moved:
        raise RevisionConflict(
            _("核对之后报表又有变动，没有保存。下面是按最新数字重新比对的差异，请核对后再确认。"), None
        )
    return upload


def _save(by: User, upload: Upload, examination: Examination) -> None:
    if not examination.can_save:
        raise MoveRefused([_("文件还有要更正的错误、没有回答的问题，或没有任何改动，没有保存。")])
    revisions = {return_.pk: return_.revision for return_ in examination.target.returns}
    batches = [Batch(pk, cells, revisions[pk]) for pk, cells in examination.cells().items()]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # see ADR 7
    returns_fill(by=by, batches=batches, channel=Channel.EXCEL, change_note=upload.name[-_NOTE_LENGTH:])
    _settle(upload, UploadStatus.CONFIRMED)


@transaction.atomic
def upload_discard(*, by: User, upload_id: int) -> Upload:
    """Set an upload aside (放弃); the file stays. Doing so twice changes nothing. Raises Upload.DoesNotExist, MoveRefused."""
    upload = _mine(by, upload_id)
    if upload.status == UploadStatus.DISCARDED:
        return upload
    if upload.status == UploadStatus.CONFIRMED:
        raise MoveRefused([_("这份文件已经保存，不能再放弃。要改数字，请在报表里改，或上传新的表格。")])
    _settle(upload, UploadStatus.DISCARDED)
    return upload


def _mine(by: User, upload_id: int) -> Upload:
    uploads = Upload.objects.of(by).filter(kind__in=_KINDS).select_for_update(of=("self",))
    return uploads.select_related("round", "return_ref", "city").get(pk=upload_id)


def _waiting(by: User, upload_id: int) -> Upload:
    upload = _mine(by, upload_id)
    _require_waiting(upload)
    return upload


def _require_waiting(upload: Upload) -> None:
    if upload.status not in _WAITING:
        raise MoveRefused([_("这份文件已经办结，不能再改。需要时请重新上传。")])


def _look_again(upload: Upload, by: User, *, lock: bool = False) -> Examination:
    """Compare the kept file with the figures as they stand, and keep what comes out."""
    target = _target(upload, by, lock=lock)
    with upload.file.open("rb") as stream:
        examination = examine(stream, target, upload.report["answers"], arriving=False)
    upload.report = {"answers": upload.report["answers"], **examination.report()}
    upload.status = _status(examination)
    upload.save(update_fields=["report", "status"])
    return examination


def _target(upload: Upload, by: User, *, lock: bool) -> Target:
    """The target again, its returns locked in the order of their ids where they are about to be written."""
    if lock:
        ids = [int(pk) for pk in upload.report["revisions"]]
        list(Return.objects.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    if upload.return_ref_id is not None:
        return return_target(by, upload.return_ref_id)
    return _round_target(by, upload.round, upload.city)


def _sane(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers as they may come from anywhere, cut to what a page can send."""
    pairs = list(answers.items())[:MOST_ANSWERS]
    return {key: answer[:_LONGEST_KEY] for key, answer in pairs if len(key) <= _LONGEST_KEY}


def _settle(upload: Upload, status: UploadStatus) -> None:
    upload.status, upload.settled_at = status, timezone.now()
    upload.save(update_fields=["status", "settled_at"])
