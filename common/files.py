"""A file kept as evidence (佐证材料): told by its content, never changed, taken back without being lost."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """What `common.attachments.examine` found fit to keep. Each app says in its own `file` below which folder."""

    file = models.FileField(_("文件"), max_length=200)
    name = models.CharField(_("文件名"), max_length=160)
    size = models.PositiveIntegerField(_("字节"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    content_type = models.CharField(_("类型"), max_length=100)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
