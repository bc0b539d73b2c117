"""What if a value were another (假设分析): the parts of a change, and the smallest change that would matter.

Both ask the whole engine again with other values, many times at once: a row of an array is one case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.engine.change import chunks, split, standing
from assessments.engine.explain import Explainer, Turn
from assessments.engine.peers import Array
from assessments.engine.run import Judged, Prepared, Tables, assess, judge, prepare, to_points
from assessments.engine.scheme import Scheme
from assessments.engine.verdict import names_of

GRID = 17
"""Values tried in each direction before the first that matters is narrowed down."""
HALVINGS = 30
WIDE = 2.0
"""How far values are tried: so many times the peers' range beyond what is reported."""

PARTS = ("data", "method", "peers", "own")


# ---- the parts of a change ------------------------------------------------------------------------------------


def parts_of_change(
    published: pd.Series[float],
    scheme_before: Scheme,
    scheme: Scheme,
    values: pd.DataFrame,
    *,
    events_before: pd.DataFrame | None = None,
    **tables: Unpack[Tables],
) -> pd.DataFrame:
    """Why a unit's score is not last year's (得分变化分解): corrected data, another method, the peers, its own doing.

    ``published``: last year's scores as they were announced. ``values``: a table by (unit, year) as known now; last year's
    figures may have been corrected since. ``scheme_before`` and ``scheme`` may be the same.
    Columns before, data, method, peers, own, after; before + data + method + peers + own = after exactly, NaN for units
    without a score in either year and for those that do not compare with last year. ``tables`` as for :func:`assess`; without
    a ``period`` the newest year is set against the one before. Own and peers are the mean of both orders in which they could have come (Shapley).
    """
    now = prepare(scheme, values, **tables)
    if now.panel.period is None:
        raise ValueError("the values have no years")
    last = _last_year(tables, now.panel.period, events_before)
    corrected = assess(scheme_before, values, **last).score
    base = prepare(scheme, values, **last)
    remade, after = standing(scheme, base)["score"], standing(scheme, now)["score"]
    own = split(scheme, base, now)[0]["score"]
    table = pd.DataFrame({"before": published.set_axis([str(unit) for unit in published.index])})
    table = table.reindex(now.panel.order)
    table["data"] = corrected - table["before"]
    table["method"] = remade - corrected
    table["peers"] = after - remade - own
    table["own"] = own
    table["after"] = after
    told = table.notna().all(axis=1) & ~table.index.isin(_broken(now))
    return table.where(told)


def _last_year(tables: Tables, period: int, events: pd.DataFrame | None) -> Tables:
    return {
        "groups": tables.get("groups"),
        "jurisdictions": tables.get("jurisdictions"),
        "events": events,
        "period": period - 1,
    }


def _broken(prepared: Prepared) -> pd.Index:
    """Units that do not compare with last year."""
    since = prepared.past.since
    return since.index[since == prepared.panel.period]


# ---- the smallest change that matters -------------------------------------------------------------------------


def smallest_changes(scheme: Scheme, values: pd.DataFrame, unit: str, **tables: Unpack[Tables]) -> list[Turn]:
    """For each reported indicator the nearest values, up and down, that turn the unit's proposal or grade, nearest first.

    Found by asking the engine: derived indicators, moving bounds, ranks and rules all follow. ``tables`` as for
    :func:`assess`. Values are tried to twice the peers' range away, and not below 0 where nobody reports less.
    Raises :class:`KeyError` for an unknown unit.
    """
    case = _Case(scheme, prepare(scheme, values, **tables), unit)
    tried = [search for code in case.inputs for search in case.directions(code)]
    if not tried:
        return []
    grid = np.linspace(0, 1, GRID)[1:] ** 2
    reached = case.judge([(s.code, s.at(share)) for s in tried for share in grid])
    turned = (reached.kind != case.nominal.kind[0]).reshape(len(tried), -1)
    found = [(search, int(row.argmax())) for search, row in zip(tried, turned, strict=True) if row.any()]
    low = np.array([grid[place - 1] if place else 0.0 for _, place in found])
    high = np.array([grid[place] for _, place in found])
    for _ in range(HALVINGS if found else 0):
        middle = (low + high) / 2
        changed = case.judge([(s.code, s.at(m)) for (s, _), m in zip(found, middle, strict=True)]).kind
        over = changed != case.nominal.kind[0]
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    settled = case.judge([(s.code, s.at(share)) for (s, _), share in zip(found, high, strict=True)])
    turns = [case.turn(s, share, settled, row) for row, ((s, _), share) in enumerate(zip(found, high, strict=True))]
    return sorted(turns, key=lambda turn: abs(turn.relative) if turn.relative is not None else np.inf)


@dataclass(frozen=True)
class _Search:
    code: str
    reported: float
    bound: float

    def at(self, share: float) -> float:
        return self.reported + share * (self.bound - self.reported)


@dataclass(frozen=True)
class _Reached:
    """What a unit came to in each case; ``kind`` joins proposal and grade."""

    proposal: npt.NDArray[np.object_]
    grade: npt.NDArray[np.object_]
    score: Array

    @property
    def kind(self) -> npt.NDArray[np.object_]:
        joined: npt.NDArray[np.object_] = self.proposal + "/" + self.grade
        return joined


