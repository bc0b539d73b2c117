"""Reads over collection (填报查询): the matrix of figures, a return as its form shows it, a round's board, histories."""

from indicators.checks import Finding
from indicators.selectors.board import Completeness, CompletenessRow, completeness
from indicators.selectors.figures import matrix, newest_change, reporting_year, rollup, synthetic_zones
from indicators.selectors.history import Version, acts_intact, value_history
from indicators.selectors.reconciliation import department_figures
from indicators.selectors.sheet import (
    Cell,
    DerivedLine,
    Section,
    Sheet,
    asked_indicators,
    check_return,
    check_returns,
    return_sheet,
)

__all__ = [
    "Cell",
    "Completeness",
    "CompletenessRow",
    "DerivedLine",
    "Finding",
    "Section",
    "Sheet",
    "Version",
    "acts_intact",
    "asked_indicators",
    "check_return",
    "check_returns",
    "completeness",
    "department_figures",
    "matrix",
    "newest_change",
    "reporting_year",
    "return_sheet",
    "rollup",
    "synthetic_zones",
    "value_history",
]
