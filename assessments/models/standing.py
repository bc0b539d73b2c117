"""Whether zones may see their provisional standing (即时名次开放)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from indicators.models import locks
from parks.enums import ZoneClass


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class StandingOpening(models.Model):
    """The office's word, for a class of its province and a year, whether others than it see their own provisional standing; no row = no."""

    region_code = models.CharField(_("省"), max_length=6, blank=True, help_text=_("省级行政区划代码；空白表示不分省"))
    zone_class = models.CharField(_("类别"), max_length=10, choices=ZoneClass.choices)
    year = models.PositiveSmallIntegerField(_("年度"))
    is_open = models.BooleanField(_("开放"))
    set_by = models.ForeignKey(User, verbose_name=_("设定人"), on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("设定时间"), auto_now=True)

    class Meta:
        verbose_name = _("即时名次开放")
        verbose_name_plural = _("即时名次开放")
        constraints = [
            models.UniqueConstraint(fields=["region_code", "zone_class", "year"], name="standing_opening_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_zone_class_display()} {self.year}"
