"""A department's delivery of figures for many zones (部门数据导入): checked whole, saved whole or not at all."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import ROLE_PERMISSIONS, Duty, OrganisationKind, Permission
from accounts.models import Organisation, User
from indicators.deliveries import Delivered, Fault
from indicators.enums import Absence, Channel, IndicatorKind, IndicatorScope, ValueSource
from indicators.exceptions import DeliveryRefused, MoveRefused, RevisionConflict
from indicators.models import DataChange, DepartmentLoad, Indicator, Return, Value
from indicators.news import tell
from indicators.selectors.departments import department_items, zones_in_force
from indicators.services.cells import number_fault
from indicators.zone_names import ZoneNames
from parks.models import Zone

PERIOD = re.compile(r"\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?")
LARGEST = 50_000
"""Figures in one delivery: all zones × all items, more than twice over."""
# R19: a plan is no actual. In a name or source only whole terms count, for offices have such words in their names.
_PLAN = re.compile("计划|目标|预计|plan|target|forecast", re.IGNORECASE)
_PLAN_TERM = re.compile(
    "(计划|目标|预计|预期)(数|值|表|任务)|年度(计划|目标)|预计完成|(?<![a-z])(targets?|forecasts?)(?![a-z])",
    re.IGNORECASE,
)
_LOCK = 0x79710002  # advisory locks of this database: deliveries
_COMMENT_LENGTH = 500
_WRITTEN = ["number", "absence", "comment", "channel", "change_note", "source_note", "load", "synthetic", "revision",
            "updated_by", "updated_at"]  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A figure that the delivery brings or alters; `before` is the value as it stands, None where there was none."""

    zone: Zone
    indicator: Indicator
    number: Decimal | None
    absence: str
    comment: str
    before: Value | None


@dataclass(frozen=True)
class Delivery:
    """A delivery compared with what is there (导入差异): what it would change, what stays, what is wrong with it."""

    department: str
    period: str
    rows: int
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """Names exactly these changes to exactly these figures: what was shown is what is saved."""
        lines = [
            f"{c.zone.code} {c.indicator.code} {c.before.revision if c.before else 0} {c.number} {c.absence} {c.comment}"
            for c in self.changes
        ]
        return hashlib.sha256("\n".join([self.department, self.period, *sorted(lines)]).encode()).hexdigest()


def department_of(by: User, chosen: str = "") -> str:
    """The department for which the user may load; `chosen` where they work for several.

    Raises PermissionDenied; MoveRefused when one of several must be named.
    """
    duties = sorted(by.duties_with(Permission.DEPARTMENT_LOAD))
    if not duties or (chosen and chosen not in duties):
        raise PermissionDenied(_("您没有导入该部门数据的权限：须在有职责的省直部门任部门业务员。"))
    if not chosen and len(duties) > 1:
        names = "、".join(str(Duty(duty).label) for duty in duties)
        raise MoveRefused([_("您在几个部门任职（%(names)s），请指明为哪个部门导入。") % {"names": names}])
    return chosen or duties[0]


def delivery_check(
    *,
    by: User,
    department: str,
    period: str,
    rows: Sequence[Delivered],
    about: Iterable[str] = (),
    answers: Mapping[str, str] | None = None,
) -> Delivery:
    """Compare a delivery with what is there, without writing anything; the queries do not grow with its rows.

    `about` are its name and source note, `answers` the codes of zones chosen for names that were asked about. Raises
    PermissionDenied.
    """
    department_of(by, department)
    whole = [*_period_faults(period), *_size_faults(rows), *_plan_faults(about)]
    if whole:
        return Delivery(department, period, len(rows), faults=whole)
    return _Check(department, period, answers or {}).run(rows)


