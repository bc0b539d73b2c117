"""How sure each rank, grade and proposal is (排名区间)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import pandas as pd

from assessments.engine.certainty.draws import Outcomes, draw, run
from assessments.engine.peers import Array
from assessments.engine.run import Tables, judge, merit_ranks, prepare, root_of, to_points
from assessments.engine.scheme import Scheme
from assessments.engine.uncertainty import Uncertainty
from assessments.engine.verdict import ORDER


@dataclass(frozen=True)
class Certainty:
    """How sure an assessment is. Rows are units in the order of the table given.

    ``ranks``: nominal, mean, median, p05, p95, mean_change (of the absolute rank). ``proposals``, ``grades``: columns =
    codes, share of the draws. ``holds``: share of the draws with the nominal proposal; ``noise``: that is under the
    scheme's ``hold``. ``draws``: how many.
    """

    ranks: pd.DataFrame
    proposals: pd.DataFrame
    grades: pd.DataFrame | None
    holds: pd.Series[float]
    noise: pd.Series[bool]
    draws: int
    seed: int

    def by_unit(self) -> dict[str, dict[str, Any]]:
        """Of every unit, as plain data: rank_low and rank_high (5 to 95 % of the draws), proposals and grades (share of
        the draws by code), holds, within_noise. A unit without a rank has None for both.
        """
        grades = None if self.grades is None else self.grades.to_dict("index")
        proposals = self.proposals.to_dict("index")
        return {
            unit: {
                "rank_low": _whole(low),
                "rank_high": _whole(high),
                "proposals": proposals[unit],
                "grades": None if grades is None else grades[unit],
                "holds": float(self.holds[unit]),
                "within_noise": bool(self.noise[unit]),
            }
            for unit, low, high in zip(self.ranks.index, self.ranks["p05"], self.ranks["p95"], strict=True)
        }


def _whole(rank: float) -> int | None:
    return None if np.isnan(rank) else int(rank)


def certainty(
    scheme: Scheme, values: pd.DataFrame, settings: Uncertainty | None = None, **tables: Unpack[Tables]
) -> Certainty:
    """Ranks, grades and proposals under drawn weights and methods (排名区间).

    ``values`` and ``tables`` (history, groups, events, period) as for :func:`assess`. ``settings`` default to the scheme's.
    """
    chosen = settings or scheme.uncertainty
    prepared = prepare(scheme, values, **tables)
    nominal = judge(scheme, prepared, to_points(scheme, prepared))
    outcomes = run(scheme, prepared, draw(root_of(scheme, prepared), chosen))
    rank = merit_ranks(scheme, nominal)
    low, middle, high = _percentiles(outcomes.rank, (0.05, 0.5, 0.95))
    with np.errstate(invalid="ignore"):
        ranks = pd.DataFrame(
            {
                "nominal": rank,
                "mean": outcomes.rank.mean(axis=0),
                "median": middle,
                "p05": low,
                "p95": high,
                "mean_change": np.abs(outcomes.rank - rank).mean(axis=0),
            },
            index=prepared.units,
        )
    shares = {name: (outcomes.proposal == place).mean(axis=0) for place, name in enumerate(ORDER)}
    holds = (outcomes.proposal == nominal.verdict.proposal).mean(axis=0)
    order = prepared.panel.order
    return Certainty(
        ranks=ranks.reindex(order),
        proposals=pd.DataFrame(shares, index=prepared.units).reindex(order),
        grades=_grade_shares(scheme, outcomes, prepared.units, order),
        holds=pd.Series(holds, index=prepared.units, name="holds").reindex(order),
        noise=pd.Series(holds < chosen.hold, index=prepared.units, name="noise").reindex(order),
        draws=chosen.draws,
        seed=chosen.seed,
    )


def _grade_shares(scheme: Scheme, outcomes: Outcomes, units: pd.Index, order: pd.Index) -> pd.DataFrame | None:
    if scheme.grading is None or outcomes.grade is None:
        return None
    codes = [named.code for named in scheme.grading.names()]
    return pd.DataFrame({code: (outcomes.grade == code).mean(axis=0) for code in codes}, index=units).reindex(order)


def _percentiles(ranks: Array, shares: Sequence[float]) -> list[Array]:
    """Ranks that really occurred, not numbers between two; NaN for a unit without a rank in some draw's place."""
    rising = np.sort(ranks, axis=0)
    known = (~np.isnan(ranks)).sum(axis=0)
    found = []
    for share in shares:
        place = np.clip(np.ceil(share * known).astype(int) - 1, 0, len(ranks) - 1)
        found.append(np.take_along_axis(rising, place[np.newaxis], axis=0)[0])
    return found
