"""The administration pages: for superusers, through the portal's own log-in (管理后台)."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(AdminSite):
    """Django's own log-in form would know neither the lock-out nor the second factor, so it is not used."""

    site_title = site_header = _("园区通管理后台")
    index_title = _("管理")
    login = method_decorator(secure_admin_login)(AdminSite.login)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)
