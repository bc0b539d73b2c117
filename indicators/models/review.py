"""What is said about a return: evidence, questions with answers, requests to correct accepted figures (审核与更正)."""

from __future__ import annotations

from decimal import Decimal

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import Organisation, User
from common.numbers import format_number
from indicators.enums import Absence, CorrectionStatus
from indicators.models import locks
from indicators.models.catalogue import Indicator
from indicators.models.collection import Return
from parks.models import Zone


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: User, permission: str = Permission.RETURN_VIEW) -> CorrectionQuerySet:
        return self.filter(return_ref__zone__in=Zone.objects.visible_to(user, permission))

    def open(self) -> CorrectionQuerySet:
        return self.filter(status=CorrectionStatus.PROPOSED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Correction(models.Model):
    """A request to change accepted figures (更正申请); decided by the office, never by who asked.

    The values change in the transaction that applies it, and only to what its items say; before and after stay here and
    in the history of the values.
    """

    return_ref = models.ForeignKey(Return, verbose_name=_("报表"), on_delete=models.PROTECT, related_name="corrections")
    status = models.CharField(
        _("状态"), max_length=10, choices=CorrectionStatus.choices, default=CorrectionStatus.PROPOSED
    )
    reason = models.TextField(_("更正理由"))
    requested_by = models.ForeignKey(User, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("机构"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        User, verbose_name=_("裁定人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("裁定时间"), null=True, blank=True)
    decision_reason = models.TextField(_("裁定理由"), blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("更正申请")
        verbose_name_plural = _("更正申请")
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["return_ref"],
                condition=Q(status__in=[CorrectionStatus.PROPOSED, CorrectionStatus.APPLYING]),
                name="correction_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[CorrectionStatus.PROPOSED, CorrectionStatus.WITHDRAWN])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("requested_by"))),
                name="correction_decided_by_another",
            ),
        ]
        triggers = [
            locks.Lock(
                name="correction_moves",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("held", "TEXT")],
                func=locks.CORRECTION_LOCK,
            ),
            pgtrigger.Trigger(
                name="correction_not_left_applying",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=locks.NOT_LEFT_APPLYING,
            ),
            locks.no_truncate("correction_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.return_ref} {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("correction_detail", args=[self.pk])

    @property
    def look(self) -> str:
        """Its status among those of common/statuses.py."""
        return f"correction_{self.status}"


class CorrectionItem(models.Model):
    """One figure of a correction (更正项): what stood, what is to stand; append-only."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="items")
    indicator = models.ForeignKey(Indicator, verbose_name=_("指标"), on_delete=models.PROTECT, related_name="+")
    old_number = models.DecimalField(_("原数值"), max_digits=20, decimal_places=4, null=True, blank=True)
    old_absence = models.CharField(_("原缺值说明"), max_length=16, choices=Absence.choices, blank=True)
    new_number = models.DecimalField(_("更正为"), max_digits=20, decimal_places=4, null=True, blank=True)
    new_absence = models.CharField(_("更正为缺值"), max_length=16, choices=Absence.choices, blank=True)
    comment = models.CharField(_("说明"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("更正项")
        verbose_name_plural = _("更正项")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["correction", "indicator"], name="correction_item_once"),
            models.CheckConstraint(
                condition=Q(new_number=None) ^ Q(new_absence=""), name="correction_number_or_absence"
            ),
        ]
        triggers = [
            locks.Lock(
                name="append_only",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=locks.ITEM_LOCK,
            ),
            locks.no_truncate("correction_item_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.old_text} → {self.new_text}"

    @property
    def old_text(self) -> str:
        """What stood, with its words for a missing figure; a dash for a blank cell."""
        return _shown(self.old_number, self.get_old_absence_display(), self.indicator)

    @property
    def change(self) -> float | None:
        """Growth in percent; None without both numbers or on a base that is not positive."""
        if self.old_number is None or self.new_number is None or self.old_number <= 0:
            return None
        return 100 * (float(self.new_number) / float(self.old_number) - 1)

    @property
    def new_text(self) -> str:
        return _shown(self.new_number, self.get_new_absence_display(), self.indicator)


def _shown(number: Decimal | None, absence: str, indicator: Indicator) -> str:
    return absence or "—" if number is None else format_number(number, indicator.decimals)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User, permission: str = Permission.RETURN_VIEW) -> EvidenceQuerySet:
        return self.filter(return_ref__zone__in=Zone.objects.visible_to(user, permission))

    def kept(self) -> EvidenceQuerySet:
        """Without those their owner has taken back; their rows and files stay."""
        return self.filter(removed_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Evidence(models.Model):
    """A file that proves a figure (佐证材料), or the whole return where `indicator` is empty. Taking it back keeps it.

    Locked like the figures once the return is accepted; a correction brings its own.
    """

    return_ref = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="evidence")
    indicator = models.ForeignKey(
        Indicator, verbose_name=_("指标"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    correction = models.ForeignKey(Correction, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence")
    file = models.FileField(_("文件"), upload_to="evidence/%Y/%m/", max_length=200)
    name = models.CharField(_("文件名"), max_length=160)
    size = models.PositiveIntegerField(_("字节"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    content_type = models.CharField(_("类型"), max_length=100)
    uploaded_by = models.ForeignKey(User, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    removed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("佐证材料")
        verbose_name_plural = _("佐证材料")
        ordering = ["id"]
        indexes = [models.Index(fields=["return_ref", "indicator"])]
        triggers = [
            locks.Lock(
                name="accepted_evidence_locked",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("holder", "BIGINT"), ("held", "TEXT")],
                func=locks.EVIDENCE_LOCK,
            ),
            locks.no_truncate("evidence_no_truncate"),
        ]

    def __str__(self) -> str:
        return self.name


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: User, permission: str = Permission.RETURN_VIEW) -> QuestionQuerySet:
        return self.filter(return_ref__zone__in=Zone.objects.visible_to(user, permission))

    def open(self) -> QuestionQuerySet:
        return self.filter(closed_at=None)

    def unanswered(self) -> QuestionQuerySet:
        """Open ones that nobody has answered yet (待答复)."""
        return self.open().filter(answers=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Question(models.Model):
    """A reviewer's question about one figure (质询), or about the return where `indicator` is empty; answered there."""

    return_ref = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="questions")
    indicator = models.ForeignKey(
        Indicator, verbose_name=_("指标"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("问题"))
    asked_by = models.ForeignKey(User, verbose_name=_("提问人"), on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("机构"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("提问时间"), auto_now_add=True)
    closed_by = models.ForeignKey(
        User, verbose_name=_("办结人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("质询")
        verbose_name_plural = _("质询")
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            locks.no_truncate("question_no_truncate"),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_unanswered(self) -> bool:
        return self.closed_at is None and not self.answers.all()


class Answer(models.Model):
    """An answer to a question (答复), append-only."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(_("答复"))
    by = models.ForeignKey(User, verbose_name=_("答复人"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("答复时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("答复")
        verbose_name_plural = _("答复")
        ordering = ["id"]
        triggers = [
            locks.append_only(),
            locks.no_truncate("answer_no_truncate"),
        ]

    def __str__(self) -> str:
        return self.text[:40]
