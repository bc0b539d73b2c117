"""What another method would give (考核模拟): computed in memory over the figures of past years; nothing official is touched.

A year's figures are those that its newest finished run froze, where they hold all that the methods read; else the accepted
ones of this moment. Two questions are asked in two ways:

* *The next run*: what a run with this scheme would say of one year. Earlier places are those announced, as a run has them.
* *As if in force*: what it would have said in each of several years, had it been in force all along. Earlier places are then
  its own.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from django.core.cache import cache
from django.db.models import QuerySet
from django.db.models.fields.json import KT

from assessments.calculation import LEAST_REPORTED
from assessments.engine import ENGINE_VERSION, Assessment, assess
from assessments.engine import Scheme as Method
from assessments.engine.reweighting import Trial, TrialYear
from assessments.enums import ProposalKind
from assessments.inputs import HISTORY_COLUMNS, Inputs, collect, past_results, thaw, years_needed
from assessments.inputs import digest as digest_of_inputs
from assessments.models import Run, Scheme
from assessments.selectors.methods import method_of
from assessments.selectors.runs import assessable_years
from indicators.selectors import newest_change
from parks.models import Zone

KEPT = 24
"""Figures and prepared trials kept in the process's memory."""
COLLECTED_FOR = 60
"""Seconds for which collected figures are kept."""
TRIALS_KEPT_FOR = 3600
"""Seconds for which a prepared trial is kept in the cache."""
_trials: dict[str, Trial] = {}


@dataclass(frozen=True)
class Place:
    """A zone in a ranking."""

    score: float | None
    rank: int | None
    proposal: str


@dataclass(frozen=True)
class Ranking:
    """All zones of a year by code; `run`: the finished run whose frozen figures it rests on, None for collected ones."""

    year: int
    places: Mapping[str, Place]
    reported: int
    run_id: int | None
    synthetic: bool

    @property
    def size(self) -> int:
        return sum(place.rank is not None for place in self.places.values())

    def counts(self) -> dict[str, int]:
        """Number of proposals of each kind."""
        found = dict.fromkeys(ProposalKind.values, 0)
        for place in self.places.values():
            found[place.proposal] += 1
        return found


@dataclass(frozen=True)
class Basis:
    """The figures of a year; `key` tells whether they are the same. Those of a run are read when they are asked for."""

    key: tuple[object, ...]
    run_id: int | None
    synthetic: bool
    collected: Inputs | None = None

    @property
    def inputs(self) -> Inputs:
        return self.collected if self.collected is not None else _thawed(*self.key)

    @property
    def is_enough(self) -> bool:
        return len(self.inputs.reported(self.inputs.year)) >= LEAST_REPORTED


@dataclass(frozen=True)
class Move:
    """A zone before and after; None where it has no place."""

    zone: Zone
    before: Place | None
    after: Place | None

    @property
    def places(self) -> int | None:
        """Places gained; negative when lost."""
        if self.before is None or self.after is None or self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank

    @property
    def score_change(self) -> float | None:
        """Points gained; negative when lost."""
        if self.before is None or self.after is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def proposal_changes(self) -> bool:
        return (self.before.proposal if self.before else "") != (self.after.proposal if self.after else "")

    @property
    def moves(self) -> bool:
        ranks = [place.rank if place else None for place in (self.before, self.after)]
        return self.proposal_changes or ranks[0] != ranks[1]


@dataclass(frozen=True)
class Comparison:
    """Two rankings of one year set side by side, changed proposals first, then the longest moves."""

    year: int
    before: Ranking
    after: Ranking
    moves: list[Move]

    @property
    def changed(self) -> list[Move]:
        return [move for move in self.moves if move.proposal_changes]

    @property
    def differing(self) -> list[Move]:
        """The zones with another place or proposal."""
        return [move for move in self.moves if move.moves]

    @property
    def moved(self) -> int:
        return sum(bool(move.places) for move in self.moves)

    @property
    def mean_places(self) -> float | None:
        """Mean number of places moved, whichever way."""
        known = [abs(move.places) for move in self.moves if move.places is not None]
        return float(np.mean(known)) if known else None

    @property
    def spearman(self) -> float | None:
        return spearman(*_common(self.before, self.after))

    @property
    def kendall(self) -> float | None:
        return kendall(*_common(self.before, self.after))


