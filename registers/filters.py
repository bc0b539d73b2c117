"""Filters of entries, made of the register's own fields: one set for page, export and REST (筛选条件)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import DecimalField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from parks.models import Region
from registers.definition import Definition, FieldSpec
from registers.enums import CHOSEN, REFERENCES, FieldType, Place
from registers.formulas import field_sql
from registers.models import Enterprise, Entry, Register
from registers.references import entry_number

Method = Callable[[QuerySet[Entry], str, Any], QuerySet[Entry]]
ALL = pgettext_lazy("filter", "全部")
STANDING, WITHDRAWN, BOTH = "", "withdrawn", "all"
MAX_WORDS = 8
ON_PAGE = 4
"""Fields of its own that a register's page offers; REST has all of them."""


class _Base(filters.FilterSet):
    """What every register can be searched by."""

    q = filters.CharFilter(label=gettext_lazy("标题、园区、编号"), method="search")
    city = filters.ModelChoiceFilter(
        label=gettext_lazy("省辖市"),
        queryset=Region.objects.cities(),
        to_field_name="code",
        empty_label=ALL,
        method="by_city",
    )
    zone = filters.CharFilter(label=gettext_lazy("园区编号"), field_name="zone__code")
    region = filters.CharFilter(label=gettext_lazy("行政区代码"), field_name="region__code")
    dated_after = filters.DateFilter(label=gettext_lazy("日期不早于"), field_name="dated", lookup_expr="gte")
    dated_before = filters.DateFilter(label=gettext_lazy("日期不晚于"), field_name="dated", lookup_expr="lte")
    changed_since = filters.IsoDateTimeFilter(
        label=gettext_lazy("更新不早于"), field_name="changed_at", lookup_expr="gte"
    )
    standing = filters.ChoiceFilter(
        label=gettext_lazy("是否撤销"),
        choices=[(WITHDRAWN, gettext_lazy("已撤销")), (BOTH, gettext_lazy("都列出"))],
        empty_label=pgettext_lazy("entries", "未撤销"),
        method="by_standing",
    )

    class Meta:
        model = Entry
        fields: list[str] = []

    def search(self, entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        """Each word in the title, the place or, written #12, the number."""
        for word in value.replace("\u3000", " ").split()[:MAX_WORDS]:
            condition = Q(title__icontains=word) | Q(zone__name__icontains=word) | Q(zone__code__iexact=word)
            condition |= Q(region__name__icontains=word)
            number = word.removeprefix("#")
            if number.isascii() and number.isdigit() and len(number) < 16:
                condition |= Q(pk=int(number))
            entries = entries.filter(condition)
        return entries

    def by_city(self, entries: QuerySet[Entry], name: str, value: Region) -> QuerySet[Entry]:
        return entries.filter(Q(zone__city=value) | Q(region=value) | Q(region__parent=value))

    def by_standing(self, entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return entries.exclude(withdrawn_at=None) if value == WITHDRAWN else entries

    def filter_queryset(self, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        """Withdrawn entries are left out unless they are asked for."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("standing") else found.filter(withdrawn_at=None)


def entry_filter(register: Register, *, brief: bool = False) -> type[_Base]:
    """The filters of a register: the common ones and its own; `brief` for a page, which offers the foremost."""
    spec = register.spec
    own: dict[str, filters.Filter] = {}
    choices = [each for each in spec.fields if each.type in {*CHOSEN, FieldType.YES_NO}]
    fields = sorted(choices, key=lambda each: not each.required)[:ON_PAGE]
    for each in fields if brief else spec.fields:
        own |= _filters_of(spec, each)
    dropped = {"region"} if spec.place == Place.ZONE else {"zone"}
    if brief:
        dropped |= {"zone", "region", "changed_since"} | (set() if spec.date else {"dated_after", "dated_before"})
    common = dict.fromkeys(dropped)
    if brief and spec.date:
        own |= {
            f"dated_{side}": filters.DateFilter(
                label=label % {"date": spec.field(spec.date).label},  # type: ignore[union-attr]  # checked by the pack
                field_name="dated",
                lookup_expr=lookup,
                widget=forms.DateInput(attrs={"type": "date"}),
            )
            for side, lookup, label in (("after", "gte", _("%(date)s自")), ("before", "lte", _("%(date)s至")))
        }
    return type("EntryFilter", (_Base,), {**common, **own, "Meta": _Base.Meta})


def _filters_of(spec: Definition, each: FieldSpec) -> dict[str, filters.Filter]:
    """A field's own filters: equal to a choice, yes or no; between bounds for numbers and days; holding a text."""
    code, label = each.code, each.label
    if each.type in {*CHOSEN, FieldType.YES_NO}:
        yes_no = [("true", pgettext("answer", "是")), ("false", pgettext("answer", "否"))]
        choices = [(key, each.choice_label(key)) for key in each.choices] or yes_no
        return {code: filters.ChoiceFilter(label=label, choices=choices, empty_label=ALL, method=_equal(each))}
    if each.is_number or each.type == FieldType.YEAR:
        return {
            f"{code}_{end}": filters.NumberFilter(label=f"{label} {sign}", method=_between(spec, code, lookup))
            for end, sign, lookup in (("min", "≥", "gte"), ("max", "≤", "lte"))
        }
    if each.type == FieldType.DATE:
        return {
            f"{code}_{end}": filters.DateFilter(label=f"{label} {sign}", method=_by_day(code, lookup))
            for end, sign, lookup in (("after", "≥", "gte"), ("before", "≤", "lte"))
        }
    return {code: filters.CharFilter(label=label, method=_equal(each) if each.type in REFERENCES else _holding(code))}


def among(code: str, choice: str, data: str = "data") -> Q:
    """That a choice is among the answers to a field, or is its one answer from when it was a choice of one."""
    return Q(**{f"{data}__contains": {code: [choice]}}) | Q(**{f"{data}__contains": {code: choice}})


def _equal(each: FieldSpec) -> Method:
    """Exactly this answer; found by the index over the answers."""

    def method(entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        wanted: Any = value
        if each.type == FieldType.YES_NO:
            wanted = value == "true"
        elif each.type == FieldType.ENTRY:
            wanted = entry_number(value)
        elif each.type == FieldType.CHOICES:
            return entries.filter(among(each.code, value))
        return entries.filter(data__contains={each.code: wanted})

    return method


def _between(spec: Definition, code: str, lookup: str) -> Method:
    def method(entries: QuerySet[Entry], name: str, value: Any) -> QuerySet[Entry]:
        return entries.alias(**{f"number_{code}": number_of(spec, code)}).filter(**{f"number_{code}__{lookup}": value})

    return method


def _by_day(code: str, lookup: str) -> Method:
    def method(entries: QuerySet[Entry], name: str, value: Any) -> QuerySet[Entry]:
        days = entries.alias(**{f"day_{code}": KeyTextTransform(code, "data")})
        return days.filter(**{f"day_{code}__{lookup}": value.isoformat()})

    return method


def _holding(code: str) -> Method:
    def method(entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        texts = entries.alias(**{f"text_{code}": KeyTextTransform(code, "data")})
        return texts.filter(**{f"text_{code}__icontains": value})

    return method


def number_of(spec: Definition, code: str) -> RawSQL:
    """A field as a number to compare and to sort by; the text is made of the definition's codes alone."""
    text = field_sql(spec, code).replace("e.data", '"registers_entry"."data"')
    return RawSQL(text, [], output_field=DecimalField())  # noqa: S611 - see the docstring


class EnterpriseFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("名称、信用代码、行业"), method="search")
    city = filters.ModelChoiceFilter(
        label=gettext_lazy("省辖市"),
        queryset=Region.objects.cities(),
        to_field_name="code",
        empty_label=ALL,
        field_name="zone__city",
    )
    zone = filters.CharFilter(label=gettext_lazy("园区编号"), field_name="zone__code")

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def search(self, enterprises: QuerySet[Enterprise], name: str, value: str) -> QuerySet[Enterprise]:
        for word in value.replace("\u3000", " ").split()[:MAX_WORDS]:
            condition = Q(name__icontains=word) | Q(credit_code__icontains=word) | Q(industry__icontains=word)
            enterprises = enterprises.filter(condition | Q(zone__name__icontains=word))
        return enterprises
