"""The papers behind an entry (条目附件): put beside it, taken back, never lost."""

from __future__ import annotations

import structlog
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.attachments import FileRefused, examine
from registers.exceptions import EntriesInvalid
from registers.models import Entry, EntryFile
from registers.rights import may_keep

log = structlog.get_logger(__name__)
MOST_FILES = 10
"""Files of one entry."""


@transaction.atomic
def entry_file_add(*, by: User, entry_id: int, file: File) -> EntryFile:
    """Put a file beside an entry (上传附件); the one that is there already where the content is the same.

    Raises EntriesInvalid (under row 0, field `file`), PermissionDenied, Http404.
    """
    entry = _entry(by, entry_id)
    if entry.withdrawn_at:
        raise _refused(_("这一条已经撤销，不能再附文件。"))
    try:
        found = examine(file, str(file.name), file.size)
    except FileRefused as refusal:
        raise _refused(str(refusal)) from refusal
    held = list(entry.files.standing())
    if same := next((each for each in held if each.digest == found.digest), None):
        return same
    if len(held) >= MOST_FILES:
        raise _refused(_("一条最多附 %(most)d 个文件。请先撤下不用的。") % {"most": MOST_FILES})
    kept = EntryFile.objects.create(entry=entry, file=file, uploaded_by=by, **found.facts)
    log.info("entry_file_add", user=by.get_username(), entry=entry.pk, file=kept.pk)
    return kept


@transaction.atomic
def entry_file_remove(*, by: User, entry_id: int, file_id: int) -> EntryFile:
    """Take a file back (撤下附件); row and content are kept. Raises PermissionDenied, Http404."""
    entry = _entry(by, entry_id)
    kept = entry.files.standing().filter(pk=file_id).first()
    if kept is None:
        raise Http404
    kept.removed_at, kept.removed_by = timezone.now(), by
    kept.save(update_fields=["removed_at", "removed_by"])
    log.info("entry_file_remove", user=by.get_username(), entry=entry.pk, file=kept.pk)
    return kept


def _entry(by: User, entry_id: int) -> Entry:
    """The entry, locked so that two uploads at once count each other."""
    entries = Entry.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    entry = entries.select_related("register", "organisation").filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    if not may_keep(by, entry.register.spec, entry.organisation.path):
        raise PermissionDenied(_("您的角色不能登记这个台账。"))
    return entry


def _refused(sentence: str) -> EntriesInvalid:
    return EntriesInvalid({0: {"file": [sentence]}})
