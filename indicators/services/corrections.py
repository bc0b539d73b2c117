"""Correcting accepted figures (更正): asked for with a reason, decided by somebody else in the office, applied as asked.

The database lets an accepted figure change only while the request that asked for exactly this change is being applied
(indicators/models/locks.py); here stands who may ask and decide, and what is checked and recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import NoticeKind, Permission
from accounts.models import User
from accounts.selectors import holders
from accounts.services import Letter, notices_send
from common.attachments import FileRefused, examine
from indicators.enums import CORRECTION_MOVES, ActKind, Channel, CorrectionStatus, ReturnStatus, Severity
from indicators.exceptions import IncompleteReturn, MoveRefused, ValueInvalid
from indicators.models import Correction, CorrectionItem, DataChange, Evidence, Return, Value
from indicators.news import tell
from indicators.selectors import asked_indicators, corrected_cells, corrected_findings, is_involved, open_correction
from indicators.services.cells import CellInput, cells_valid, revise, value_new
from indicators.services.evidence import MOST_FILES
from indicators.services.shared import act_record, acting_for, require, require_revision, return_lock

ASKING = (Permission.RETURN_SUBMIT, Permission.RETURN_REVIEW_CITY, Permission.RETURN_REVIEW_OFFICE)
_REASON_LENGTH = 2000
_TITLE, _TITLE_EN, _NOTE = 160, 240, 240
_WRITTEN = ["number", "absence", "comment", "channel", "change_note", "revision", "updated_by", "updated_at"]


@transaction.atomic
def correction_request(
    *, by: User, return_id: int, items: Sequence[CellInput], reason: str, base_revision: int
) -> Correction:
    """Ask for figures of an accepted return to be changed (申请更正); the city and the office are told.

    `items` hold the new figures; cells that would not change are left out; a comment, where given, becomes the cell's
    explanation. Raises Return.DoesNotExist, PermissionDenied, RevisionConflict; MoveRefused when the return is not accepted,
    another request is open, there is no reason or nothing would change; ValueInvalid; IncompleteReturn with what the rules
    would find in the corrected cells.
    """
    return_ = return_lock(by, return_id)
    require(by, ASKING, return_)
    _require_correctable(return_)
    require_revision(return_, base_revision)
    reason = _reason(reason)
    asked = _items(return_, items)
    if left := [finding for finding in corrected_findings(return_, asked) if finding.to_mend]:
        raise IncompleteReturn(left)
    path = return_.zone.administration.path
    permission = next(name for name in ASKING if by.may(name, path))
    correction = Correction.objects.create(
        return_ref=return_, reason=reason, requested_by=by, organisation=acting_for(by, permission, path)
    )
    for item in asked:
        item.correction = correction
    CorrectionItem.objects.bulk_create(asked)
    _tell(correction, by, "申请更正", "Correction requested", reason)
    return correction


def _require_correctable(return_: Return) -> None:
    if return_.status != ReturnStatus.ACCEPTED:
        state = ReturnStatus(return_.status).label
        raise MoveRefused([_("报表现为“%(state)s”，还没有确认，不需要更正申请：退回后可直接修改。") % {"state": state}])
    if other := open_correction(return_):
        message = _("这份报表已有一件待裁定的更正申请（%(who)s，%(day)s）。请等它裁定或撤回后再申请。")
        raise MoveRefused(
            [message % {"who": other.requested_by, "day": f"{timezone.localtime(other.requested_at):%Y-%m-%d}"}]
        )


def _reason(text: str) -> str:
    if not text.strip():
        raise MoveRefused([_("请写明理由：为什么改、依据是什么。裁定人和以后查看历史的人都会看到。")])
    if len(text.strip()) > _REASON_LENGTH:
        raise MoveRefused([_("理由最多 %(most)d 字，请精简。") % {"most": _REASON_LENGTH}])
    return text.strip()


def _items(return_: Return, cells: Sequence[CellInput]) -> list[CorrectionItem]:
    """Items, not yet stored, for the cells that would really change."""
    cells = [CellInput(c.indicator_code, c.number, c.absence, c.comment.strip()) for c in cells]
    indicators = cells_valid(cells, asked_indicators([return_])[return_.pk])
    if empty := [cell.indicator_code for cell in cells if cell.number is None and not cell.absence]:
        message = _("“%(name)s”没有写更正后的数字。没有数字时请选“不适用”或“暂缺”。")
        raise ValueInvalid({code: [message % {"name": indicators[code].label}] for code in empty})
    held = {value.indicator_id: value for value in return_.values.all()}
    items = []
    for cell in cells:
        indicator = indicators[cell.indicator_code]
        old = held.get(indicator.pk) or Value(number=None, absence="")
        if (cell.number, cell.absence) != (old.number, old.absence):
            items.append(
                CorrectionItem(
                    indicator=indicator,
                    old_number=old.number,
                    old_absence=old.absence,
                    new_number=cell.number,
                    new_absence=cell.absence,
                    comment=cell.comment,
                )
            )
    if not items:
        raise MoveRefused([_("没有一项与现有数字不同，不需要更正。请至少改一项。")])
    return items


@transaction.atomic
def correction_decide(*, by: User, correction_id: int, apply: bool, reason: str) -> Correction:
    """Apply a correction or refuse it (裁定更正), in the office, by neither who asked nor who worked on the return.

    Applied: its figures are written with its number and reason, the act joins the return's chain, the floors above are told.
    A refusal needs a reason. The same decision once more by the same person changes nothing.

    Raises Correction.DoesNotExist, PermissionDenied, MoveRefused (decided already, withdrawn, no reason), IncompleteReturn
    with the hard findings in the corrected figures.
    """
    correction, return_ = _locked(by, correction_id)
    require(by, [Permission.RETURN_REVIEW_OFFICE], return_)
    if correction.requested_by_id == by.pk or is_involved(by, return_):
        raise PermissionDenied(_("更正由您申请，或这份报表由您填写、报送过，须由他人裁定。"))
    target = CorrectionStatus.APPLIED if apply else CorrectionStatus.REFUSED
    if correction.status == target and correction.decided_by_id == by.pk:
        return correction
    reason = reason.strip() if apply else _reason(reason)
    _move(correction, CorrectionStatus.APPLYING if apply else CorrectionStatus.REFUSED, by, reason[:_REASON_LENGTH])
    if apply:
        _apply(correction, return_, by)
    words = ("更正已采纳", "Correction applied") if apply else ("更正未采纳", "Correction refused")
    _tell(correction, by, *words, reason)
    return correction


@transaction.atomic
def correction_withdraw(*, by: User, correction_id: int) -> Correction:
    """Take back one's own request before it is decided (撤回更正申请).

    Raises Correction.DoesNotExist, PermissionDenied (somebody else's), MoveRefused (decided already).
    """
    correction, _return = _locked(by, correction_id)
    if correction.requested_by_id != by.pk:
        raise PermissionDenied(_("只有申请人可以撤回更正申请。"))
    if correction.status != CorrectionStatus.WITHDRAWN:
        _move(correction, CorrectionStatus.WITHDRAWN, by, "")
        _tell(correction, by, "更正申请已撤回", "Correction withdrawn", "")
    return correction


def correction_evidence_add(*, by: User, correction_id: int, upload: File[bytes], name: str) -> Evidence:
    """Hand in a file that proves a correction (更正佐证), while it is to be decided, by who asked; twice is harmless.

    Raises Correction.DoesNotExist, PermissionDenied, MoveRefused (decided), ValueInvalid for a file that is not taken.
    """
    try:
        found = examine(upload.open(), name, upload.size)
    except FileRefused as refused:
        raise ValueInvalid({"": [str(refused)]}) from refused
    with transaction.atomic():
        correction, return_ = _locked(by, correction_id)
        if correction.requested_by_id != by.pk:
            raise PermissionDenied(_("佐证由申请人提交。"))
        _require_open(correction)
        there = correction.evidence.kept()
        if same := there.filter(digest=found.digest).first():
            return same
        if there.count() >= MOST_FILES:
            raise ValueInvalid({"": [_("一件更正申请最多 %(most)d 个文件，请合并后再上传。") % {"most": MOST_FILES}]})
        evidence = Evidence(
            return_ref=return_,
            correction=correction,
            name=found.name,
            size=found.size,
            digest=found.digest,
            content_type=found.kind.content_type,
            uploaded_by=by,
        )
        evidence.file.save(f"{uuid4().hex}.{found.kind.extension}", upload, save=False)
        evidence.save()
    return evidence


def _locked(by: User, correction_id: int) -> tuple[Correction, Return]:
    """The correction and its return, locked in this order's reverse, as every act on a return begins with the return."""
    found = Correction.objects.visible_to(by).get(pk=correction_id)
    return_ = return_lock(by, found.return_ref_id)
    correction = Correction.objects.select_for_update(of=("self",)).select_related("requested_by").get(pk=found.pk)
    correction.return_ref = return_
    return correction, return_


def _require_open(correction: Correction) -> None:
    if correction.status != CorrectionStatus.PROPOSED:
        message = _("更正申请现为“%(now)s”，不能再办理。请刷新页面查看。")
        raise MoveRefused([message % {"now": CorrectionStatus(correction.status).label}])


def _move(correction: Correction, target: CorrectionStatus, by: User, reason: str) -> None:
    if target not in CORRECTION_MOVES[correction.status]:
        _require_open(correction)
    correction.status, correction.decision_reason = target, reason
    correction.decided_by, correction.decided_at = by, timezone.now()
    correction.save(update_fields=["status", "decided_by", "decided_at", "decision_reason"])


def _apply(correction: Correction, return_: Return, by: User) -> None:
    """Write the figures, the return's revision, the act and the news, while the correction is APPLYING."""
    items = list(correction.items.select_related("indicator"))
    if hard := [f for f in corrected_findings(return_, items) if f.severity == Severity.HARD]:
        raise IncompleteReturn(hard)
    note = f"更正申请 {correction.pk}：{correction.reason}"[:_NOTE]
    new: list[Value] = []
    changed: list[Value] = []
    for cell in corrected_cells(return_, items).values():
        value = cell if cell.pk else value_new(return_, cell.indicator)
        value.number, value.absence, value.comment = cell.number, cell.absence, cell.comment
        value.channel, value.change_note = Channel.CORRECTION, note
        value.revision += 1
        value.updated_by, value.updated_at = correction.requested_by, timezone.now()
        (changed if cell.pk else new).append(value)
    Value.objects.bulk_create(new)
    Value.objects.bulk_update(changed, _WRITTEN)
    revise(return_)
    changes = {item.indicator.code: f"{item.old_text} → {item.new_text}" for item in items}
    act_record(return_, ActKind.CORRECTED, by, Permission.RETURN_REVIEW_OFFICE, note, changes)
    correction.status = CorrectionStatus.APPLIED
    correction.save(update_fields=["status"])
    tell([DataChange(year=return_.round.year, zone=return_.zone, reason=f"更正 {correction.pk}")])


def _tell(correction: Correction, by: User, title: str, title_en: str, text: str) -> None:
    """Tell who asked, the park, the city and the office, all but who acts."""
    return_, path = correction.return_ref, correction.return_ref.zone.administration.path
    people = {user.pk: user for permission in ASKING for user in holders(permission, path)}
    people[correction.requested_by_id] = correction.requested_by
    people.pop(by.pk, None)
    letter = Letter(
        kind=NoticeKind.CORRECTION,
        key=f"correction-{correction.pk}-{correction.status}",
        title=f"{title}：{return_.zone.name} {return_.round.name}"[:_TITLE],
        title_en=f"{title_en}: {return_.zone.name} {return_.round.period}"[:_TITLE_EN],
        text=text,
        text_en=text,
        url=correction.get_absolute_url(),
    )
    notices_send(to=[people[pk] for pk in sorted(people)], letter=letter, mail=True)
