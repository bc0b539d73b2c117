"""Everything about the certainty of one assessment as plain data (稳健性报告)."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import pandas as pd

from assessments.engine.certainty.matters import dominance, leave_one_out, sobol
from assessments.engine.certainty.ranks import certainty
from assessments.engine.run import Tables
from assessments.engine.scheme import Scheme


def certainty_report(scheme: Scheme, values: pd.DataFrame, *, n: int = 256, **tables: Unpack[Tables]) -> dict[str, Any]:
    """Rank intervals and probabilities of each unit, leave-one-out, dominance, Sobol' indices (``n`` base samples).

    Ready for JSON; ``tables`` as for :func:`assess`.
    """
    sure = certainty(scheme, values, **tables)
    share, counted = dominance(scheme, values, **tables)
    ranks = _rows(sure.ranks)
    return {
        "scheme": {"code": scheme.code, "version": scheme.version},
        "draws": sure.draws,
        "seed": sure.seed,
        "hold": scheme.uncertainty.hold,
        "units": {unit: ranks[unit] | found for unit, found in sure.by_unit().items()},
        "leave_one_out": _rows(leave_one_out(scheme, values, **tables)),
        "dominance": {"share": share, "units": _rows(counted)},
        "sobol": _rows(sobol(scheme, values, n=n, **tables)),
    }


def _rows(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """By row: column → value, missing numbers None."""
    plain = table.astype(object).where(table.notna(), None)
    return {
        str(name): {str(key): _plain(value) for key, value in row.items()}
        for name, row in plain.to_dict("index").items()
    }


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
