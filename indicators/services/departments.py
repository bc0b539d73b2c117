"""Saving a department's delivery of figures for many zones (部门数据导入): whole or not at all, history kept."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import ROLE_PERMISSIONS, Permission
from accounts.models import Organisation, User
from indicators.deliveries import Delivered, Fault
from indicators.enums import Channel, ValueSource
from indicators.exceptions import DeliveryRefused, MoveRefused, RevisionConflict
from indicators.models import DataChange, DepartmentLoad, Return, Value
from indicators.news import tell
from indicators.services.deliveries import Change, Delivery, delivery_check, department_of

_LOCK = 0x79710002  # advisory locks of this database: deliveries
_WRITTEN = ["number", "absence", "comment", "channel", "change_note", "source_note", "load", "synthetic", "revision",
            "updated_by", "updated_at"]  # fmt: skip


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


# ---- writing ----------------------------------------------------------------------------------------------------


def _no_source() -> Fault:
    return Fault("", "source_note", _("请写明来源：没有来源的数字不能采用。例如“2025年统计年报，3月20日定稿”。"))


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
            change_note=f"批次 {load.pk}：{load.name}",
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
