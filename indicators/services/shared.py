"""What the acts on returns share: finding and locking one, refusing, recording in the chain of acts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import ROLE_PERMISSIONS
from accounts.models import Organisation, User
from indicators.chain import digest
from indicators.enums import RETURN_MOVES, ActKind, ReturnStatus
from indicators.exceptions import MoveRefused, RevisionConflict
from indicators.models import Return, ReturnAct
from indicators.selectors import Step, is_involved, next_step


def return_lock(by: User, return_id: int) -> Return:
    """The return, locked until the transaction ends. Raises Return.DoesNotExist outside the user's territory."""
    return returns_lock(by, [return_id])[0]


def returns_lock(by: User, return_ids: Collection[int]) -> list[Return]:
    """The returns, locked in the order of their ids, so that two who want the same never wait for each other.

    Raises Return.DoesNotExist when one lies outside the user's territory.
    """
    returns = Return.objects.visible_to(by).select_for_update(of=("self",)).filter(pk__in=return_ids)
    found = list(returns.select_related("round", "zone__administration").order_by("pk"))
    if len(found) < len(set(return_ids)):
        raise Return.DoesNotExist
    return found


def require(by: User, permissions: Iterable[str], return_: Return) -> None:
    """Raise PermissionDenied unless the user holds one of the permissions over the return's zone."""
    if not any(by.may(permission, return_.zone.administration.path) for permission in permissions):
        raise PermissionDenied(_("您在这个园区没有进行此项操作的权限。"))


def deadline_words(return_: Return) -> str:
    """Until when the return could be filed, and whom to ask for more time."""
    message = _(
        "最迟可报送日期 %(last)s 已过（截止日期 %(due)s），不能再填写或报送。确需补报，请联系联席会议办公室申请延期。"
    )
    return message % {"last": return_.last_day, "due": return_.due_on}


def require_revision(return_: Return, base_revision: int) -> None:
    """Raise RevisionConflict when the return has changed since `base_revision` was read."""
    if return_.revision != base_revision:
        message = _("报表在您打开之后已有变动（现为第 %(now)d 版，您看到的是第 %(seen)d 版）。请刷新后再办理。")
        raise RevisionConflict(message % {"now": return_.revision, "seen": base_revision}, return_)


def require_move(return_: Return, target: ReturnStatus) -> None:
    """Raise MoveRefused when the table of moves has no such move."""
    if target not in RETURN_MOVES[return_.status]:
        message = _("报表现为“%(now)s”，不能改为“%(target)s”。请刷新页面查看最新状态。")
        raise MoveRefused([message % {"now": ReturnStatus(return_.status).label, "target": target.label}])


def require_step(by: User, return_: Return) -> Step:
    """The review the return waits for, once the user may take it.

    Raises MoveRefused when it waits for none, PermissionDenied without the step's right or for whoever worked on it.
    """
    step = next_step(return_)
    if step is None:
        message = _("报表现为“%(now)s”，没有待办的审核。请刷新页面查看最新状态。")
        raise MoveRefused([message % {"now": ReturnStatus(return_.status).label}])
    require(by, [step.permission], return_)
    if is_involved(by, return_):
        raise PermissionDenied(_("这份报表由您填写或报送，须由他人审核。"))
    return step


def move(
    return_: Return,
    target: ReturnStatus,
    kind: ActKind,
    by: User,
    permission: str,
    reason: str = "",
    cells: Mapping[str, str] | None = None,
) -> None:
    """Record the act, then give the return its new status and revision (in this order: acceptance locks it)."""
    return_.status = target
    return_.revision += 1
    act_record(return_, kind, by, permission, reason, cells)
    return_.save(update_fields=["status", "revision", "submitted_by", "submitted_at", "accepted_at"])


def act_record(
    return_: Return,
    kind: ActKind,
    by: User,
    permission: str,
    reason: str = "",
    cells: Mapping[str, str] | None = None,
) -> None:
    """Append an act to the chain of the return, which the caller holds locked."""
    last = return_.acts.order_by("-pk").first()
    act_build(return_, kind, by, permission, reason, last.digest if last else "", cells).save()


def act_build(
    return_: Return,
    kind: ActKind,
    by: User,
    permission: str,
    reason: str,
    previous: str,
    cells: Mapping[str, str] | None = None,
) -> ReturnAct:
    """An act, not yet stored, that follows one with digest `previous`; `cells` are reasons by indicator code."""
    act = ReturnAct(
        return_ref=return_,
        kind=kind,
        actor=by,
        organisation=acting_for(by, permission, return_.zone.administration.path),
        at=timezone.now(),
        reason=reason,
        cells=dict(cells or {}),
        return_revision=return_.revision,
        previous_digest=previous,
    )
    act.digest = digest(act, previous)
    return act


def acting_for(by: User, permission: str, path: str) -> Organisation | None:
    """The organisation in which the user holds the permission over that path: the one nearest to the zone."""
    held = [m.organisation for m in by.current_memberships if permission in ROLE_PERMISSIONS[m.role]]
    return max((body for body in held if path.startswith(body.path)), key=lambda body: len(body.path), default=None)
