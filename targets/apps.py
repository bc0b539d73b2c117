from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TargetsConfig(AppConfig):
    """What was promised? (目标)."""

    name = "targets"
    verbose_name = _("目标")

    def ready(self) -> None:
        from targets import listeners  # noqa: F401 - connects what it receives
