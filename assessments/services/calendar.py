"""The calendar of workdays (工作日历): single days, or a year's list from a file, all or nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments.exceptions import CalendarRefused
from assessments.models import CalendarDay
from assessments.services.shared import require

MOST_ROWS = 400
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "day": ("日期", "date", "day"),
    "works": ("上班", "是否上班", "works"),
    "name": ("名称", "节日", "name"),
    "document": ("依据", "文号", "document"),
}
_YES = frozenset({"1", "是", "上班", "班", "true", "yes", "y"})
_NO = frozenset({"0", "否", "放假", "休", "false", "no", "n"})


@dataclass(frozen=True)
class DayInput:
    """A day as it is to stand in the calendar."""

    day: date
    works: bool
    name: str
    document: str


@dataclass(frozen=True)
class CalendarChange:
    """What an import does: days that are new, that change, that stay as they are."""

    new: list[DayInput]
    changed: list[DayInput]
    same: int

    @property
    def days(self) -> dict[date, bool]:
        return {row.day: row.works for row in [*self.new, *self.changed]}


@transaction.atomic
def calendar_days_save(*, by: User, rows: Sequence[DayInput], dry_run: bool = False) -> CalendarChange:
    """Write days into the calendar (维护工作日历); with `dry_run` only tell what would change.

    Windows already published keep their last day. Raises PermissionDenied; CalendarRefused with every fault.
    """
    require(by, Permission.DECISION_RECORD)
    if faults := _faults(rows):
        raise CalendarRefused(faults)
    held = {item.day: item for item in CalendarDay.objects.select_for_update().filter(day__in=[r.day for r in rows])}
    new = [row for row in rows if row.day not in held]
    changed = [row for row in rows if row.day in held and _differs(held[row.day], row)]
    if not dry_run:
        CalendarDay.objects.bulk_create([CalendarDay(**vars(row)) for row in new])
        for row in changed:
            CalendarDay.objects.filter(day=row.day).update(works=row.works, name=row.name, document=row.document)
    return CalendarChange(new, changed, len(rows) - len(new) - len(changed))


def _differs(held: CalendarDay, row: DayInput) -> bool:
    return (held.works, held.name, held.document) != (row.works, row.name, row.document)


def _faults(rows: Sequence[DayInput]) -> list[str]:
    faults = []
    if not rows:
        faults.append(_("没有日期。请至少给出一天。"))
    seen: set[date] = set()
    for row in rows:
        if row.day in seen:
            faults.append(_("%(day)s 出现了两次，请只留一行。") % {"day": row.day})
        seen.add(row.day)
        if not row.name.strip() or not row.document.strip():
            faults.append(_("%(day)s：请写明名称和依据的通知文号。") % {"day": row.day})
        if len(row.name) > 40 or len(row.document) > 120:
            faults.append(_("%(day)s：名称最多 40 字，依据最多 120 字。") % {"day": row.day})
    return faults


@transaction.atomic
def calendar_day_remove(*, by: User, day: date) -> None:
    """Take a day out of the calendar (移出工作日历): it is again what its weekday says. Raises PermissionDenied."""
    require(by, Permission.DECISION_RECORD)
    CalendarDay.objects.filter(day=day).delete()


def calendar_read(text: str) -> list[DayInput]:
    """The rows of a CSV file with the columns 日期, 上班, 名称, 依据 (also in English).

    Raises CalendarRefused with every fault and its line.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    places = {name: _column(reader.fieldnames or [], known) for name, known in _COLUMNS.items()}
    if missing := [known[0] for name, known in _COLUMNS.items() if places[name] is None]:
        raise CalendarRefused(
            [_("第一行缺少列：%(names)s。须有日期、上班、名称、依据四列。") % {"names": "、".join(missing)}]
        )
    rows: list[DayInput] = []
    faults: list[str] = []
    for line, raw in enumerate(reader, start=2):
        cells = {name: (raw.get(place or "") or "").strip() for name, place in places.items()}
        if not any(cells.values()):
            continue
        if len(rows) >= MOST_ROWS:
            raise CalendarRefused([_("一次最多导入 %(most)d 天。") % {"most": MOST_ROWS}])
        day, works = _day(cells["day"]), _works(cells["works"])
        if day is None:
            faults.append(
                _("第 %(line)d 行：“%(text)s”不是日期，请写成 2026-10-01。") % {"line": line, "text": cells["day"][:20]}
            )
        if works is None:
            faults.append(
                _("第 %(line)d 行：“%(text)s”看不出是否上班，请写“上班”或“放假”。")
                % {"line": line, "text": cells["works"][:20]}
            )
        if day is not None and works is not None:
            rows.append(DayInput(day, works, cells["name"], cells["document"]))
    if faults:
        raise CalendarRefused(faults)
    return rows


def _column(names: Sequence[str], known: Sequence[str]) -> str | None:
    return next((name for name in names if name and name.strip().lower() in known), None)


def _day(text: str) -> date | None:
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def _works(text: str) -> bool | None:
    word = text.lower()
    return True if word in _YES else False if word in _NO else None
