"""Rules over registers (台账规则): each waits until the pack has its register."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.enums import Subject
from compliance.facts import Facts
from compliance.rules.base import Finding, Tally, rule
from parks.enums import ZoneClass

LOCAL = ("social_management_by", "public_service_by", "market_supervision_by")
TEN_CITIES = {"郑州市", "开封市", "安阳市", "鹤壁市", "新乡市", "焦作市", "濮阳市", "洛阳市", "平顶山市", "三门峡市"}
"""P113: three cities are named, the seven of the channel are those of the national list; the office confirms them."""


def _zone_of(facts: Facts, row: dict[str, Any]) -> Any:
    return facts.zones.get(row["zone_id"])


@rule(
    key="full_incubation_chain",
    instrument="full_incubation_chain",
    subject=Subject.ZONE,
    name=_("全程孵化体系"),
    what=_("%(label)s有孵化载体，但缺少运营中的%(missing)s"),
    mend=_("建设或引进所缺的一段；由同一省辖市其他园区承接的，说明理由。"),
    register="incubators",
    terms=("full_chain",),
)
def full_incubation_chain(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Zones (or cities, by setting) with any incubator have working ones of all three stages."""
    by_city = bool(facts.setting("full_chain"))
    stages = {"nursery": "创业苗圃", "incubator": "孵化器", "accelerator": "加速器"}
    held: dict[int, set[str]] = defaultdict(set)
    synthetic: set[int] = set()
    for row in facts.entries("incubators"):
        zone = _zone_of(facts, row)
        if zone is None or row["data"].get("status") != "operating":
            continue
        place = zone.city if by_city else zone.pk
        held[place].add(row["data"].get("stage", ""))
        if row["synthetic"]:
            synthetic.add(place)
    for place, have in sorted(held.items()):
        tally.examined += 1
        if missing := [name for stage, name in stages.items() if stage not in have]:
            seen = {"missing": "、".join(missing)}
            if by_city:
                region = facts.regions[place]
                yield Finding(region.code, region.name, region=place, facts=seen, synthetic=place in synthetic)
            else:
                zone = facts.zones[place]
                yield Finding(zone.code, zone.name, zone=place, facts=seen, synthetic=place in synthetic)


