"""What is shown? Snapshots: pages computed by a job after data change, with the time they were rendered (展示)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Snapshot(models.Model):
    """One rendered page part in one language (快照). `data_change_id` and `runs` (how many published results or publications) say what it knows.

    `build` names the collected static files it links to: their names change when they do.
    """

    key = models.CharField(_("页面"), max_length=40)
    language = models.CharField(_("语言"), max_length=10, choices=settings.LANGUAGES)
    html = models.TextField(_("内容"))
    data_change_id = models.BigIntegerField()
    runs = models.PositiveIntegerField()
    build = models.CharField(max_length=32)
    rendered_at = models.DateTimeField(_("生成时间"), auto_now=True)

    class Meta:
        verbose_name = _("快照")
        verbose_name_plural = _("快照")
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="snapshot_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.language}"
