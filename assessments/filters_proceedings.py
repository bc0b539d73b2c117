"""Filters of proceedings, agendas, publications and objections, one set for page and API (筛选)."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.enums import DecisionOutcome, ObjectionStatus, ProceedingStatus
from assessments.filters import ResultFilter
from assessments.models import Objection, Proceeding, Publication, Result
from assessments.selectors.proceedings import differing
from parks.enums import ZoneClass


class ProceedingFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label=_("年度"))
    zone_class = django_filters.ChoiceFilter(label=_("类别"), choices=ZoneClass.choices, empty_label=_("全部类别"))
    status = django_filters.ChoiceFilter(label=_("状态"), choices=ProceedingStatus.choices, empty_label=_("全部状态"))

    class Meta:
        model = Proceeding
        fields: list[str] = []


class AgendaFilter(ResultFilter):
    """Of one agenda: what is proposed, how it is decided, where."""

    state = django_filters.ChoiceFilter(
        label=_("决定"),
        method="by_state",
        choices=[
            ("undecided", _("尚未决定")),
            ("proposed", _("与建议相同")),
            ("differing", _("与建议不同")),
            *DecisionOutcome.choices,
        ],
        empty_label=_("全部"),
    )

    def by_state(self, queryset: QuerySet[Result], name: str, value: str) -> QuerySet[Result]:
        return differing(queryset, value)


class PublicationFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label=_("年度"), field_name="proceeding__year")
    zone_class = django_filters.ChoiceFilter(
        label=_("类别"), field_name="proceeding__zone_class", choices=ZoneClass.choices, empty_label=_("全部类别")
    )

    class Meta:
        model = Publication
        fields: list[str] = []


class ObjectionFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(label=_("状态"), choices=ObjectionStatus.choices, empty_label=_("全部状态"))
    year = django_filters.NumberFilter(label=_("年度"), field_name="publication__proceeding__year")
    zone_class = django_filters.ChoiceFilter(
        label=_("类别"),
        field_name="publication__proceeding__zone_class",
        choices=ZoneClass.choices,
        empty_label=_("全部类别"),
    )

    class Meta:
        model = Objection
        fields: list[str] = []
