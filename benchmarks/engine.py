"""How long the engine takes, as ratios measured in one run: python benchmarks/engine.py

200 units × 40 indicators × 8 years with history and explanations, against a bare numpy weighted mean of the same table;
and growth with ten and a hundred times the units.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from assessments.engine import Scheme, assess, explain_all, load_scheme

YEARS = list(range(2016, 2024))
INDICATORS = 40
ROUNDS = 5


def scheme() -> Scheme:
    """Five dimensions of eight indicators, every second one a growth rate, with a tail and a top."""
    methods = [
        {"method": "minmax"},
        {"method": "efficacy", "unallowed": "group_p10", "satisfied": "group_p90"},
        {"method": "percentile"},
        {"method": "goalposts", "low": 0, "high": 100},
    ]
    leaves = [
        {"indicator": f"g{i}" if i % 2 else f"x{i}", "score": methods[i % len(methods)]} for i in range(INDICATORS)
    ]
    basis = {"certainty": "published", "source": "benchmark"}
    dimensions = [
        {"code": f"d{d}", "name_zh": f"d{d}", "name_en": f"d{d}", "children": leaves[8 * d : 8 * d + 8]}
        for d in range(5)
    ]
    data = {
        "code": "benchmark", "version": "1", "name_zh": "b", "name_en": "b", "zone_class": "cluster", "valid_from": 2016,
        "source": "benchmark", "author": "benchmark", "certainty": "assumed", "missing": "worst",
        "derive": {f"g{i}": f"growth(x{i})" for i in range(1, INDICATORS, 2)},
        "tree": {"children": dimensions},
        "rules": [
            {"id": "tail", "kind": "tail", "outcome": "demote", "k": 5, "m": 2, "n": 3, "basis": basis},
            {"id": "top", "kind": "top", "outcome": "promote", "share": 0.2, "basis": basis},
        ],
    }  # fmt: skip
    return load_scheme(yaml.safe_dump(data))


def tables(units: int) -> tuple[pd.DataFrame, pd.DataFrame, "pd.Series[str]"]:
    rng = np.random.default_rng(1)
    names = [f"U{i:06d}" for i in range(units)]
    index = pd.MultiIndex.from_product([names, YEARS], names=["unit", "period"])
    values = pd.DataFrame(
        rng.lognormal(3, 0.5, (len(index), INDICATORS)), index=index, columns=[f"x{i}" for i in range(INDICATORS)]
    )
    values = values.mask(rng.random(values.shape) < 0.03)
    past = pd.MultiIndex.from_product([names, YEARS[:-1]], names=["unit", "period"]).to_frame(index=False)
    groups = pd.Series(np.array(["east", "centre", "west"])[rng.integers(0, 3, units)], index=names)
    return values, past.assign(score=rng.random(len(past))), groups


def seconds(action: Callable[[], object]) -> float:
    """The best of a few rounds, the least disturbed by the machine."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    method = scheme()
    print(f"{'units':>7} {'assess s':>9} {'explain s':>10} {'bare mean s':>12} {'ratio':>7} {'per unit':>9}")
    first = 0.0
    for units in (200, 2_000, 20_000):
        values, history, groups = tables(units)
        now = values.xs(YEARS[-1], level="period").to_numpy()
        weights = np.full(INDICATORS, 1 / INDICATORS)
        bare = seconds(lambda now=now, weights=weights: np.nan_to_num(now) @ weights)
        whole = seconds(lambda v=values, h=history, g=groups: assess(method, v, history=h, groups=g))
        assessment = assess(method, values, history=history, groups=groups)
        told = seconds(lambda a=assessment: explain_all(a)) if units == 200 else float("nan")
        first = first or whole
        print(
            f"{units:7d} {whole:9.3f} {told:10.3f} {bare:12.6f} {whole / bare:7.0f} {whole / first / units * 200:9.2f}"
        )
        if units == 200:
            assert whole + told < 1, "200 units × 40 indicators × 8 years with explanation within a second"


if __name__ == "__main__":
    main()
