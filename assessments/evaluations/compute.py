"""From frozen inputs to classes (评分定类): no database, so that anyone with the inputs can do it again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.utils.translation import gettext_lazy as _

from assessments.engine import Assessment, assess
from assessments.engine import Scheme as Method
from assessments.evaluations.collect import Inputs
from assessments.exceptions import RunImpossible

LEAST = 2  # a place needs somebody to be compared with
MISSING = "missing"
DIGITS = 10  # more are noise of the arithmetic


@dataclass(frozen=True)
class Outcome:
    """Columns of the results, one row an enterprise in the order of the inputs, and what the whole looks like."""

    rows: list[list[Any]]
    summary: dict[str, Any]


def compute(method: Method, inputs: Inputs) -> Outcome:
    """Score, rank, class and reason of every enterprise; peers are the enterprises of the same zone.

    A row is [credit code, zone, entry, revision, score, rank, class, reason, values, points, parts of the score, what the
    rules that gave the class measured].

    Raises:
        RunImpossible: fewer than two enterprises with figures, a method without classes.
        FaultsError: method or figures that can give no result.
    """
    if method.grading is None:
        raise RunImpossible(_("这个办法没有分类标准（grading），只有得分，不能定类。请选择其他办法。"))
    if len(inputs.values) < LEAST:
        raise RunImpossible(
            _(
                "台账中 %(year)s 年的企业年度数据只有 %(found)s 家，无从比较。请先在“企业年度数据台账”登记或导入，再重新发起。"
            ),
            year=inputs.year,
            found=len(inputs.values),
        )
    found = assess(method, inputs.values, groups=inputs.zones)
    grade, reason = _classes(method, found)
    leaves = [placed.leaf.code for placed in method.placed_leaves()]
    indicators = [placed.leaf.indicator for placed in method.placed_leaves()]
    values, points, parts = found.derived[indicators], found.normalised[leaves], found.contributions[leaves]
    columns = zip(
        inputs.values.index,
        inputs.zones,
        inputs.entries,
        _plain(found.score.to_numpy(dtype=np.float64)),
        _plain(found.places["rank"].where(found.score.notna()).to_numpy(dtype=np.float64)),
        grade,
        reason,
        *(_plain(table.to_numpy(dtype=np.float64)) for table in (values, points, parts)),
        _measured(method, found, reason),
        strict=True,
    )
    rows = [
        [code, zone, entry, revision, score, None if rank is None else int(rank), *rest]
        for code, zone, (entry, revision), score, rank, *rest in columns
    ]
    return Outcome(rows, _summary(method, found, inputs.zones, grade, reason))


def _plain(numbers: npt.NDArray[np.floating[Any]]) -> list[Any]:
    """As JSON has them: None for what is missing."""
    rounded = np.round(numbers, DIGITS)
    plain: list[Any] = np.where(np.isnan(rounded), None, rounded.astype(object)).tolist()  # type: ignore[call-overload]
    return plain


def _classes(method: Method, found: Assessment) -> tuple[list[str], list[str]]:
    """The class of each enterprise and why: by place, by a rule, left out, or something missing."""
    assert found.grade is not None
    grade = found.grade.to_numpy(dtype=object).copy()
    reason = found.left_out.to_numpy(dtype=object).copy()
    grade[reason != ""] = ""
    for rule in method.rules:
        if rule.grade:
            given = found.findings[rule.id].fired & (grade == rule.grade) & (reason == "")
            reason[given] = rule.id
    unscored = found.score.isna().to_numpy()
    lacking = unscored & (reason == "")
    reason[lacking], grade[lacking] = MISSING, ""
    return grade.tolist(), reason.tolist()


def _measured(method: Method, found: Assessment, reason: list[str]) -> list[dict[str, float]]:
    """What a rule measured of those to whom it gave the class, by its id."""
    measured: list[dict[str, float]] = [{} for _unit in reason]
    for rule in method.rules:
        if rule.grade:
            numbers = found.findings[rule.id].measured
            for at, why in enumerate(reason):
                if why == rule.id and not np.isnan(numbers[at]):
                    measured[at][rule.id] = float(numbers[at])
    return measured


def _summary(
    method: Method, found: Assessment, zones: pd.Series[str], grade: list[str], reason: list[str]
) -> dict[str, Any]:
    assert method.grading is not None
    names = list(method.grading.names())
    order = [named.code for named in names] if method.grading.kind == "quota" else [*reversed(method.grading.rungs())]
    named = {each.code: each for each in names}
    table = pd.DataFrame(
        {"zone": zones.to_numpy(), "grade": grade, "reason": reason, "score": found.score.to_numpy(dtype=np.float64)}
    )
    return {
        "classes": [{"code": code, "name_zh": named[code].name_zh, "name_en": named[code].name_en} for code in order],
        "leaves": [
            {
                "code": placed.leaf.code,
                "indicator": placed.leaf.indicator,
                "name_zh": placed.leaf.name_zh,
                "name_en": placed.leaf.name_en,
                "unit": placed.leaf.unit,
                "weight": _one(found.weights[placed.leaf.code]),
            }
            for placed in method.placed_leaves()
        ],
        "enterprises": len(table),
        "counts": _counted(grade),
        "left_out": _counted(
            why for why, code in zip(reason, grade, strict=True) if not code and why not in {"", MISSING}
        ),
        "missing": int((table["reason"] == MISSING).sum()),
        "by_rule": _counted(why for why, code in zip(reason, grade, strict=True) if code and why),
        "zones": {str(zone): _of_zone(part, order) for zone, part in table.groupby("zone")},
        "medians": _medians(method, found, zones),
        "notices": [{"text_zh": notice.text_zh, "text_en": notice.text_en} for notice in found.notices],
    }


def _counted(codes: Any) -> dict[str, int]:
    return dict(sorted(Counter(code for code in codes if code).items()))


def _one(weights: pd.Series[float]) -> float | None:
    """The weight of an indicator where it is the same for all, in per cent of the whole."""
    known = weights.dropna().round(DIGITS).unique()
    return 100 * float(known[0]) if len(known) == 1 else None


def _of_zone(part: pd.DataFrame, order: list[str]) -> dict[str, Any]:
    """Sizes of the classes in a zone, and the scores at which those by place begin."""
    placed = part[part["reason"] == ""]
    return {
        "enterprises": len(part),
        "scored": int(part["score"].notna().sum()),
        "counts": _counted(part["grade"]),
        "lowest": {
            code: float(np.round(scores.min(), DIGITS))
            for code in order
            if len(scores := placed.loc[placed["grade"] == code, "score"])
        },
    }


def _medians(method: Method, found: Assessment, zones: pd.Series[str]) -> dict[str, list[float | None]]:
    """The middle value of each indicator in each zone, to set an enterprise's beside; of those who are evaluated."""
    indicators = [placed.leaf.indicator for placed in method.placed_leaves()]
    kept = (found.left_out == "").to_numpy()
    table = found.derived.loc[kept, indicators].set_axis(range(len(indicators)), axis=1)
    middle = table.groupby(zones.to_numpy()[kept]).median()
    return {str(zone): _plain(row.to_numpy(dtype=np.float64)) for zone, row in middle.iterrows()}
