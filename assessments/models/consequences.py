"""What a final decision changes (结果运用): dated statuses, measures on the ladder, designations to be changed."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import (
    CHANGE_MOVES,
    MEASURE_MOVES,
    ApplicationState,
    ChangeDirection,
    ChangeStatus,
    MeasureStatus,
    MeasureStep,
    StatusKind,
    Tier,
)
from assessments.models.orders import MeasureOrder
from assessments.models.proceedings import Decision
from indicators.models import locks
from parks.enums import DesignationLevel
from parks.models import Designation, Zone

_CLOSING = "ARRAY['status','closed_on','closed_by_id','close_reason','close_document']"


class ZoneStatusQuerySet(models.QuerySet["ZoneStatus"]):
    def visible_to(self, user: User) -> ZoneStatusQuerySet:
        return self.filter(zone__in=Zone.objects.visible_to(user, Permission.RUN_VIEW))

    def in_force_on(self, day: date) -> ZoneStatusQuerySet:
        """The newest row of each zone and kind that began on or before the day."""
        rows = self.filter(valid_from__lte=day).order_by("zone_id", "kind", "-valid_from", "-pk")
        return rows.distinct("zone_id", "kind")


class ZoneStatus(models.Model):
    """What holds of a zone from a day on, by a final decision (园区状态); another row takes its place, none is changed.

    `value` by kind: the scheme's code of a grade, a `Tier`, the level a zone is a candidate for ("" for none any more), an
    `ApplicationState`. `label_zh` and `label_en` keep the words of a grade as its scheme had them. Policy P042, P195, P196.
    """

    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="statuses")
    kind = models.CharField(_("内容"), max_length=12, choices=StatusKind.choices)
    value = models.CharField(_("状态"), max_length=40, blank=True)
    label_zh = models.CharField(max_length=80, blank=True)
    label_en = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(_("生效"))
    decision = models.ForeignKey(
        Decision, verbose_name=_("决定"), on_delete=models.PROTECT, related_name="zone_statuses"
    )
    clauses = models.JSONField(_("依据条款"), default=list)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ZoneStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("园区状态")
        verbose_name_plural = _("园区状态")
        ordering = ["-valid_from", "-id"]
        constraints = [models.UniqueConstraint(fields=["decision", "kind"], name="zone_status_once")]
        indexes = [models.Index(fields=["zone", "kind", "valid_from"], name="zone_status_in_force")]
        triggers = [locks.append_only("zone_status_append_only"), locks.no_truncate("zone_status_no_truncate")]

    def __str__(self) -> str:
        return f"{self.zone} {self.get_kind_display()} {self.label}"

    @property
    def label(self) -> str:
        """The status in the reader's language."""
        match self.kind:
            case StatusKind.TIER:
                return str(Tier(self.value).label)
            case StatusKind.APPLICATIONS:
                return str(ApplicationState(self.value).label)
            case StatusKind.CANDIDATE:
                return str(DesignationLevel(self.value).label) if self.value else str(_("不再列入"))
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: User) -> MeasureQuerySet:
        return self.filter(zone__in=Zone.objects.visible_to(user, Permission.RUN_VIEW))

    def open(self) -> MeasureQuerySet:
        return self.filter(status=MeasureStatus.OPEN)

    def open_on(self, day: date) -> MeasureQuerySet:
        """Measures that stood on that day, whatever became of them later."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day)

    def overdue(self, day: date) -> MeasureQuerySet:
        return self.open().filter(due_on__lt=day)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Measure(models.Model):
    """A measure against a zone (处置措施), policy 十（四） P198: one step of the ladder, open until lifted or replaced.

    By a `decision`, or by an `order` of an authority outside any decision, or (neither) raised from `previous` by the office.
    `triggers` are the rules that brought it about, as they stood in the result: id, clauses, text_zh, text_en. A zone has
    at most one open measure; the next step is another row with `previous`, so that what was before is remembered.
    """

    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="measures")
    step = models.CharField(_("措施"), max_length=12, choices=MeasureStep.choices)
    status = models.CharField(_("状态"), max_length=10, choices=MeasureStatus.choices, default=MeasureStatus.OPEN)
    opened_on = models.DateField(_("采取日期"))
    due_on = models.DateField(_("期限"), null=True, blank=True)
    decision = models.ForeignKey(
        Decision, verbose_name=_("决定"), null=True, blank=True, on_delete=models.PROTECT, related_name="measures"
    )
    order = models.OneToOneField(
        MeasureOrder,
        verbose_name=_("考核决定之外"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measure",
    )
    previous = models.OneToOneField(
        "self", verbose_name=_("前一措施"), null=True, blank=True, on_delete=models.PROTECT, related_name="following"
    )
    triggers = models.JSONField(_("触发的规则"), default=list, blank=True)
    clauses = models.JSONField(_("依据条款"), default=list)
    reason = models.TextField(_("理由"))
    document = models.CharField(_("文号"), max_length=80, blank=True)
    opened_by = models.ForeignKey(User, verbose_name=_("办理人"), on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("办理时间"), auto_now_add=True)
    closed_on = models.DateField(_("终止日期"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, verbose_name=_("终止办理人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    close_reason = models.TextField(_("终止理由"), blank=True)
    close_document = models.CharField(_("终止文号"), max_length=80, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("处置措施")
        verbose_name_plural = _("处置措施")
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["zone"], condition=Q(status=MeasureStatus.OPEN), name="measure_one_open_a_zone"
            ),
            models.CheckConstraint(
                condition=Q(status=MeasureStatus.OPEN, closed_on=None, closed_by=None)
                | (
                    ~Q(status=MeasureStatus.OPEN)
                    & Q(closed_on__isnull=False, closed_by__isnull=False)
                    & ~Q(close_reason="")
                ),
                name="measure_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("opened_on")), name="measure_due_after_opened"
            ),
            models.CheckConstraint(condition=Q(decision=None) | Q(order=None), name="measure_decided_or_ordered"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="measure_moves",
                field="status",
                transitions=[(old, new) for old, moves in MEASURE_MOVES.items() for new in sorted(moves)],
            ),
            locks.Lock(
                name="closed_measure_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status=MeasureStatus.OPEN),
                func=locks.refuse("a measure that has ended is frozen"),
            ),
            locks.Lock(
                name="measure_facts_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - {_CLOSING} <> to_jsonb(OLD) - {_CLOSING} THEN
                        {locks.refuse("a measure is ended, never changed")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            locks.no_truncate("measure_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.get_step_display()}"

    def get_absolute_url(self) -> str:
        return reverse("measure_detail", args=[self.pk])

    @property
    def look(self) -> str:
        return f"measure_{'overdue' if self.is_overdue else self.status}"

    @property
    def is_overdue(self) -> bool:
        return self.status == MeasureStatus.OPEN and self.due_on is not None and self.due_on < timezone.localdate()


class DesignationChangeQuerySet(models.QuerySet["DesignationChange"]):
    def visible_to(self, user: User) -> DesignationChangeQuerySet:
        return self.filter(zone__in=Zone.objects.visible_to(user, Permission.RUN_VIEW))

    def due(self) -> DesignationChangeQuerySet:
        return self.filter(status=ChangeStatus.DUE)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class DesignationChange(models.Model):
    """A designation that a final decision would have changed (称号变动), until its approval is recorded or refused.

    The policy leaves approval to others than the office; recording it ends the period of the old plate and begins that of
    the new one (`parks.services.designation_replace`). `path` is one of `assessments.ladder.PATHS`.
    """

    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="designation_changes")
    designation = models.ForeignKey(
        Designation, verbose_name=_("原称号"), on_delete=models.PROTECT, related_name="changes"
    )
    direction = models.CharField(_("方向"), max_length=4, choices=ChangeDirection.choices)
    status = models.CharField(_("状态"), max_length=10, choices=ChangeStatus.choices, default=ChangeStatus.DUE)
    decision = models.OneToOneField(
        Decision, verbose_name=_("决定"), on_delete=models.PROTECT, related_name="designation_change"
    )
    opened_on = models.DateField(_("决定生效"))
    path = models.CharField(_("路径"), max_length=40, blank=True)
    document = models.CharField(_("批准文号"), max_length=60, blank=True)
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    effective_on = models.DateField(_("生效日期"), null=True, blank=True)
    new_designation = models.OneToOneField(
        Designation, verbose_name=_("新称号"), null=True, blank=True, on_delete=models.PROTECT, related_name="came_of"
    )
    note = models.TextField(_("说明"), blank=True)
    settled_by = models.ForeignKey(
        User, verbose_name=_("登记人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(_("登记时间"), null=True, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    objects = DesignationChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("称号变动")
        verbose_name_plural = _("称号变动")
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ChangeStatus.DUE, settled_by=None)
                | (Q(status=ChangeStatus.DROPPED, settled_by__isnull=False) & ~Q(note=""))
                | (
                    Q(status=ChangeStatus.RECORDED, settled_by__isnull=False, approved_on__isnull=False)
                    & Q(effective_on__isnull=False)
                    & ~Q(document="")
                    & ~Q(path="")
                ),
                name="designation_change_settled_whole",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="designation_change_moves",
                field="status",
                transitions=[(old, new) for old, moves in CHANGE_MOVES.items() for new in sorted(moves)],
            ),
            locks.Lock(
                name="settled_change_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status=ChangeStatus.DUE),
                func=locks.refuse("a settled change of a designation is frozen"),
            ),
            locks.Lock(
                name="designation_change_kept",
                operation=pgtrigger.Delete,
                func=locks.refuse("a change of a designation is settled, never removed"),
            ),
            locks.no_truncate("designation_change_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.designation} {self.get_direction_display()}"

    def get_absolute_url(self) -> str:
        return reverse("designation_change", args=[self.pk])

    @property
    def look(self) -> str:
        return f"change_{self.status}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class ConsequenceSetting(models.Model):
    """A value the policy leaves open, as somebody decided it (结果运用的设定); see `assessments.ladder.SETTINGS`."""

    key = models.CharField(_("设定"), max_length=24, unique=True)
    value = models.PositiveSmallIntegerField(_("取值"), null=True, blank=True)
    document = models.CharField(_("依据"), max_length=120, help_text=_("确定这一取值的文件或会议"))
    set_by = models.ForeignKey(User, verbose_name=_("登记人"), on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("登记时间"), auto_now=True)

    class Meta:
        verbose_name = _("结果运用的设定")
        verbose_name_plural = _("结果运用的设定")
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
