"""From frozen inputs to results (考核计算): no database, so that anyone with the inputs can do it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from django.utils.translation import gettext_lazy as _

from assessments.engine import Assessment, assess
from assessments.engine import Scheme as Method
from assessments.engine.explain import Explainer
from assessments.exceptions import RunImpossible
from assessments.inputs import Inputs, past_results

LEAST_REPORTED = 2  # a place needs somebody to be compared with
TELL_EVERY = 10  # zones explained between two words on progress


@dataclass(frozen=True)
class Outcome:
    """What a run found: one row a zone, and what its reader should know (`text_zh`, `text_en`)."""

    rows: list[dict[str, Any]]
    notices: list[dict[str, str]]


def check(inputs: Inputs) -> None:
    """Refuse what can give no ranking.

    Raises:
        RunImpossible: nobody to assess, or too few of them have accepted figures.
    """
    year, members, reported = inputs.year, inputs.members[inputs.year], inputs.reported(inputs.year)
    if not members:
        raise RunImpossible(
            _("%(year)s 年末没有这一类别的园区。请核对园区登记中称号的类别与起止日期，或选择其他办法。"), year=year
        )
    if len(reported) < LEAST_REPORTED:
        raise RunImpossible(
            _(
                "%(year)s 年只有 %(reported)s 个园区的数据已确认（共 %(members)s 个),无从比较。"
                "请先在“填报”中完成该年度报表的审核确认，再重新发起。"
            ),
            year=year,
            reported=len(reported),
            members=len(members),
        )


def score(method: Method, inputs: Inputs) -> Assessment:
    """Apply the method to the year, earlier years computed again where there is no finished run of them."""
    return assess(method, inputs.table(inputs.year), history=past_results(method, inputs), period=inputs.year)


def explain(method: Method, inputs: Inputs, assessment: Assessment, tell: Callable[[float], None]) -> Outcome:
    """One row a zone with its explanation; `tell` hears the share of zones done, 0 to 1."""
    explainer, before = Explainer(assessment), _before(method, inputs)
    group = method.peer_group.name_zh if method.peer_group is not None else ""
    rows = []
    for number, unit in enumerate(assessment.units):
        if number % TELL_EVERY == 0:
            tell(number / len(assessment.units))
        explanation = explainer.explain(unit)
        for row in explanation["indicators"]:
            row["raw_before"] = _known(before, unit, inputs.year - 1, row["indicator"])
        rows.append(_row(unit, explanation, group))
    return Outcome(rows, [{"text_zh": notice.text_zh, "text_en": notice.text_en} for notice in assessment.notices])


def _row(unit: str, explanation: dict[str, Any], group: str) -> dict[str, Any]:
    return {
        "zone": unit,
        "score": explanation["score"],
        "rank": explanation["rank"],
        "peer_group": group if explanation["group"] == "all" else explanation["group"],
        "group_size": explanation["group_size"] or 0,
        "coverage": explanation["coverage"]["weight_share"] or 0.0,
        "proposal": explanation["proposal"],
        "fired_rules": [
            {name: rule[name] for name in ("id", "outcome", "clauses", "text_zh", "text_en")}
            for rule in explanation["rules"]
        ],
        "explanation": explanation,
    }


def _before(method: Method, inputs: Inputs) -> pd.DataFrame:
    """Figures of all years with the method's own derived columns, to set last year beside this one."""
    values = inputs.values
    for code, formula in method.formulas().items():
        if code not in values.columns:
            values = values.assign(**{code: formula.evaluate(values)})
    return values


def _known(values: pd.DataFrame, unit: str, year: int, code: str) -> float | None:
    if code not in values.columns or (unit, year) not in values.index:
        return None
    number = float(values.loc[(unit, year), code])
    return None if pd.isna(number) else number
