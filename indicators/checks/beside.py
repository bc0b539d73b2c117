"""Rules that lay a figure beside others: last year's, the peers', an earlier quarter's, a department's, a register's (对比审核)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from accounts.enums import Duty
from common.numbers import format_number
from indicators.checks.check import Check, Found, percent, space, with_unit
from indicators.checks.filings import Flags, Floats
from indicators.checks.parameters import OtherUnit
from indicators.enums import Prevailing
from indicators.tolerance import differs

_MAD_TO_SIGMA = 1.4826
_MOST_ZEROS = 8


def _large(check: Check, least: float) -> Flags:
    """Cells of which this year's or last year's figure reaches `least`."""
    return np.fmax(np.abs(check.filings.numbers), np.abs(check.filings.last)) >= least


def year_on_year(check: Check) -> Found:
    """A figure far above or below last year's. On a base of zero or a loss there is no telling, so nothing is said."""
    filings, given = check.filings, check.parameters
    now, last = filings.numbers, filings.last
    ratio = np.divide(now, last, out=np.full(now.shape, np.nan), where=last > 0)
    broken = ((ratio < given.low) | (ratio > given.high)) & _large(check, given.least)
    for row, column in filings.hits(check.cells & broken):
        code = filings.codes[column]
        facts = {
            "now": check.shown(row, code),
            "last": with_unit(float(last[row, column]), check.indicators[code]),
            "change": percent(float(ratio[row, column]) - 1),
            "low": format_number(given.low),
            "high": format_number(given.high),
        }
        what = _("%(now)s，上年 %(last)s，变动 %(change)s，不在上年的 %(low)s—%(high)s 倍之间。") % facts
        yield check.finding(row, (code,), what)


def outliers(check: Check) -> Found:
    """A change on last year far from that of the peers, zones that share a class.

    Every zone's ln(now ÷ last) against the median of the others', in units of their median absolute deviation: this asks
    for one year before and many zones, where a z-score over a zone's own handful of years means nothing.
    """
    filings, peers = check.filings, check.filings.peers
    if peers is None or not peers.zones:
        return
    now, last = filings.numbers, filings.last
    both = (now > 0) & (last > 0)
    change = np.log(np.divide(now, last, out=np.full(now.shape, np.nan), where=both))
    where = [peers.codes.index(code) if code in peers.codes else -1 for code in filings.codes]
    known = np.where(np.array(where) >= 0, peers.changes[:, where], np.nan)
    classes = [{kind for kind, _level in filings.plates.get(zone, ())} for zone in peers.zones]
    for row in np.nonzero((check.cells & both).any(axis=1))[0].tolist():
        own = {kind for kind, _level in filings.plates.get(filings.zones[row], ())}
        alike = [
            bool(own & held) and zone != filings.zones[row] for zone, held in zip(peers.zones, classes, strict=True)
        ]
        yield from _outliers_of(check, row, change[row], known[alike])


def _outliers_of(check: Check, row: int, change: Floats, peers: Floats) -> Found:
    given, count = check.parameters, (~np.isnan(peers)).sum(axis=0)
    enough = check.cells[row] & ~np.isnan(change) & (count >= given.fewest)
    if not enough.any():
        return
    columns = np.nonzero(enough)[0]
    middle = _median(peers[:, columns], count[columns])
    spread = _MAD_TO_SIGMA * _median(np.abs(peers[:, columns] - middle), count[columns])
    apart = np.abs(change[columns] - middle)
    for position in np.nonzero(apart > np.maximum(given.threshold * spread, math.log(given.least)))[0].tolist():
        code = check.filings.codes[columns[position]]
        facts = {
            "now": check.shown(row, code),
            "change": percent(math.expm1(change[columns[position]])),
            "count": int(count[columns[position]]),
            "median": percent(math.expm1(middle[position])),
        }
        what = _("%(now)s，比上年 %(change)s，而同类的 %(count)d 个园区变动的中位数是 %(median)s，明显偏离。") % facts
        yield check.finding(row, (code,), what)


