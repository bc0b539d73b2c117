"""Filing a return and reviewing it (报送、退回、审核、确认)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from indicators.enums import ActKind, ReturnStatus, RoundStatus
from indicators.exceptions import IncompleteReturn, MoveRefused, ReturnLocked
from indicators.models import DataChange, Question, Return
from indicators.news import tell
from indicators.selectors import Step, asked_indicators, check_return, next_step
from indicators.selectors.reviews import REVIEWS, unsettled
from indicators.services import letters
from indicators.services.shared import (
    deadline_words,
    move,
    require,
    require_move,
    require_revision,
    require_step,
    return_lock,
)

_REASON_LENGTH = 2000


@transaction.atomic
def return_submit(*, by: User, return_id: int, base_revision: int) -> Return:
    """File a return (报送): nothing hard is found in it, and every soft finding is explained.

    Repeating one's own filing is harmless. The reviewers of the first step are told. Raises Return.DoesNotExist,
    PermissionDenied, RevisionConflict, ReturnLocked (the round is not open, or its last day is past), MoveRefused, and
    IncompleteReturn with what is left to mend.
    """
    return_ = return_lock(by, return_id)
    require(by, [Permission.RETURN_SUBMIT], return_)
    if _filed_already(return_, by, base_revision):
        return return_
    require_move(return_, ReturnStatus.SUBMITTED)
    if return_.round.status != RoundStatus.OPEN:
        raise ReturnLocked(_("填报任务已不在填报中，不能报送。请联系联席会议办公室。"))
    if return_.deadline_passed:
        raise ReturnLocked(deadline_words(return_))
    require_revision(return_, base_revision)
    if left := [finding for finding in check_return(return_) if finding.to_mend]:
        raise IncompleteReturn(left)
    return_.submitted_by, return_.submitted_at = by, timezone.now()
    move(return_, ReturnStatus.SUBMITTED, ActKind.SUBMITTED, by, Permission.RETURN_SUBMIT)
    letters.reviewers_tell([return_])
    return return_


def _filed_already(return_: Return, by: User, base_revision: int) -> bool:
    """Whether this very filing was made a moment ago: a second click, or a request sent again."""
    return (
        return_.status == ReturnStatus.SUBMITTED
        and return_.submitted_by_id == by.pk
        and return_.revision == base_revision + 1
    )


@transaction.atomic
def return_return(
    *, by: User, return_id: int, reason: str, base_revision: int, cells: Mapping[str, str] | None = None
) -> Return:
    """Send a return back to its park (退回), which is told: `reason` for the whole, `cells` reasons by indicator code.

    At least one of them is written. Raises Return.DoesNotExist, PermissionDenied (also for whoever worked on it),
    MoveRefused, RevisionConflict.
    """
    return_, step = _reviewable(by, return_id)
    require_move(return_, ReturnStatus.RETURNED)
    reason, cells = reason.strip(), {code: text.strip() for code, text in (cells or {}).items()}
    if faults := _reason_faults(return_, reason, cells):
        raise MoveRefused(faults)
    require_revision(return_, base_revision)
    move(return_, ReturnStatus.RETURNED, ActKind.RETURNED, by, step.permission, reason, cells)
    letters.return_told(return_, reason, cells)
    return return_


def _reason_faults(return_: Return, reason: str, cells: Mapping[str, str]) -> list[str]:
    if not reason and not cells:
        return [_("请写明退回理由：园区要知道改什么。可以写在具体指标上，也可以针对整份报表。")]
    names = {item.code: item.label for item in asked_indicators([return_])[return_.pk]}
    faults = []
    for code, text in cells.items():
        if code not in names:
            faults.append(_("“%(code)s”不是本报表的填报项。请核对指标代码。") % {"code": code})
        elif not text:
            faults.append(_("“%(name)s”已勾选退回，请写明理由，或取消勾选。") % {"name": names[code]})
    if any(len(text) > _REASON_LENGTH for text in (reason, *cells.values())):
        faults.append(_("退回理由每处最多 %(most)d 字，请精简。") % {"most": _REASON_LENGTH})
    return faults


@transaction.atomic
def return_accept(*, by: User, return_id: int, base_revision: int) -> Return:
    """Accept a return (通过): take the review it waits for; the last one that its round asks for locks it.

    The last review tells the floors above and the park, an earlier one the reviewers of the next. Raises as
    `return_return`; also MoveRefused with the questions that are still open, and with what the rules find now: registers,
    departments and other zones may know more than when it was filed. `returns_accept` asks for the same.
    """
    return_, step = _reviewable(by, return_id)
    require_move(return_, step.target)
    require_revision(return_, base_revision)
    if left := [*map(_open_question, unsettled([return_]).select_related("indicator")), *_found(return_)]:
        raise MoveRefused(left)
    if step.final:
        return_.accepted_at = timezone.now()
    move(return_, step.target, step.kind, by, step.permission)
    if step.final:
        letters.parks_tell([return_], occasion=f"return-{return_.pk}")
        tell([DataChange(year=return_.round.year, zone=return_.zone, reason="报表审核完成")])
    else:
        letters.reviewers_tell([return_])
    return return_


def _open_question(question: Question) -> str:
    facts = {
        "name": question.indicator.label if question.indicator else _("整份报表"),
        "text": question.text[:60].rstrip("。."),
    }
    return _("质询还没有办结——%(name)s：“%(text)s”。请先办结，再通过。") % facts


def _found(return_: Return) -> list[str]:
    """What the rules find that keeps the return from acceptance: hard findings, and soft ones without explanation."""
    message = _("%(finding)s请退回园区改正或说明，再通过。")
    return [message % {"finding": finding.message} for finding in check_return(return_) if finding.to_mend]


def _reviewable(by: User, return_id: int) -> tuple[Return, Step]:
    """The locked return and the review it waits for, once the user may take it."""
    return_ = return_lock(by, return_id)
    require(by, REVIEWS, return_)
    if next_step(return_) is None:
        require_move(return_, ReturnStatus.RETURNED)
    return return_, require_step(by, return_)