@transaction.atomic
def department_load(
    *,
    by: User,
    department: str,
    period: str,
    rows: Sequence[Delivered],
    name: str,
    source_note: str,
    channel: Channel,
    digest: str = "",
    answers: Mapping[str, str] | None = None,
    shown: str | None = None,
    idempotency_key: str = "",
) -> tuple[DepartmentLoad, Delivery]:
    """Save a delivery, whole or not at all (导入部门数据). Figures that are there already are not written again.

    `shown` is the fingerprint of the difference that was confirmed. With an `idempotency_key` the same request makes one
    load however often it is sent. Raises PermissionDenied, DeliveryRefused with every fault, RevisionConflict when the
    difference is no longer the one shown, MoveRefused when the key was used for something else.
    """
    department = department_of(by, department)
    _lock(f"{by.pk} {idempotency_key}" if idempotency_key else f"{department} {period}")
    if idempotency_key and (made := _made(by, idempotency_key, digest)):
        return made, Delivery(made.department, made.period, made.rows, unchanged=made.rows)
    if idempotency_key:
        _lock(f"{department} {period}")
    delivery = delivery_check(
        by=by, department=department, period=period, rows=rows, about=(name, source_note), answers=answers
    )
    faults = [*delivery.faults, *([] if source_note.strip() else [_no_source()])]
    if faults:
        raise DeliveryRefused(faults)
    if shown is not None and shown != delivery.fingerprint:
        raise RevisionConflict(_("您核对之后，部门数据又有变动，没有保存。请核对下面新的差异再确认。"), None)
    demonstration = _demonstration_zones(period)
    load = DepartmentLoad.objects.create(
        department=department,
        organisation=_organisation(by, department),
        year=int(period[:4]),
        period=period,
        name=name[:160],
        digest=digest,
        channel=channel,
        source_note=source_note.strip()[:240],
        rows=delivery.rows,
        synthetic=any(change.zone.pk in demonstration for change in delivery.changes),
        created_by=by,
        idempotency_key=idempotency_key,
    )
    _write(load, delivery.changes, demonstration)
    if delivery.changes:
        tell([DataChange(year=load.year, reason=f"部门数据导入 {load.get_department_display()} {period}")])
    return load, delivery


# ---- checking ---------------------------------------------------------------------------------------------------


def _period_faults(period: str) -> list[Fault]:
    if not PERIOD.fullmatch(period):
        return [
            Fault("", "period", _("时期须写成 2025、2025Q1 或 2025-03，现为“%(period)s”。") % {"period": period[:20]})
        ]
    part = period[4:]
    month = 1 if not part else 3 * int(part[1:]) - 2 if part.startswith("Q") else int(part[1:])
    if date(int(period[:4]), month, 1) > timezone.localdate():
        message = _("%(period)s 还没有开始，不会有实际数。计划数、目标数不能作为实际数导入（R19）。")
        return [Fault("", "plan", message % {"period": period})]
    return []


def _size_faults(rows: Sequence[Delivered]) -> list[Fault]:
    if not rows:
        return [Fault("", "empty", _("没有任何数据。请至少填写一个园区的一项指标。"))]
    if len(rows) > LARGEST:
        return [Fault("", "too_many", _("一次最多 %(most)d 个数据，请按指标分几次导入。") % {"most": LARGEST})]
    return []


def _plan_faults(about: Iterable[str]) -> list[Fault]:
    message = _("名称或来源说明写明是“%(word)s”。计划数、目标数不能作为实际数导入（R19）；如是实际数，请改写说明。")
    found = (_PLAN_TERM.search(text) for text in about)
    return [Fault("", "plan", message % {"word": match.group()}) for match in found if match]


def _no_source() -> Fault:
    return Fault("", "source_note", _("请写明来源：没有来源的数字不能采用。例如“2025年统计年报，3月20日定稿”。"))


