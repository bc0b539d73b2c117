from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    """What was ordered? (政策)."""

    name = "policy"
    verbose_name = _("政策")
