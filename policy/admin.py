"""The policy in the administration: seen, never edited; it comes from the pack (政策只读)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from policy.models import Carrier, Document, Instrument, Provision


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "issuer", "issued_on"]


@admin.register(Instrument)
class InstrumentAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "name_zh", "name_en", "subject"]
    list_filter = ["kind", "subject"]
    search_fields = ["key", "name_zh", "name_en"]


@admin.register(Provision)
class ProvisionAdmin(ReadOnlyAdmin):
    list_display = ["code", "section", "kind", "year", "quote", "instrument"]
    list_filter = ["kind", "subject", "year"]
    list_select_related = ["instrument"]
    search_fields = ["code", "quote", "gloss_en"]


@admin.register(Carrier)
class CarrierAdmin(ReadOnlyAdmin):
    list_display = ["instrument", "owner", "url_name", "url_arg", "label_zh"]
    list_filter = ["owner"]
    list_select_related = ["instrument"]
