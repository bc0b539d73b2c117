"""Small schemes for the tests, written as plain data and read through the real loader."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from assessments.engine import Assessment, Scheme, assess, load_scheme

BASIS = {"certainty": "published", "source": "test"}
# Alike for all zones, so that every share and rate falls from the first zone to the last.
SPEAKING_AGAINST = {"open_safety_hazards", "environmental_breaches", "energy_use", "co2_emission"}
OPEN = {"certainty": "assumed", "decided_by": "test office"}


def scheme_data(children: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    tree = {"children": children, **parts.pop("tree", {})}
    return {
        "code": "test",
        "version": "1",
        "name_zh": "测试",
        "name_en": "Test",
        "zone_class": "cluster",
        "valid_from": 2017,
        "source": "test",
        "author": "test",
        "certainty": "assumed",
        "missing": "block",
        **parts,
        "tree": tree,
    }


def make(children: list[dict[str, Any]], **parts: Any) -> Scheme:
    return load_scheme(yaml.safe_dump(scheme_data(children, **parts), allow_unicode=True, sort_keys=False))


def leaf(indicator: str, method: str = "identity", **parts: Any) -> dict[str, Any]:
    """A leaf; keys of ``score`` go to the method."""
    return {"indicator": indicator, "score": {"method": method, **parts.pop("score", {})}, **parts}


def rule(name: str, kind: str, outcome: str | None = None, **parts: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "outcome": outcome, "basis": BASIS, **parts}


def table(units: str | list[str], **columns: Sequence[float | None]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(list(units), name="unit"), dtype=float)


def ranked(scores: Sequence[float | None], **parts: Any) -> Assessment:
    """An assessment whose scores are the values themselves; units A, B, C…"""
    units = [chr(ord("A") + number) if len(scores) <= 26 else f"U{number:04d}" for number in range(len(scores))]
    runs = {name: parts.pop(name) for name in ("history", "groups", "events", "period") if name in parts}
    values = pd.DataFrame({"x": scores}, index=pd.Index(units, name="unit"), dtype=float)
    if "period" in runs:
        values.index = pd.MultiIndex.from_product([units, [runs["period"]]], names=["unit", "period"])
    return assess(make([leaf("x")], **parts), values, **runs)


def zones(file: Path, size: int, year: int) -> tuple[Scheme, pd.DataFrame]:
    """A shipped scheme with `size` zones, each better than the next in everything (演示数据); a year ago all were alike.

    Zones are named Z001 … by their place in `year`.
    """
    method = load_scheme(file)
    units = [f"Z{place:03d}" for place in range(1, size + 1)]
    quality = np.linspace(2, 1.1, size)
    columns = {code: 0.5 if code in SPEAKING_AGAINST else quality for code in method.inputs()}
    now, before = pd.DataFrame(columns, index=units), pd.DataFrame(1.0, index=units, columns=list(columns))
    return method, pd.concat({year - 1: before, year: now}, names=["period", "unit"]).swaplevel().sort_index()