class _Check:
    """The check of one delivery: the department's items, the zones with their classes, the figures that are there."""

    def __init__(self, department: str, period: str, answers: Mapping[str, str]) -> None:
        self.department, self.period, self.answers = department, period, answers
        self.items = {item.code: item for item in Indicator.objects.all()}
        self.own = {item.pk for item in department_items(department)}
        self.classes = zones_in_force(period)
        self.names = ZoneNames()
        self.held = {
            (value.zone_id, value.indicator_id): value
            for value in Value.objects.filter(source=ValueSource.DEPARTMENT, department=department, period=period)
        }
        self.bodies = dict(
            Organisation.objects.filter(kind__in=[OrganisationKind.DEPARTMENT, OrganisationKind.OFFICE]).values_list(
                "duty", "name"
            )
        )

    def run(self, rows: Sequence[Delivered]) -> Delivery:
        faults: list[Fault] = []
        changes: list[Change] = []
        seen: dict[tuple[int, int], str] = {}
        for row in rows:
            zone, item = self._zone(row, faults), self._item(row, faults)
            if zone is None or item is None:
                continue
            found = [*self._asked(row, zone, item), *_figure_faults(row, item)]
            first = seen.setdefault((zone.pk, item.pk), row.place)
            if first != row.place:
                message = _("“%(zone)s”的“%(item)s”出现了两次（另一处在 %(first)s）。请只保留一个。")
                found.append(_fault(row, "duplicate", message, zone=zone.name, item=item.label, first=first))
            faults.extend(found)
            if not found:
                comment = row.comment.strip()
                changes.append(Change(zone, item, row.number, row.absence, comment, self.held.get((zone.pk, item.pk))))
        new = [change for change in changes if not _stands(change)]
        return Delivery(self.department, self.period, len(rows), new, len(changes) - len(new), faults)

    def _zone(self, row: Delivered, faults: list[Fault]) -> Zone | None:
        given = row.zone.strip() or row.zone_name.strip()
        match = self.names.match(self.answers.get(given, given))
        if not given:
            faults.append(_fault(row, "zone_missing", _("没有写园区。请填写园区编号，例如 Z044。")))
        elif match.zone is None:
            faults.append(_unknown_zone(row, given, tuple(match.candidates)))
        elif row.zone_name and given not in self.answers and not self.names.bears(match.zone, row.zone_name):
            message = _("编号 %(code)s 是“%(own)s”，同一行的名称却是“%(name)s”。请核对是否错行，改正编号或名称。")
            own = match.zone
            faults.append(_fault(row, "zone_mismatch", message, code=own.code, own=own.name, name=row.zone_name[:60]))
            return None
        return match.zone

    def _item(self, row: Delivered, faults: list[Fault]) -> Indicator | None:
        item = self.items.get(row.indicator.strip())
        if item is None:
            message = _("“%(code)s”不是指标代码。代码见指标目录，例如 tax_revenue。")
            faults.append(_fault(row, "indicator_unknown", message, code=row.indicator[:60]))
            return None
        if item.kind == IndicatorKind.DERIVED:
            message = _("“%(item)s”是派生指标，由系统按公式计算，不能导入。请导入它的组成项。")
            faults.append(_fault(row, "indicator_derived", message, item=item.label))
            return None
        if item.scope != IndicatorScope.ZONE:
            message = _("“%(item)s”是全省数据，不按园区导入。请由联席会议办公室在“全省数据”中录入。")
            faults.append(_fault(row, "indicator_province", message, item=item.label))
            return None
        if item.pk not in self.own:
            message = _("“%(item)s”由%(who)s（%(duty)s）负责，不由%(own)s导入。请由%(who)s导入，或删去此项。")
            who = {"who": self.bodies.get(item.department, ""), "duty": item.get_department_display()}
            own = self.bodies.get(self.department, str(Duty(self.department).label))
            faults.append(_fault(row, "not_answering", message, item=item.label, own=own, **who))
            return None
        return item

    def _asked(self, row: Delivered, zone: Zone, item: Indicator) -> list[Fault]:
        classes = self.classes.get(zone.pk, set())
        if not classes:
            message = _("“%(zone)s”在 %(period)s 期末没有有效的称号，不应有数据。请核对园区和时期。")
            return [_fault(row, "zone_not_in_force", message, zone=zone.name, period=self.period)]
        if not classes & set(item.zone_classes):
            message = _("“%(item)s”不适用于“%(zone)s”的类别。请留空。")
            return [_fault(row, "not_asked_of_zone", message, zone=zone.name, item=item.label)]
        return []


def _fault(row: Delivered, kind: str, message: str, **names: object) -> Fault:
    return Fault(row.place, kind, message % names if names else message)


def _unknown_zone(row: Delivered, given: str, candidates: tuple[Zone, ...]) -> Fault:
    if not candidates:
        message = _("登记表里没有“%(name)s”。请改用园区编号（见园区名录），例如 Z044。")
        return Fault(row.place, "zone_unknown", message % {"name": given[:60]}, given)
    meant = "、".join(f"{zone.code} {zone.name}" for zone in candidates)
    message = _("“%(name)s”不是登记名称，是否指：%(meant)s？请改写成编号。")
    return Fault(row.place, "zone_ambiguous", message % {"name": given[:60], "meant": meant}, given, candidates)


