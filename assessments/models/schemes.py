"""By which method are they compared? Versions of schemes from draft to published, and what was done to them (考核办法)."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import Organisation, User
from assessments.enums import SCHEME_MOVES, SchemeActKind, SchemeStatus, Subject
from indicators.models import locks
from parks.enums import DesignationLevel, ZoneClass
from parks.models import Zone, ZoneQuerySet
from parks.provinces import own_rows, prefix_of

CONTENT = ("code", "version", "name_zh", "name_en", "zone_class", "levels", "year_from", "year_to", "text", "digest")
"""What the text says, or is read from it: changes in a draft alone."""
AUTHORING = (SchemeActKind.CLONED, SchemeActKind.CHANGED, SchemeActKind.SUBMITTED)
"""Acts after which somebody is no second person any more."""


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def published(self) -> SchemeQuerySet:
        return self.filter(status=SchemeStatus.PUBLISHED)

    def library(self) -> SchemeQuerySet:
        """Published methods kept to read (方法库)."""
        return self.filter(status=SchemeStatus.LIBRARY)

    def of_zones(self) -> SchemeQuerySet:
        """The schemes the zones of the province are assessed by, drafts included."""
        return self.exclude(status=SchemeStatus.LIBRARY)

    def in_hand(self) -> SchemeQuerySet:
        """Versions that are being written or wait to be published."""
        return self.filter(status__in=[SchemeStatus.DRAFT, SchemeStatus.PENDING])

    def current(self) -> SchemeQuerySet:
        """All but the discarded ones."""
        return self.exclude(status=SchemeStatus.DISCARDED)

    def of_province(self, code: str) -> SchemeQuerySet:
        """Those of a province, told by the code of any region of it, and those of no province."""
        return self.filter(Q(region_code="") | Q(region_code__startswith=prefix_of(code)))

    def for_year(self, year: int) -> SchemeQuerySet:
        """Schemes whose years of application include `year`."""
        return self.filter(Q(year_to=None) | Q(year_to__gte=year), year_from__lte=year)

    def visible_to(self, user: User) -> SchemeQuerySet:
        """Published ones of one's province and the library for all who read schemes; what is not published for those who
        write or publish.
        """
        if not user.may(Permission.SCHEME_VIEW):
            return self.none()
        own = self.filter(own_rows(user) | Q(status=SchemeStatus.LIBRARY))
        if user.may(Permission.SCHEME_EDIT) or user.may(Permission.SCHEME_PUBLISH):
            return own
        return own.filter(status__in=[SchemeStatus.PUBLISHED, SchemeStatus.LIBRARY])


class Scheme(models.Model):
    """One version of an assessment method (考核办法) as its YAML text; a published text never changes.

    Written as a draft, submitted, and published by somebody who neither wrote nor submitted it (policy 十（四） P192).
    Those of a pack are published with it and have no people. `region_code`: the province whose zones it is for, that of
    the pack it came with. `levels`: levels of plates it is for, empty for all.
    `revision` goes up with every act, so that two people never act on different texts.
    """

    code = models.SlugField(_("代码"), max_length=40)
    version = models.CharField(_("版本"), max_length=20)
    name_zh = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=200)
    region_code = models.CharField(_("省"), max_length=6, blank=True, help_text=_("省级行政区划代码；空白表示不分省"))
    zone_class = models.CharField(_("类别"), max_length=10, choices=ZoneClass.choices)
    levels = models.JSONField(_("级别"), default=list, blank=True)
    year_from = models.PositiveSmallIntegerField(_("适用起始年度"))
    year_to = models.PositiveSmallIntegerField(_("适用截止年度"), null=True, blank=True)
    text = models.TextField(_("办法全文（YAML）"))
    digest = models.CharField(_("指纹"), max_length=64)
    status = models.CharField(_("状态"), max_length=10, choices=SchemeStatus.choices)
    revision = models.PositiveIntegerField(_("版次"), default=1)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("据以修订的版本"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    created_by = models.ForeignKey(
        User, verbose_name=_("起草人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("起草时间"), null=True, blank=True)
    edited_by = models.ForeignKey(
        User, verbose_name=_("最后修改人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField(_("最后修改时间"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, verbose_name=_("提交人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, verbose_name=_("发布人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核办法")
        verbose_name_plural = _("考核办法")
        ordering = ["zone_class", "code", "version", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], condition=~Q(status=SchemeStatus.DISCARDED), name="scheme_version_once"
            ),
            models.CheckConstraint(
                condition=Q(published_by=None)
                | (
                    Q(submitted_by__isnull=False)
                    & ~Q(published_by=F("submitted_by"))
                    & ~Q(published_by=F("edited_by"))
                    & ~Q(published_by=F("created_by"))
                ),
                name="scheme_published_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status=SchemeStatus.PENDING) | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="scheme_pending_is_submitted",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_scheme_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__in=[SchemeStatus.PUBLISHED, SchemeStatus.DISCARDED]),
                func=locks.refuse("a published scheme is frozen"),
            ),
            # What waits to be published is what was submitted.
            pgtrigger.Trigger(
                name="pending_scheme_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.status = '{SchemeStatus.PENDING}' AND ({' OR '.join(f'NEW.{c} IS DISTINCT FROM OLD.{c}' for c in CONTENT)})"
                ),
                func=locks.refuse("a submitted scheme is frozen"),
            ),
            # The row knows the last one who edited; the acts know all of them.
            pgtrigger.Trigger(
                name="scheme_second_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status=SchemeStatus.PENDING, new__status=SchemeStatus.PUBLISHED),
                func=f"""
                    IF NEW.published_by_id IS NULL OR EXISTS (
                        SELECT FROM assessments_schemeact
                        WHERE scheme_id = NEW.id AND actor_id = NEW.published_by_id
                          AND kind IN ({", ".join(f"'{kind.value}'" for kind in AUTHORING)})
                    ) THEN
                        {locks.refuse("a scheme is published by another person")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.FSM(
                name="scheme_moves",
                field="status",
                transitions=[(old, new) for old, moves in SCHEME_MOVES.items() for new in sorted(moves)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.version}"

    @property
    def label(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def subject(self) -> str:
        """What it assesses: a class of zones, or enterprises and the like in the library."""
        return str(dict([*ZoneClass.choices, *Subject.choices]).get(self.zone_class, self.zone_class))

    @property
    def is_of_zones(self) -> bool:
        """Whether its codes are those of the zones' catalogue; enterprises and regions have figures of their own."""
        return self.zone_class not in {Subject.ENTERPRISE, Subject.REGION}

    @property
    def is_draft(self) -> bool:
        return self.status == SchemeStatus.DRAFT

    @property
    def level_labels(self) -> list[str]:
        """The levels it is for; empty for all."""
        return [str(DesignationLevel(level).label) for level in self.levels]

    def applies_to(self, year: int) -> bool:
        return self.year_from <= year and (self.year_to is None or year <= self.year_to)

    def is_for_level(self, level: str) -> bool:
        return not self.levels or level in self.levels

    def zones(self, year: int) -> ZoneQuerySet:
        """Whom it assesses in a year: zones of its province with a plate of its class and levels on 31 December."""
        return Zone.objects.of_province(self.region_code).of_class(self.zone_class, date(year, 12, 31), self.levels)

    def get_absolute_url(self) -> str:
        return reverse("scheme_detail", args=[self.pk])


class SchemeAct(models.Model):
    """An act on a version of a scheme (办法办理记录): who, when, why; append-only."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("办理"), max_length=12, choices=SchemeActKind.choices)
    actor = models.ForeignKey(User, verbose_name=_("办理人"), on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("机构"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    reason = models.TextField(_("理由"), blank=True)
    digest = models.CharField(_("其后的指纹"), max_length=64)
    changes = models.JSONField(_("改动"), default=list, blank=True)

    class Meta:
        verbose_name = _("办法办理记录")
        verbose_name_plural = _("办法办理记录")
        ordering = ["id"]
        triggers = [locks.append_only("scheme_act_append_only"), locks.no_truncate("scheme_act_no_truncate")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
