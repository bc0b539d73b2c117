"""Objections to what was published, and the calendar that their window is counted by (异议与工作日历)."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import Organisation, User, within_paths
from assessments.enums import OBJECTION_MOVES, ObjectionStatus
from assessments.models.files import AssessmentFile
from assessments.models.proceedings import Publication
from indicators.models import locks
from parks.models import Zone


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: User) -> ObjectionQuerySet:
        """Those of the zones in one's own line (park, county, city, office); departments are no party to them."""
        return self.filter(within_paths("zone__administration__path", user.paths_with(Permission.RUN_VIEW)))

    def open(self) -> ObjectionQuerySet:
        return self.filter(status=ObjectionStatus.FILED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Objection(models.Model):
    """A zone's objection to what was published about it (异议), filed within the window, answered by who did not decide.

    An upheld one changes no result: it leads to a new run.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="objections")
    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="objections")
    status = models.CharField(_("状态"), max_length=10, choices=ObjectionStatus.choices, default=ObjectionStatus.FILED)
    text = models.TextField(_("异议内容"))
    filed_by = models.ForeignKey(User, verbose_name=_("提出人"), on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("机构"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    filed_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    answer = models.TextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(
        User, verbose_name=_("答复人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("异议")
        verbose_name_plural = _("异议")
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "zone"], condition=Q(status=ObjectionStatus.FILED), name="objection_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[ObjectionStatus.FILED, ObjectionStatus.WITHDRAWN])
                | (Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(answered_by=F("filed_by"))),
                name="objection_answered_by_another",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="objection_moves",
                field="status",
                transitions=[(old, new) for old, moves in OBJECTION_MOVES.items() for new in sorted(moves)],
            ),
            locks.Lock(
                name="ended_objection_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status=ObjectionStatus.FILED),
                func=locks.refuse("an objection that has ended is frozen"),
            ),
            locks.no_truncate("objection_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("objection_detail", args=[self.pk])

    @property
    def look(self) -> str:
        """Its status in the table of looks."""
        return f"objection_{self.status}"


class ObjectionFile(AssessmentFile):
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="files")

    class Meta(AssessmentFile.Meta):
        verbose_name = _("异议材料")
        verbose_name_plural = _("异议材料")
        triggers = [locks.append_only("objection_file_append_only"), locks.no_truncate("objection_file_no_truncate")]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class CalendarDay(models.Model):
    """A day that is not what its weekday says (节假日与调休): a holiday in the week, or a weekend day worked.

    Kept by the office from the yearly notice of the State Council; days not listed are workdays from Monday to Friday.
    """

    day = models.DateField(_("日期"), unique=True)
    works = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=40)
    document = models.CharField(_("依据"), max_length=120, help_text=_("国务院办公厅当年节假日安排通知的文号"))

    class Meta:
        verbose_name = _("节假日与调休")
        verbose_name_plural = _("节假日与调休")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
