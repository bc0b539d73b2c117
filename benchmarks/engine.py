"""How long one assessment takes and how it grows, in one run: python benchmarks/engine.py

A full run with its explanations of 200 units × 40 indicators × 8 years against a bare numpy weighted mean of the same table
and against one second; then ten and a hundred times the units, and 15 to 150 indicators.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from assessments.engine import Assessment, assess, explain_all
from benchmarks._zones import INDICATORS, YEARS, scheme, seconds, tables

AIM = 1.0


def full_run() -> None:
    """With explanation, against the bare mean and the aim."""
    method, (values, history, groups) = scheme(), tables(200)
    now, weights = values.xs(YEARS[-1], level="period").to_numpy(), np.full(INDICATORS, 1 / INDICATORS)
    bare = seconds(lambda: np.nan_to_num(now) @ weights)

    def run() -> Assessment:
        return assess(method, values, history=history, groups=groups)

    assessment = run()
    computed, told = seconds(run), seconds(lambda: explain_all(assessment))
    whole = computed + told
    print(f"200 units × {INDICATORS} indicators × {len(YEARS)} years")
    print(
        f"  assess {computed:.3f} s, explain all {told:.3f} s, together {whole:.3f} s: {whole / AIM:.2f} of {AIM:g} s"
    )
    print(f"  bare numpy weighted mean {1e6 * bare:.0f} µs: {whole / bare:,.0f} times as long")


def growth(sizes: list[tuple[int, int]]) -> None:
    """Time for each (units, indicators), and per cell against the first."""
    print(f"{'units':>7} {'indicators':>10} {'assess s':>9} {'times the cells':>16} {'times the time':>15}")
    first = 0.0
    for units, indicators in sizes:
        method, (values, history, groups) = scheme(indicators), tables(units, indicators)
        taken = seconds(lambda m=method, v=values, h=history, g=groups: assess(m, v, history=h, groups=g), rounds=3)
        first = first or taken
        cells = units * indicators / (sizes[0][0] * sizes[0][1])
        print(f"{units:7d} {indicators:10d} {taken:9.3f} {cells:16.0f} {taken / first:15.1f}")


def main() -> None:
    full_run()
    growth([(200, INDICATORS), (2_000, INDICATORS), (20_000, INDICATORS)])
    growth([(2_000, 15), (2_000, 50), (2_000, 150)])


if __name__ == "__main__":
    main()
