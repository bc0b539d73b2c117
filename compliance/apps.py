from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    """Is it so? (合规)."""

    name = "compliance"
    verbose_name = _("合规与任务")

    def ready(self) -> None:
        from compliance import standing

        standing.register()
