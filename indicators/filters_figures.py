"""What is asked on the page of figures, the same for page, export and API (数据查询条件)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.enums import Dimension, Grouping
from indicators.models import Indicator
from indicators.selectors import reporting_year
from indicators.selectors.figures import Asked
from parks.enums import ZoneClass
from parks.models import Designation, Region, Zone

DEFAULT_CODES = ("main_business_revenue", "tax_revenue", "tax_per_mu")
MOST_INDICATORS, MOST_YEARS, USUAL_YEARS = 6, 12, 3
PARTS = [
    ("", gettext_lazy("全年")),
    *((f"Q{number}", format_lazy(gettext_lazy("第 {number} 季度"), number=number)) for number in range(1, 5)),
    *((f"-{number:02d}", format_lazy(gettext_lazy("{number} 月"), number=number)) for number in range(1, 13)),
]


class _ByDimension(forms.models.ModelChoiceIterator):
    """Items under the headings of their dimensions."""

    def __iter__(self) -> Iterator[Any]:
        items: dict[str, list[Any]] = {}
        for item in self.queryset:
            items.setdefault(item.dimension, []).append(self.choice(item))
        yield from ((Dimension(dimension).label, choices) for dimension, choices in items.items())


class IndicatorChoices(forms.ModelMultipleChoiceField):
    iterator = _ByDimension

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.label}（{obj.unit_label}）"


class IndicatorChoicesFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = IndicatorChoices


def _zone_indicators(_request: Any = None) -> QuerySet[Indicator]:
    return Indicator.objects.for_zones()


class YearFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField


class FigureForm(forms.Form):
    """Keeps tables of a size that can be read: so many items, so many years."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if len(data.get("indicator") or ()) > MOST_INDICATORS:
            text = _("一次最多查询 %(most)s 项指标，请减少选择。")
            self.add_error("indicator", text % {"most": MOST_INDICATORS})
        first, last = data.get("first_year"), data.get("last_year")
        if first is not None and last is not None and last < first:
            self.add_error("last_year", _("截至年度早于起始年度。"))
        elif first is not None and last is not None and last - first >= MOST_YEARS:
            self.add_error("last_year", _("一次最多查询 %(most)s 年，请缩短范围。") % {"most": MOST_YEARS})
        return data


class FigureFilter(django_filters.FilterSet):
    """Zones, and what is shown of them: the conditions on items, years and view leave the zones as they are."""

    indicator = IndicatorChoicesFilter(
        label=gettext_lazy("指标"),
        queryset=_zone_indicators,
        to_field_name="code",
        method="as_it_is",
        help_text=gettext_lazy("最多 6 项；按住 Ctrl 可多选"),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    level = django_filters.ChoiceFilter(
        label=gettext_lazy("汇总到"), choices=Grouping.choices, method="as_it_is", empty_label=None
    )
    first_year = YearFilter(label=gettext_lazy("起始年度"), method="as_it_is", min_value=1990, max_value=2100)
    last_year = YearFilter(label=gettext_lazy("截至年度"), method="as_it_is", min_value=1990, max_value=2100)
    part = django_filters.ChoiceFilter(
        label=gettext_lazy("时期"), choices=PARTS[1:], method="as_it_is", empty_label=PARTS[0][1]
    )
    city = django_filters.ModelChoiceFilter(
        label=gettext_lazy("省辖市"),
        queryset=Region.objects.cities(),
        to_field_name="code",
        empty_label=gettext_lazy("全部"),
    )
    zone_class = django_filters.ChoiceFilter(
        label=gettext_lazy("类别"), choices=ZoneClass.choices, method="by_class", empty_label=gettext_lazy("全部")
    )
    zone = django_filters.CharFilter(label=gettext_lazy("园区编号"), field_name="code", lookup_expr="iexact")
    as_of = django_filters.DateFilter(
        label=gettext_lazy("截至哪天的数"),
        method="as_it_is",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("空白为现在；否则按当天结束时的数、确认状态和裁定"),
    )
    restated = django_filters.BooleanFilter(
        label=gettext_lazy("按沿革追溯"), method="as_it_is", widget=forms.CheckboxInput()
    )
    drafts = django_filters.BooleanFilter(
        label=gettext_lazy("含未确认的数"), method="as_it_is", widget=forms.CheckboxInput()
    )

    class Meta:
        model = Zone
        fields: list[str] = []
        form = FigureForm

    def as_it_is(self, queryset: QuerySet[Zone], name: str, value: Any) -> QuerySet[Zone]:
        return queryset

    def by_class(self, queryset: QuerySet[Zone], name: str, value: str) -> QuerySet[Zone]:
        plates = Designation.objects.in_force_on(timezone.localdate()).filter(zone_class=value, zone=OuterRef("pk"))
        return queryset.filter(Exists(plates))

    def asked(self, zones: QuerySet[Zone]) -> Asked:
        """What is asked for, with what usually is where nothing was said; `zones` are those let through."""
        data = self.form.cleaned_data
        as_of = data.get("as_of")
        return Asked(
            zone_codes=list(zones.order_by("code").values_list("code", flat=True)),
            indicators=list(data.get("indicator") or []) or _usual_indicators(),
            years=_years(data.get("first_year"), data.get("last_year")),
            part=data.get("part") or "",
            level=data.get("level") or Grouping.ZONE,
            as_of=_end_of(as_of) if as_of else None,
            restated_on=(as_of or timezone.localdate()) if data.get("restated") else None,
            accepted_only=not data.get("drafts"),
        )


def _usual_indicators() -> list[Indicator]:
    known = list(Indicator.objects.for_zones())
    return [item for item in known if item.code in DEFAULT_CODES] or known[:MOST_INDICATORS]


def _years(first: Any, last: Any) -> list[int]:
    """The years asked for; with one end or none given, three of them, up to the newest with data."""
    newest = reporting_year() or timezone.localdate().year
    end = int(last) if last is not None else max(newest, int(first or 0))
    start = int(first) if first is not None else end - USUAL_YEARS + 1
    return list(range(max(start, end - MOST_YEARS + 1), end + 1))


def _end_of(day: Any) -> datetime:
    """The end of the day, where the portal is."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(microseconds=1)
