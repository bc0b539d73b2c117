"""What was ordered? The policy's text, its provisions in place, and the instruments that carry them out (政策)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from policy.enums import InstrumentKind


def _spoken(zh: str, en: str) -> str:
    return en if (get_language() or "").startswith("en") and en else zh


def _grows_only(name: str) -> pgtrigger.Trigger:
    """Rows are added and never touched again."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class Document(models.Model):
    """A policy document (政策文件) as loaded from a pack; the text stays as it is under its provisions' offsets."""

    code = models.SlugField(_("代码"), unique=True)
    number = models.CharField(_("文号"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    title_en = models.CharField(_("英文标题"), max_length=240)
    issuer = models.CharField(_("发文机关"), max_length=120)
    issued_on = models.DateField(_("成文日期"))
    region_code = models.CharField(
        _("适用行政区"), max_length=6, blank=True, help_text=_("省级行政区划代码；空白表示不限")
    )
    text = models.TextField(_("正文"))
    headings_en = models.JSONField(
        _("英文标题对照"), default=dict, help_text=_("章节编号到英文标题，例如“一（一）”；译名供阅读，不是正式译文")
    )

    class Meta:
        verbose_name = _("政策文件")
        verbose_name_plural = _("政策文件")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def label(self) -> str:
        return _spoken(self.title, self.title_en)

    @property
    def region_prefix(self) -> str:
        """The two digits with which the codes of all regions of its province begin; empty for any."""
        return self.region_code[:2]


class DocumentVersion(models.Model):
    """A wording of a document as it was loaded (政策版本), kept whole so that two can be compared; never changed.

    `provisions` are the rows as loaded: code, section, kind, year, quote, gloss_en, instrument.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版次"))
    issued_on = models.DateField(_("成文日期"))
    document_number = models.CharField(_("文号"), max_length=60)
    text = models.TextField(_("正文"))
    provisions = models.JSONField(_("条款要点"))
    digest = models.CharField(_("指纹"), max_length=64)
    loaded_at = models.DateTimeField(_("装载时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("政策版本")
        verbose_name_plural = _("政策版本")
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]
        triggers = [_grows_only("document_version_kept")]

    def __str__(self) -> str:
        return f"{self.document_number} v{self.number}"


class Instrument(models.Model):
    """What a provision asks to exist (政策工具): a target, rule, register, indicator, classification or procedure."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="instruments")
    key = models.CharField(_("代码"), max_length=60)
    kind = models.CharField(_("类型"), max_length=16, choices=InstrumentKind.choices)
    name_zh = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=200)
    subject = models.CharField(_("对象"), max_length=20)
    fields = models.TextField(_("字段与条件"), help_text=_("政策包中的原始声明"))
    why_zh = models.CharField(_("尚未落实的原因"), max_length=300, blank=True)
    why_en = models.CharField(_("尚未落实的原因（英文）"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("政策工具")
        verbose_name_plural = _("政策工具")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["document", "key"], name="instrument_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def why(self) -> str:
        """What is lacking for it to be carried out, as the pack says."""
        return _spoken(self.why_zh, self.why_en)


class ProvisionQuerySet(models.QuerySet["Provision"]):
    def with_carried(self) -> ProvisionQuerySet:
        """Adds `carried`: whether anything carries the provision's instrument out (是否已落实)."""
        return self.annotate(carried=Exists(Carrier.objects.filter(instrument=OuterRef("instrument"))))


class Provision(models.Model):
    """One thing the policy says (条款要点), with its exact quote: document.text[start:end] == quote."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="provisions")
    code = models.CharField(_("编号"), max_length=8, unique=True)
    section = models.CharField(_("章节"), max_length=20)
    kind = models.CharField(_("类型"), max_length=16, choices=InstrumentKind.choices)
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    quote = models.TextField(_("原文"))
    start = models.PositiveIntegerField(_("起始位置"))
    end = models.PositiveIntegerField(_("结束位置"))
    gloss_en = models.TextField(_("英文释义"))
    note_en = models.TextField(_("落实说明（英文）"), blank=True)
    subject = models.CharField(_("对象"), max_length=20)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="provisions")

    objects = ProvisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("条款要点")
        verbose_name_plural = _("条款要点")
        ordering = ["start", "end", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.section}"

    def get_absolute_url(self) -> str:
        return reverse("provision_detail", args=[self.code])


class Carrier(models.Model):
    """What carries an instrument out today (落实载体).

    Written by the app that owns it, so that this floor looks up to none. `url_name` and `url_arg` are
    reversed in the page; `label_zh` and `label_en` say what is found there.
    """

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="carriers")
    owner = models.CharField(max_length=20, help_text=_("写入此行的应用"))
    url_name = models.CharField(max_length=60)
    url_arg = models.CharField(max_length=60, blank=True)
    label_zh = models.CharField(max_length=160)
    label_en = models.CharField(max_length=200)
    live_name = models.CharField(
        max_length=60, blank=True, default="", help_text=_("说明现状的片段的地址名，参数同上；空白表示没有")
    )

    class Meta:
        verbose_name = _("落实载体")
        verbose_name_plural = _("落实载体")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "owner", "url_name", "url_arg"], name="carrier_once"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse(self.url_name, args=[self.url_arg] if self.url_arg else [])

    @property
    def live_url(self) -> str:
        """Where a few words on how it stands now are found; empty when nowhere."""
        return reverse(self.live_name, args=[self.url_arg] if self.url_arg else []) if self.live_name else ""

    @property
    def label(self) -> str:
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh


class Term(models.Model):
    """A word of the policy that leaves something open (未定用语), as the pack lists it, with who must decide.

    `start` is the value the portal works with until somebody decides; without one nothing is assumed.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="terms")
    key = models.SlugField(_("代码"), max_length=40)
    word = models.CharField(_("用语"), max_length=40)
    question_zh = models.CharField(_("要定的是"), max_length=200)
    question_en = models.CharField(_("要定的是（英文）"), max_length=300)
    numeric = models.BooleanField(_("数值"), default=True)
    composite = models.BooleanField(_("综合指数"), default=False, help_text=_("要定的是指数的分项、权重和基年"))
    unit = models.CharField(_("单位"), max_length=12, blank=True)
    start = models.DecimalField(_("起始设定"), max_digits=16, decimal_places=4, null=True, blank=True)
    decider_zh = models.CharField(_("由谁确定"), max_length=80)
    decider_en = models.CharField(_("由谁确定（英文）"), max_length=120)
    provisions = models.ManyToManyField(Provision, verbose_name=_("所在条款"), related_name="terms")
    position = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = _("未定用语")
        verbose_name_plural = _("未定用语")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["document", "key"], name="term_once")]

    def __str__(self) -> str:
        return f"{self.word}：{self.question_zh}"

    @property
    def question(self) -> str:
        return _spoken(self.question_zh, self.question_en)

    @property
    def decider(self) -> str:
        return _spoken(self.decider_zh, self.decider_en)

    def get_absolute_url(self) -> str:
        return reverse("term_detail", args=[self.document.code, self.key])


class Ruling(models.Model):
    """What was decided on a word (用语的确定): value, document, day; the newest counts, none is changed or taken away.

    Of a composite `parts` are codes of indicators with their weights in per cent, [["land_output_rate", "40"], …], and
    `base_year` is the year in which the index is 100.
    """

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="rulings")
    value = models.DecimalField(_("取值"), max_digits=16, decimal_places=4, null=True, blank=True)
    text = models.CharField(_("内容"), max_length=400, blank=True)
    parts = models.JSONField(_("分项和权重"), default=list, blank=True)
    base_year = models.PositiveSmallIntegerField(_("基年"), null=True, blank=True)
    basis = models.CharField(_("依据文件或会议"), max_length=160)
    decided_on = models.DateField(_("确定日期"))
    by = models.ForeignKey(User, verbose_name=_("登记人"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("用语的确定")
        verbose_name_plural = _("用语的确定")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(value__isnull=False) | ~Q(text=""), name="ruling_says_something"),
        ]
        triggers = [_grows_only("ruling_kept")]

    def __str__(self) -> str:
        return f"{self.term} = {self.text or self.value}"
