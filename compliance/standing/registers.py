"""Registers with their counts, classifications with their members (台账与分类现状)."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import StatusKind, Tier
from assessments.models import ZoneStatus
from compliance.optional import active_registers, has_registers, register_model
from compliance.rules.registers import TEN_CITIES
from parks.enums import DesignationLevel, ZoneClass
from parks.models import Designation, Region, RegionAxis, Zone
from policy.enums import ProvisionStatus
from policy.models import Carrier, Document
from policy.standing import Provided, Standing

# Classifications that are a column of a register: (register, field).
CLASSED_BY = {
    "emerging_field": ("industry_clusters", "emerging_field"),
    "industry_track": ("investment_projects", "industry_track"),
    "cluster_path": ("industry_clusters", "cluster_path"),
    "new_rd_body_type": ("innovation_platforms", "kind"),
    "talent_type": ("talent_introductions", "talent_type"),
    "disposal_method": ("stalled_assets", "disposal_method"),
    "investment_channel": ("investment_projects", "channel"),
    "zone_part": ("land_use_plan", "zone_part"),
}


def _entries() -> dict[str, tuple[int, bool, str]]:
    """Standing entries of each active register , whether any is synthetic, its department; one query, none without registers."""
    if not has_registers():
        return {}
    registers = register_model("Register").objects.filter(active=True)
    held = Count("entries", filter=Q(entries__withdrawn_at=None))
    made_up = Exists(register_model("Entry").objects.filter(register=OuterRef("pk"), withdrawn_at=None, synthetic=True))
    rows = registers.annotate(held=held, made_up=made_up).values_list(
        "code", "held", "made_up", "definition__department"
    )
    return {code: (number, synthetic, department or "") for code, number, synthetic, department in rows}


def provide(document: Document) -> Provided:
    """Every register that carries an instrument out, with how many entries it has."""
    told, held = Provided(), _entries()
    carriers = Carrier.objects.filter(instrument__document=document, url_name="entry_list")
    for key, code in carriers.values_list("instrument__key", "url_arg"):
        if code in held and key not in CLASSED_BY:
            told.by_instrument[key].append(_counted(code, *held[code][:2]))
            if held[code][2]:
                told.departments[key].add(held[code][2])
    return told


def _counted(code: str, number: int, synthetic: bool) -> Standing:
    url = reverse("entry_list", args=[code])
    if not number:
        return Standing(ProvisionStatus.NO_DATA, _("台账已建，尚无登记"), url)
    return Standing(ProvisionStatus.CARRIED, _("台账在册 %(number)s 条") % {"number": number}, url, synthetic=synthetic)


def provide_classes(document: Document) -> Provided:
    """Classifications with how many members each value has."""
    told, day, prefix = Provided(), timezone.localdate(), document.region_prefix
    zones = Zone.objects.filter(city__code__startswith=prefix)
    plates = Designation.objects.in_force_on(day).filter(zone__in=zones)
    by_class: Counter[str] = Counter()
    by_level: Counter[str] = Counter()
    for zone_class, level, number in plates.order_by().values_list("zone_class", "level").annotate(n=Count("pk")):
        by_class[zone_class] += number
        by_level[level] += number
    zone_list = reverse("zone_list")
    classes = [(str(each.label), by_class[each]) for each in ZoneClass]
    told.by_instrument["zone_class"].append(_members(classes, zone_list))
    levels = [(str(each.label), by_level[each]) for each in DesignationLevel]
    told.by_instrument["designation_level"].append(_members(levels, zone_list))
    areas = plates.order_by().values("zone").distinct().count()
    told.by_instrument["zone_count"].append(_members([(_("有效园区"), areas)], reverse("zone_by_city")))
    regions = Region.objects.valid_on(day).filter(code__startswith=prefix)
    kinds = dict(regions.order_by().values_list("level").annotate(n=Count("pk")))
    named = [(_("省辖市"), kinds.get("city", 0)), (_("县（市、区）"), kinds.get("county", 0))]
    told.by_instrument["jurisdiction"].append(_members(named, reverse("zone_by_city")))
    on_axes = RegionAxis.objects.filter(region__code__startswith=prefix).values("region").distinct().count()
    if on_axes:
        told.by_instrument["spatial_axis"].append(_members([(_("轴带上的地方"), on_axes)], reverse("figure_list")))
    else:
        words = _("各轴带包括哪些地方，文件没有写，待联席会议办公室登记")
        told.by_instrument["spatial_axis"].append(Standing(ProvisionStatus.UNDECIDED, words, reverse("figure_list")))
    tiers = Counter(
        ZoneStatus.objects.filter(kind=StatusKind.TIER, zone__in=zones).in_force_on(day).values_list("value", flat=True)
    )
    if not tiers:
        told.by_instrument["quality_tier"].append(Standing(ProvisionStatus.NO_DATA, _("考核定稿后登记，尚无定稿")))
    else:
        told.by_instrument["quality_tier"].append(
            _members([(str(each.label), tiers[each]) for each in Tier], zone_list)
        )
    focus = zones.filter(city__name__in=TEN_CITIES, designations__in=plates.filter(zone_class=ZoneClass.CLUSTER))
    if number := focus.distinct().count():
        told.by_instrument["pollution_focus_area"].append(_members([(_("十市产业集聚区"), number)], zone_list))
    _classed(told)
    return told


def _members(named: list[tuple[str, int]], url: str) -> Standing:
    words = "、".join(f"{name} {number}" for name, number in named)
    status = ProvisionStatus.CARRIED if any(number for _name, number in named) else ProvisionStatus.NO_DATA
    return Standing(status, words, url)


def _classed(told: Provided) -> None:
    """Classifications kept as a column of a register: how many entries have it."""
    if not has_registers():
        return
    entries = register_model("Entry").objects.filter(withdrawn_at=None, register__active=True)
    counts = {
        key: Count("pk", filter=Q(register__code=register, data__has_key=field))
        for key, (register, field) in CLASSED_BY.items()
    }
    found = entries.aggregate(**counts)
    present = active_registers()
    for key, (register, _field) in CLASSED_BY.items():
        if register in present:
            number = found[key]
            words = _("台账中已归类 %(number)s 条") % {"number": number} if number else _("台账中有这一栏，尚无登记")
            status = ProvisionStatus.CARRIED if number else ProvisionStatus.NO_DATA
            told.by_instrument[key].append(Standing(status, words, reverse("entry_list", args=[register])))
