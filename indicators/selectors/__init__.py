"""Reads over collection (填报查询): the matrix of figures, a return as its form shows it, a round's board, histories."""

from indicators.checks import Finding
from indicators.selectors.asked import asked_indicators
from indicators.selectors.beside import evidence_of, news_token, with_news
from indicators.selectors.board import Completeness, CompletenessRow, completeness
from indicators.selectors.checking import check_return, check_returns
from indicators.selectors.departments import department_items, zones_in_force
from indicators.selectors.figures import matrix, newest_change, reporting_year, rollup, synthetic_zones
from indicators.selectors.history import Version, acts_intact, value_history
from indicators.selectors.reconciliation import department_figures
from indicators.selectors.reviews import (
    Former,
    Step,
    Tally,
    changes_since_submission,
    filed_late,
    is_involved,
    last_returned,
    next_step,
    questions_of,
    waiting_for,
)
from indicators.selectors.sheet import (
    Cell,
    DerivedLine,
    Section,
    Sheet,
    return_sheet,
)

__all__ = [
    "Cell",
    "Completeness",
    "CompletenessRow",
    "DerivedLine",
    "Finding",
    "Former",
    "Section",
    "Sheet",
    "Step",
    "Tally",
    "Version",
    "acts_intact",
    "asked_indicators",
    "changes_since_submission",
    "check_return",
    "check_returns",
    "completeness",
    "department_figures",
    "department_items",
    "evidence_of",
    "filed_late",
    "is_involved",
    "last_returned",
    "matrix",
    "newest_change",
    "news_token",
    "next_step",
    "questions_of",
    "reporting_year",
    "return_sheet",
    "rollup",
    "synthetic_zones",
    "value_history",
    "waiting_for",
    "with_news",
    "zones_in_force",
]
