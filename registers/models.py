"""What is registered? Registers as the pack defines them, their entries, and the enterprises these name (台账)."""

from __future__ import annotations

import json
from functools import lru_cache

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import Organisation, User, within_paths
from common.files import StoredFile
from parks.enums import RegionLevel
from parks.models import Region, Zone
from parks.provinces import codes_of, provinces_of
from policy.models import Instrument
from registers import creditcode
from registers.definition import Definition, enumerated
from registers.enums import Channel, Place, UploadStatus

TITLE_MARK = " · "
"""What stands between the parts of an entry's title."""


def _unlosable(name: str) -> pgtrigger.Trigger:
    """What was registered is withdrawn with a reason, never deleted."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete)


@lru_cache(maxsize=256)
def _parsed(wording: str) -> Definition:
    return Definition.model_validate(json.loads(wording))


class RegisterQuerySet(models.QuerySet["Register"]):
    def active(self) -> RegisterQuerySet:
        """Those that the pack has today."""
        return self.filter(active=True)

    def of_provinces(self, user: User) -> RegisterQuerySet:
        """Registers of the policies of the user's provinces; all for a superuser."""
        if user.is_superuser:
            return self
        codes = codes_of(provinces_of(user))
        return self.filter(Q(instrument=None) | Q(instrument__document__region_code__in=codes))


@pghistory.track()
class Register(models.Model):
    """A register (台账) as loaded from a pack: `definition` is its newest wording, `version` counts them."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name_zh = models.CharField(_("名称"), max_length=200)
    name_en = models.CharField(_("英文名称"), max_length=300)
    instrument = models.ForeignKey(
        Instrument,
        verbose_name=_("政策工具"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="registers",
    )
    section = models.CharField(_("章节"), max_length=20)
    place = models.CharField(_("归属"), max_length=8, choices=Place.choices)
    position = models.PositiveSmallIntegerField(_("次序"))
    active = models.BooleanField(_("启用"), default=True, help_text=_("政策包不再包含的台账停用，已有条目仍可查看"))
    version = models.PositiveIntegerField(_("定义版次"), default=1)
    definition = models.JSONField(_("定义"))

    objects = RegisterQuerySet.as_manager()

    class Meta:
        verbose_name = _("台账")
        verbose_name_plural = _("台账")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def spec(self) -> Definition:
        """The definition; parsed once, however many objects hold the same wording."""
        return _parsed(json.dumps(self.definition, sort_keys=True))

    def get_absolute_url(self) -> str:
        return reverse("entry_list", args=[self.code])


class RegisterVersion(models.Model):
    """An earlier or present wording of a register (定义版本): entries written under it stay readable by it."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(_("版次"))
    definition = models.JSONField(_("定义"))
    loaded_at = models.DateTimeField(_("装载时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("台账定义版本")
        verbose_name_plural = _("台账定义版本")
        ordering = ["register", "version"]
        constraints = [models.UniqueConstraint(fields=["register", "version"], name="register_version_once")]

    def __str__(self) -> str:
        return f"{self.register} {self.version}"


def _credit_code(text: str) -> None:
    if not creditcode.is_valid(text):
        raise ValidationError(_("统一社会信用代码不正确：须为 18 位，末位是校验码。"))


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    def visible_to(self, user: User, permission: str = Permission.REGISTER_VIEW) -> EnterpriseQuerySet:
        """Enterprises of the zones over which the user holds `permission`."""
        return self.filter(zone__in=Zone.objects.visible_to(user, permission))


@pghistory.track()
class Enterprise(models.Model):
    """An enterprise in a zone (企业): one row for each unified social credit code, which registers refer to."""

    credit_code = models.CharField(
        _("统一社会信用代码"), max_length=18, unique=True, validators=[_credit_code], db_collation="C"
    )
    name = models.CharField(_("名称"), max_length=120)
    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="enterprises")
    industry = models.CharField(_("行业"), max_length=60, blank=True)
    since = models.DateField(_("入园日期"), null=True, blank=True)
    left = models.DateField(_("离园日期"), null=True, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    revision = models.PositiveIntegerField(_("版次"), default=1)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("更新时间"), auto_now=True)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("企业")
        verbose_name_plural = _("企业")
        ordering = ["credit_code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left=None) | Q(since=None) | Q(left__gte=models.F("since")),
                name="enterprise_left_after_since",
            ),
        ]
        triggers = [_unlosable("enterprise_kept")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("enterprise_detail", args=[self.credit_code])


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: User, permission: str = Permission.REGISTER_VIEW) -> EntryQuerySet:
        """Entries of the zones and regions over which the user holds `permission`.

        A department sees every region, and the zones of its duty; what hangs on the province itself everyone sees.
        """
        regional = within_paths("organisation__path", user.paths_with(permission))
        if user.duties_with(permission):
            regional |= Q(zone=None)
        if user.may(permission):
            regional |= Q(region__level=RegionLevel.PROVINCE)
        zones = Zone.objects.visible_to(user, permission)
        return self.filter(Q(zone__in=zones) | (Q(zone=None) & regional))

    def standing(self) -> EntryQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)


