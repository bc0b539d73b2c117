from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    """How do they compare? (考核)."""

    name = "assessments"
    verbose_name = _("考核")
