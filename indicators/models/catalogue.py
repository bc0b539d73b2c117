"""What is measured: the catalogue of indicators, the forms that ask for them, the rules on figures (指标目录)."""

from __future__ import annotations

from collections.abc import Iterable

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from indicators.enums import (
    Dimension,
    Direction,
    Frequency,
    IndicatorKind,
    IndicatorScope,
    Prevailing,
    RuleKind,
    Severity,
    Temporality,
)
from parks.enums import Certainty, DesignationLevel, ZoneClass


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
    temporality = models.CharField(
        _("时点或累计"), max_length=10, choices=Temporality.choices, default=Temporality.STOCK
    )
    required = models.BooleanField(_("必填"), default=False)
    minimum = models.DecimalField(_("下限"), max_digits=20, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(_("上限"), max_digits=20, decimal_places=4, null=True, blank=True)
    tolerance_pct = models.DecimalField(
        _("核对容差（%）"),
        max_digits=5,
        decimal_places=2,
        default=1,
        help_text=_("园区数与部门数相差不超过此比例时不算差异；起始值为1%，由联席会议办公室确定"),
    )
    prevailing = models.CharField(
        _("以谁为准"),
        max_length=10,
        choices=Prevailing.choices,
        default=Prevailing.PARK,
        help_text=_("差异未裁定之前以谁的数为准；由联席会议办公室确定"),
    )
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

    `expression` is in the formula language and must hold: `multi_storey_plant_area <= standard_plant_area`; a rule with a
    missing part is not judged: missing is never zero. Kinds other than relation and sum name their `items` (none: every
    item to which the kind can apply) and their `parameters`. `zone_classes`, `levels` and `condition` say for whom it holds
    (empty: for all).
    """

    code = models.CharField(_("编号"), max_length=20, unique=True)
    kind = models.CharField(_("类型"), max_length=16, choices=RuleKind.choices, default=RuleKind.RELATION)
    severity = models.CharField(_("强度"), max_length=8, choices=Severity.choices)
    expression = models.CharField(_("关系式"), max_length=400, blank=True)
    items = ArrayField(models.CharField(max_length=60), verbose_name=_("涉及指标"), default=list, blank=True)
    parameters = models.JSONField(_("参数"), default=dict, blank=True)
    zone_classes = ArrayField(
        models.CharField(max_length=10, choices=ZoneClass.choices),
        verbose_name=_("适用类别"),
        default=list,
        blank=True,
    )
    levels = ArrayField(
        models.CharField(max_length=20, choices=DesignationLevel.choices),
        verbose_name=_("适用级别"),
        default=list,
        blank=True,
    )
    condition = models.CharField(_("适用条件"), max_length=240, blank=True)
    message_zh = models.CharField(_("提示"), max_length=240)
    message_en = models.CharField(_("英文提示"), max_length=300)
    basis = models.CharField(_("依据"), max_length=200)
    region_code = models.CharField(
        _("适用行政区"),
        max_length=6,
        blank=True,
        help_text=_("省级行政区划代码：只审核该省的园区；空白表示不限"),
    )
    document_code = models.SlugField(_("所属政策"), blank=True, db_index=False)
    """The document whose pack brought it: loading that pack again may drop it, loading another never does."""
    position = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = _("审核关系")
        verbose_name_plural = _("审核关系")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.expression}"

    @property
    def message(self) -> str:
        return self.message_en if (get_language() or "").startswith("en") else self.message_zh


class Form(models.Model):
    """A set of items that are asked together (报表表式), such as the quarterly JJQ201; a round is put together of these."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name_zh = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120)
    frequency = models.CharField(_("频率"), max_length=8, choices=Frequency.choices)
    indicators = models.ManyToManyField(Indicator, verbose_name=_("指标"), related_name="forms")
    source = models.CharField(_("依据"), max_length=200)
    position = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = _("报表表式")
        verbose_name_plural = _("报表表式")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh
