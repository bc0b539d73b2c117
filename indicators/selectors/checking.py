"""What is found in returns (审核): one return or all of a round take the same path, with the same number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from indicators.checks import Filings, Finding, Flags, find
from indicators.models import CheckRule, Indicator, Return, Value
from indicators.selectors.asked import FiledCell, asked_indicators, filed_cells, stored_number
from indicators.selectors.comparisons import earlier_figures, known_figures, peer_changes, plates_in_force
from indicators.selectors.figures import matrix
from parks.models import Zone
from parks.provinces import prefix_of
from registers.selectors import register_figures

Cells = Mapping[int, Mapping[str, Value | FiledCell]]
"""Cells by return id and indicator code."""


def check_return(return_: Return) -> list[Finding]:
    """Everything found in one return, gravest first."""
    return check_returns([return_])[return_.pk]


def check_returns(returns: Sequence[Return], *, proposed: Cells | None = None) -> dict[int, list[Finding]]:
    """Everything found in these returns, by id; the number of queries grows with the rounds among them only.

    `proposed` cells, not yet saved, take the place of the stored ones: what would be found if they were.
    """
    asked, stored = asked_indicators(returns), filed_cells(returns)
    values = {pk: {**cells, **(proposed or {}).get(pk, {})} for pk, cells in stored.items()}
    rules = list(CheckRule.objects.all())
    by_round: dict[int, list[Return]] = defaultdict(list)
    for return_ in returns:
        by_round[return_.round_id].append(return_)
    found: dict[int, list[Finding]] = {}
    for group in by_round.values():
        items = {item.code: item for return_ in group for item in asked[return_.pk]}
        by_zone = find(_filings(group, items, asked, values, rules), items, rules)
        found |= {return_.pk: by_zone[return_.zone.code] for return_ in group}
    return found


def _filings(
    group: Sequence[Return],
    items: Mapping[str, Indicator],
    asked: Mapping[int, Sequence[Indicator]],
    values: Cells,
    rules: Sequence[CheckRule],
) -> Filings:
    """The returns of one round with all that their figures are laid beside."""
    codes = sorted(items, key=lambda code: items[code].position)
    zones = [return_.zone.code for return_ in group]
    cells = [[values[return_.pk].get(code) for code in codes] for return_ in group]
    wanted = [{item.code for item in asked[return_.pk]} for return_ in group]
    shape, round_ = (len(zones), len(codes)), group[0].round

    def flags(test: Callable[[Value | FiledCell], bool]) -> Flags:
        rows = [[value is not None and test(value) for value in row] for row in cells]
        return np.array(rows, dtype=bool).reshape(shape)

    last = matrix(
        zone_codes=zones,
        codes=codes,
        years=[round_.year - 1],
        part=round_.part,
        derived=False,
        restated_on=round_.last_day,  # a merged zone is compared with all that went into it
    )
    return Filings(
        year=round_.year,
        zones=zones,
        codes=codes,
        numbers=np.array([[stored_number(value) for value in row] for row in cells], dtype=float).reshape(shape),
        last=last.reset_index("year", drop=True).reindex(index=zones, columns=codes).to_numpy(),
        absent=flags(lambda value: value.absence != ""),
        commented=flags(lambda value: value.comment.strip() != ""),
        asked=np.array([[code in codes_asked for code in codes] for codes_asked in wanted], dtype=bool).reshape(shape),
        plates=plates_in_force(round_.last_day),
        earlier=earlier_figures(group, items),
        known=known_figures(group, values),
        registered={} if round_.part else register_figures(codes, round_.year, zones),
        peers=peer_changes(round_, items, rules),
        provinces=_provinces(zones) if any(rule.region_code for rule in rules) else {},
    )


def _provinces(zones: Sequence[str]) -> dict[str, str]:
    cities = Zone.objects.filter(code__in=zones).values_list("code", "city__code")
    return {zone: prefix_of(city) for zone, city in cities}
