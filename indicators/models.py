"""What was reported? The catalogue, rounds, returns with their values, acts, province-wide series (指标与填报)."""

from __future__ import annotations

from collections.abc import Iterable

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty, Permission
from accounts.models import Organisation, User
from indicators.enums import (
    EDITABLE_STATUSES,
    Absence,
    ActKind,
    Dimension,
    Direction,
    Frequency,
    IndicatorKind,
    IndicatorScope,
    ReturnStatus,
    RoundStatus,
    Severity,
    ValueSource,
)
from parks.enums import Certainty, ZoneClass
from parks.models import Zone


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def base(self) -> IndicatorQuerySet:
        return self.filter(kind=IndicatorKind.BASE)

    def derived(self) -> IndicatorQuerySet:
        return self.filter(kind=IndicatorKind.DERIVED)

    def for_zones(self) -> IndicatorQuerySet:
        return self.filter(scope=IndicatorScope.ZONE)

    def for_classes(self, classes: Iterable[str]) -> IndicatorQuerySet:
        """Indicators asked of any of these zone classes."""
        return self.filter(zone_classes__overlap=list(classes))


@pghistory.track()
class Indicator(models.Model):
    """One measured thing (指标): unit, direction, definition, responsible department, source; derived ones have a formula."""

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    name_zh = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120)
    dimension = models.CharField(_("维度"), max_length=16, choices=Dimension.choices)
    kind = models.CharField(_("类型"), max_length=8, choices=IndicatorKind.choices)
    scope = models.CharField(_("范围"), max_length=10, choices=IndicatorScope.choices, default=IndicatorScope.ZONE)
    unit = models.CharField(_("单位"), max_length=20)
    unit_en = models.CharField(_("英文单位"), max_length=40)
    decimals = models.PositiveSmallIntegerField(_("小数位"), default=2)
    direction = models.CharField(_("方向"), max_length=8, choices=Direction.choices)
    definition_zh = models.TextField(_("定义"))
    definition_en = models.TextField(_("英文定义"))
    formula = models.CharField(_("公式"), max_length=240, blank=True)
    department = models.CharField(_("责任部门"), max_length=24, choices=Duty.choices)
    source = models.CharField(_("依据"), max_length=200, help_text=_("出自哪份报表、办法或条款"))
    certainty = models.CharField(_("可信度"), max_length=1, choices=Certainty.choices)
    frequency = models.CharField(_("频率"), max_length=8, choices=Frequency.choices, default=Frequency.YEAR)
    zone_classes = ArrayField(
        models.CharField(max_length=10, choices=ZoneClass.choices), verbose_name=_("适用类别"), default=list
    )
    required = models.BooleanField(_("必填"), default=False)
    minimum = models.DecimalField(_("下限"), max_digits=20, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(_("上限"), max_digits=20, decimal_places=4, null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"))

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def unit_label(self) -> str:
        return self.unit_en if (get_language() or "").startswith("en") else self.unit

    @property
    def definition(self) -> str:
        return self.definition_en if (get_language() or "").startswith("en") else self.definition_zh

    def get_absolute_url(self) -> str:
        return reverse("indicator_detail", args=[self.code])


class CheckRule(models.Model):
    """A rule on figures (审核关系), declared in the pack, one list for form, Excel and API.

    `expression` is in the formula language and must hold: `multi_storey_plant_area <= standard_plant_area`.
    A rule with a missing part is not judged: missing is never zero.
    """

    code = models.CharField(_("编号"), max_length=20, unique=True)
    severity = models.CharField(_("强度"), max_length=8, choices=Severity.choices)
    expression = models.CharField(_("关系式"), max_length=240)
    message_zh = models.CharField(_("提示"), max_length=240)
    message_en = models.CharField(_("英文提示"), max_length=300)
    basis = models.CharField(_("依据"), max_length=200)
    position = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = _("审核关系")
        verbose_name_plural = _("审核关系")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.code} {self.expression}"

    @property
    def message(self) -> str:
        return self.message_en if (get_language() or "").startswith("en") else self.message_zh


@pghistory.track()
class Round(models.Model):
    """A request to report one period (填报任务): which classes, which indicators, from when until when."""

    year = models.PositiveSmallIntegerField(_("年度"))
    name = models.CharField(_("名称"), max_length=80)
    status = models.CharField(_("状态"), max_length=8, choices=RoundStatus.choices, default=RoundStatus.PLANNED)
    zone_classes = ArrayField(models.CharField(max_length=10, choices=ZoneClass.choices), verbose_name=_("类别"))
    indicators = models.ManyToManyField(Indicator, verbose_name=_("指标"), related_name="rounds")
    opens_on = models.DateField(_("开放日期"))
    due_on = models.DateField(_("截止日期"))

    class Meta:
        verbose_name = _("填报任务")
        verbose_name_plural = _("填报任务")
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["year"], name="round_once_a_year")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name; in English made of the year, for names are Chinese and there is one round a year."""
        if (get_language() or "").startswith("en"):
            return gettext("%(year)s 年度报表") % {"year": self.year}
        return self.name

    @property
    def period(self) -> str:
        return str(self.year)

    def get_absolute_url(self) -> str:
        return reverse("round_detail", args=[self.pk])


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, user: User, permission: str = Permission.RETURN_VIEW) -> ReturnQuerySet:
        return self.filter(zone__in=Zone.objects.visible_to(user, permission))

    def accepted(self) -> ReturnQuerySet:
        return self.filter(status=ReturnStatus.ACCEPTED)


_LOCKED_MESSAGE = "yuanqu: an accepted return is locked"


def _no_truncate(name: str) -> pgtrigger.Trigger:
    """Emptying a table at once would pass by the row triggers."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=f"RAISE EXCEPTION '{_LOCKED_MESSAGE}' USING ERRCODE = 'restrict_violation';",
    )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
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
            pgtrigger.Trigger(
                name="accepted_return_locked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=ReturnStatus.ACCEPTED),
                func=f"RAISE EXCEPTION '{_LOCKED_MESSAGE}' USING ERRCODE = 'restrict_violation';",
            ),
            _no_truncate("return_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.round.year}"

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE_STATUSES and self.round.status == RoundStatus.OPEN

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

    def accepted(self) -> ValueQuerySet:
        """Figures that count: from accepted returns, or published before there were returns."""
        return self.filter(Q(return_ref__status=ReturnStatus.ACCEPTED) | Q(return_ref=None))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Value(models.Model):
    """One figure of one zone (指标值): number or a reason for none, unit of its indicator, source, mark, history.

    Locked by the database once its return is accepted: insert, update and delete are refused on every path.
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
            models.UniqueConstraint(fields=["zone", "indicator", "period", "source"], name="value_once"),
            models.CheckConstraint(condition=Q(number=None) | Q(absence=""), name="value_number_or_absence"),
        ]
        indexes = [models.Index(fields=["year", "indicator"]), models.Index(fields=["return_ref", "indicator"])]
        triggers = [
            pgtrigger.Trigger(
                name="accepted_value_locked",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("holder", "BIGINT"), ("held", "TEXT")],
                # FOR SHARE: a write waits for an acceptance under way and then sees it.
                func=f"""
                    FOREACH holder IN ARRAY ARRAY[
                        CASE WHEN TG_OP <> 'INSERT' THEN OLD.return_ref_id END,
                        CASE WHEN TG_OP <> 'DELETE' THEN NEW.return_ref_id END
                    ] LOOP
                        SELECT status INTO held FROM indicators_return WHERE id = holder FOR SHARE;
                        IF held = '{ReturnStatus.ACCEPTED}' THEN
                            RAISE EXCEPTION '{_LOCKED_MESSAGE}' USING ERRCODE = 'restrict_violation';
                        END IF;
                    END LOOP;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
            _no_truncate("value_no_truncate"),
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
    return_revision = models.PositiveIntegerField(_("版次"))
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="act_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            _no_truncate("act_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ProvinceValue(models.Model):
    """A province-wide figure for a year (全省数据), entered by the office until a register exists to count it."""

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("指标"), on_delete=models.PROTECT, related_name="province_values"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.DecimalField(_("数值"), max_digits=20, decimal_places=4)
    source_note = models.CharField(_("来源说明"), max_length=240)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    updated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("全省数据")
        verbose_name_plural = _("全省数据")
        ordering = ["indicator", "year"]
        constraints = [models.UniqueConstraint(fields=["indicator", "year"], name="province_value_once")]

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
