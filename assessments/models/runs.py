"""How do they compare? Runs frozen when done, results with their proposals (考核)."""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import User
from assessments import clock
from assessments.access import PUBLISHED, Sight, Stage, Viewer, stages, viewer_of
from assessments.enums import ACTIVE_STATUSES, RUN_MOVES, ProceedingStatus, ProposalKind, RunKind, RunStage, RunStatus
from assessments.models.schemes import Scheme
from common.numbers import format_number
from parks.models import Zone
from parks.provinces import own_rows

_FROZEN = "RAISE EXCEPTION 'yuanqu: {what} is frozen' USING ERRCODE = 'restrict_violation';"


class RunQuerySet(models.QuerySet["Run"]):
    def active(self) -> RunQuerySet:
        return self.filter(status__in=ACTIVE_STATUSES)

    def done(self) -> RunQuerySet:
        return self.filter(status=RunStatus.DONE)

    def at(self, stages: Iterable[Stage]) -> RunQuerySet:
        """Runs at one of these stages of their proceeding (assessments/access.py)."""
        publications = apps.get_model("assessments", "Publication").objects.filter(run=OuterRef("pk"))
        proceedings = apps.get_model("assessments", "Proceeding").objects.filter(run=OuterRef("pk"))
        out = proceedings.filter(status__in=PUBLISHED).values("status")[:1]
        held_back = proceedings.exclude(status__in=[*PUBLISHED, ProceedingStatus.ABANDONED]).values("status")[:1]
        stage = Case(
            When(Exists(publications), then=Coalesce(Subquery(out), Value(Stage.PUBLIC.value))),
            default=Coalesce(Subquery(held_back), Value(Stage.COMPUTED.value)),
        )
        return self.alias(of_proceeding=stage).filter(of_proceeding__in=list(stages))

    def published(self) -> RunQuerySet:
        """Runs whose results have been published, now or once."""
        return self.at(PUBLISHED)

    def visible_to(self, user: User) -> RunQuerySet:
        """The office sees all of its province; others those that have a result they may see."""
        if not user.may(Permission.RUN_VIEW):
            return self.none()
        if viewer_of(user) == Viewer.OFFICE:
            return self.filter(own_rows(user, "scheme__region_code"))
        return self.done().filter(Exists(Result.objects.visible_to(user).filter(run=OuterRef("pk"))))


class OfficialRuns(models.Manager["Run"]):
    """All runs but the provisional ones."""

    def get_queryset(self) -> models.QuerySet[Run]:
        return super().get_queryset().filter(kind=RunKind.OFFICIAL)


class Run(models.Model):
    """One computation of a scheme over a year (考核计算): queued, done by a worker, then frozen with its inputs.

    The row is the truth: progress, heartbeat and attempts live here, not in the result backend.
    """

    kind = models.CharField(
        pgettext_lazy("run", "性质"), max_length=12, choices=RunKind.choices, default=RunKind.OFFICIAL
    )
    scheme = models.ForeignKey(Scheme, verbose_name=_("考核办法"), on_delete=models.PROTECT, related_name="runs")
    year = models.PositiveSmallIntegerField(_("年度"))
    status = models.CharField(_("状态"), max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    progress = models.PositiveSmallIntegerField(_("进度"), default=0)
    stage = models.CharField(_("阶段"), max_length=12, choices=RunStage.choices, blank=True)
    requested_by = models.ForeignKey(
        User, verbose_name=_("发起人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("发起时间"), default=clock.now, editable=False)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    inputs = models.JSONField(_("冻结的输入"), default=dict)
    inputs_digest = models.CharField(_("输入指纹"), max_length=64, blank=True)
    inputs_at = models.DateTimeField(_("数据冻结时间"), null=True)
    results_digest = models.CharField(_("结果指纹"), max_length=64, blank=True)
    engine_version = models.CharField(_("引擎版本"), max_length=20, blank=True)
    summary = models.JSONField(
        _("概要"), default=dict, help_text=_("notices：读者应知道的事；cuts：各条线的分数；proposals：各种建议的个数")
    )
    checklist = models.JSONField(
        _("发起前检查"), default=list, blank=True, help_text=_("发起时各项检查的结果，此后不变")
    )
    override_reason = models.TextField(_("未齐备仍发起的理由"), blank=True)
    data_change_id = models.BigIntegerField(null=True, blank=True, help_text=_("即时测算：已计入的最新数据变动"))
    synthetic = models.BooleanField(_("演示数据"), default=False)
    error = models.TextField(_("错误"), blank=True)
    error_en = models.TextField(_("错误（英文）"), blank=True)

    # Whoever asks for runs means official ones; provisional ones are reached by name alone (ADR 19).
    objects = OfficialRuns.from_queryset(RunQuerySet)()
    every = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核计算")
        verbose_name_plural = _("考核计算")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=RunStatus.DONE)
                | (~Q(inputs_digest="") & ~Q(results_digest="") & ~Q(engine_version="") & Q(finished_at__isnull=False)),
                name="run_done_is_complete",
            ),
            # Two started at once become one.
            models.UniqueConstraint(
                fields=["scheme", "year", "kind"],
                condition=Q(status__in=sorted(ACTIVE_STATUSES)),
                name="run_active_once",
            ),
            # Of a scheme and year only the newest provisional result is kept.
            models.UniqueConstraint(
                fields=["scheme", "year"],
                condition=Q(status=RunStatus.DONE, kind=RunKind.PROVISIONAL),
                name="run_provisional_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=RunKind.OFFICIAL, requested_by__isnull=False, data_change_id=None)
                | Q(kind=RunKind.PROVISIONAL, requested_by=None, data_change_id__isnull=False),
                name="run_of_its_kind",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="finished_run_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=RunStatus.DONE),
                # A provisional one makes way for the next.
                func=f"""
                    IF TG_OP = 'DELETE' AND OLD.kind = '{RunKind.PROVISIONAL}' THEN RETURN OLD; END IF;
                    {_FROZEN.format(what="a finished run")}
                """,
            ),
            # A run taken up again after a crash computes the same figures: what it froze first stays.
            pgtrigger.Trigger(
                name="run_inputs_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.inputs_digest <> '' AND (NEW.inputs IS DISTINCT FROM OLD.inputs"
                    " OR NEW.inputs_digest <> OLD.inputs_digest"
                    " OR NEW.scheme_id <> OLD.scheme_id OR NEW.year <> OLD.year)"
                ),
                func=_FROZEN.format(what="the input of a run"),
            ),
            # What was seen and said when it was started is not reworded later.
            pgtrigger.Trigger(
                name="run_start_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.kind <> OLD.kind OR NEW.checklist IS DISTINCT FROM OLD.checklist"
                    " OR NEW.override_reason <> OLD.override_reason"
                ),
                func=_FROZEN.format(what="the start of a run"),
            ),
            pgtrigger.FSM(
                name="run_moves",
                field="status",
                transitions=[(old, new) for old, moves in RUN_MOVES.items() for new in sorted(moves)],
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.scheme} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("run_detail", args=[self.pk])

    @property
    def error_text(self) -> str:
        return self.error_en if (get_language() or "").startswith("en") else self.error

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE_STATUSES


