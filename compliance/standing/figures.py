"""Indicators with their trend over the province (指标现状); kept until a figure changes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from common.numbers import format_number
from indicators.enums import IndicatorScope
from indicators.models import Indicator, ProvinceValue, Round
from indicators.selectors import matrix, newest_change, rollup
from parks.models import Zone
from policy.enums import ProvisionStatus
from policy.models import Carrier, Document
from policy.standing import Provided, Standing

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
    wanted = sorted({code for group in codes.values() for code in group})
    if not wanted:
        return told
    trends = trends_of(document, wanted)
    items = {item.code: item for item in Indicator.objects.filter(code__in=wanted)}
    for key, group in codes.items():
        told.by_instrument[key] += [_standing(items[code], trends.get(code)) for code in group if code in items]
    return told


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
        for code in own:
            if code in whole and len(whole):
                line = whole[code].dropna()
                years = line.index.get_level_values("year")
                series = [(int(year), float(value)) for year, value in zip(years, line, strict=True)]
                if series:
                    found[code] = {"series": series, "synthetic": bool(frame.attrs.get("synthetic"))}
    province = [code for code in codes if code in items and items[code].scope != IndicatorScope.ZONE]
    rows = ProvinceValue.objects.filter(indicator__code__in=province).order_by("year")
    for code, year, number, synthetic in rows.values_list("indicator__code", "year", "number", "synthetic"):
        if number is not None:
            line = found.setdefault(code, {"series": [], "synthetic": False})
            line["series"].append((year, float(number)))
            line["synthetic"] |= synthetic
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