class _Case:
    """One unit among the others, which stay as they are."""

    def __init__(self, scheme: Scheme, prepared: Prepared, unit: str) -> None:
        self.scheme, self.prepared = scheme, prepared
        if unit not in prepared.units:
            raise KeyError(unit)
        self.at = int(prepared.units.get_loc(unit))  # type: ignore[arg-type]  # the index is unique
        self.inputs = [str(code) for code in prepared.raw.columns]
        self.formulas = scheme.reading(prepared.raw.columns)[1]
        self.own = self._own(unit)
        self.nominal = self.judge([("", 0.0)])

    def _own(self, unit: str) -> pd.DataFrame:
        """The unit's rows of all years, the newest last."""
        whole = self.prepared.whole
        if whole.index.nlevels == 1:
            return whole.loc[[unit]]
        return whole[whole.index.get_level_values("unit") == unit].sort_index()

    def directions(self, code: str) -> Iterator[_Search]:
        column = self.prepared.raw[code].to_numpy(dtype=np.float64)
        reported = float(column[self.at])
        known = column[~np.isnan(column)]
        if np.isnan(reported) or not len(known):
            return
        reach = WIDE * max(float(known.max() - known.min()), abs(reported), 1e-9)
        least = 0.0 if known.min() >= 0 else -np.inf
        for bound in (reported + reach, max(reported - reach, least)):
            if bound != reported:
                yield _Search(code, reported, bound)

    def judge(self, cases: list[tuple[str, float]]) -> _Reached:
        """The unit's outcome in each case: one input (by code) having another value; "" changes nothing."""
        proposal = np.empty(len(cases), dtype=object)
        grade = np.full(len(cases), "", dtype=object)
        score = np.empty(len(cases))
        for part in chunks(len(cases), len(self.prepared.units)):
            judged = self._judged([cases[place] for place in part])
            proposal[part] = names_of(judged.verdict.proposal)[..., self.at]
            score[part] = judged.score[..., self.at]
            if judged.grades is not None:
                grade[part] = judged.grades.grade[..., self.at]
        return _Reached(proposal, grade, score)

    def _judged(self, cases: list[tuple[str, float]]) -> Judged:
        columns = dict(self.prepared.context.columns)
        for code, values in self._columns(cases).items():
            table = np.repeat(columns[code][np.newaxis], len(cases), axis=0)
            table[:, self.at] = values
            columns[code] = table
        # Every column has a row for each case, so that all results have.
        columns = {c: np.broadcast_to(x, (len(cases), len(self.prepared.units))) for c, x in columns.items()}
        prepared = replace(self.prepared, context=replace(self.prepared.context, columns=columns))
        return judge(self.scheme, prepared, to_points(self.scheme, prepared), explained=False)

    def _columns(self, cases: list[tuple[str, float]]) -> Mapping[str, Array]:
        """The unit's inputs and derived values in each case, worked out as if each case were a unit of its own."""
        years = len(self.own)
        full = pd.concat([self.own] * len(cases), ignore_index=True)
        names = np.repeat(np.arange(len(cases)), years)
        levels = (
            [names] if self.own.index.nlevels == 1 else [names, np.tile(self.own.index.get_level_values(1), len(cases))]
        )
        full.index = pd.MultiIndex.from_arrays(levels) if len(levels) > 1 else pd.Index(names)
        newest = np.arange(len(cases)) * years + years - 1
        for code in {code for code, _ in cases if code}:
            column = full[code].to_numpy(dtype=np.float64, copy=True)
            mine = [row for row, (other, _) in enumerate(cases) if other == code]
            column[newest[mine]] = [cases[row][1] for row in mine]
            full[code] = column
        for code, formula in self.formulas.items():
            full[code] = formula.evaluate(full)
        wanted = [code for code in self.prepared.context.columns if code in full.columns]
        return {code: full[code].to_numpy(dtype=np.float64)[newest] for code in wanted}

    def turn(self, search: _Search, share: float, reached: _Reached, row: int) -> Turn:
        needed = float(search.at(share))
        grades = (self.nominal.grade[0], reached.grade[row])
        return Turn(
            indicator=search.code,
            reported=search.reported,
            needed=needed,
            relative=(needed - search.reported) / abs(search.reported) if search.reported else None,
            proposal=(self.nominal.proposal[0], reached.proposal[row]),
            grade=grades if self.scheme.grading is not None else None,
            score=float(reached.score[row]),
        )


# ---- all of it about one unit ---------------------------------------------------------------------------------


def explain_unit(
    scheme: Scheme,
    values: pd.DataFrame,
    unit: str,
    *,
    scheme_before: Scheme | None = None,
    events_before: pd.DataFrame | None = None,
    **tables: Unpack[Tables],
) -> dict[str, Any]:
    """:func:`~assessments.engine.explain.explain` with the change since last year and the smallest changes that matter.

    The change is told where the values hold the year before; last year's scores as announced are taken from the history,
    else they are worked out with ``scheme_before`` (default ``scheme``) and nothing is taken for corrected.
    Raises :class:`KeyError` for an unknown unit.
    """
    assessment = assess(scheme, values, **tables)
    turns = smallest_changes(scheme, values, unit, **tables)
    change: dict[str, float] | None = None
    period, before = assessment.period, scheme_before or scheme
    if period is not None and (values.index.get_level_values(1) == period - 1).any():
        published = _announced(before, values, tables.get("history"), _last_year(tables, period, events_before))
        parts = parts_of_change(published, before, scheme, values, events_before=events_before, **tables)
        mine = parts.to_dict("index")[unit]
        change = None if any(np.isnan(points) for points in mine.values()) else {str(k): p for k, p in mine.items()}
    return Explainer(assessment).explain(unit, change=change, turns=turns)


def _announced(scheme: Scheme, values: pd.DataFrame, history: pd.DataFrame | None, last: Tables) -> pd.Series[float]:
    """Last year's scores: those the history tells, else worked out anew."""
    scores = assess(scheme, values, **last).score
    if history is None or "score" not in history.columns:
        return scores
    told = history[pd.to_numeric(history["period"]) == last["period"]]
    announced = pd.Series(pd.to_numeric(told["score"]).to_numpy(dtype=float), index=told["unit"].astype(str)).dropna()
    return announced.combine_first(scores)
