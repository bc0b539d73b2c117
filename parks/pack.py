"""The registry's files in a pack: what a row must be, and what must hold between rows (登记数据包)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from accounts.enums import Duty
from common.packs import Fault, duplicates, read_csv, read_yaml
from parks.dates import first_day
from parks.enums import (
    Certainty,
    DesignationLevel,
    EventKind,
    RegionLevel,
    SourceGrade,
    SpatialAxis,
    SuccessionKind,
    ZoneClass,
)
from parks.pack_lineage import AXES, SHARES, SUCCESSIONS, check_lineage


def _partial_date(text: str) -> str:
    first_day(text)
    return text


def _none_if_empty(text: str) -> str | None:
    return text or None


PartialDate = Annotated[str, AfterValidator(_partial_date)]
RequiredDate = Annotated[str, Field(min_length=4), AfterValidator(_partial_date)]
Year = Annotated[int, Field(ge=1949, le=2100)]
OptionalYear = Annotated[Year | None, BeforeValidator(_none_if_empty)]
OptionalNumber = Annotated[Annotated[Decimal, Field(gt=0)] | None, BeforeValidator(_none_if_empty)]
OptionalCount = Annotated[Annotated[int, Field(gt=0)] | None, BeforeValidator(_none_if_empty)]
OptionalStar = Annotated[Annotated[int, Field(ge=1, le=6)] | None, BeforeValidator(_none_if_empty)]
OptionalCertainty = Annotated[Certainty | None, BeforeValidator(_none_if_empty)]
Known = Annotated[bool | None, BeforeValidator(_none_if_empty)]
RegionCode = Annotated[str, Field(pattern=r"^\d{6}$")]
PlateCode = Annotated[str, Field(pattern=r"^Z\d{3}[A-Z]?$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Note = Annotated[str, Field(max_length=160)]
Share = Annotated[Decimal, Field(gt=0, le=100)]


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @property
    def key(self) -> str:
        """What names this row in its file."""
        return str(getattr(self, next(iter(type(self).model_fields))))


R = TypeVar("R", bound=Row)


class RegionRow(Row):
    code: RegionCode
    name: Name
    name_en: str
    level: RegionLevel
    kind: str
    parent: str
    valid_from_year: OptionalYear
    valid_to_year: OptionalYear
    office: str
    province_managed_from: PartialDate
    province_managed_certainty: OptionalCertainty
    certainty: Certainty
    source: Note


class RegionChangeRow(Row):
    """`extent` "part": a piece went over while the old code lived on; only "whole" makes a successor."""

    old: RegionCode
    new: RegionCode
    year: Year
    extent: Annotated[str, Field(pattern="^(whole|part)$")]
    source: Note


class PlateRow(Row):
    """One entry of the register: a designation, with what its source knows of the area below it."""

    code: PlateCode
    name: Name
    zone_class: ZoneClass
    subclass: str
    level: DesignationLevel
    city: RegionCode
    county: str
    nbs_code: Annotated[str, Field(pattern=r"^\d{0,12}$")]
    established_on: PartialDate
    approved_on: PartialDate
    approval_document: str
    ended_on: PartialDate
    end_reason: str
    approved_area_ha: OptionalNumber
    planned_area_km2: OptionalNumber
    built_area_km2: OptionalNumber
    leading_industries: str
    catalogue_2018: Known
    name_certainty: Certainty
    fact_certainty: OptionalCertainty
    source_grade: SourceGrade
    note: Note

    @property
    def industries(self) -> list[str]:
        return [part for part in self.leading_industries.split(";") if part]


class SamePlaceRow(Row):
    """Plate `plate` hangs on the area that is registered as `zone` (一区多牌)."""

    plate: PlateCode
    name: Name
    zone: PlateCode
    zone_name: Name
    certainty: Certainty
    note: Note


class AliasRow(Row):
    plate: PlateCode
    alias: Name
    certainty: Certainty
    note: Note


class AwardRow(Row):
    year: Year
    happened_on: RequiredDate
    kind: EventKind
    title: Note
    star: OptionalStar
    plate: PlateCode
    name_in_document: Name
    order_in_document: OptionalCount
    certainty: Certainty
    source_grade: SourceGrade
    note: Note


class RankingRow(Row):
    year: Year
    ranking: Note
    plate: PlateCode
    name_in_document: Name
    rank: Annotated[int, Field(gt=0)]
    certainty: Certainty
    source_grade: SourceGrade
    note: Note


class SuccessionRow(Row):
    """What of area `predecessor` became part of `successor`; the shares of one predecessor and day add up to 100."""

    predecessor: PlateCode
    successor: PlateCode
    kind: SuccessionKind
    on: date
    share_pct: Share
    document: Name
    note: Note


class StatisticalShareRow(Row):
    """The part of a zone's statistics that counts for a county from a year on; those of one zone and year make 100."""

    zone: PlateCode
    region: RegionCode
    from_year: Year
    share_pct: Share
    document: Name


