"""What exists? Regions with dated codes, zones (physical areas) and the designations they carry (园区登记)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty, Permission
from accounts.models import Organisation, User, within_paths
from parks.enums import (
    PLATE_LABELS,
    Certainty,
    DesignationLevel,
    EventKind,
    RegionLevel,
    SourceGrade,
    SpatialAxis,
    SuccessionKind,
    ZoneClass,
)

# A department reaches the zones of its duty across the province (policy 十（一）); the others reach every class.
DUTY_CLASSES: dict[str, ZoneClass] = {
    Duty.COMMERCE: ZoneClass.ETDZ,
    Duty.SCIENCE: ZoneClass.HTZ,
    Duty.CUSTOMS: ZoneClass.CUSTOMS,
}


def _every_change() -> tuple[pghistory.Tracker, ...]:
    """Trackers for rows that may be taken back, unlike the registry's; the history tells that too."""
    return pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()


COUNTY_LEVEL_UNIT = "省直辖县级市"  # a county-level city directly under the province (济源): city and county at once


class RegionQuerySet(models.QuerySet["Region"]):
    def valid_on(self, day: date) -> RegionQuerySet:
        """Codes in use on that day (years are whole: a code abolished in 2019 is valid until the end of 2018)."""
        return self.filter(
            Q(valid_from_year=None) | Q(valid_from_year__lte=day.year),
            Q(valid_to_year=None) | Q(valid_to_year__gt=day.year),
        )

    def cities(self) -> RegionQuerySet:
        """The 18 reporting units (17 prefecture-level cities and 济源)."""
        return self.filter(level=RegionLevel.CITY)

    def county_level(self) -> RegionQuerySet:
        """Counties, county-level cities and districts; 济源 is both one of these and one of the 18 units."""
        return self.filter(Q(level=RegionLevel.COUNTY) | Q(kind=COUNTY_LEVEL_UNIT))


