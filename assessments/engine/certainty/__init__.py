"""How sure a rank is (不确定性与敏感性): the same assessment many times over, with weights and methods drawn anew.

Everything is drawn from one seed, so a result can be had again. Draws that share their methods are judged in one go:
the points of the leaves are worked out once for each combination of methods, the weights are arrays with a row a draw.
Steps and names follow the OECD/JRC Handbook (2008), step 7, and COINr: 5th to 95th percentile of the rank, mean absolute
rank change, leave-one-out, dominance pairs, Sobol' indices of first and total order.
"""

from __future__ import annotations

from assessments.engine.certainty.draws import Draws, Method, Outcomes, draw, methods_of, reweighted, run
from assessments.engine.certainty.matters import (
    dominance,
    draws_at,
    factor_names,
    indices,
    leave_one_out,
    saltelli,
    sobol,
)
from assessments.engine.certainty.ranks import Certainty, certainty
from assessments.engine.certainty.report import certainty_report

__all__ = [
    "Certainty",
    "Draws",
    "Method",
    "Outcomes",
    "certainty",
    "certainty_report",
    "dominance",
    "draw",
    "draws_at",
    "factor_names",
    "indices",
    "leave_one_out",
    "methods_of",
    "reweighted",
    "run",
    "saltelli",
    "sobol",
]