class AxisRow(Row):
    """A county or city on a development axis: one the policy names itself, with its words, or one the office determined."""

    region: RegionCode
    axis: SpatialAxis
    document: Name
    quote: str = ""


class Label(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    name_en: str = ""


class Office(Label):
    code: str
    duty: Duty


class Department(Label):
    duty: Duty

    @property
    def code(self) -> str:
        return f"dept-{self.duty.value}"


class ConstructedLabels(BaseModel):
    model_config = ConfigDict(extra="forbid")

    city: Label
    county: Label
    park: Label


class OrganisationFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    office: Office
    departments: list[Department]
    constructed: ConstructedLabels


ORGANISATIONS = "parks/organisations.yaml"
REGIONS = "parks/regions.csv"
REGION_CHANGES = "parks/region_changes.csv"
ZONES = "parks/zones.csv"
PLATES = "parks/plates.csv"
ALIASES = "parks/aliases.csv"
AWARDS = "parks/awards.csv"
RANKINGS = "parks/rankings.csv"


@dataclass
class Pack:
    """The registry of a pack, each row checked by itself; `organisations` is None when its file is unusable."""

    organisations: OrganisationFile | None
    regions: list[RegionRow]
    region_changes: list[RegionChangeRow]
    plates: list[PlateRow]
    same_places: list[SamePlaceRow]
    aliases: list[AliasRow]
    awards: list[AwardRow]
    rankings: list[RankingRow]
    successions: list[SuccessionRow]
    shares: list[StatisticalShareRow]
    axes: list[AxisRow]

    def zone_of_plate(self) -> dict[str, str]:
        """The code of the zone under each plate: its own unless it shares another's area."""
        shared = {row.plate: row.zone for row in self.same_places}
        return {row.code: shared.get(row.code, row.code) for row in self.plates}


def read_pack(root: Path, faults: list[Fault]) -> Pack:
    """Read all files below `root`/parks; what is wrong in them is appended to `faults`."""
    pack = Pack(
        organisations=_organisations(root, faults),
        regions=_rows(root, REGIONS, RegionRow, faults),
        region_changes=_rows(root, REGION_CHANGES, RegionChangeRow, faults),
        plates=_rows(root, ZONES, PlateRow, faults),
        same_places=_rows(root, PLATES, SamePlaceRow, faults),
        aliases=_rows(root, ALIASES, AliasRow, faults),
        awards=_rows(root, AWARDS, AwardRow, faults),
        rankings=_rows(root, RANKINGS, RankingRow, faults),
        successions=_rows(root, SUCCESSIONS, SuccessionRow, faults),
        shares=_rows(root, SHARES, StatisticalShareRow, faults),
        axes=_rows(root, AXES, AxisRow, faults),
    )
    _check_regions(pack, faults)
    _check_plates(pack, faults)
    _check_references(pack, faults)
    check_lineage(pack, faults)
    return pack


def _organisations(root: Path, faults: list[Fault]) -> OrganisationFile | None:
    content = read_yaml(root, ORGANISATIONS, faults)
    if content is None:
        return None
    try:
        return OrganisationFile.model_validate(content)
    except ValidationError as error:
        faults.extend(_faults(ORGANISATIONS, "", error))
        return None


def _rows(root: Path, file: str, row_type: type[R], faults: list[Fault]) -> list[R]:
    rows = []
    for number, raw in enumerate(read_csv(root, file, set(row_type.model_fields), faults), start=2):
        try:
            rows.append(row_type.model_validate(raw))
        except ValidationError as error:
            faults.extend(_faults(file, f"{number} ", error))
    return rows


def _faults(file: str, where: str, error: ValidationError) -> Iterable[Fault]:
    for item in error.errors():
        place = ".".join(str(part) for part in item["loc"])
        yield Fault(file, f"{where}{place}", f"{item['msg']}: {item['input']!r}")


def _check_unique(file: str, keys: list[str], faults: list[Fault]) -> None:
    faults.extend(Fault(file, key, "重复 occurs more than once") for key in sorted(duplicates(keys)))


def _check_regions(pack: Pack, faults: list[Fault]) -> None:
    _check_unique(REGIONS, [row.code for row in pack.regions], faults)
    levels = {row.code: row.level for row in pack.regions}
    above = {RegionLevel.CITY: RegionLevel.PROVINCE, RegionLevel.COUNTY: RegionLevel.CITY}
    for row in pack.regions:
        if levels.get(row.parent) != above.get(row.level):
            faults.append(Fault(REGIONS, row.code, f"上级代码不对 parent {row.parent!r} is not of the level above"))
        if row.valid_from_year and row.valid_to_year and row.valid_from_year >= row.valid_to_year:
            faults.append(Fault(REGIONS, row.code, "停用早于启用 valid_to_year is not after valid_from_year"))
        if bool(row.province_managed_from) != bool(row.province_managed_certainty):
            faults.append(Fault(REGIONS, row.code, "省直管起始与可信度须同时填写 date and certainty go together"))
    for change in pack.region_changes:
        unknown = [code for code in (change.old, change.new) if code not in levels]
        faults.extend(Fault(REGION_CHANGES, change.key, f"未知行政区划 unknown region {code}") for code in unknown)


def _check_plates(pack: Pack, faults: list[Fault]) -> None:
    _check_unique(ZONES, [row.code for row in pack.plates], faults)
    regions = {row.code: row for row in pack.regions}
    for row in pack.plates:
        city, county = regions.get(row.city), regions.get(row.county)
        if city is None or city.level != RegionLevel.CITY:
            faults.append(Fault(ZONES, row.code, f"未知省辖市 unknown city {row.city}"))
        if row.county and (county is None or row.city not in (county.parent, county.code)):
            faults.append(Fault(ZONES, row.code, f"县(市、区)不属于该市 county {row.county} is not in {row.city}"))
        if row.ended_on and row.approved_on > row.ended_on:
            faults.append(Fault(ZONES, row.code, "终止早于批准 ended_on is before approved_on"))
        if bool(row.ended_on) != bool(row.end_reason):
            faults.append(Fault(ZONES, row.code, "终止时间与原因须同时填写 ended_on and end_reason go together"))


def _check_references(pack: Pack, faults: list[Fault]) -> None:
    plates = {row.code: row for row in pack.plates}
    _check_unique(PLATES, [row.plate for row in pack.same_places], faults)
    hanging = {row.plate for row in pack.same_places}
    for row in pack.same_places:
        for code, name in ((row.plate, row.name), (row.zone, row.zone_name)):
            if code not in plates:
                faults.append(Fault(PLATES, row.plate, f"未知牌子 unknown plate {code}"))
            elif plates[code].name != name:
                faults.append(Fault(PLATES, row.plate, f"名称不符 {code} is {plates[code].name}, not {name}"))
        if row.zone in hanging:
            faults.append(Fault(PLATES, row.plate, f"挂在另一块牌子上 {row.zone} itself hangs on another zone"))
        if row.plate in plates and row.zone in plates and plates[row.plate].city != plates[row.zone].city:
            faults.append(Fault(PLATES, row.plate, f"不在同一市 {row.plate} and {row.zone} are in different cities"))
    lists: list[tuple[str, Iterable[AliasRow | AwardRow | RankingRow]]] = [
        (ALIASES, pack.aliases), (AWARDS, pack.awards), (RANKINGS, pack.rankings)
    ]  # fmt: skip
    for file, entries in lists:
        for number, entry in enumerate(entries, start=2):
            if entry.plate not in plates:
                faults.append(Fault(file, f"{number} plate", f"未知牌子 unknown plate {entry.plate}"))
    _check_events(pack, faults)


def _check_events(pack: Pack, faults: list[Fault]) -> None:
    """Each event stands once on its zone's timeline, even when two plates of the zone tell it."""
    zone_of = pack.zone_of_plate()

    def zone(row: AwardRow | RankingRow) -> str:
        return zone_of.get(row.plate, row.plate)

    awards = [f"{zone(row)} {row.happened_on} {row.kind.value} {row.title}" for row in pack.awards]
    _check_unique(AWARDS, awards, faults)
    _check_unique(RANKINGS, [f"{zone(row)} {row.year} {row.ranking}" for row in pack.rankings], faults)
    _check_unique(ALIASES, [f"{zone_of.get(row.plate, row.plate)} {row.alias}" for row in pack.aliases], faults)
    for number, award in enumerate(pack.awards, start=2):
        if (award.kind == EventKind.STAR) != (award.star is not None):
            faults.append(
                Fault(AWARDS, f"{number} star", "星级与类型不符 a star goes with the kind star, and only there")
            )
