"""The registry of a pack: regions, the organisation tree, zones, designations, timeline (登记数据装载).

Loading is idempotent: rows are found by their code, written only when something differs, and never deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from common.packs import Fault, document_code, sync
from parks.dates import first_day
from parks.enums import EventKind, RegionLevel
from parks.loading_lineage import load_lineage
from parks.models import Designation, Region, Zone, ZoneAlias, ZoneEvent
from parks.pack import ORGANISATIONS, ZONES, AwardRow, Label, OrganisationFile, Pack, PlateRow, read_pack
from policy.carriers import Carried, carriers_write

M = TypeVar("M", bound=models.Model)
CARRIED = (
    Carried("jurisdiction", "zone_by_city", "", "行政区划与各市园区", "Divisions and zones by city"),
    Carried("zone_class", "zone_list", "", "园区名录：类别", "Register of zones: class"),
    Carried("designation_level", "zone_list", "", "园区名录：级别", "Register of zones: level"),
)
OFFICE = "office"
CATALOGUE_YEAR = 2018
CATALOGUE_TITLE = "列入《中国开发区审核公告目录》（2018年版）"


def check(root: Path, faults: list[Fault]) -> None:
    """Append everything that is wrong with the registry's files below `root`, and codes that another province has."""
    pack = read_pack(root, faults)
    provinces = {row.code for row in pack.regions if row.level == RegionLevel.PROVINCE}
    prefixes = tuple(code[:2] for code in provinces)
    codes = [row.code for row in pack.plates]
    taken = Zone.objects.filter(code__in=codes).values_list("code", "city__code", "city__name")
    faults += [
        Fault(ZONES, code, f"编号已用于另一省的园区（{name}）code belongs to a zone of another province")
        for code, city, name in taken
        if not city.startswith(prefixes)
    ]
    if pack.organisations is not None:
        code = pack.organisations.office.code
        held = Region.objects.filter(level=RegionLevel.PROVINCE, office__code=code).exclude(code__in=provinces)
        faults += [
            Fault(
                ORGANISATIONS, code, f"代码已用于{region.name}的办公室 code belongs to the office of another province"
            )
            for region in held
        ]


@transaction.atomic
def load(root: Path) -> dict[str, int]:
    """Write the registry of a checked pack; returns how many rows of each model the pack brings.

    Raises:
        ValueError: the pack has faults; `check` lists them.
    """
    faults: list[Fault] = []
    pack = read_pack(root, faults)
    if faults or pack.organisations is None:
        raise ValueError("; ".join(str(fault) for fault in faults))
    offices = _load_organisations(pack, pack.organisations)
    regions = _load_regions(pack, offices)
    zones = _load_zones(pack, pack.organisations, offices, regions)
    designations = _load_designations(pack, zones)
    aliases = sync(ZoneAlias.objects, ("zone_id", "name"), _aliases(pack, zones))
    events = sync(ZoneEvent.objects, ("zone_id", "happened_on", "kind", "title"), _events(pack, zones))
    lineage = load_lineage(pack, zones, regions)
    carriers_write("parks", CARRIED, document=document_code(root))
    areas = len({zone.code for zone in zones.values()})
    return {
        "Organisation": len(offices) + areas,
        "Region": len(regions),
        "Zone": areas,
        "Designation": len(designations),
        "ZoneAlias": len(aliases),
        "ZoneEvent": len(events),
        **lineage,
    }


# ---- organisations --------------------------------------------------------------------------------------------


def _organisation(code: str, kind: OrganisationKind, label: Label, parent: Organisation | None) -> Organisation:
    path = f"{parent.path if parent else '/'}{code}/"
    return Organisation(code=code, kind=kind, name=label.name, name_en=label.name_en, parent=parent, path=path)


def _constructed(label: Label, name: str, name_en: str) -> Label:
    english = label.name_en.format(name=name_en) if name_en else ""
    return Label(name=label.name.format(name=name), name_en=english)


