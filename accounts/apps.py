from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who? (账号与组织)."""

    name = "accounts"
    verbose_name = _("账号与组织")
