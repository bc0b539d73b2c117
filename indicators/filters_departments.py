"""Filters of departments' data, differences and decisions, the same for pages and API (部门数据与核对的筛选)."""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from indicators.models import Reconciliation, Value
from parks.enums import ZoneClass
from parks.models import Designation, Region


class DifferenceFilter(django_filters.FilterSet):
    """Differences between parks and departments by period, place, item, size and state (核对差异), for page and API."""

    q = django_filters.CharFilter(label=_("园区"), method="by_text")
    period = django_filters.CharFilter(label=_("时期"))
    city = django_filters.ModelChoiceFilter(
        label=_("省辖市"),
        field_name="zone__city",
        to_field_name="code",
        queryset=Region.objects.cities(),
        empty_label=_("全部"),
    )
    zone_class = django_filters.ChoiceFilter(
        label=_("类别"), method="by_class", choices=ZoneClass.choices, empty_label=_("全部")
    )
    department = django_filters.ChoiceFilter(label=_("部门"), choices=Duty.choices, empty_label=_("全部"))
    indicator = django_filters.CharFilter(label=_("指标代码"), field_name="indicator__code")
    size = django_filters.ChoiceFilter(
        label=_("差异大小"),
        method="by_size",
        choices=[
            ("rounding", _("四舍五入之差")),
            ("small", _("不到 5%")),
            ("medium", _("5% 至 20%")),
            ("large", _("20% 以上")),
        ],
        empty_label=_("全部"),
    )
    state = django_filters.ChoiceFilter(
        label=_("裁定"),
        method="by_state",
        choices=[
            ("undecided", _("待裁定")),
            ("void", _("裁定已失效")),
            ("decided", _("已裁定")),
            ("all", _("全部")),
        ],
        empty_label=None,
    )

    class Meta:
        model = Value
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Value], name: str, value: str) -> QuerySet[Value]:
        return queryset.filter(Q(zone__name__icontains=value) | Q(zone__code__iexact=value))

    def by_class(self, queryset: QuerySet[Value], name: str, value: str) -> QuerySet[Value]:
        plates = Designation.objects.in_force_on(timezone.localdate()).filter(zone_class=value, zone=OuterRef("zone"))
        return queryset.filter(Exists(plates))

    def by_size(self, queryset: QuerySet[Value], name: str, value: str) -> QuerySet[Value]:
        sizes = {
            "rounding": Q(rounding=True),
            "small": Q(share__lt=5),
            "medium": Q(share__gte=5, share__lt=20),
            # Against a department's zero every figure is a large difference.
            "large": Q(share__gte=20) | Q(share=None),
        }
        return queryset.filter(sizes[value])

    def by_state(self, queryset: QuerySet[Value], name: str, value: str) -> QuerySet[Value]:
        if value == "undecided":
            return queryset.filter(~Q(state="decided"))
        return queryset if value == "all" else queryset.filter(Q(state=value))


class DepartmentValueFilter(django_filters.FilterSet):
    """Departments' figures by zone, item, department, period and delivery."""

    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code")
    indicator = django_filters.CharFilter(label=_("指标代码"), field_name="indicator__code")
    load = django_filters.NumberFilter(label=_("批次"), field_name="load_id")

    class Meta:
        model = Value
        fields = ("zone", "indicator", "department", "year", "period", "load", "synthetic")


class DecisionFilter(django_filters.FilterSet):
    """Decisions on differences by zone, item and period."""

    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code")
    indicator = django_filters.CharFilter(label=_("指标代码"), field_name="indicator__code")

    class Meta:
        model = Reconciliation
        fields = ("zone", "indicator", "period", "verdict")
