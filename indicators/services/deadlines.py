"""Extensions and reminders (延期、催报)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from indicators import reminders
from indicators.enums import EDITABLE_STATUSES, ActKind, RoundStatus
from indicators.exceptions import MoveRefused
from indicators.models import Return, Round
from indicators.services import round_letters as letters
from indicators.services.shared import act_record, require, require_revision, return_lock

_REASON_LENGTH = 500


@dataclass(frozen=True)
class Extended:
    """What an extension of many did: the returns with their new date, the people told, those left alone each with why."""

    returns: list[Return]
    refused: list[tuple[Return, str]]
    people: int = 0


@dataclass(frozen=True)
class Extension:
    """What an extension of one return would do: the due date there is, the new one, and how many people would be told."""

    return_: Return
    due_on: date
    people: int


@transaction.atomic
def extension_check(
    *, by: User, return_id: int, due_on: date, reason: str, base_revision: int | None = None
) -> Extension:
    """What `return_extend` would do; changes nothing and raises the same."""
    return_ = _extendable(by, return_id, due_on, reason, base_revision)
    return Extension(return_, due_on, letters.fillers_count(return_))


@transaction.atomic
def return_extend(*, by: User, return_id: int, due_on: date, reason: str, base_revision: int | None = None) -> Return:
    """Give one zone more time (延期): a later due date with a reason, kept as an act; its people are told.

    Raises Return.DoesNotExist, PermissionDenied, RevisionConflict, MoveRefused with all that stands against it.
    """
    return_ = _extendable(by, return_id, due_on, reason, base_revision)
    _extend(by, return_, due_on, reason.strip())
    letters.extension_told([return_], reason.strip())
    return return_


def _extendable(by: User, return_id: int, due_on: date, reason: str, base_revision: int | None) -> Return:
    """The locked return, once nothing stands against giving it until that day."""
    return_ = return_lock(by, return_id)
    require(by, [Permission.ROUND_MANAGE], return_)
    if base_revision is not None:
        require_revision(return_, base_revision)
    if faults := [*_wish_faults(due_on, reason), *_faults(return_, due_on)]:
        raise MoveRefused(faults)
    return return_


@transaction.atomic
def returns_extend(*, by: User, return_ids: Iterable[int], due_on: date, reason: str) -> Extended:
    """Give several zones more time; those that moved on since they were chosen are left alone and named.

    Raises PermissionDenied when the user may not for one of them, MoveRefused when the date or the reason can't serve.
    """
    if faults := _wish_faults(due_on, reason):
        raise MoveRefused(faults)
    rows = Return.objects.visible_to(by).filter(pk__in=list(return_ids)).select_for_update(of=("self",))
    done, refused = Extended([], []), []
    for return_ in rows.select_related("round", "zone__administration").order_by("pk"):
        require(by, [Permission.ROUND_MANAGE], return_)
        if found := _faults(return_, due_on):
            refused.append((return_, found[0]))
            continue
        _extend(by, return_, due_on, reason.strip())
        done.returns.append(return_)
    people = letters.extension_told(done.returns, reason.strip())
    return Extended(done.returns, refused, people)


@transaction.atomic
def returns_remind(*, by: User, return_ids: Iterable[int]) -> reminders.Reminding:
    """Remind the parks of these returns now (催报), each person once a day however often it is asked.

    Returns whom it reached; the history of the round keeps who did it and for which returns. Raises PermissionDenied.
    """
    rows = Return.objects.visible_to(by).filter(pk__in=list(return_ids))
    returns: Sequence[Return] = list(rows.select_related("round", "zone__administration", "zone__city"))
    if not by.may(Permission.ROUND_MANAGE):
        raise PermissionDenied(_("您没有管理填报任务的权限。"))
    for return_ in returns:
        require(by, [Permission.ROUND_MANAGE], return_)
    # One at a time for a round: of two clicks the second finds everybody reminded, and leaves no trace.
    list(Round.objects.select_for_update().filter(pk__in={return_.round_id for return_ in returns}).order_by("pk"))
    return reminders.remind(by, returns)


def _wish_faults(due_on: date, reason: str) -> list[str]:
    faults = []
    if due_on < timezone.localdate():
        faults.append(_("新的截止日期不能早于今天。"))
    if not reason.strip():
        faults.append(_("请写明延期理由：园区会原文看到，并留存在办理记录里。"))
    if len(reason) > _REASON_LENGTH:
        faults.append(_("延期理由最多 %(most)s 字，请精简。") % {"most": _REASON_LENGTH})
    return faults


def _faults(return_: Return, due_on: date) -> list[str]:
    """What keeps this return from being given until that day."""
    facts = {"zone": return_.zone.name, "day": return_.due_on, "state": return_.get_status_display()}
    if return_.round.status != RoundStatus.OPEN:
        return [_("填报任务不在填报中，不能延期。请先重新开放。")]
    if return_.status not in EDITABLE_STATUSES:
        return [_("%(zone)s的报表现为“%(state)s”，已不在园区，不需要延期。") % facts]
    if due_on <= return_.due_on:
        return [_("%(zone)s的截止日期已是 %(day)s，新的日期须更晚。") % facts]
    return []


def _extend(by: User, return_: Return, due_on: date, reason: str) -> None:
    before, return_.due_on = return_.due_on, due_on
    return_.revision += 1
    act_record(return_, ActKind.EXTENDED, by, Permission.ROUND_MANAGE, f"{before} → {due_on}：{reason}")
    return_.save(update_fields=["due_on", "revision"])
