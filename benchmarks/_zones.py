"""A made-up assessment of zones for the benchmarks: the scheme and its tables, any number of units and indicators."""

from collections.abc import Callable
from time import process_time

import numpy as np
import pandas as pd
import yaml

from assessments.engine import Scheme, load_scheme

YEARS = list(range(2016, 2024))
INDICATORS = 40
IN_A_DIMENSION = 8
METHODS = [
    {"method": "minmax"},
    {"method": "efficacy", "unallowed": "group_p10", "satisfied": "group_p90"},
    {"method": "percentile"},
    {"method": "goalposts", "low": 0, "high": 100},
]
LOWEST = (0, 60, 0, 0)


def codes(indicators: int = INDICATORS) -> list[str]:
    """The indicators; every second one is the growth of a column."""
    return [f"g{i}" if i % 2 else f"x{i}" for i in range(indicators)]


def scheme(indicators: int = INDICATORS) -> Scheme:
    """Dimensions of eight indicators of equal weight, four ways of scoring in turn, a tail over three years and a top."""
    leaves = [{"indicator": code, "score": METHODS[i % len(METHODS)]} for i, code in enumerate(codes(indicators))]
    basis = {"certainty": "published", "source": "benchmark"}
    dimensions = [
        {
            "code": f"d{d:02d}",
            "name_zh": f"d{d}",
            "name_en": f"d{d}",
            "children": leaves[start : start + IN_A_DIMENSION],
        }
        for d, start in enumerate(range(0, indicators, IN_A_DIMENSION))
    ]
    data = {
        "code": "benchmark", "version": "1", "name_zh": "b", "name_en": "b", "zone_class": "cluster", "valid_from": 2016,
        "source": "benchmark", "author": "benchmark", "certainty": "assumed", "missing": "worst",
        "derive": {f"g{i}": f"growth(x{i})" for i in range(1, indicators, 2)},
        "tree": {"children": dimensions},
        "rules": [
            {"id": "tail", "kind": "tail", "outcome": "demote", "k": 5, "m": 2, "n": 3, "basis": basis},
            {"id": "top", "kind": "top", "outcome": "promote", "share": 0.2, "basis": basis},
        ],
    }  # fmt: skip
    return load_scheme(yaml.safe_dump(data))


def tables(units: int, indicators: int = INDICATORS) -> tuple[pd.DataFrame, pd.DataFrame, "pd.Series[str]"]:
    """Values of eight years with three in a hundred blank, the scores of the years before, three peer groups."""
    rng = np.random.default_rng(1)
    names = [f"U{i:06d}" for i in range(units)]
    index = pd.MultiIndex.from_product([names, YEARS], names=["unit", "period"])
    drawn = rng.lognormal(3, 0.5, (len(index), indicators))
    values = pd.DataFrame(drawn, index=index, columns=[f"x{i}" for i in range(indicators)])
    values = values.mask(rng.random(values.shape) < 0.03)
    groups = pd.Series(np.array(["east", "centre", "west"])[rng.integers(0, 3, units)], index=names)
    past = pd.MultiIndex.from_product([names, YEARS[:-1]], names=["unit", "period"]).to_frame(index=False)
    return values, past.assign(score=rng.random(len(past)), group=past["unit"].map(groups)), groups


def seconds(action: Callable[[], object], rounds: int = 5) -> float:
    """Processor time of the best of a few rounds: what else runs on the machine counts as little as can be."""
    times = []
    for _ in range(rounds):
        start = process_time()
        action()
        times.append(process_time() - start)
    return min(times)
