"""Who? Users, the tree of organisations, roles held in an organisation, API keys (账号与组织)."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

import pghistory
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import ROLE_PERMISSIONS, ApiScope, Duty, NoticeKind, OrganisationKind, Permission, Role

PATH_LENGTH = 240


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def within(self, paths: list[str]) -> OrganisationQuerySet:
        """Organisations at or below any of the given paths; none when the list is empty."""
        return self.filter(within_paths("path", paths))


def within_paths(field: str, paths: list[str]) -> Q:
    """A filter: `field` (a path column) lies at or below one of `paths`; matches nothing for an empty list."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__startswith": path})
    return condition


@pghistory.track()
class Organisation(models.Model):
    """A body in the tree (机构): office → cities → counties → park administrations; departments beside the cities.

    `path` is the chain of codes from the root, "/office/city-410100/park-Z044/": territory is a prefix of it.
    """

    code = models.CharField(
        _("代码"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[\w-]+\Z", _("只能用字母、数字、下划线和连字符。"))],
    )
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=160, blank=True)
    kind = models.CharField(_("类型"), max_length=12, choices=OrganisationKind.choices)
    duty = models.CharField(_("职责"), max_length=24, choices=Duty.choices, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("上级机构"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(_("路径"), max_length=PATH_LENGTH, unique=True, editable=False, db_collation="C")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("机构")
        verbose_name_plural = _("机构")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: object, **kwargs: object) -> None:
        self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def label(self) -> str:
        """The name in the reader's language, the Chinese one where no other is known."""
        return self.name_en if (get_language() or "").startswith("en") and self.name_en else self.name


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractUser):
    """A person who logs in (用户). What they may do comes from their memberships alone, superusers apart."""

    display_name = models.CharField(_("姓名"), max_length=60, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("用户")  # type: ignore[assignment]
        verbose_name_plural = _("用户")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def current_memberships(self) -> list[Membership]:
        """Memberships in force today, with their organisations; one query, kept for the life of this object."""
        return list(self.memberships.in_force().select_related("organisation"))

    @cached_property
    def permission_names(self) -> frozenset[str]:
        """Every permission held anywhere."""
        if not self.is_active:
            return frozenset()
        if self.is_superuser:
            return frozenset(Permission.values)
        return frozenset().union(*(ROLE_PERMISSIONS[m.role] for m in self.current_memberships))

    def paths_with(self, permission: str) -> list[str]:
        """Paths of the organisations in which the user holds `permission`; ["/"] for a superuser."""
        if not self.is_active:
            return []
        if self.is_superuser:
            return ["/"]
        return [m.organisation.path for m in self.current_memberships if permission in ROLE_PERMISSIONS[m.role]]

    def may(self, permission: str, path: str | None = None) -> bool:
        """Whether the user holds `permission`, and if `path` is given, over an organisation at that path."""
        if path is None:
            return permission in self.permission_names
        return any(path.startswith(held) for held in self.paths_with(permission))

    def duties_with(self, permission: str) -> set[str]:
        """Duties of the departments in which the user holds `permission`: they reach across the whole province."""
        if not self.is_active:
            return set()
        return {
            m.organisation.duty
            for m in self.current_memberships
            if m.organisation.kind == OrganisationKind.DEPARTMENT
            and m.organisation.duty
            and permission in ROLE_PERMISSIONS[m.role]
        }


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> MembershipQuerySet:
        today = timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gte=today))


@pghistory.track()
class Membership(models.Model):
    """A role held by a user in an organisation, dated (任职)."""

    user = models.ForeignKey(User, verbose_name=_("用户"), on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("机构"), on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("角色"), max_length=24, choices=Role.choices)
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"


@pghistory.track(exclude=["digest", "last_used_at"])
class ApiKey(models.Model):
    """A key for a REST client (接口密钥). Only a SHA-256 of the secret is kept; the secret is shown once."""

    user = models.ForeignKey(User, verbose_name=_("持有人"), on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("用途"), max_length=80)
    prefix = models.CharField(_("前缀"), max_length=12, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=ApiScope.choices), verbose_name=pgettext_lazy("api key", "范围")
    )
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口密钥")
        verbose_name_plural = _("接口密钥")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    @property
    def status(self) -> str:
        """How it stands now: "active", "expired" or "revoked" (words and colours in common/statuses.py)."""
        if self.revoked_at:
            return "revoked"
        return "active" if self.expires_at > timezone.now() else "expired"


MAIL_FOR = timedelta(days=3)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def to_mail(self) -> NoticeQuerySet:
        """Still to be sent by e-mail; the row is the truth, so a lost task loses no letter.

        A letter that could not be sent for days is old news: its notice stands in the portal.
        """
        young = timezone.now() - MAIL_FOR
        return self.filter(mail_wanted=True, mailed_at=None, created_at__gte=young, recipient__is_active=True)


class Notice(models.Model):
    """A notice to one person (站内通知), shown in the portal and, where wanted, sent by e-mail.

    `key` names the occasion; the same occasion tells nobody twice. Both languages are kept, for who writes a notice does not
    know in which one it will be read.
    """

    recipient = models.ForeignKey(User, verbose_name=_("收件人"), on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("类型"), max_length=16, choices=NoticeKind.choices)
    key = models.CharField(max_length=120)
    title = models.CharField(_("标题"), max_length=160)
    title_en = models.CharField(_("英文标题"), max_length=240, blank=True)
    text = models.TextField(_("内容"), blank=True)
    text_en = models.TextField(_("英文内容"), blank=True)
    url = models.CharField(_("去处"), max_length=240, blank=True)
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    mail_wanted = models.BooleanField(_("发邮件"), default=False)
    mailed_at = models.DateTimeField(_("邮件发出时间"), null=True, blank=True)
    mail_error = models.CharField(_("邮件失败原因"), max_length=240, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notice_once")]
        indexes = [models.Index(fields=["recipient", "read_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def heading(self) -> str:
        """The title in the reader's language, the Chinese one where there is no other."""
        return self.title_en if (get_language() or "").startswith("en") and self.title_en else self.title

    @property
    def words(self) -> str:
        """The text in the reader's language."""
        return self.text_en if (get_language() or "").startswith("en") and self.text_en else self.text
