"""A department's uploaded table (部门数据表): kept as it came, its difference shown, then saved whole or set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from indicators.deliveries import Delivered
from indicators.enums import Channel, UploadKind, UploadStatus
from indicators.exceptions import MoveRefused
from indicators.models import DepartmentLoad, Upload
from indicators.services.deliveries import department_of
from indicators.services.departments import department_load

LARGEST = 10 * 1024 * 1024


def department_upload_size(file: UploadedFile[bytes]) -> int:
    """Bytes of a file; to be asked before anything reads it. Raises MoveRefused (too large)."""
    size = file.size or 0
    if size > LARGEST:
        message = _("文件有 %(size)d MB，上限 10 MB。请只保留数据，去掉图片和多余的工作表。")
        raise MoveRefused([message % {"size": size // 1024 // 1024}])
    return size


@transaction.atomic
def department_upload_create(
    *, by: User, department: str, period: str, source_note: str, file: UploadedFile[bytes]
) -> Upload:
    """Keep an uploaded table, not yet saved. Raises PermissionDenied, MoveRefused (too large)."""
    department = department_of(by, department)
    size = department_upload_size(file)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return Upload.objects.create(
        kind=UploadKind.DEPARTMENT,
        status=UploadStatus.READY,
        period=period,
        file=file,
        name=(file.name or "")[-160:],
        size=size,
        digest=digest.hexdigest(),
        report={"department": department, "source_note": source_note, "zones": {}, "columns": {}},
        uploaded_by=by,
    )


@transaction.atomic
def department_upload_answer(
    *, by: User, upload_id: int, zones: Mapping[str, str], columns: Mapping[str, str]
) -> Upload:
    """Keep what the sender says names of zones and headers mean. Raises Upload.DoesNotExist, MoveRefused."""
    upload = _waiting(by, upload_id)
    upload.report["zones"] |= {given: code for given, code in zones.items() if code}
    upload.report["columns"] |= {header: code for header, code in columns.items() if code}
    upload.save(update_fields=["report"])
    return upload


@transaction.atomic
def department_upload_confirm(*, by: User, upload_id: int, rows: Sequence[Delivered], shown: str) -> DepartmentLoad:
    """Save what was shown of an upload. Raises as `department_load`, Upload.DoesNotExist, MoveRefused (already settled)."""
    upload = _waiting(by, upload_id)
    load, _delivery = department_load(
        by=by,
        department=upload.report["department"],
        period=upload.period,
        rows=rows,
        name=upload.name,
        source_note=upload.report["source_note"],
        channel=Channel.EXCEL,
        digest=upload.digest,
        answers=upload.report["zones"],
        shown=shown,
    )
    upload.report["load"] = load.pk
    _settle(upload, UploadStatus.CONFIRMED)
    return load


@transaction.atomic
def department_upload_discard(*, by: User, upload_id: int) -> Upload:
    """Set an upload aside; the file stays. Raises Upload.DoesNotExist, MoveRefused."""
    return _settle(_waiting(by, upload_id), UploadStatus.DISCARDED)


def _waiting(by: User, upload_id: int) -> Upload:
    uploads = Upload.objects.of(by).filter(kind=UploadKind.DEPARTMENT).select_for_update()
    upload = uploads.get(pk=upload_id)
    if upload.status != UploadStatus.READY:
        raise MoveRefused([_("这份文件已经办结，不能再改。需要时请重新上传。")])
    return upload


def _settle(upload: Upload, status: UploadStatus) -> Upload:
    upload.status, upload.settled_at = status, timezone.now()
    upload.save(update_fields=["status", "settled_at", "report"])
    return upload
