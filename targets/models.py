"""What was promised? Targets with their measure and clause, and their progress year by year (目标)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from policy.models import Provision
from targets.enums import Measure, Operator, TargetStatus


def unit_label(unit: str) -> str:
    """The unit in the reader's language; empty for counts in English."""
    if not (get_language() or "").startswith("en"):
        return unit
    return {"个": "", "家": "", "万元": pgettext("unit", "万元")}.get(unit, unit)


@pghistory.track()
class Target(models.Model):
    """One promise of the policy (目标), with operator, tolerance, denominator and clause.

    `spec` declares the measure: see targets/measures.py. A qualitative target has no value and never gets one.
    """

    code = models.CharField(_("编号"), max_length=8, unique=True)
    provision = models.ForeignKey(Provision, verbose_name=_("条款"), on_delete=models.PROTECT, related_name="targets")
    name_zh = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=200)
    year = models.PositiveSmallIntegerField(_("目标年"))
    operator = models.CharField(_("关系"), max_length=8, choices=Operator.choices)
    value = models.DecimalField(_("目标值"), max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=12, blank=True)
    tolerance_pct = models.DecimalField(_("允许偏差(%)"), max_digits=5, decimal_places=2, default=0)
    tolerance_by = models.CharField(_("偏差由谁确定"), max_length=120)
    tolerance_by_en = models.CharField(_("偏差由谁确定（英文）"), max_length=240, blank=True)
    measure = models.CharField(_("计算方式"), max_length=20, choices=Measure.choices)
    spec = models.JSONField(_("计算声明"), default=dict)
    lead = models.CharField(_("牵头部门"), max_length=24, choices=Duty.choices)
    note_zh = models.CharField(_("说明"), max_length=400, blank=True)
    note_en = models.CharField(_("英文说明"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = _("目标")
        verbose_name_plural = _("目标")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(measure=Measure.QUALITATIVE, value=None)
                | (~models.Q(measure=Measure.QUALITATIVE) & models.Q(value__isnull=False)),
                name="target_qualitative_without_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def note(self) -> str:
        return self.note_en if (get_language() or "").startswith("en") else self.note_zh

    @property
    def decider(self) -> str:
        """Who decides on the tolerance, and why it is as it is."""
        english = (get_language() or "").startswith("en")
        return self.tolerance_by_en if english and self.tolerance_by_en else self.tolerance_by

    @property
    def unit_label(self) -> str:
        """The unit beside a number; English writes no measure word after a count."""
        return unit_label(self.unit)

    def get_absolute_url(self) -> str:
        return reverse("target_detail", args=[self.code])


class Progress(models.Model):
    """A target's value at the end of a year (进展), as computed from accepted data up to `data_change_id`."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="progress")
    year = models.PositiveSmallIntegerField(_("年度"))
    value = models.DecimalField(_("现值"), max_digits=16, decimal_places=4, null=True)
    numerator = models.DecimalField(_("分子"), max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(_("分母"), max_digits=20, decimal_places=4, null=True)
    status = models.CharField(_("状态"), max_length=12, choices=TargetStatus.choices)
    detail = models.JSONField(_("明细"), default=dict, help_text=_("计入的园区、最接近的园区、缺数据的园区"))
    synthetic = models.BooleanField(_("演示数据"), default=False)
    data_change_id = models.BigIntegerField()
    computed_at = models.DateTimeField(_("计算时间"), auto_now=True)

    class Meta:
        verbose_name = _("进展")
        verbose_name_plural = _("进展")
        ordering = ["target", "year"]
        constraints = [models.UniqueConstraint(fields=["target", "year"], name="progress_once")]

    def __str__(self) -> str:
        return f"{self.target.code} {self.year}"
