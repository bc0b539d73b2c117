"""A thousand draws against plain pandas, in one run: python benchmarks/draws.py [how many pandas runs, default 40]

200 units × 40 indicators × 8 years; every draw has its own weights, way of scoring, of adding up and of filling blanks, and
goes from the table to ranks, rules and proposals. The yardstick works the same stages out with pandas, one draw after the
other, as one would write it down: columns at a time, nothing repeated that one draw does not need. Ranks and proposals of
all pandas runs, and the scores of one of each combination of methods, are compared with the engine's.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from assessments.engine.certainty import Draws, Method, draw, reweighted, run
from assessments.engine.run import Prepared, judge, prepare, root_of, to_points
from assessments.engine.scheme import Scheme
from assessments.engine.uncertainty import Uncertainty
from assessments.engine.verdict import names_of
from benchmarks._zones import IN_A_DIMENSION, LOWEST, YEARS, codes, scheme, tables

DOUBT = Uncertainty.model_validate(
    {"draws": 1000, "scores": [{"method": "percentile"}], "aggregations": ["geometric"], "missing": ["group_median"]}
)
AIM = 15
TAIL, TAIL_YEARS, LOOKED_BACK, TOP = 5, 2, 3, 0.2


@dataclass(frozen=True)
class Plain:
    """The same assessment in pandas: the table, the earlier scores, the groups."""

    values: pd.DataFrame
    history: pd.DataFrame
    groups: "pd.Series[str]"

    def result(self, factors: dict[str, float], method: Method) -> pd.DataFrame:
        """score, rank, proposal of each unit with these weights and methods."""
        fill_median, percentile, geometric = method.missing is not None, method.score is not None, method.aggregation
        now = self.values.xs(YEARS[-1], level="period")
        before = self.values.xs(YEARS[-2], level="period")
        points, at_worst = {}, {}
        for place, code in enumerate(codes()):
            column = f"x{code[1:]}"
            x = now[column] / before[column].where(before[column] > 0) - 1 if code[0] == "g" else now[column]
            blank = x.isna()
            if fill_median:
                x = x.fillna(x.groupby(self.groups).transform("median"))
            how = 2 if percentile else place % 4
            points[code] = self.points(x, how).fillna(LOWEST[how])
            at_worst[code] = points[code].mask(blank, LOWEST[how])
        score = self.total(pd.DataFrame(points), factors, geometric=bool(geometric))
        worst = self.total(pd.DataFrame(at_worst), factors, geometric=bool(geometric)) if fill_median else score
        return self.judged(score, np.minimum(worst, score))

    def points(self, x: "pd.Series[float]", how: int) -> "pd.Series[float]":
        grouped = x.groupby(self.groups)
        if how == 0:
            low, high = grouped.transform("min"), grouped.transform("max")
            return 100 * (x - low) / (high - low)
        if how == 1:
            low, high = (self.groups.map(grouped.quantile(q)) for q in (0.1, 0.9))
            return 60 + 40 * ((x - low) / (high - low)).clip(0, 1)
        if how == 2:
            return 100 * grouped.rank(method="min") / grouped.transform("count")
        return x.clip(0, 100)

    def total(self, points: pd.DataFrame, factors: dict[str, float], *, geometric: bool) -> "pd.Series[float]":
        """Up the two levels of the tree; siblings' weights sum to one."""
        dimensions = {}
        for d, start in enumerate(range(0, len(codes()), IN_A_DIMENSION)):
            dimensions[f"d{d:02d}"] = self.mean(points[codes()[start : start + IN_A_DIMENSION]], factors, geometric)
        return self.mean(pd.DataFrame(dimensions), factors, geometric)

    @staticmethod
    def mean(table: pd.DataFrame, factors: dict[str, float], geometric: bool) -> "pd.Series[float]":
        weights = pd.Series({code: factors[code] for code in table.columns})
        weights = weights / weights.sum()
        if geometric:
            with np.errstate(divide="ignore"):
                return np.exp((np.log(table) * weights).sum(axis=1))
        return (table * weights).sum(axis=1)

    def judged(self, score: "pd.Series[float]", worst: "pd.Series[float]") -> pd.DataFrame:
        grouped = score.round(9).groupby(self.groups)
        rank, size = grouped.rank(method="min", ascending=False), grouped.transform("count")
        tail_before = self.tails_before()
        proposals = []
        for level in (score, worst):
            top, bottom = self.standing(level.round(9), score.round(9))
            proposal = pd.Series("keep", index=score.index)
            proposal[top <= np.floor((TOP * size).round(9))] = "promote"
            proposal[(bottom <= TAIL) + tail_before >= TAIL_YEARS] = "demote"
            proposals.append(proposal)
        proposal = proposals[0].mask(proposals[0] != proposals[1], "undecided")
        return pd.DataFrame({"score": score, "rank": rank, "proposal": proposal})

    def standing(self, level: "pd.Series[float]", field: "pd.Series[float]") -> tuple["pd.Series", "pd.Series"]:
        """Places from the top and the bottom with this score, the others of the group having theirs."""
        top, bottom = pd.Series(index=level.index, dtype=float), pd.Series(index=level.index, dtype=float)
        for _, own in field.groupby(self.groups):
            rising, mine = np.sort(own.to_numpy()), level[own.index]
            above = len(own) - np.searchsorted(rising, mine, side="right") - (own > mine)
            top[own.index], bottom[own.index] = 1 + above, 1 + np.searchsorted(rising, mine, side="left")
        return top, bottom

    def tails_before(self) -> "pd.Series[int]":
        past = self.history[self.history["period"] > YEARS[-1] - LOOKED_BACK]
        bottom = past["score"].round(9).groupby([past["period"], past["group"]]).rank(method="min")
        return (bottom <= TAIL).groupby(past["unit"]).sum().reindex(self.groups.index, fill_value=0)


