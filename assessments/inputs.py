"""What a run computes from, frozen before it computes (冻结的输入): accepted figures, members, events, earlier years.

Stored as plain JSON on the run's row, so that the run can be done again from it alone: by the worker that takes up a run
whose worker died, and by whoever checks it later. Nothing here looks at the database except `collect`.

Earlier years serve the rules that look back (连续几年排名靠后). For each of them the run that a final proceeding rests on is
taken as it stands, else the newest finished run of the same scheme code; a year without one is computed again from its
accepted figures with the scheme of this run (回溯). A zone without a single accepted figure in an earlier year has no result
for that year. Decisions of earlier years are those of final proceedings alone: a proposal that nobody adopted decided nothing.
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
from assessments.engine.comparable import FLAG
from assessments.engine.run import Tables
from assessments.enums import DecisionOutcome, ProceedingStatus
from assessments.events import events_of
from assessments.models import Decision, Proceeding, Result, Run, Scheme
from indicators.enums import Frequency
from indicators.models import Return
from indicators.selectors import matrix, synthetic_zones
from parks.enums import DesignationLevel
from parks.lineage import Lineage
from parks.models import Designation

FORMAT = 2
HISTORY_COLUMNS = ["unit", "period", "score", "rank", "group_size", "grade"]
DECISION_COLUMNS = ["unit", "period", "decision"]
NATIONAL_EXIT = "national_exit"
"""The exit of a zone of national level: what bars a whole province from recommending (2021 年版经开区办法)."""
PROVINCE = "province"
"""The jurisdiction of every zone: the cool-down that is published bars the province."""


@dataclass(frozen=True)
class Inputs:
    """A run's inputs as the engine takes them.

    `values`: index (unit, year), columns indicator codes, floats in stored units, NaN = not reported. `members`: zones to
    be assessed by year, the assessed year and those to be computed again. `history`: columns HISTORY_COLUMNS, of the years
    taken from finished runs. `events`: by year, index unit, a column for each kind the registers know. `broken`: (unit,
    year) whose figures do not compare with those of the year before (不可比), `restated` the figures of that year before in
    the new boundaries. `decisions`: of final proceedings of earlier years.
    """

    year: int
    values: pd.DataFrame
    members: dict[int, list[str]]
    history: pd.DataFrame
    events: dict[int, pd.DataFrame]
    registered: frozenset[str]
    broken: frozenset[tuple[str, int]]
    restated: pd.DataFrame
    decisions: pd.DataFrame

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
        table = pd.concat([self.values[years < year], self.values.reindex(now)])
        if self.broken:
            table[FLAG] = [0.0 if place in self.broken else 1.0 for place in table.index]
        return table

    def tables(self, year: int, method: Method, past: pd.DataFrame | None) -> Tables:
        """What the engine takes beside the figures of `year`; `past` is None for a year that is only looked back on."""
        kinds = method.event_kinds()
        given = self.events.get(year)
        events = None if given is None else given.reindex(columns=kinds, fill_value=0.0)
        tables: Tables = {"period": year, "events": events if kinds else None}
        after = [(unit, before + 1) for unit, before in self.restated.index]
        mine = [place in self.broken and place[1] <= year and self._has(*place, year) for place in after]
        if any(mine):
            tables["restated"] = self.restated[mine]
        if past is not None:
            tables["history"] = past
            tables["decisions"] = self.decisions
            tables["jurisdictions"] = pd.Series(PROVINCE, index=self.members[year])
        return tables

    def _has(self, unit: str, at: int, year: int) -> bool:
        return unit in self.members[year] if at == year else (unit, at) in self.values.index

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
    broken = _broken(zones, years)
    events = {y: events_of(found, y) for y, found in members.items()}
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
        "events": {str(y): found.counts for y, found in events.items()},
        "events_registered": sorted({kind for found in events.values() for kind in found.registered}),
        "event_sources": {str(y): found.sources for y, found in events.items()},
        "broken": {str(y): found for y, found in broken.items()},
        "restated": {str(y - 1): _restated(found, codes, y) for y, found in broken.items()},
        "decisions": _decisions(scheme, year),
        "returns": _returns(zones, years),
        "synthetic": sorted(
            {zone for y in years for zone in synthetic_zones(y)} & set(zones)
            | {zone for found in events.values() for zone in found.synthetic}
        ),
    }


def thaw(frozen: dict[str, Any]) -> Inputs:
    """The inputs as tables again; the same frozen data gives the same tables, bit by bit.

    Of runs frozen before format 2, which knew neither events nor decisions, those tables are empty.
    """
    codes = frozen["indicators"]
    members = {int(year): list(zones) for year, zones in frozen["members"].items()}
    registered = frozen.get("events_registered", [])
    rows = [[*row, None][: len(HISTORY_COLUMNS)] for row in frozen["history"]]
    return Inputs(
        year=frozen["year"],
        values=_thawed_values(frozen["values"], codes),
        members=members,
        history=pd.DataFrame(rows, columns=HISTORY_COLUMNS),
        events={
            int(year): pd.DataFrame(
                [[float(counts.get(zone, {}).get(kind, 0)) for kind in registered] for zone in members[int(year)]],
                index=pd.Index(members[int(year)], name="unit"),
                columns=registered,
            )
            for year, counts in frozen.get("events", {}).items()
        },
        registered=frozenset(registered),
        broken=frozenset((zone, int(year)) for year, zones in frozen.get("broken", {}).items() for zone in zones),
        restated=_thawed_values(frozen.get("restated", {}), codes),
        decisions=pd.DataFrame(frozen.get("decisions", []), columns=DECISION_COLUMNS),
    )


def _thawed_values(frozen: dict[str, dict[str, list[float | None]]], codes: list[str]) -> pd.DataFrame:
    rows = [(zone, int(year), row) for year, by_zone in frozen.items() for zone, row in by_zone.items()]
    index = pd.MultiIndex.from_tuples([(zone, year) for zone, year, _ in rows], names=["zone", "year"])
    if not rows:
        index = pd.MultiIndex.from_arrays([pd.Index([], dtype=str), pd.Index([], dtype=int)], names=["zone", "year"])
    numbers = np.array([row for _, _, row in rows], dtype=np.float64).reshape(len(rows), len(codes))
    return pd.DataFrame(numbers, index=index, columns=codes).sort_index()


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
        past = assess(method, inputs.table(year), **inputs.tables(year, method, None)).summary()
        past = past.loc[past.index.isin(inputs.reported(year)) & past["score"].notna()]
        frame = past.reset_index(names="unit").assign(period=year)
        # The size is that of the whole ranking, the silent ones included, so that a place keeps its meaning.
        frame = frame.reindex(columns=HISTORY_COLUMNS).astype({"rank": float, "group_size": float, "grade": object})
        tables.append(frame)
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
    """Zones of its province with a plate of the scheme's class, and of its levels where it names some, on 31 December."""
    return sorted(scheme.zones(year).values_list("code", flat=True))


