"""Users with their memberships, organisations, keys: kept by superusers (用户、机构、密钥)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.exceptions import OrganisationMoveError
from accounts.models import ApiKey, Membership, Organisation, User
from accounts.services import apikey_revoke, organisation_move


class MembershipInline(admin.TabularInline[Membership, User]):
    model = Membership
    extra = 1
    autocomplete_fields = ["organisation"]


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    """Rights come from memberships, so Django's own groups and permissions are not offered."""

    inlines = [MembershipInline]
    list_display = ["username", "display_name", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser", "memberships__role"]
    search_fields = ["username", "display_name"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (gettext_lazy("个人信息"), {"fields": ["display_name", "email"]}),
        (gettext_lazy("账号状态"), {"fields": ["is_active", "is_superuser", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["username", "display_name", "password1", "password2"]})]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin[Organisation]):
    """A changed parent goes through the service, which carries the paths of everything below along."""

    list_display = ["name", "code", "kind", "duty", "path"]
    list_filter = ["kind", "duty"]
    search_fields = ["name", "name_en", "code"]
    autocomplete_fields = ["parent"]
    readonly_fields = ["path"]

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> list[str]:
        return ["path", "code"] if obj else ["path"]  # the code is part of every path below

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        if not (change and "parent" in form.changed_data):
            super().save_model(request, obj, form, change)
            return
        parent, kept = obj.parent, Organisation.objects.get(pk=obj.pk)
        try:
            moved = organisation_move(by=request.user, organisation=kept, parent=parent)  # type: ignore[arg-type]
        except OrganisationMoveError as error:
            self.message_user(request, str(error), messages.ERROR)
            obj.parent = kept.parent
        else:
            obj.path = moved.path
        super().save_model(request, obj, form, change)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Keys are made by their holders; here they are seen and ended."""

    list_display = ["name", "prefix", "user", "scopes", "expires_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["name", "prefix", "user__username"]
    actions = ["revoke"]
    exclude = ["digest"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("吊销所选密钥"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[ApiKey]) -> None:
        for key in queryset:
            apikey_revoke(by=request.user, key=key)  # type: ignore[arg-type]
        self.message_user(request, _("已吊销 %(count)s 个密钥。") % {"count": len(queryset)})
