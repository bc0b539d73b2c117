"""Demonstration entries of the registers of land, environment, applications, meetings and firms (演示办件)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from parks.enums import RegionLevel, ZoneClass
from parks.models import Region, Zone
from registers.models import Enterprise, Entry

Data = dict[str, Any]
Dice = Callable[..., int]
Placed = tuple[str, Zone | Region, Data]
YEAR = 2025
ODD = 15
"""One zone in so many shows what a rule is about."""
QUOTAS, CHECKED, STALLED, ALLOTTED, SMALL_PARKS = 40, 30, 24, 10, 12
FIRST, SECOND = "一期", "二期"


def foundations(zones: Sequence[Zone], firms: Mapping[str, list[Enterprise]], dice: Dice) -> Iterator[Placed]:
    """What other entries refer to: phases of development, and assets that stand still."""
    for zone in zones:
        opened = f"{2008 + dice(zone.code, 'phase') % 6}-04-01"
        yield "development_phases", zone, {"name": FIRST, "opened_on": opened, "status": "open"}
        if _odd(zone, dice):
            yield "development_phases", zone, {"name": SECOND, "planned_from": "2027-01-01", "status": "planned"}
    ways = ("merger", "merger", "lease", "reorganisation", "bankruptcy")
    for number, zone in enumerate(zones[5 : 5 + STALLED]):
        firm = firms[zone.code][2]
        data: Data = {
            "enterprise": firm.credit_code,
            "situation": "stopped_firm" if number % 2 else "half_stopped_firm",
            "since_date": f"{2021 + number % 3}-03-10",
            "cause": "演示：市场变化，订单不足",
            "responsible_locality": zone.city.name,
            "land_area": str(30 + number * 5),
            "disposal_method": ways[number % len(ways)],
            "status": "in_disposal",
        }
        if number % 3 == 0:
            data |= {"status": "revived", "done_date": "2025-06-20", "revived_land": str(20 + number * 5)}
        yield "stalled_assets", zone, data


def _text(number: float) -> str:
    """A figure as a register keeps it."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _odd(zone: Zone, dice: Dice) -> bool:
    return dice(zone.code, "odd") % ODD == 0


def project_facts(zone: Zone, number: int, data: Data, phases: Mapping[tuple[str, str], Entry], dice: Dice) -> Data:
    """What a project says of its phase, its assessment and its check; one in twelve says nothing."""
    die, start = dice(zone.code, number, "checks"), data.get("start_date")
    second = phases.get((zone.code, SECOND)) if number == 0 else None
    facts: Data = {"phase": (second or phases[zone.code, FIRST]).pk}
    if die % 12 == 0:
        return facts
    facts["access_check"] = "open" if die % 97 == 1 else "passed"
    if start:
        late = die % 61 == 2
        day = date.fromisoformat(start) + timedelta(days=20 if late else -30)
        facts |= {"eia": "approved", "eia_document": f"演示环审〔{day.year}〕{die % 90 + 1}号"}
        facts["eia_approved_on"] = min(day, date(YEAR, 12, 28)).isoformat()
    return facts


def files(
    zones: Sequence[Zone], firms: Mapping[str, list[Enterprise]], assets: Sequence[Entry], dice: Dice
) -> Iterator[Placed]:
    """Everything else, by zone and by region."""
    clusters = [zone for zone in zones if any(p.zone_class == ZoneClass.CLUSTER for p in zone.designations.all())]
    for zone in zones:
        reviewed: Data = {"plan_eia": "approved", "plan_eia_document": "演示环审", "plan_eia_on": "2018-08-01"}
        data: Data = {"version": "2019版", "published_on": "2019-03-01", "items": 20, "status": "in_force"}
        yield "environmental_access", zone, data | ({"plan_eia": "under_way"} if _odd(zone, dice) else reviewed)
    yield from _land(clusters, dice)
    yield from _firms(zones, firms)
    yield from _applications(clusters)
    yield from _regions()
    for number, asset in enumerate(assets[::2]):
        basis = {f"{name}_basis": "演示：按企业实际情况分析" for name in ("industry", "technology", "market", "asset")}
        data = {"asset": asset.pk, **basis, "way": asset.data["disposal_method"], "status": "planned"}
        if number % 2:
            data |= {"status": "approved", "approved_by": "演示审定机关", "approved_on": "2025-04-15"}
        assert asset.zone is not None
        yield "disposal_plans", asset.zone, data


