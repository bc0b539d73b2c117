"""Registers with their counts, classifications with their members (台账与分类现状)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.enums import StatusKind, Tier
from assessments.models import ZoneStatus
from common.numbers import format_number
from compliance.optional import has_registers, register_model
from compliance.rules.registers import TEN_CITIES
from parks.enums import DesignationLevel, SpatialAxis, ZoneClass
from parks.models import Designation, Region, RegionAxis, Zone
from policy.enums import InstrumentKind, ProvisionStatus
from policy.models import Carrier, Document, Term
from policy.standing import Provided, Standing
from registers.definition import Measure
from registers.filters import among
from registers.selectors import register_counts, with_numbers


@dataclass(frozen=True, slots=True)
class _Held:
    """An active register: how many entries stand, whether any is made up, its definition as stored."""

    entries: int
    synthetic: bool
    definition: Mapping[str, Any]

    @property
    def department(self) -> str:
        return str(self.definition.get("department") or "")

    @property
    def classes(self) -> Iterator[tuple[str, str, list[list[str]]]]:
        """Each field that carries a classification out: the classification, the field, its choices with their words."""
        for field in self.definition.get("fields", ()):
            if field.get("classifies"):
                yield field["classifies"], field["code"], field["choices"]

    @property
    def measured(self) -> Iterator[tuple[str, Measure]]:
        """Each figure that an instrument other than the register's own asks for, with that instrument."""
        for measure in self.definition.get("measures", ()):
            if measure.get("instrument") and measure["instrument"] != self.definition["instrument"]:
                yield measure["instrument"], Measure.model_validate(measure)


def _within(document: Document, prefix: str = "") -> Q:
    """Entries that hang on a zone or region of the document's province."""
    start = document.region_prefix
    return Q(**{f"{prefix}zone__city__code__startswith": start}) | Q(**{f"{prefix}region__code__startswith": start})


def _held(document: Document) -> dict[str, _Held]:
    """Each active register by its code, with what it holds in the document's province; one query, none without registers."""
    if not has_registers():
        return {}
    registers = register_model("Register").objects.filter(active=True)
    held = Count("entries", filter=Q(entries__withdrawn_at=None) & _within(document, "entries__"))
    entries = register_model("Entry").objects.filter(_within(document), withdrawn_at=None, synthetic=True)
    made_up = Exists(entries.filter(register=OuterRef("pk")))
    rows = registers.annotate(held=held, made_up=made_up).values_list("code", "held", "made_up", "definition")
    return {code: _Held(*facts) for code, *facts in rows}


def provide(document: Document) -> Provided:
    """Every register that carries an instrument out, with how many entries it has."""
    told, held, open_words = Provided(), _held(document), _open_words(document)
    classed = {(key, code) for code, register in held.items() for key, _field, _choices in register.classes}
    figures = _figures(document, held)
    carriers = Carrier.objects.filter(instrument__document=document, url_name="entry_list")
    for key, code, kind in carriers.values_list("instrument__key", "url_arg", "instrument__kind"):
        if code not in held:
            continue
        if (key, code) in figures:
            told.by_instrument[key] += figures[key, code]
        elif (key, code) not in classed:
            undecided = open_words.get(key) if kind == InstrumentKind.CLASSIFICATION else None
            told.by_instrument[key].append(_counted(code, held[code], undecided))
        if held[code].department:
            told.departments[key].add(held[code].department)
    _classed(told, document, held, open_words)
    return told


def _figures(document: Document, held: dict[str, _Held]) -> dict[tuple[str, str], list[Standing]]:
    """Figures of registers that an instrument asks for, by instrument and register, over the province; one query."""
    asked = [(code, key, measure) for code, register in held.items() for key, measure in register.measured]
    if not asked:
        return {}
    last = timezone.localdate().year - 1
    prefix = document.region_prefix
    places = [*Zone.objects.filter(city__code__startswith=prefix).values_list("code", flat=True)]
    places += Region.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    counted = register_counts(
        {measure.code for _code, _key, measure in asked}, range(last - 7, last + 1), places=places
    )
    whole = counted.groupby(["measure", "year"], as_index=False)[["part", "whole", "entries"]].sum()
    rows = with_numbers(whole, {measure.code: measure.kind for _code, _key, measure in asked}).dropna(subset=["number"])
    found: dict[tuple[str, str], list[Standing]] = {}
    for code, key, measure in asked:
        line = rows[(rows["measure"] == measure.code) & (rows["entries"] > 0)]
        series = tuple((int(year), float(number)) for year, number in zip(line["year"], line["number"], strict=True))
        found.setdefault((key, code), []).append(_figure(code, measure, series, synthetic=held[code].synthetic))
    return found


