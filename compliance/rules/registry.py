"""Rules over the registry of zones (园区登记规则)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise

from django.utils.translation import gettext_lazy as _

from compliance.enums import Subject
from compliance.facts import Facts, ZoneFacts
from compliance.rules.base import Finding, Tally, rule
from parks.enums import DesignationLevel, ZoneClass

WHOLE = 100
HECTARES = 100  # in a square kilometre
Seen = tuple[str, dict[str, str], date | None]


def _of_zone(zone: ZoneFacts, **facts: object) -> Finding:
    return Finding(zone.code, zone.name, zone=zone.pk, facts=facts)


@rule(
    key="one_zone_per_county",
    instrument="one_zone_per_county",
    subject=Subject.COUNTY,
    name=_("一县一区"),
    what=_("%(label)s现有 %(count)s 家园区（%(zones)s），应为 %(wanted)s 家"),
    mend=_(
        "通过整合、托管或撤销归并为一家；确需保留的，由联席会议办公室登记例外并注明文件。没有园区的县（市、区）说明理由。"
    ),
    terms=("county_count", "county_customs"),
)
def one_zone_per_county(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Active areas of each county-level unit, each once whatever plates it carries; customs zones by setting."""
    wanted = facts.setting("county_count")
    if wanted is None:
        tally.undecided = True
        return
    with_customs = bool(facts.setting("county_customs"))
    by_county: dict[int, list[ZoneFacts]] = defaultdict(list)
    unplaced: set[int] = set()
    for zone in facts.active_zones:
        if not with_customs and zone.classes == {ZoneClass.CUSTOMS}:
            continue
        if zone.county is None:
            unplaced.add(zone.city)
        else:
            by_county[zone.county].append(zone)
    for key in sorted(facts.county_keys & facts.regions.keys()):
        region, held = facts.regions[key], by_county.get(key, [])
        if not held and {region.pk, region.parent} & unplaced:
            tally.unknown += 1  # a zone of the city whose county is not registered may lie here
            continue
        tally.examined += 1
        if len(held) != wanted:
            names = "、".join(zone.name for zone in sorted(held, key=lambda zone: zone.code))
            yield Finding(
                region.code,
                region.name,
                region=key,
                facts={"count": len(held), "zones": names or "—", "wanted": int(wanted)},
            )


