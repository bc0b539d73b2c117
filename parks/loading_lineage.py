"""Successions, splits of statistics and axes of a pack (沿革、分成与轴带的装载)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from common.packs import sync
from parks.models import Region, RegionAxis, StatisticalShare, Zone, ZoneSuccession
from parks.pack import Pack
from parks.signals import lineage_changed


def load_lineage(pack: Pack, zones: Mapping[str, Zone], regions: Mapping[str, Region]) -> dict[str, int]:
    """Write them, tell who listens where something is new; returns counts by model name. `zones` by the plates' codes."""
    successions = [
        ZoneSuccession(
            predecessor=zones[row.predecessor],
            successor=zones[row.successor],
            kind=row.kind,
            on=row.on,
            share_pct=row.share_pct,
            document=row.document,
            note=row.note,
        )
        for row in pack.successions
    ]
    shares = [
        StatisticalShare(
            zone=zones[row.zone],
            region=regions[row.region],
            from_year=row.from_year,
            share_pct=row.share_pct,
            document=row.document,
        )
        for row in pack.shares
    ]
    axes = [
        RegionAxis(region=regions[row.region], axis=row.axis, document=row.document, quote=row.quote)
        for row in pack.axes
    ]
    before = _state()
    sync(ZoneSuccession.objects, ("predecessor_id", "successor_id", "on"), successions)
    sync(StatisticalShare.objects, ("zone_id", "region_id", "from_year"), shares)
    # A place the office took off again stays off: the pack brings each once.
    history: Any = apps.get_model("parks", "RegionAxisHistory")
    known = set(history.objects.values_list("region_id", "axis"))
    RegionAxis.objects.bulk_create(row for row in axes if (row.region_id, row.axis) not in known)
    if before != _state():
        concerned = {zone for row in successions for zone in (row.predecessor, row.successor)}
        concerned |= {row.zone for row in shares}
        first = min([*(row.on.year for row in successions), *(row.from_year for row in shares)])
        lineage_changed.send(sender=ZoneSuccession, zones=sorted(concerned, key=lambda zone: zone.code), year=first)
    return {"ZoneSuccession": len(successions), "StatisticalShare": len(shares), "RegionAxis": len(axes)}


def _state() -> list[list[tuple[object, ...]]]:
    """What counts of it, to see whether loading changed anything."""
    return [
        list(ZoneSuccession.objects.order_by("pk").values_list("pk", "share_pct")),
        list(StatisticalShare.objects.order_by("pk").values_list("pk", "share_pct")),
    ]
