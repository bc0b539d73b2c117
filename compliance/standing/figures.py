"""Indicators with their trend over the province (指标现状); kept until a figure changes."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from common.numbers import format_number
from common.units import is_rate
from compliance.composites import figures_of, told_of
from compliance.models import CompositeFigure
from compliance.standing.registers import undecided
from indicators.enums import Grouping, IndicatorScope
from indicators.models import Indicator, Round
from indicators.selectors import matrix, newest_change, province_series, reporting_year, rollup
from indicators.selectors.figures import memberships
from parks.axes import empty_axes
from parks.enums import SpatialAxis
from parks.models import RegionAxis, Zone
from policy.declarations import declared
from policy.enums import InstrumentKind, ProvisionStatus
from policy.models import Carrier, Document, Ruling
from policy.standing import Provided, Standing
from policy.words import TermLine, term_lines

KEEP = 24 * 3600


def provide(document: Document) -> Provided:
    """The indicators that carry an instrument out, each with its newest figure of the province and the years before."""
    told = Provided()
    carriers = Carrier.objects.filter(instrument__document=document, owner="indicators")
    codes: dict[str, list[str]] = defaultdict(list)
    for key, url_name, argument in carriers.values_list("instrument__key", "url_name", "url_arg"):
        if url_name == "indicator_detail":
            codes[key].append(argument)
        elif url_name == "indicator_list":
            told.by_instrument[key].append(_catalogue(document))
    waiting = _waiting(document, codes)
    by_axis = {key: codes.pop(key) for key in _by_axis(document) & set(codes)}
    wanted = sorted({code for group in codes.values() for code in group})
    trends = trends_of(document, wanted) if wanted else {}
    measured = {code for group in by_axis.values() for code in group}
    items = {item.code: item for item in Indicator.objects.filter(code__in={*wanted, *measured})}
    for key, group in codes.items():
        told.by_instrument[key] += [_standing(items[code], trends.get(code)) for code in group if code in items]
    for key, group in by_axis.items():
        told.by_instrument[key] += _axis_standings(document, [items[code] for code in group if code in items])
    _say_words(told, document, waiting)
    return told


PART = re.compile(r"[a-z][a-z0-9_]+")


def _waiting(document: Document, codes: dict[str, list[str]]) -> set[str]:
    """Instruments that wait for a word: composites, for their parts and weights.

    To a composite the first indicator of each of its parts is added to `codes`.
    """
    found = set()
    for key, fields in document.instruments.filter(kind=InstrumentKind.INDICATOR).values_list("key", "fields"):
        pairs = declared(fields)
        if pairs.get("type") == "index":
            found.add(key)
            parts = PART.findall(pairs.get("formula", "").removeprefix("composite"))
            codes[key] += [codes[part][0] for part in parts if codes.get(part)]
    return found


def _by_axis(document: Document) -> set[str]:
    """Instruments that are measured axis by axis (发展轴带), policy P040."""
    rows = document.instruments.filter(kind=InstrumentKind.INDICATOR).values_list("key", "fields")
    return {key for key, fields in rows if "spatial_axis" in declared(fields).get("group_by", "")}


def _axis_standings(document: Document, items: list[Indicator]) -> list[Standing]:
    """The newest figure of each item on each axis; undecided, and not computed, while an axis has no place."""
    url = f"{reverse('figure_list')}?level={Grouping.AXIS}"
    if empty := empty_axes(document.region_prefix):
        words = _("%(axes)s包括哪些地方未定，由省政府确定、省联席会议办公室登记；登记之前不计算") % {
            "axes": _("、").join(str(axis.label) for axis in empty)
        }
        return [Standing(ProvisionStatus.UNDECIDED, words, reverse("axis_list"))]
    series, synthetic = _axis_series(document, [item.code for item in items])
    found = []
    for item in items:
        for axis in SpatialAxis:
            line = series.get((item.code, axis), ())
            facts: dict[str, Any] = {"axis": axis.label, "name": item.label}
            if not line:
                words = _("%(axis)s：%(name)s尚无数据") % facts
                found.append(Standing(ProvisionStatus.NO_DATA, words, url))
                continue
            year, value = line[-1]
            facts |= {"year": year, "value": format_number(value, item.decimals), "unit": item.unit_label}
            words = _("%(axis)s：%(name)s %(year)s 年 %(value)s %(unit)s") % facts
            found.append(Standing(ProvisionStatus.CARRIED, words, url, tuple(line[-8:]), synthetic=synthetic))
    return found


def _axis_series(document: Document, codes: list[str]) -> tuple[dict[tuple[str, str], list[tuple[int, float]]], bool]:
    """Figures of the province's zones by code and axis, year by year; kept until a figure or a place changes."""
    places = sorted(RegionAxis.objects.of_province(document.region_prefix).values_list("axis", "region__code"))
    told = hashlib.sha256(repr((codes, places)).encode()).hexdigest()[:16]
    key = f"policy-axes:{document.pk}:{newest_change()}:{told}"
    found: tuple[dict[tuple[str, str], list[tuple[int, float]]], bool] | None = cache.get(key)
    if found is None:
        items = Indicator.objects.filter(code__in=codes)
        parts = {name for item in items if item.formula for name in _names(item.formula)}
        zones = Zone.objects.of_province(document.region_code).values_list("code", flat=True)
        frame = matrix(codes=sorted({*codes, *parts}), zone_codes=list(zones))
        whole = rollup(frame, memberships(Grouping.AXIS, frame.index)) if len(frame) else frame
        series: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
        for code in codes if len(whole) else ():
            line = whole[code].dropna()
            for (axis, year), value in zip(line.index.tolist(), line.tolist(), strict=True):
                series[code, str(axis)].append((int(year), float(value)))
        found = (dict(series), bool(frame.attrs.get("synthetic")))
        cache.set(key, found, KEEP)
    return found


