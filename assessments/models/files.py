"""Papers behind incidents, objections and acts (佐证材料)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.files import StoredFile


class AssessmentFile(StoredFile):
    """A kept file of this app."""

    file = models.FileField(_("文件"), upload_to="assessments/%Y/%m/", max_length=200)

    class Meta(StoredFile.Meta):
        abstract = True
