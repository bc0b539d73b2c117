"""Filters of the target resources (目标接口筛选)."""

from __future__ import annotations

import django_filters

from targets.models import Progress, Target


class TargetFilter(django_filters.FilterSet):
    class Meta:
        model = Target
        fields = ("code", "year", "measure", "lead")


class ProgressFilter(django_filters.FilterSet):
    target = django_filters.CharFilter(field_name="target__code")

    class Meta:
        model = Progress
        fields = ("target", "year", "status", "synthetic")