def _land(clusters: Sequence[Zone], dice: Dice) -> Iterator[Placed]:
    """Scores of all, quotas that lean to them but for one, an allotment, and checks of plans of which one disagrees."""
    for zone in clusters:
        data: Data = {"year": 2024, "score": _text(60 + dice(zone.code, "score") % 350 / 10), "status": "final"}
        yield "land_evaluations", zone, data | {"final_on": "2025-03-20", "document_no": "演示自然资〔2025〕6号"}
    for number, zone in enumerate(clusters[:QUOTAS]):
        asked, score = 200 + dice(zone.code, "quota") % 400, 60 + dice(zone.code, "score") % 350 / 10
        share = 0.95 if number == QUOTAS - 1 else score / 100
        yield "land_quotas", zone, {"year": YEAR, "asked": str(asked), "granted": _text(asked * share)}
    for number, zone in enumerate(clusters[:ALLOTTED]):
        data = {"batch": "演示2025年第一批", "pollutant": "cod", "rank": number + 1, "allotted_on": "2025-09-01"}
        yield "emission_quotas", zone, data | {"amount": str(40 - 3 * number)}
    for number, zone in enumerate(clusters[:CHECKED]):
        plans = dict.fromkeys(("industry", "land", "city", "ecology", "services"), True)
        data = {"checked_on": "2024-10-15", "document_no": "演示自然资〔2024〕21号", **plans}
        yield "plan_checks", zone, data | ({"city": False, "note": "演示：城市规划用途待调整"} if number == 7 else {})


def _firms(zones: Sequence[Zone], firms: Mapping[str, list[Enterprise]]) -> Iterator[Placed]:
    kinds = ("consulting", "design", "information", "logistics", "ecommerce")
    for number, zone in enumerate(zones[::3]):
        firm = firms[zone.code][1].credit_code
        data: Data = {"enterprise": firm, "kind": kinds[number % len(kinds)], "since": "2020-05-01"}
        yield "producer_services", zone, data | {"revenue": str(900 + 37 * number), "revenue_year": YEAR}
        if any(plate.zone_class == ZoneClass.CUSTOMS for plate in zone.designations.all()):
            data = {"kind": ("processing", "logistics", "services")[number % 3], "started_on": "2021-02-01"}
            yield "bonded_businesses", zone, data | {"enterprise": firm}


def _applications(clusters: Sequence[Zone]) -> Iterator[Placed]:
    """Files of every kind on their way; one lacks a basis, one the proof of its reason."""
    bases = dict.fromkeys(("capacity_basis", "industry_basis", "potential_basis"), "演示：见申请报告")
    fits = dict.fromkeys(("fits_development_plan", "fits_function_plan", "fits_master_plan"), True)
    whole = {**bases, **fits, "plan_document": "演示发改〔2025〕9号", "plan_checked_on": "2025-02-20"}
    expand = {"kind": "expand", "area_before": "1200", "area_after": "1380", "built_rate": "92", "use_matches": True}
    adjust = {"kind": "adjust", "reason": "city_plan"}
    kinds: list[Data] = [
        {**whole, **expand, "queue": 1},
        {**whole, **expand, "queue": 2, "built_rate": "71"},
        {**whole, **adjust, "reason_document": "演示政〔2024〕12号"},
        {**whole, **adjust},
        {**whole, "kind": "upgrade", "queue": 1},
        {**fits, "kind": "merge", "capacity_basis": "演示：见申请报告"},
    ]
    words = {"expand": "扩区", "adjust": "调区", "upgrade": "升级", "merge": "整合"}
    for number, (zone, data) in enumerate(zip(clusters[20:], kinds, strict=False)):
        told = {"in_zone": zone.code, "submitted_on": f"2025-0{number + 3}-11", "status": "city_reviewed"}
        yield "zone_applications", zone.city, {"name": f"演示：{zone.name}{words[data['kind']]}申请", **data, **told}
    for number, zone in enumerate(clusters[40:43]):
        data = {"recommended_on": "2025-05-06", "status": ("recommended", "reviewed", "reviewed")[number]}
        yield "catalogue_applications", zone, data


