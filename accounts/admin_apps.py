"""Configuration of Django's administration; beside `apps.py`, which may hold one default configuration only."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's administration, for superusers only."""

    default_site = "accounts.admin_site.PortalAdminSite"
