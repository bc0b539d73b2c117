"""How long the ranks take to follow a slider: python benchmarks/simulation.py

200 units × 40 indicators × 8 years with their rules; two earlier years are ranked anew with the new weights, as a run does. A
trial is made once and then judged with many weights; each must say what the whole engine says.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from assessments.engine import assess
from assessments.engine.reweighting import COLUMNS, Trial, TrialYear, reweighted, to_hundred, top_weights
from benchmarks._zones import INDICATORS, YEARS, scheme, seconds, tables

AIM = 0.3
UNITS = 200
SETTINGS = 20


def main() -> None:
    method, (values, _history, _groups) = scheme(), tables(UNITS)
    year, years = YEARS[-1], YEARS[-3:]
    now = {y: TrialYear(values[values.index.get_level_values(1) <= y], {"period": y}, _units(values, y)) for y in years}
    empty = pd.DataFrame(columns=COLUMNS)

    def make() -> Trial:
        return Trial(method, year, now, empty)

    trial = make()
    rng, codes = np.random.default_rng(159), list(top_weights(method))
    drawn = [to_hundred(dict(zip(codes, rng.uniform(1, 50, len(codes)), strict=True))) for _ in range(SETTINGS)]
    for weights in drawn[:3]:
        _same(trial.outcome(weights), method, weights, now, year)
    once = seconds(make, rounds=3)
    each = [seconds(lambda w=weights: trial.outcome(w), rounds=3) for weights in drawn]
    middle, worst = float(np.median(each)), max(each)
    print(f"{UNITS} units × {INDICATORS} indicators × {len(YEARS)} years, {len(years) - 1} earlier years ranked anew")
    print(f"  made once {once:.3f} s")
    print(
        f"  each setting of the weights: median {middle:.3f} s, slowest of {SETTINGS} {worst:.3f} s: {worst / AIM:.2f} of {AIM:g} s"
    )


def _units(values: pd.DataFrame, year: int) -> list[str]:
    return sorted(values[values.index.get_level_values(1) == year].index.get_level_values(0))


def _same(
    outcome: pd.DataFrame, method: object, weights: dict[str, float], now: dict[int, TrialYear], year: int
) -> None:
    """The trial says what the whole engine says with these weights."""
    variant, past = reweighted(method, weights), []
    for y, given in now.items():
        if y == year:
            continue
        summary = assess(variant, given.values, period=y).summary()
        summary = summary.loc[summary.index.isin(given.counted) & summary["score"].notna()].reset_index(names="unit")
        past.append(summary.assign(period=y).reindex(columns=COLUMNS).astype({"rank": float, "group_size": float}))
    whole = assess(variant, now[year].values, history=pd.concat(past), period=year).summary()
    both = outcome.reindex(whole.index)
    assert np.allclose(both["score"], whole["score"], equal_nan=True)
    assert both["rank"].tolist() == whole["rank"].astype(float).tolist()
    assert both["proposal"].tolist() == whole["proposal"].tolist()


if __name__ == "__main__":
    main()
