"""How do enterprises compare? Evaluations over a year and a territory, and the class of each enterprise (企业分类综合评价)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import Organisation, User, within_paths
from assessments.enums import EvaluationStatus
from assessments.models.schemes import Scheme
from parks.models import Region, Zone
from registers.models import Enterprise

FINAL_FIELDS = ("final_by_id", "final_at", "final_on", "final_document", "final_note")
_KEPT = ", ".join(f"'{name}'" for name in FINAL_FIELDS)
_FROZEN = "RAISE EXCEPTION 'yuanqu: {what} is frozen' USING ERRCODE = 'restrict_violation';"


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: User) -> EvaluationQuerySet:
        """All of the territories where the user holds the procedure; others the final ones with a result they may see."""
        handled = within_paths("organisation__path", user.paths_with(Permission.ENTERPRISE_EVALUATE))
        if not user.may(Permission.REGISTER_VIEW):
            return self.filter(handled)
        zones = Zone.objects.visible_to(user, Permission.REGISTER_VIEW)
        held = EvaluationResult.objects.filter(evaluation=OuterRef("pk"), zone__in=zones)
        return self.filter(handled | (Q(final_at__isnull=False) & Q(Exists(held))))

    def final(self) -> EvaluationQuerySet:
        return self.filter(final_at__isnull=False)


class Evaluation(models.Model):
    """One evaluation of the enterprises of a territory over a year by one method (企业分类综合评价).

    A worker freezes the figures of the register and computes the classes; done, nothing changes any more but that somebody
    other than who started it makes it final, once (定稿). Method and settings are kept as they were used.
    """

    scheme = models.ForeignKey(Scheme, verbose_name=_("评价办法"), on_delete=models.PROTECT, related_name="evaluations")
    text = models.TextField(_("办法全文（YAML）"))
    text_digest = models.CharField(_("办法指纹"), max_length=64)
    settings = models.JSONField(_("参数"), default=dict, help_text=_("发起时改用的参数值，其余按办法"))
    settings_basis = models.CharField(_("改用参数的依据"), max_length=240, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    region = models.ForeignKey(
        Region, verbose_name=_("行政区"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    zone = models.ForeignKey(
        Zone, verbose_name=_("园区"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("评价主体"), on_delete=models.PROTECT, related_name="+"
    )
    above_scale = models.BooleanField(_("规模以上"))
    status = models.CharField(
        _("状态"), max_length=8, choices=EvaluationStatus.choices, default=EvaluationStatus.QUEUED
    )
    requested_by = models.ForeignKey(User, verbose_name=_("发起人"), on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("发起时间"), auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    inputs = models.JSONField(_("冻结的输入"), default=dict)
    inputs_digest = models.CharField(_("输入指纹"), max_length=64, blank=True)
    results_digest = models.CharField(_("结果指纹"), max_length=64, blank=True)
    engine_version = models.CharField(_("引擎版本"), max_length=20, blank=True)
    summary = models.JSONField(_("概要"), default=dict)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    error = models.TextField(_("错误"), blank=True)
    error_en = models.TextField(_("错误（英文）"), blank=True)
    final_by = models.ForeignKey(User, verbose_name=_("定稿人"), null=True, on_delete=models.PROTECT, related_name="+")
    final_at = models.DateTimeField(_("定稿时间"), null=True)
    final_on = models.DateField(_("公布日期"), null=True)
    final_document = models.CharField(_("公布文号"), max_length=80, blank=True)
    final_note = models.CharField(_("公示和异议情况"), max_length=500, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("企业分类综合评价")
        verbose_name_plural = _("企业分类综合评价")
        ordering = ["-year", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(zone=None) & ~Q(region=None)) | (~Q(zone=None) & Q(region=None)),
                name="evaluation_one_place",
            ),
            models.CheckConstraint(
                condition=~Q(status=EvaluationStatus.DONE)
                | (~Q(inputs_digest="") & ~Q(results_digest="") & ~Q(engine_version="") & Q(finished_at__isnull=False)),
                name="evaluation_done_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(final_at=None, final_by=None, final_on=None, final_document="")
                | (
                    Q(status=EvaluationStatus.DONE, final_at__isnull=False, final_on__isnull=False)
                    & Q(final_by__isnull=False)
                    & ~Q(final_document="")
                    & ~Q(final_by=F("requested_by"))
                ),
                name="evaluation_final_by_another",
            ),
            # Two started at once become one.
            models.UniqueConstraint(
                fields=["scheme", "year", "region", "zone", "above_scale"],
                condition=Q(status=EvaluationStatus.QUEUED),
                nulls_distinct=False,
                name="evaluation_queued_once",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="finished_evaluation_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=EvaluationStatus.DONE),
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.final_at IS NOT NULL
                       OR (to_jsonb(NEW) - ARRAY[{_KEPT}]) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY[{_KEPT}]) THEN
                        {_FROZEN.format(what="a finished evaluation")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.place}"

    @property
    def place(self) -> Region | Zone:
        """The territory it was made for."""
        place = self.zone or self.region
        assert place is not None  # one of the two, as the database holds
        return place

    @property
    def scale_label(self) -> str:
        return str(pgettext_lazy("enterprises", "规模以上") if self.above_scale else _("规模以下"))

    @property
    def look(self) -> str:
        """Its badge: how the computation stands, or that it is final."""
        return "evaluation_final" if self.final_at else f"evaluation_{self.status}"

    @property
    def error_text(self) -> str:
        return self.error_en if (get_language() or "").startswith("en") else self.error

    def get_absolute_url(self) -> str:
        return reverse("evaluation_detail", args=[self.pk])


class EvaluationResultQuerySet(models.QuerySet["EvaluationResult"]):
    def visible_to(self, user: User) -> EvaluationResultQuerySet:
        """Results over the zones whose registers the user may read; of what is not final yet only whoever handles it."""
        zones = Zone.objects.visible_to(user, Permission.REGISTER_VIEW)
        handled = within_paths("evaluation__organisation__path", user.paths_with(Permission.ENTERPRISE_EVALUATE))
        return self.filter(
            handled | Q(zone__in=zones, evaluation__final_at__isnull=False),
            evaluation__status=EvaluationStatus.DONE,
        )


class EvaluationResult(models.Model):
    """The class of one enterprise in one evaluation (评价结果), with the figures and points it came of.

    `reason` says why: "" by score and place; the id of the rule that gave the class, of the case that left the enterprise
    out, or `missing` where a figure was lacking. `figures` holds values, points and parts of the score in the order of the
    method's indicators (`Evaluation.summary["leaves"]`). `entry` and `entry_revision` name the line of the register.
    """

    MISSING = "missing"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="results")
    enterprise = models.ForeignKey(
        Enterprise, verbose_name=_("企业"), on_delete=models.PROTECT, related_name="evaluation_results"
    )
    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="+")
    entry_id = models.BigIntegerField(_("台账条目"))
    entry_revision = models.PositiveIntegerField(_("条目版次"))
    score = models.FloatField(_("得分"), null=True)
    rank = models.PositiveIntegerField(_("位次"), null=True)
    grade = models.CharField(_("类别"), max_length=12, blank=True)
    reason = models.CharField(_("定类依据"), max_length=60, blank=True)
    figures = models.JSONField(_("各项数值"), default=dict)

    objects = EvaluationResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("企业评价结果")
        verbose_name_plural = _("企业评价结果")
        ordering = ["evaluation", "-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "enterprise"], name="evaluation_result_once"),
        ]
        indexes = [models.Index(fields=["evaluation", "zone", "grade"], name="evaluation_by_zone")]
        triggers = [
            pgtrigger.Trigger(
                name="evaluation_result_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("holder", "BIGINT")],
                func=f"""
                    FOREACH holder IN ARRAY ARRAY[
                        CASE WHEN TG_OP <> 'INSERT' THEN OLD.evaluation_id END,
                        CASE WHEN TG_OP <> 'DELETE' THEN NEW.evaluation_id END
                    ] LOOP
                        IF EXISTS (SELECT 1 FROM assessments_evaluation
                                   WHERE id = holder AND status = '{EvaluationStatus.DONE}') THEN
                            {_FROZEN.format(what="a finished evaluation")}
                        END IF;
                    END LOOP;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.evaluation_id}"

    @property
    def synthetic(self) -> bool:
        """One made-up figure is enough: places hang on everybody's."""
        return self.evaluation.synthetic

    def get_absolute_url(self) -> str:
        return reverse("evaluation_result", args=[self.evaluation_id, self.enterprise.credit_code])
