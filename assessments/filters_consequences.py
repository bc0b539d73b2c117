"""Filters of measures and designation changes, one set for page and API (结果运用筛选)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import ChangeDirection, ChangeStatus, MeasureStatus, MeasureStep, OrderStatus, StatusKind
from assessments.models import DesignationChange, Measure, MeasureOrder, ZoneStatus
from parks.models import Region


def _cities() -> QuerySet[Region]:
    return Region.objects.cities().order_by("code")


class _OfZones(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("园区名称或编号"), method="search")
    city = django_filters.ModelChoiceFilter(
        label=_("省辖市"),
        field_name="zone__city",
        to_field_name="code",
        queryset=lambda _: _cities(),
        empty_label=_("全省"),
    )

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(zone__name__icontains=value) | Q(zone__code__iexact=value))


class MeasureFilter(_OfZones):
    step = django_filters.ChoiceFilter(label=_("措施"), choices=MeasureStep.choices, empty_label=_("全部措施"))
    status = django_filters.ChoiceFilter(label=_("状态"), choices=MeasureStatus.choices, empty_label=_("全部状态"))
    overdue = django_filters.BooleanFilter(label=_("只看逾期"), method="only_overdue")
    origin = django_filters.ChoiceFilter(
        label=_("来源"),
        choices=[("decision", _("考核决定")), ("order", _("考核决定之外")), ("raised", _("由原措施升级"))],
        empty_label=_("全部来源"),
        method="of_origin",
    )

    class Meta:
        model = Measure
        fields: list[str] = []

    def of_origin(self, queryset: QuerySet[Measure], name: str, value: str) -> QuerySet[Measure]:
        if value == "raised":
            return queryset.filter(decision=None, order=None)
        return queryset.filter(**{f"{value}__isnull": False})

    def only_overdue(self, queryset: QuerySet[Measure], name: str, value: bool) -> QuerySet[Measure]:
        late = Q(status=MeasureStatus.OPEN, due_on__lt=timezone.localdate())
        return queryset.filter(late) if value else queryset.exclude(late)


class MeasureOrderFilter(_OfZones):
    step = django_filters.ChoiceFilter(label=_("措施"), choices=MeasureStep.choices, empty_label=_("全部措施"))
    status = django_filters.ChoiceFilter(label=_("状态"), choices=OrderStatus.choices, empty_label=_("全部状态"))

    class Meta:
        model = MeasureOrder
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        zone = Q(zone__name__icontains=value) | Q(zone__code__iexact=value)
        return queryset.filter(zone | Q(document_number__icontains=value))


class DesignationChangeFilter(_OfZones):
    direction = django_filters.ChoiceFilter(label=_("方向"), choices=ChangeDirection.choices, empty_label=_("全部方向"))
    status = django_filters.ChoiceFilter(label=_("状态"), choices=ChangeStatus.choices, empty_label=_("全部状态"))

    class Meta:
        model = DesignationChange
        fields: list[str] = []


class ZoneStatusFilter(django_filters.FilterSet):
    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code")
    kind = django_filters.ChoiceFilter(label=_("内容"), choices=StatusKind.choices)
    value = django_filters.CharFilter(label=_("状态"))
    on = django_filters.DateFilter(label=_("在此日有效"), method="in_force")

    class Meta:
        model = ZoneStatus
        fields: list[str] = []

    def in_force(self, queryset: QuerySet[ZoneStatus], name: str, value: object) -> QuerySet[ZoneStatus]:
        return queryset.filter(pk__in=ZoneStatus.objects.in_force_on(value).values("pk"))  # type: ignore[arg-type]
