from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    """What is registered? (台账)."""

    name = "registers"
    verbose_name = _("台账")
