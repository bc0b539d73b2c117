"""Indicators with their trend over the province (指标现状); kept until a figure changes."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from common.numbers import format_number
from common.units import is_rate
from compliance.standing.registers import undecided
from indicators.enums import IndicatorScope
from indicators.models import Indicator, Round
from indicators.selectors import matrix, newest_change, province_series, reporting_year, rollup
from parks.models import RegionAxis, Zone
from policy.declarations import declared
from policy.enums import InstrumentKind, ProvisionStatus
from policy.models import Carrier, Document
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
            told.by_instrument[key].append(_catalogue())
    waiting = _waiting(document, codes)
    wanted = sorted({code for group in codes.values() for code in group})
    trends = trends_of(document, wanted) if wanted else {}
    items = {item.code: item for item in Indicator.objects.filter(code__in=wanted)}
    for key, group in codes.items():
        told.by_instrument[key] += [_standing(items[code], trends.get(code)) for code in group if code in items]
    _say_words(told, document, waiting)
    return told


PART = re.compile(r"[a-z][a-z0-9_]+")


def _waiting(document: Document, codes: dict[str, list[str]]) -> set[str]:
    """Instruments that wait for a word: composites, for their parts and weights, and those by axis, for its places.

    To a composite the first indicator of each of its parts is added to `codes`.
    """
    found = set()
    without_axes = not RegionAxis.objects.filter(region__code__startswith=document.region_prefix).exists()
    for key, fields in document.instruments.filter(kind=InstrumentKind.INDICATOR).values_list("key", "fields"):
        pairs = declared(fields)
        if pairs.get("type") == "index":
            found.add(key)
            parts = PART.findall(pairs.get("formula", "").removeprefix("composite"))
            codes[key] += [codes[part][0] for part in parts if codes.get(part)]
        elif "spatial_axis" in pairs.get("group_by", "") and without_axes:
            found.add(key)
    return found


def _say_words(told: Provided, document: Document, waiting: set[str]) -> None:
    """What was decided on what these wait for, or that nobody has; nothing is made up in between."""
    keys = dict(document.provisions.values_list("pk", "instrument__key"))
    for line in term_lines(document):
        for key in {keys[provision.pk] for provision in line.term.provisions.all()} & waiting:
            told.by_instrument[key].insert(0, _decided(line))


def _decided(line: TermLine) -> Standing:
    if line.ruling is None:
        return undecided(line.term)
    facts = {"word": line.term.word, "text": line.shown, "basis": line.ruling.basis}
    words = _("“%(word)s”已定：%(text)s（%(basis)s）；分项如下") % facts
    return Standing(ProvisionStatus.CARRIED, words, line.term.get_absolute_url())


def _catalogue() -> Standing:
    facts = {"indicators": Indicator.objects.count(), "rounds": Round.objects.count()}
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
