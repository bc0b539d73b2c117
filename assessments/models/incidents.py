"""What happened in a zone and counts in its assessment (事故和问题), policy 十（四） P197b, P197c, P197e."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import Organisation, User
from assessments.enums import SEVERITIES, IncidentKind, Severity
from assessments.models.files import AssessmentFile
from indicators.models import locks
from parks.models import Zone


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User) -> IncidentQuerySet:
        """Those of the zones whose assessment the user may see, the withdrawn ones included."""
        return self.filter(zone__in=Zone.objects.visible_to(user, Permission.RUN_VIEW))

    def valid(self) -> IncidentQuerySet:
        return self.filter(withdrawn_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta=locks.history_kept())
class Incident(models.Model):
    """A dated event of a zone with its document (事故、问题). What it costs is for the method to say, not for it.

    Never changed or deleted: a wrong one is withdrawn with a reason, and a right one recorded.
    """

    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(_("类别"), max_length=24, choices=IncidentKind.choices)
    severity = models.CharField(_("程度"), max_length=12, choices=Severity.choices)
    on = models.DateField(_("发生日期"))
    title = models.CharField(_("事由"), max_length=160)
    document_number = models.CharField(_("文号"), max_length=80)
    issuer = models.CharField(_("发文机关"), max_length=80)
    reported_by = models.ForeignKey(
        Organisation, verbose_name=_("登记部门"), on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey(User, verbose_name=_("登记人"), on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    withdrawn_by = models.ForeignKey(
        User, verbose_name=_("撤销人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    withdrawal = models.TextField(_("撤销理由"), blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("事故和问题")
        verbose_name_plural = _("事故和问题")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *[Q(kind=kind, severity__in=grades) for kind, grades in SEVERITIES.items()], _connector=Q.OR
                ),
                name="incident_severity_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal="")),
                name="incident_withdrawn_with_reason",
            ),
            models.UniqueConstraint(
                fields=["zone", "kind", "on", "document_number"],
                condition=Q(withdrawn_at=None),
                name="incident_once",
            ),
        ]
        triggers = [
            # All but the withdrawal stands from the start; the withdrawal stands once made.
            locks.Lock(
                name="incident_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR
                       to_jsonb(OLD) - ARRAY['withdrawn_by_id','withdrawn_at','withdrawal'] IS DISTINCT FROM
                       to_jsonb(NEW) - ARRAY['withdrawn_by_id','withdrawn_at','withdrawal'] THEN
                        {locks.refuse("an incident is withdrawn, never changed")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            locks.no_truncate("incident_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.on} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("incident_detail", args=[self.pk])

    @property
    def look(self) -> str:
        return "incident_withdrawn" if self.withdrawn_at else "incident_valid"


class IncidentFile(AssessmentFile):
    """The document of an incident."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="files")

    class Meta(AssessmentFile.Meta):
        verbose_name = _("事件文件")
        verbose_name_plural = _("事件文件")
        triggers = [locks.append_only("incident_file_append_only"), locks.no_truncate("incident_file_no_truncate")]
