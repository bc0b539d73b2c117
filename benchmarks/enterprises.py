"""A million enterprises through 企业分类综合评价: python benchmarks/enterprises.py [how many, default 1,000,000]

Time and peak memory, each scheme in a process of its own, over a thousand zones: the formula of 黄岩 (six items against
fixed bases, no cap, a blank emission gets the zone's mean points) with classes by quota, and the gate-then-rank of 安阳 (15 %
from the better half by tax and research, 10 % from the worse half by energy and emissions, in every zone). The zones'
figures are made up.
"""

import resource
import subprocess
import sys
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from assessments.engine import Scheme, assess, load_scheme

ZONES = 1_000
AIM = 2.0  # GiB
BASIS = {"certainty": "published", "source": "benchmark"}
# 黄岩区 2022: base and weight of each item.
ITEMS = {
    "tax_per_mu": (24.097, 30),
    "value_added_per_mu": (136.16, 20),
    "value_added_per_energy": (2.694, 20),
    "value_added_per_emission": (4929.81, 10),
    "productivity": (18.14, 10),
    "research_intensity": (0.0302, 10),
}
DERIVED = {
    "tax_per_mu": "tax / land",
    "value_added_per_mu": "value_added / land",
    "value_added_per_energy": "value_added / energy",
    "value_added_per_emission": "value_added / emission",
    "productivity": "value_added / employees",
    "research_intensity": "research / revenue",
}


def named(code: str) -> dict[str, str]:
    return {"code": code, "name_zh": code, "name_en": code}


GRADINGS = {
    "黄岩": {
        "kind": "quota",
        "classes": [named("A") | {"share": 0.25}, named("B"), named("C") | {"share": 0.25}, named("D") | {"share": 0.05}],
    },
    "安阳": {
        "kind": "gate",
        "upper": named("A") | {"share": 0.15, "by": {"tax_per_mu": 1, "research_intensity": 1}},
        "lower": named("C")
        | {"share": 0.10, "by": {"value_added_per_energy": 1, "value_added_per_emission": 1}},
        "rest": named("B"),
    },
}  # fmt: skip


def scheme(name: str) -> Scheme:
    children = [
        {"indicator": code, "weight": weight, "score": {"method": "ratio", "base": base, "cap": None},
         "missing": "group_mean_score" if code == "value_added_per_emission" else "worst"}
        for code, (base, weight) in ITEMS.items()
    ]  # fmt: skip
    data = {
        "code": "enterprises", "version": "1", "name_zh": name, "name_en": name, "zone_class": "cluster", "valid_from": 2018,
        "source": "benchmark", "author": "benchmark", "certainty": "derived", "missing": "worst", "derive": DERIVED,
        "tree": {"weighting": "percent", "children": children}, "grading": GRADINGS[name] | {"basis": BASIS},
    }  # fmt: skip
    return load_scheme(yaml.safe_dump(data))


def tables(units: int) -> tuple[pd.DataFrame, "pd.Series[str]"]:
    """Enterprises with a tenth of the emissions blank, and the zone of each."""
    rng = np.random.default_rng(2018)
    names = [f"E{i:07d}" for i in range(units)]
    means = {
        "tax": 6,
        "land": 3,
        "value_added": 7,
        "energy": 6,
        "emission": -1,
        "employees": 4,
        "research": 4,
        "revenue": 9,
    }
    columns = {code: rng.lognormal(mean, 0.8, units) for code, mean in means.items()}
    columns["emission"][rng.random(units) < 0.1] = np.nan
    zones = np.array([f"Z{i:04d}" for i in range(ZONES)])[rng.integers(0, ZONES, units)]
    return pd.DataFrame(columns, index=names), pd.Series(zones, index=names)


def gibibytes() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measure(name: str, units: int) -> None:
    method, (values, groups) = scheme(name), tables(units)
    before, start = gibibytes(), process_time()
    assessment = assess(method, values, groups=groups)
    taken = process_time() - start
    assert assessment.grade is not None
    counts = "  ".join(f"{code} {number:,}" for code, number in assessment.grade.value_counts().sort_index().items())
    peak = gibibytes()
    print(
        f"  {name}: {taken:.1f} s, {1e6 * taken / units:.1f} µs each; peak {peak:.2f} GiB, {before:.2f} of it the tables:"
        f" {peak / AIM:.2f} of {AIM:g} GiB   {counts}"
    )


def main() -> None:
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        measure(sys.argv[2], units)
        return
    print(f"{units:,} enterprises in {ZONES:,} zones", flush=True)
    for name in GRADINGS:
        subprocess.run([sys.executable, __file__, str(units), name], check=True)


if __name__ == "__main__":
    main()
