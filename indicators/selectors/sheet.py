"""A return as its form shows it: sections, cells with the years before and the peers, and what is wrong (报表)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from django.db.models import Aggregate, Count, F, FloatField, Max
from django.db.models.functions import Cast

from common.formula import Formula
from indicators.checks import Filings, Finding, Flags, find
from indicators.enums import Dimension
from indicators.models import CheckRule, Indicator, Return, Value
from indicators.selectors.figures import matrix
from parks.models import Designation

FEWEST_PEERS = 5


@dataclass(frozen=True)
class Cell:
    """One item of the form. `value` is what is stored, None when never filled in.

    `last` and `before` are the accepted (or published) numbers one and two years earlier, `change` the number's growth on
    `last` in percent, `peer_median` the median of the zones of the same class in the latest accepted year before.
    """

    indicator: Indicator
    value: Value | None
    last: float | None
    before: float | None
    change: float | None
    peer_median: float | None
    findings: list[Finding]

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


class _Median(Aggregate):
    """PostgreSQL's continuous median."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def asked_indicators(returns: Iterable[Return]) -> dict[int, list[Indicator]]:
    """The items each return asks for, by its id, in catalogue order.

    Those of its round, typed rather than derived, for a class of the round of which the zone held a designation at the
    end of the round's year. Three queries a round, however many returns.
    """
    by_round: dict[int, list[Return]] = defaultdict(list)
    for return_ in returns:
        by_round[return_.round_id].append(return_)
    asked: dict[int, list[Indicator]] = {}
    for group in by_round.values():
        round_ = group[0].round
        items = list(round_.indicators.base().for_zones().for_classes(round_.zone_classes))
        classes = zone_classes((return_.zone_id for return_ in group), round_.year)
        for return_ in group:
            held = classes[return_.zone_id] & set(round_.zone_classes)
            asked[return_.pk] = [item for item in items if held & set(item.zone_classes)]
    return asked


def zone_classes(zone_ids: Iterable[int], year: int) -> dict[int, set[str]]:
    """The classes of the designations in force at the end of the year, by zone id; empty for a zone with none."""
    classes: dict[int, set[str]] = defaultdict(set)
    held = Designation.objects.in_force_on(date(year, 12, 31)).filter(zone__in=list(zone_ids))
    for zone, zone_class in held.values_list("zone_id", "zone_class"):
        classes[zone].add(zone_class)
    return classes


def check_return(return_: Return) -> list[Finding]:
    """Everything found in one return, gravest first."""
    return check_returns([return_])[return_.pk]


def check_returns(returns: Sequence[Return]) -> dict[int, list[Finding]]:
    """Everything found in these returns, by id; the number of queries grows with the years among them only."""
    asked, values = asked_indicators(returns), _values(returns)
    rules = list(CheckRule.objects.all())
    found: dict[int, list[Finding]] = {}
    for year in sorted({return_.round.year for return_ in returns}):
        group = [return_ for return_ in returns if return_.round.year == year]
        zones = [return_.zone.code for return_ in group]
        last = matrix(zone_codes=zones, codes=_codes(group, asked), years=[year - 1], derived=False)
        found |= _check(year, group, asked, values, last, rules)
    return found


def _codes(group: Sequence[Return], asked: dict[int, list[Indicator]]) -> list[str]:
    items = {item.code: item for return_ in group for item in asked[return_.pk]}
    return [item.code for item in sorted(items.values(), key=lambda item: item.position)]


def _values(returns: Iterable[Return]) -> dict[int, dict[str, Value]]:
    """The stored cells of each return, by indicator code."""
    cells: dict[int, dict[str, Value]] = {return_.pk: {} for return_ in returns}
    for value in Value.objects.filter(return_ref__in=cells).select_related("indicator", "updated_by"):
        if value.return_ref_id is not None:
            cells[value.return_ref_id][value.indicator.code] = value
    return cells


def _check(
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
        numbers=np.array([[_number(value) for value in row] for row in cells], dtype=float).reshape(shape),
        last=last.reset_index("year", drop=True).reindex(index=zones, columns=codes).to_numpy(),
        absent=flags(lambda value: value.absence != ""),
        commented=flags(lambda value: value.comment.strip() != ""),
        asked=np.array([[code in codes_asked for code in codes] for codes_asked in wanted], dtype=bool).reshape(shape),
    )
    by_zone = find(filings, indicators, rules)
    return {return_.pk: by_zone[return_.zone.code] for return_ in group}