def _load_organisations(pack: Pack, file: OrganisationFile) -> dict[str, Organisation]:
    """The office, the departments, and a body for every city and county; by code."""
    root = _organisation(file.office.code, OrganisationKind.OFFICE, file.office, None)
    root.duty = file.office.duty
    sync(Organisation.objects, ("code",), [root])
    below = []
    for department in file.departments:
        # Codes are one list for all packs: a department is told apart by the office it stands under.
        code = department.code if file.office.code == OFFICE else f"{file.office.code}-{department.duty}"
        body = _organisation(code, OrganisationKind.DEPARTMENT, department, root)
        body.duty = department.duty
        below.append(body)
    for row in pack.regions:
        if row.level == RegionLevel.CITY:
            label = _constructed(file.constructed.city, row.name, row.name_en)
            below.append(_organisation(row.office, OrganisationKind.CITY, label, root))
    offices = {body.code: body for body in [root, *sync(Organisation.objects, ("code",), below)]}
    cities = {row.code: offices[row.office] for row in pack.regions if row.level == RegionLevel.CITY}
    counties = [
        _organisation(
            row.office,
            OrganisationKind.COUNTY,
            _constructed(file.constructed.county, row.name, row.name_en),
            cities[row.parent],
        )
        for row in pack.regions
        if row.office == f"county-{row.code}"
    ]
    return offices | {body.code: body for body in sync(Organisation.objects, ("code",), counties)}


# ---- regions --------------------------------------------------------------------------------------------------


def _load_regions(pack: Pack, offices: dict[str, Organisation]) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for level in RegionLevel:  # from the province down, so that parents have their keys
        rows = [
            Region(
                code=row.code,
                name=row.name,
                name_en=row.name_en,
                level=row.level,
                kind=row.kind,
                parent=regions.get(row.parent),
                office=offices[row.office] if row.office else None,
                valid_from_year=row.valid_from_year,
                valid_to_year=row.valid_to_year,
                province_managed_from=first_day(row.province_managed_from),
                province_managed_certainty=row.province_managed_certainty or "",
                certainty=row.certainty,
                source=row.source,
            )
            for row in pack.regions
            if row.level == level
        ]
        regions |= {region.code: region for region in sync(Region.objects, ("code",), rows)}
    _load_successors(pack, regions)
    return regions


def _load_successors(pack: Pack, regions: dict[str, Region]) -> None:
    links = Region.successors.through.objects
    wanted = {(regions[row.old].pk, regions[row.new].pk) for row in pack.region_changes if row.extent == "whole"}
    present = set(links.values_list("from_region_id", "to_region_id"))
    links.bulk_create(links.model(from_region_id=old, to_region_id=new) for old, new in sorted(wanted - present))


# ---- zones and designations -----------------------------------------------------------------------------------


def _load_zones(
    pack: Pack, file: OrganisationFile, offices: dict[str, Organisation], regions: dict[str, Region]
) -> dict[str, Zone]:
    """One zone for each area, its administration with it; by plate code, so that every plate finds its zone."""
    zone_of = pack.zone_of_plate()
    by_zone: dict[str, list[PlateRow]] = defaultdict(list)
    for row in sorted(pack.plates, key=lambda row: row.code != zone_of[row.code]):  # the zone's own plate first
        by_zone[zone_of[row.code]].append(row)
    stars = _latest_stars(pack, zone_of)
    parks = {}
    for code, rows in by_zone.items():
        county = regions.get(_first(rows, lambda row: row.county) or "")
        parent = (county and county.office) or offices[f"city-{rows[0].city}"]
        label = _constructed(file.constructed.park, rows[0].name, "")
        parks[code] = _organisation(f"park-{code}", OrganisationKind.PARK, label, parent)
    sync(Organisation.objects, ("code",), parks.values())
    zones = [_zone(rows, parks[code], regions, stars.get(code)) for code, rows in sorted(by_zone.items())]
    found = {zone.code: zone for zone in sync(Zone.objects, ("code",), zones)}
    return {plate: found[code] for plate, code in zone_of.items()}


def _zone(rows: list[PlateRow], park: Organisation, regions: dict[str, Region], star: AwardRow | None) -> Zone:
    """The area below the plates `rows`, the first of which gives it code and name."""
    own = rows[0]
    return Zone(
        code=own.code,
        name=own.name,
        city=regions[own.city],
        county=regions.get(_first(rows, lambda row: row.county) or ""),
        administration=park,
        leading_industries=list(dict.fromkeys(name for row in rows for name in row.industries)),
        planned_area_km2=_first(rows, lambda row: row.planned_area_km2),
        built_area_km2=_first(rows, lambda row: row.built_area_km2),
        star=star.star if star else None,
        star_note=_star_note(star) if star else "",
        name_certainty=own.name_certainty,
        # The doubtful fact decides: letters sort from sure to doubtful.
        fact_certainty=max((row.fact_certainty for row in rows if row.fact_certainty), default=""),
        source_grade=own.source_grade,
        note=own.note,
    )


