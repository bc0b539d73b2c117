"""The files of a finished run's bundle, read from the database (核验包取数)."""

from __future__ import annotations

from typing import Any

from assessments.bundle import files_of
from assessments.models import Result, Run

_FIELDS = (
    "score", "rank", "peer_group", "group_size", "coverage", "proposal", "rank_low", "rank_high", "holds", "within_noise",
    "cut_gap", "fired_rules", "explanation",
)  # fmt: skip


def run_bundle(run: Run) -> dict[str, bytes]:
    """The bundle of a finished run. Raises ValueError for a run from before inputs of the present format."""
    rows = [
        {"zone": result.zone.code, **{name: getattr(result, name) for name in _FIELDS}}
        for result in Result.every.filter(run=run).select_related("zone").order_by("zone__code")
    ]
    facts: dict[str, Any] = {
        "run": run.pk,
        "kind": run.kind,
        "scheme": run.scheme.code,
        "scheme_version": run.scheme.version,
        "scheme_digest": run.scheme.digest,
        "year": run.year,
        "inputs_at": run.inputs_at.isoformat() if run.inputs_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "inputs_format": run.inputs["format"],
        "inputs_digest": run.inputs_digest,
        "results_digest": run.results_digest,
        "engine_version": run.engine_version,
        "synthetic": run.synthetic,
        "checklist": run.checklist,
        "override_reason": run.override_reason,
    }
    return files_of(facts, run.scheme.text, run.inputs, rows)
