"""Schemes, runs and results in the administration: to look at, never to change (考核)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from assessments.models import Result, Run, Scheme


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Everything here is written by a pack or a worker; what a person wants changed goes through its page."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Scheme)
class SchemeAdmin(ReadOnlyAdmin):
    list_display = ("code", "version", "name_zh", "zone_class", "year_from", "year_to", "status")
    list_filter = ("zone_class", "status")
    search_fields = ("code", "name_zh", "name_en")


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("id", "scheme", "year", "status", "requested_by", "requested_at", "finished_at", "attempts")
    list_filter = ("status", "year", "scheme__zone_class")
    list_select_related = ("scheme", "requested_by")


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    list_display = ("run", "zone", "rank", "score", "coverage", "proposal", "synthetic")
    list_filter = ("proposal", "run__year")
    search_fields = ("zone__code", "zone__name")
    list_select_related = ("run__scheme", "zone")
