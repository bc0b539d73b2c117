"""Filters of the registry, one set for page, export and REST (筛选条件)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parks.enums import Certainty, DesignationLevel, RegionLevel, SpatialAxis, ZoneClass
from parks.models import Designation, Region, RegionAxis, Zone, ZoneAlias

ALL = pgettext_lazy("filter", "全部")
IN_FORCE, EXPIRED = "in_force", "expired"
NO_STAR = "0"
STATUSES = [(IN_FORCE, _("有效")), (EXPIRED, _("已失效"))]
STARS = [
    ("6", _("六星")),
    ("5", _("五星")),
    ("4", _("四星")),
    ("3", _("三星")),
    ("2", _("二星")),
    ("1", _("一星")),
    (NO_STAR, _("未见公布")),
]
MAX_WORDS = 8


def _words(text: str) -> list[str]:
    return text.replace("\u3000", " ").split()[:MAX_WORDS]


class ZoneFilter(filters.FilterSet):
    """Zones. Class, level and status ask together for one plate: "a cluster that is no longer in force"."""

    q = filters.CharFilter(
        label=_("名称、别名、编号、市县"), method="search", help_text=_("空格隔开的几个词须同时出现")
    )
    zone_class = filters.ChoiceFilter(label=_("类别"), choices=ZoneClass.choices, empty_label=ALL, method="by_plate")
    level = filters.ChoiceFilter(label=_("级别"), choices=DesignationLevel.choices, empty_label=ALL, method="by_plate")
    status = filters.ChoiceFilter(label=_("称号状态"), choices=STATUSES, empty_label=ALL, method="by_plate")
    city = filters.ModelChoiceFilter(
        label=_("省辖市"), queryset=Region.objects.cities(), to_field_name="code", empty_label=ALL
    )
    star = filters.ChoiceFilter(label=_("星级"), choices=STARS, empty_label=ALL, method="by_star")
    industry = filters.CharFilter(
        label=_("主导产业"), method="by_industry", widget=forms.TextInput(attrs={"list": "known-industries"})
    )
    certainty = filters.ChoiceFilter(
        label=_("名称可信度"), field_name="name_certainty", choices=Certainty.choices, empty_label=ALL
    )

    class Meta:
        model = Zone
        fields: list[str] = []

    def search(self, zones: QuerySet[Zone], name: str, value: str) -> QuerySet[Zone]:
        """Each word in the zone's code or name, one of its plates or aliases, or its city or county."""
        for word in _words(value):
            plate = Designation.objects.filter(
                Q(code__iexact=word) | Q(name__icontains=word) | Q(nbs_code=word), zone=OuterRef("pk")
            )
            alias = ZoneAlias.objects.filter(name__icontains=word, zone=OuterRef("pk"))
            place = Q(city__name__icontains=word) | Q(city__name_en__icontains=word) | Q(county__name__icontains=word)
            zones = zones.filter(
                Q(code__iexact=word) | Q(name__icontains=word) | place | Q(Exists(plate)) | Q(Exists(alias))
            )
        return zones

    def by_plate(self, zones: QuerySet[Zone], name: str, value: str) -> QuerySet[Zone]:
        """Called for each of class, level and status; the condition is the same each time and added once."""
        asked = [key for key in ("zone_class", "level", "status") if self.form.cleaned_data.get(key)]
        if name != asked[0]:
            return zones
        return zones.filter(Exists(plates_asked(self.form.cleaned_data).filter(zone=OuterRef("pk"))))

    def by_star(self, zones: QuerySet[Zone], name: str, value: str) -> QuerySet[Zone]:
        return zones.filter(star=None) if value == NO_STAR else zones.filter(star=int(value))

    def by_industry(self, zones: QuerySet[Zone], name: str, value: str) -> QuerySet[Zone]:
        joined = Func(F("leading_industries"), Value(";"), function="array_to_string", output_field=TextField())
        return zones.alias(industries=joined).filter(industries__icontains=value)


def plates_asked(asked: dict[str, Any]) -> QuerySet[Designation]:
    """Plates of the class, level and status asked for; each may be empty."""
    plates = Designation.objects.all()
    today = timezone.localdate()
    if asked.get("zone_class"):
        plates = plates.filter(zone_class=asked["zone_class"])
    if asked.get("level"):
        plates = plates.filter(level=asked["level"])
    if asked.get("status") == IN_FORCE:
        plates = plates.in_force_on(today)
    elif asked.get("status") == EXPIRED:
        plates = plates.filter(valid_to__lte=today)
    return plates


class DesignationFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("名称或编号"), method="search")
    zone = filters.CharFilter(label=_("园区编号"), field_name="zone__code")
    city = filters.CharFilter(label=_("省辖市代码"), field_name="zone__city__code")
    zone_class = filters.ChoiceFilter(label=_("类别"), choices=ZoneClass.choices)
    level = filters.ChoiceFilter(label=_("级别"), choices=DesignationLevel.choices)
    certainty = filters.ChoiceFilter(label=_("名称可信度"), field_name="name_certainty", choices=Certainty.choices)
    in_force_on = filters.DateFilter(label=_("在该日有效"), method="by_day")
    catalogue_2018 = filters.BooleanFilter(label=_("列入2018年版目录"))

    class Meta:
        model = Designation
        fields: list[str] = []

    def search(self, plates: QuerySet[Designation], name: str, value: str) -> QuerySet[Designation]:
        for word in _words(value):
            plates = plates.filter(Q(code__iexact=word) | Q(name__icontains=word))
        return plates

    def by_day(self, plates: Any, name: str, value: Any) -> QuerySet[Designation]:
        return plates.in_force_on(value)


class RegionFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("名称或代码"), method="search")
    level = filters.ChoiceFilter(label=_("层级"), choices=RegionLevel.choices)
    parent = filters.CharFilter(label=_("上级代码"), field_name="parent__code")
    valid_on = filters.DateFilter(label=_("在该日有效"), method="by_day")
    province_managed = filters.BooleanFilter(label=_("省直管县（市）"), method="by_management")

    class Meta:
        model = Region
        fields: list[str] = []

    def search(self, regions: QuerySet[Region], name: str, value: str) -> QuerySet[Region]:
        for word in _words(value):
            regions = regions.filter(Q(code=word) | Q(name__icontains=word) | Q(name_en__icontains=word))
        return regions

    def by_day(self, regions: Any, name: str, value: Any) -> QuerySet[Region]:
        return regions.valid_on(value)

    def by_management(self, regions: QuerySet[Region], name: str, value: bool) -> QuerySet[Region]:
        return regions.exclude(province_managed_from=None) if value else regions.filter(province_managed_from=None)


class AxisPlaceFilter(filters.FilterSet):
    axis = filters.ChoiceFilter(label=_("发展轴带"), choices=SpatialAxis.choices)
    region = filters.CharFilter(label=_("行政区划代码"), field_name="region__code")

    class Meta:
        model = RegionAxis
        fields: list[str] = []
