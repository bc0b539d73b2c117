"""What departments know: their own series, and how differences from the parks were decided (部门数据与核对)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty, Permission
from accounts.models import Organisation, User
from indicators.enums import Channel, Verdict
from indicators.models.catalogue import Indicator
from indicators.models.locks import append_only, no_truncate
from parks.models import Zone


class DepartmentLoad(models.Model):
    """One delivery of a department's figures for many zones (部门数据批次), append-only; its figures are values of theirs."""

    department = models.CharField(_("部门"), max_length=24, choices=Duty.choices)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("机构"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    period = models.CharField(_("时期"), max_length=7)
    name = models.CharField(_("文件名或批次名"), max_length=160)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    channel = models.CharField(_("途径"), max_length=12, choices=Channel.choices)
    source_note = models.CharField(_("来源说明"), max_length=240)
    rows = models.PositiveIntegerField(_("条数"))
    synthetic = models.BooleanField(_("演示数据"), default=False)
    idempotency_key = models.CharField(_("幂等键"), max_length=120, blank=True, default="")
    created_by = models.ForeignKey(User, verbose_name=_("导入人"), on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("导入时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("部门数据批次")
        verbose_name_plural = _("部门数据批次")
        ordering = ["-id"]
        constraints = [
            # A request sent again makes no second load.
            models.UniqueConstraint(
                fields=["created_by", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="department_load_once_a_key",
            ),
        ]
        triggers = [
            append_only(),
            no_truncate("department_load_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.get_department_display()} {self.period} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("department_load", args=[self.pk])


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def visible_to(self, user: User, permission: str = Permission.RETURN_VIEW) -> ReconciliationQuerySet:
        return self.filter(zone__in=Zone.objects.visible_to(user, permission))


class Reconciliation(models.Model):
    """Whose figure counts where a park and a department differ (核对裁定): who decided what and why; append-only.

    The newest decision on a zone, item and period holds as long as both figures stand as they were decided on.
    """

    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="reconciliations")
    indicator = models.ForeignKey(Indicator, verbose_name=_("指标"), on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"))
    period = models.CharField(_("时期"), max_length=7)
    department = models.CharField(_("部门"), max_length=24, choices=Duty.choices)
    reported = models.DecimalField(_("园区数"), max_digits=20, decimal_places=4)
    known = models.DecimalField(_("部门数"), max_digits=20, decimal_places=4)
    verdict = models.CharField(_("裁定"), max_length=10, choices=Verdict.choices)
    reason = models.TextField(_("理由"))
    decided_by = models.ForeignKey(User, verbose_name=_("裁定人"), on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("裁定时间"), auto_now_add=True)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("核对裁定")
        verbose_name_plural = _("核对裁定")
        ordering = ["-id"]
        indexes = [models.Index(fields=["zone", "indicator", "period"])]
        triggers = [
            append_only(),
            no_truncate("reconciliation_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.indicator} {self.period} {self.get_verdict_display()}"