def _say_words(told: Provided, document: Document, waiting: set[str]) -> None:
    """What was decided on what these wait for, or that nobody has; nothing is made up in between."""
    keys = dict(document.provisions.values_list("pk", "instrument__key"))
    figures = figures_of(document)
    for line in term_lines(document):
        for key in {keys[provision.pk] for provision in line.term.provisions.all()} & waiting:
            if line.term.composite and line.ruling is not None:
                told.by_instrument[key].insert(0, _index(line, line.ruling, figures.get(line.ruling.pk, [])))
            else:
                told.by_instrument[key].insert(0, _decided(line))


def _index(line: TermLine, ruling: Ruling, rows: list[CompositeFigure]) -> Standing:
    """The index that a decision settled, its newest year first told; undecided where the decision names no parts."""
    url, facts = line.term.get_absolute_url(), {"word": line.term.word, "text": line.shown, "basis": ruling.basis}
    if not ruling.parts:
        words = _("“%(word)s”已定：%(text)s（%(basis)s），没有登记分项和权重，不能计算")
        return Standing(ProvisionStatus.UNDECIDED, words % facts, url)
    if not rows:
        words = _("“%(word)s”已定：%(text)s（%(basis)s）；正在计算，或基年的数据不全")
        return Standing(ProvisionStatus.NO_DATA, words % facts, url)
    newest = told_of(rows)
    told = facts | {"year": newest["year"], "value": format_number(newest["value"], 1), "base": ruling.base_year}
    words = _("%(word)s %(year)s 年 %(value)s（%(base)s 年为 100）") % told
    if newest["change"] is not None:
        words += _("，比上年 %(change)s%%") % {"change": f"{newest['change']:+.1f}"}
    series = tuple((row.year, row.value) for row in rows[-8:])
    return Standing(ProvisionStatus.CARRIED, words, url, series, synthetic=rows[-1].synthetic)


def _decided(line: TermLine) -> Standing:
    if line.ruling is None:
        return undecided(line.term)
    facts = {"word": line.term.word, "text": line.shown, "basis": line.ruling.basis}
    words = _("“%(word)s”已定：%(text)s（%(basis)s）；分项如下") % facts
    return Standing(ProvisionStatus.CARRIED, words, line.term.get_absolute_url())


def _catalogue(document: Document) -> Standing:
    rounds = Round.objects.of_province(document.region_code).count()
    facts = {"indicators": Indicator.objects.count(), "rounds": rounds}
    words = _("目录 %(indicators)s 项指标，填报任务 %(rounds)s 个") % facts
    status = ProvisionStatus.CARRIED if facts["rounds"] else ProvisionStatus.NO_DATA
    return Standing(status, words, reverse("indicator_list"))


def trends_of(document: Document, codes: list[str]) -> dict[str, Any]:
    """Yearly figures of the province for every code with any: `series` of (year, value), `synthetic`; cached by the news."""
    key = f"policy-trends:{document.pk}:{newest_change()}:{hash(tuple(codes)) & 0xFFFFFFFF}"
    found = cache.get(key)
    if found is None:
        found = _trends(document, codes)
        cache.set(key, found, KEEP)
    return found


def _trends(document: Document, codes: list[str]) -> dict[str, Any]:
    zones = Zone.objects.filter(city__code__startswith=document.region_prefix).values_list("code", flat=True)
    items = {item.code: item for item in Indicator.objects.filter(code__in=codes)}
    own = [code for code in codes if code in items and items[code].scope == IndicatorScope.ZONE]
    parts = {name for code in own if items[code].formula for name in _names(items[code].formula)}
    found: dict[str, Any] = {}
    if own:
        frame = matrix(codes=sorted({*own, *parts}), zone_codes=list(zones))
        whole = rollup(frame, dict.fromkeys(zones, "all")) if len(frame) else frame
        newest = reporting_year() or 0
        for code in own:
            if code in whole and len(whole):
                line = whole[code].dropna()
                years = line.index.get_level_values("year")
                # A sum over the zones that have filed so far would look like a fall.
                last = 9999 if is_rate(items[code].unit) else newest
                series = [(int(year), float(value)) for year, value in zip(years, line, strict=True) if year <= last]
                if series:
                    found[code] = {"series": series, "synthetic": bool(frame.attrs.get("synthetic"))}
    province = [code for code in codes if code in items and items[code].scope != IndicatorScope.ZONE]
    held = province_series(province, list(zones), document.region_code) if province else {}
    for code, told in held.items():
        found[code] = {"series": list(told.points), "synthetic": told.synthetic}
    return found


def _names(formula: str) -> tuple[str, ...]:
    from common.formula import Formula

    return tuple(Formula.parse(formula).names)


def _standing(item: Indicator, trend: dict[str, Any] | None) -> Standing:
    url = reverse("indicator_detail", args=[item.code])
    if not trend:
        return Standing(ProvisionStatus.NO_DATA, _("%(name)s：尚无数据") % {"name": item.label}, url)
    series = trend["series"]
    year, value = series[-1]
    facts = {"name": item.label, "year": year, "value": format_number(value, item.decimals), "unit": item.unit_label}
    words = _("%(name)s %(year)s 年 %(value)s %(unit)s") % facts
    if len(series) > 1 and series[-2][0] == year - 1 and series[-2][1]:
        change = 100 * (value / series[-2][1] - 1)
        words += _("，比上年 %(change)s%%") % {"change": f"{change:+.1f}"}
    return Standing(ProvisionStatus.CARRIED, words, url, tuple(series[-8:]), synthetic=trend["synthetic"])
