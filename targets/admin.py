from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from targets.models import Target
from targets.services import target_changed


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin[Target]):
    """Tolerances are the office's to set; what the policy says is read-only."""

    list_display = ("code", "name_zh", "operator", "value", "unit", "year", "tolerance_pct", "tolerance_by")
    readonly_fields = (
        "code", "provision", "name_zh", "name_en", "year", "operator", "value", "unit", "measure", "spec", "lead",
        "note_zh", "note_en", "position",
    )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Target, form: ModelForm[Target], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.has_changed():
            target_changed(target=obj)

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: Target | None = None) -> bool:
        return False
