"""Writes on the registry: what became of a zone, and how its statistics are split (沿革与统计分成的办理)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from common.numbers import format_number
from parks.exceptions import LineageInvalid
from parks.lineage import Lineage
from parks.models import Region, StatisticalShare, Zone, ZoneSuccession
from parks.signals import lineage_changed

log = structlog.get_logger(__name__)

WHOLE = Decimal(100)


@transaction.atomic
def zone_succession_record(
    *,
    by: User,
    predecessor: Zone,
    shares: Mapping[Zone, Decimal],
    on: date,
    kind: str,
    document: str,
    note: str = "",
) -> list[ZoneSuccession]:
    """Record what became of a zone (登记沿革), policy 二（一）: `shares` in per cent by successor, 100 together.

    From the year of `on` the successors report; figures of earlier years are restated by the shares. Raises LineageInvalid
    with every reason, PermissionDenied without the right over the predecessor.
    """
    _require(by, predecessor)
    Zone.objects.select_for_update().order_by("pk").filter(pk__in=[predecessor.pk, *(z.pk for z in shares)]).count()
    _refuse(_shares_wrong(shares) + _succession_wrong(predecessor, shares, on))
    rows = [
        ZoneSuccession(
            predecessor=predecessor,
            successor=successor,
            kind=kind,
            on=on,
            share_pct=share,
            document=document,
            note=note,
        )
        for successor, share in shares.items()
    ]
    ZoneSuccession.objects.bulk_create(rows)
    log.info("zone_succession_record", user=by.get_username(), zone=predecessor.code, on=on.isoformat(), kind=kind)
    _tell([predecessor, *shares], on.year)
    return rows


@transaction.atomic
def zone_succession_withdraw(*, by: User, predecessor: Zone, on: date) -> int:
    """Take back a succession recorded by mistake (撤销登记); the history keeps it. Returns how many rows there were."""
    _require(by, predecessor)
    rows = ZoneSuccession.objects.filter(predecessor=predecessor, on=on).select_related("successor")
    concerned = [predecessor, *(row.successor for row in rows)]
    count, _by_model = rows.delete()
    if count:
        log.info("zone_succession_withdraw", user=by.get_username(), zone=predecessor.code, on=on.isoformat())
        _tell(concerned, on.year)
    return count


@transaction.atomic
def statistical_shares_record(
    *, by: User, zone: Zone, shares: Mapping[Region, Decimal], from_year: int, document: str
) -> list[StatisticalShare]:
    """Record the agreed split of a zone's statistics (统计数据分成), policy 二（一） P033: per cent by region, 100 together.

    A split already recorded for that year is replaced; without `shares` it is taken back. Raises LineageInvalid with every
    reason, PermissionDenied without the right over the zone.
    """
    _require(by, zone)
    if shares:
        _refuse(_shares_wrong(shares))
    StatisticalShare.objects.filter(zone=zone, from_year=from_year).delete()
    rows = [
        StatisticalShare(zone=zone, region=region, from_year=from_year, share_pct=share, document=document)
        for region, share in shares.items()
    ]
    StatisticalShare.objects.bulk_create(rows)
    log.info("statistical_shares_record", user=by.get_username(), zone=zone.code, from_year=from_year, rows=len(rows))
    _tell([zone], from_year)
    return rows


def _require(by: User, zone: Zone) -> None:
    if not by.may(Permission.LINEAGE_RECORD, zone.administration.path):
        raise PermissionDenied


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise LineageInvalid(reasons)


def _shares_wrong(shares: Mapping[Any, Decimal]) -> list[str]:
    reasons = [
        _("“%(name)s”的份额须大于 0、不超过 100，现为 %(share)s。") % {"name": heir, "share": format_number(share)}
        for heir, share in shares.items()
        if not 0 < share <= WHOLE
    ]
    total = sum(shares.values(), Decimal(0))
    facts = {"total": format_number(total), "apart": format_number(abs(WHOLE - total))}
    if total < WHOLE:
        reasons.append(_("各份额合计为 %(total)s%%，还差 %(apart)s 个百分点。请调整到合计 100%%。") % facts)
    elif total > WHOLE:
        reasons.append(_("各份额合计为 %(total)s%%，超出 %(apart)s 个百分点。请调整到合计 100%%。") % facts)
    return reasons


def _succession_wrong(predecessor: Zone, shares: Mapping[Zone, Decimal], on: date) -> list[str]:
    reasons = []
    if predecessor in shares:
        reasons.append(_("原园区不能承继自己。继续存在的部分请登记为新园区，再给出各自份额。"))
    if earlier := ZoneSuccession.objects.filter(predecessor=predecessor).first():
        text = _("“%(zone)s”已登记过沿革（%(day)s 生效）。如登记有误，请先撤销原登记。")
        reasons.append(text % {"zone": predecessor, "day": earlier.on})
    lineage = Lineage.read()
    for successor in shares:
        if successor.code in lineage.ended and lineage.last_end(successor.code) <= on:
            text = _("承继园区“%(zone)s”在 %(day)s 已不再存续，不能再承继。请改填它的承继园区。")
            reasons.append(text % {"zone": successor, "day": lineage.last_end(successor.code)})
    late = ZoneSuccession.objects.filter(successor=predecessor, on__gte=on).select_related("predecessor").first()
    if late is not None:
        text = _("“%(zone)s”在 %(day)s 还承继了“%(from)s”，生效日期须晚于该日。")
        reasons.append(text % {"zone": predecessor, "day": late.on, "from": late.predecessor})
    return reasons


def _tell(zones: Iterable[Zone], year: int) -> None:
    lineage_changed.send(sender=ZoneSuccession, zones=list(zones), year=year)