def compare(before: Ranking, after: Ranking, zones: Mapping[str, Zone]) -> Comparison:
    """Set two rankings of one year side by side."""
    codes = [code for code in {**before.places, **after.places} if code in zones]
    moves = [Move(zones[code], before.places.get(code), after.places.get(code)) for code in codes]
    return Comparison(after.year, before, after, sorted(moves, key=_order))


def _order(move: Move) -> tuple[bool, int, int, str]:
    rank = move.after.rank if move.after and move.after.rank is not None else 10**6
    return (not move.proposal_changes, -abs(move.places or 0), rank, move.zone.code)


def zones_of(rankings: Iterable[Ranking]) -> dict[str, Zone]:
    """The zones of some rankings by code; one query."""
    codes = {code for ranking in rankings for code in ranking.places}
    return {zone.code: zone for zone in Zone.objects.filter(code__in=codes).select_related("city")}


# ---- the figures ----------------------------------------------------------------------------------------------


def basis_of(schemes: Sequence[Scheme], year: int, *, same_code: bool = False) -> list[Basis]:
    """The figures of a year for each scheme: one finished run's for all of them where it holds what they read.

    `same_code`: the run must be one of the scheme's own code, whose announced places a next run would look back on.
    """
    runs = _runs_beside(schemes[0]).filter(year=year).select_related("scheme")
    held = runs.annotate(codes=KT("inputs__indicators"), figures=KT("inputs__years")).defer("inputs", "scheme__text")
    for run in held.order_by("-pk")[:2]:
        if all(_holds(run, scheme, same_code=same_code) for scheme in schemes):
            return [Basis((run.pk, run.inputs_digest), run.pk, run.synthetic) for _ in schemes]
    # Plates change without news of figures: what was collected is kept for a minute at most.
    news, minute = newest_change(), int(time.time() / COLLECTED_FOR)
    return [_collected(scheme.pk, scheme.digest, year, (news, minute)) for scheme in schemes]


def _runs_beside(scheme: Scheme) -> QuerySet[Run]:
    """Finished runs over the zones of the scheme's class and province."""
    return Run.objects.done().filter(scheme__zone_class=scheme.zone_class, scheme__region_code=scheme.region_code)


def _holds(run: Run, scheme: Scheme, *, same_code: bool) -> bool:
    method = method_of(scheme.text)
    frozen = {"indicators": json.loads(run.codes), "years": json.loads(run.figures)}  # type: ignore[attr-defined]
    codes, years = set(method.inputs()) - set(method.derive), set(years_needed(method, run.year)[1])
    alike = sorted(run.scheme.levels) == sorted(scheme.levels) and (not same_code or run.scheme.code == scheme.code)
    return alike and codes <= set(frozen["indicators"]) and years <= set(frozen["years"])


@lru_cache(maxsize=KEPT)
def _thawed(run_id: int, digest: str) -> Inputs:
    return thaw(Run.objects.only("inputs").get(pk=run_id).inputs)


@lru_cache(maxsize=KEPT)
def _collected(scheme_id: int, digest: str, year: int, news: tuple[int, int]) -> Basis:
    scheme = Scheme.objects.get(pk=scheme_id)
    frozen = collect(scheme, method_of(scheme.text), year)
    return Basis((digest_of_inputs(frozen),), None, bool(frozen["synthetic"]), thaw(frozen))


def forget() -> None:
    """Empty what is kept in the process's memory."""
    _thawed.cache_clear()
    _collected.cache_clear()
    _trials.clear()


# ---- the next run ---------------------------------------------------------------------------------------------


def effect_year(scheme: Scheme) -> int | None:
    """The year to show a draft's effect on: that of the newest finished run of its class, else the newest with figures."""
    run = _runs_beside(scheme).only("year").order_by("-year").first()
    if run is not None:
        return run.year
    return next((year for year in assessable_years() if basis_of([scheme], year)[0].is_enough), None)