@rule(
    key="merger_over_liquidation",
    instrument="merger_over_liquidation",
    subject=Subject.CITY,
    name=_("多兼并重组、少破产清算"),
    what=_(
        "%(label)s登记的处置中兼并重组 %(mergers)s 件、破产清算 %(liquidations)s 件，前者应不少于后者的 %(share)s 倍"
    ),
    mend=_("优先采用兼并重组；不宜兼并的，在台账写明原因。"),
    register="stalled_assets",
    terms=("merger_share",),
)
def merger_over_liquidation(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """By city: disposals by merger against those by liquidation."""
    share = facts.setting("merger_share")
    if share is None:
        tally.undecided = True
        return
    mergers: Counter[int] = Counter()
    liquidations: Counter[int] = Counter()
    synthetic: set[int] = set()
    for row in facts.entries("stalled_assets"):
        zone = _zone_of(facts, row)
        method = str(row["data"].get("disposal_method", ""))
        if zone is None or not method:
            continue
        mergers[zone.city] += method == "merger"
        liquidations[zone.city] += method == "bankruptcy"
        if row["synthetic"]:
            synthetic.add(zone.city)
    for city in sorted(mergers.keys() | liquidations.keys()):
        tally.examined += 1
        if mergers[city] < share * liquidations[city]:
            region = facts.regions[city]
            seen = {"mergers": mergers[city], "liquidations": liquidations[city], "share": f"{share.normalize():f}"}
            yield Finding(region.code, region.name, region=city, facts=seen, synthetic=city in synthetic)


@rule(
    key="social_functions_local",
    instrument="social_functions_local",
    subject=Subject.ZONE,
    name=_("社会职能依托当地政府"),
    what=_("%(label)s的管理机构自行承担%(kept)s"),
    mend=_("把这些职能交由当地政府履行；过渡期间说明理由。"),
    register="management_bodies",
)
def social_functions_local(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Social management, public service and market supervision are the local government's."""
    names = {LOCAL[0]: "社会管理", LOCAL[1]: "公共服务", LOCAL[2]: "市场监管"}
    for row in facts.entries("management_bodies"):
        zone = _zone_of(facts, row)
        given = {name: str(row["data"][name]) for name in LOCAL if row["data"].get(name)}
        if zone is None or not given:
            tally.unknown += 1
            continue
        tally.examined += 1
        if kept := [names[name] for name, who in given.items() if who != "government"]:
            yield Finding(
                zone.code, zone.name, zone=zone.pk, facts={"kept": "、".join(kept)}, synthetic=row["synthetic"]
            )


@rule(
    key="policy_within_authority",
    instrument="policy_within_authority",
    subject=Subject.CITY,
    name=_("招商政策须在法定权限内"),
    what=_("%(label)s的招商政策“%(title)s”正在施行，但未通过合法性审查"),
    mend=_("补做合法性审查；未通过的，停止施行并修订。"),
    register="policy_measures",
)
def policy_within_authority(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Every investment policy in force has passed its legality review."""
    for row in facts.entries("policy_measures"):
        data = row["data"]
        if data.get("field") != "investment" or data.get("status") != "in_force" or row["region_id"] is None:
            continue
        tally.examined += 1
        if data.get("legality_review") != "passed":
            region = facts.regions[row["region_id"]]
            title = str(data.get("title", ""))
            yield Finding(
                f"{region.code}:{title}"[:60], region.name, region=region.pk, facts={"title": title},
                since=row["dated"], synthetic=row["synthetic"],
            )  # fmt: skip


@rule(
    key="two_star_focus",
    instrument="two_star_focus",
    subject=Subject.ZONE,
    name=_("以二星级及以上为重点"),
    what=_("%(label)s列入产城融合示范区名录，星级为%(star)s，低于设定的 %(least)s 星"),
    mend=_("从名录移出，或说明列入的理由并登记例外；星级有更新的，先更新登记。"),
    register="city_industry_demos",
    needs=_("“一定规模”没有定，暂只核对星级。"),
    terms=("focus_star", "focus_scale"),
)
def two_star_focus(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Zones in the list of industry-town demonstration areas have the stars set; one without stars is not known."""
    least = facts.setting("focus_star")
    if least is None:
        tally.undecided = True
        return
    by_code = {zone.code: zone for zone in facts.zones.values()}
    for row in facts.entries("city_industry_demos"):
        zone = by_code.get(str(row["data"].get("in_zone", ""))) or _zone_of(facts, row)
        if zone is None or zone.star is None:
            tally.unknown += 1
            continue
        tally.examined += 1
        if zone.star < least:
            seen = {"star": zone.star, "least": f"{least.normalize():f}"}
            yield Finding(zone.code, zone.name, zone=zone.pk, facts=seen, synthetic=row["synthetic"])


@rule(
    key="ten_city_focus",
    instrument="pollution_focus_area",
    subject=Subject.CITY,
    name=_("十市为重点实施能源替代"),
    what=_("%(label)s是大气污染防治重点市，有产业集聚区 %(zones)s 家，没有登记一项能源替代或能源优化工程"),
    mend=_("在“治污减排与能源替代工程台账”登记已有工程，或组织实施。"),
    register="abatement_projects",
    terms=("channel_cities",),
)
def ten_city_focus(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Each of the ten cities has energy works registered in its cluster zones, P113 and P114."""
    clusters: Counter[int] = Counter(zone.city for zone in facts.active_zones if ZoneClass.CLUSTER in zone.classes)
    works = {
        facts.zones[row["zone_id"]].city
        for row in facts.entries("abatement_projects")
        if row["zone_id"] in facts.zones and row["data"].get("kind") != "abatement"
    }
    for region in facts.cities:
        if region.name in TEN_CITIES and clusters[region.pk]:
            tally.examined += 1
            if region.pk not in works:
                yield Finding(region.code, region.name, region=region.pk, facts={"zones": clusters[region.pk]})


@rule(
    key="catalogue_from_reserve",
    instrument="catalogue_application",
    subject=Subject.ZONE,
    name=_("入目录须先入储备库"),
    what=_("%(label)s列入全国开发区审核公告目录，但储备库中没有它的入库记录"),
    mend=_("补登记入库日期和文件；不是省定产业集聚区的，登记例外。"),
    register="zone_reserve",
    terms=("reserve_conditions",),
)
def catalogue_from_reserve(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """A province-designated cluster zone in the catalogue has been in the reserve list, P028 and P029."""
    listed = {row["zone_id"] for row in facts.entries("zone_reserve")}
    for zone in facts.active_zones:
        own = [plate for plate in zone.plates if plate["zone_class"] == ZoneClass.CLUSTER]
        if any(plate["catalogue_2018"] for plate in own):
            tally.examined += 1
            if zone.pk not in listed:
                yield Finding(zone.code, zone.name, zone=zone.pk)


@rule(
    key="differential_policy",
    instrument="differential_policy",
    subject=Subject.CITY,
    name=_("差别化资源配置"),
    what=_("%(label)s %(year)s 年度企业评价已定稿，%(missing)s 类企业没有登记施行中的差别化政策"),
    mend=_("按评价类别制定用地、用能、用水、排污、信贷的差别化政策，在分类差别化政策台账登记。"),
    register="class_measures",
)
def differential_policy(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Cities with a final evaluation of enterprises have a measure in force for every class that has enterprises."""
    today = facts.day.isoformat()
    measured: dict[int, set[str]] = defaultdict(set)
    for row in facts.entries("class_measures"):
        data = row["data"]
        if data.get("status") == "in_force" and data.get("expiry_date", "9999") >= today:
            measured[row["region_id"]].add(str(data.get("evaluation_class", "")))
    everywhere = set().union(*(measured[pk] for pk, region in facts.regions.items() if region.level == "province"))
    for city, evaluated in sorted(facts.evaluated_classes.items()):
        tally.examined += 1
        missing = sorted(
            code for code in evaluated["classes"] if code.lower() not in measured.get(city, set()) | everywhere
        )
        if missing and city in facts.regions:
            region, seen = facts.regions[city], {"year": evaluated["year"], "missing": "、".join(missing)}
            yield Finding(region.code, region.name, region=city, facts=seen, synthetic=evaluated["synthetic"])
