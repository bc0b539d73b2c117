"""Filing a return and reviewing it (报送、退回、审核、确认)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from indicators.enums import ActKind, ReturnStatus, RoundStatus
from indicators.exceptions import IncompleteReturn, MoveRefused, ReturnLocked
from indicators.models import DataChange, Return
from indicators.news import tell
from indicators.selectors import check_return
from indicators.services.shared import move, require, require_move, require_revision, return_lock

_REVIEWS = (Permission.RETURN_REVIEW_CITY, Permission.RETURN_REVIEW_OFFICE)
# Who reviews a return in this status, and what acceptance makes of it.
_STEPS = {
    ReturnStatus.SUBMITTED: (Permission.RETURN_REVIEW_CITY, ReturnStatus.CITY_ACCEPTED, ActKind.CITY_ACCEPTED),
    ReturnStatus.CITY_ACCEPTED: (Permission.RETURN_REVIEW_OFFICE, ReturnStatus.ACCEPTED, ActKind.ACCEPTED),
}


@transaction.atomic
def return_submit(*, by: User, return_id: int, base_revision: int) -> Return:
    """File a return (报送): nothing hard is found in it, and every soft finding is explained.

    Repeating one's own filing is harmless. Raises Return.DoesNotExist, PermissionDenied, RevisionConflict, ReturnLocked
    (the round is not open), MoveRefused, and IncompleteReturn with what is left to mend.
    """
    return_ = return_lock(by, return_id)
    require(by, [Permission.RETURN_SUBMIT], return_)
    if _filed_already(return_, by, base_revision):
        return return_
    require_move(return_, ReturnStatus.SUBMITTED)
    if return_.round.status != RoundStatus.OPEN:
        raise ReturnLocked(_("填报任务已不在填报中，不能报送。请联系联席会议办公室。"))
    require_revision(return_, base_revision)
    if left := [finding for finding in check_return(return_) if finding.to_mend]:
        raise IncompleteReturn(left)
    return_.submitted_by, return_.submitted_at = by, timezone.now()
    move(return_, ReturnStatus.SUBMITTED, ActKind.SUBMITTED, by, Permission.RETURN_SUBMIT)
    return return_


def _filed_already(return_: Return, by: User, base_revision: int) -> bool:
    """Whether this very filing was made a moment ago: a second click, or a request sent again."""
    return (
        return_.status == ReturnStatus.SUBMITTED
        and return_.submitted_by_id == by.pk
        and return_.revision == base_revision + 1
    )


@transaction.atomic
def return_return(*, by: User, return_id: int, reason: str, base_revision: int) -> Return:
    """Send a return back to its park (退回) with a reason, at the city's or the office's step.

    Raises Return.DoesNotExist, PermissionDenied (also for whoever filed it), MoveRefused, RevisionConflict.
    """
    return_, permission = _reviewable(by, return_id, ReturnStatus.RETURNED)
    if not reason.strip():
        raise MoveRefused([_("请写明退回理由：园区要知道改什么。")])
    require_revision(return_, base_revision)
    move(return_, ReturnStatus.RETURNED, ActKind.RETURNED, by, permission, reason.strip())
    return return_


@transaction.atomic
def return_accept(*, by: User, return_id: int, base_revision: int) -> Return:
    """Accept a return: the city's step for a submitted one (市级审核), then the office's (省级确认), which locks it.

    The office's step tells the floors above. Raises as `return_return`.
    """
    return_, _permission = _reviewable(by, return_id, None)
    permission, target, kind = _STEPS[ReturnStatus(return_.status)]
    require_revision(return_, base_revision)
    if target == ReturnStatus.ACCEPTED:
        return_.accepted_at = timezone.now()
    move(return_, target, kind, by, permission)
    if target == ReturnStatus.ACCEPTED:
        tell([DataChange(year=return_.round.year, zone=return_.zone, reason="报表省级确认")])
    return return_


def _reviewable(by: User, return_id: int, target: ReturnStatus | None) -> tuple[Return, str]:
    """The locked return and the permission its step needs, once the user may take that step.

    `target` None: whatever acceptance at this step leads to.
    """
    return_ = return_lock(by, return_id)
    require(by, _REVIEWS, return_)
    step = _STEPS.get(ReturnStatus(return_.status))
    require_move(return_, target or (step[1] if step else ReturnStatus.CITY_ACCEPTED))
    assert step is not None
    permission = step[0]
    require(by, [permission], return_)
    if return_.submitted_by_id == by.pk or return_.values.filter(Q(updated_by=by)).exists():
        raise PermissionDenied(_("这份报表由您填写或报送，须由他人审核。"))
    return return_, permission
