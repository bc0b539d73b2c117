"""What a cell of a table says: a figure, a reason for none, a fault, or something only its sender can settle (数字识别).

What is plain is read: thousands separators, full-width digits, an apostrophe's text, the item's own unit behind the number.
What may mean two things is asked about with the possible answers, and one of them always is to leave the portal's figure
as it is. Nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from common.numbers import format_number
from common.workbooks.cells import Cell, ErrorValue
from common.workbooks.styles import PERCENT, SCALED
from indicators.enums import Absence
from indicators.models import Indicator
from indicators.workbooks.headers import plain
from indicators.workbooks.units import Conversion, conversion, unit_of

KEEP = "keep"
YES_NO = "是否"
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d{1,2})?")
_BRACKETED = re.compile(r"\(((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\)")
_WITH_UNIT = re.compile(rf"({_NUMBER.pattern})\s*(\S{{1,8}})")
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "，": ",", "。": ".", "．": ".", "'": None})
_POWERS = {"千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
BLANK_WORDS = {
    "无",
    "没有",
    "-",
    "--",
    "---",
    "/",
    "\\",
    "*",
    "...",
    "……",
    "na",
    "none",
    "null",
    "缺",
    "空",
    "未统计",
    "x",
}
_YES = {"是": 1, "yes": 1, "true": 1, "1": 1, "√": 1, "否": 0, "no": 0, "false": 0, "0": 0, "×": 0}
_LONGEST_SHOWN = 40
_LONGEST_FIGURE = 200
_LARGEST_POWER = 17  # any figure has fewer digits; what is longer is a slip, and too long to count with exactly


@lru_cache(maxsize=1)
def absence_words() -> dict[str, str]:
    """The two words that answer without a number, in all languages of the portal, and their codes."""
    found = {"n/a": str(Absence.NOT_APPLICABLE)} | {str(value): str(value) for value in Absence.values}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {plain(str(absence.label)): str(absence) for absence in Absence}
    return found


@dataclass(frozen=True)
class Option:
    """One answer to a question: its key, how it reads, and the figure it stands for (none with KEEP)."""

    key: str
    label: str
    number: Decimal | None = None
    absence: str = ""


@dataclass(frozen=True)
class Asked:
    """A question about one cell. Questions of one `kind` can be answered together."""

    kind: str
    text: str
    options: Sequence[Option]


@dataclass(frozen=True)
class Figure:
    """What was read. At most one of `number`, `absence`, `fault`, `asked`; with none of them the cell is empty.

    `keep`: the sender chose to leave the portal's figure. `notes` say what was recognised on the way.
    """

    number: Decimal | None = None
    absence: str = ""
    fault: str = ""
    asked: Asked | None = None
    keep: bool = False
    notes: list[str] = field(default_factory=list)


def read_figure(cell: Cell, item: Indicator, given: Conversion | None, answer: str = "") -> Figure:
    """Read a cell that holds a figure of `item`; `given` turns the unit its column or row names into the item's.

    `answer` is the key of the option chosen where the cell was asked about. Faults are sentences without the place.
    """
    if cell.formula:
        return _settle(_formula(cell, item, given), item, answer)
    return _settle(_value(cell, item, given), item, answer)


def _settle(found: Figure, item: Indicator, answer: str) -> Figure:
    """A question answered becomes what was chosen."""
    if found.asked is None:
        return found
    chosen = {option.key: option for option in found.asked.options}.get(answer)
    if chosen is None:
        return found
    return Figure(
        chosen.number, chosen.absence, keep=chosen.key == KEEP, notes=[f"{found.asked.text} → {chosen.label}"]
    )


def _ask(kind: str, text: str, *options: Option) -> Figure:
    return Figure(asked=Asked(kind, text, [*options, Option(KEEP, _("不采用，保留系统中的数"))]))


def _formula(cell: Cell, item: Indicator, given: Conversion | None) -> Figure:
    """A formula's stored result is shown and asked about; one without a usable result can't be taken."""
    result = _value(replace(cell, formula=""), item, given)
    if result.number is None and not result.absence:
        why = result.fault or (result.asked.text if result.asked else _("文件中没有存结果。请改填数字。"))
        return Figure(fault=_("这里是公式“=%(formula)s”，不能采用。%(why)s") % {"formula": cell.formula, "why": why})
    facts = {"formula": cell.formula, "value": _shown(result, item)}
    text = _("这里是公式“=%(formula)s”，文件中存的结果是 %(value)s。") % facts
    return _ask("formula", text, Option("take", _("采用 %(value)s") % facts, result.number, result.absence))


def _value(cell: Cell, item: Indicator, given: Conversion | None) -> Figure:
    value = cell.value
    if value is None:
        return Figure()
    if isinstance(value, str):
        return _text(value, item, given)
    if isinstance(value, Decimal):
        return _number(value, cell.shown, item, given)
    if isinstance(value, bool) and item.unit == YES_NO:
        return Figure(Decimal(int(value)))
    return Figure(fault=_no_figure(value) % {"text": cell.text})


def _no_figure(value: bool | datetime | ErrorValue) -> str:
    if isinstance(value, ErrorValue):
        return _("这里是错误值 %(text)s。请改填数字。")
    if isinstance(value, datetime):
        return _("这里是日期 %(text)s，不是数字。请把单元格格式改为“常规”后重填。")
    return _("这里是逻辑值 %(text)s，不是数字。请改填数字。")


def _number(number: Decimal, shown: str, item: Indicator, given: Conversion | None) -> Figure:
    if number.adjusted() > _LARGEST_POWER:
        return _too_long()
    if shown == PERCENT:
        return _percent(number, item)
    if shown == SCALED:
        text = _("这里存的数是 %(number)s，但单元格格式让它显示成了别的样子（以千、万为单位）。")
        return _ask("scaled", text % {"number": format_number(number)}, _number_option("stored", number, item))
    return _converted(number, item, given)


def _percent(number: Decimal, item: Indicator) -> Figure:
    facts = {"shown": format_number(number * 100), "number": format_number(number)}
    text = _("这里按百分比显示为 %(shown)s%%，实际存的数是 %(number)s。") % facts
    return _ask("percent", text, _number_option("shown", number * 100, item), _number_option("stored", number, item))


def _converted(number: Decimal, item: Indicator, given: Conversion | None, notes: Sequence[str] = ()) -> Figure:
    """The number in the item's unit, if it has no more decimals than the item; else rounding is asked about."""
    if given and given.needed:
        return Figure(_rounded(given.apply(number), item), notes=list(notes))
    if _rounded(number, item) != number:
        facts = {
            "number": format_number(number),
            "most": item.decimals,
            "rounded": format_number(_rounded(number, item)),
        }
        text = _("这里的数是 %(number)s，本项最多保留 %(most)d 位小数。") % facts
        return _ask("round", text, Option("rounded", _("四舍五入为 %(rounded)s") % facts, _rounded(number, item)))
    return Figure(number, notes=list(notes))


