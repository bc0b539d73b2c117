"""Specs of the charts on pages of runs and results (考核图表); their form is common/charts.py's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import ProposalKind
from assessments.explanations import ResultPage
from assessments.models import Result, Run


def ranking_chart(run: Run, results: Iterable[Result]) -> dict[str, Any]:
    """Scores by place, one bar a zone, coloured by proposal, with the lines at which a proposal would change."""
    scored = sorted((r for r in results if r.score is not None), key=lambda r: (-(r.score or 0), r.zone.code))
    kinds = [kind for kind in ProposalKind if any(r.proposal == kind for r in scored)]
    lines = [line for line in run.summary.get("cuts", []) if line["outcome"]]
    return {
        "kind": "stacked",
        "x": "zone",
        "y": [kind.value for kind in kinds],
        "columns": [
            {"key": "zone", "label": _("园区")},
            *({"key": kind.value, "label": str(kind.label), "unit": _("分"), "digits": 2} for kind in kinds),
        ],
        "rows": [{"zone": r.zone.name, r.proposal: r.score, "href": r.get_absolute_url()} for r in scored],
        "reference": [
            {
                "label": _("%(name)s线") % {"name": ProposalKind(line["outcome"]).label},
                "value": round(line["score_needed"], 2),
            }
            for line in lines
        ],
        "synthetic": run.synthetic,
        "options": {"xAxis": {"axisLabel": {"show": False}, "axisTick": {"show": False}}},
    }


def contributions_chart(page: ResultPage) -> dict[str, Any] | None:
    """Points by dimension, the zone's above the peers' medians."""
    if page.result.score is None:
        return None
    own: dict[str, Any] = {"unit": _("本园区")}
    peers: dict[str, Any] = {"unit": _("同类中位")}
    columns: list[dict[str, Any]] = [{"key": "unit", "label": _("园区")}]
    for row in page.dimensions:
        columns.append({"key": row.code, "label": row.name, "unit": _("分"), "digits": 2})
        own[row.code], peers[row.code] = row.points, row.median
    for adjustment in page.adjustments:
        columns.append({"key": adjustment["id"], "label": adjustment["name"], "unit": _("分"), "digits": 2})
        own[adjustment["id"]] = adjustment["points"]
    return {
        "kind": "contributions",
        "x": "unit",
        "y": [column["key"] for column in columns[1:]],
        "columns": columns,
        "rows": [own, peers],
        "note": _("同类中位为各项指标得分的中位数之和，不是某一园区的得分。"),
        "synthetic": page.result.synthetic,
    }


def differences_chart(page: ResultPage) -> dict[str, Any] | None:
    """Points gained or lost against the peers' median, indicator by indicator, the best first."""
    rows = [row for row in page.indicators if row.against_median is not None]
    if not rows:
        return None
    rows.sort(key=lambda row: -(row.against_median or 0))
    return {
        "kind": "bar",
        "horizontal": True,
        "x": "name",
        "y": ["points"],
        "columns": [
            {"key": "name", "label": _("指标")},
            {"key": "points", "label": _("比同类中位多得"), "unit": _("分"), "digits": 2},
        ],
        "rows": [{"name": row.name, "points": row.against_median} for row in rows],
        "synthetic": page.result.synthetic,
    }
