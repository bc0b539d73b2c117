"""Filters of breaches and tasks, one set for page and API (筛选)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from compliance.enums import Force, Subject, TaskStatus
from compliance.models import Breach, Task
from compliance.rules import RULES
from parks.models import Region

STATES = [("open", _("现有不符")), ("exempt", _("例外")), ("ended", _("已消除"))]


def _rules() -> list[tuple[str, Any]]:
    return [(key, rule.name) for key, rule in RULES.items() if rule.check is not None]


class BreachFilter(django_filters.FilterSet):
    """Expects a queryset `with_exempt(today)`."""

    q = django_filters.CharFilter(label=_("园区或地区"), method="search")
    rule = django_filters.ChoiceFilter(label=_("规则"), choices=lazy(_rules, list)(), empty_label=_("全部规则"))
    force = django_filters.ChoiceFilter(label=_("约束力"), choices=Force.choices, empty_label=_("全部"))
    subject = django_filters.ChoiceFilter(label=_("对象"), choices=Subject.choices, empty_label=_("全部对象"))
    city = django_filters.ModelChoiceFilter(
        label=_("省辖市"),
        method="in_city",
        to_field_name="code",
        queryset=Region.objects.cities().order_by("code"),
        empty_label=_("全省"),
    )
    state = django_filters.ChoiceFilter(label=_("状态"), choices=STATES, method="by_state", empty_label=_("全部状态"))

    class Meta:
        model = Breach
        fields: list[str] = []

    def search(self, queryset: QuerySet[Breach], _name: str, value: str) -> QuerySet[Breach]:
        return queryset.filter(Q(label__icontains=value) | Q(zone__code__iexact=value) | Q(region__code=value))

    def in_city(self, queryset: QuerySet[Breach], _name: str, value: Region) -> QuerySet[Breach]:
        return queryset.filter(Q(zone__city=value) | Q(region=value) | Q(region__parent=value))

    def by_state(self, queryset: QuerySet[Breach], _name: str, value: str) -> QuerySet[Breach]:
        if value == "ended":
            return queryset.filter(ended_at__isnull=False)
        return queryset.filter(ended_at=None, exempt=value == "exempt")  # type: ignore[misc]  # annotated


class BreachApiFilter(BreachFilter):
    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code")
    document = django_filters.CharFilter(label=_("政策文件代码"), field_name="document__code")


class TaskFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("任务或条款"), method="search")
    lead = django_filters.ChoiceFilter(label=_("牵头部门"), choices=Duty.choices, empty_label=_("全部部门"))
    city = django_filters.ModelChoiceFilter(
        label=_("省辖市"),
        field_name="city",
        to_field_name="code",
        queryset=Region.objects.cities().order_by("code"),
        empty_label=_("全省"),
    )
    status = django_filters.ChoiceFilter(label=_("状态"), choices=TaskStatus.choices, empty_label=_("全部状态"))
    due = django_filters.ChoiceFilter(
        label=_("期限"),
        choices=[("30", _("30 天内到期")), ("late", _("已逾期"))],
        method="by_due",
        empty_label=_("全部"),
    )
    provision = django_filters.CharFilter(label=_("条款"), field_name="provision__code", lookup_expr="iexact")

    class Meta:
        model = Task
        fields: list[str] = []

    def search(self, queryset: QuerySet[Task], _name: str, value: str) -> QuerySet[Task]:
        return queryset.filter(
            Q(work__icontains=value) | Q(provision__quote__icontains=value) | Q(provision__code__iexact=value)
        )

    def by_due(self, queryset: QuerySet[Task], _name: str, value: str) -> QuerySet[Task]:
        today = timezone.localdate()
        waiting = queryset.exclude(status=TaskStatus.DONE)
        if value == "late":
            return waiting.filter(deadline__lt=today)
        return waiting.filter(deadline__gte=today, deadline__lte=today + timedelta(days=30))
