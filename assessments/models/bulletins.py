"""The bulletin of a final proceeding as issued (通报), kept word for word."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import BulletinFormat, ProceedingStatus
from assessments.models.proceedings import Proceeding
from indicators.models import locks


class BulletinFile(models.Model):
    """One file of a bulletin: its bytes and their SHA-256. Written once, for a final proceeding only."""

    proceeding = models.ForeignKey(
        Proceeding, verbose_name=_("考核程序"), on_delete=models.PROTECT, related_name="bulletin_files"
    )
    format = models.CharField(_("格式"), max_length=4, choices=BulletinFormat.choices)
    content = models.BinaryField(_("文件"))
    size = models.PositiveIntegerField(_("字节"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    issued_at = models.DateTimeField(_("生成时间"), auto_now_add=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("通报文件")
        verbose_name_plural = _("通报文件")
        ordering = ["proceeding", "format"]
        constraints = [models.UniqueConstraint(fields=["proceeding", "format"], name="bulletin_file_once")]
        triggers = [
            locks.append_only("bulletin_file_append_only"),
            locks.no_truncate("bulletin_file_no_truncate"),
            locks.Lock(
                name="bulletin_file_as_it_says",
                operation=pgtrigger.Insert,
                func=f"""
                    IF NEW.digest <> encode(sha256(NEW.content), 'hex') OR NEW.size <> length(NEW.content) OR NOT EXISTS (
                        SELECT FROM assessments_proceeding
                        WHERE id = NEW.proceeding_id AND status = '{ProceedingStatus.FINAL}'
                    ) THEN
                        {locks.refuse("a bulletin is of a final proceeding and is what its digest says")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proceeding} {self.get_format_display()}"

    @property
    def name(self) -> str:
        """The name of the file when it is handed out."""
        return f"bulletin-{self.proceeding.zone_class}-{self.proceeding.year}.{self.format}"
