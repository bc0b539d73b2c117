"""What is found in returns (审核): one return or all of a round take the same path, with the same number of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from indicators.checks import Filings, Finding, Flags, find
from indicators.models import CheckRule, Indicator, Return, Value
from indicators.selectors.asked import asked_indicators, stored_number, stored_values
from indicators.selectors.figures import matrix


def check_return(return_: Return) -> list[Finding]:
    """Everything found in one return, gravest first."""
    return check_returns([return_])[return_.pk]


def check_returns(returns: Sequence[Return]) -> dict[int, list[Finding]]:
    """Everything found in these returns, by id; the number of queries grows with the years among them only."""
    asked, values = asked_indicators(returns), stored_values(returns)
    rules = list(CheckRule.objects.all())
    found: dict[int, list[Finding]] = {}
    for year in sorted({return_.round.year for return_ in returns}):
        group = [return_ for return_ in returns if return_.round.year == year]
        zones = [return_.zone.code for return_ in group]
        last = matrix(zone_codes=zones, codes=_codes(group, asked), years=[year - 1], derived=False)
        found |= check_filed(year, group, asked, values, last, rules)
    return found


def _codes(group: Sequence[Return], asked: dict[int, list[Indicator]]) -> list[str]:
    items = {item.code: item for return_ in group for item in asked[return_.pk]}
    return [item.code for item in sorted(items.values(), key=lambda item: item.position)]


def check_filed(
    year: int,
    group: Sequence[Return],
    asked: dict[int, list[Indicator]],
    values: dict[int, dict[str, Value]],
    last: pd.DataFrame,
    rules: Sequence[CheckRule],
) -> dict[int, list[Finding]]:
    """Findings by return id; `last` is the matrix of the year before, read by the caller."""
    indicators = {item.code: item for return_ in group for item in asked[return_.pk]}
    codes = _codes(group, asked)
    zones = [return_.zone.code for return_ in group]
    cells = [[values[return_.pk].get(code) for code in codes] for return_ in group]
    wanted = [{item.code for item in asked[return_.pk]} for return_ in group]
    shape = (len(zones), len(codes))

    def flags(test: Callable[[Value], bool]) -> Flags:
        rows = [[value is not None and test(value) for value in row] for row in cells]
        return np.array(rows, dtype=bool).reshape(shape)

    filings = Filings(
        year=year,
        zones=zones,
        codes=codes,
        numbers=np.array([[stored_number(value) for value in row] for row in cells], dtype=float).reshape(shape),
        last=last.reset_index("year", drop=True).reindex(index=zones, columns=codes).to_numpy(),
        absent=flags(lambda value: value.absence != ""),
        commented=flags(lambda value: value.comment.strip() != ""),
        asked=np.array([[code in codes_asked for code in codes] for codes_asked in wanted], dtype=bool).reshape(shape),
    )
    by_zone = find(filings, indicators, rules)
    return {return_.pk: by_zone[return_.zone.code] for return_ in group}