@pghistory.track()
class Region(models.Model):
    """An administrative division under one code (行政区划), dated; changed codes name their successors."""

    code = models.CharField(_("代码"), max_length=6, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    level = models.CharField(_("层级"), max_length=10, choices=RegionLevel.choices)
    kind = models.CharField(_("类型"), max_length=20)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    office = models.ForeignKey(
        Organisation,
        verbose_name=_("办公室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="regions",
    )
    valid_from_year = models.PositiveSmallIntegerField(_("启用年份"), null=True, blank=True)
    valid_to_year = models.PositiveSmallIntegerField(_("停用年份"), null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="predecessors")
    province_managed_from = models.DateField(_("省直管起始"), null=True, blank=True)
    province_managed_certainty = models.CharField(
        _("省直管可信度"), max_length=1, choices=Certainty.choices, blank=True
    )
    certainty = models.CharField(_("可信度"), max_length=1, choices=Certainty.choices)
    source = models.CharField(_("来源"), max_length=160)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") and self.name_en else self.name


class ZoneQuerySet(models.QuerySet["Zone"]):
    def visible_to(self, user: User, permission: str = Permission.ZONE_VIEW) -> ZoneQuerySet:
        """Zones over which the user holds `permission`: by territory, and for departments by their duty."""
        paths = user.paths_with(permission)
        condition = within_paths("administration__path", paths)
        for duty in user.duties_with(permission):
            # A department reaches the zones below the office it stands under: those of its own province.
            province = within_paths("administration__path", [f"/{path.split('/')[1]}/" for path in paths])
            zone_class = DUTY_CLASSES.get(duty)
            if zone_class is not None:
                province &= Q(Exists(Designation.objects.filter(zone=OuterRef("pk"), zone_class=zone_class)))
            condition |= province
        return self.filter(condition)

    def of_province(self, code: str) -> ZoneQuerySet:
        """Zones of the province with this code; all of them for an empty one, which means any."""
        return self.filter(city__code__startswith=code[:2]) if code else self

    def of_class(self, zone_class: str, day: date, levels: Collection[str] = ()) -> ZoneQuerySet:
        """Zones that carry a designation of that class (of one of `levels` when given) in force on that day, each once."""
        plates = Designation.objects.in_force_on(day).filter(zone=OuterRef("pk"), zone_class=zone_class)
        return self.filter(Exists(plates.filter(level__in=list(levels)) if levels else plates))


# The defaults, ZoneEvent and zone.events, are the timeline's.
@pghistory.track(model_name="ZoneHistory", obj_field=pghistory.ObjForeignKey(related_name="history"))
class Zone(models.Model):
    """The physical area (园区): whatever plates it carries, it is one row; areas and figures count once."""

    code = models.CharField(_("编号"), max_length=8, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    city = models.ForeignKey(Region, verbose_name=_("省辖市"), on_delete=models.PROTECT, related_name="city_zones")
    county = models.ForeignKey(
        Region,
        verbose_name=_("县（市、区）"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="county_zones",
    )
    administration = models.OneToOneField(
        Organisation, verbose_name=_("管理机构"), on_delete=models.PROTECT, related_name="zone"
    )
    leading_industries = ArrayField(models.CharField(max_length=40), verbose_name=_("主导产业"), default=list)
    planned_area_km2 = models.DecimalField(_("规划面积（km²）"), max_digits=9, decimal_places=2, null=True, blank=True)
    built_area_km2 = models.DecimalField(_("建成区面积（km²）"), max_digits=9, decimal_places=2, null=True, blank=True)
    star = models.PositiveSmallIntegerField(
        _("星级"), null=True, blank=True, help_text=_("最近一次公布的产业集聚区考核星级（一至六）")
    )
    star_note = models.CharField(_("星级说明"), max_length=80, blank=True)
    name_certainty = models.CharField(_("名称可信度"), max_length=1, choices=Certainty.choices)
    fact_certainty = models.CharField(_("事实可信度"), max_length=1, choices=Certainty.choices, blank=True)
    source_grade = models.CharField(_("来源级别"), max_length=10, choices=SourceGrade.choices)
    note = models.CharField(_("备注"), max_length=240, blank=True)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("园区")
        verbose_name_plural = _("园区")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("zone_detail", args=[self.code])


class DesignationQuerySet(models.QuerySet["Designation"]):
    def visible_to(self, user: User, permission: str = Permission.ZONE_VIEW) -> DesignationQuerySet:
        """All plates of the zones that `Zone.visible_to` shows."""
        return self.filter(zone__in=Zone.objects.visible_to(user, permission))

    def in_force_on(self, day: date) -> DesignationQuerySet:
        """Designations valid on that day; an unknown start counts as long ago (no list before 2017 is known)."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day))

    def reporting_on(self, day: date) -> DesignationQuerySet:
        """Those in force whose zones report for a period that ends on that day (应填报).

        Not zones that were merged, split or entrusted by then: their successors report (policy 二（一） P031).
        """
        return self.in_force_on(day).exclude(zone__in=ZoneSuccession.objects.filter(on__lte=day).values("predecessor"))


@pghistory.track()
class Designation(models.Model):
    """A plate on a zone (牌子): class × level × name × approval, dated. Level counts count these, areas count zones.

    `approved_on` and `ended_on` keep the precision of the source ("2015-05"); `valid_from` and `valid_to` are the first
    day of that year, month or day, for questions about a day. `valid_to` is the first day out of force.
    """

    code = models.CharField(_("编号"), max_length=8, unique=True)
    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="designations")
    zone_class = models.CharField(_("类别"), max_length=10, choices=ZoneClass.choices)
    subclass = models.CharField(_("小类"), max_length=30, blank=True)
    level = models.CharField(_("级别"), max_length=20, choices=DesignationLevel.choices)
    name = models.CharField(_("名称"), max_length=80)
    approved_on = models.CharField(
        _("批准时间"), max_length=10, blank=True, help_text=_("按来源精度：年、年月或年月日")
    )
    approval_document = models.CharField(_("批准文号"), max_length=60, blank=True)
    approved_area_ha = models.DecimalField(
        _("核准面积（公顷）"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    catalogue_2018 = models.BooleanField(
        _("列入2018年版目录"), null=True, blank=True, help_text=_("空白表示来源不详，不等于未列入")
    )
    nbs_code = models.CharField(_("统计用区划代码"), max_length=12, blank=True)
    valid_from = models.DateField(_("生效"), null=True, blank=True)
    valid_to = models.DateField(_("失效"), null=True, blank=True)
    ended_on = models.CharField(_("终止时间"), max_length=10, blank=True, help_text=_("按来源精度：年、年月或年月日"))
    end_reason = models.CharField(_("终止原因"), max_length=80, blank=True)
    plate_certainty = models.CharField(_("一区多牌可信度"), max_length=1, choices=Certainty.choices, blank=True)
    name_certainty = models.CharField(_("名称可信度"), max_length=1, choices=Certainty.choices)
    source_grade = models.CharField(_("来源级别"), max_length=10, choices=SourceGrade.choices)
    note = models.CharField(_("备注"), max_length=240, blank=True)

    objects = DesignationQuerySet.as_manager()

    class Meta:
        verbose_name = _("称号")
        verbose_name_plural = _("称号")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_force(self) -> bool:
        """Whether it is in force today; `in_force_on` is the same as a query, for any day."""
        today = timezone.localdate()
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_to is None or self.valid_to > today
        )

    @property
    def short_label(self) -> str:
        """Level and class in few words: 国家级经开区."""
        label = PLATE_LABELS.get((ZoneClass(self.zone_class), DesignationLevel(self.level)))
        return str(label or f"{self.get_level_display()} {self.get_zone_class_display()}")


@pghistory.track()
class ZoneAlias(models.Model):
    """Another spelling or former name under which sources know a zone (别名)."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(_("名称"), max_length=80)
    certainty = models.CharField(_("可信度"), max_length=1, choices=Certainty.choices)
    note = models.CharField(_("备注"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("别名")
        verbose_name_plural = _("别名")
        constraints = [models.UniqueConstraint(fields=["zone", "name"], name="zone_alias_once")]

    def __str__(self) -> str:
        return self.name


@pghistory.track(model_name="ZoneEventHistory")
class ZoneEvent(models.Model):
    """A dated happening on a zone's timeline (大事记): approval, award, published rank, star, adjustment.

    `year` is the year it counts for (the assessed year of a star or rank), `happened_on` the date as a source has it.
    """

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="events")
    year = models.PositiveSmallIntegerField(_("年份"))
    happened_on = models.CharField(_("时间"), max_length=10, help_text=_("按来源精度：年、年月或年月日"))
    kind = models.CharField(_("类型"), max_length=12, choices=EventKind.choices)
    title = models.CharField(_("内容"), max_length=160)
    rank = models.PositiveSmallIntegerField(_("位次"), null=True, blank=True)
    certainty = models.CharField(_("可信度"), max_length=1, choices=Certainty.choices)
    source_grade = models.CharField(_("来源级别"), max_length=10, choices=SourceGrade.choices)
    note = models.CharField(_("备注"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("大事记")
        verbose_name_plural = _("大事记")
        ordering = ["happened_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "happened_on", "kind", "title"], name="zone_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.title}"


@pghistory.track(*_every_change(), model_name="ZoneSuccessionHistory")
class ZoneSuccession(models.Model):
    """What of one zone became part of another from a day on (沿革): a merger, a split, a trust; policy 二（一）.

    `share_pct` is the share of the predecessor's figures that goes to the successor; the shares of one predecessor and day
    add up to 100, which the database checks at the end of the transaction. Figures of years before the year of `on` are
    restated by it; from that year on the successor reports.
    """

    predecessor = models.ForeignKey(
        Zone, verbose_name=_("原园区"), on_delete=models.PROTECT, related_name="successions"
    )
    successor = models.ForeignKey(
        Zone, verbose_name=_("承继园区"), on_delete=models.PROTECT, related_name="inheritances"
    )
    kind = models.CharField(_("方式"), max_length=8, choices=SuccessionKind.choices)
    on = models.DateField(_("生效日期"))
    share_pct = models.DecimalField(_("数据份额（%）"), max_digits=7, decimal_places=4)
    document = models.CharField(_("批准文号"), max_length=80)
    note = models.CharField(_("备注"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("园区沿革")
        verbose_name_plural = _("园区沿革")
        ordering = ["on", "predecessor", "successor"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor", "on"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_of_another"),
            models.CheckConstraint(condition=Q(share_pct__gt=0, share_pct__lte=100), name="succession_share_in_range"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="succession_shares_whole",
                level=pgtrigger.Row,
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                declare=[("gone", "BIGINT"), ("day", "DATE"), ("total", "NUMERIC")],
                func="""
                    FOR gone, day IN
                        SELECT * FROM (VALUES
                            (CASE WHEN TG_OP <> 'INSERT' THEN OLD.predecessor_id END,
                             CASE WHEN TG_OP <> 'INSERT' THEN OLD."on" END),
                            (CASE WHEN TG_OP <> 'DELETE' THEN NEW.predecessor_id END,
                             CASE WHEN TG_OP <> 'DELETE' THEN NEW."on" END)) AS touched(a, b)
                        WHERE a IS NOT NULL
                    LOOP
                        SELECT sum(share_pct) INTO total FROM parks_zonesuccession
                        WHERE predecessor_id = gone AND "on" = day;
                        IF total IS NOT NULL AND total <> 100 THEN
                            RAISE EXCEPTION 'yuanqu: shares of a succession add up to %, not 100', total
                                USING ERRCODE = 'check_violation';
                        END IF;
                    END LOOP;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor} {self.on}"


@pghistory.track(*_every_change(), model_name="StatisticalShareHistory")
class StatisticalShare(models.Model):
    """The agreed split of a zone's statistics between the territories it lies in (属地分成), policy 二（一） P033.

    From `from_year` on, `share_pct` of the zone's figures counts for `region` in roll-ups by county and city; the shares of
    one zone and year add up to 100. Without a split all counts for the zone's own county and city. Totals of the province
    count each value once either way.
    """

    zone = models.ForeignKey(Zone, verbose_name=_("园区"), on_delete=models.PROTECT, related_name="statistical_shares")
    region = models.ForeignKey(
        Region, verbose_name=_("县（市、区）"), on_delete=models.PROTECT, related_name="statistical_shares"
    )
    from_year = models.PositiveSmallIntegerField(_("起始年度"))
    share_pct = models.DecimalField(_("分成比例（%）"), max_digits=7, decimal_places=4)
    document = models.CharField(_("协议或文号"), max_length=80)

    class Meta:
        verbose_name = _("统计数据分成")
        verbose_name_plural = _("统计数据分成")
        ordering = ["zone", "from_year", "region"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "region", "from_year"], name="statistical_share_once"),
            models.CheckConstraint(condition=Q(share_pct__gt=0, share_pct__lte=100), name="statistical_share_in_range"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="statistical_shares_whole",
                level=pgtrigger.Row,
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                declare=[("split", "BIGINT"), ("since", "INTEGER"), ("total", "NUMERIC")],
                func="""
                    FOR split, since IN
                        SELECT * FROM (VALUES
                            (CASE WHEN TG_OP <> 'INSERT' THEN OLD.zone_id END,
                             CASE WHEN TG_OP <> 'INSERT' THEN OLD.from_year END),
                            (CASE WHEN TG_OP <> 'DELETE' THEN NEW.zone_id END,
                             CASE WHEN TG_OP <> 'DELETE' THEN NEW.from_year END)) AS touched(a, b)
                        WHERE a IS NOT NULL
                    LOOP
                        SELECT sum(share_pct) INTO total FROM parks_statisticalshare
                        WHERE zone_id = split AND from_year = since;
                        IF total IS NOT NULL AND total <> 100 THEN
                            RAISE EXCEPTION 'yuanqu: statistical shares add up to %, not 100', total
                                USING ERRCODE = 'check_violation';
                        END IF;
                    END LOOP;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.region} {self.from_year} {self.share_pct}%"


class RegionAxisQuerySet(models.QuerySet["RegionAxis"]):
    def of_province(self, code: str) -> RegionAxisQuerySet:
        """Places of the province with this code; those of all for an empty one."""
        return self.filter(region__code__startswith=code[:2]) if code else self

    def visible_to(self, user: User) -> RegionAxisQuerySet:
        """Places of the provinces in which the user has an office."""
        if user.is_superuser:
            return self
        roots = {f"/{membership.organisation.path.split('/')[1]}/" for membership in user.current_memberships}
        own = Region.objects.filter(level=RegionLevel.PROVINCE, office__path__in=roots)
        return self.annotate(province=Left("region__code", 2)).filter(province__in=own.values(start=Left("code", 2)))


@pghistory.track(*_every_change(), model_name="RegionAxisHistory")
class RegionAxis(models.Model):
    """A county or city on one of the four development axes (发展轴带), policy 二（二） P038.

    The text names four axes, two of them by cities: Zhengzhou is the one of the province, and comes with the pack and its
    `quote`. Everything else the office of the joint meeting keeps, each line with the document it rests on, who recorded it
    and when. A city on an axis has all its counties on it; a place may be on several.
    """

    region = models.ForeignKey(Region, verbose_name=_("行政区划"), on_delete=models.PROTECT, related_name="axes")
    axis = models.CharField(_("发展轴带"), max_length=16, choices=SpatialAxis.choices)
    document = models.CharField(_("依据"), max_length=120, help_text=_("确定这一范围的文件或会议"))
    quote = models.CharField(_("原文"), max_length=200, blank=True, help_text=_("文件自己点名这一地方的话"))
    recorded_by = models.ForeignKey(
        User, verbose_name=_("登记人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=timezone.now)

    objects = RegionAxisQuerySet.as_manager()

    class Meta:
        verbose_name = _("发展轴带范围")
        verbose_name_plural = _("发展轴带范围（由联席会议办公室确定）")
        ordering = ["axis", "region"]
        constraints = [models.UniqueConstraint(fields=["region", "axis"], name="region_axis_once")]

    def __str__(self) -> str:
        return f"{self.get_axis_display()} {self.region}"
