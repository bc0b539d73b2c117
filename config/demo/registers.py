"""Entries of registers and the enterprises they name (演示台账): made up, marked, and in step with the returns.

Where a register gives an indicator its figure, the zones' entries add up to what their returns say for the newest year, but
for one zone in twelve, so that there is a difference to explain. Zones with very many research platforms have none
registered: what a register does not know is not nought.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from django.utils import timezone

from accounts.models import User
from config.demo import files
from config.demo.figures import SEED
from parks.enums import RegionLevel
from parks.models import Region, Zone
from registers.creditcode import check_character
from registers.enums import Channel, FieldType
from registers.keys import keys_of
from registers.models import Enterprise, Entry, EntryKey, Register
from registers.references import References
from registers.services import day_of, title_of

ENTERPRISES = 3
PROJECTS = 4
MOST_PLATFORMS = 12
APART = 12
"""One zone in so many has a register that differs from its return."""
YEAR = 2025
ROAD_YEARS = range(2018, YEAR + 1)
DEMONSTRATIONS = 12
NEW_BODIES, TEAMS, LEADERS = 131, 352, 152
"""Province-wide counts of the newest year, as the demonstration's series say."""
CLUSTERS = {"emerging": 12, "city": 29, "county": 178}
Data = dict[str, Any]
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Line:
    """One entry to be: its register, where it hangs, its answers."""

    register: str
    place: Zone | Region
    data: Data


def write(*, actor: User, table: pd.DataFrame) -> dict[str, int]:
    """Enterprises and entries, in bulk; returns how many of each."""
    zones = list(
        Zone.objects.select_related("city", "administration").prefetch_related("designations").order_by("code")
    )
    firms = _enterprises(zones, actor)
    figures = _figures(table, YEAR)
    roads = [line for year in ROAD_YEARS for line in _roads_of(zones, _figures(table, year), year)]
    named = [firm for group in firms.values() for firm in group]
    first = store([Line(*placed) for placed in files.foundations(zones, firms, _dice)], named, actor)
    phases = {(entry.zone.code, entry.data["name"]): entry for entry in _of(first, "development_phases") if entry.zone}
    lines = [
        *(line for zone in zones for line in _of_zone(zone, firms[zone.code], figures[zone.code], phases)),
        *roads,
        *_demonstrations(zones),
        *_innovation(zones, firms),
        *_clusters(),
        *(Line(*placed) for placed in files.files(zones, firms, _of(first, "stalled_assets"), _dice)),
    ]
    _mark_new_bodies(lines)
    second = store(lines, named, actor)
    third = store([Line(*placed) for placed in files.tags(_of(second, "investment_projects"), _dice)], named, actor)
    return {"enterprises": len(named), "entries": len(first) + len(second) + len(third)}


def _of(entries: Sequence[Entry], register: str) -> list[Entry]:
    return [entry for entry in entries if entry.register.code == register]


def _figures(table: pd.DataFrame, year: int) -> dict[str, dict[str, float]]:
    """What the zones report for the year, by zone and item."""
    rows: pd.DataFrame = table[table.index.get_level_values("year") == year].droplevel("year")
    return {str(code): {str(k): float(v) for k, v in row.items()} for code, row in rows.to_dict("index").items()}


def _dice(*parts: object) -> int:
    return zlib.crc32("/".join(map(str, (SEED, "registers", *parts))).encode())


def _day(year: int, *parts: object) -> str:
    return (date(year, 1, 5) + timedelta(days=_dice(*parts) % 340)).isoformat()


# ---- enterprises ----------------------------------------------------------------------------------------------


def credit_code(region: str, number: int) -> str:
    """A code with the right check characters that no real enterprise has: MX is not handed out as an organisation's code."""
    body = f"MX{number:06d}"
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    first = f"91{region}{body}{'0123456789X0'[11 - total % 11]}"
    return first + check_character(first)


