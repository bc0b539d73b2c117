"""Filters of runs and results, one set for page and API (筛选)."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.enums import IncidentKind, ProposalKind, RunStatus, SchemeStatus, Severity
from assessments.models import Incident, Result, Run, Scheme
from parks.enums import ZoneClass
from parks.models import Region


class SchemeFilter(django_filters.FilterSet):
    zone_class = django_filters.ChoiceFilter(label=_("类别"), choices=ZoneClass.choices)
    status = django_filters.ChoiceFilter(label=_("状态"), choices=SchemeStatus.choices)
    code = django_filters.CharFilter(label=_("代码"))
    year = django_filters.NumberFilter(label=_("适用年度"), method="for_year")

    class Meta:
        model = Scheme
        fields: list[str] = []

    def for_year(self, queryset: QuerySet[Scheme], name: str, value: int) -> QuerySet[Scheme]:
        return queryset.filter(Q(year_to=None) | Q(year_to__gte=value), year_from__lte=value)


class RunFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label=_("年度"))
    zone_class = django_filters.ChoiceFilter(
        label=_("类别"), field_name="scheme__zone_class", choices=ZoneClass.choices, empty_label=_("全部类别")
    )
    status = django_filters.ChoiceFilter(label=_("状态"), choices=RunStatus.choices, empty_label=_("全部状态"))

    class Meta:
        model = Run
        fields: list[str] = []


class ResultFilter(django_filters.FilterSet):
    """Of one run's page: by proposal, city and name."""

    q = django_filters.CharFilter(label=_("园区名称或编号"), method="search")
    proposal = django_filters.ChoiceFilter(label=_("建议"), choices=ProposalKind.choices, empty_label=_("全部建议"))
    city = django_filters.ModelChoiceFilter(
        label=_("省辖市"),
        field_name="zone__city",
        to_field_name="code",
        queryset=Region.objects.cities().order_by("code"),
        empty_label=_("全省"),
    )

    within_noise = django_filters.ChoiceFilter(
        label=_("稳健性"),
        choices=[("true", _("处于误差范围内")), ("false", _("超出误差范围"))],
        empty_label=_("全部"),
        method="by_noise",
    )

    class Meta:
        model = Result
        fields: list[str] = []

    def by_noise(self, queryset: QuerySet[Result], name: str, value: str) -> QuerySet[Result]:
        return queryset.filter(within_noise=value == "true")

    def search(self, queryset: QuerySet[Result], name: str, value: str) -> QuerySet[Result]:
        return queryset.filter(Q(zone__name__icontains=value) | Q(zone__code__iexact=value))


class ResultApiFilter(ResultFilter):
    """The same over all runs, by run, year, class and zone."""

    run = django_filters.NumberFilter(label=_("考核计算"))
    year = django_filters.NumberFilter(label=_("年度"), field_name="run__year")
    zone_class = django_filters.ChoiceFilter(
        label=_("类别"), field_name="run__scheme__zone_class", choices=ZoneClass.choices
    )
    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code")
    synthetic = django_filters.BooleanFilter(label=_("演示数据"))


class IncidentFilter(django_filters.FilterSet):
    """Incidents by zone, city, class, kind, severity, year and whether they are valid; one set for page and API."""

    q = django_filters.CharFilter(label=_("园区、事由或文号"), method="search")
    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("incident", "类别"),
        choices=IncidentKind.choices,
        empty_label=pgettext_lazy("incident", "全部类别"),
    )
    severity = django_filters.ChoiceFilter(label=_("程度"), choices=Severity.choices, empty_label=_("全部程度"))
    year = django_filters.NumberFilter(label=_("年度"), field_name="on__year")
    city = django_filters.ModelChoiceFilter(
        label=_("省辖市"),
        field_name="zone__city",
        to_field_name="code",
        queryset=Region.objects.cities().order_by("code"),
        empty_label=_("全省"),
    )
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[("valid", pgettext_lazy("incident", "有效")), ("withdrawn", _("已撤销"))],
        method="by_state",
        empty_label=_("全部状态"),
    )

    class Meta:
        model = Incident
        fields: list[str] = []

    def search(self, queryset: QuerySet[Incident], name: str, value: str) -> QuerySet[Incident]:
        return queryset.filter(
            Q(zone__name__icontains=value)
            | Q(zone__code__iexact=value)
            | Q(title__icontains=value)
            | Q(document_number__icontains=value)
        )

    def by_state(self, queryset: QuerySet[Incident], name: str, value: str) -> QuerySet[Incident]:
        return queryset.filter(withdrawn_at__isnull=value == "valid")


class IncidentApiFilter(IncidentFilter):
    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code")
