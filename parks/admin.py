"""The registry in the administration: kept by superusers, every change in the history below (登记维护)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from parks.dates import first_day
from parks.models import Designation, Region, RegionAxis, StatisticalShare, Zone, ZoneAlias, ZoneEvent, ZoneSuccession


class HistoryInline(admin.TabularInline[Any, Any]):
    """What the database's triggers wrote down at each change; nobody writes here."""

    fk_name = "pgh_obj"
    extra = 0
    can_delete = False
    verbose_name = verbose_name_plural = gettext_lazy("变更历史")
    ordering = ["-pgh_id"]
    readonly_fields = ["pgh_created_at", "actor"]

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        user_id = Cast(KeyTextTransform("user", "pgh_context__metadata"), models.BigIntegerField())
        name = User.objects.filter(pk=OuterRef("user_id")).values("username")
        return super().get_queryset(request).annotate(user_id=user_id).annotate(username=Subquery(name))

    @admin.display(description=gettext_lazy("操作人"))
    def actor(self, event: Any) -> str:
        return str(event.username or "—")


class RegionHistory(HistoryInline):
    model = apps.get_model("parks", "RegionEvent")
    fields = ["pgh_created_at", "actor", "name", "valid_from_year", "valid_to_year", "office", "certainty"]


class ZoneHistoryInline(HistoryInline):
    model = apps.get_model("parks", "ZoneHistory")
    fields = ["pgh_created_at", "actor", "name", "leading_industries", "planned_area_km2", "built_area_km2", "star"]


class DesignationHistory(HistoryInline):
    model = apps.get_model("parks", "DesignationEvent")
    fields = ["pgh_created_at", "actor", "name", "level", "approved_on", "ended_on", "plate_certainty"]


class AliasInline(admin.TabularInline[ZoneAlias, Zone]):
    model = ZoneAlias
    extra = 0


class EventInline(admin.TabularInline[ZoneEvent, Zone]):
    model = ZoneEvent
    extra = 0


class RegistryAdmin(admin.ModelAdmin[Any]):
    """Rows of the registry end by a date, they are not deleted; a code once given stays."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return ["code"] if obj else []


@admin.register(Region)
class RegionAdmin(RegistryAdmin):
    list_display = ["code", "name", "level", "kind", "valid_from_year", "valid_to_year", "certainty"]
    list_filter = ["level", "kind", "certainty"]
    search_fields = ["code", "name", "name_en"]
    autocomplete_fields = ["parent", "office", "successors"]
    inlines = [RegionHistory]


@admin.register(Zone)
class ZoneAdmin(RegistryAdmin):
    list_display = ["code", "name", "city", "county", "star", "name_certainty"]
    list_filter = ["city", "name_certainty", "source_grade"]
    list_select_related = ["city", "county"]
    search_fields = ["code", "name", "aliases__name", "designations__name"]
    autocomplete_fields = ["city", "county", "administration"]
    inlines = [AliasInline, EventInline, ZoneHistoryInline]


class DesignationForm(ModelForm[Designation]):
    """The days of validity follow from the dates as the source gives them."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for text, day in (("approved_on", "valid_from"), ("ended_on", "valid_to")):
            try:
                setattr(self.instance, day, first_day(data.get(text, "")))
            except ValueError:
                error = ValidationError(_("请填年（2015）、年月（2015-05）或年月日（2015-05-04）。"), code="date")
                self.add_error(text, error)
        return data


@admin.register(Designation)
class DesignationAdmin(RegistryAdmin):
    form = DesignationForm
    list_display = ["code", "name", "zone_class", "level", "zone", "approved_on", "ended_on"]
    list_filter = ["zone_class", "level", "plate_certainty", "name_certainty"]
    list_select_related = ["zone"]
    search_fields = ["code", "name", "zone__name"]
    autocomplete_fields = ["zone"]
    exclude = ["valid_from", "valid_to"]
    inlines = [DesignationHistory]


class RecordedAdmin(admin.ModelAdmin[Any]):
    """Shares belong together, so they are recorded and taken back as a whole, on the zone's page; here they are looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class SuccessionHistory(HistoryInline):
    model = apps.get_model("parks", "ZoneSuccessionHistory")
    fields = ["pgh_created_at", "pgh_label", "actor", "successor", "share_pct", "document"]


class ShareHistory(HistoryInline):
    model = apps.get_model("parks", "StatisticalShareHistory")
    fields = ["pgh_created_at", "pgh_label", "actor", "region", "share_pct", "document"]


@admin.register(ZoneSuccession)
class ZoneSuccessionAdmin(RecordedAdmin):
    list_display = ["on", "kind", "predecessor", "successor", "share_pct", "document"]
    list_filter = ["kind"]
    list_select_related = ["predecessor", "successor"]
    search_fields = ["predecessor__name", "successor__name", "document"]
    inlines = [SuccessionHistory]


@admin.register(StatisticalShare)
class StatisticalShareAdmin(RecordedAdmin):
    list_display = ["zone", "region", "from_year", "share_pct", "document"]
    list_select_related = ["zone", "region"]
    search_fields = ["zone__name", "region__name", "document"]
    inlines = [ShareHistory]


@admin.register(RegionAxis)
class RegionAxisAdmin(admin.ModelAdmin[RegionAxis]):
    """Which places lie on which axis: the policy names none, the office of the joint meeting decides."""

    list_display = ["region", "axis", "document"]
    list_filter = ["axis"]
    list_select_related = ["region"]
    autocomplete_fields = ["region"]
    search_fields = ["region__name", "document"]
