"""Handing in and taking back evidence of figures (佐证材料)."""

from __future__ import annotations

from uuid import uuid4

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.attachments import FileRefused, examine
from indicators.exceptions import ValueInvalid
from indicators.models import Evidence, Indicator, Return
from indicators.selectors import asked_indicators
from indicators.services.cells import fillable_lock, revise

MOST_FILES = 20
"""Files of one cell."""


def evidence_add(*, by: User, return_id: int, indicator_code: str, upload: File[bytes], name: str) -> Evidence:
    """Hand in a file that proves a figure (上传佐证), or the whole return where `indicator_code` is empty.

    The same file once more in the same place is the one that is there: a second click is harmless. Raises
    Return.DoesNotExist, PermissionDenied, ReturnLocked, and ValueInvalid for a file or an item that is not taken.
    """
    try:
        found = examine(upload.open(), name, upload.size)
    except FileRefused as refused:
        raise ValueInvalid({indicator_code: [str(refused)]}) from refused
    with transaction.atomic():
        return_ = fillable_lock(by, return_id)
        indicator = _asked(return_, indicator_code) if indicator_code else None
        there = return_.evidence.kept().filter(indicator=indicator)
        if same := there.filter(digest=found.digest).first():
            return same
        if there.count() >= MOST_FILES:
            sentence = _("这一项已有 %(most)d 个文件。请撤下不用的，或合并后再上传。") % {"most": MOST_FILES}
            raise ValueInvalid({indicator_code: [sentence]})
        evidence = Evidence(
            return_ref=return_,
            indicator=indicator,
            uploaded_by=by,
            **found.facts,
        )
        # The name on disk is ours: nothing of what was typed reaches the file system.
        evidence.file.save(f"{uuid4().hex}.{found.kind.extension}", upload, save=False)
        evidence.save()
        revise(return_)
    return evidence


@transaction.atomic
def evidence_remove(*, by: User, evidence_id: int) -> Evidence:
    """Take a file back (撤下佐证): it no longer counts, its row and file stay. Repeating it is harmless.

    Raises Evidence.DoesNotExist, PermissionDenied, ReturnLocked.
    """
    held = Evidence.objects.visible_to(by).get(pk=evidence_id)
    return_ = fillable_lock(by, held.return_ref_id)
    evidence = Evidence.objects.select_related("indicator").get(pk=evidence_id)
    if evidence.removed_at is None:
        evidence.removed_by, evidence.removed_at = by, timezone.now()
        evidence.save(update_fields=["removed_by", "removed_at"])
        revise(return_)
    return evidence


def _asked(return_: Return, code: str) -> Indicator:
    for indicator in asked_indicators([return_])[return_.pk]:
        if indicator.code == code:
            return indicator
    raise ValueInvalid({code: [_("“%(code)s”不是本报表的填报项。请核对指标代码。") % {"code": code}]})
