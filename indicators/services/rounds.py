"""Putting rounds together, opening, changing and closing them (填报任务的设立、下发、调整、结束)."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from indicators.enums import EDITABLE_STATUSES, ROUND_MOVES, ActKind, RoundStatus
from indicators.exceptions import MoveRefused, RevisionConflict
from indicators.models import DataChange, Form, Return, ReturnAct, Round
from indicators.news import tell
from indicators.selectors.rounds import Clash, RoundPlan, clashes, form_items, items_by_zone, round_version, zones_asked
from indicators.services import plans
from indicators.services import round_letters as letters
from indicators.services.shared import act_build
from parks.models import Region, Zone
from parks.provinces import codes_of, provinces_of

_NAMED = 5  # zones that a refusal names


@transaction.atomic
def round_create(*, by: User, plan: RoundPlan) -> Round:
    """Put a round together (新建填报任务); it asks nobody before it is opened.

    Raises PermissionDenied, RoundInvalid with sentences by field.
    """
    _require_manager(by)
    plan = plans.of_own_province(by, plan)
    _require_own(by, plan.region)
    plans.require(plan)
    return _write(Round(), plan)


@transaction.atomic
def round_copy(*, by: User, round_id: int) -> Round:
    """The same round for the following period, every date as much later (复制为下一期). Raises as `round_create`."""
    _require_manager(by)
    held = Round.objects.prefetch_related("cities", "forms").get(pk=round_id)
    plan = plans.following(RoundPlan.of(held))
    if not plan.forms:
        _require_own(by, plan.region)
        plans.require(plan, formless=True)
        copied = _write(Round(), plan)
        copied.indicators.set(held.indicators.all())
        return copied
    return round_create(by=by, plan=plan)


@transaction.atomic
def round_change(*, by: User, round_id: int, plan: RoundPlan, base_version: str) -> Round:
    """Change a round (调整填报任务); `base_version` is the `round_version` that was read.

    A planned one in everything. An open one in its name, dates and reminders; it may also get further forms while no return
    was ever filed: nobody's filed return asks for more afterwards. What is asked already stays, its parks are told of new
    dates and items. Returns without an extension follow the due date.

    Raises Round.DoesNotExist, PermissionDenied, RevisionConflict, MoveRefused (closed), RoundInvalid.
    """
    _require_manager(by)
    held = _lock(round_id)
    _require_version(held, base_version)
    if held.status == RoundStatus.CLOSED:
        raise MoveRefused([_("填报任务已结束，不能调整。如需调整，请先重新开放。")])
    before = RoundPlan.of(held)
    _require_own(by, before.region)
    plan = replace(plan, region=before.region)
    if plan == before:
        return held
    plans.require(plan, held)
    if held.status == RoundStatus.PLANNED:
        return _write(held, plan)
    plans.require_open_change(held, before, plan)
    return _change_open(by, held, before, plan)


@transaction.atomic
def round_open(*, by: User, round: Round, base_version: str | None = None) -> int:  # noqa: A002 - the word of the domain
    """Open a round, or open it again (下发、重新开放): every zone that it asks and that has none yet gets a return.

    Zones are read by the designations in force on the period's last day, so that opening again adds those registered since.
    The park's people are told. Returns how many returns were made. Raises PermissionDenied, and MoveRefused for a round
    without items or zones, or one that would ask a zone again for what another round of the period asks already.
    """
    _require_manager(by)
    locked = _lock(round.pk)
    if base_version is not None:
        _require_version(locked, base_version)
    if locked.status != RoundStatus.OPEN and RoundStatus.OPEN not in ROUND_MOVES[locked.status]:
        raise MoveRefused([_("填报任务现在的状态不能开放。")])
    plan = RoundPlan.of(locked)
    _require_own(by, plan.region)
    items = list(locked.indicators.base().for_zones())
    if not items:
        raise MoveRefused([_("填报任务还没有选指标。请先选定填报指标。")])
    zones = list(zones_asked(plan).exclude(returns__round=locked).select_related("administration"))
    if not zones and not locked.returns.exists():
        raise MoveRefused([_("没有符合条件的园区。请核对类别、级别和省辖市。")])
    asked = items_by_zone(zones, items, plan.zone_classes, plan.last_day)
    if found := clashes(plan.period, asked, apart_from=locked.pk):
        raise MoveRefused([clash_words(found)])
    new = _returns_make(by, locked, zones)
    locked.status = RoundStatus.OPEN
    locked.save(update_fields=["status"])
    round.status = locked.status
    letters.opened_told(new)
    if new:
        tell([DataChange(year=locked.year, reason="round opened")])
    return len(new)


@transaction.atomic
def round_close(*, by: User, round_id: int, base_version: str | None = None) -> Round:
    """End a round (结束填报): nothing more can be filled in or filed; what was filed is still reviewed.

    Raises Round.DoesNotExist, PermissionDenied, RevisionConflict, MoveRefused when it is not open.
    """
    _require_manager(by)
    held = _lock(round_id)
    if base_version is not None:
        _require_version(held, base_version)
    if RoundStatus.CLOSED not in ROUND_MOVES[held.status]:
        raise MoveRefused(
            [_("只有填报中的任务可以结束，这个任务现为“%(state)s”。") % {"state": held.get_status_display()}]
        )
    _require_own(by, held.region_code)
    held.status = RoundStatus.CLOSED
    held.save(update_fields=["status"])
    return held


@transaction.atomic
def round_discard(*, by: User, round_id: int) -> None:
    """Throw a round away that was never opened (删除未开放的任务). Raises Round.DoesNotExist, PermissionDenied, MoveRefused."""
    _require_manager(by)
    held = _lock(round_id)
    if held.status != RoundStatus.PLANNED or held.returns.exists():
        raise MoveRefused([_("已经开放过的填报任务不能删除。")])
    _require_own(by, held.region_code)
    held.delete()


def clash_words(found: list[Clash]) -> str:
    """Whom another round asks for the same, in a sentence with names."""
    zones: dict[Zone, Clash] = {}
    for clash in found:
        zones.setdefault(clash.zone, clash)
    first = next(iter(zones.values()))
    facts = {
        "n": len(zones),
        "zones": "、".join(zone.name for zone in list(zones)[:_NAMED]) + (_("等") if len(zones) > _NAMED else ""),
        "round": first.round.label,
        "items": "、".join(item.label for item in first.items[:_NAMED])
        + (_("等") if len(first.items) > _NAMED else ""),
        "count": len(first.items),
    }
    message = _(
        "%(n)s 个园区（%(zones)s）同一时期已在“%(round)s”中填报 %(count)s 项相同的指标（%(items)s）。"
        "同一个数不重复要：请去掉相同的表，或缩小园区范围。"
    )
    return message % facts


def _require_manager(by: User) -> None:
    if not by.may(Permission.ROUND_MANAGE):
        raise PermissionDenied(_("您没有管理填报任务的权限。"))


def _require_own(by: User, region: str) -> None:
    if region not in codes_of(provinces_of(by)):
        raise PermissionDenied(_("这是另一省的填报任务，由该省的联席会议办公室办理。"))


def _lock(round_id: int) -> Round:
    """The round, locked with all others of its period: two of them never ask the same zone the same at once."""
    period = Round.objects.values_list("period", flat=True).get(pk=round_id)
    together = {row.pk: row for row in Round.objects.select_for_update().filter(period=period).order_by("pk")}
    return together.get(round_id) or Round.objects.select_for_update().get(pk=round_id)


def _require_version(held: Round, base_version: str) -> None:
    if round_version(held) != base_version:
        raise RevisionConflict(_("填报任务在您打开之后已被修改。请刷新页面，核对后再保存。"), held)


def _write(round_: Round, plan: RoundPlan) -> Round:
    """Store a planned round as its plan says; its items are those of its forms as they stand now."""
    round_.region_code = plan.region
    round_.year, round_.period, round_.frequency = plan.year, plan.period, plan.frequency
    round_.name, round_.zone_classes, round_.levels = plan.name, list(plan.zone_classes), list(plan.levels)
    round_.opens_on, round_.due_on, round_.closes_on = plan.opens_on, plan.due_on, plan.closes_on
    round_.review_steps, round_.reminder_days = list(plan.review_steps), list(plan.reminder_days)
    round_.save()
    round_.cities.set(Region.objects.cities().filter(code__in=plan.cities))
    round_.forms.set(Form.objects.filter(code__in=plan.forms))
    if plan.forms:
        round_.indicators.set(form_items(plan.forms))
    return round_


def _returns_make(by: User, round_: Round, zones: list[Zone]) -> list[Return]:
    """A return for each zone, with the act that begins its chain."""
    new = [Return(round=round_, zone=zone, due_on=round_.due_on) for zone in zones]
    Return.objects.bulk_create(new)
    acts = [act_build(return_, ActKind.OPENED, by, Permission.ROUND_MANAGE, "", previous="") for return_ in new]
    ReturnAct.objects.bulk_create(acts)
    return new


def _change_open(by: User, held: Round, before: RoundPlan, plan: RoundPlan) -> Round:
    """Write what may change of an open round, and tell those it concerns."""
    held.name, held.due_on, held.closes_on = plan.name, plan.due_on, plan.closes_on
    held.reminder_days = list(plan.reminder_days)
    held.save()
    with_parks = held.returns.filter(status__in=EDITABLE_STATUSES)
    if plan.due_on != before.due_on:
        # Who has an extension keeps it where it reaches further; what is filed keeps the date it was filed by.
        moved = with_parks.filter(due_on=before.due_on) | with_parks.filter(due_on__lt=plan.due_on)
        moved.update(due_on=plan.due_on, revision=F("revision") + 1)
    added = sorted(set(plan.forms) - set(before.forms))
    if added:
        held.forms.add(*Form.objects.filter(code__in=added))
        held.indicators.add(*form_items(added))
        held.returns.update(revision=F("revision") + 1)
    told = list(with_parks.select_related("round", "zone__administration"))
    if (plan.due_on, plan.closes_on) != (before.due_on, before.closes_on):
        letters.dates_told([row for row in told if row.due_on == plan.due_on])
    if added:
        letters.items_told(told, added)
    return held