def _enterprises(zones: Sequence[Zone], actor: User) -> dict[str, list[Enterprise]]:
    firms: dict[str, list[Enterprise]] = {}
    for at, zone in enumerate(zones):
        industries = zone.leading_industries or ["制造"]
        firms[zone.code] = [
            Enterprise(
                credit_code=credit_code(zone.city.code, at * ENTERPRISES + number),
                name=f"演示{zone.code}{industries[number % len(industries)]}{'甲乙丙'[number]}公司",
                zone=zone,
                industry=industries[number % len(industries)],
                since=date.fromisoformat(_day(2010 + _dice(zone.code, number) % 10, zone.code, number, "since")),
                synthetic=True,
                created_by=actor,
                changed_by=actor,
            )
            for number in range(ENTERPRISES)
        ]
    Enterprise.objects.bulk_create([firm for group in firms.values() for firm in group])
    return firms


# ---- entries --------------------------------------------------------------------------------------------------


def _of_zone(
    zone: Zone, firms: list[Enterprise], figures: Mapping[str, float], phases: Mapping[tuple[str, str], Entry]
) -> Iterator[Line]:
    apart = _dice(zone.code, "apart") % APART == 0
    for number in range(PROJECTS):
        data = _project(zone.code, number, firms[number % ENTERPRISES].credit_code)
        if phases:  # another pack's portal has other registers
            data |= files.project_facts(zone, number, data, phases, _dice)
        yield Line("investment_projects", zone, data)
    platforms = round(figures["rd_platforms_provincial"])
    for number in range(platforms - apart if platforms <= MOST_PLATFORMS else 0):
        yield Line("innovation_platforms", zone, _platform(zone.code, number, firms[number % ENTERPRISES].credit_code))
    for number in range(round(figures["incubators"])):
        yield Line("incubators", zone, _incubator(zone.code, number))
    for number in range(round(figures["partner_parks"])):
        yield Line("co_built_parks", zone, _joint_park(zone.code, number))
    yield from _land(zone, firms, figures["idle_land"] * (0.8 if apart else 1))
    yield Line("circular_transformation", zone, _circular(zone.code, done=figures["circular_transformation_done"] > 0))


