"""What the rules look at (检查资料): registry, cases, figures and registers, read once for all rules.

Everything is read whole and set-wise: the number of queries does not grow with the rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from assessments.enums import IncidentKind, ProceedingStatus, RunStatus, StatusKind
from assessments.models import Decision, EvaluationResult, Incident, Measure, Proceeding, Run, Scheme, ZoneStatus
from compliance.optional import has_registers, register_model
from indicators.selectors import matrix, newest_change, reporting_year
from parks.enums import EventKind
from parks.models import Designation, Region, StatisticalShare, Zone, ZoneEvent, ZoneSuccession
from policy.models import Document
from policy.words import term_values

# What a change of any of these models may change in a verdict; their history tables tell when one was written.
WATCHED = (
    "parks_zonehistory",
    "parks_designationevent",
    "parks_zoneeventhistory",
    "parks_zonesuccessionhistory",
    "parks_statisticalsharehistory",
    "parks_regionevent",
    "assessments_incidentevent",
    "assessments_measureevent",
    "assessments_proceedingevent",
    "assessments_decisionevent",
    "registers_entryevent",
)
GROWING = ("assessments_zonestatus", "assessments_scheme", "assessments_run", "policy_ruling", "policy_documentversion")


def mark() -> str:
    """The newest written row of everything the rules look at, in one query; another mark means something changed."""
    present = set(connection.introspection.table_names())
    parts = [f"(SELECT max(pgh_id) FROM {table})" for table in WATCHED if table in present]  # noqa: S608 - names of our own
    parts += [f"(SELECT max(id) FROM {table})" for table in GROWING]  # noqa: S608 - names of our own
    # Statuses of runs, schemes and evaluations change in place.
    parts.append("(SELECT count(*) FROM assessments_evaluation WHERE final_at IS NOT NULL)")
    parts.append("(SELECT count(*) FROM assessments_run WHERE status = 'done')")
    parts.append("(SELECT count(*) FROM assessments_scheme WHERE status = 'published')")
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts))
        row = cursor.fetchone()
    return "-".join(str(part or 0) for part in (*row, newest_change()))


def decimal_of(text: object) -> Decimal | None:
    """A number as a register keeps it; None where it is not filled in."""
    return None if text is None or text == "" else Decimal(str(text))


def _dicts(rows: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


@dataclass(frozen=True, slots=True)
class ZoneFacts:
    """A zone with the plates in force on the day, by class and level."""

    pk: int
    code: str
    name: str
    city: int
    county: int | None
    star: int | None
    industries: tuple[str, ...]
    planned_km2: Decimal | None
    built_km2: Decimal | None
    plates: tuple[dict[str, Any], ...]

    @property
    def active(self) -> bool:
        return bool(self.plates)

    @property
    def classes(self) -> set[str]:
        return {plate["zone_class"] for plate in self.plates}

    @property
    def levels(self) -> set[str]:
        return {plate["level"] for plate in self.plates}


@dataclass(frozen=True, slots=True)
class RegionFacts:
    pk: int
    code: str
    name: str
    level: str
    parent: int | None


@dataclass
class Facts:
    """The facts of one document: the regions its code of province covers, the zones in them, what the office decided."""

    document: Document
    day: date = field(default_factory=timezone.localdate)

    @cached_property
    def settings(self) -> dict[str, Decimal | None]:
        """Values of the policy's open words in force, by key."""
        return term_values(self.document)

    def setting(self, key: str) -> Decimal | None:
        return self.settings.get(key)

    # ---- registry -----------------------------------------------------------------------------------------------

    @cached_property
    def regions(self) -> dict[int, RegionFacts]:
        """Regions valid on the day, by key."""
        rows = Region.objects.valid_on(self.day).filter(code__startswith=self.document.region_prefix)
        fields = ("pk", "code", "name", "level", "parent_id")
        return {row[0]: RegionFacts(*row) for row in rows.values_list(*fields)}

    @cached_property
    def county_keys(self) -> set[int]:
        """County-level units, a county-level city under the province among them."""
        rows = Region.objects.county_level().valid_on(self.day).filter(code__startswith=self.document.region_prefix)
        return set(rows.values_list("pk", flat=True))

    @cached_property
    def cities(self) -> list[RegionFacts]:
        return [region for region in self.regions.values() if region.level == "city"]

    @cached_property
    def zones(self) -> dict[int, ZoneFacts]:
        """Every zone of the province, active or not, by key."""
        plates: dict[int, list[dict[str, Any]]] = defaultdict(list)
        held = Designation.objects.in_force_on(self.day).filter(
            zone__city__code__startswith=self.document.region_prefix
        )
        wanted = ("zone_id", "code", "zone_class", "level", "catalogue_2018", "approved_area_ha")
        for plate in held.values(*wanted):
            plates[plate["zone_id"]].append(plate)
        fields = (
            "pk", "code", "name", "city_id", "county_id", "star", "leading_industries", "planned_area_km2", "built_area_km2",
        )  # fmt: skip
        rows: Any = Zone.objects.filter(city__code__startswith=self.document.region_prefix).values_list(*fields)
        return {
            pk: ZoneFacts(
                pk, code, name, city, county, star, tuple(industries or ()), planned, built, tuple(plates[pk])
            )
            for pk, code, name, city, county, star, industries, planned, built in rows
        }

    @cached_property
    def merged_away(self) -> set[int]:
        """Zones that were merged, split or entrusted by the day: their successors stand for them."""
        return set(ZoneSuccession.objects.filter(on__lte=self.day).values_list("predecessor_id", flat=True))

    @cached_property
    def active_zones(self) -> list[ZoneFacts]:
        return [zone for zone in self.zones.values() if zone.active and zone.pk not in self.merged_away]

    @cached_property
    def successions(self) -> list[dict[str, Any]]:
        rows = ZoneSuccession.objects.filter(on__lte=self.day, successor__in=list(self.zones))
        return _dicts(rows.values("predecessor_id", "successor_id", "kind", "on", "share_pct", "document"))

    @cached_property
    def shares(self) -> list[dict[str, Any]]:
        rows = StatisticalShare.objects.filter(zone__in=list(self.zones))
        return _dicts(rows.values("zone_id", "region_id", "from_year", "share_pct"))

    @cached_property
    def new_plates(self) -> list[dict[str, Any]]:
        """Plates that began after the document was issued."""
        rows = Designation.objects.filter(zone__in=list(self.zones), valid_from__gt=self.document.issued_on)
        return _dicts(rows.values("zone_id", "code", "name", "valid_from", "approval_document"))

    @cached_property
    def area_history(self) -> dict[int, list[tuple[Any, Decimal | None, str]]]:
        """What was ever written of a plate's approved area and document, oldest first, by zone and plate."""
        events = apps.get_model("parks", "DesignationEvent")
        rows = events.objects.filter(zone__in=list(self.zones)).order_by("pgh_obj_id", "pgh_id")
        found: dict[int, list[tuple[Any, Decimal | None, str]]] = defaultdict(list)
        for plate, at, area, document in rows.values_list(
            "pgh_obj_id", "pgh_created_at", "approved_area_ha", "approval_document"
        ):
            found[plate].append((at, area, document))
        return found

    @cached_property
    def plate_zones(self) -> dict[int, tuple[int, str]]:
        rows = Designation.objects.filter(zone__in=list(self.zones)).values_list("pk", "zone_id", "name")
        return {pk: (zone, name) for pk, zone, name in rows}

    @cached_property
    def planned_history(self) -> dict[int, list[tuple[Any, Decimal | None]]]:
        """What was ever written of a zone's planned area, oldest first."""
        events = apps.get_model("parks", "ZoneHistory")
        rows = events.objects.filter(pgh_obj__in=list(self.zones)).order_by("pgh_obj_id", "pgh_id")
        found: dict[int, list[tuple[Any, Decimal | None]]] = defaultdict(list)
        for zone, at, area in rows.values_list("pgh_obj_id", "pgh_created_at", "planned_area_km2"):
            found[zone].append((at, area))
        return found

    @cached_property
    def approvals(self) -> dict[int, set[int]]:
        """Years in which a zone's timeline tells of an approval or adjustment, by zone."""
        kinds = [EventKind.APPROVED, EventKind.ADJUSTED]
        found: dict[int, set[int]] = defaultdict(set)
        rows = ZoneEvent.objects.filter(zone__in=list(self.zones), kind__in=kinds)
        for zone, year in rows.values_list("zone_id", "year"):
            found[zone].add(year)
        return found

    # ---- cases --------------------------------------------------------------------------------------------------

    @cached_property
    def tiers(self) -> dict[int, str]:
        """Quality tier of each zone in force, by final decisions."""
        rows = ZoneStatus.objects.filter(kind=StatusKind.TIER).in_force_on(self.day)
        return dict(rows.values_list("zone_id", "value"))

    @cached_property
    def incidents(self) -> list[dict[str, Any]]:
        """Valid incidents of the last twelve months."""
        since = (
            self.day.replace(year=self.day.year - 1)
            if (self.day.month, self.day.day) != (2, 29)
            else date(self.day.year - 1, 2, 28)
        )
        rows = Incident.objects.valid().filter(zone__in=list(self.zones), on__gt=since)
        return _dicts(rows.values("zone_id", "kind", "on", "title", "synthetic"))

    @cached_property
    def findings_of_management(self) -> list[dict[str, Any]]:
        """Written findings of poor management that stand, whenever they were made."""
        rows = Incident.objects.valid().filter(zone__in=list(self.zones), kind=IncidentKind.MANAGEMENT)
        return _dicts(rows.values("zone_id", "on", "title", "document_number", "synthetic"))

    @cached_property
    def measures(self) -> list[dict[str, Any]]:
        rows = Measure.objects.filter(zone__in=list(self.zones))
        return _dicts(rows.values("zone_id", "step", "opened_on", "closed_on", "synthetic"))

    def measure_open_on(self, zone: int, day: date) -> date | None:
        """When the measure began that stood against a zone on a day; None without one."""
        stood = [
            row["opened_on"]
            for row in self.measures
            if row["zone_id"] == zone
            and row["opened_on"] <= day
            and (row["closed_on"] is None or day < row["closed_on"])
        ]
        return min(stood, default=None)

    @cached_property
    def application_states(self) -> dict[int, str]:
        """How the applications of each zone are met by its last final decision."""
        rows = ZoneStatus.objects.filter(kind=StatusKind.APPLICATIONS, zone__in=list(self.zones))
        return dict(rows.in_force_on(self.day).values_list("zone_id", "value"))

    @cached_property
    def final_decisions(self) -> list[dict[str, Any]]:
        """Confirmed decisions of final proceedings, of each zone and year the newest version."""
        rows = Decision.objects.filter(
            proceeding__status=ProceedingStatus.FINAL, confirmed_at__isnull=False, zone__in=list(self.zones)
        ).order_by("zone_id", "proceeding__year", "version")
        return _dicts(rows.values("zone_id", "proceeding__year", "outcome", "proceeding__synthetic"))

    @cached_property
    def schemes(self) -> list[Scheme]:
        return list(Scheme.objects.published().of_province(self.document.region_code))

    @cached_property
    def finished_runs(self) -> list[dict[str, Any]]:
        """The newest finished run of each class and year."""
        own = Scheme.objects.of_province(self.document.region_code)
        rows = Run.objects.filter(scheme__in=own, status=RunStatus.DONE).order_by(
            "scheme__zone_class", "year", "-finished_at"
        )
        newest = rows.distinct("scheme__zone_class", "year")
        return _dicts(newest.values("pk", "scheme__zone_class", "year", "finished_at", "synthetic"))

    @cached_property
    def proceedings(self) -> dict[tuple[str, int], str]:
        """Status of the proceeding of each class and year that was not abandoned."""
        own = ["", self.document.region_code]
        rows = Proceeding.objects.filter(~Q(status=ProceedingStatus.ABANDONED), region_code__in=own)
        return {
            (zone_class, year): status for zone_class, year, status in rows.values_list("zone_class", "year", "status")
        }

    @cached_property
    def evaluated_classes(self) -> dict[int, dict[str, Any]]:
        """By city its newest year with a final evaluation of enterprises, and the classes that enterprises then have."""
        rows = EvaluationResult.objects.filter(evaluation__final_at__isnull=False, zone__in=list(self.zones))
        grouped = (
            rows.exclude(grade="")
            .order_by("zone__city", "-evaluation__year", "grade")
            .distinct("zone__city", "evaluation__year", "grade")
        )
        found: dict[int, dict[str, Any]] = {}
        for city, year, grade, synthetic in grouped.values_list(
            "zone__city", "evaluation__year", "grade", "evaluation__synthetic"
        ):
            held = found.setdefault(city, {"year": year, "classes": set(), "synthetic": False})
            if held["year"] == year:
                held["classes"].add(grade)
                held["synthetic"] = held["synthetic"] or synthetic
        return found

    # ---- figures ------------------------------------------------------------------------------------------------

    @cached_property
    def year(self) -> int | None:
        return reporting_year()

    def figures(self, code: str, year: int | None = None) -> dict[str, float]:
        """An indicator of a year (the newest reporting year) by code of the zone; empty where the catalogue has none such."""
        year = self.year if year is None else year
        if year is None:
            return {}
        try:
            frame = matrix(codes=[code], years=[year])
        except KeyError:
            return {}
        self.synthetic_figures = bool(frame.attrs.get("synthetic"))
        column = frame[code].dropna()
        zones = column.index.get_level_values("zone")
        return {str(zone): float(value) for zone, value in zip(zones, column, strict=True)}

    synthetic_figures: bool = False

    # ---- registers ----------------------------------------------------------------------------------------------

    @cached_property
    def registers(self) -> dict[str, list[dict[str, Any]]]:
        """Standing entries of the registers the rules read, by code; without an app of registers there are none."""
        if not has_registers():
            return {}
        present = register_model("Register").objects.filter(active=True)
        found: dict[str, list[dict[str, Any]]] = {code: [] for code in present.values_list("code", flat=True)}
        entries = register_model("Entry").objects.filter(
            withdrawn_at=None, register__active=True, register__code__in=READ_REGISTERS
        )
        for row in entries.values(
            "pk", "register__code", "zone_id", "region_id", "data", "title", "dated", "synthetic"
        ):
            found[row["register__code"]].append(row)
        return found

    def entries(self, register: str) -> list[dict[str, Any]]:
        """Entries in the province's zones and regions."""
        return [
            row
            for row in self.registers.get(register, [])
            if row["zone_id"] in self.zones or row["region_id"] in self.regions
        ]

    @cached_property
    def by_code(self) -> dict[str, ZoneFacts]:
        return {zone.code: zone for zone in self.zones.values()}

    def zone_of(self, row: dict[str, Any]) -> ZoneFacts | None:
        """The zone an entry hangs on or names as `in_zone`."""
        if row["zone_id"] in self.zones:
            return self.zones[row["zone_id"]]
        return self.by_code.get(str(row["data"].get("in_zone", "")))

    @cached_property
    def land_scores(self) -> dict[int, tuple[int, Decimal]]:
        """Year and score of the newest final evaluation of land use, by zone."""
        found: dict[int, tuple[int, Decimal]] = {}
        for row in self.entries("land_evaluations"):
            data = row["data"]
            if data.get("status") in {"final", "applied"} and data.get("score") is not None:
                scored = (int(data["year"]), Decimal(str(data["score"])))
                found[row["zone_id"]] = max(scored, found.get(row["zone_id"], scored))
        return found


READ_REGISTERS = (
    "incubators", "stalled_assets", "policy_measures", "management_bodies", "zone_reserve", "abatement_projects",
    "city_industry_demos", "zone_applications", "plan_checks", "land_evaluations", "land_quotas", "emission_quotas",
    "catalogue_applications", "development_phases", "environmental_access", "investment_projects", "class_measures",
)  # fmt: skip