def _number(value: Value | None) -> float:
    return np.nan if value is None or value.number is None else float(value.number)


def return_sheet(return_: Return) -> Sheet:
    """The return as its form shows it; the number of queries depends on neither cells nor peers."""
    asked = asked_indicators([return_])
    items, year = asked[return_.pk], return_.round.year
    codes = [item.code for item in items]
    values = _values([return_])
    past = matrix(zone_codes=[return_.zone.code], codes=codes, years=[year - 2, year - 1], derived=False)
    last, before = (_year(past, year - back) for back in (1, 2))
    latest = past.loc[past.index.get_level_values("year") == year - 1]
    findings = _check(year, [return_], asked, values, latest, list(CheckRule.objects.all()))[return_.pk]
    medians = _peer_medians(return_, items)
    sections: dict[str, list[Cell]] = {dimension: [] for dimension in Dimension.values}
    for item in items:
        value = values[return_.pk].get(item.code)
        sections[item.dimension].append(
            Cell(
                indicator=item,
                value=value,
                last=last.get(item.code),
                before=before.get(item.code),
                change=_change(value, last.get(item.code)),
                peer_median=medians.get(item.pk),
                findings=[finding for finding in findings if item.code in finding.codes],
            )
        )
    filled = [Section(Dimension(dimension), cells) for dimension, cells in sections.items() if cells]
    return Sheet(return_, filled, findings, _derived(return_, values[return_.pk], past))


def _year(past: pd.DataFrame, year: int) -> dict[str, float]:
    """The known numbers of one zone's matrix in a year, by code."""
    row = past.loc[past.index.get_level_values("year") == year].to_numpy()
    known = zip(past.columns, row[0] if len(row) else [], strict=False)
    return {str(code): float(number) for code, number in known if not np.isnan(number)}


def _change(value: Value | None, last: float | None) -> float | None:
    """Growth in percent; None without both numbers or on a base that is not positive."""
    if value is None or value.number is None or last is None or last <= 0:
        return None
    return 100 * (float(value.number) / last - 1)


def _peer_medians(return_: Return, items: Sequence[Indicator]) -> dict[int, float]:
    """By indicator id: the median over zones of the same class in the latest year before with accepted returns."""
    year = return_.round.year
    own = zone_classes([return_.zone_id], year)[return_.zone_id]
    peers = Designation.objects.in_force_on(date(year, 12, 31)).filter(
        zone_class__in=own & set(return_.round.zone_classes)
    )
    filed = Return.objects.accepted().filter(zone__in=peers.values("zone"))
    latest = filed.filter(round__year__lt=year).aggregate(latest=Max("round__year"))["latest"]
    numbers = Value.objects.filter(
        return_ref__in=filed.filter(round__year=latest), indicator__in=items, number__isnull=False
    )
    medians = numbers.order_by().values("indicator_id").annotate(median=_Median(Cast(F("number"), FloatField())))
    # Of two or three peers a median would tell one its neighbour's figure.
    shown = medians.annotate(peers=Count("pk")).filter(peers__gte=FEWEST_PEERS)
    return dict(shown.values_list("indicator_id", "median"))


def _derived(return_: Return, cells: dict[str, Value], past: pd.DataFrame) -> list[DerivedLine]:
    """The derived indicators whose parts the form asks for, over the figures in it."""
    zone, year = return_.zone.code, return_.round.year
    index = pd.MultiIndex.from_product([[zone], [year - 2, year - 1, year]], names=["zone", "year"])
    figures = past.reindex(index)
    figures.loc[(zone, year)] = [_number(cells.get(code)) for code in figures.columns]
    lines = []
    for indicator in Indicator.objects.derived().for_zones():
        formula = Formula.parse(indicator.formula)
        if set(formula.names) <= set(figures.columns):
            numbers = formula.evaluate(figures).to_numpy()
            _before, last, now = (None if np.isnan(number) else float(number) for number in numbers)
            lines.append(DerivedLine(indicator, now, last))
    return lines