def _median(table: Floats, count: npt.NDArray[np.intp]) -> Floats:
    """The median of each column's `count` numbers; NaN are left out, and every column has a number."""
    ordered, columns = np.sort(table, axis=0), np.arange(table.shape[1])  # NaN come last
    middle: Floats = (ordered[(count - 1) // 2, columns] + ordered[count // 2, columns]) / 2
    return middle


@dataclass(frozen=True)
class _Slip:
    """A factor that a slip of units leaves between two years, and the unit it comes from; `by_last`: last year's slip."""

    factor: float
    unit: str = ""
    by_last: bool = False


def unit_slips(check: Check) -> Found:
    """Last year's figure times a factor between units: typed in 元, 千元, 亿元, 公顷 …, or some zeros too many or too few."""
    filings, given = check.filings, check.parameters
    now, last = filings.numbers, filings.last
    both = (now > 0) & (last > 0)
    ratio = np.divide(now, last, out=np.full(now.shape, np.nan), where=both)
    far = (ratio > 1 / given.low) | (ratio < given.low)
    for row, column in filings.hits(check.cells & far & _large(check, given.least)):
        code = filings.codes[column]
        slip = min(
            _slips(given.units.get(check.indicators[code].unit, {})),
            key=lambda slip: abs(math.log(ratio[row, column] / slip.factor)),
        )
        if given.low <= ratio[row, column] / slip.factor <= given.high:
            suggested = float(now[row, column] / slip.factor)
            yield check.finding(row, (code,), _slip_words(check, row, code, slip, suggested), suggested=suggested)


def _slips(units: Mapping[str, OtherUnit]) -> Iterator[_Slip]:
    """Every factor looked for; of two alike the first counts, so units with a name come before mere zeros."""
    english = space() != ""
    for unit, other in units.items():
        yield _Slip(other.factor, other.en if english else unit)
    for unit, other in units.items():
        yield _Slip(1 / other.factor, other.en if english else unit, by_last=True)
    for zeros in range(1, _MOST_ZEROS + 1):
        yield _Slip(10.0**zeros)
        yield _Slip(10.0**-zeros)


def _slip_words(check: Check, row: int, code: str, slip: _Slip, suggested: float) -> str:
    indicator = check.indicators[code]
    last = float(check.filings.last[row, check.filings.column(code)])
    up = slip.factor > 1
    facts = {
        "now": check.shown(row, code),
        "last": format_number(last),
        "times": format_number(slip.factor if up else 1 / slip.factor, 0),
        "unit": indicator.unit_label,
        "mistaken": slip.unit,
        "suggested": with_unit(round(suggested, indicator.decimals), indicator),
    }
    times = (
        _("%(now)s，约为上年 %(last)s 的 %(times)s 倍，")
        if up
        else _("%(now)s，约为上年 %(last)s 的 %(times)s 分之一，")
    )
    if not slip.unit:
        why = _("像是多填或少填了零，或填错了单位。")
    elif slip.by_last:
        why = _("正好是%(mistaken)s与%(unit)s之比，像是换算了两次，或上年是按%(mistaken)s填的。")
    else:
        why = _("像是按%(mistaken)s填的，本项单位是%(unit)s。")
    return (times + why + _("或应为 %(suggested)s。")) % facts


def cumulation(check: Check) -> Found:
    """A cumulative figure below that of an earlier part of the same year (累计口径)."""
    filings = check.filings
    rows = {zone: row for row, zone in enumerate(filings.zones)}
    columns = {code: column for column, code in enumerate(filings.codes)}
    for (zone, code), (period, before) in filings.earlier.items():
        row, column = rows[zone], columns[code]
        if check.cells[row, column] and filings.numbers[row, column] < before:
            facts = {
                "now": check.shown(row, code),
                "period": period,
                "before": with_unit(before, check.indicators[code]),
                "apart": with_unit(round(before - float(filings.numbers[row, column]), 4), check.indicators[code]),
            }
            what = _("%(now)s，小于 %(period)s 已报的累计数 %(before)s，少 %(apart)s。") % facts
            yield check.finding(row, (code,), what)


def sources(check: Check) -> Found:
    """A figure that differs from a department's beyond the item's tolerance; says which of the two counts."""
    filings = check.filings
    rows = {zone: row for row, zone in enumerate(filings.zones)}
    columns = {code: column for column, code in enumerate(filings.codes)}
    for (zone, code), (department, known) in filings.known.items():
        if code not in columns:
            continue  # the department also knows what this return does not ask for
        row, column = rows[zone], columns[code]
        indicator, reported = check.indicators[code], float(filings.numbers[row, column])
        if not check.cells[row, column] or not differs(reported, known, float(indicator.tolerance_pct)):
            continue
        facts = {
            "now": check.shown(row, code),
            "department": Duty(department).label,
            "known": with_unit(known, indicator),
            "apart": percent((reported - known) / abs(known)) if known else with_unit(reported - known, indicator),
            "tolerance": format_number(indicator.tolerance_pct),
        }
        what = _("%(now)s，%(department)s部门的数是 %(known)s，相差 %(apart)s，超出容差 %(tolerance)s%%。") % facts
        if indicator.prevailing == Prevailing.DEPARTMENT:
            what += _("未裁定之前以部门数据为准。")
        else:
            what += _("未裁定之前以园区填报为准。")
        yield check.finding(row, (code,), what)


def registers(check: Check) -> Found:
    """A figure that differs from what the zone's own register gives, by more than the rounding of its decimals."""
    filings = check.filings
    rows = {zone: row for row, zone in enumerate(filings.zones)}
    columns = {code: column for column, code in enumerate(filings.codes)}
    for (zone, code), known in filings.registered.items():
        row, column = rows[zone], columns[code]
        indicator, reported = check.indicators[code], float(filings.numbers[row, column])
        if not check.cells[row, column] or not abs(reported - known.number) > 0.6 * 10**-indicator.decimals:
            continue
        facts = {
            "now": check.shown(row, code),
            "register": known.register.label,
            "known": with_unit(known.number, indicator),
            "entries": known.entries,
            "apart": with_unit(round(reported - known.number, 4), indicator),
        }
        what = _("%(now)s，“%(register)s”中的 %(entries)d 条得出 %(known)s，相差 %(apart)s。") % facts
        if known.undated:
            what += _("另有 %(n)d 条缺日期，未计入。") % {"n": known.undated}
        yield check.finding(row, (code,), what, suggested=known.number)
