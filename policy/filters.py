"""Filters of provisions, the same for the reader and the API (条款筛选)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from policy.enums import InstrumentKind, ProvisionStatus
from policy.models import Document, Instrument, Provision, Term
from policy.standing import ProvisionState, provision_states
from policy.terms import SUBJECTS

CARRIED = [("yes", _("已落实")), ("no", _("尚未落实"))]


class ProvisionFilter(django_filters.FilterSet):
    """By text, kind, chapter, and how the provisions stand."""

    q = django_filters.CharFilter(
        label=_("搜索"),
        method="search",
        help_text=_("在原文、释义、政策工具名称和编号中搜索"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("原文、释义或编号")}),
    )
    kind = django_filters.ChoiceFilter(label=_("类型"), choices=InstrumentKind.choices, empty_label=_("全部类型"))
    chapter = django_filters.CharFilter(
        label=_("章"), method="in_chapter", max_length=10, help_text=_("章号，例如“四”")
    )
    carried = django_filters.ChoiceFilter(
        label=_("落实情况"), choices=CARRIED, method="by_carried", empty_label=_("全部")
    )
    status = django_filters.ChoiceFilter(
        label=_("现状"), choices=ProvisionStatus.choices, method="by_status", empty_label=_("全部现状")
    )
    department = django_filters.ChoiceFilter(
        label=_("部门"), choices=Duty.choices, method="by_department", empty_label=_("全部部门")
    )

    def __init__(self, *args: Any, states: Mapping[int, ProvisionState] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._states = states

    @property
    def states(self) -> Mapping[int, ProvisionState]:
        """How every provision stands; asked for when a filter needs it and nobody gave it."""
        if self._states is None:
            user = self.request.user
            found: dict[int, ProvisionState] = {}
            for document in Document.objects.all():
                found |= provision_states(document, user)
            self._states = found
        return self._states

    class Meta:
        model = Provision
        fields: list[str] = []

    def search(self, queryset: QuerySet[Provision], _name: str, value: str) -> QuerySet[Provision]:
        words = Q(quote__icontains=value) | Q(gloss_en__icontains=value) | Q(code__iexact=value)
        names = Q(instrument__name_zh__icontains=value) | Q(instrument__name_en__icontains=value)
        return queryset.filter(words | names)

    def in_chapter(self, queryset: QuerySet[Provision], _name: str, value: str) -> QuerySet[Provision]:
        return queryset.filter(section__regex=rf"^{re.escape(value)}([(（0-9]|$)")

    def _having(self, queryset: QuerySet[Provision], test: Callable[[ProvisionState], bool]) -> QuerySet[Provision]:
        return queryset.filter(pk__in=[pk for pk, state in self.states.items() if test(state)])

    def by_carried(self, queryset: QuerySet[Provision], _name: str, value: str) -> QuerySet[Provision]:
        return self._having(queryset, lambda state: state.is_carried == (value == "yes"))

    def by_status(self, queryset: QuerySet[Provision], _name: str, value: str) -> QuerySet[Provision]:
        return self._having(queryset, lambda state: state.status == value)

    def by_department(self, queryset: QuerySet[Provision], _name: str, value: str) -> QuerySet[Provision]:
        return self._having(queryset, lambda state: value in state.departments)


class ProvisionApiFilter(ProvisionFilter):
    """The API may also ask by instrument, subject, year and document."""

    instrument = django_filters.CharFilter(field_name="instrument__key", label=_("政策工具代码"))
    subject = django_filters.ChoiceFilter(choices=list(SUBJECTS.items()), label=_("对象"))
    year = django_filters.NumberFilter(label=_("年份"), min_value=0, max_value=9999)
    document = django_filters.CharFilter(field_name="document__code", label=_("政策文件代码"))


class InstrumentFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label=_("类型"), choices=InstrumentKind.choices)
    subject = django_filters.ChoiceFilter(choices=list(SUBJECTS.items()), label=_("对象"))
    carried = django_filters.ChoiceFilter(label=_("落实情况"), choices=CARRIED, method="by_carried")
    document = django_filters.CharFilter(field_name="document__code", label=_("政策文件代码"))

    class Meta:
        model = Instrument
        fields: list[str] = []

    def by_carried(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(carriers__isnull=value == "no").distinct()


class TermFilter(django_filters.FilterSet):
    document = django_filters.CharFilter(field_name="document__code", label=_("政策文件代码"))
    provision = django_filters.CharFilter(field_name="provisions__code", label=_("条款代码"))
    open = django_filters.BooleanFilter(
        field_name="rulings", lookup_expr="isnull", distinct=True, label=_("还没有确定")
    )

    class Meta:
        model = Term
        fields = ["document", "key"]
