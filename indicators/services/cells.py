"""Saving cells of a return (填写): one at a time from the form, or many at once, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from common.numbers import format_number
from indicators.checks import range_message
from indicators.enums import EDITABLE_STATUSES, Absence, Channel, ReturnStatus, RoundStatus, ValueSource
from indicators.exceptions import ReturnLocked, RevisionConflict, ValueInvalid
from indicators.models import Indicator, Return, Value
from indicators.selectors import asked_indicators
from indicators.services.shared import deadline_words, require, require_revision, returns_lock

_WHOLE_DIGITS = 16
_COMMENT_LENGTH = 500
_ROWS_AT_ONCE = 1000
_WRITTEN = ["number", "absence", "comment", "channel", "change_note", "revision", "updated_by", "updated_at"]


@dataclass(frozen=True)
class CellInput:
    """What somebody wants a cell to hold: a number in the indicator's unit, or a reason for none, or neither."""

    indicator_code: str
    number: Decimal | None = None
    absence: str = ""
    comment: str = ""

    def equals(self, value: Value) -> bool:
        return (self.number, self.absence, self.comment) == (value.number, value.absence, value.comment)

    @property
    def empty(self) -> bool:
        return self.number is None and not self.absence and not self.comment


@dataclass(frozen=True)
class _Trace:
    """What the history keeps of a write: who, by which path, with what note."""

    by: User
    channel: Channel
    change_note: str


@transaction.atomic
def value_save(
    *,
    by: User,
    return_id: int,
    indicator_code: str,
    number: Decimal | None,
    absence: str = "",
    comment: str = "",
    base_revision: int,
    channel: Channel = Channel.FORM,
    change_note: str = "",
) -> Value:
    """Save one cell (保存单元格); `base_revision` is the cell's own, 0 when it was not filled in yet.

    `channel` and `change_note` (a file's name, say) stay with the version in the value's history.

    Saving what is there already changes nothing, whatever the revision: a second click or a repeated request is harmless.
    Raises Return.DoesNotExist, PermissionDenied, ReturnLocked, ValueInvalid, and RevisionConflict with the value as it
    stands when somebody else changed the cell meanwhile.
    """
    return_ = fillable_lock(by, return_id)
    cell = CellInput(indicator_code, number, absence, comment.strip())
    indicator = cells_valid([cell], asked_indicators([return_])[return_.pk])[indicator_code]
    value = return_.values.select_related("updated_by", "indicator").filter(indicator=indicator).first()
    value = value or value_new(return_, indicator)
    if cell.equals(value):
        return value
    if value.revision != base_revision:
        raise RevisionConflict(_conflict_message(value), value if value.pk else None)
    _fill(value, cell, _Trace(by, channel, change_note))
    value.save()
    revise(return_)
    return value


@transaction.atomic
def values_save(
    *,
    by: User,
    return_id: int,
    cells: Sequence[CellInput],
    base_revision: int,
    channel: Channel,
    change_note: str = "",
) -> Return:
    """Save many cells, whole or not at all (批量保存); `base_revision` is the return's. Returns the return as it then stands.

    Cells not named stay as they are. Raises as `value_save`; ValueInvalid lists every fault of every cell.
    """
    batch = Batch(return_id, cells, base_revision)
    return returns_fill(by=by, batches=[batch], channel=channel, change_note=change_note)[0]


@dataclass(frozen=True)
class Batch:
    """Cells to save in one return, based on its revision."""

    return_id: int
    cells: Sequence[CellInput]
    base_revision: int


@transaction.atomic
def returns_fill(*, by: User, batches: Sequence[Batch], channel: Channel, change_note: str = "") -> list[Return]:
    """Save cells of many returns, all or none of them (多报表批量保存), in a number of queries that their number does not change.

    Raises as `values_save`, for the first return that can't be filled in. Returns those returns, in the order of their ids.
    """
    returns = {return_.pk: return_ for return_ in fillable_locks(by, [batch.return_id for batch in batches])}
    for batch in batches:
        require_revision(returns[batch.return_id], batch.base_revision)
    asked = asked_indicators(returns.values())
    held: dict[tuple[int | None, int], Value] = {
        (value.return_ref_id, value.indicator_id): value for value in Value.objects.filter(return_ref__in=returns)
    }
    trace = _Trace(by, channel, change_note)
    new: list[Value] = []
    changed: list[Value] = []
    for batch in batches:
        return_ = returns[batch.return_id]
        cells = [CellInput(c.indicator_code, c.number, c.absence, c.comment.strip()) for c in batch.cells]
        indicators = cells_valid(cells, asked[return_.pk])
        for cell in cells:
            indicator = indicators[cell.indicator_code]
            value = held.get((return_.pk, indicator.pk)) or value_new(return_, indicator)
            if not cell.equals(value):
                _fill(value, cell, trace)
                (changed if value.pk else new).append(value)
    Value.objects.bulk_create(new, batch_size=_ROWS_AT_ONCE)
    # As an upsert: the same updates and triggers as bulk_update, ten times as fast for some thousand rows.
    Value.objects.bulk_create(
        changed, batch_size=_ROWS_AT_ONCE, update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN
    )
    touched = {value.return_ref_id for value in (*new, *changed)}
    revise_many([return_ for return_ in returns.values() if return_.pk in touched])
    return list(returns.values())


def fillable_lock(by: User, return_id: int) -> Return:
    """The return, locked, once the user may fill it in now. Raises Return.DoesNotExist, PermissionDenied, ReturnLocked."""
    return fillable_locks(by, [return_id])[0]