def _rounded(number: Decimal, item: Indicator) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-item.decimals), ROUND_HALF_UP).normalize() + 0


def _number_option(key: str, number: Decimal, item: Indicator) -> Option:
    kept = _rounded(number, item)
    return Option(key, _("填 %(number)s %(unit)s") % {"number": format_number(kept), "unit": item.unit_label}, kept)


def _text(raw: str, item: Indicator, given: Conversion | None) -> Figure:
    """A text where a number belongs."""
    if len(raw) > _LONGEST_FIGURE:
        return _no_number(raw)
    text = unicodedata.normalize("NFKC", raw).translate(_MINUS).strip().casefold()
    simple = plain(raw)
    if not text:
        return Figure()
    if simple in absence_words():
        return Figure(absence=absence_words()[simple])
    if item.unit == YES_NO and simple in _YES:
        return Figure(Decimal(_YES[simple]))
    if simple in BLANK_WORDS or text in BLANK_WORDS:
        return _blank_word(raw, item)
    return _written_number(raw, text, item, given) or _number_with_unit(raw, text, item) or _no_number(raw)


def _written_number(raw: str, text: str, item: Indicator, given: Conversion | None) -> Figure | None:
    """A number with or without separators or, as accountants write what is negative, in brackets."""
    if _NUMBER.fullmatch(text):
        number = Decimal(text.replace(",", ""))
        if number.adjusted() > _LARGEST_POWER:
            return _too_long()
        note = _("文字“%(text)s”读作数字 %(number)s。") % {"text": _short(raw), "number": format_number(number)}
        return _converted(number, item, given, [note])
    if found := _BRACKETED.fullmatch(text):
        number = -Decimal(found.group(1).replace(",", ""))
        if number.adjusted() > _LARGEST_POWER:
            return _too_long()
        asked = _("这里写的是“%(text)s”，括号通常表示负数。") % {"text": _short(raw)}
        return _ask("brackets", asked, _number_option("negative", number, item))
    return None