def _first(rows: Sequence[PlateRow], get: Callable[[PlateRow], Any]) -> Any:
    return next((value for value in map(get, rows) if value), None)


def _latest_stars(pack: Pack, zone_of: dict[str, str]) -> dict[str, AwardRow]:
    stars = sorted((row for row in pack.awards if row.star), key=lambda row: row.year)
    return {zone_of[row.plate]: row for row in stars}


def _star_note(star: AwardRow) -> str:
    return f"{star.year}年度" + (f"（{star.note}）" if star.note else "")


def _load_designations(pack: Pack, zones: dict[str, Zone]) -> list[Designation]:
    certainty = {row.plate: row.certainty for row in pack.same_places}
    rows = [
        Designation(
            code=row.code,
            zone=zones[row.code],
            zone_class=row.zone_class,
            subclass=row.subclass,
            level=row.level,
            name=row.name,
            approved_on=row.approved_on,
            approval_document=row.approval_document,
            approved_area_ha=row.approved_area_ha,
            catalogue_2018=row.catalogue_2018,
            nbs_code=row.nbs_code,
            valid_from=first_day(row.approved_on),
            valid_to=first_day(row.ended_on),
            ended_on=row.ended_on,
            end_reason=row.end_reason,
            plate_certainty=certainty.get(row.code, ""),
            name_certainty=row.name_certainty,
            source_grade=row.source_grade,
            note=row.note,
        )
        for row in pack.plates
    ]
    return sync(Designation.objects, ("code",), rows)


# ---- aliases and timeline -------------------------------------------------------------------------------------


def _aliases(pack: Pack, zones: dict[str, Zone]) -> list[ZoneAlias]:
    return [
        ZoneAlias(zone=zones[row.plate], name=row.alias, certainty=row.certainty, note=row.note) for row in pack.aliases
    ]


def _events(pack: Pack, zones: dict[str, Zone]) -> list[ZoneEvent]:
    """Awards and ranks as listed, and what the register itself dates; a listed event is not told a second time."""
    listed = {(row.plate, row.kind, row.happened_on) for row in pack.awards}
    events = [_award_event(row, zones[row.plate]) for row in pack.awards]
    events += [
        ZoneEvent(
            zone=zones[row.plate],
            year=row.year,
            happened_on=str(row.year),
            kind=EventKind.RANKING,
            title=row.ranking,
            rank=row.rank,
            certainty=row.certainty,
            source_grade=row.source_grade,
            note=row.note,
        )
        for row in pack.rankings
    ]
    for row in pack.plates:
        own = _register_events(row, zones[row.code])
        events += [event for event in own if (row.code, event.kind, event.happened_on) not in listed]
    return events


def _award_event(row: AwardRow, zone: Zone) -> ZoneEvent:
    place = f"文件中列第{row.order_in_document}" if row.order_in_document else ""
    name = f"文件中作“{row.name_in_document}”" if row.name_in_document != zone.name else ""
    return ZoneEvent(
        zone=zone,
        year=row.year,
        happened_on=row.happened_on,
        kind=row.kind,
        title=row.title,
        certainty=row.certainty,
        source_grade=row.source_grade,
        note="；".join(part for part in (row.note, name, place) if part),
    )


def _register_events(row: PlateRow, zone: Zone) -> list[ZoneEvent]:
    dated = [
        (row.established_on, EventKind.ESTABLISHED, f"{row.name}设立", ""),
        (row.approved_on, EventKind.APPROVED, f"{row.name}获批", row.approval_document),
        (row.ended_on, EventKind.ADJUSTED, f"{row.name}{row.end_reason}", ""),
        (str(CATALOGUE_YEAR) if row.catalogue_2018 else "", EventKind.CATALOGUE, CATALOGUE_TITLE, ""),
    ]
    return [
        ZoneEvent(
            zone=zone,
            year=int(day[:4]),
            happened_on=day,
            kind=kind,
            title=title,
            certainty=row.fact_certainty or row.name_certainty,
            source_grade=row.source_grade,
            note=note,
        )
        for day, kind, title, note in dated
        if day
    ]