def fillable_locks(by: User, return_ids: Sequence[int]) -> list[Return]:
    """The returns, locked in the order of their ids. Raises as `fillable_lock` when any of them can't be filled in."""
    returns = returns_lock(by, return_ids)
    for return_ in returns:
        require(by, [Permission.RETURN_FILL], return_)
        if locked := locked_reason(return_):
            raise ReturnLocked(locked)
    return returns


def locked_reason(return_: Return) -> str:
    """Why nothing can be filled in now; empty when it can."""
    if return_.round.status != RoundStatus.OPEN:
        state = RoundStatus(return_.round.status).label
        return _("填报任务现为“%(state)s”，不能填写。请联系联席会议办公室。") % {"state": state}
    if return_.status == ReturnStatus.ACCEPTED:
        return _("报表已确认，数字已锁定。如需更正，请在报表页面提出更正申请。")
    if return_.status not in EDITABLE_STATUSES:
        message = _("报表现为“%(state)s”，不能修改。如需更正，请审核人退回后再填。")
        return message % {"state": ReturnStatus(return_.status).label}
    return "" if return_.is_editable else deadline_words(return_)


def cells_valid(cells: Sequence[CellInput], items: Sequence[Indicator]) -> dict[str, Indicator]:
    """The items by code. Raises ValueInvalid with every fault of the cells."""
    asked = {indicator.code: indicator for indicator in items}
    errors: dict[str, list[str]] = {}
    seen: set[str] = set()
    for cell in cells:
        code = cell.indicator_code
        if code not in asked:
            faults = [_("“%(code)s”不是本报表的填报项。请核对指标代码。") % {"code": code}]
        elif code in seen:
            faults = [_("“%(name)s”在同一次提交中出现多次。请只保留一个。") % {"name": asked[code].label}]
        else:
            faults = cell_faults(cell, asked[code])
        seen.add(code)
        if faults:
            errors.setdefault(code, []).extend(faults)
    if errors:
        raise ValueInvalid(errors)
    return asked


def cell_faults(cell: CellInput, indicator: Indicator) -> list[str]:
    """What is wrong with what somebody wants a cell to hold; empty when it can be stored."""
    faults = []
    name = {"name": indicator.label}
    if cell.absence and cell.absence not in Absence.values:
        faults.append(_("“%(name)s”的缺值说明只能是“不适用”或“暂缺”。") % name)
    if cell.absence and cell.number is not None:
        faults.append(_("“%(name)s”已填数字，就不能再选“不适用”或“暂缺”。请去掉其中一个。") % name)
    if len(cell.comment) > _COMMENT_LENGTH:
        faults.append(_("“%(name)s”的说明超过 %(most)d 字，请精简。") % {**name, "most": _COMMENT_LENGTH})
    if cell.number is not None:
        faults.extend(filter(None, [number_fault(cell.number, indicator)]))
    return faults


def number_fault(number: Decimal, indicator: Indicator) -> str:
    """What is wrong with a number; empty when it can be stored."""
    name = {"name": indicator.label, "unit": indicator.unit_label}
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int):
        return _("“%(name)s”不是有效的数字。请只填数字，例如 1234.5。") % name
    if number.adjusted() >= _WHOLE_DIGITS:
        return _("“%(name)s”的数字过长：整数部分最多 %(most)d 位。请核对单位。") % {**name, "most": _WHOLE_DIGITS}
    if -exponent > indicator.decimals:
        shown = {**name, "number": format_number(number), "most": indicator.decimals}
        if indicator.decimals == 0:
            return _("“%(name)s”须为整数，现为 %(number)s。请去掉小数。") % shown
        return _("“%(name)s”最多保留 %(most)d 位小数，现为 %(number)s。单位是%(unit)s，请四舍五入。") % shown
    return range_message(indicator, float(number))


def value_new(return_: Return, indicator: Indicator) -> Value:
    """An empty cell of the return, not yet stored."""
    return Value(
        return_ref=return_,
        zone=return_.zone,
        indicator=indicator,
        year=return_.round.year,
        period=return_.round.period,
        source=ValueSource.PARK,
        synthetic=return_.synthetic,
        revision=0,
    )


def _fill(value: Value, cell: CellInput, trace: _Trace) -> None:
    value.number, value.absence, value.comment = cell.number, cell.absence, cell.comment
    value.channel, value.change_note = trace.channel, trace.change_note
    value.revision += 1
    value.updated_by = trace.by
    value.updated_at = timezone.now()


def revise(return_: Return) -> None:
    """Count a change to the locked return: others who have it open are told."""
    revise_many([return_])


def revise_many(returns: Sequence[Return]) -> None:
    """The same for several, with one statement."""
    Return.objects.filter(pk__in=[return_.pk for return_ in returns]).update(revision=F("revision") + 1)
    for return_ in returns:
        return_.revision += 1


def _conflict_message(value: Value) -> str:
    if not value.pk:
        return _("“%(name)s”在您打开之后已被清除。请刷新后再填。") % {"name": value.indicator.label}
    who = value.updated_by or _("他人")
    shown = format_number(value.number) if value.number is not None else (value.get_absence_display() or _("空白"))
    at = timezone.localtime(value.updated_at)
    message = _("%(who)s已于 %(at)s 将“%(name)s”改为 %(shown)s。请核对后再保存。")
    return message % {"who": who, "at": f"{at:%Y-%m-%d %H:%M}", "name": value.indicator.label, "shown": shown}