@rule(
    key="max_three_blocks",
    instrument="max_three_blocks",
    subject=Subject.ZONE,
    name=_("一区多园不超过三块"),
    what=_("%(label)s由 %(blocks)s 块组成（本区和并入的 %(parks)s），一般不超过 %(most)s 块"),
    mend=_("把相邻区块连成一片或调出零散区块；确需保留的，由联席会议办公室登记例外。登记沿革有误的，先更正沿革。"),
    needs=_("区块图斑尚未登记，区块数按沿革推定：本区一块，每个并入或托管的园区一块。"),
    terms=("max_blocks",),
)
def max_three_blocks(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Zones others were merged into or entrusted to: their own block and one for each."""
    most = facts.setting("max_blocks")
    if most is None:
        tally.undecided = True
        return
    parks: dict[int, set[int]] = defaultdict(set)
    begun: dict[int, list[date]] = defaultdict(list)
    for row in facts.successions:
        if row["kind"] != "split":
            parks[row["successor_id"]].add(row["predecessor_id"])
            begun[row["successor_id"]].append(row["on"])
    for pk, joined in sorted(parks.items()):
        zone = facts.zones[pk]
        tally.examined += 1
        if 1 + len(joined) > most:
            names = "、".join(facts.zones[each].name for each in sorted(joined) if each in facts.zones)
            yield Finding(
                zone.code,
                zone.name,
                zone=pk,
                facts={"blocks": 1 + len(joined), "parks": names, "most": int(most)},
                since=max(begun[pk]),
            )


@rule(
    key="merged_stat_split",
    instrument="merged_stat_split",
    subject=Subject.ZONE,
    name=_("统计分成合计 100%"),
    what=_("%(label)s %(year)s 的分成比例合计为 %(total)s%%，应为 100%%"),
    mend=_("在园区页“登记分成”或“登记沿革”中改到合计 100%；改好之前按未分成的数据统计。"),
)
def merged_stat_split(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Agreed splits of a zone's statistics, and the shares of every succession, make 100 per cent."""
    totals: Counter[tuple[int, str]] = Counter()
    for row in facts.shares:
        totals[row["zone_id"], str(row["from_year"])] += row["share_pct"]
    for row in facts.successions:
        if row["predecessor_id"] in facts.zones:
            totals[row["predecessor_id"], row["on"].isoformat()] += row["share_pct"]
    for (pk, since), total in sorted(totals.items()):
        zone = facts.zones[pk]
        tally.examined += 1
        if total != WHOLE:
            shown = f"{Decimal(total).normalize():f}"
            yield Finding(f"{zone.code}:{since}", zone.name, zone=pk, facts={"year": since, "total": shown})


@rule(
    key="no_arbitrary_change",
    instrument="no_arbitrary_change",
    subject=Subject.ZONE,
    name=_("面积变动须经批准"),
    what=_("%(label)s：%(words)s"),
    mend=_("补登记批准文号或在大事记登记批准的调整；没有批准的，恢复原面积。实测误差在设定的容许范围以内的不算。"),
    needs=_("边界图形尚未登记，位置变更还不能检查；面积按登记的核准、规划和建成面积核对。"),
    terms=("area_tolerance",),
)
def no_arbitrary_change(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Approved areas change only with another document, planned areas only with a dated approval; built stays within."""
    told: dict[int, list[Seen]] = defaultdict(list)
    for pk, seen in (*_approved_changes(facts), *_planned_changes(facts), *_built_beyond(facts, tally)):
        told[pk].append(seen)
    for pk, changes in sorted(told.items()):
        zone = facts.zones[pk]
        yield Finding(
            zone.code,
            zone.name,
            zone=pk,
            facts={"areas": [[kind, numbers] for kind, numbers, _on in changes]},
            since=min((on for *_rest, on in changes if on), default=None),
        )


def _approved_changes(facts: Facts) -> Iterator[tuple[int, Seen]]:
    for plate, versions in facts.area_history.items():
        place = facts.plate_zones.get(plate)
        for (_at, before, document), (at, after, newer) in pairwise(versions):
            if place and before is not None and after is not None and after != before and newer == document:
                yield place[0], ("approved", {"before": f"{before}", "after": f"{after}"}, at.date())


def _planned_changes(facts: Facts) -> Iterator[tuple[int, Seen]]:
    for pk, history in facts.planned_history.items():
        for (_at, before), (at, after) in pairwise(history):
            if before is None or after is None or after == before:
                continue
            if not any(year >= at.year for year in facts.approvals.get(pk, ())):
                yield pk, ("planned", {"before": f"{before}", "after": f"{after}"}, at.date())


def _built_beyond(facts: Facts, tally: Tally) -> Iterator[tuple[int, Seen]]:
    tolerance = facts.setting("area_tolerance")
    for zone in facts.active_zones:
        limit = _largest_area(zone)
        if zone.built_km2 is None or limit is None:
            tally.unknown += 1
            continue
        tally.examined += 1
        if tolerance is not None and zone.built_km2 > limit * (1 + tolerance / WHOLE):
            yield zone.pk, ("built", {"built": f"{zone.built_km2}", "limit": f"{limit:.2f}"}, None)


def _largest_area(zone: ZoneFacts) -> Decimal | None:
    """The largest area that is known to be approved or planned, in km²: the office's map decides, a small core does not."""
    areas = [plate["approved_area_ha"] / HECTARES for plate in zone.plates if plate["approved_area_ha"]]
    return max([*areas, *([zone.planned_km2] if zone.planned_km2 else [])], default=None)


@rule(
    key="new_zone_control",
    instrument="new_zone_control",
    subject=Subject.ZONE,
    name=_("新设须有批准文件"),
    what=_("%(label)s的称号“%(plate)s”于 %(day)s 生效，没有登记批准文号"),
    mend=_("补登记批准文号；没有批准的，撤销该称号的登记。"),
    needs=_("设立申请的必要性依据尚未登记，这一半还不能检查。"),
    terms=("new_zones_ceiling",),
)
def new_zone_control(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Every plate that began after the policy was issued names its approval."""
    for plate in sorted(facts.new_plates, key=lambda plate: plate["code"]):
        tally.examined += 1
        if not plate["approval_document"].strip():
            zone = facts.zones[plate["zone_id"]]
            seen = {"plate": plate["name"], "day": plate["valid_from"].isoformat()}
            yield Finding(plate["code"], zone.name, zone=zone.pk, facts=seen, since=plate["valid_from"])


@rule(
    key="lead_zone_eligibility",
    instrument="lead_zone_eligibility",
    subject=Subject.ZONE,
    name=_("整合主体资格"),
    what=_("%(label)s承接了%(parks)s，但它既不是国家级开发区，也不是已入目录且发展水平较高的园区"),
    mend=_("改由国家级开发区或已入目录、发展水平较高的园区作为整合主体；已获批准的，由联席会议办公室登记例外。"),
    needs=_("发展水平的分档来自考核定稿；没有定稿的，只按是否入目录判断。"),
    terms=("leader_tier",),
)
def lead_zone_eligibility(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Who took others in is national, or in the catalogue and, where a tier is known, of the higher one."""
    taken: dict[int, list[int]] = defaultdict(list)
    for row in facts.successions:
        if row["kind"] != "split":
            taken[row["successor_id"]].append(row["predecessor_id"])
    for pk, parks in sorted(taken.items()):
        zone = facts.zones[pk]
        tally.examined += 1
        listed = any(plate["catalogue_2018"] for plate in zone.plates)
        if DesignationLevel.NATIONAL in zone.levels or (listed and facts.tiers.get(pk, "high") == "high"):
            continue
        names = "、".join(facts.zones[each].name for each in sorted(parks) if each in facts.zones)
        yield _of_zone(zone, parks=names)


@rule(
    key="differentiated_positioning",
    instrument="differentiated_positioning",
    subject=Subject.COUNTY,
    name=_("错位发展"),
    what=_("%(label)s的%(pair)s主导产业重合 %(count)s 个（%(shared)s），设定最多 %(most)s 个"),
    mend=_("调整其中一家的主导产业定位，或整合为一家；确有分工的，说明理由并登记例外。"),
    needs=_("相邻关系没有登记，暂把同一县（市、区）的园区当作相邻；定位说明尚未登记。"),
    terms=("positioning_overlap",),
)
def differentiated_positioning(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Zones of one county do not share more leading industries than set."""
    most = facts.setting("positioning_overlap")
    if most is None:
        tally.undecided = True
        return
    by_county: dict[int, list[ZoneFacts]] = defaultdict(list)
    for zone in facts.active_zones:
        if zone.county is not None and zone.classes != {ZoneClass.CUSTOMS}:
            by_county[zone.county].append(zone)
    for county, zones in sorted(by_county.items()):
        for one, other in combinations(sorted(zones, key=lambda zone: zone.code), 2):
            if not one.industries or not other.industries:
                tally.unknown += 1
                continue
            tally.examined += 1
            shared = [name for name in one.industries if name in other.industries]
            if len(shared) > most and county in facts.regions:
                yield Finding(
                    f"{one.code}+{other.code}",
                    facts.regions[county].name,
                    region=county,
                    facts={
                        "pair": f"{one.name}、{other.name}", "count": len(shared), "shared": "、".join(shared),
                        "most": int(most),
                    },
                )  # fmt: skip