@pghistory.track()
class Entry(models.Model):
    """One line of a register (台账条目).

    `data` holds what is filled in, by field: numbers as text with their digits, whole numbers, years and yes/no as they
    are, days as 2024-05-06, a choice, zone, region or enterprise by its code, another entry by its number; a field without
    an answer is not there. `version` says under which wording of the register it was written last.
    """

    register = models.ForeignKey(Register, verbose_name=_("台账"), on_delete=models.PROTECT, related_name="entries")
    version = models.PositiveIntegerField(_("定义版次"))
    zone = models.ForeignKey(
        Zone, verbose_name=_("园区"), null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    region = models.ForeignKey(
        Region, verbose_name=_("行政区"), null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("登记主体"), on_delete=models.PROTECT, related_name="entries"
    )
    title = models.CharField(_("标题"), max_length=240)
    dated = models.DateField(_("日期"), null=True, blank=True)
    data = models.JSONField(_("内容"), default=dict)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    revision = models.PositiveIntegerField(_("版次"), default=1)
    channel = models.CharField(
        _("填写途径"), max_length=12, choices=Channel.choices, default=Channel.DATABASE, db_default=Channel.DATABASE
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("更新时间"), auto_now=True)
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤销原因"), max_length=240, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("台账条目")
        verbose_name_plural = _("台账条目")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(zone=None) & ~Q(region=None)) | (~Q(zone=None) & Q(region=None)), name="entry_one_place"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="") | (~Q(withdrawn_at=None) & ~Q(withdrawn_reason="")),
                name="entry_withdrawn_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["register", "zone"], name="entry_by_zone"),
            models.Index(fields=["register", "region"], name="entry_by_region"),
            models.Index(fields=["register", "-dated", "-id"], name="entry_by_date"),
            GinIndex(fields=["data"], opclasses=["jsonb_path_ops"], name="entry_data"),
        ]
        triggers = [
            _unlosable("entry_kept"),
            pgtrigger.Trigger(
                name="entry_place_fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__register_id__df=pgtrigger.F("new__register_id")),
                func="RAISE EXCEPTION 'an entry stays in its register' USING ERRCODE = 'check_violation';",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        """The title in the reader's language: choices and regions in English where the page is, names as registered."""
        if not (get_language() or "").startswith("en"):
            return self.title
        spec, parts = self.register.spec, self.title.split(TITLE_MARK)
        codes = [code for code in spec.title if code == spec.place or code in self.data]
        if len(parts) != len(codes):  # a name with the mark in it, or a title of an earlier wording
            return self.title
        return TITLE_MARK.join(self._label_of(code, part) for code, part in zip(codes, parts, strict=True))

    def _label_of(self, code: str, part: str) -> str:
        if code == self.register.spec.place:
            return self.region.label if self.region_id and self.region else part
        each = self.register.spec.field(code)
        return enumerated(each.choice_labels(self.data[code])) if each is not None and each.choices else part

    @property
    def status(self) -> str:
        return "entry_withdrawn" if self.withdrawn_at else "entry_standing"

    @property
    def place_label(self) -> str:
        """The zone or region on which it hangs."""
        return str(self.zone or self.region)

    def get_absolute_url(self) -> str:
        return reverse("entry_detail", args=[self.register.code, self.pk])


class EntryFileQuerySet(models.QuerySet["EntryFile"]):
    def standing(self) -> EntryFileQuerySet:
        """Those that were not taken back."""
        return self.filter(removed_at=None)


class EntryFile(StoredFile):
    """A paper behind an entry (条目附件), told by its content; taking it back keeps it."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(_("文件"), upload_to="registers/%Y/%m/", max_length=200)
    removed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("撤下时间"), null=True)

    objects = EntryFileQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        verbose_name = _("条目附件")
        verbose_name_plural = _("条目附件")
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="entry_file_removed_by_somebody",
            ),
        ]
        triggers = [
            _unlosable("entry_file_kept"),
            pgtrigger.Trigger(
                name="entry_file_fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "((NEW.entry_id, NEW.file, NEW.name, NEW.size, NEW.digest, NEW.content_type)"
                    " IS DISTINCT FROM (OLD.entry_id, OLD.file, OLD.name, OLD.size, OLD.digest, OLD.content_type))"
                ),
                func="RAISE EXCEPTION 'a file that is kept stays as it is' USING ERRCODE = 'check_violation';",
            ),
        ]


class EntryKey(models.Model):
    """A combination of fields that may stand once (唯一键): held by the database, so that two writers can't both have it."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="keys")
    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("台账唯一键")
        verbose_name_plural = _("台账唯一键")
        constraints = [models.UniqueConstraint(fields=["register", "key"], name="entry_key_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.key}"


class RegisterUpload(models.Model):
    """A workbook sent for a register (上传的台账表格); kept with what was found until it is saved or given up."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="uploads")
    name = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField(_("内容"))
    status = models.CharField(_("状态"), max_length=12, choices=UploadStatus.choices, default=UploadStatus.READY)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    saved = models.PositiveIntegerField(_("保存条数"), default=0)

    class Meta:
        verbose_name = _("台账上传")
        verbose_name_plural = _("台账上传")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
