"""Is it so? How each rule was checked, what breaks it since when, what is exempt; the tasks of the policy (合规与任务)."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty, Permission
from accounts.models import Organisation, User, within_paths
from compliance.enums import TASK_MOVES, CheckState, Force, Subject, TaskStatus
from indicators.models import locks
from parks.models import Region, Zone
from policy.models import Document, Provision, Ruling


class RuleCheck(models.Model):
    """How a rule of a document was checked last (规则检查): one row a rule, written by the task that checks all."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="rule_checks")
    rule = models.CharField(_("规则"), max_length=60)
    instrument = models.CharField(_("政策工具"), max_length=60)
    force = models.CharField(_("约束力"), max_length=4, choices=Force.choices)
    state = models.CharField(_("检查情况"), max_length=10, choices=CheckState.choices)
    examined = models.PositiveIntegerField(_("检查对象数"), default=0)
    unknown = models.PositiveIntegerField(_("资料不全"), default=0, help_text=_("缺少登记、无从判断的对象数"))
    checked_at = models.DateTimeField(_("检查时间"))

    class Meta:
        verbose_name = _("规则检查")
        verbose_name_plural = _("规则检查")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["document", "rule"], name="rule_check_once")]

    def __str__(self) -> str:
        return self.rule


class CheckRun(models.Model):
    """A run over all rules (检查运行): `mark` tells which state of the registry and the cases it has seen."""

    mark = models.TextField(_("所见数据"))
    started_at = models.DateTimeField(_("开始时间"))
    seconds = models.FloatField(_("用时（秒）"))
    found = models.PositiveIntegerField(_("不符"))
    new = models.PositiveIntegerField(_("新发现"))
    ended = models.PositiveIntegerField(_("已消除"))

    class Meta:
        verbose_name = _("检查运行")
        verbose_name_plural = _("检查运行")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class CompositeFigure(models.Model):
    """The index of a composite that a decision settled (综合指数), for a year; written by the task that checks rules.

    `parts`: by indicator its figure, that of the base year, and what it comes to when the base year is 100.
    """

    ruling = models.ForeignKey(Ruling, on_delete=models.CASCADE, related_name="figures")
    year = models.PositiveSmallIntegerField(_("年度"))
    value = models.FloatField(_("指数"))
    parts = models.JSONField(_("分项"), default=dict)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    computed_at = models.DateTimeField(_("计算时间"), auto_now=True)

    class Meta:
        verbose_name = _("综合指数")
        verbose_name_plural = _("综合指数")
        ordering = ["ruling", "year"]
        constraints = [models.UniqueConstraint(fields=["ruling", "year"], name="composite_figure_once")]

    def __str__(self) -> str:
        return f"{self.ruling.term.word} {self.year}"


class BreachQuerySet(models.QuerySet["Breach"]):
    """Breaches hang on a zone or a region; those on neither are the province's and everyone's who may look."""

    def visible_to(self, user: User, permission: str = Permission.ZONE_VIEW) -> BreachQuerySet:
        """Those in the user's territory; a department sees every region, and the zones of its duty."""
        if not user.may(permission):
            return self.none()
        regional = Q(zone=None, region=None)
        if user.duties_with(permission):
            regional |= Q(zone=None)
        paths = user.paths_with(permission)
        for field in ("region__office__path", "region__parent__office__path"):
            regional |= Q(zone=None) & within_paths(field, paths)
        if any(path == "/" or path.count("/") == 2 for path in paths):
            regional |= Q(zone=None)  # the office's own territory is the province, regions without an office too
        return self.filter(regional | Q(zone__in=Zone.objects.visible_to(user, permission)))

    def standing(self) -> BreachQuerySet:
        """Those that were still so when last checked."""
        return self.filter(ended_at=None)

    def with_exempt(self, day: date) -> BreachQuerySet:
        """Adds `exempt`: whether an exemption covers it on that day."""
        covering = Exemption.objects.in_force_on(day).filter(
            document=OuterRef("document"), rule=OuterRef("rule"), subject_key=OuterRef("subject_key")
        )
        return self.annotate(exempt=Exists(covering))


