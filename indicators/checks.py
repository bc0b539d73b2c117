"""What is wrong with figures: one list for form, workbook and API (审核).

Every check runs over a whole table of filings at once, so that one return and all returns of a round take the same path.
Kinds: a required item is missing, a number is out of range, an audit rule of the catalogue is broken (lag reads last
year's accepted figures), a number differs from last year's by a power of ten (a unit slip).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.utils.translation import gettext as _

from common.formula import Formula
from common.numbers import format_number
from indicators.enums import Severity
from indicators.models import CheckRule, Indicator

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

REQUIRED, ABSENCE, RANGE, SLIP = "required", "absence", "range", "R20"
_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_ORDER: dict[str, int] = {Severity.HARD: 0, Severity.SOFT: 1, Severity.NOTICE: 2}
# Last year's figure times a power of ten, give or take a year's growth, is taken for a slip of units; below this size
# (a handful of incidents, say) a factor of ten is nothing strange.
_SLIP_LEAST, _SLIP_LOW, _SLIP_HIGH = 100.0, 0.7, 1.4


@dataclass(frozen=True)
class Finding:
    """One thing found (审核结果): what, how grave, about which cells (`codes`, first the one to go to), and how to mend it.

    A soft one is `explained` when one of its cells has a comment. `suggested` is the likely number after a unit slip.
    """

    rule: str
    severity: str
    message: str
    codes: tuple[str, ...]
    basis: str = ""
    explained: bool = False
    suggested: float | None = None

    @property
    def to_mend(self) -> bool:
        """Whether it keeps the return from being filed."""
        return self.severity == Severity.HARD or (self.severity == Severity.SOFT and not self.explained)


@dataclass(frozen=True)
class Filings:
    """The cells of one or many zones for a year: arrays of shape zones × codes.

    `numbers` and `last` (last year's accepted figures) hold floats in stored units, NaN where there is none; `absent`
    (answered by 不适用 or 暂缺), `commented` and `asked` hold booleans.
    """

    year: int
    zones: list[str]
    codes: list[str]
    numbers: Floats
    last: Floats
    absent: Flags
    commented: Flags
    asked: Flags

    def hits(self, mask: Flags) -> Iterator[tuple[str, str, int, int]]:
        """Zone, code and position of every true cell."""
        rows, columns = np.nonzero(mask)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            yield self.zones[row], self.codes[column], row, column

    def frame(self) -> pd.DataFrame:
        """Index (zone, year), the year before and this one, as formulas with lag need it."""
        index = pd.MultiIndex.from_product([[self.year - 1, self.year], self.zones], names=["year", "zone"])
        both = pd.DataFrame(np.vstack([self.last, self.numbers]), index=index, columns=self.codes)
        return both.reorder_levels(["zone", "year"])


def find(filings: Filings, indicators: Mapping[str, Indicator], rules: Sequence[CheckRule]) -> dict[str, list[Finding]]:
    """Findings by zone code, gravest first; a zone with none has an empty list.

    `indicators` are those of the codes; `rules` the audit rules in order.
    """
    found: dict[str, list[Finding]] = {zone: [] for zone in filings.zones}
    for zone, finding in (
        *_required(filings, indicators),
        *_ranges(filings, indicators),
        *_rules(filings, rules),
        *_slips(filings, indicators),
    ):
        found[zone].append(finding)
    return {zone: sorted(findings, key=lambda f: _ORDER[f.severity]) for zone, findings in found.items()}


def _required(filings: Filings, indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, Finding]]:
    wanted = filings.asked & np.array([indicators[code].required for code in filings.codes], dtype=bool)
    for zone, code, *_at in filings.hits(wanted & np.isnan(filings.numbers) & ~filings.absent):
        message = _("“%(name)s”必填，还没有填。请填数字；确实没有的，选“不适用”或“暂缺”并写明原因。")
        yield zone, Finding(REQUIRED, Severity.HARD, message % {"name": indicators[code].label}, (code,))
    for zone, code, row, column in filings.hits(wanted & filings.absent):
        message = _("“%(name)s”必填，现为“不适用”或“暂缺”。请在说明中写明原因。") % {"name": indicators[code].label}
        explained = bool(filings.commented[row, column])
        yield zone, Finding(ABSENCE, Severity.SOFT, message, (code,), explained=explained)


def range_message(indicator: Indicator, number: float) -> str:
    """The sentence for a number outside the indicator's bounds; empty when it lies within."""
    facts = {"name": indicator.label, "number": format_number(number), "unit": indicator.unit_label}
    if indicator.minimum is not None and number < indicator.minimum:
        facts["least"] = format_number(indicator.minimum)
        return _("“%(name)s”不能小于 %(least)s，现为 %(number)s %(unit)s。请核对数字。") % facts
    if indicator.maximum is not None and number > indicator.maximum:
        facts["most"] = format_number(indicator.maximum)
        return _("“%(name)s”不能大于 %(most)s，现为 %(number)s %(unit)s。请核对数字和单位。") % facts
    return ""


def _ranges(filings: Filings, indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, Finding]]:
    def bounds(name: str, none: float) -> Floats:
        limits = [getattr(indicators[code], name) for code in filings.codes]
        return np.array([none if limit is None else float(limit) for limit in limits], dtype=float)

    outside = (filings.numbers < bounds("minimum", -np.inf)) | (filings.numbers > bounds("maximum", np.inf))
    for zone, code, row, column in filings.hits(outside):
        message = range_message(indicators[code], float(filings.numbers[row, column]))
        yield zone, Finding(RANGE, Severity.HARD, message, (code,))


