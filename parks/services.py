"""Writes on the registry: what became of a zone, how its statistics are split, plates that change (登记的办理)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from common.numbers import format_number
from parks.axes import eligible_places, version_of
from parks.enums import Certainty, SourceGrade, SpatialAxis
from parks.exceptions import AxisInvalid, LineageInvalid
from parks.lineage import Lineage
from parks.models import Designation, Region, RegionAxis, StatisticalShare, Zone, ZoneSuccession
from parks.provinces import provinces_of
from parks.signals import lineage_changed

log = structlog.get_logger(__name__)

WHOLE = Decimal(100)
DOCUMENT_LENGTH = 120


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


@transaction.atomic
def axis_places_set(
    *, by: User, province: Region | None, axis: str, places: Collection[str], document: str, base: str
) -> tuple[list[Region], list[Region]]:
    """Say which places of the province lie on an axis (登记发展轴带范围), policy 二（二） P038; returns those put on and taken off.

    `places`: codes of cities and counties, all that lie on it from now on; `document` is the ground of what changes, what
    stays keeps its own; `base` is the `AxisLine.version` that was read. Raises PermissionDenied; AxisInvalid with every
    reason, and nothing is saved.
    """
    if not by.may(Permission.POLICY_DECIDE) or province is None or province not in provinces_of(by):
        raise PermissionDenied(_("只有本省联席会议办公室可以登记发展轴带的范围。"))
    Region.objects.select_for_update(no_key=True).get(pk=province.pk)
    rows = RegionAxis.objects.of_province(province.code).filter(axis=SpatialAxis(axis))
    held = {row.region.code: row for row in rows.select_related("region")}
    known = {region.code: region for city, counties in eligible_places(province.code) for region in (city, *counties)}
    reasons = []
    if version_of(held) != base:
        reasons.append(_("这一轴带的范围在您打开之后已被他人修改。请刷新页面，核对后再保存。"))
    if unknown := sorted(set(places) - set(known) - set(held)):
        reasons.append(_("不是本省现有的市、县：%(codes)s。请从列表中选择。") % {"codes": "、".join(unknown)})
    added, removed = sorted(set(places) - set(held)), sorted(set(held) - set(places))
    if not added and not removed:
        reasons.append(_("没有改动：所选的地方与已登记的相同。"))
    if not document.strip():
        reasons.append(_("请填写确定这一范围的文件或会议。"))
    if len(document.strip()) > DOCUMENT_LENGTH:
        reasons.append(_("依据最多 %(most)d 字，请精简。") % {"most": DOCUMENT_LENGTH})
    if reasons:
        raise AxisInvalid(reasons)
    said = {"document": document.strip(), "recorded_by": by, "recorded_at": timezone.now()}
    gone = rows.filter(region__code__in=removed)
    # What is deleted leaves in its history on whose word, not on whose it once came.
    gone.update(**said)
    gone.delete()
    RegionAxis.objects.bulk_create(RegionAxis(region=known[code], axis=axis, **said) for code in added)
    log.info("axis_places_set", user=by.get_username(), axis=axis, added=added, removed=removed)
    return [known[code] for code in added], [held[code].region for code in removed]


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


@dataclass(frozen=True)
class NewPlate:
    """The plate that begins: class, level, name and what the approval says of it."""

    zone_class: str
    level: str
    name: str
    document: str
    approved_on: date


@transaction.atomic
def designation_replace(
    *, by: User, designation: Designation, on: date, reason: str, new: NewPlate | None, ends: bool = True
) -> Designation | None:
    """End a plate on a day and begin another, or either alone (称号变更), policy 十（四） P195: dated, nothing overwritten.

    Raises PermissionDenied without the right over the zone; LineageInvalid when the plate is not in force on the day, the zone
    has such a plate already, or nothing would change.
    """
    zone = designation.zone
    _require(by, zone)
    designation = Designation.objects.select_for_update().get(pk=designation.pk)
    _refuse(_plate_wrong(designation, on, new, ends=ends))
    if ends:
        designation.valid_to, designation.ended_on, designation.end_reason = on, on.isoformat(), reason[:80]
        designation.save(update_fields=["valid_to", "ended_on", "end_reason"])
    begun = None
    if new is not None:
        begun = Designation.objects.create(
            code=_free_code(),
            zone=zone,
            zone_class=new.zone_class,
            level=new.level,
            name=new.name,
            approved_on=new.approved_on.isoformat(),
            approval_document=new.document,
            valid_from=on,
            name_certainty=Certainty.A,
            source_grade=SourceGrade.OFFICIAL,
            note=reason[:240],
        )
    log.info("designation_replace", user=by.get_username(), zone=zone.code, on=on.isoformat(), ends=ends)
    return begun


def _plate_wrong(designation: Designation, on: date, new: NewPlate | None, *, ends: bool) -> list[str]:
    reasons = []
    in_force = Designation.objects.in_force_on(on)
    facts = {"plate": designation.name, "day": on}
    if designation.valid_to is not None or not in_force.filter(pk=designation.pk).exists():
        reasons.append(_("“%(plate)s”在 %(day)s 不是有效称号，不能由此变更。请核对生效日期和园区的称号。") % facts)
    if new is None and not ends:
        reasons.append(_("既不终止原称号也没有新称号，没有可登记的变更。"))
    if new is not None and not new.name.strip():
        reasons.append(_("请填写新称号的名称。"))
    held = in_force.filter(zone=designation.zone_id)
    if new is not None and held.filter(zone_class=new.zone_class, level=new.level).exists():
        reasons.append(_("园区在 %(day)s 已有同类同级的有效称号，请核对。") % facts)
    return reasons


def _free_code() -> str:
    """The next number after the last plate's; plates are added one at a time under the lock of the table."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE parks_designation IN SHARE ROW EXCLUSIVE MODE")
    codes = Designation.objects.filter(code__regex=r"^Z[0-9]+$").values_list("code", flat=True)
    return f"Z{max((int(code[1:]) for code in codes), default=0) + 1:03d}"
