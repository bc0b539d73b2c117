"""Province-wide figures, and the news that figures changed (全省数据与数据变动)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from indicators.models import locks
from indicators.models.catalogue import Indicator
from parks.models import Zone


class ProvinceValueQuerySet(models.QuerySet["ProvinceValue"]):
    def of_province(self, code: str) -> ProvinceValueQuerySet:
        """Those of one province, and those of none in particular; all for an empty code."""
        return self.filter(region_code__in=["", code]) if code else self


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class ProvinceValue(models.Model):
    """A province-wide figure for a year (全省数据), entered by the office until a register exists to count it."""

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("指标"), on_delete=models.PROTECT, related_name="province_values"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    region_code = models.CharField(_("省"), max_length=6, blank=True, help_text=_("省级行政区划代码；空白表示不分省"))
    number = models.DecimalField(_("数值"), max_digits=20, decimal_places=4)
    source_note = models.CharField(_("来源说明"), max_length=240)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    updated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    objects = ProvinceValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("全省数据")
        verbose_name_plural = _("全省数据")
        ordering = ["indicator", "year"]
        constraints = [
            models.UniqueConstraint(fields=["region_code", "indicator", "year"], name="province_value_of_province_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}"


class DataChange(models.Model):
    """A line of news (数据变动): accepted figures changed. Floors above compare its newest id with what they have shown."""

    year = models.PositiveSmallIntegerField()
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("数据变动")
        verbose_name_plural = _("数据变动")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.id} {self.reason}"
