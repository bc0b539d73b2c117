"""Checking a department's delivery (部门数据校验): compared with what is there, every fault found, nothing written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Duty, OrganisationKind, Permission
from accounts.models import Organisation, User
from indicators.deliveries import PLAN, Delivered, Fault
from indicators.enums import Absence, IndicatorKind, IndicatorScope, ValueSource
from indicators.exceptions import MoveRefused
from indicators.models import Indicator, Value
from indicators.selectors.departments import department_items, zones_in_force
from indicators.services.cells import number_fault
from indicators.workbooks.headers import key_of
from indicators.workbooks.units import conversion
from indicators.workbooks.zones import ZoneMatch, ZoneMatcher
from parks.models import Zone

PERIOD = re.compile(r"\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?")
LARGEST = 50_000
"""Figures in one delivery: all zones × all items, more than twice over."""
# Of a name or source only whole terms count, for offices have such words in their names.
_PLAN_TERM = re.compile(
    "(计划|目标|预计|预期)(数|值|表|任务)|年度(计划|目标)|预计完成|(?<![a-z])(targets?|forecasts?)(?![a-z])",
    re.IGNORECASE,
)
_COMMENT_LENGTH = 500


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
    whole = [*period_faults(period), *_size_faults(rows), *_plan_faults(about)]
    if whole:
        return Delivery(department, period, len(rows), faults=whole)
    return _Check(department, period, answers or {}).run(rows)


def period_faults(period: str) -> list[Fault]:
    """What is wrong with a period: how it is written, or that it has not begun."""
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


class _Check:
    """The check of one delivery: the department's items, the zones with their classes, the figures that are there."""

    def __init__(self, department: str, period: str, answers: Mapping[str, str]) -> None:
        self.department, self.period, self.answers = department, period, answers
        self.items = {item.code: item for item in Indicator.objects.all()}
        self.own = {item.pk for item in department_items(department)}
        self.classes = zones_in_force(period)
        self.names = ZoneMatcher(Zone.objects.order_by("code"))
        self.matched: dict[str, ZoneMatch] = {}
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
        """The zone that is meant: named by its code or registered name, or chosen when asked; anything else is asked about."""
        given = row.zone.strip() or row.zone_name.strip()
        if not given:
            faults.append(_fault(row, "zone_missing", _("没有写园区。请填写园区编号，例如 Z044。")))
            return None
        meant = self._match(self.answers.get(given, given))
        zone = meant.zone
        if zone is None or key_of(meant.text) not in (key_of(zone.code), key_of(zone.name)):
            faults.append(_unknown_zone(row, given, tuple(meant.candidates)))
            return None
        if row.zone_name and given not in self.answers and zone not in self._match(row.zone_name).candidates:
            message = _("编号 %(code)s 是“%(own)s”，同一行的名称却是“%(name)s”。请核对是否错行，改正编号或名称。")
            faults.append(_fault(row, "zone_mismatch", message, code=zone.code, own=zone.name, name=row.zone_name[:60]))
            return None
        return zone

    def _match(self, text: str) -> ZoneMatch:
        if text not in self.matched:
            self.matched[text] = self.names.match(text)
        return self.matched[text]

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
    if plan := PLAN.search(f"{row.fault} {row.comment} {row.unit}"):
        message = _("“%(item)s”标明是“%(word)s”。计划数、目标数不能作为实际数导入（R19），请删去或换成实际数。")
        return [_fault(row, "plan", message, item=name, word=plan.group())]
    found = []
    unit = row.unit.strip()
    turned = conversion(unit, item.unit)
    if unit and unit != item.unit_en and (turned is None or turned.needed):
        message = _("“%(item)s”的单位是%(unit)s，现写为“%(given)s”。请换算成%(unit)s后再导入。")
        found.append(_fault(row, "unit", message, item=name, unit=item.unit_label, given=unit[:40]))
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
