"""Reads of evaluations of enterprises (企业综合评价查询)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import User
from assessments.engine import Scheme as Method
from assessments.engine import load_scheme
from assessments.enums import Subject
from assessments.evaluations.collect import REGISTER, YEAR, readable
from assessments.models import Evaluation, EvaluationResult, Scheme
from assessments.selectors.methods import method_of
from parks.enums import RegionLevel
from parks.models import Region, Zone
from registers.definition import Definition
from registers.models import Enterprise, Entry, Register

EFFECTS = "class_measures"
"""The register that says what follows from each class."""


def usable_schemes() -> list[Scheme]:
    """Methods for enterprises with classes that read nothing but what the register has; the newest version first."""
    register = Register.objects.active().filter(code=REGISTER).first()
    if register is None:
        return []
    known = readable(register.spec)
    found = Scheme.objects.library().filter(zone_class=Subject.ENTERPRISE).order_by("code", "-version")
    return [scheme for scheme in found if _usable(scheme.text, frozenset(known))]


@lru_cache(maxsize=64)
def _usable(text: str, known: frozenset[str]) -> bool:
    method = load_scheme(text)
    return method.grading is not None and set(method.inputs()) <= known


@lru_cache(maxsize=64)
def _method(text: str, settings: tuple[tuple[str, float], ...]) -> Method:
    return load_scheme(text, settings=dict(settings))


def method_used(evaluation: Evaluation) -> Method:
    """The method as it was used, with the settings given at the start."""
    if not evaluation.settings:
        return method_of(evaluation.text)
    return _method(evaluation.text, tuple(sorted(evaluation.settings.items())))


def evaluable_years() -> list[int]:
    """Years with figures in the register, the newest first, of those that are over."""
    years = Entry.objects.standing().filter(register__code=REGISTER, data__has_key=YEAR)
    found = {int(year) for year in years.order_by().values_list(f"data__{YEAR}", flat=True).distinct()}
    return sorted((year for year in found if year < timezone.localdate().year), reverse=True)


def evaluable_places(user: User) -> list[Region | Zone]:
    """Regions and zones whose enterprises the user may evaluate: the larger first."""
    regions = [
        region
        for region in Region.objects.exclude(office=None).filter(valid_to_year=None).select_related("office")
        if region.office is not None and user.may(Permission.ENTERPRISE_EVALUATE, region.office.path)
    ]
    order = {RegionLevel.PROVINCE: 0, RegionLevel.CITY: 1}
    regions.sort(key=lambda region: (order.get(RegionLevel(region.level), 2), region.code))
    zones = Zone.objects.visible_to(user, Permission.ENTERPRISE_EVALUATE).select_related("administration")
    return [*regions, *zones]


# ---- one evaluation -------------------------------------------------------------------------------------------


@dataclass
class ClassCount:
    """A class with how many enterprises have it in the reader's sight."""

    code: str
    named: dict[str, str]
    number: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        return 100 * self.number / self.of if self.of else 0.0


@dataclass
class Distribution:
    """Classes in sight, with those left out or without a figure, over all and by zone."""

    classes: list[ClassCount] = field(default_factory=list)
    left_out: int = 0
    missing: int = 0
    total: int = 0
    zones: list[tuple[Any, dict[str, int]]] = field(default_factory=list)


def results_of(evaluation: Evaluation, user: User) -> QuerySet[EvaluationResult]:
    rows = EvaluationResult.objects.visible_to(user).filter(evaluation=evaluation)
    return rows.select_related("enterprise", "zone")


def distribution(evaluation: Evaluation, user: User) -> Distribution:
    """How many enterprises of each class the reader may see; one query."""
    rows = EvaluationResult.objects.visible_to(user).filter(evaluation=evaluation).order_by()
    lacking = Count("pk", filter=Q(reason=EvaluationResult.MISSING))
    counted = rows.values("zone__code", "zone__name", "grade").annotate(number=Count("pk"), lacking=lacking)
    found = Distribution([ClassCount(each["code"], each) for each in evaluation.summary.get("classes", [])])
    by_code = {each.code: each for each in found.classes}
    zones: dict[str, tuple[Any, dict[str, int]]] = {}
    for row in counted.order_by("zone__code"):
        zone = zones.setdefault(row["zone__code"], ((row["zone__code"], row["zone__name"]), {}))
        zone[1][row["grade"]] = row["number"]
        found.total += row["number"]
        if row["grade"] in by_code:
            by_code[row["grade"]].number += row["number"]
        else:
            found.missing += row["lacking"]
            found.left_out += row["number"] - row["lacking"]
    for each in found.classes:
        each.of = found.total - found.missing - found.left_out
    found.zones = list(zones.values())
    return found


