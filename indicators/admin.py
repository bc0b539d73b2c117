"""Collection in the administration: looked at, for rounds, returns and figures are changed on their own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from indicators.models import CheckRule, DataChange, Indicator, ProvinceValue, Return, ReturnAct, Round, Value


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that come from the pack or from an act of their own: shown, never edited past the services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    list_display = ["code", "name_zh", "dimension", "kind", "unit", "department", "certainty", "required"]
    list_filter = ["dimension", "kind", "scope", "department", "certainty"]
    search_fields = ["code", "name_zh", "name_en"]


@admin.register(CheckRule)
class CheckRuleAdmin(ReadOnlyAdmin):
    list_display = ["code", "severity", "expression", "basis"]
    list_filter = ["severity"]
    search_fields = ["code", "expression", "message_zh"]


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    list_display = ["period", "name", "status", "opens_on", "due_on", "closes_on"]
    list_filter = ["status", "frequency"]


@admin.register(Return)
class ReturnAdmin(ReadOnlyAdmin):
    list_display = ["zone", "round", "status", "revision", "submitted_at", "accepted_at", "synthetic"]
    list_filter = ["status", "round", "synthetic"]
    list_select_related = ["zone", "round"]
    search_fields = ["zone__code", "zone__name"]


@admin.register(Value)
class ValueAdmin(ReadOnlyAdmin):
    list_display = ["zone", "indicator", "period", "number", "absence", "source", "synthetic", "updated_at"]
    list_filter = ["year", "source", "synthetic"]
    list_select_related = ["zone", "indicator"]
    search_fields = ["zone__code", "zone__name", "indicator__code", "indicator__name_zh"]
    show_full_result_count = False


@admin.register(ReturnAct)
class ReturnActAdmin(ReadOnlyAdmin):
    list_display = ["return_ref", "kind", "actor", "organisation", "at", "reason"]
    list_filter = ["kind"]
    list_select_related = ["return_ref__zone", "return_ref__round", "actor", "organisation"]


@admin.register(ProvinceValue)
class ProvinceValueAdmin(ReadOnlyAdmin):
    list_display = ["indicator", "year", "number", "source_note", "synthetic", "updated_by"]
    list_filter = ["year", "synthetic"]
    list_select_related = ["indicator", "updated_by"]


@admin.register(DataChange)
class DataChangeAdmin(ReadOnlyAdmin):
    list_display = ["id", "year", "zone", "reason", "at"]
    list_filter = ["year"]
    list_select_related = ["zone"]
