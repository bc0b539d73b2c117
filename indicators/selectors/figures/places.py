"""Which groups a zone's figures count in, and how much of them (汇总归属): counties, cities, classes, axes.

Statistics that are split between territories (属地分成, policy 二（一） P033) count in each of them by share; whatever
the grouping into territories, a figure counts once altogether. A zone of several classes, or on several axes, counts in
each of these.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from indicators.enums import Grouping
from indicators.selectors.figures.restating import period_end
from parks.enums import RegionLevel, SpatialAxis, ZoneClass
from parks.models import Designation, Region, RegionAxis, StatisticalShare, Zone

UNKNOWN = "-"
"""The group of what lies in no known county."""
COLUMNS = ["zone", "year", "group", "weight"]
Party = tuple[str, str, float]
"""Codes of county and city, and their share (0 to 1)."""


def memberships(level: str, index: pd.Index, part: str = "") -> pd.DataFrame:
    """Groups and weights for the zones and years of a matrix: columns zone, year, group, weight, for `rollup`."""
    pairs = pd.DataFrame(index.to_frame(index=False))[["zone", "year"]].drop_duplicates()
    match level:
        case Grouping.ZONE:
            return pairs.assign(group=pairs["zone"], weight=1.0)
        case Grouping.PROVINCE:
            return pairs.assign(group=Grouping.PROVINCE.value, weight=1.0)
        case Grouping.CLASS:
            return _classes(pairs, part)
        case Grouping.AXIS:
            return _axes(_places(pairs))
        case Grouping.CITY | Grouping.COUNTY:
            return _summed(_places(pairs).rename(columns={str(level): "group"}))
    raise ValueError(f"no grouping: {level}")


def _summed(table: pd.DataFrame) -> pd.DataFrame:
    sums = table.groupby(["zone", "year", "group"])["weight"].sum()
    return pd.DataFrame(sums).reset_index()


def _places(pairs: pd.DataFrame) -> pd.DataFrame:
    """Zone, year, county (`UNKNOWN` if not known), city, weight: the zone's own, or the split's in force that year."""
    fields = ["code", "county__code", "city__code"]
    zones = Zone.objects.filter(code__in=pairs["zone"].unique().tolist()).values_list(*fields)
    own = pd.DataFrame(zones, columns=["zone", "county", "city"], dtype=object)
    table = pairs.merge(own, on="zone").assign(weight=1.0)
    table["county"] = table["county"].fillna(UNKNOWN)
    splits = _splits(own["zone"])
    divided = [
        (zone, year, *party)
        for zone, year in pairs[pairs["zone"].isin(list(splits))].itertuples(index=False)
        for party in _split_in(splits[zone], year)
    ]
    if not divided:
        return table
    parts = pd.DataFrame(divided, columns=["zone", "year", "county", "city", "weight"])
    keys = pd.MultiIndex.from_frame(parts[["zone", "year"]])
    whole = ~pd.MultiIndex.from_frame(table[["zone", "year"]]).isin(keys)
    return pd.concat([table[whole], parts], ignore_index=True)


def _splits(zones: Iterable[str]) -> dict[str, dict[int, list[Party]]]:
    """The parties of recorded splits by zone and first year."""
    found: dict[str, dict[int, list[Party]]] = {}
    shares = StatisticalShare.objects.filter(zone__code__in=list(zones)).select_related("zone", "region__parent")
    for share in shares:
        region = share.region
        city = region if region.level == RegionLevel.CITY or region.parent is None else region.parent
        of_year = found.setdefault(share.zone.code, {}).setdefault(share.from_year, [])
        of_year.append((region.code, city.code, float(share.share_pct) / 100))
    return found


def _split_in(splits: dict[int, list[Party]], year: int) -> list[Party]:
    begun = [first for first in splits if first <= year]
    return splits[max(begun)] if begun else []


def _classes(pairs: pd.DataFrame, part: str) -> pd.DataFrame:
    """The classes of the plates in force on the last day of the period."""
    tables = [pd.DataFrame(columns=COLUMNS)]
    for year, of_year in pairs.groupby("year"):
        plates = Designation.objects.in_force_on(period_end(int(str(year)), part)).order_by()
        held = plates.values_list("zone__code", "zone_class").distinct()
        table = pd.DataFrame(held, columns=["zone", "group"], dtype=object)
        tables.append(of_year.merge(table, on="zone").assign(weight=1.0))
    return pd.concat([table for table in tables if len(table)] or tables)[COLUMNS]


def _axes(places: pd.DataFrame) -> pd.DataFrame:
    """The axes on which the office placed the county or its city; each zone counts once on an axis."""
    tags = pd.DataFrame(
        RegionAxis.objects.values_list("region__code", "axis"), columns=["region", "group"], dtype=object
    )
    found = [places.merge(tags, left_on=place, right_on="region") for place in ("county", "city")]
    # A county that is on an axis by itself and through its city is on it once.
    return _summed(pd.concat(found).drop_duplicates(["zone", "year", "county", "group"]))


def group_labels(level: str, codes: Iterable[str], *, unknown: str) -> dict[str, str]:
    """What groups are called in the reader's language, in the order in which they are listed; `unknown`: no known county."""
    present = set(codes)
    match level:
        case Grouping.ZONE:
            labels = dict(Zone.objects.filter(code__in=present).order_by("code").values_list("code", "name"))
        case Grouping.CITY | Grouping.COUNTY:
            labels = {region.code: region.label for region in Region.objects.filter(code__in=present).order_by("code")}
            labels[UNKNOWN] = unknown
        case Grouping.CLASS:
            labels = {value: str(label) for value, label in ZoneClass.choices}
        case Grouping.AXIS:
            labels = {value: str(label) for value, label in SpatialAxis.choices}
        case _:
            labels = {Grouping.PROVINCE.value: str(Grouping.PROVINCE.label)}
    return {code: label for code, label in labels.items() if code in present}
