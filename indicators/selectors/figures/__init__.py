"""Figures as tables (指标矩阵): what counts for zone × indicator × year, as it stands or stood, rolled up, restated."""

from indicators.selectors.figures.matrix import Figures, matrix, read_figures
from indicators.selectors.figures.rollups import rollup
from indicators.selectors.figures.years import ENOUGH, newest_change, reporting_year, synthetic_zones

__all__ = [
    "ENOUGH",
    "Figures",
    "matrix",
    "newest_change",
    "read_figures",
    "reporting_year",
    "rollup",
    "synthetic_zones",
]