def _rules(filings: Filings, rules: Sequence[CheckRule]) -> Iterator[tuple[str, Finding]]:
    figures = filings.frame()
    column = {code: position for position, code in enumerate(filings.codes)}
    for rule in rules:
        formula = Formula.parse(rule.expression)
        if not column.keys() >= set(formula.names):
            continue  # it reads an item that is asked of none of these zones
        holds = formula.evaluate(figures).to_numpy()[len(filings.zones) :]
        codes = _in_order(rule.expression, formula.names)
        for row in np.nonzero(holds == 0)[0].tolist():
            explained = any(filings.commented[row, column[code]] for code in codes)
            yield filings.zones[row], Finding(rule.code, rule.severity, rule.message, codes, rule.basis, explained)


def _in_order(expression: str, names: Sequence[str]) -> tuple[str, ...]:
    """The codes as they first stand in the expression: the first is where to go."""
    words = _WORD.findall(expression)
    return tuple(sorted(names, key=words.index))


def _slips(filings: Filings, indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, Finding]]:
    now, last = filings.numbers, filings.last
    both = (now > 0) & (last > 0)
    ratio = np.divide(now, last, out=np.full(now.shape, np.nan), where=both)
    power = np.round(np.log10(ratio))
    rest = ratio / np.power(10.0, power)
    large = np.fmax(now, last) >= _SLIP_LEAST
    for zone, code, row, column in filings.hits(
        (np.abs(power) >= 1) & (rest >= _SLIP_LOW) & (rest <= _SLIP_HIGH) & large
    ):
        suggested = float(now[row, column] / 10 ** power[row, column])
        message = _slip_message(indicators[code], float(now[row, column]), float(last[row, column]), suggested)
        explained = bool(filings.commented[row, column])
        yield zone, Finding(SLIP, Severity.SOFT, message, (code,), explained=explained, suggested=suggested)


def _slip_message(indicator: Indicator, now: float, last: float, suggested: float) -> str:
    facts = {
        "name": indicator.label,
        "number": format_number(now),
        "last": format_number(last),
        "times": format_number(max(now / suggested, suggested / now), 0),
        "suggested": format_number(suggested, indicator.decimals),
        "unit": indicator.unit_label,
    }
    what = (
        _("“%(name)s”现为 %(number)s，约为上年 %(last)s 的 %(times)s 倍，可能填错了单位。")
        if now > last
        else _("“%(name)s”现为 %(number)s，约为上年 %(last)s 的 %(times)s 分之一，可能填错了单位。")
    )
    mend = _("本项单位是%(unit)s，或应为 %(suggested)s；如属实请说明原因。")
    return what % facts + mend % facts