def _figure(code: str, measure: Measure, series: tuple[tuple[int, float], ...], *, synthetic: bool) -> Standing:
    url = reverse("entry_list", args=[code])
    if not series:
        return Standing(ProvisionStatus.NO_DATA, _("%(name)s：尚无数据") % {"name": measure.label}, url)
    year, number = series[-1]
    digits = 1 if measure.unit == "%" else 0
    shown = {"name": measure.label, "year": year, "value": format_number(number, digits), "unit": measure.unit_label}
    return Standing(
        ProvisionStatus.CARRIED,
        _("台账统计：%(name)s %(year)s 年 %(value)s %(unit)s") % shown,
        url,
        series,
        synthetic=synthetic,
    )


def _open_words(document: Document) -> dict[str, Term]:
    """The first word of each instrument that nobody has decided and nothing is assumed for."""
    found: dict[str, Term] = {}
    terms = Term.objects.filter(document=document, rulings=None, start=None).select_related("document")
    for term in terms.prefetch_related("provisions__instrument"):
        for provision in term.provisions.all():
            found.setdefault(provision.instrument.key, term)
    return found


def undecided(term: Term) -> Standing:
    """A standing that says which word is open and who must decide."""
    words = _("“%(word)s”未定：%(question)s，由%(decider)s确定")
    facts = {"word": term.word, "question": term.question, "decider": term.decider}
    return Standing(ProvisionStatus.UNDECIDED, words % facts, term.get_absolute_url())


def _counted(code: str, held: _Held, open_word: Term | None) -> Standing:
    url = reverse("entry_list", args=[code])
    if not held.entries:
        return undecided(open_word) if open_word else Standing(ProvisionStatus.NO_DATA, _("台账已建，尚无登记"), url)
    words = _("台账在册 %(number)s 条") % {"number": held.entries}
    return Standing(ProvisionStatus.CARRIED, words, url, synthetic=held.synthetic)


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
    told.by_instrument["spatial_axis"].append(_axes(prefix))
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
    return told


def _axes(prefix: str) -> Standing:
    """How many places lie on each axis; undecided while one has none."""
    rows = RegionAxis.objects.of_province(prefix).order_by()
    held: dict[str, int] = dict(rows.values_list("axis").annotate(n=Count("pk")))
    standing = _members([(str(axis.label), held.get(axis, 0)) for axis in SpatialAxis], reverse("axis_list"))
    missing = [str(axis.label) for axis in SpatialAxis if axis not in held]
    if not missing:
        return standing
    words = _("%(counts)s；%(missing)s包括哪些地方未定，由省政府确定、省联席会议办公室登记")
    facts = {"counts": standing.words, "missing": _("、").join(missing)}
    return replace(standing, status=ProvisionStatus.UNDECIDED, words=words % facts)


def _members(named: list[tuple[str, int]], url: str, *, synthetic: bool = False) -> Standing:
    words = "、".join(f"{name} {number}" for name, number in named)
    status = ProvisionStatus.CARRIED if any(number for _name, number in named) else ProvisionStatus.NO_DATA
    return Standing(status, words, url, synthetic=synthetic)


def _classed(told: Provided, document: Document, held: dict[str, _Held], open_words: dict[str, Term]) -> None:
    """Classifications kept as a column of a register: how many entries each value has; one query for all."""
    own = set(document.instruments.values_list("key", flat=True))
    columns = [
        (code, key, field, choices)
        for code, register in held.items()
        for key, field, choices in register.classes
        if key in own
    ]
    if not columns:
        return
    entries = register_model("Entry").objects.filter(_within(document), withdrawn_at=None, register__active=True)
    wanted = {
        f"{code}__{field}__{choice}": Count("pk", filter=Q(among(field, choice), register__code=code))
        for code, _key, field, choices in columns
        for choice, *_words in choices
    }
    found = entries.aggregate(**wanted)
    english = (get_language() or "").startswith("en")
    for code, key, field, choices in columns:
        named = [(en if english else zh, found[f"{code}__{field}__{choice}"]) for choice, zh, en in choices]
        url = reverse("entry_list", args=[code])
        if any(number for _name, number in named):
            told.by_instrument[key].append(_members(named, url, synthetic=held[code].synthetic))
        elif key in open_words:
            told.by_instrument[key].append(undecided(open_words[key]))
        else:
            standing = Standing(ProvisionStatus.NO_DATA, _("台账中有这一栏，尚无登记"), url)
            told.by_instrument[key].append(standing)
