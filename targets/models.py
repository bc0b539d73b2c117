"""What was promised? Targets with their measure and clause, and their progress year by year (目标)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from accounts.models import User
from indicators.models import locks
from parks.models import Region, Zone
from parks.provinces import codes_of, provinces_of
from policy.models import Provision
from targets.enums import Measure, Method, Operator, Origin, Path, TargetStatus, Verdict, Vintage

DECIDER_ZH = "省产业集聚区联席会议办公室（政策没有规定路径和判定方法，现值为起始值）"
DECIDER_EN = "Provincial joint-meeting office (the policy names no path and no method; these are starting values)"


def unit_label(unit: str) -> str:
    """The unit in the reader's language; empty for counts in English."""
    if not (get_language() or "").startswith("en"):
        return unit
    return {"个": "", "家": "", "万元": pgettext("unit", "万元")}.get(unit, unit)


class TargetQuerySet(models.QuerySet["Target"]):
    def countable(self) -> TargetQuerySet:
        return self.exclude(measure=Measure.QUALITATIVE)

    def in_use(self) -> TargetQuerySet:
        return self.filter(withdrawn_at=None)

    def of_provinces(self, regions: Iterable[Region]) -> TargetQuerySet:
        """Targets of the policies of these provinces, and of policies for any."""
        return self.filter(provision__document__region_code__in=codes_of(regions))

    def visible_to(self, user: User) -> TargetQuerySet:
        """Targets of the provinces in which the user has an office; all for a superuser."""
        return self if user.is_superuser else self.of_provinces(provinces_of(user))