def effect(parent: Scheme, scheme: Scheme) -> Comparison | None:
    """What last year's ranking and proposals would have been with a draft in place of its parent; None without figures.

    Both are computed as a run would compute them, over the same figures.
    """
    year = effect_year(scheme)
    bases = basis_of([parent, scheme], year, same_code=True) if year is not None else []
    if not bases or not all(basis.is_enough for basis in bases):
        return None
    before, after = (next_run(method_of(s.text), basis) for s, basis in zip((parent, scheme), bases, strict=True))
    return compare(before, after, zones_of([before, after]))


def next_run(method: Method, basis: Basis) -> Ranking:
    """What a run would say with this method over these figures."""
    inputs = basis.inputs
    past = past_results(method, inputs)
    tables = inputs.tables(inputs.year, method, past)
    return _ranking(assess(method, inputs.table(inputs.year), **tables), basis)


def trial_of(scheme: Scheme, year: int) -> tuple[Trial, Basis]:
    """A scheme over a year's figures, ready to be tried with other weights, as a run would compute it.

    Kept by what it is made from: in this process, and in the cache for the other ones.
    """
    basis = basis_of([scheme], year, same_code=True)[0]
    parts = [ENGINE_VERSION, scheme.digest, year, *basis.key]
    key = "trial:" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    trial = _trials.get(key) or cache.get(key)
    if trial is None:
        trial = _trial(method_of(scheme.text), basis.inputs)
        cache.set(key, trial, TRIALS_KEPT_FOR)
    _trials.pop(key, None)
    _trials[key] = trial
    while len(_trials) > KEPT:
        _trials.pop(next(iter(_trials)), None)
    return trial, basis


def _trial(method: Method, inputs: Inputs) -> Trial:
    years = [y for y in sorted(inputs.members) if y == inputs.year or inputs.reported(y)]
    none = inputs.history.iloc[:0]
    given = {
        y: TrialYear(inputs.table(y), inputs.tables(y, method, none if y == inputs.year else None), inputs.reported(y))
        for y in years
    }
    return Trial(method, inputs.year, given, inputs.history)


def ranking_of(trial: Trial, basis: Basis, weights: Mapping[str, float] | None = None) -> Ranking | None:
    """The ranking of a trial with other weights, in per cent, or with its own; None where too few have figures."""
    reported = len(trial.counted[trial.year])
    if reported < LEAST_REPORTED:
        return None
    table = trial.own if weights is None else trial.outcome(weights)
    rows = zip(table.index, table["score"], table["rank"], table["proposal"], strict=True)
    places = {str(code): Place(_number(score), _whole(rank), str(kind)) for code, score, rank, kind in rows}
    return Ranking(trial.year, places, reported, basis.run_id, basis.synthetic)


# ---- as if in force -------------------------------------------------------------------------------------------


def as_if_in_force(schemes: Sequence[Scheme], years: Sequence[int]) -> list[list[Ranking]]:
    """Rankings of each scheme in each of the years that have figures, had it been in force all along, oldest first."""
    found: list[list[Ranking]] = [[] for _ in schemes]
    reach = max(method_of(scheme.text).looks_back() for scheme in schemes)
    history: list[pd.DataFrame] = [pd.DataFrame(columns=HISTORY_COLUMNS) for _ in schemes]
    for year in range(min(years) - reach + 1, max(years) + 1):
        bases = basis_of(schemes, year)
        if not all(basis.is_enough for basis in bases):
            continue
        for number, (scheme, basis) in enumerate(zip(schemes, bases, strict=True)):
            ranking, told = _in_force(scheme, basis, history[number])
            history[number] = pd.concat([history[number], told]) if len(history[number]) else told
            if year in years:
                found[number].append(ranking)
    return found


def _in_force(scheme: Scheme, basis: Basis, history: pd.DataFrame) -> tuple[Ranking, pd.DataFrame]:
    """A year's ranking with the scheme's own earlier places, and what it tells the years after it."""
    method, inputs, year = method_of(scheme.text), basis.inputs, basis.inputs.year
    assessment = assess(method, inputs.table(year), **inputs.tables(year, method, history))
    summary = assessment.summary()
    told = summary.loc[summary.index.isin(inputs.reported(year)) & summary["score"].notna()]
    told = told.reset_index(names="unit").assign(period=year).reindex(columns=HISTORY_COLUMNS)
    return _ranking(assessment, basis), told.astype({"rank": float, "group_size": float, "grade": object})


