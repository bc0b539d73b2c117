"""Objections (异议): filed with evidence within the window, answered by somebody who decided nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments import clock
from assessments.chain import act_record
from assessments.enums import OBJECTION_MOVES, ObjectionStatus, ProceedingActKind, ProceedingStatus
from assessments.exceptions import ProceedingRefused
from assessments.letters import tell_answered, tell_objected
from assessments.models import Objection, ObjectionFile, Proceeding, Publication
from assessments.services.shared import reason_of
from common.attachments import FileRefused, examine
from parks.models import Zone

MOST_FILES = 10


@transaction.atomic
def objection_file(*, by: User, publication_id: int, zone: Zone, text: str, files: Sequence[File] = ()) -> Objection:
    """Object to what was published about a zone (提出异议), by its own people and within the window.

    Raises PermissionDenied, Publication.DoesNotExist; ProceedingRefused when the window is over, the publication says nothing
    of the zone, one objection is open already, there is no text, or a file is not taken: then nothing is saved.
    """
    if not by.may(Permission.OBJECTION_FILE, zone.administration.path):
        raise PermissionDenied(_("只有园区负责人可以就本园区的结果提出异议。"))
    publication, proceeding = _locked(publication_id)
    if proceeding.status != ProceedingStatus.PUBLIC or clock.today() > publication.closes_on:
        message = _("公示期已于 %(day)s 结束，不再受理异议。")
        raise ProceedingRefused([message % {"day": publication.closes_on}])
    if not publication.run.results.filter(zone=zone).exists():
        raise ProceedingRefused([_("这次公示没有涉及%(zone)s。") % {"zone": zone.name}])
    if publication.objections.open().filter(zone=zone).exists():
        raise ProceedingRefused([_("本园区已有一件待答复的异议，请等答复或撤回后再提。")])
    if len(files) > MOST_FILES:
        raise ProceedingRefused([_("最多附 %(most)d 个文件。") % {"most": MOST_FILES}])
    objection = Objection.objects.create(
        publication=publication, zone=zone, text=reason_of(text), filed_by=by, organisation=zone.administration
    )
    digests = [_file_add(by, objection, file).digest for file in files]
    content = {"objection": objection.pk, "zone": zone.code, "files": digests}
    act_record(proceeding, ProceedingActKind.OBJECTED, by=by, reason=objection.text, content=content)
    tell_objected(objection)
    return objection


def _file_add(by: User, objection: Objection, file: File) -> ObjectionFile:
    try:
        found = examine(file, str(file.name), file.size)
    except FileRefused as refusal:
        raise ProceedingRefused([str(refusal)]) from refusal
    return ObjectionFile.objects.create(
        objection=objection,
        file=file,
        uploaded_by=by,
        **found.facts,
    )


@transaction.atomic
def objection_withdraw(*, by: User, objection_id: int) -> Objection:
    """Take back an objection not yet answered (撤回异议). Raises PermissionDenied, ProceedingRefused."""
    objection, proceeding = _objection(objection_id)
    if not by.may(Permission.OBJECTION_FILE, objection.zone.administration.path):
        raise PermissionDenied(_("只有提出异议的园区可以撤回。"))
    _move(objection, ObjectionStatus.WITHDRAWN)
    objection.save(update_fields=["status"])
    content = {"objection": objection.pk, "zone": objection.zone.code}
    act_record(proceeding, ProceedingActKind.OBJECTION_WITHDRAWN, by=by, content=content)
    return objection


@transaction.atomic
def objection_answer(*, by: User, objection_id: int, uphold: bool, answer: str) -> Objection:
    """Answer an objection (答复异议), by somebody who made, submitted or confirmed no decision of the proceeding.

    An upheld one changes nothing by itself: a new run has to be made. Raises PermissionDenied, ProceedingRefused.
    """
    if not by.may(Permission.OBJECTION_ANSWER):
        raise PermissionDenied(_("您没有答复异议的权限，请与联席会议办公室联系。"))
    objection, proceeding = _objection(objection_id)
    if by.pk in deciders(proceeding):
        raise PermissionDenied(_("您参与了这次考核的决定，异议须由他人答复。"))
    _move(objection, ObjectionStatus.UPHELD if uphold else ObjectionStatus.REJECTED)
    objection.answer, objection.answered_by, objection.answered_at = reason_of(answer), by, clock.now()
    objection.save(update_fields=["status", "answer", "answered_by", "answered_at"])
    content = {"objection": objection.pk, "zone": objection.zone.code, "status": objection.status}
    act_record(proceeding, ProceedingActKind.ANSWERED, by=by, reason=objection.answer, content=content)
    tell_answered(objection)
    return objection


def _locked(publication_id: int) -> tuple[Publication, Proceeding]:
    """The publication with its proceeding, which is locked so that its chain grows by one act at a time."""
    publication = Publication.objects.defer("content").get(pk=publication_id)
    proceeding = Proceeding.objects.select_for_update(no_key=True).get(pk=publication.proceeding_id)
    return publication, proceeding


def _objection(objection_id: int) -> tuple[Objection, Proceeding]:
    objection = Objection.objects.select_related("zone__administration").get(pk=objection_id)
    _publication, proceeding = _locked(objection.publication_id)
    objection.refresh_from_db()
    return objection, proceeding


def deciders(proceeding: Proceeding) -> set[int | None]:
    """Ids of those who made, submitted or confirmed a decision: they answer no objection to it."""
    people = proceeding.decisions.values_list("decided_by", "confirmed_by")
    return {person for pair in people for person in pair} | {proceeding.submitted_by_id, proceeding.confirmed_by_id}


def _move(objection: Objection, target: ObjectionStatus) -> None:
    if target not in OBJECTION_MOVES[objection.status]:
        message = _("这件异议现为“%(now)s”，不能改为“%(target)s”。")
        raise ProceedingRefused([message % {"now": objection.get_status_display(), "target": target.label}])
    objection.status = target
