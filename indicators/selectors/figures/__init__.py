"""Figures as tables (指标矩阵): what counts for zone × indicator × year, as it stands or stood, rolled up, restated."""

from indicators.selectors.figures.matrix import Figures, matrix, read_figures
from indicators.selectors.figures.places import memberships
from indicators.selectors.figures.rollups import rollup
from indicators.selectors.figures.tables import Asked, Figure, FigureTable, Line, figure_table, origins
from indicators.selectors.figures.years import ENOUGH, newest_change, reporting_year, synthetic_zones

__all__ = [
    "ENOUGH",
    "Asked",
    "Figure",
    "FigureTable",
    "Figures",
    "Line",
    "figure_table",
    "matrix",
    "memberships",
    "newest_change",
    "origins",
    "read_figures",
    "reporting_year",
    "rollup",
    "synthetic_zones",
]
