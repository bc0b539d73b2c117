from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    """What was reported? (指标与填报)."""

    name = "indicators"
    verbose_name = _("指标与填报")

    def ready(self) -> None:
        """Take note when the registry changes whose figures belong to whom."""
        from indicators import listeners  # noqa: F401 - models are ready only now