@pghistory.track()
class Target(models.Model):
    """One promise of the policy (目标), with operator, tolerance, denominator and clause.

    `spec` declares the measure: see targets/measures.py. A qualitative target has no value and never gets one.
    `origin`: what the pack says stays the pack's; the office sets how it is judged, adds targets of its own, and takes
    either out of use with a reason. The baseline has a source or is none: then paths start at the first figure.
    """

    code = models.CharField(_("编号"), max_length=8, unique=True)
    provision = models.ForeignKey(Provision, verbose_name=_("条款"), on_delete=models.PROTECT, related_name="targets")
    name_zh = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=200)
    year = models.PositiveSmallIntegerField(_("目标年"), null=True, blank=True, help_text=_("空白：没有期限，长期有效"))
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
    origin = models.CharField(_("来源"), max_length=8, choices=Origin.choices, default=Origin.PACK)
    as_of = models.DateField(
        _("计算截止日"), null=True, blank=True, help_text=_("目标按哪一天计算；不填为目标年 12 月 31 日")
    )
    baseline_year = models.PositiveSmallIntegerField(_("基期年"), null=True, blank=True)
    baseline_value = models.DecimalField(_("基期值"), max_digits=16, decimal_places=4, null=True, blank=True)
    baseline_source = models.CharField(_("基期来源"), max_length=240, blank=True)
    path = models.CharField(_("路径"), max_length=12, choices=Path.choices, default=Path.LINEAR)
    milestones = models.JSONField(_("里程碑"), default=list, blank=True)
    """[[year, value], …] for the stepwise path and that of own milestones."""
    method = models.CharField(_("判定方法"), max_length=10, choices=Method.choices, default=Method.PATH)
    judged_by = models.CharField(_("路径与方法由谁确定"), max_length=160, default=DECIDER_ZH)
    judged_by_en = models.CharField(_("路径与方法由谁确定（英文）"), max_length=240, blank=True, default=DECIDER_EN)
    revision = models.PositiveIntegerField(_("版本"), default=1)
    changed_by = models.ForeignKey(
        User, verbose_name=_("最后修改人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    change_note = models.CharField(_("修改说明"), max_length=400, blank=True)
    withdrawn_by = models.ForeignKey(
        User, verbose_name=_("停用人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    withdrawal = models.CharField(_("停用理由"), max_length=400, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("目标")
        verbose_name_plural = _("目标")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(measure=Measure.QUALITATIVE, value=None)
                | (~Q(measure=Measure.QUALITATIVE) & Q(value__isnull=False)),
                name="target_qualitative_without_value",
            ),
            models.CheckConstraint(
                condition=Q(baseline_year=None, baseline_value=None, baseline_source="")
                | (Q(baseline_year__isnull=False, baseline_value__isnull=False) & ~Q(baseline_source="")),
                name="target_baseline_with_source",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal="")),
                name="target_withdrawn_with_reason",
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
    def judge(self) -> str:
        """Who decides on path and method."""
        english = (get_language() or "").startswith("en")
        return self.judged_by_en if english and self.judged_by_en else self.judged_by

    @property
    def is_qualitative(self) -> bool:
        return self.measure == Measure.QUALITATIVE

    @property
    def is_standing(self) -> bool:
        """Whether it has no year: it holds at any time (长期有效)."""
        return self.year is None

    @property
    def is_divisible(self) -> bool:
        """Whether it may be divided among cities and zones: words cannot, nor how a rule is kept."""
        return self.measure not in {Measure.QUALITATIVE, Measure.RULE}

    @property
    def is_offices(self) -> bool:
        return self.origin == Origin.OFFICE

    @property
    def prefix(self) -> str:
        """The two digits of the province whose zones count; empty for a policy of any."""
        return self.provision.document.region_prefix

    @property
    def month_day(self) -> str:
        """The day of each year on which the target is computed, as MM-DD."""
        return f"{self.as_of:%m-%d}" if isinstance(self.as_of, date) else "12-31"

    @property
    def baseline(self) -> tuple[int, float] | None:
        if self.baseline_year is None or self.baseline_value is None:
            return None
        return self.baseline_year, float(self.baseline_value)

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


class ReportedProgress(models.Model):
    """What was reported of a target for a year (已报告的进展), and every later figure of that year beside it.

    Append-only: the first row of a year stands as it was reported; late data makes a further row with its reason.
    `digest` chains each row to the one before (SHA-256 over its content and that digest).
    """

    target = models.ForeignKey(Target, verbose_name=_("目标"), on_delete=models.PROTECT, related_name="reported")
    year = models.PositiveSmallIntegerField(_("年度"))
    vintage = models.PositiveSmallIntegerField(_("版次"))
    reason = models.CharField(_("缘由"), max_length=12, choices=Vintage.choices)
    note = models.CharField(_("说明"), max_length=400, blank=True)
    value = models.DecimalField(_("现值"), max_digits=16, decimal_places=4, null=True)
    numerator = models.DecimalField(_("分子"), max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(_("分母"), max_digits=20, decimal_places=4, null=True)
    status = models.CharField(_("状态"), max_length=12, choices=TargetStatus.choices)
    goal = models.DecimalField(_("目标值"), max_digits=14, decimal_places=2)
    target_revision = models.PositiveIntegerField(_("目标版本"))
    synthetic = models.BooleanField(_("演示数据"), default=False)
    data_change_id = models.BigIntegerField()
    digest = models.CharField(_("指纹"), max_length=64)
    reported_by = models.ForeignKey(User, verbose_name=_("报告人"), on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("报告时间"))

    class Meta:
        verbose_name = _("已报告的进展")
        verbose_name_plural = _("已报告的进展")
        ordering = ["target", "year", "vintage"]
        constraints = [
            models.UniqueConstraint(fields=["target", "year", "vintage"], name="reported_once"),
            models.CheckConstraint(
                condition=Q(vintage=1, reason=Vintage.FIRST)
                | (Q(vintage__gt=1, reason=Vintage.LATE_DATA) & ~Q(note="")),
                name="reported_late_with_reason",
            ),
        ]
        triggers = [locks.append_only("reported_append_only"), locks.no_truncate("reported_no_truncate")]

    def __str__(self) -> str:
        return f"{self.target.code} {self.year} v{self.vintage}"


class Judgement(models.Model):
    """The office's judgement on a qualitative goal (评判), with the evidence it rests on. Append-only; no number."""

    target = models.ForeignKey(Target, verbose_name=_("目标"), on_delete=models.PROTECT, related_name="judgements")
    year = models.PositiveSmallIntegerField(_("年度"))
    verdict = models.CharField(_("评判"), max_length=8, choices=Verdict.choices)
    evidence = models.TextField(_("依据"))
    on = models.DateField(_("评判日期"))
    file = models.FileField(_("文件"), upload_to="targets/%Y/%m/", max_length=200, blank=True)
    file_name = models.CharField(_("文件名"), max_length=160, blank=True)
    file_digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    content_type = models.CharField(_("类型"), max_length=100, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    judged_by = models.ForeignKey(User, verbose_name=_("评判人"), on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(_("记录时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("定性目标评判")
        verbose_name_plural = _("定性目标评判")
        ordering = ["-year", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(evidence=""), name="judgement_with_evidence")]
        triggers = [
            locks.append_only("judgement_append_only"),
            locks.no_truncate("judgement_no_truncate"),
            locks.Lock(
                name="judgement_of_a_qualitative_goal",
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS (SELECT FROM targets_target WHERE id = NEW.target_id AND measure = '{Measure.QUALITATIVE}') THEN
                        {locks.refuse("only a qualitative goal is judged in words")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target.code} {self.year} {self.get_verdict_display()}"


class QuotaSheet(models.Model):
    """How a target is divided (指标分解): among the cities, or a city's part among its zones. Append-only: the newest counts.

    `whole` is what was divided: the target's value, or the city's quota. Parts that do not sum to it need a reason.
    """

    target = models.ForeignKey(Target, verbose_name=_("目标"), on_delete=models.PROTECT, related_name="quota_sheets")
    city = models.ForeignKey(
        Region, verbose_name=_("省辖市"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveSmallIntegerField(_("版次"))
    whole = models.DecimalField(_("被分解的数"), max_digits=14, decimal_places=2)
    total = models.DecimalField(_("分解合计"), max_digits=16, decimal_places=2)
    reason = models.CharField(_("不等的理由"), max_length=400, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    set_by = models.ForeignKey(User, verbose_name=_("分解人"), on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("分解时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("指标分解")
        verbose_name_plural = _("指标分解")
        ordering = ["target", "city", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["target", "city", "number"], name="quota_sheet_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(total=models.F("whole")) | ~Q(reason=""), name="quota_difference_with_reason"
            ),
        ]
        triggers = [locks.append_only("quota_sheet_append_only"), locks.no_truncate("quota_sheet_no_truncate")]

    def __str__(self) -> str:
        return f"{self.target.code} {self.city or ''} #{self.number}"


class Quota(models.Model):
    """A city's or a zone's part of a target (分解指标)."""

    sheet = models.ForeignKey(QuotaSheet, on_delete=models.PROTECT, related_name="parts")
    region = models.ForeignKey(
        Region, verbose_name=_("省辖市"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    zone = models.ForeignKey(
        Zone, verbose_name=_("园区"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    value = models.DecimalField(_("分解数"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("分解指标")
        verbose_name_plural = _("分解指标")
        ordering = ["sheet", "region__code", "zone__code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(region__isnull=False, zone=None) | Q(region=None, zone__isnull=False), name="quota_of_one"
            ),
            models.UniqueConstraint(fields=["sheet", "region", "zone"], name="quota_once", nulls_distinct=False),
        ]
        triggers = [locks.append_only("quota_append_only"), locks.no_truncate("quota_no_truncate")]

    def __str__(self) -> str:
        return f"{self.region or self.zone} {self.value}"
