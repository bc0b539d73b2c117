"""Filters of the target resources (目标接口筛选)."""

from __future__ import annotations

import django_filters

from targets.models import Judgement, Progress, Quota, ReportedProgress, Target


class TargetFilter(django_filters.FilterSet):
    class Meta:
        model = Target
        fields = ("code", "year", "measure", "lead", "origin")


class ProgressFilter(django_filters.FilterSet):
    target = django_filters.CharFilter(field_name="target__code")

    class Meta:
        model = Progress
        fields = ("target", "year", "status", "synthetic")


class ReportedFilter(django_filters.FilterSet):
    target = django_filters.CharFilter(field_name="target__code")

    class Meta:
        model = ReportedProgress
        fields = ("target", "year", "vintage", "reason")


class JudgementFilter(django_filters.FilterSet):
    target = django_filters.CharFilter(field_name="target__code")

    class Meta:
        model = Judgement
        fields = ("target", "year", "verdict")


class QuotaFilter(django_filters.FilterSet):
    target = django_filters.CharFilter(field_name="sheet__target__code")
    city = django_filters.CharFilter(field_name="region__code")
    zone = django_filters.CharFilter(field_name="zone__code")

    class Meta:
        model = Quota
        fields: tuple[str, ...] = ()
