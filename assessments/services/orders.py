"""Ordering a measure outside a decision (考核决定之外采取措施): recorded with its document, confirmed by another person; P198."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import structlog
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import ORDER_MOVES, MeasureStatus, MeasureStep, OrderStatus
from assessments.exceptions import MeasureOrderRefused, ProceedingChanged, ProceedingRefused
from assessments.ladder import GROUNDS, number_of
from assessments.letters import tell_order_settled, tell_ordered
from assessments.models import Measure, MeasureOrder, MeasureOrderFile
from assessments.selectors.consequences import consequence_settings, due_on
from assessments.services.measures import end_measure, tell_measure
from assessments.services.shared import REASON_LENGTH, reason_of, require
from common.attachments import Attachment, FileRefused, examine
from parks.models import Zone

log = structlog.get_logger(__name__)
MOST_FILES = 10
FIRST_YEAR = 2000
LENGTHS = {"issuer": 80, "document_number": 80, "reason": REASON_LENGTH}


@transaction.atomic
def measure_order_record(
    *,
    by: User,
    zone: Zone,
    step: str,
    issuer: str,
    document_number: str,
    document_date: date,
    taken_on: date,
    reason: str,
    grounds: Collection[str] = (),
    due: date | None = None,
    files: Sequence[File] = (),
    synthetic: bool = False,
    dry_run: bool = False,
) -> MeasureOrder:
    """Record that an authority ordered a measure by a document (登记考核决定之外的措施), for another person to confirm.

    `taken_on`: the day from which it stands; without `due` the days of the setting count. `grounds`: clauses of P197a–e.
    The same recorded again as it stands returns the first. `dry_run`: judged, not saved. `synthetic`: of the demonstration.

    Raises PermissionDenied; MeasureOrderRefused with every fault by field: then nothing is saved.
    """
    require(by, Permission.MEASURE_ACT)
    if not Zone.objects.visible_to(by, Permission.RUN_VIEW).filter(pk=zone.pk).exists():
        raise PermissionDenied(_("该园区不在您的职责范围内。"))
    order = MeasureOrder(
        zone=zone,
        step=step,
        issuer=issuer.strip(),
        document_number=document_number.strip(),
        document_date=document_date,
        taken_on=taken_on,
        reason=reason.strip(),
        clauses=["P198", *(clause for clause in GROUNDS if clause in grounds)],
        synthetic=synthetic,
        proposed_by=by,
    )
    faults = _faults(order, due)
    if strange := sorted(set(grounds) - set(GROUNDS)):
        faults["grounds"] = _("没有这种情形：%(codes)s。") % {"codes": "、".join(strange)}
    kept = _examined(files, faults)
    if not faults:
        order.due_on = due or due_on(step, taken_on, consequence_settings())
        if same := _same(order):
            return same
    faults |= _standing_faults(order)
    if faults:
        raise MeasureOrderRefused(faults)
    if dry_run:
        return order
    _save(order)
    for file, found in kept:
        MeasureOrderFile.objects.create(order=order, file=file, uploaded_by=by, **found.facts)
    tell_ordered(order)
    log.info("measure_order_record", user=by.get_username(), order=order.pk, zone=zone.code, step=step)
    return order


def _faults(order: MeasureOrder, due: date | None) -> dict[str, str]:
    """What is wrong with it in itself, by field."""
    today, faults = timezone.localdate(), {}
    if order.step not in MeasureStep.values:
        faults["step"] = _("请从列表中选择措施。")
    for name, most in LENGTHS.items():
        text = getattr(order, name)
        if not text or len(text) > most:
            faults[name] = _("请填写，最多 %(most)d 字。") % {"most": most}
    if order.document_date > today or order.document_date.year < FIRST_YEAR:
        faults["document_date"] = _("文件日期须在 %(year)d 年以后、今天以前，请核对。") % {"year": FIRST_YEAR}
    if not order.document_date <= order.taken_on <= today:
        faults["taken_on"] = _("采取日期不能早于文件日期，也不能晚于今天。尚未采取的措施到时再登记。")
    if due is not None and due < max(today, order.taken_on):
        faults["due"] = _("期限须在今天或以后。")
    return faults


def _examined(files: Sequence[File], faults: dict[str, str]) -> list[tuple[File, Attachment]]:
    if not files or len(files) > MOST_FILES:
        faults["files"] = _("请附上文件（1 至 %(most)d 个）。没有文件的措施无法核查。") % {"most": MOST_FILES}
        return []
    try:
        return [(file, examine(file, str(file.name), file.size)) for file in files]
    except FileRefused as refusal:
        faults["files"] = str(refusal)
        return []


def _same(order: MeasureOrder) -> MeasureOrder | None:
    """The one recorded before with the same facts by the same person, unless it came to nothing."""
    facts = (
        "zone",
        "step",
        "issuer",
        "document_number",
        "document_date",
        "taken_on",
        "due_on",
        "reason",
        "proposed_by",
    )
    rows = MeasureOrder.objects.filter(status__in=[OrderStatus.PROPOSED, OrderStatus.CONFIRMED], clauses=order.clauses)
    return rows.filter(**{name: getattr(order, name) for name in facts}).first()


def _standing_faults(order: MeasureOrder) -> dict[str, str]:
    """What stands against it now: another one waiting, its document used already, an open measure as high."""
    faults = {}
    others = MeasureOrder.objects.filter(zone=order.zone).exclude(pk=order.pk)
    if waiting := others.waiting().first():
        faults[""] = _("这个园区还有一项待复核的措施（%(step)s，%(number)s），请先复核或撤回。") % {
            "step": waiting.get_step_display(),
            "number": waiting.document_number,
        }
    if others.filter(document_number=order.document_number, status=OrderStatus.CONFIRMED).exists():
        faults["document_number"] = _("这一文号对该园区采取的措施已经登记过，没有重复登记。")
    before = Measure.objects.open().filter(zone=order.zone).first()
    if before is not None and order.step in MeasureStep.values:
        facts = {"step": before.get_step_display(), "day": before.opened_on}
        if number_of(before.step) >= number_of(order.step):
            message = _("已有未解除的“%(step)s”，不低于所选的一级。请先解除，或选择更高的一级。")
            faults["step"] = message % facts
        if order.taken_on < before.opened_on:
            message = _("采取日期早于现有措施“%(step)s”的采取日期 %(day)s，请核对。")
            faults.setdefault("taken_on", message % facts)
    return faults


def _save(order: MeasureOrder) -> None:
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError as error:  # somebody recorded another one in the same moment
        if "measure_order_one_waiting" not in str(error) and "measure_order_document_once" not in str(error):
            raise
        raise MeasureOrderRefused({"": _("刚刚由他人登记了这个园区的措施。请刷新后再试。")}) from error


@transaction.atomic
def measure_order_confirm(*, by: User, order_id: int, base_revision: int) -> MeasureOrder:
    """Confirm it (复核通过), by somebody else than who recorded it: the measure begins, a lower open one gives way.

    Raises MeasureOrder.DoesNotExist, PermissionDenied, ProceedingChanged; ProceedingRefused when a measure as high stands by
    now, or it is settled.
    """
    require(by, Permission.DECISION_CONFIRM)
    order = _waiting(order_id, base_revision)
    if by.pk == order.proposed_by_id:
        raise PermissionDenied(_("这项措施由您登记，须由他人复核。"))
    if faults := _standing_faults(order):
        raise MeasureOrderRefused(faults)
    before = Measure.objects.select_for_update().open().filter(zone=order.zone).first()
    if before is not None:
        with override("zh-hans"):  # what is stored has one language, whoever confirms
            raised = f"{order.issuer}另行采取措施，升为{order.get_step_display()}。"
        number = order.document_number
        end_measure(before, MeasureStatus.ESCALATED, by=by, on=order.taken_on, reason=raised, document=number)
    _settle(order, by, OrderStatus.CONFIRMED)
    measure = Measure.objects.create(
        zone=order.zone,
        step=order.step,
        opened_on=order.taken_on,
        due_on=order.due_on,
        order=order,
        previous=before,
        clauses=order.clauses,
        reason=order.reason,
        document=order.document_number,
        synthetic=order.synthetic,
        opened_by=order.proposed_by,
    )
    tell_measure(measure)
    log.info("measure_order_confirm", user=by.get_username(), order=order.pk, measure=measure.pk)
    return order


@transaction.atomic
def measure_order_refuse(*, by: User, order_id: int, reason: str, base_revision: int) -> MeasureOrder:
    """Let it come to nothing (复核不通过), with a reason. Raises as `measure_order_confirm`."""
    require(by, Permission.DECISION_CONFIRM)
    order = _waiting(order_id, base_revision)
    if by.pk == order.proposed_by_id:
        raise PermissionDenied(_("这项措施由您登记：请撤回，复核由他人办理。"))
    _settle(order, by, OrderStatus.REFUSED, reason)
    tell_order_settled(order)
    return order


@transaction.atomic
def measure_order_withdraw(*, by: User, order_id: int, reason: str, base_revision: int) -> MeasureOrder:
    """Take one's own back before it is confirmed (撤回), with a reason. Raises as `measure_order_confirm`."""
    require(by, Permission.MEASURE_ACT)
    order = _waiting(order_id, base_revision)
    if by.pk != order.proposed_by_id:
        raise PermissionDenied(_("这项措施由他人登记，只能由登记人撤回；您可以复核。"))
    _settle(order, by, OrderStatus.WITHDRAWN, reason)
    return order


def _waiting(order_id: int, base_revision: int) -> MeasureOrder:
    rows = MeasureOrder.objects.select_for_update(of=("self",)).select_related("zone__administration", "proposed_by")
    order = rows.get(pk=order_id)
    if not ORDER_MOVES[order.status]:
        message = _("这项措施已经办结（%(now)s），不能再办理。请刷新页面。")
        raise ProceedingRefused([message % {"now": order.get_status_display()}])
    if order.revision != base_revision:
        raise ProceedingChanged(_("这项措施在您打开之后已有变动。请刷新后再办理。"), current=order.revision)
    return order


def _settle(order: MeasureOrder, by: User, status: OrderStatus, reason: str | None = None) -> None:
    order.answer = "" if reason is None else reason_of(reason)
    order.status, order.settled_by, order.settled_at = status, by, timezone.now()
    order.revision += 1
    order.save(update_fields=["status", "settled_by", "settled_at", "answer", "revision"])
