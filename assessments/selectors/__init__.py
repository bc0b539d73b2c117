"""Reads of assessments (考核查询)."""

from assessments.selectors.incidents import incidents_counted
from assessments.selectors.methods import (
    applicability,
    catalogue_of,
    library,
    method_of,
    name_of,
    replaced_by,
    spoken,
)
from assessments.selectors.proceedings import (
    agenda,
    agenda_results,
    proceedings_list,
    run_difference,
    runs_to_open,
    runs_to_replace,
    steps,
    tally,
)
from assessments.selectors.readiness import checks_of, readiness
from assessments.selectors.runs import (
    assessable_years,
    completeness_by_class,
    neighbours,
    rank_before,
    returns_behind,
    run_lines,
    run_results,
    years_told,
)

__all__ = [
    "agenda",
    "agenda_results",
    "applicability",
    "assessable_years",
    "catalogue_of",
    "checks_of",
    "completeness_by_class",
    "incidents_counted",
    "library",
    "method_of",
    "name_of",
    "neighbours",
    "proceedings_list",
    "rank_before",
    "readiness",
    "replaced_by",
    "returns_behind",
    "run_difference",
    "run_lines",
    "run_results",
    "runs_to_open",
    "runs_to_replace",
    "spoken",
    "steps",
    "tally",
    "years_told",
]
