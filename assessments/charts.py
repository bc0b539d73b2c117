"""Specs of the charts on pages of runs and results (考核图表); their form is common/charts.py's."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import ProposalKind
from assessments.explanations import ResultPage
from assessments.models import Result, Run
from common.numbers import format_number

FEW = 30  # so many zones can be told apart as bars with names
BINS = 20


def score_chart(run: Run, results: Iterable[Result]) -> dict[str, Any] | None:
    """How the scores are spread, by proposal, with the lines: a bar a zone for a few, a histogram for many."""
    scored = sorted((r for r in results if r.score is not None), key=lambda r: (-(r.score or 0), r.zone.code))
    if len(scored) < 2:
        return None
    return _bars(run, scored) if len(scored) <= FEW else _histogram(run, scored)


def _bars(run: Run, scored: list[Result]) -> dict[str, Any]:
    """Scores by place with the lines at which a proposal would change."""
    kinds = _kinds(scored)
    return {
        "kind": "stacked",
        "horizontal": True,
        "x": "zone",
        "y": [kind.value for kind in kinds],
        "columns": [
            {"key": "zone", "label": _("园区")},
            *({"key": kind.value, "label": str(kind.label), "unit": _("分"), "digits": 2} for kind in kinds),
        ],
        "rows": [{"zone": r.zone.name, r.proposal: r.score, "href": r.get_absolute_url()} for r in scored],
        "reference": [{"label": name, "value": score} for name, score in _lines(run)],
        "synthetic": run.synthetic,
    }


def _histogram(run: Run, scored: list[Result]) -> dict[str, Any]:
    """Number of zones by range of scores; the lines stand in the note."""
    scores = [float(r.score or 0) for r in scored]
    width = max(1, math.ceil((max(scores) - min(scores)) / BINS))
    first = math.floor(min(scores) / width) * width
    rows: list[dict[str, Any]] = []
    for start in range(first, math.floor(max(scores)) + 1, width):
        counts = Counter(r.proposal for r in scored if start <= (r.score or 0) < start + width)
        rows.append({"range": f"{start}–{start + width}"} | dict(counts))
    kinds = _kinds(scored)
    return {
        "kind": "stacked",
        "x": "range",
        "y": [kind.value for kind in kinds],
        "columns": [
            {"key": "range", "label": _("得分")},
            *({"key": kind.value, "label": str(kind.label), "unit": _("个"), "digits": 0} for kind in kinds),
        ],
        "rows": rows,
        "note": _("；").join(f"{name} {format_number(score, 2)}" for name, score in _lines(run)),
        "synthetic": run.synthetic,
    }


def _lines(run: Run) -> list[tuple[str, float]]:
    """Name and score of the lines at which a proposal would change, the highest first."""
    cuts = [cut for cut in run.summary.get("cuts", []) if cut["kind"] == "rule" and cut["name"]]
    named = {
        (_("%(name)s线") % {"name": ProposalKind(cut["name"]).label}, round(cut["score_needed"], 2)) for cut in cuts
    }
    return sorted(named, key=lambda line: (-line[1], line[0]))


def _kinds(results: Iterable[Result]) -> list[ProposalKind]:
    present = {r.proposal for r in results}
    return [kind for kind in ProposalKind if kind in present]


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
        # Plus zero: no "-0.00" where there is no difference to speak of.
        "rows": [{"name": row.name, "points": round(row.against_median or 0, 2) + 0.0} for row in rows],
        "synthetic": page.result.synthetic,
    }