class ResultQuerySet(models.QuerySet["Result"]):
    def visible_to(self, user: User) -> ResultQuerySet:
        """Results of finished runs over the zones the user may see results of, at the stages that assessments/access.py says."""
        reach = self.filter(run__status=RunStatus.DONE, zone__in=Zone.objects.visible_to(user, Permission.RUN_VIEW))
        viewer = viewer_of(user)
        seen = stages(viewer, Sight.REACH) | stages(viewer, Sight.ALL)
        return reach if seen == frozenset(Stage) else reach.filter(run__in=Run.objects.at(seen).values("pk"))


class OfficialResults(models.Manager["Result"]):
    """Results of all runs but the provisional ones."""

    def get_queryset(self) -> models.QuerySet[Result]:
        return super().get_queryset().filter(run__kind=RunKind.OFFICIAL)


class Result(models.Model):
    """One zone's outcome in one run (考核结果): score, rank in its peer group, proposal and all that explains them.

    `explanation` is `assessments.engine.explain` as data: raw → normalised → weight → points, cuts, fired rules.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="results")
    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="results")
    score = models.FloatField(_("得分"), null=True)
    rank = models.PositiveSmallIntegerField(_("位次"), null=True)
    peer_group = models.CharField(_("同类组"), max_length=60)
    group_size = models.PositiveSmallIntegerField(_("组内园区数"))
    coverage = models.FloatField(_("数据完整度"))
    proposal = models.CharField(_("建议"), max_length=10, choices=ProposalKind.choices)
    fired_rules = models.JSONField(_("触发的规则"), default=list)
    explanation = models.JSONField(_("解释"), default=dict)
    rank_low = models.PositiveSmallIntegerField(_("位次下限"), null=True, help_text=_("扰动计算中位次的 5% 分位"))
    rank_high = models.PositiveSmallIntegerField(_("位次上限"), null=True, help_text=_("扰动计算中位次的 95% 分位"))
    holds = models.FloatField(_("建议成立的比例"), null=True, help_text=_("扰动计算中得出同一建议的比例，0 至 1"))
    within_noise = models.BooleanField(_("处于误差范围内"), null=True)
    cut_gap = models.FloatField(
        _("离最近一条线的分数"), null=True, help_text=_("线上分数减本园区得分；负数为已高出的分数")
    )
    synthetic = models.BooleanField(_("演示数据"), default=False)

    objects = OfficialResults.from_queryset(ResultQuerySet)()
    every = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核结果")
        verbose_name_plural = _("考核结果")
        ordering = ["run", "rank", "zone__code"]
        constraints = [models.UniqueConstraint(fields=["run", "zone"], name="result_once")]
        triggers = [
            pgtrigger.Trigger(
                name="finished_result_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("holder", "BIGINT")],
                func=f"""
                    FOREACH holder IN ARRAY ARRAY[
                        CASE WHEN TG_OP <> 'INSERT' THEN OLD.run_id END,
                        CASE WHEN TG_OP <> 'DELETE' THEN NEW.run_id END
                    ] LOOP
                        IF EXISTS (SELECT 1 FROM assessments_run WHERE id = holder AND status = '{RunStatus.DONE}'
                                   AND NOT (TG_OP = 'DELETE' AND kind = '{RunKind.PROVISIONAL}')) THEN
                            {_FROZEN.format(what="a finished run")}
                        END IF;
                    END LOOP;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.run_id}"

    @property
    def margin(self) -> str:
        """How far from the nearest line, and on which side of it, in words; empty where there is none."""
        if self.cut_gap is None:
            return ""
        words = _("高出 %(points)s") if self.cut_gap <= 0 else _("差 %(points)s")
        return str(words) % {"points": format_number(abs(self.cut_gap), 2)}

    def get_absolute_url(self) -> str:
        return reverse("result_detail", args=[self.run_id, self.zone.code])
