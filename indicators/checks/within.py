"""Rules that look at one return alone: required, range, relation, sum (必填、取值、项间关系、分项合计)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext as _

from common.formula import Formula
from common.numbers import format_number
from indicators.checks.check import Check, Found, sentences, with_unit
from indicators.enums import Severity
from indicators.models import Indicator

_WORD = re.compile(r"[a-z_][a-z0-9_]*")


def required(check: Check) -> Found:
    """An item that must be answered. 不适用 and 暂缺 are answers, but ask for the reason."""
    filings = check.filings
    for row, column in filings.hits(check.cells & np.isnan(filings.numbers) & ~filings.absent):
        code = filings.codes[column]
        what = _("“%(name)s”必填，还没有填。") % {"name": check.indicators[code].label}
        yield check.finding(row, (code,), what)
    if check.rule.severity == Severity.NOTICE:
        return
    for row, column in filings.hits(check.cells & filings.absent):
        code = filings.codes[column]
        what = _("“%(name)s”必填，现为“不适用”或“暂缺”。") % {"name": check.indicators[code].label}
        yield check.finding(row, (code,), what, severity=Severity.SOFT)


def ranges(check: Check) -> Found:
    """A number outside its bounds: the rule's, or those of the catalogue."""
    filings, given = check.filings, check.parameters
    own = given.low is None and given.high is None

    def bounds(name: str, other: float | None, none: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        limits = [getattr(check.indicators[code], name) if own else other for code in filings.codes]
        return np.array([none if limit is None else float(limit) for limit in limits], dtype=float)

    low, high = bounds("minimum", given.low, -np.inf), bounds("maximum", given.high, np.inf)
    for row, column in filings.hits(check.cells & ((filings.numbers < low) | (filings.numbers > high))):
        code = filings.codes[column]
        number = float(filings.numbers[row, column])
        what = _outside(check.indicators[code], number, float(low[column]), float(high[column]))
        yield check.finding(row, (code,), what)


def _outside(indicator: Indicator, number: float, low: float, high: float) -> str:
    """What is said of a number outside these bounds; empty when it lies within."""
    facts = {"name": indicator.label, "number": with_unit(number, indicator)}
    if number < low:
        return _("“%(name)s”现为 %(number)s，不能小于 %(least)s。") % {**facts, "least": format_number(low)}
    if number > high:
        return _("“%(name)s”现为 %(number)s，不能大于 %(most)s。") % {**facts, "most": format_number(high)}
    return ""


def range_message(indicator: Indicator, number: float) -> str:
    """The sentences for a number outside the catalogue's bounds, said when a cell is saved; empty when it lies within."""
    low = -np.inf if indicator.minimum is None else float(indicator.minimum)
    high = np.inf if indicator.maximum is None else float(indicator.maximum)
    what = _outside(indicator, number, low, high)
    return sentences(what, _("请核对数字和单位。")) if what else ""


def relations(check: Check) -> Found:
    """An expression that must hold (其中项、会计恒等式)."""
    expression = check.rule.expression
    codes = _in_order(expression, Formula.parse(expression).names)
    for row in np.nonzero(check.rows & check.broken(expression))[0].tolist():
        yield check.finding(row, codes, figures=_figures(check, row, codes))


def _in_order(expression: str, names: Sequence[str]) -> tuple[str, ...]:
    """The codes as they first stand in the expression: the first is where to go."""
    words = _WORD.findall(expression)
    return tuple(sorted(names, key=words.index))


def _figures(check: Check, row: int, codes: Sequence[str]) -> str:
    return _("现为：%(figures)s。") % {"figures": _("，").join(check.shown(row, code) for code in codes)}


def sums(check: Check) -> Found:
    """A total that is not its parts together. With a part missing, only parts that already exceed the total tell anything."""
    given, filings = check.parameters, check.filings
    if given.total not in filings.codes:
        return
    signs = dict.fromkeys(given.parts, 1) | dict.fromkeys(given.less, -1)
    asked = [code for code in signs if code in filings.codes]
    parts = filings.numbers[:, [filings.column(code) for code in asked]]
    total = filings.numbers[:, filings.column(given.total)]
    together = np.nansum(parts * [signs[code] for code in asked], axis=1)
    whole = (~np.isnan(parts)).sum(axis=1) == len(signs)
    # Figures have at most four decimals: what is finer is the arithmetic's.
    apart = np.round(together - total, 4)
    over = (apart > given.tolerance) & (whole | _only_add(check, asked))
    under = (apart < -given.tolerance) & whole
    for row in np.nonzero(check.rows & (over | under))[0].tolist():
        yield check.finding(row, (given.total, *asked), _sum_words(check, row, asked, together[row], whole=whole[row]))


def _only_add(check: Check, codes: Sequence[str]) -> bool:
    """Whether a part that is still missing could but raise the sum."""
    leasts = [check.indicators[code].minimum for code in codes]
    return (
        len(codes) == len(check.parameters.parts)
        and not check.parameters.less
        and all(least is not None and least >= 0 for least in leasts)
    )


def _sum_words(check: Check, row: int, codes: Sequence[str], together: float, *, whole: bool) -> str:
    total = check.parameters.total
    indicator, apart = check.indicators[total], abs(together - check.number(row, total))
    facts = {
        "total": check.shown(row, total),
        "sum": with_unit(round(float(together), 4), indicator),
        "apart": with_unit(round(float(apart), 4), indicator),
        "parts": _("、").join(check.indicators[code].label for code in codes),
    }
    if whole:
        return _("%(total)s，由各分项（%(parts)s）算得 %(sum)s，相差 %(apart)s。") % facts
    return _("%(total)s，已填的分项（%(parts)s）合计已达 %(sum)s，超出 %(apart)s。") % facts
