from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    """Assembly: commands that span the apps (``load_pack``) and the templates that frame every page."""

    name = "config"
    verbose_name = _("配置")