def engine_score(method: Scheme, prepared: Prepared, draws: Draws, number: int) -> np.ndarray:
    """The score of one draw."""
    variant = draws.methods[draws.method[number]].applied(method)
    factors = {code: drawn[[number]] for code, drawn in draws.factors.items()}
    tree = reweighted(root_of(variant, prepared), factors)
    return judge(variant, prepared, to_points(variant, prepared), tree, explained=False).score[0]


def main() -> None:
    sample = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    method, (values, history, groups) = scheme(), tables(200)
    start = process_time()
    prepared = prepare(method, values, history=history, groups=groups)
    draws = draw(root_of(method, prepared), DOUBT)
    outcomes = run(method, prepared, draws)
    engine = process_time() - start
    plain, compared = Plain(values, history, groups), set()
    start, found = process_time(), []
    for number in range(sample):
        factors = {code: float(drawn[number, 0]) for code, drawn in draws.factors.items()}
        found.append(plain.result(factors, draws.methods[draws.method[number]]))
    pandas = (process_time() - start) / sample * DOUBT.draws
    for number, result in enumerate(found):
        np.testing.assert_array_equal(outcomes.rank[number], result["rank"])
        np.testing.assert_array_equal(names_of(outcomes.proposal[number]), result["proposal"])
        if draws.method[number] not in compared:
            compared.add(draws.method[number])
            np.testing.assert_allclose(engine_score(method, prepared, draws, number), result["score"], atol=1e-9)
    print(f"{DOUBT.draws:,} draws of 200 units × 40 indicators × 8 years, {len(draws.methods)} combinations of methods")
    print(
        f"  engine {engine:.2f} s; pandas {pandas:.1f} s, from {sample} of its runs: {pandas / engine:.0f} times as long"
    )
    print(f"  aim: {AIM} times. Ranks and proposals of {sample} draws and scores of {len(compared)} alike")


if __name__ == "__main__":
    main()
