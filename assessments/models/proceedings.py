"""From a finished run to a final result (考核程序): decisions beside proposals, publication, the chain of acts."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import Organisation, User
from assessments import clock
from assessments.enums import (
    PROCEEDING_MOVES,
    DecisionOutcome,
    Disclosure,
    ProceedingActKind,
    ProceedingStatus,
    RunKind,
)
from assessments.models.runs import Result, Run
from indicators.models import locks
from parks.enums import ZoneClass
from parks.models import Zone
from parks.provinces import own_rows


class ProceedingQuerySet(models.QuerySet["Proceeding"]):
    def visible_to(self, user: User) -> ProceedingQuerySet:
        """Those of the province for who decides or confirms; for others none: they see what is published."""
        held = user.may(Permission.DECISION_RECORD) or user.may(Permission.DECISION_CONFIRM)
        return self.filter(own_rows(user)) if held else self.none()

    def current(self) -> ProceedingQuerySet:
        return self.exclude(status=ProceedingStatus.ABANDONED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Proceeding(models.Model):
    """A year's assessment of one class as an official process (考核程序), policy 十（四） P194, P195.

    `run` is the run it rests on now; an upheld objection brings another, the earlier ones stay with their publications.
    `revision` goes up with every act, so that two people never act on different states. `region_code`: the province of the
    run's scheme.
    """

    region_code = models.CharField(_("省"), max_length=6, blank=True, help_text=_("省级行政区划代码；空白表示不分省"))
    zone_class = models.CharField(_("类别"), max_length=10, choices=ZoneClass.choices)
    year = models.PositiveSmallIntegerField(_("年度"))
    run = models.ForeignKey(Run, verbose_name=_("依据的计算"), on_delete=models.PROTECT, related_name="proceedings")
    status = models.CharField(
        _("状态"), max_length=12, choices=ProceedingStatus.choices, default=ProceedingStatus.DECIDING
    )
    revision = models.PositiveIntegerField(_("版次"), default=1)
    minutes = models.TextField(_("会议纪要"), blank=True)
    disclosure = models.CharField(_("公示范围"), max_length=12, choices=Disclosure.choices, default=Disclosure.GRADES)
    top_n = models.PositiveSmallIntegerField(_("公示前若干名"), null=True, blank=True)
    window_days = models.PositiveSmallIntegerField(_("公示工作日"), default=5)
    publish_at = models.DateTimeField(_("公示时刻"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, verbose_name=_("提交人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, verbose_name=_("复核人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    finalised_by = models.ForeignKey(
        User, verbose_name=_("定稿人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    finalised_at = models.DateTimeField(_("定稿时间"), null=True, blank=True)
    bulletin_number = models.CharField(_("通报文号"), max_length=60, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    objects = ProceedingQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核程序")
        verbose_name_plural = _("考核程序")
        ordering = ["-year", "zone_class", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "zone_class", "year"],
                condition=~Q(status=ProceedingStatus.ABANDONED),
                name="proceeding_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | (Q(submitted_by__isnull=False) & ~Q(confirmed_by=F("submitted_by"))),
                name="proceeding_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProceedingStatus.FINAL)
                | (Q(finalised_at__isnull=False) & Q(finalised_by__isnull=False) & ~Q(bulletin_number="")),
                name="proceeding_final_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(disclosure=Disclosure.TOP) | Q(top_n__gte=1), name="proceeding_top_has_a_number"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="proceeding_moves",
                field="status",
                transitions=[(old, new) for old, moves in PROCEEDING_MOVES.items() for new in sorted(moves)],
            ),
            locks.Lock(
                name="proceeding_on_official_run",
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF EXISTS (SELECT 1 FROM assessments_run WHERE id = NEW.run_id AND kind <> '{RunKind.OFFICIAL}') THEN
                        {locks.refuse("a proceeding rests on an official run")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            locks.Lock(
                name="final_proceeding_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__in=[ProceedingStatus.FINAL, ProceedingStatus.ABANDONED]),
                func=locks.refuse("a finished proceeding is frozen"),
            ),
            locks.no_truncate("proceeding_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.get_zone_class_display()} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("proceeding_detail", args=[self.pk])

    @property
    def look(self) -> str:
        """Its status in the table of looks."""
        return f"proceeding_{self.status}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Decision(models.Model):
    """What the office decides about one zone (决定), apart for ever from what the rules proposed (`result.proposal`).

    May be revised until it is confirmed with the proceeding; then it is frozen, and another decision is another row with
    the next `version`. One that differs from the proposal has a reason.
    """

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="decisions")
    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="decisions")
    result = models.ForeignKey(Result, verbose_name=_("计算结果"), on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    outcome = models.CharField(_("决定"), max_length=10, choices=DecisionOutcome.choices)
    reason = models.TextField(_("理由"), blank=True)
    decided_by = models.ForeignKey(User, verbose_name=_("拟定人"), on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("拟定时间"))
    confirmed_by = models.ForeignKey(
        User, verbose_name=_("复核人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("复核时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("决定")
        verbose_name_plural = _("决定")
        ordering = ["proceeding", "zone__code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "zone", "version"], name="decision_version_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("decided_by"))),
                name="decision_confirmed_by_another",
            ),
        ]
        triggers = [
            locks.Lock(
                name="confirmed_decision_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False),
                func=locks.refuse("a confirmed decision is frozen"),
            ),
            locks.no_truncate("decision_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.get_outcome_display()}"


class Publication(models.Model):
    """What was published at one moment (公示), as it stood then; never changed. A new run after an objection is another one.

    `content` is all that its public page shows, `digest` its SHA-256, `head` the newest link of the proceeding's chain.
    """

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="publications")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="publications")
    sequence = models.PositiveSmallIntegerField(_("第几次公示"))
    published_at = models.DateTimeField(_("公示时间"))
    closes_on = models.DateField(_("公示截止日"))
    disclosure = models.CharField(_("公示范围"), max_length=12, choices=Disclosure.choices)
    content = models.JSONField(_("公示内容"))
    digest = models.CharField(_("内容指纹"), max_length=64)
    head = models.CharField(_("程序链头"), max_length=64)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("公示")
        verbose_name_plural = _("公示")
        ordering = ["-published_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["proceeding", "sequence"], name="publication_once")]
        triggers = [locks.append_only("publication_append_only"), locks.no_truncate("publication_no_truncate")]

    def __str__(self) -> str:
        return f"{self.proceeding} #{self.sequence}"

    def get_absolute_url(self) -> str:
        return reverse("publication_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether objections are still taken: its proceeding is in its window and the last day is not over."""
        return self.proceeding.status == ProceedingStatus.PUBLIC and clock.today() <= self.closes_on


class ProceedingAct(models.Model):
    """An act in a proceeding (程序记录), append-only and chained by hash: digest = SHA-256(previous digest + content)."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("办理"), max_length=24, choices=ProceedingActKind.choices)
    actor = models.ForeignKey(User, verbose_name=_("办理人"), null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("机构"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("时间"))
    reason = models.TextField(_("理由"), blank=True)
    content = models.JSONField(_("内容"), default=dict, blank=True, help_text=_("决定、公示、答复等的内容或其指纹"))
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("程序记录")
        verbose_name_plural = _("程序记录")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "previous_digest"], name="proceeding_act_one_chain")
        ]
        triggers = [
            locks.append_only("proceeding_act_append_only"),
            locks.no_truncate("proceeding_act_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
