from django.contrib import admin
from django.http import HttpRequest

from targets.models import Target


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin[Target]):
    """To look at only: targets are set on the office's pages, which check them and keep why they were changed."""

    list_display = ("code", "name_zh", "operator", "value", "unit", "year", "origin", "method", "tolerance_pct")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Target | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Target | None = None) -> bool:
        return False
