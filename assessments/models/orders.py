"""Measures that an authority orders by a document outside any decision (考核决定之外的措施), policy 十（四） P198."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import ORDER_MOVES, MeasureStep, OrderStatus
from assessments.models.files import AssessmentFile
from indicators.models import locks
from parks.models import Zone

_SETTLING = "ARRAY['status','settled_by_id','settled_at','answer','revision']"
SETTLERS = (Permission.MEASURE_ACT, Permission.DECISION_CONFIRM)


class MeasureOrderQuerySet(models.QuerySet["MeasureOrder"]):
    def visible_to(self, user: User) -> MeasureOrderQuerySet:
        """Those of the zones in sight; what is not confirmed is the office's alone."""
        rows = self.filter(zone__in=Zone.objects.visible_to(user, Permission.RUN_VIEW))
        if any(user.may(permission) for permission in SETTLERS):
            return rows
        return rows.filter(status=OrderStatus.CONFIRMED)

    def waiting(self) -> MeasureOrderQuerySet:
        return self.filter(status=OrderStatus.PROPOSED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class MeasureOrder(models.Model):
    """A step of the ladder that `issuer` ordered by a document, for a zone that no proceeding decided.

    Recorded by one person; once another has confirmed it a `Measure` begins on `taken_on`. Its facts never change.
    """

    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="measure_orders")
    step = models.CharField(_("措施"), max_length=12, choices=MeasureStep.choices)
    status = models.CharField(_("状态"), max_length=10, choices=OrderStatus.choices, default=OrderStatus.PROPOSED)
    issuer = models.CharField(_("决定机关"), max_length=80)
    document_number = models.CharField(_("文号"), max_length=80)
    document_date = models.DateField(_("文件日期"))
    taken_on = models.DateField(_("采取日期"))
    due_on = models.DateField(_("期限"), null=True, blank=True)
    reason = models.TextField(_("理由"))
    clauses = models.JSONField(_("依据条款"), default=list)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    proposed_by = models.ForeignKey(User, verbose_name=_("登记人"), on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    settled_by = models.ForeignKey(
        User, verbose_name=_("复核人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    answer = models.TextField(_("未通过或撤回的理由"), blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = MeasureOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核决定之外的措施")
        verbose_name_plural = _("考核决定之外的措施")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["zone"], condition=Q(status=OrderStatus.PROPOSED), name="measure_order_one_waiting"
            ),
            models.UniqueConstraint(
                fields=["zone", "document_number"],
                condition=Q(status__in=[OrderStatus.PROPOSED, OrderStatus.CONFIRMED]),
                name="measure_order_document_once",
            ),
            models.CheckConstraint(
                condition=Q(status=OrderStatus.PROPOSED, settled_by=None, settled_at=None, answer="")
                | Q(status=OrderStatus.CONFIRMED, settled_by__isnull=False, settled_at__isnull=False, answer="")
                | (
                    Q(status__in=[OrderStatus.REFUSED, OrderStatus.WITHDRAWN])
                    & Q(settled_by__isnull=False, settled_at__isnull=False)
                    & ~Q(answer="")
                ),
                name="measure_order_settled",
            ),
            models.CheckConstraint(
                condition=~Q(status=OrderStatus.CONFIRMED) | ~Q(settled_by=F("proposed_by")),
                name="measure_order_second_person",
            ),
            models.CheckConstraint(
                condition=Q(taken_on__gte=F("document_date")) & (Q(due_on=None) | Q(due_on__gte=F("taken_on"))),
                name="measure_order_days_in_order",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="measure_order_moves",
                field="status",
                transitions=[(old, new) for old, moves in ORDER_MOVES.items() for new in sorted(moves)],
            ),
            locks.Lock(
                name="measure_order_facts_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.status <> '{OrderStatus.PROPOSED}' OR
                       to_jsonb(NEW) - {_SETTLING} <> to_jsonb(OLD) - {_SETTLING} THEN
                        {locks.refuse("an order is settled, never changed")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            locks.no_truncate("measure_order_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.get_step_display()} {self.document_number}"

    def get_absolute_url(self) -> str:
        return reverse("measure_order", args=[self.pk])

    @property
    def look(self) -> str:
        return f"order_{self.status}"


class MeasureOrderFile(AssessmentFile):
    """The document by which a measure was ordered."""

    order = models.ForeignKey(MeasureOrder, on_delete=models.PROTECT, related_name="files")

    class Meta(AssessmentFile.Meta):
        verbose_name = _("措施文件")
        verbose_name_plural = _("措施文件")
        triggers = [locks.append_only("measure_order_file_append_only"), locks.no_truncate("measure_order_file_kept")]