def _frozen_values(values: pd.DataFrame) -> dict[str, dict[str, list[float | None]]]:
    frozen: dict[str, dict[str, list[float | None]]] = {}
    for (zone, year), row in zip(values.index, values.to_numpy(dtype=np.float64), strict=True):
        if not np.isnan(row).all():
            frozen.setdefault(str(year), {})[str(zone)] = [None if np.isnan(x) else float(x) for x in row]
    return frozen


def _issued_results(scheme: Scheme, years: Iterable[int]) -> tuple[list[list[Any]], dict[str, dict[str, Any]]]:
    """Rows of `HISTORY_COLUMNS` of each year from the run of its final proceeding, else the newest, and which run that was."""
    rows: list[list[Any]] = []
    sources: dict[str, dict[str, Any]] = {}
    runs = Run.objects.done().filter(scheme__code=scheme.code, year__in=list(years)).order_by("year", "pk")
    chosen = {run.year: run for run in runs.only("pk", "year", "results_digest")}
    final = Proceeding.objects.filter(
        region_code=scheme.region_code,
        zone_class=scheme.zone_class,
        run__scheme__code=scheme.code,
        year__in=list(chosen),
        status=ProceedingStatus.FINAL,
    )
    decided = {proceeding.year: proceeding for proceeding in final.select_related("run").defer("run__inputs")}
    for year, newest in sorted(chosen.items()):
        run = decided[year].run if year in decided else newest
        results = Result.objects.filter(run=run, coverage__gt=0, score__isnull=False).order_by("zone__code")
        fields = results.values_list("zone__code", "score", "rank", "group_size", "explanation__grade__code")
        rows += [[zone, year, score, rank, size, grade] for zone, score, rank, size, grade in fields]
        sources[str(year)] = {"run": run.pk, "digest": run.results_digest, "final": year in decided}
    return rows, sources


def _broken(zones: list[str], years: list[int]) -> dict[int, list[str]]:
    """Zones whose figures, from that year on, are of another area than those of the year before: heirs of others (沿革)."""
    broken: dict[int, set[str]] = {}
    for link in Lineage.read().links:
        if link.successor in zones and link.on.year in years:
            broken.setdefault(link.on.year, set()).add(link.successor)
    return {year: sorted(found) for year, found in sorted(broken.items())}


def _restated(zones: list[str], codes: list[str], year: int) -> dict[str, list[float | None]]:
    """Figures of the year before `year` as if the areas of its end had been then (可比口径的上年数)."""
    values = matrix(zone_codes=zones, codes=codes, years=[year - 1], restated_on=date(year, 12, 31))
    return _frozen_values(values.reindex(columns=codes)).get(str(year - 1), {})


def _decisions(scheme: Scheme, year: int) -> list[list[Any]]:
    """Rows of `DECISION_COLUMNS`: decisions in force of final proceedings of the class and province before `year`.

    The exit of a zone that stood in the class at national level counts as `NATIONAL_EXIT` too.
    """
    zone_class = scheme.zone_class
    final = Proceeding.objects.filter(
        region_code=scheme.region_code, zone_class=zone_class, year__lt=year, status=ProceedingStatus.FINAL
    )
    newest = Decision.objects.filter(proceeding__in=final, confirmed_at__isnull=False)
    newest = newest.order_by("proceeding__year", "zone__code", "-version").distinct("proceeding__year", "zone__code")
    rows: list[list[Any]] = []
    for zone, at, outcome in newest.values_list("zone__code", "proceeding__year", "outcome"):
        rows.append([zone, at, outcome])
        if outcome == DecisionOutcome.EXIT and _was_national(zone, zone_class, at):
            rows.append([zone, at, NATIONAL_EXIT])
    return rows


def _was_national(zone: str, zone_class: str, year: int) -> bool:
    plates = Designation.objects.in_force_on(date(year, 12, 31))
    return plates.filter(zone__code=zone, zone_class=zone_class, level=DesignationLevel.NATIONAL).exists()


def _returns(zones: list[str], years: list[int]) -> dict[str, dict[str, int]]:
    """Accepted yearly returns behind the figures: year → zone → id."""
    found: dict[str, dict[str, int]] = {str(year): {} for year in years}
    yearly = Return.objects.accepted().filter(round__frequency=Frequency.YEAR)
    accepted = yearly.filter(zone__code__in=zones, round__year__in=years)
    for pk, zone, year in accepted.order_by("pk").values_list("pk", "zone__code", "round__year"):
        found[str(year)][zone] = pk
    return found
