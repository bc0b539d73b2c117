"""Workbooks that were uploaded (上传文件): kept as they came, with what was read in them and what became of them."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from indicators.enums import UploadKind, UploadStatus
from indicators.models.collection import Return, Round
from parks.models import Region


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, user: User) -> UploadQuerySet:
        """A person's own uploads: what is waiting to be confirmed is nobody else's business."""
        return self.filter(uploaded_by=user)


class Upload(models.Model):
    """One uploaded workbook (上传文件). `report` holds what was read: changes cell by cell, and faults with their place.

    `return_ref` for a zone's form, `round` and `city` for a bulk workbook, `period` for a department's, none for a list of incidents.
    """

    kind = models.CharField(_("类型"), max_length=12, choices=UploadKind.choices)
    status = models.CharField(_("状态"), max_length=10, choices=UploadStatus.choices)
    return_ref = models.ForeignKey(Return, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads")
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads")
    city = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(_("时期"), max_length=7, blank=True)
    file = models.FileField(_("文件"), upload_to="uploads/%Y/%m/", max_length=200)
    name = models.CharField(_("文件名"), max_length=160)
    size = models.PositiveIntegerField(_("字节"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    report = models.JSONField(_("读取结果"), default=dict)
    uploaded_by = models.ForeignKey(User, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    settled_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("上传文件")
        verbose_name_plural = _("上传文件")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("upload_detail", args=[self.pk])
