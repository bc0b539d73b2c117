"""What was reported: rounds, returns with their figures, and the acts on them (填报任务、报表、指标值、办理记录)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty, Permission
from accounts.models import Organisation, User
from indicators import periods
from indicators.enums import (
    EDITABLE_STATUSES,
    Absence,
    ActKind,
    Channel,
    Frequency,
    ReturnStatus,
    ReviewStep,
    RoundStatus,
    ValueSource,
)
from indicators.models import locks
from indicators.models.catalogue import Form, Indicator
from parks.enums import Certainty, DesignationLevel, ZoneClass
from parks.models import Region, Zone
from parks.provinces import own_rows, prefix_of


def _all_steps() -> list[str]:
    return list(ReviewStep.values)


def _reminder_days() -> list[int]:
    return [-14, -3, 1, 7]


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """Rounds of the user's province, and those of none."""
        return self.filter(own_rows(user))

    def of_province(self, code: str) -> RoundQuerySet:
        """Those of a province, told by the code of any region of it, and those of none."""
        return self.filter(Q(region_code="") | Q(region_code__startswith=prefix_of(code)))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.ManualEvent("reminded"))
class Round(models.Model):
    """A request to report one period (填报任务): which zones, which items, from when until when, who reviews.

    `period` is "2025", "2025Q1" or "2025-03". Zones are those that carry, on the last day of the period, a designation of
    one of `zone_classes`, and of one of `levels` and in one of `cities` where these are not empty. `indicators` are those
    of the chosen `forms` as they stood when the round was put together. Filing is possible until `closes_on` (no end when
    empty), or until a return's own later due date; after `due_on` it is late. `region_code`: the province of the office that
    put it together; no zone of another one is asked.
    """

    region_code = models.CharField(_("省"), max_length=6, blank=True, help_text=_("省级行政区划代码；空白表示不分省"))
    year = models.PositiveSmallIntegerField(_("年度"))
    period = models.CharField(_("时期"), max_length=7, blank=True, help_text=_("2025、2025Q1 或 2025-03；空白为全年"))
    frequency = models.CharField(_("频率"), max_length=8, choices=Frequency.choices, default=Frequency.YEAR)
    name = models.CharField(_("名称"), max_length=80)
    status = models.CharField(_("状态"), max_length=8, choices=RoundStatus.choices, default=RoundStatus.PLANNED)
    zone_classes = ArrayField(models.CharField(max_length=10, choices=ZoneClass.choices), verbose_name=_("类别"))
    levels = ArrayField(
        models.CharField(max_length=20, choices=DesignationLevel.choices),
        verbose_name=_("级别"),
        default=list,
        blank=True,
    )
    cities = models.ManyToManyField(Region, verbose_name=_("省辖市"), blank=True, related_name="rounds")
    forms = models.ManyToManyField(Form, verbose_name=_("报表表式"), blank=True, related_name="rounds")
    indicators = models.ManyToManyField(Indicator, verbose_name=_("指标"), related_name="rounds")
    opens_on = models.DateField(_("开放日期"))
    due_on = models.DateField(_("截止日期"))
    closes_on = models.DateField(_("补报截止"), null=True, blank=True, help_text=_("截止日期之后还可补报到哪一天"))
    review_steps = ArrayField(
        models.CharField(max_length=8, choices=ReviewStep.choices), verbose_name=_("审核环节"), default=_all_steps
    )
    reminder_days = ArrayField(
        models.SmallIntegerField(),
        verbose_name=_("提醒日"),
        default=_reminder_days,
        blank=True,
        help_text=_("相对截止日期的天数，负数为之前"),
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("填报任务")
        verbose_name_plural = _("填报任务")
        ordering = ["-year", "-period"]
        constraints = [
            models.UniqueConstraint(fields=["region_code", "period", "name"], name="round_once_a_period"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="round_due_after_opening"),
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("due_on")), name="round_closes_after_due"
            ),
            models.CheckConstraint(condition=~Q(review_steps=[]), name="round_has_a_review"),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.period = self.period or str(self.year)
        super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        """Its name; in English made of the period, for names are Chinese, with the name where it says more."""
        if not (get_language() or "").startswith("en"):
            return self.name
        period = self.period or str(self.year)
        made = periods.title(period)
        return made if self.name == periods.title_zh(period) else f"{made} · {self.name}"

    @property
    def label_en(self) -> str:
        """Its label in English, for letters that are read in both languages."""
        with override("en"):
            return self.label

    @property
    def part(self) -> str:
        """The part of the year that is asked for: "" for the whole, "Q1" or "-03"."""
        return self.period[4:]

    @property
    def last_day(self) -> date:
        """The last day of the period, by which designations are read."""
        return periods.last_day(self.year, self.part)

    def get_absolute_url(self) -> str:
        return reverse("round_detail", args=[self.pk])


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, user: User, permission: str = Permission.RETURN_VIEW) -> ReturnQuerySet:
        return self.filter(zone__in=Zone.objects.visible_to(user, permission))

    def accepted(self) -> ReturnQuerySet:
        return self.filter(status=ReturnStatus.ACCEPTED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Return(models.Model):
    """One zone's filing for one round (报表). `revision` counts every change to it or its values: the ETag of the API."""

    round = models.ForeignKey(Round, verbose_name=_("填报任务"), on_delete=models.PROTECT, related_name="returns")
    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="returns")
    status = models.CharField(_("状态"), max_length=16, choices=ReturnStatus.choices, default=ReturnStatus.DRAFT)
    revision = models.PositiveIntegerField(_("版次"), default=1)
    due_on = models.DateField(_("截止日期"))
    submitted_by = models.ForeignKey(
        User, verbose_name=_("报送人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("报表")
        verbose_name_plural = _("报表")
        ordering = ["-round__year", "zone__code"]
        constraints = [models.UniqueConstraint(fields=["round", "zone"], name="return_once")]
        indexes = [models.Index(fields=["status", "submitted_at"])]
        triggers = [
            locks.Lock(
                name="accepted_return_locked",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=ReturnStatus.ACCEPTED),
                func=locks.RETURN_LOCK,
            ),
            locks.no_truncate("return_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.round.period}"

    @property
    def last_day(self) -> date | None:
        """Until when it can be filed: its own due date (with an extension), or the round's last day if that is later."""
        return None if self.round.closes_on is None else max(self.due_on, self.round.closes_on)

    @property
    def is_editable(self) -> bool:
        in_time = self.last_day is None or timezone.localdate() <= self.last_day
        return self.status in EDITABLE_STATUSES and self.round.status == RoundStatus.OPEN and in_time

    @property
    def deadline_passed(self) -> bool:
        """Whether nothing but its last day keeps the park from filing it."""
        with_park = self.status in EDITABLE_STATUSES and self.round.status == RoundStatus.OPEN
        return with_park and not self.is_editable

    def get_absolute_url(self) -> str:
        return reverse("return_form", args=[self.pk])


class ValueQuerySet(models.QuerySet["Value"]):
    def visible_to(self, user: User, permission: str = Permission.RETURN_VIEW) -> ValueQuerySet:
        return self.filter(zone__in=Zone.objects.visible_to(user, permission))

    def answered(self) -> ValueQuerySet:
        """With a number or a reason for none; an emptied cell keeps its row and history but is no answer."""
        return self.exclude(number=None, absence="")

    def for_year(self, year: int) -> ValueQuerySet:
        return self.filter(year=year)

    def whole_years(self) -> ValueQuerySet:
        """Figures of whole years, not of quarters, months or spans of months."""
        return self.filter(period=Cast("year", models.CharField()))

    def accepted(self) -> ValueQuerySet:
        """Figures that count: from accepted returns, or published before there were returns."""
        return self.filter(Q(return_ref__status=ReturnStatus.ACCEPTED) | Q(return_ref=None))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Value(models.Model):
    """One figure of one zone (指标值): number or a reason for none, unit of its indicator, source, mark, history.

    Locked by the database once its return is accepted: insert, update and delete are refused on every path; only a
    correction being applied may write exactly the figure it was decided on.
    """

    return_ref = models.ForeignKey(Return, null=True, blank=True, on_delete=models.PROTECT, related_name="values")
    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="values")
    indicator = models.ForeignKey(Indicator, verbose_name=_("指标"), on_delete=models.PROTECT, related_name="values")
    year = models.PositiveSmallIntegerField(_("年度"))
    period = models.CharField(_("时期"), max_length=20, help_text=_("2016、2014Q1 或 2016-01/2016-10"))
    number = models.DecimalField(_("数值"), max_digits=20, decimal_places=4, null=True, blank=True)
    absence = models.CharField(_("缺值说明"), max_length=16, choices=Absence.choices, blank=True)
    comment = models.CharField(_("说明"), max_length=500, blank=True)
    source = models.CharField(_("来源"), max_length=12, choices=ValueSource.choices, default=ValueSource.PARK)
    source_note = models.CharField(_("来源说明"), max_length=240, blank=True)
    department = models.CharField(_("部门"), max_length=24, choices=Duty.choices, blank=True, db_default="")
    channel = models.CharField(
        _("填写途径"), max_length=12, choices=Channel.choices, default=Channel.DATABASE, db_default=Channel.DATABASE
    )
    change_note = models.CharField(
        _("变更说明"), max_length=240, blank=True, db_default="", help_text=_("文件名、更正理由等，随历史保留")
    )
    load = models.ForeignKey("DepartmentLoad", null=True, blank=True, on_delete=models.PROTECT, related_name="values")
    certainty = models.CharField(_("可信度"), max_length=1, choices=Certainty.choices, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    revision = models.PositiveIntegerField(_("版次"), default=1)
    updated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    objects = ValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("指标值")
        verbose_name_plural = _("指标值")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "indicator", "period", "source", "department"], name="value_once"),
            models.CheckConstraint(
                condition=Q(source=ValueSource.DEPARTMENT) ^ Q(department=""), name="value_department_named"
            ),
            models.CheckConstraint(condition=Q(number=None) | Q(absence=""), name="value_number_or_absence"),
        ]
        indexes = [models.Index(fields=["year", "indicator"]), models.Index(fields=["return_ref", "indicator"])]
        triggers = [
            locks.Lock(
                name="accepted_value_locked",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("holder", "BIGINT"), ("held", "TEXT"), ("applying", "BIGINT")],
                func=locks.VALUE_LOCK,
            ),
            locks.no_truncate("value_no_truncate"),
            locks.Lock(
                name="value_write_without_revision",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(locks.PAST_THE_SERVICES),
                func=locks.MARK_PAST_THE_SERVICES,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.indicator} {self.period}"


class ReturnAct(models.Model):
    """An act on a return (办理记录), append-only and chained by hash: digest = SHA-256(previous digest + content)."""

    return_ref = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("办理"), max_length=16, choices=ActKind.choices)
    actor = models.ForeignKey(User, verbose_name=_("办理人"), null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("机构"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("时间"))
    reason = models.TextField(_("理由"), blank=True)
    cells = models.JSONField(_("逐项理由"), default=dict, blank=True, help_text=_("指标代码与对该项的退回理由"))
    return_revision = models.PositiveIntegerField(_("版次"))
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ["id"]
        triggers = [
            locks.append_only("act_append_only"),
            locks.no_truncate("act_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