def _project(code: str, number: int, firm: str) -> Data:
    """A project on its way: signed in one of the last years, further on the older it is."""
    dice, year = _dice(code, number, "project"), YEAR - PROJECTS + 1 + number
    amount = 2000 + dice % 48_000
    stage = ("signed", "started", "producing", "producing")[min(3, YEAR - year + dice % 2)]
    data: Data = {
        "name": f"演示{code}招商项目{number + 1}",
        "enterprise": firm,
        "project_kind": ("lead_enterprise", "major", "key_supplier")[dice % 3],
        "channel": ("cluster", "chain", "association", "business", "equity", "homecoming")[dice % 6],
        "signed_date": _day(year, code, number, "signed"),
        "contract_no": f"演示-{code}-{year}-{number + 1}",
        "contract_amount": str(amount),
        "funds_in_place": str(amount * (dice // 7 % 81 + 20) // 100),
        "fulfilled": stage != "signed" and dice % 5 > 0,
        "stage": stage,
    }
    if stage != "signed":
        data["start_date"] = _later(data["signed_date"], 60 + dice % 200)
    if stage == "producing":
        data["production_date"] = _later(data["start_date"], 90 + dice % 200)
    return data


def _later(day: str, days: int) -> str:
    """So many days later, but not in the future."""
    return min(date.fromisoformat(day) + timedelta(days=days), date(YEAR, 12, 28)).isoformat()


def _platform(code: str, number: int, firm: str) -> Data:
    dice = _dice(code, number, "platform")
    return {
        "name": f"演示{code}研发平台{number + 1}",
        "kind": ("engineering_centre", "technology_centre", "enterprise_centre", "institute")[dice % 4],
        "is_new_rd_body": False,
        "level": "national" if dice % 9 == 0 else "provincial",
        "enterprise": firm,
        "granted_date": _day(2014 + dice % 12, code, number, "platform"),
        "is_open": dice % 3 == 0,
        "status": "running",
    }


def _incubator(code: str, number: int) -> Data:
    dice = _dice(code, number, "incubator")
    return {
        "name": f"演示{code}孵化载体{number + 1}",
        "stage": ("incubator", "nursery", "accelerator")[number % 3],
        "kind": ("maker_space", "workshop", "university_park")[dice % 3],
        "level": "provincial",
        "tenants": 12 + dice % 60,
        "graduates": dice % 30,
        "opened_date": _day(2015 + dice % 10, code, number, "incubator"),
        "status": "operating",
    }


def _joint_park(code: str, number: int) -> Data:
    return {
        "name": f"演示{code}共建园区{number + 1}",
        "kind": "joint_park",
        "partner": "演示合作方",
        "agreed_date": _day(2019 + number, code, number, "joint"),
        "status": "operating",
    }


def _land(zone: Zone, firms: list[Enterprise], idle: float) -> Iterator[Line]:
    dice = _dice(zone.code, "land")
    for number, (state, status, area) in enumerate(
        (("idle", "recognised", idle), ("idle", "disposed", 20 + dice % 80), ("normal", "registered", 100 + dice % 300))
    ):
        data: Data = {
            "parcel_no": f"演示-{zone.code}-{number + 1:02d}",
            "enterprise": firms[number].credit_code,
            "area": f"{round(area, 2):.2f}".rstrip("0").rstrip("."),
            "use": "industrial",
            "state": state,
            "granted_date": _day(2016, zone.code, number, "granted"),
            "status": status,
        }
        if state == "idle":
            data |= {"idle_since": _day(2019, zone.code, number, "idle"), "cause": "演示：项目资金未到位"}
        if status == "disposed":
            data |= {"redevelopment": "redeveloped", "done_date": _day(2023, zone.code, number, "done")}
        if area >= 0.01:
            yield Line("land_parcels", zone, data)


def _roads_of(zones: Sequence[Zone], figures: Mapping[str, Mapping[str, float]], year: int) -> Iterator[Line]:
    for zone in zones:
        yield from _roads(zone, figures[zone.code], year)


def _roads(zone: Zone, figures: Mapping[str, float], year: int) -> Iterator[Line]:
    road, tunnel = round(figures["new_road_length"], 2), round(figures["utility_tunnel_length"], 2)
    if road > 0:
        data = {
            "road": f"演示{zone.code}新建道路{year}",
            "opened_date": _day(year, zone.code, "road"),
            "road_length": f"{road:.2f}".rstrip("0").rstrip("."),
            "tunnel_length": f"{min(road, tunnel):.2f}".rstrip("0").rstrip("."),
        }
        yield Line("new_roads", zone, data)


def _demonstrations(zones: Sequence[Zone]) -> Iterator[Line]:
    """Areas where industry and town grow together, in zones of two stars or more."""
    starred = sorted((zone for zone in zones if (zone.star or 0) >= 2), key=lambda zone: (-(zone.star or 0), zone.code))
    for number, zone in enumerate(starred[:DEMONSTRATIONS]):
        data: Data = {
            "name": f"演示产城融合示范区{number + 1:02d}",
            "in_zone": zone.code,
            "level": "provincial",
            "star": zone.star,
            "granted_date": _day(2019 + number % 5, zone.code, "demonstration"),
            "status": "recognised",
        }
        yield Line("city_industry_demos", zone.city, data)


def _circular(code: str, *, done: bool) -> Data:
    data: Data = {"item": "whole_zone", "name": f"演示{code}循环化改造", "status": "accepted" if done else "under_way"}
    data["start_date"] = _day(2017, code, "circular")
    if done:
        data["accepted_date"] = _day(2019 + _dice(code, "circular") % 5, code, "accepted")
    return data


def _innovation(zones: Sequence[Zone], firms: Mapping[str, list[Enterprise]]) -> Iterator[Line]:
    """Teams and leading firms, as many as the province-wide series say for the newest year."""
    for number in range(TEAMS):
        zone = zones[number % len(zones)]
        data: Data = {
            "name": f"演示团队{number + 1:03d}",
            "kind": "team",
            "is_leading_team": True,
            "mode": "full_time" if number % 2 else "flexible",
            "arrived_date": _day(2018 + number % 8, number, "team"),
        }
        yield Line("talent_introductions", zone, data)
    for number in range(LEADERS):
        zone = zones[number]
        data = {
            "enterprise": firms[zone.code][0].credit_code,
            "grade": "leading",
            "entered_date": _day(2018 + number % 8, number, "leader"),
        }
        yield Line("innovation_enterprises", zone, data)


def _clusters() -> Iterator[Line]:
    """Clusters with the revenue of the newest year: cities' and counties', as many as the series say."""
    cities = list(Region.objects.filter(level=RegionLevel.CITY).exclude(office=None))
    counties = list(Region.objects.filter(level=RegionLevel.COUNTY, valid_to_year=None).exclude(office=None))
    for scope, count in CLUSTERS.items():
        places = counties or cities if scope == "county" else cities
        for number in range(count):
            dice = _dice(scope, number)
            least = 1_000_000 if scope == "county" else 10_000_000
            data: Data = {
                "name": f"演示{'县域' if scope == 'county' else '市域' if scope == 'city' else '新兴'}集群{number + 1:03d}",
                "scope": scope,
                "target_scale": "ten_billion" if scope == "county" else "hundred_billion",
                "revenue": str(least + dice % least),
                "revenue_year": YEAR,
                "strong_lead": True,
                "complete_support": True,
                "clear_advantage": True,
                "status": "reached",
            }
            yield Line("industry_clusters", places[number % len(places)], data)


def _mark_new_bodies(lines: Sequence[Line]) -> None:
    """So many of the provincial platforms are new research bodies."""
    provincial = [
        line.data for line in lines if line.register == "innovation_platforms" and line.data["level"] == "provincial"
    ]
    for data in provincial[:NEW_BODIES]:
        data["is_new_rd_body"] = True


def _linked(lines: Sequence[Line], registers: dict[str, Register]) -> dict[tuple[str, int], Entry]:
    """The entries that the lines refer to, by register and number: a title names them."""
    asked = {
        line.data[field.code]
        for line in lines
        if line.register in registers
        for field in registers[line.register].spec.of_type(FieldType.ENTRY)
        if line.data.get(field.code)
    }
    rows = Entry.objects.select_related("register").in_bulk(asked)
    return {(row.register.code, row.pk): row for row in rows.values()}


def store(lines: Sequence[Line], firms: Sequence[Enterprise], actor: User) -> list[Entry]:
    registers = {register.code: register for register in Register.objects.active()}
    refs = References(enterprises={firm.credit_code: firm for firm in firms}, entries=_linked(lines, registers))
    offices = {region.pk: region.office_id for region in Region.objects.exclude(office=None)}
    now = timezone.now()
    entries, keys = [], []
    for line in lines:
        register = registers.get(line.register)
        if register is None:  # another pack's portal has other registers
            continue
        zone = line.place if isinstance(line.place, Zone) else None
        entry = Entry(
            register=register,
            version=register.version,
            zone=zone,
            region=None if zone else line.place,  # type: ignore[misc]
            organisation_id=zone.administration_id if zone else offices[line.place.pk],
            title=title_of(register.spec, line.data, line.place, refs),
            dated=day_of(register.spec, line.data),
            data=line.data,
            synthetic=True,
            channel=Channel.DEMO,
            created_by=actor,
            changed_by=actor,
            changed_at=now,
        )
        entries.append(entry)
        digests = keys_of(register.spec, line.place.code, line.data)
        keys += [EntryKey(entry=entry, register=register, key=digest) for _codes, digest in digests]
    Entry.objects.bulk_create(entries, batch_size=1000)
    EntryKey.objects.bulk_create(keys, batch_size=2000)
    return entries
