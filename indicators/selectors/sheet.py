"""A return as its form shows it: sections, cells with the years before and the peers, and what is wrong (报表)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from common.formula import Formula
from indicators.checks import Finding
from indicators.enums import Dimension
from indicators.models import Indicator, Return, Value
from indicators.selectors.asked import asked_indicators, stored_number, stored_values
from indicators.selectors.backdrop import Backdrop, return_backdrop
from indicators.selectors.checking import check_return
from registers.selectors import RegisterFigure, register_figures


@dataclass(frozen=True)
class Cell:
    """One item of the form. `value` is what is stored, None when never filled in.

    `last` and `before` are the accepted (or published) numbers one and two years earlier, `series` those of up to eight
    years by year, `change` the number's growth on `last` in percent, `peer_median` the median of the zones of the same
    class in the latest accepted year before, `registered` what a register of the zone knows.
    """

    indicator: Indicator
    value: Value | None
    last: float | None
    before: float | None
    change: float | None
    peer_median: float | None
    findings: list[Finding]
    series: dict[int, float] = field(default_factory=dict)
    registered: RegisterFigure | None = None

    @property
    def answered(self) -> bool:
        return self.value is not None and (self.value.number is not None or self.value.absence != "")


@dataclass(frozen=True)
class DerivedLine:
    """A derived indicator as the figures in the form make it now, and last year's."""

    indicator: Indicator
    number: float | None
    last: float | None


@dataclass(frozen=True)
class Section:
    """The cells of one dimension (维度)."""

    dimension: Dimension
    cells: list[Cell]

    @property
    def filled(self) -> int:
        return sum(cell.answered for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """A return with everything its form shows. `findings` are all of the return's, gravest first."""

    return_: Return
    sections: list[Section]
    findings: list[Finding]
    derived: list[DerivedLine] = field(default_factory=list)

    @property
    def cells(self) -> list[Cell]:
        return [cell for section in self.sections for cell in section.cells]

    @property
    def total(self) -> int:
        return len(self.cells)

    @property
    def filled(self) -> int:
        return sum(section.filled for section in self.sections)

    @property
    def to_mend(self) -> list[Finding]:
        """What keeps the return from being filed: hard findings, and soft ones without an explanation."""
        return [finding for finding in self.findings if finding.to_mend]


def return_sheet(return_: Return) -> Sheet:
    """The return as its form shows it; the number of queries depends on neither cells nor peers."""
    items = asked_indicators([return_])[return_.pk]
    values = stored_values([return_])[return_.pk]
    backdrop = return_backdrop(return_, items)
    findings = check_return(return_)
    codes, code = [item.code for item in items], return_.zone.code
    known = {} if return_.round.part else register_figures(codes, return_.round.year, [code])
    last, before = (backdrop.numbers(return_.round.year - back) for back in (1, 2))
    sections: dict[str, list[Cell]] = {dimension: [] for dimension in Dimension.values}
    for item in items:
        value = values.get(item.code)
        sections[item.dimension].append(
            Cell(
                indicator=item,
                value=value,
                last=last.get(item.code),
                before=before.get(item.code),
                change=_change(value, last.get(item.code)),
                peer_median=backdrop.medians.get(item.code),
                findings=[finding for finding in findings if item.code in finding.codes],
                series=backdrop.series.get(item.code, {}),
                registered=known.get((code, item.code)),
            )
        )
    filled = [Section(Dimension(dimension), cells) for dimension, cells in sections.items() if cells]
    return Sheet(return_, filled, findings, _derived(return_, values, backdrop))


def _change(value: Value | None, last: float | None) -> float | None:
    """Growth in percent; None without both numbers or on a base that is not positive."""
    if value is None or value.number is None or last is None or last <= 0:
        return None
    return 100 * (float(value.number) / last - 1)


def _derived(return_: Return, cells: dict[str, Value], backdrop: Backdrop) -> list[DerivedLine]:
    """The derived indicators whose parts the form asks for, over the figures in it."""
    year = return_.round.year
    years = [year - 2, year - 1, year]
    figures = pd.DataFrame(
        {
            code: [series.get(year - 2, np.nan), series.get(year - 1, np.nan), stored_number(cells.get(code))]
            for code, series in backdrop.series.items()
        },
        index=pd.MultiIndex.from_product([[return_.zone.code], years], names=["zone", "year"]),
    )
    lines = []
    for indicator in Indicator.objects.derived().for_zones():
        formula = Formula.parse(indicator.formula)
        if set(formula.names) <= backdrop.series.keys():
            numbers = formula.evaluate(figures).to_numpy()
            _before, last, now = (None if np.isnan(number) else float(number) for number in numbers)
            lines.append(DerivedLine(indicator, now, last))
    return lines
