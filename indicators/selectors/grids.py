"""What a workbook of many returns is filled with (汇总表数据); the queries do not grow with the returns."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from indicators.models import Return, Round
from indicators.selectors.asked import asked_indicators, stored_values
from indicators.selectors.figures import matrix
from indicators.workbooks.grid import Grid


def round_grid(round_: Round, returns: Sequence[Return]) -> Grid:
    """The returns with what they ask for, what they hold, and last year's figures."""
    asked = asked_indicators(returns)
    codes = list({item.code: None for items in asked.values() for item in items})
    past = matrix(
        zone_codes=[return_.zone.code for return_ in returns],
        codes=codes,
        years=[round_.year - 1],
        part=round_.part,
        derived=False,
        restated_on=round_.last_day,
    ).droplevel("year")
    last = {
        str(zone): {str(code): number for code, number in row.items() if not isnan(number)}
        for zone, row in past.to_dict("index").items()
    }
    return Grid(round_, returns, asked, stored_values(returns), last)