def _regions() -> Iterator[Placed]:
    regions = Region.objects.filter(valid_to_year=None).exclude(office=None).order_by("code")
    cities = list(regions.filter(level=RegionLevel.CITY))
    counties = list(regions.filter(level=RegionLevel.COUNTY)) or cities
    for number in range(SMALL_PARKS):
        data: Data = {
            "name": f"演示小微园区{number + 1:02d}",
            "area": str(60 + 15 * number),
            "enterprises": 4 + number,
            "listed_on": "2024-04-10",
            "status": "listed",
        }
        if number % 3:
            data |= {"status": "proposed", "action": "clear" if number % 2 else "close"}
        if number % 6 == 5:
            data |= {"status": "carried_out", "approved_by": "演示县人民政府", "approved_on": "2024-09-01"}
            data["done_on"] = "2025-05-30"
        yield "small_park_cleanup", counties[number * 7 % len(counties)], data
    stages: tuple[Data, ...] = (
        {"status": "prepared"},
        {"status": "recommended", "applied_on": "2025-03-01", "export_firms": 34, "firms": 120},
        {"status": "submitted", "applied_on": "2024-02-01", "submitted_on": "2024-11-20"},
    )
    for number, stage in enumerate(stages):
        yield "bonded_zone_applications", cities[3 + number], {"name": f"演示综合保税区{number + 1}", **stage}
    for city in cities[1:3]:
        for at, function in enumerate(("industry", "population", "services", "ecology")):
            data = {"name": f"演示片区{at + 1}", "function": function, "area": str(3000 - 500 * at)}
            yield "function_areas", city, data | {"approved_on": "2020-12-01"}
    for province in regions.filter(level=RegionLevel.PROVINCE):
        yield from _meetings(province)


def _meetings(province: Region) -> Iterator[Placed]:
    held: Data = {"meeting": "演示联席会议2025年第1次会议", "held_on": "2025-04-22"}
    minuted = {**held, "minutes_no": "演示纪要〔2025〕1号", "decision": "演示：由牵头部门会同有关省辖市办理。"}
    told: tuple[Data, ...] = (
        {
            "status": "following",
            **minuted,
            "lead": "演示牵头部门",
            "due_on": "2026-03-31",
            "progress": "演示：正在办理",
        },
        {"status": "closed", **minuted, "closed_on": "2025-09-12"},
        {"status": "scheduled", "meeting": "演示联席会议2025年第2次会议"},
        {"status": "raised"},
    )
    for number, data in enumerate(told):
        raised = {"item": f"演示议题{number + 1}", "raised_by": "演示省辖市", "raised_on": "2025-03-05"}
        yield "conference_items", province, raised | data


def tags(projects: Sequence[Entry], dice: Dice) -> Iterator[Placed]:
    """Every fifth project has its lines of effort or its new kinds, one or two of them."""
    focus = ("clusters", "factors", "opening", "green", "environment")
    new = ("new_technology", "new_industry", "new_form", "new_model", "high_end", "green", "smart", "integrated")
    for project in projects[::5]:
        die = dice(project.pk, "tag")
        code, known = ("work_focus", focus) if die % 2 else ("innovation_tag", new)
        first = die // 2 % len(known)
        tag = {code: [choice for at, choice in enumerate(known) if at == first or (die % 3 == 0 and at == first + 1)]}
        assert project.zone is not None
        yield "project_tags", project.zone, {"project": project.pk, **tag}