def classes_of(enterprise: Enterprise, user: User) -> list[EvaluationResult]:
    """The enterprise's results that the user may see, the newest year first, of one year the newest final one first."""
    rows = EvaluationResult.objects.visible_to(user).filter(enterprise=enterprise)
    rows = rows.select_related("evaluation__region", "evaluation__zone", "evaluation__scheme", "zone", "enterprise")
    found = list(rows.defer("evaluation__inputs", "evaluation__text").order_by("-evaluation__year", "-evaluation_id"))
    return sorted(found, key=lambda r: (-r.evaluation.year, r.evaluation.final_at is None, -r.evaluation_id))


def replaced_by_later(evaluation: Evaluation) -> Evaluation | None:
    """A later final evaluation of the same enterprises and year, which counts instead."""
    if evaluation.final_at is None:
        return None
    same = Evaluation.objects.final().filter(
        year=evaluation.year,
        region=evaluation.region_id,
        zone=evaluation.zone_id,
        above_scale=evaluation.above_scale,
        final_at__gt=evaluation.final_at,
    )
    return same.defer("inputs", "text").order_by("-final_at").first()


# ---- what follows ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effects:
    """What follows from the classes (差别化政策): resources by rows, classes by columns, each with its entries."""

    register: Register
    fields: list[tuple[str, str]]
    classes: list[tuple[str, str]]
    cells: dict[tuple[str, str], list[Entry]]

    @property
    def rows(self) -> list[tuple[str, list[list[Entry]]]]:
        return [
            (name, [self.cells.get((field, code), []) for code, _name in self.classes]) for field, name in self.fields
        ]

    def of(self, grade: str) -> list[tuple[str, list[Entry]]]:
        """What follows for one class, by resource."""
        code = grade.lower()
        told = [(name, self.cells.get((field, code), [])) for field, name in self.fields]
        return [(name, entries) for name, entries in told if entries]


def effects_in(place: Region | Zone, user: User) -> Effects | None:
    """What is in force for enterprises of a territory: of its own region and of those above it; None without a register."""
    register = Register.objects.active().filter(code=EFFECTS).first()
    if register is None:
        return None
    spec, today = register.spec, timezone.localdate().isoformat()
    entries = Entry.objects.visible_to(user).standing().filter(register=register, region__in=_above(place))
    entries = entries.filter(data__contains={"status": "in_force"}).select_related("register", "region")
    cells: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries.order_by("region__code", "pk"):
        if entry.data.get("effective_date", "") <= today <= entry.data.get("expiry_date", "9999"):
            cells.setdefault((entry.data["field"], entry.data["evaluation_class"]), []).append(entry)
    return Effects(register, _choices(spec, "field"), _choices(spec, "evaluation_class"), cells)


def _choices(spec: Definition, code: str) -> list[tuple[str, str]]:
    asked = spec.field(code)
    assert asked is not None  # the pack's own
    return [(choice, asked.choice_label(choice)) for choice in asked.choices]


def _above(place: Region | Zone) -> Iterable[int]:
    regions: list[int | None] = []
    region: Region | None = place if isinstance(place, Region) else place.county or place.city
    if isinstance(place, Zone):
        regions.append(place.city_id)
    while region is not None:
        regions.append(region.pk)
        region = region.parent
    provinces = Region.objects.filter(level=RegionLevel.PROVINCE, code__startswith=_code(place)[:2])
    return {pk for pk in (*regions, *provinces.values_list("pk", flat=True)) if pk is not None}


def _code(place: Region | Zone) -> str:
    return place.code if isinstance(place, Region) else place.city.code
