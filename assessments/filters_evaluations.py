"""Filters of evaluations of enterprises and their results, one set for page, export and API (筛选)."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.enums import EvaluationStatus
from assessments.models import Evaluation, EvaluationResult

ALL = pgettext_lazy("filter", "全部")
UNCLASSED = "none"


class EvaluationFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label=_("年度"))
    status = django_filters.ChoiceFilter(label=_("状态"), choices=EvaluationStatus.choices, empty_label=ALL)
    final = django_filters.ChoiceFilter(
        label=_("定稿"),
        choices=[("true", _("已定稿")), ("false", _("未定稿"))],
        empty_label=ALL,
        method="by_final",
    )

    class Meta:
        model = Evaluation
        fields: list[str] = []

    def by_final(self, rows: QuerySet[Evaluation], name: str, value: str) -> QuerySet[Evaluation]:
        return rows.filter(final_at__isnull=value == "false")


class EvaluationResultFilter(django_filters.FilterSet):
    """By name or code, zone, class."""

    q = django_filters.CharFilter(label=_("企业名称、信用代码"), method="search")
    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code", lookup_expr="iexact")
    grade = django_filters.CharFilter(label=_("类别"), method="by_grade")

    class Meta:
        model = EvaluationResult
        fields: list[str] = []

    def search(self, rows: QuerySet[EvaluationResult], name: str, value: str) -> QuerySet[EvaluationResult]:
        for part in value.split()[:8]:
            rows = rows.filter(Q(enterprise__name__icontains=part) | Q(enterprise__credit_code__iexact=part))
        return rows

    def by_grade(self, rows: QuerySet[EvaluationResult], name: str, value: str) -> QuerySet[EvaluationResult]:
        return rows.filter(grade="" if value == UNCLASSED else value)


class EvaluationResultApiFilter(EvaluationResultFilter):
    """The same over all evaluations, by evaluation, year and enterprise."""

    evaluation = django_filters.NumberFilter(label=_("评价编号"))
    year = django_filters.NumberFilter(label=_("年度"), field_name="evaluation__year")
    enterprise = django_filters.CharFilter(label=_("统一社会信用代码"), field_name="enterprise__credit_code")
