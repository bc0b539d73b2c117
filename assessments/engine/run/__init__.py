"""One assessment from table to proposals, with every stage kept (考核计算).

Stages: select → derive → screen → denominate → impute → treat outliers → normalise → weight → aggregate → adjust → rank →
grade → rules → proposal.
"""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from assessments.engine.run.collect import collect
from assessments.engine.run.judge import judge, merit_ranks, root_of
from assessments.engine.run.points import to_points
from assessments.engine.run.prepare import prepare, with_history
from assessments.engine.run.state import ENGINE_VERSION, Assessment, Judged, Notice, Points, Prepared, Tables
from assessments.engine.scheme import Scheme

__all__ = [
    "ENGINE_VERSION", "Assessment", "Judged", "Notice", "Points", "Prepared", "Tables", "assess", "judge", "merit_ranks", "prepare",
    "root_of", "to_points", "with_history",
]  # fmt: skip


def assess(
    scheme: Scheme,
    values: pd.DataFrame,
    **tables: Unpack[Tables],
) -> Assessment:
    """Applies ``scheme`` to ``values`` (考核一次).

    ``values``: index unit, or (unit, year); columns indicator codes, floats in stored units, NaN = not reported. With
    years the newest (or ``period``) is assessed and earlier ones serve formulas and `last_value`. A column ``comparable``
    is 0 in a year that does not compare with the one before; ``restated``: figures of that one in the new boundaries.
    ``groups``: unit → peer group. ``events``: number of events of each kind a unit.
    ``history``: earlier results, columns unit, period and score or rank + group_size (see :mod:`history`).
    ``jurisdictions``: unit → whose it is; ``decisions``: columns unit, period, decision of earlier years.
    Raises :class:`TableError` with every fault of the tables.
    """
    prepared = prepare(scheme, values, **tables)
    points = to_points(scheme, prepared)
    return collect(scheme, prepared, points, judge(scheme, prepared, points))
