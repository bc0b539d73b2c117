"""What a run computes from, frozen before it computes (冻结的输入): accepted figures, members, results of earlier years.

Stored as plain JSON on the run's row, so that the run can be done again from it alone: by the worker that takes up a run
whose worker died, and by whoever checks it later. Nothing here looks at the database except `collect`.

Earlier years serve the rules that look back (连续几年排名靠后). For each of them the newest finished run of the same scheme
code is taken as it stands; a year without one is computed again from its accepted figures with the scheme of this run
(回溯). A zone without a single accepted figure in an earlier year has no result for that year.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from assessments.engine import Scheme as Method
from assessments.engine import assess
from assessments.models import Result, Run, Scheme
from indicators.enums import Frequency
from indicators.models import Return
from indicators.selectors import matrix, synthetic_zones
from parks.models import Zone

FORMAT = 1
HISTORY_COLUMNS = ["unit", "period", "score", "rank", "group_size"]


@dataclass(frozen=True)
class Inputs:
    """A run's inputs as the engine takes them.

    `values`: index (unit, year), columns indicator codes, floats in stored units, NaN = not reported. `members`: zones to
    be assessed by year, the assessed year and those to be computed again. `history`: columns unit, period, score, rank,
    group_size, of the years taken from finished runs.
    """

    year: int
    values: pd.DataFrame
    members: dict[int, list[str]]
    history: pd.DataFrame

    def with_figures(self, changed: Mapping[tuple[str, int], Mapping[str, float]]) -> Inputs:
        """The same with other figures, by (unit, year) and indicator code, NaN for none; what is not used here is left out."""
        values, units = self.values.copy(), {unit for members in self.members.values() for unit in members}
        for place, figures in changed.items():
            used = {code: number for code, number in figures.items() if code in values.columns}
            if used and place[0] in units:
                values.loc[place, list(used)] = list(used.values())
        return replace(self, values=values.sort_index())

    def table(self, year: int) -> pd.DataFrame:
        """What the engine sees for `year`: every member has a row that year, blank if it reported nothing."""
        years = self.values.index.get_level_values(1)
        now = pd.MultiIndex.from_product([self.members[year], [year]], names=self.values.index.names)
        return pd.concat([self.values[years < year], self.values.reindex(now)])

    def reported(self, year: int) -> list[str]:
        """Members with at least one figure in `year`."""
        now = self.values[self.values.index.get_level_values(1) == year].notna().any(axis=1)
        return sorted(set(now[now].index.get_level_values(0)) & set(self.members[year]))


def collect(scheme: Scheme, method: Method, year: int) -> dict[str, Any]:
    """The inputs of `scheme` for `year` from the accepted figures of this moment, as JSON."""
    ranked, years = years_needed(method, year)
    history, sources = _issued_results(scheme, [y for y in ranked if y < year])
    members = {y: members_of(scheme, y) for y in ranked if y == year or str(y) not in sources}
    zones = sorted({code for codes in members.values() for code in codes})
    codes = sorted(set(method.inputs()) - set(method.derive))
    values = matrix(zone_codes=zones, codes=codes, years=years).reindex(columns=codes)
    return {
        "format": FORMAT,
        "zone_class": scheme.zone_class,
        "year": year,
        "years": years,
        "indicators": codes,
        "members": {str(y): codes for y, codes in members.items()},
        "values": _frozen_values(values),
        "history": history,
        "history_sources": sources,
        "returns": _returns(zones, years),
        "synthetic": sorted({zone for y in years for zone in synthetic_zones(y)} & set(zones)),
    }


def thaw(frozen: dict[str, Any]) -> Inputs:
    """The inputs as tables again; the same frozen data gives the same tables, bit by bit."""
    codes = frozen["indicators"]
    rows = [(zone, int(year), row) for year, by_zone in frozen["values"].items() for zone, row in by_zone.items()]
    index = pd.MultiIndex.from_tuples([(zone, year) for zone, year, _ in rows], names=["zone", "year"])
    if not rows:
        index = pd.MultiIndex.from_arrays([pd.Index([], dtype=str), pd.Index([], dtype=int)], names=["zone", "year"])
    numbers = np.array([row for _, _, row in rows], dtype=np.float64).reshape(len(rows), len(codes))
    return Inputs(
        year=frozen["year"],
        values=pd.DataFrame(numbers, index=index, columns=codes).sort_index(),
        members={int(year): list(zones) for year, zones in frozen["members"].items()},
        history=pd.DataFrame(frozen["history"], columns=HISTORY_COLUMNS),
    )


def years_needed(method: Method, year: int) -> tuple[list[int], list[int]]:
    """Years to be ranked (the assessed one and those its rules look back on), and years of figures for all of them."""
    window = max(2, method.looks_back())  # last year's place is always told
    formulas = method.formulas()
    lag = sum(formula.needs_previous_period for formula in formulas.values())
    policies = [method.missing, *(method.missing_of(placed.leaf) for placed in method.placed_leaves())]
    kept = max((policy.years for policy in policies if policy.policy == "last_value"), default=0)
    first = year - window + 1
    return list(range(first, year + 1)), list(range(first - max(lag, kept), year + 1))


def past_results(method: Method, inputs: Inputs) -> pd.DataFrame:
    """Results of the earlier years: those of finished runs, and the other years computed again (回溯)."""
    tables = [inputs.history]
    for year in sorted(inputs.members):
        if year == inputs.year or not inputs.reported(year):
            continue
        past = assess(method, inputs.table(year), period=year).summary()
        past = past.loc[past.index.isin(inputs.reported(year)) & past["score"].notna()]
        frame = past.reset_index(names="unit").assign(period=year)
        # The size is that of the whole ranking, the silent ones included, so that a place keeps its meaning.
        tables.append(frame[HISTORY_COLUMNS].astype({"rank": float, "group_size": float}))
    return pd.concat([table for table in tables if len(table)]) if any(map(len, tables)) else inputs.history


def digest(data: Any) -> str:
    """SHA-256 of plain data (指纹): the same before and after a stay in the database, where 1e16 becomes an integer."""
    text = json.dumps(_canonical(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(data: Any) -> Any:
    match data:
        case bool() | None | str():
            return data
        case int() | float():
            return repr(float(data))
        case dict():
            return {str(key): _canonical(value) for key, value in data.items()}
        case list() | tuple():
            return [_canonical(value) for value in data]
    raise TypeError(f"no plain data: {data!r}")


def members_of(scheme: Scheme, year: int) -> list[str]:
    """Zones that carry a plate of the scheme's class, and of its levels where it names some, on 31 December."""
    zones = Zone.objects.of_class(scheme.zone_class, date(year, 12, 31), scheme.levels)
    return sorted(zones.values_list("code", flat=True))


