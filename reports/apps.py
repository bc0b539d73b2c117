from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """What is shown? (展示)."""

    name = "reports"
    verbose_name = _("展示")
