"""Writes to accounts: API keys, organisations moved, notices sent (密钥的创建与吊销、机构的调整、通知)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import keys
from accounts.enums import ApiScope, NoticeKind, Permission
from accounts.exceptions import ApiKeyError, OrganisationMoveError
from accounts.models import PATH_LENGTH, ApiKey, Notice, Organisation, User
from accounts.tasks import notices_mail

MAX_DAYS = 365
# What a holder must be allowed to do before a key may carry the scope.
SCOPE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    ApiScope.READ: (),
    ApiScope.RETURN_WRITE: (Permission.RETURN_FILL, Permission.RETURN_SUBMIT),
    ApiScope.RETURN_REVIEW: (Permission.RETURN_REVIEW_CITY, Permission.RETURN_REVIEW_OFFICE),
    ApiScope.ROUND_WRITE: (Permission.ROUND_MANAGE,),
    ApiScope.DEPARTMENT_WRITE: (Permission.DEPARTMENT_LOAD,),
    ApiScope.INCIDENT_WRITE: (Permission.INCIDENT_RECORD,),
    ApiScope.REGISTER_WRITE: (Permission.REGISTER_KEEP,),
    ApiScope.TARGET_WRITE: (Permission.TARGET_SET,),
    ApiScope.POLICY_WRITE: (Permission.POLICY_DECIDE, Permission.TASK_ASSIGN, Permission.TASK_REPORT),
    ApiScope.ASSESSMENT_WRITE: (
        Permission.DECISION_RECORD,
        Permission.DECISION_CONFIRM,
        Permission.OBJECTION_FILE,
        Permission.OBJECTION_ANSWER,
    ),
}


def scopes_open_to(user: User) -> list[str]:
    """Scopes that a key of this user may carry: never more than the user may do."""
    return [
        scope for scope, needed in SCOPE_PERMISSIONS.items() if not needed or any(user.may(name) for name in needed)
    ]


@transaction.atomic
def apikey_create(*, by: User, name: str, scopes: Collection[str], days: int) -> tuple[ApiKey, str]:
    """Make a key for `by`, valid for `days` (1 to 365) days.

    Returns:
        The key and its secret. The secret is not kept: this is the only time it is seen.

    Raises:
        ApiKeyError: no right to keys, no name, no scope, a scope beyond the user's own rights, or a wrong time.
    """
    if not by.may(Permission.APIKEY_MANAGE):
        raise ApiKeyError(_("您没有管理接口密钥的权限。"))
    if not name.strip():
        raise ApiKeyError(_("请写明密钥的用途。"))
    if not scopes:
        raise ApiKeyError(_("请至少选择一个范围。"))
    if beyond := sorted(set(scopes) - set(scopes_open_to(by))):
        raise ApiKeyError(_("密钥的范围不能超出您自己的权限：%(scopes)s。") % {"scopes": ", ".join(beyond)})
    if not 1 <= days <= MAX_DAYS:
        raise ApiKeyError(_("有效期须为 1 至 %(days)s 天。") % {"days": MAX_DAYS})
    secret = keys.new_secret()
    key = ApiKey.objects.create(
        user=by,
        name=name.strip(),
        prefix=keys.new_prefix(),
        digest=keys.digest_of(secret),
        scopes=sorted(set(scopes)),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return key, secret


@transaction.atomic
def apikey_revoke(*, by: User, key: ApiKey) -> ApiKey:
    """End a key at once; ending it twice changes nothing. Its holder or a superuser may.

    Raises:
        ApiKeyError: the key is someone else's.
    """
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    if locked.user_id != by.pk and not by.is_superuser:
        raise ApiKeyError(_("只能吊销自己的密钥。"))
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
    return locked


@transaction.atomic
def organisation_move(*, by: User, organisation: Organisation, parent: Organisation | None) -> Organisation:
    """Hang an organisation, with all below it, under another parent; the territory of every path changes with it.

    Raises:
        OrganisationMoveError: no right, the parent lies below the organisation, or the path grows too long.
    """
    # Locking the whole tree keeps two moves from making a ring between them; it has some hundred rows.
    rows = {row.pk: row for row in Organisation.objects.select_for_update().order_by("pk")}
    moved = rows[organisation.pk]
    target = rows[parent.pk] if parent else None
    if not by.is_superuser and not by.may(Permission.ADMINISTER, moved.path):
        raise OrganisationMoveError(_("只有系统管理员可以调整机构。"))
    if target and target.path.startswith(moved.path):
        raise OrganisationMoveError(_("上级机构不能是本机构或其下级机构。"))
    old, new = moved.path, f"{target.path if target else '/'}{moved.code}/"
    longest = max(len(row.path) for row in rows.values() if row.path.startswith(old))
    if longest - len(old) + len(new) > PATH_LENGTH:
        raise OrganisationMoveError(_("调整后机构层级过深，路径超出长度上限。"))
    tail = Substr("path", len(old) + 1, output_field=CharField())
    Organisation.objects.filter(path__startswith=old).update(path=Concat(Value(new), tail))
    Organisation.objects.filter(pk=moved.pk).update(parent=target)
    moved.refresh_from_db()
    return moved


@dataclass(frozen=True)
class Letter:
    """What a notice says, in both languages (通知内容); `key` names the occasion, `url` is a path of the portal."""

    kind: NoticeKind
    key: str
    title: str
    title_en: str
    text: str = ""
    text_en: str = ""
    url: str = ""


def notices_send(*, to: Iterable[User], letter: Letter, mail: bool = False) -> int:
    """Tell people something (发通知), once for an occasion however often it is sent; returns to how many it went now.

    With `mail`, those who have an address also get a letter, where letters are sent at all; a task sends them.
    """
    return notices_post(letters=[(user, letter) for user in to], mail=mail)


def notices_post(*, letters: Iterable[tuple[User, Letter]], mail: bool = False) -> int:
    """Tell many people each their own (批量通知), as `notices_send`; the number of queries does not grow with them."""
    wanted = {(user.pk, letter.key): (user, letter) for user, letter in letters}
    people, keys = {pk for pk, _key in wanted}, {key for _pk, key in wanted}
    held = Notice.objects.filter(recipient__in=people, key__in=keys)
    told = set(held.values_list("recipient_id", "key"))
    by_mail = mail and settings.MAIL_KIND != "none"
    new = [
        Notice(recipient=user, mail_wanted=by_mail and bool(user.email), **asdict(letter))
        for place, (user, letter) in sorted(wanted.items())
        if place not in told
    ]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    if any(notice.mail_wanted for notice in new):
        # Beat sends what is left over, so a queue that is down now costs a minute and no letter.
        transaction.on_commit(notices_mail.delay, robust=True)
    return len(new)


def notice_read(*, by: User, notice: Notice) -> None:
    """Note that its recipient has opened a notice (已读); the first time counts."""
    by.notices.unread().filter(pk=notice.pk).update(read_at=timezone.now())


def notices_read(*, by: User) -> int:
    """Note all of one's notices as read (全部标为已读); returns how many were unread."""
    return by.notices.unread().update(read_at=timezone.now())