def _frozen_values(values: pd.DataFrame) -> dict[str, dict[str, list[float | None]]]:
    frozen: dict[str, dict[str, list[float | None]]] = {}
    for (zone, year), row in zip(values.index, values.to_numpy(dtype=np.float64), strict=True):
        if not np.isnan(row).all():
            frozen.setdefault(str(year), {})[str(zone)] = [None if np.isnan(x) else float(x) for x in row]
    return frozen


def _issued_results(scheme: Scheme, years: Iterable[int]) -> tuple[list[list[Any]], dict[str, dict[str, Any]]]:
    """Rows of `HISTORY_COLUMNS` from the newest finished run of each year, and which run that was."""
    rows: list[list[Any]] = []
    sources: dict[str, dict[str, Any]] = {}
    runs = Run.objects.done().filter(scheme__code=scheme.code, year__in=list(years)).order_by("year", "pk")
    newest = {run.year: run for run in runs.only("pk", "year", "results_digest")}
    for year, run in newest.items():
        results = Result.objects.filter(run=run, coverage__gt=0, score__isnull=False).order_by("zone__code")
        fields = results.values_list("zone__code", "score", "rank", "group_size")
        rows += [[zone, year, score, rank, size] for zone, score, rank, size in fields]
        sources[str(year)] = {"run": run.pk, "digest": run.results_digest}
    return rows, sources


def _returns(zones: list[str], years: list[int]) -> dict[str, dict[str, int]]:
    """Accepted yearly returns behind the figures: year → zone → id."""
    found: dict[str, dict[str, int]] = {str(year): {} for year in years}
    yearly = Return.objects.accepted().filter(round__frequency=Frequency.YEAR)
    accepted = yearly.filter(zone__code__in=zones, round__year__in=years)
    for pk, zone, year in accepted.order_by("pk").values_list("pk", "zone__code", "round__year"):
        found[str(year)][zone] = pk
    return found