def _blank_word(raw: str, item: Indicator) -> Figure:
    text = _("这里写的是“%(text)s”。没有数、数为零、不适用是不同的答复，请选明。") % {"text": _short(raw)}
    options = [Option(absence, str(Absence(absence).label), absence=absence) for absence in Absence.values]
    return _ask("blank_word", text, Option("zero", pgettext("figure", "数为 0"), Decimal(0)), *options)


def _number_with_unit(raw: str, text: str, item: Indicator) -> Figure | None:
    """Such as 12亿元, 12万 or 12.5%: the unit is the item's own, another of the same kind (asked), or none we can use."""
    found = _WITH_UNIT.fullmatch(text)
    if found is None:
        return None
    number, word = Decimal(found.group(1).replace(",", "")), found.group(2)
    if number.adjusted() > _LARGEST_POWER:
        return _too_long()
    turned = conversion(word, item.unit) if unit_of(word) else None
    if turned and not turned.needed:
        note = _("文字“%(text)s”读作 %(number)s %(unit)s。")
        return _converted(
            number, item, None, [note % {"text": _short(raw), "number": format_number(number), "unit": item.unit_label}]
        )
    asked = _("这里写的是“%(text)s”，本项单位是%(unit)s。") % {"text": _short(raw), "unit": item.unit_label}
    if turned:
        return _ask("text_unit", asked, _number_option("converted", turned.apply(number), item))
    if power := _POWERS.get(plain(word)):
        meant = [_number_option("multiplied", number.scaleb(power), item)]
        if item.unit.startswith(plain(word)):
            meant.insert(0, _number_option("in_unit", number, item))
        return _ask("text_unit", asked, *meant)
    return None


def _too_long() -> Figure:
    return Figure(fault=_("这里的数字过长，不像一个统计数。请核对数字和单位。"))


def _no_number(raw: str) -> Figure:
    message = _("这里是文字“%(text)s”，不是数字。请只填数字，单位不要写进单元格；确实没有数的，选“不适用”或“暂缺”。")
    return Figure(fault=message % {"text": _short(raw)})


def _short(raw: str) -> str:
    text = " ".join(raw.split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _shown(figure: Figure, item: Indicator) -> str:
    if figure.absence:
        return str(Absence(figure.absence).label)
    return f"{format_number(figure.number)} {item.unit_label}"


def read_absence(cell: Cell) -> Figure:
    """The column of reasons: one of the two words, or empty."""
    if cell.value is None and not cell.formula:
        return Figure()
    found = absence_words().get(plain(cell.text))
    if found and not cell.formula:
        return Figure(absence=found)
    words = "”、“".join(str(label) for label in Absence.labels)
    message = _("缺值说明只能是“%(words)s”或留空，现为“%(text)s”。") % {
        "words": words,
        "text": _short(cell.text or cell.formula),
    }
    return Figure(fault=message)


def answers_for(answers: Mapping[str, str], kind: str, key: str) -> str:
    """The answer given to one question, or to all questions of its kind."""
    return answers.get(key) or answers.get(f"all:{kind}", "")
