"""Whether what is filled in may be stored (台账校验): one set of rules for form, workbook and API."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from common.numbers import NotANumber, format_number, read_number
from registers import creditcode
from registers.definition import SEVERAL, Definition, FieldSpec, chosen, enumerated, said
from registers.enums import FieldType, unit_behind
from registers.formulas import evaluate
from registers.references import References, entry_number

WHOLE = ""
"""The field under which errors of the whole entry stand."""
FIRST_YEAR, LAST_YEAR = 1949, 2100
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")
_YES = {"是", "yes", "y", "true", "1", "√", "✓"}
_NO = {"否", "no", "n", "false", "0", "×"}


@dataclass(frozen=True)
class Row:
    """What is to be checked: the answers given, and how the entry stood before (None for a new one)."""

    given: Mapping[str, Any]
    former: Mapping[str, Any] | None = None


@dataclass
class Checked:
    """The answers as they would be stored, and what is wrong by field ("" for the whole)."""

    data: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def add(self, code: str, message: str) -> None:
        self.errors.setdefault(code, []).append(message)


class _Wrong(Exception):
    """A single answer that cannot be stored; `str()` says why and how to mend it."""


def check(spec: Definition, rows: Sequence[Row], refs: References) -> list[Checked]:
    """Every row read and judged; fields not given keep what they had, answers to fields no longer asked stay."""
    found = [_read(spec, row, refs) for row in rows]
    _required(spec, found)
    for rule in spec.rules:
        for checked, truth in zip(found, evaluate(spec, rule.formula, [each.data for each in found]), strict=True):
            if truth == 0:
                checked.add(WHOLE, said(rule.message))
    if spec.course is not None:
        for row, checked in zip(rows, found, strict=True):
            _course(spec, row, checked)
    return found


def _read(spec: Definition, row: Row, refs: References) -> Checked:
    checked = Checked(dict(row.former or {}))
    for unknown in sorted(row.given.keys() - {each.code for each in spec.fields}):
        checked.add(WHOLE, _("台账没有字段“%(code)s”。") % {"code": str(unknown)[:40]})
    for each in spec.fields:
        if each.code not in row.given:
            continue
        value = row.given[each.code]
        if value is None or value == [] or (isinstance(value, str) and not value.strip()):
            checked.data.pop(each.code, None)
            continue
        if row.former is not None and _same(each, value, row.former.get(each.code)):
            continue  # an answer that did not change is not judged anew: what it names may have gone since
        try:
            checked.data[each.code] = _READERS[each.type](each, value, refs)
        except _Wrong as wrong:
            checked.data.pop(each.code, None)
            checked.add(each.code, str(wrong))
    return checked


def _same(each: FieldSpec, value: Any, former: Any) -> bool:
    if each.type == FieldType.CHOICES and isinstance(value, list):
        return value == chosen(former)
    return bool(value == former)


def _required(spec: Definition, found: Sequence[Checked]) -> None:
    for each in spec.fields:
        if each.required_when:
            asked = evaluate(spec, each.required_when, [checked.data for checked in found]) == 1
            message = _("按所填的状态，此项必填。")
        else:
            asked = [each.required] * len(found)
            message = _("此项必填。")
        for checked, wanted in zip(found, asked, strict=True):
            if wanted and each.code not in checked.data and each.code not in checked.errors:
                checked.add(each.code, message)


def _course(spec: Definition, row: Row, checked: Checked) -> None:
    course = spec.course
    assert course is not None
    states = spec.field(course.field)
    before, now = (row.former or {}).get(course.field), checked.data.get(course.field)
    if states is None or before is None or now is None or before == now or before not in course.moves:
        return
    if now not in course.moves[before]:
        facts = {
            "before": states.choice_label(before),
            "now": states.choice_label(now),
            "next": enumerated(states.choice_label(code) for code in course.moves[before]) or _("无"),
        }
        message = _("不能由“%(before)s”改为“%(now)s”；之后可以是：%(next)s。填错的请撤销后重新登记。")
        checked.add(course.field, message % facts)


# ---- one answer -----------------------------------------------------------------------------------------------


def _text(each: FieldSpec, value: Any, refs: References) -> str:
    text = re.sub(r"[ \t\u3000]+", " ", str(value)).strip()
    if isinstance(value, Decimal | float) and Decimal(str(value)) == int(value):
        text = str(int(value))  # a number typed where a text is asked: a code, say
    if len(text) > each.length:
        message = _("最多 %(most)d 个字，现有 %(found)d 个。")
        raise _Wrong(message % {"most": each.length, "found": len(text)})
    if any(ord(letter) < 32 and letter != "\n" for letter in text):
        raise _Wrong(_("含有不能显示的字符，请删去后重填。"))
    return text


def _number(each: FieldSpec, value: Any, refs: References) -> Any:
    if isinstance(value, bool):
        raise _Wrong(_("须是数字。"))
    try:
        number = read_number(str(value), (each.stored_unit, each.unit_label))
    except NotANumber as error:
        if error.too_long:
            raise _Wrong(_("数字过长：整数部分最多 16 位。请核对单位。")) from None
        message = _("“%(text)s”不是数字。请只填数字，不写单位。")
        raise _Wrong(message % {"text": str(value)[:40]}) from None
    assert number is not None  # empty answers do not come here
    if each.minimum is not None and number < each.minimum:
        raise _Wrong(_("不得小于 %(least)s。") % {"least": _with_unit(each, each.minimum)})
    if each.maximum is not None and number > each.maximum:
        raise _Wrong(_("不得大于 %(most)s。") % {"most": _with_unit(each, each.maximum)})
    if each.type == FieldType.INTEGER:
        if number != number.to_integral_value():
            raise _Wrong(_("须是整数。"))
        return int(number)
    kept = number.quantize(Decimal(1).scaleb(-each.digits), rounding=ROUND_HALF_UP)
    if kept != number:
        raise _Wrong(_("最多 %(digits)d 位小数。") % {"digits": each.digits})
    return f"{kept.normalize():f}"


def _with_unit(each: FieldSpec, number: Decimal) -> str:
    """A bound with its unit; 12 × 10,000 yuan."""
    return f"{format_number(number)} {unit_behind(each.stored_unit)}".strip()


def _day(each: FieldSpec, value: Any, refs: References) -> str:
    found = value.date() if isinstance(value, datetime) else value
    if not isinstance(found, date):
        match = _DAY.fullmatch(re.sub(r"\s", "", str(value)))
        try:
            found = date(*(int(part) for part in match.groups() if part)) if match else None
        except ValueError:
            found = None
    if found is None:
        raise _Wrong(_("“%(text)s”不是日期。请写成 2024-05-06。") % {"text": str(value)[:40]})
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _Wrong(_("年份须在 %(first)d—%(last)d 之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    if each.past and found > timezone.localdate():
        raise _Wrong(_("日期尚未到来；已发生的事才登记日期。"))
    return found.isoformat()


def _year(each: FieldSpec, value: Any, refs: References) -> int:
    text = re.sub(r"\s|年度?$", "", str(value))
    if not re.fullmatch(r"\d{4}(\.0+)?", text, re.ASCII) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        message = _("“%(text)s”不是年份。请写四位数字，例如 2024。")
        raise _Wrong(message % {"text": str(value)[:40]})
    return int(text[:4])


def _choice(each: FieldSpec, value: Any, refs: References) -> str:
    text = str(value).strip()
    for code, words in each.choices.items():
        if text == code or text in words or text.lower() == words[1].lower():
            return code
    listed = enumerated(said(words) for words in each.choices.values())
    raise _Wrong(_("没有选项“%(text)s”。可选：%(listed)s。") % {"text": text[:40], "listed": listed})


def _choices(each: FieldSpec, value: Any, refs: References) -> list[str]:
    """Several, in the order of the definition and each once: a list, or a text parted by 、 or ;."""
    given = value if isinstance(value, list | tuple) else SEVERAL.split(str(value))
    if strange := next((item for item in given if not isinstance(item, str)), None):
        raise _Wrong(_("选项须是文字，现为“%(text)s”。") % {"text": str(strange)[:40]})
    found = {_choice(each, item, refs) for item in given if item.strip()}
    if not found:
        raise _Wrong(_("没有选项。请从列表中选择，不选的留空。"))
    return [code for code in each.choices if code in found]


def _yes_no(each: FieldSpec, value: Any, refs: References) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise _Wrong(_("请填“是”或“否”，现为“%(text)s”。") % {"text": str(value)[:40]})


def _zone(each: FieldSpec, value: Any, refs: References) -> str:
    found = refs.zones.get(str(value).strip().partition(" ")[0]) or refs.zones.get(str(value).strip())
    if found is None:
        raise _Wrong(_("没有园区“%(text)s”。请填园区编号，例如 Z001。") % {"text": str(value)[:40]})
    return found.code


def _region(each: FieldSpec, value: Any, refs: References) -> str:
    found = refs.regions.get(str(value).strip().partition(" ")[0]) or refs.regions.get(str(value).strip())
    if found is None:
        raise _Wrong(_("没有行政区“%(text)s”。请填六位代码，例如 410100。") % {"text": str(value)[:40]})
    return found.code


def _enterprise(each: FieldSpec, value: Any, refs: References) -> str:
    code = creditcode.normalised(str(value))
    if found := refs.enterprises.get(code):
        return found.credit_code
    if not creditcode.is_well_formed(code):
        message = _("“%(text)s”不是统一社会信用代码：须为 18 位数字和大写字母，不含 I、O、S、V、Z。")
        raise _Wrong(message % {"text": str(value)[:40]})
    if not creditcode.is_valid(code):
        raise _Wrong(_("统一社会信用代码的末位（校验码）与前 17 位不符，请核对是否抄错。"))
    raise _Wrong(_("您的区域内没有登记代码为 %(code)s 的企业。请先在“企业”页登记。") % {"code": code})


def _entry(each: FieldSpec, value: Any, refs: References) -> int:
    number = entry_number(value)
    if number is None or (each.links_to, number) not in refs.entries:
        message = _("没有可引用的条目“%(text)s”。请填该台账中条目的编号，例如 #12。")
        raise _Wrong(message % {"text": str(value)[:40]})
    return number


_READERS: Mapping[FieldType, Callable[[FieldSpec, Any, References], Any]] = {
    FieldType.TEXT: _text,
    FieldType.DOCUMENT: _text,
    FieldType.NUMBER: _number,
    FieldType.INTEGER: _number,
    FieldType.MONEY: _number,
    FieldType.DATE: _day,
    FieldType.YEAR: _year,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.YES_NO: _yes_no,
    FieldType.ZONE: _zone,
    FieldType.REGION: _region,
    FieldType.ENTERPRISE: _enterprise,
    FieldType.ENTRY: _entry,
}
