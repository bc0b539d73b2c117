"""What the acts of a proceeding share: finding and locking it, refusing, moving on."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import PROCEEDING_MOVES, ProceedingStatus
from assessments.exceptions import ProceedingChanged, ProceedingRefused, SchemeRefused
from assessments.models import Proceeding
from parks.provinces import codes_of, provinces_of

REASON_LENGTH = 2000


def require(by: User, permission: Permission) -> None:
    """Raise PermissionDenied unless the user holds the permission."""
    if not by.may(permission):
        raise PermissionDenied(_("您没有进行此项操作的权限，请与联席会议办公室联系。"))


def require_own(by: User, region_code: str) -> None:
    """Raise PermissionDenied for what is another province's."""
    if region_code not in codes_of(provinces_of(by)):
        raise PermissionDenied(_("这是另一省的事项，由该省的联席会议办公室办理。"))


def proceeding_lock(proceeding_id: int, base_revision: int) -> Proceeding:
    """The proceeding, locked until the transaction ends.

    Raises Proceeding.DoesNotExist; ProceedingChanged when it has moved on since `base_revision` was read.
    """
    rows = Proceeding.objects.select_for_update(no_key=True, of=("self",)).select_related("run__scheme")
    proceeding = rows.defer("run__inputs").get(pk=proceeding_id)
    if proceeding.revision != base_revision:
        message = _("考核程序在您打开之后已有变动（现为第 %(now)d 版，您看到的是第 %(seen)d 版）。请刷新后再办理。")
        raise ProceedingChanged(
            message % {"now": proceeding.revision, "seen": base_revision}, current=proceeding.revision
        )
    return proceeding


def require_status(proceeding: Proceeding, *statuses: ProceedingStatus) -> None:
    """Raise ProceedingRefused unless the proceeding is in one of the statuses."""
    if proceeding.status not in statuses:
        allowed = "、".join(str(status.label) for status in statuses)
        message = _("考核程序现为“%(now)s”，此项只能在“%(allowed)s”时办理。请刷新页面查看最新状态。")
        raise ProceedingRefused([message % {"now": proceeding.get_status_display(), "allowed": allowed}])


def move(proceeding: Proceeding, target: ProceedingStatus, **fields: object) -> None:
    """Give the proceeding its new status and revision. Raises ProceedingRefused when the table of moves has no such move."""
    if target not in PROCEEDING_MOVES[proceeding.status]:
        message = _("考核程序现为“%(now)s”，不能改为“%(target)s”。请刷新页面查看最新状态。")
        raise ProceedingRefused([message % {"now": proceeding.get_status_display(), "target": target.label}])
    touch(proceeding, status=target, **fields)


def touch(proceeding: Proceeding, **fields: object) -> None:
    """Write fields with the next revision."""
    for name, value in fields.items():
        setattr(proceeding, name, value)
    proceeding.revision += 1
    proceeding.save(update_fields=["revision", *fields])


def reason_of(text: str, refused: type[ProceedingRefused | SchemeRefused] = ProceedingRefused) -> str:
    """The reason, trimmed. Raises `refused` when there is none or it is too long."""
    if not text.strip():
        raise refused([_("请写明理由。以后查看的人都会看到。")])
    if len(text.strip()) > REASON_LENGTH:
        raise refused([_("理由最多 %(most)d 字，请精简。") % {"most": REASON_LENGTH}])
    return text.strip()