def _figure_faults(row: Delivered, item: Indicator) -> list[Fault]:
    """What is wrong with the figure itself; a plan before everything else, for then no other fault matters."""
    name = item.label
    if plan := _PLAN.search(f"{row.fault} {row.comment} {row.unit}"):
        message = _("“%(item)s”标明是“%(word)s”。计划数、目标数不能作为实际数导入（R19），请删去或换成实际数。")
        return [_fault(row, "plan", message, item=name, word=plan.group())]
    found = []
    if row.unit.strip() and row.unit.strip() not in (item.unit, item.unit_en):
        message = _("“%(item)s”的单位是%(unit)s，现写为“%(given)s”。请换算成%(unit)s后再导入。")
        found.append(_fault(row, "unit", message, item=name, unit=item.unit_label, given=row.unit.strip()[:40]))
    if row.fault:
        found.append(_fault(row, "number", row.fault))
    elif row.number is not None and row.absence:
        found.append(_fault(row, "absence", _("“%(item)s”既有数字又写明缺值，请去掉其中一个。"), item=name))
    elif row.number is not None:
        found += [_fault(row, "invalid", fault) for fault in [number_fault(row.number, item)] if fault]
    elif row.absence not in Absence.values:
        message = _("“%(item)s”没有数字。没有数据请整条删去；要撤回已导入的数，请写明“暂缺”。")
        found.append(_fault(row, "number_missing", message, item=name))
    if len(row.comment) > _COMMENT_LENGTH:
        found.append(_fault(row, "comment", _("说明超过 %(most)d 字，请精简。"), most=_COMMENT_LENGTH))
    return found


def _stands(change: Change) -> bool:
    """Whether the figure is there already; taking back what was never there changes nothing either."""
    if change.before is None:
        return change.number is None
    held = change.before
    return (held.number, held.absence, held.comment) == (change.number, change.absence, change.comment)


# ---- writing ----------------------------------------------------------------------------------------------------


def _lock(occasion: str) -> None:
    """Wait for another delivery of the same department and period, or request with the same key, to end."""
    with connection.cursor() as cursor:
        key = zlib.crc32(occasion.encode()) - 2**31
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, key])


def _made(by: User, key: str, digest: str) -> DepartmentLoad | None:
    load = DepartmentLoad.objects.filter(created_by=by, idempotency_key=key).first()
    if load and load.digest != digest:
        message = _("Idempotency-Key “%(key)s”已用于另一份数据（批次 %(load)d）。新的数据请换一个新的键。")
        raise MoveRefused([message % {"key": key, "load": load.pk}])
    return load


def _organisation(by: User, department: str) -> Organisation | None:
    """The department's body in which the user may load."""
    held = [m.organisation for m in by.current_memberships if Permission.DEPARTMENT_LOAD in ROLE_PERMISSIONS[m.role]]
    return next((body for body in held if body.duty == department), None)


def _demonstration_zones(period: str) -> set[int]:
    """Zones whose return of the period is demonstration data: what is known about them there is so as well."""
    returns = Return.objects.filter(round__period=period, synthetic=True)
    return set(returns.values_list("zone_id", flat=True))


def _write(load: DepartmentLoad, changes: Sequence[Change], demonstration: set[int]) -> None:
    """New figures and new revisions of old ones in one statement; triggers write the history of both."""
    now = timezone.now()
    values = [
        Value(
            zone=change.zone,
            indicator=change.indicator,
            year=load.year,
            period=load.period,
            source=ValueSource.DEPARTMENT,
            department=load.department,
            number=change.number,
            absence=change.absence,
            comment=change.comment,
            source_note=load.source_note,
            channel=Channel.DEPARTMENT,
            change_note=_("批次 %(load)d：%(name)s") % {"load": load.pk, "name": load.name},
            load=load,
            synthetic=change.zone.pk in demonstration,
            revision=change.before.revision + 1 if change.before else 1,
            updated_by=load.created_by,
            updated_at=now,
        )
        for change in changes
    ]
    if values:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # ADR 7: no queue of checks to walk at each row
        Value.objects.bulk_create(
            values,
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["zone", "indicator", "period", "source", "department"],
            update_fields=_WRITTEN,
        )