def _ranking(assessment: Assessment, basis: Basis) -> Ranking:
    summary = assessment.summary()
    rows = zip(summary.index, summary["score"], summary["rank"], summary["proposal"], strict=True)
    places = {str(code): Place(_number(score), _whole(rank), str(kind)) for code, score, rank, kind in rows}
    year = basis.inputs.year
    return Ranking(year, places, len(basis.inputs.reported(year)), basis.run_id, basis.synthetic)


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


# ---- how stable -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearLine:
    """A year of one scheme and how it differs from the year before: rank correlation, moves, changed proposals."""

    ranking: Ranking
    before: Ranking | None

    @property
    def counts(self) -> list[int]:
        return list(self.ranking.counts().values())

    @property
    def spearman(self) -> float | None:
        return spearman(*_common(self.before, self.ranking)) if self.before else None

    @property
    def kendall(self) -> float | None:
        return kendall(*_common(self.before, self.ranking)) if self.before else None

    @property
    def mean_places(self) -> float | None:
        """Mean number of places moved since the year before (位次波动)."""
        if self.before is None:
            return None
        pairs = [
            (self.before.places[c].rank, place.rank)
            for c, place in self.ranking.places.items()
            if c in self.before.places
        ]
        moved = [abs(a - b) for a, b in pairs if a is not None and b is not None]
        return float(np.mean(moved)) if moved else None

    @property
    def changed_share(self) -> float | None:
        """Share of the zones of both years whose proposal is another one."""
        if self.before is None:
            return None
        both = [code for code in self.ranking.places if code in self.before.places]
        changed = sum(self.ranking.places[c].proposal != self.before.places[c].proposal for c in both)
        return changed / len(both) if both else None


@dataclass(frozen=True)
class ZoneLine:
    """A zone through the years of one scheme; `places` are in their order, None where it was not assessed."""

    zone: Zone
    places: list[Place | None]

    @property
    def to_move(self) -> int:
        """In how many years something else than to keep was proposed."""
        return sum(place is not None and place.proposal != ProposalKind.KEEP for place in self.places)

    @property
    def ranks(self) -> list[int]:
        return [place.rank for place in self.places if place is not None and place.rank is not None]

    @property
    def spread(self) -> int | None:
        """Between its best and its worst place."""
        return max(self.ranks) - min(self.ranks) if len(self.ranks) > 1 else None


def year_lines(rankings: Sequence[Ranking]) -> list[YearLine]:
    """Each year with the year before it, where that is there."""
    by_year = {ranking.year: ranking for ranking in rankings}
    return [YearLine(ranking, by_year.get(ranking.year - 1)) for ranking in rankings]


def zone_lines(rankings: Sequence[Ranking], zones: Mapping[str, Zone]) -> list[ZoneLine]:
    """Each zone through the years, those with most proposals to move first."""
    lines = [ZoneLine(zone, [ranking.places.get(code) for ranking in rankings]) for code, zone in zones.items()]
    return sorted(lines, key=lambda line: (-line.to_move, line.ranks[-1] if line.ranks else 10**6, line.zone.code))


def _common(before: Ranking, after: Ranking) -> tuple[list[int], list[int]]:
    """The places of the zones that have one in both."""
    pairs = [(before.places[code].rank, place.rank) for code, place in after.places.items() if code in before.places]
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    return [a for a, _ in known], [b for _, b in known]


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties at their mean place; None for fewer than three or where all are alike."""
    if len(first) < 3:
        return None
    x, y = (pd.Series(list(ranks), dtype=float).rank().to_numpy() for ranks in (first, second))
    spread = float(np.std(x) * np.std(y))
    return float(np.mean((x - x.mean()) * (y - y.mean())) / spread) if spread else None


def kendall(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's τ-b: pairs in the same order less pairs in the opposite order; None as for Spearman's."""
    if len(first) < 3:
        return None
    x, y = (np.sign(np.subtract.outer(np.asarray(r, dtype=float), np.asarray(r, dtype=float))) for r in (first, second))
    untied = float(np.sqrt(np.sum(x * x) * np.sum(y * y)))
    return float(np.sum(x * y) / untied) if untied else None
