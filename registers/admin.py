"""Registers in the administration: to look up, never to write past the services (管理后台)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from registers.models import Enterprise, Entry, Register


class _ReadOnly(admin.ModelAdmin[Any]):
    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: Any = None) -> bool:
        return False


@admin.register(Register)
class RegisterAdmin(_ReadOnly):
    list_display = ("code", "name_zh", "section", "place", "version", "active")
    list_filter = ("active", "place")
    search_fields = ("code", "name_zh")


@admin.register(Entry)
class EntryAdmin(_ReadOnly):
    list_display = ("id", "register", "title", "organisation", "revision", "changed_at", "withdrawn_at")
    list_filter = ("register",)
    list_select_related = ("register", "organisation")
    search_fields = ("title",)


@admin.register(Enterprise)
class EnterpriseAdmin(_ReadOnly):
    list_display = ("credit_code", "name", "zone", "since", "left", "synthetic")
    list_select_related = ("zone",)
    search_fields = ("credit_code", "name")
