"""Saving cells of a return (填写): one at a time from the form, or many at once, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from common.numbers import format_number
from indicators.checks import range_message
from indicators.enums import Absence, Channel, ReturnStatus, RoundStatus, ValueSource
from indicators.exceptions import ReturnLocked, RevisionConflict, ValueInvalid
from indicators.models import Indicator, Return, Value
from indicators.selectors import asked_indicators
from indicators.services.shared import require, require_revision, return_lock

_WHOLE_DIGITS = 16
_COMMENT_LENGTH = 500
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
    indicator = _valid([cell], return_)[indicator_code]
    value = return_.values.select_related("updated_by", "indicator").filter(indicator=indicator).first()
    value = value or _new(return_, indicator)
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
    return_ = fillable_lock(by, return_id)
    require_revision(return_, base_revision)
    cells = [CellInput(c.indicator_code, c.number, c.absence, c.comment.strip()) for c in cells]
    indicators = _valid(cells, return_)
    held = {value.indicator_id: value for value in return_.values.filter(indicator__in=indicators.values())}
    trace = _Trace(by, channel, change_note)
    new: list[Value] = []
    changed: list[Value] = []
    for cell in cells:
        indicator = indicators[cell.indicator_code]
        value = held.get(indicator.pk) or _new(return_, indicator)
        if not cell.equals(value):
            _fill(value, cell, trace)
            (changed if value.pk else new).append(value)
    Value.objects.bulk_create(new)
    Value.objects.bulk_update(changed, _WRITTEN)
    if new or changed:
        revise(return_)
    return return_


def fillable_lock(by: User, return_id: int) -> Return:
    """The return, locked, once the user may fill it in now. Raises Return.DoesNotExist, PermissionDenied, ReturnLocked."""
    return_ = return_lock(by, return_id)
    require(by, [Permission.RETURN_FILL], return_)
    if return_.round.status != RoundStatus.OPEN:
        state = RoundStatus(return_.round.status).label
        raise ReturnLocked(_("填报任务现为“%(state)s”，不能填写。请联系联席会议办公室。") % {"state": state})
    if not return_.is_editable:
        message = _("报表现为“%(state)s”，不能修改。如需更正，请审核人退回后再填。")
        raise ReturnLocked(message % {"state": ReturnStatus(return_.status).label})
    return return_


def _valid(cells: Sequence[CellInput], return_: Return) -> dict[str, Indicator]:
    """The cells' indicators by code. Raises ValueInvalid with every fault."""
    asked = {indicator.code: indicator for indicator in asked_indicators([return_])[return_.pk]}
    errors: dict[str, list[str]] = {}
    seen: set[str] = set()
    for cell in cells:
        code = cell.indicator_code
        if code not in asked:
            faults = [_("“%(code)s”不是本报表的填报项。请核对指标代码。") % {"code": code}]
        elif code in seen:
            faults = [_("“%(name)s”在同一次提交中出现多次。请只保留一个。") % {"name": asked[code].label}]
        else:
            faults = _faults(cell, asked[code])
        seen.add(code)
        if faults:
            errors.setdefault(code, []).extend(faults)
    if errors:
        raise ValueInvalid(errors)
    return asked


def _faults(cell: CellInput, indicator: Indicator) -> list[str]:
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


def _new(return_: Return, indicator: Indicator) -> Value:
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
    return_.revision += 1
    return_.save(update_fields=["revision"])


def _conflict_message(value: Value) -> str:
    if not value.pk:
        return _("“%(name)s”在您打开之后已被清除。请刷新后再填。") % {"name": value.indicator.label}
    who = value.updated_by or _("他人")
    shown = format_number(value.number) if value.number is not None else (value.get_absence_display() or _("空白"))
    at = timezone.localtime(value.updated_at)
    message = _("%(who)s已于 %(at)s 将“%(name)s”改为 %(shown)s。请核对后再保存。")
    return message % {"who": who, "at": f"{at:%Y-%m-%d %H:%M}", "name": value.indicator.label, "shown": shown}