class Breach(models.Model):
    """Something that is not as a rule wants it (不符), from `first_seen` until `ended_at`; if it comes again, another row.

    `facts` are what the rule saw, from which its words are made in the reader's language.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="breaches")
    rule = models.CharField(_("规则"), max_length=60)
    force = models.CharField(_("约束力"), max_length=4, choices=Force.choices)
    subject = models.CharField(_("对象"), max_length=12, choices=Subject.choices)
    subject_key = models.CharField(max_length=60)
    label = models.CharField(_("名称"), max_length=160)
    zone = models.ForeignKey(
        Zone, verbose_name=_("园区"), null=True, blank=True, on_delete=models.PROTECT, related_name="breaches"
    )
    region = models.ForeignKey(
        Region, verbose_name=_("行政区"), null=True, blank=True, on_delete=models.PROTECT, related_name="breaches"
    )
    facts = models.JSONField(_("情况"), default=dict)
    since = models.DateField(_("起始日期"), null=True, blank=True, help_text=_("登记资料写明的日期"))
    first_seen = models.DateTimeField(_("首次发现"))
    last_seen = models.DateTimeField(_("最近一次发现"))
    ended_at = models.DateTimeField(_("消除时间"), null=True, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("不符")
        verbose_name_plural = _("不符")
        ordering = ["-first_seen", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "rule", "subject_key"], condition=Q(ended_at=None), name="breach_open_once"
            ),
        ]
        triggers = [
            locks.Lock(
                name="ended_breach_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
                func=locks.refuse("an ended breach is history"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("breach_detail", args=[self.pk])

    @property
    def look(self) -> str:
        if self.ended_at is not None:
            return "breach_ended"
        return "breach_exempt" if getattr(self, "exempt", False) else f"breach_{self.force}"


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def in_force_on(self, day: date) -> ExemptionQuerySet:
        """Those granted by then, not over yet and not withdrawn."""
        return self.filter(granted_at__date__lte=day, until__gte=day, withdrawn_at=None)


class Exemption(models.Model):
    """The office lets a rule not hold for a subject (例外), with reason and document, until a day; then it ends by itself.

    Never changed; one recorded by mistake is withdrawn with a reason.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="exemptions")
    rule = models.CharField(_("规则"), max_length=60)
    subject_key = models.CharField(max_length=60)
    label = models.CharField(_("名称"), max_length=160)
    reason = models.TextField(_("理由"))
    basis = models.CharField(_("依据文件"), max_length=160)
    until = models.DateField(_("有效期至"))
    granted_by = models.ForeignKey(User, verbose_name=_("登记人"), on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    withdrawn_by = models.ForeignKey(
        User, verbose_name=_("撤销人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    withdrawal = models.TextField(_("撤销理由"), blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("例外")
        verbose_name_plural = _("例外")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal="")),
                name="exemption_withdrawn_with_reason",
            ),
        ]
        triggers = [
            locks.Lock(
                name="exemption_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR
                       to_jsonb(OLD) - ARRAY['withdrawn_by_id','withdrawn_at','withdrawal'] IS DISTINCT FROM
                       to_jsonb(NEW) - ARRAY['withdrawn_by_id','withdrawn_at','withdrawal'] THEN
                        {locks.refuse("an exemption is withdrawn, never changed")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            locks.no_truncate("exemption_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.label}"

    @property
    def look(self) -> str:
        if self.withdrawn_at is not None:
            return "exemption_withdrawn"
        return "exemption_in_force" if self.until >= timezone.localdate() else "exemption_over"


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User) -> TaskQuerySet:
        """All for the office and the departments; a city's, county's or park's people see those of their city."""
        permission = Permission.ZONE_VIEW
        paths = user.paths_with(permission)
        if user.duties_with(permission) or any(path == "/" or path.count("/") == 2 for path in paths):
            return self
        cities = [f"/{'/'.join(path.strip('/').split('/')[:2])}/" for path in paths]
        return self.filter(Q(city__office__path__in=cities) | Q(city=None)) if cities else self.none()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Task(models.Model):
    """What a provision asks of a department or a city until a day (任务), policy 十（一） P180b.

    Without `city` it is the lead department's own. `revision` goes up with every act, so that nobody acts on an old state.
    """

    provision = models.ForeignKey(Provision, verbose_name=_("条款"), on_delete=models.PROTECT, related_name="tasks")
    lead = models.CharField(_("牵头部门"), max_length=24, choices=Duty.choices)
    city = models.ForeignKey(
        Region, verbose_name=_("责任省辖市"), null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    work = models.CharField(_("任务内容"), max_length=240, blank=True, help_text=_("空白即条款原文"))
    deadline = models.DateField(_("期限"))
    status = models.CharField(_("状态"), max_length=12, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    percent = models.PositiveSmallIntegerField(_("进度（%）"), default=0)
    assigned_by = models.ForeignKey(User, verbose_name=_("任务分解人"), on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(_("任务分解时间"), auto_now_add=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("版次"), default=1)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("任务")
        verbose_name_plural = _("任务")
        ordering = ["deadline", "provision__start", "city__code"]
        constraints = [
            models.UniqueConstraint(fields=["provision", "lead", "city"], nulls_distinct=False, name="task_once"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="task_percent_in_range"),
            models.CheckConstraint(
                condition=Q(status=TaskStatus.DONE, done_on__isnull=False, percent=100)
                | (~Q(status=TaskStatus.DONE) & Q(done_on=None)),
                name="task_done_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="task_moves",
                field="status",
                transitions=[(old, new) for old, moves in TASK_MOVES.items() for new in sorted(moves)],
            ),
            locks.no_truncate("task_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.provision_id} {self.get_lead_display()}"

    def get_absolute_url(self) -> str:
        return reverse("task_detail", args=[self.pk])

    @property
    def look(self) -> str:
        return f"task_{self.status}"

    @property
    def words(self) -> str:
        """What is to be done: the office's words, else the provision's own."""
        return self.work or self.provision.quote


class TaskNote(models.Model):
    """What somebody says of a task's progress (进展说明), one after another; never changed."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(User, verbose_name=_("填写人"), null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    text = models.TextField(_("进展"))
    percent = models.PositiveSmallIntegerField(_("进度（%）"))
    status = models.CharField(_("状态"), max_length=12, choices=TaskStatus.choices)

    class Meta:
        verbose_name = _("进展说明")
        verbose_name_plural = _("进展说明")
        ordering = ["-id"]
        triggers = [locks.append_only("task_note_append_only"), locks.no_truncate("task_note_no_truncate")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.at:%Y-%m-%d}"
