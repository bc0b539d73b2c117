"""Correction requests as they would turn out (更正查询): the cells they would make, and what the rules say of them."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from functools import partial

import numpy as np

from indicators.checks import Finding
from indicators.models import Correction, CorrectionItem, Return, Value
from indicators.selectors.checking import check_returns
from indicators.selectors.figures import read_figures
from indicators.selectors.figures.cells import Proposed
from parks.lineage import Lineage


def corrected_cells(return_: Return, items: Iterable[CorrectionItem]) -> dict[str, Value]:
    """The return's cells as the items would make them, by indicator code; not saved. An item may keep the explanation."""
    items = list(items)
    held = {value.indicator_id: value for value in return_.values.filter(indicator__in=[i.indicator_id for i in items])}
    cells = {}
    for item in items:
        cell = copy(held.get(item.indicator_id) or Value(return_ref=return_, indicator=item.indicator))
        cell.number, cell.absence = item.new_number, item.new_absence
        cell.comment = item.comment or cell.comment
        cells[item.indicator.code] = cell
    return cells


def corrected_findings(return_: Return, items: Iterable[CorrectionItem]) -> list[Finding]:
    """What the rules would find in the corrected return about the corrected cells, gravest first."""
    cells = corrected_cells(return_, items)
    found = check_returns([return_], proposed={return_.pk: cells})[return_.pk]
    return [finding for finding in found if cells.keys() & set(finding.codes)]


def open_correction(return_: Return) -> Correction | None:
    """The request about this return that is still to be decided."""
    return return_.corrections.open().select_related("requested_by").first()


def corrected_figures(correction: Correction) -> dict[tuple[str, int], dict[str, float]]:
    """What would change in the yearly matrix, by (zone code, year) and indicator code; NaN where there would be none.

    Derived indicators and the year after, whose growth looks back, are in it; so are other zones of the same lineage. It is
    empty where another source counts anyway, and for a quarter or month, which no yearly figure is made of.
    """
    return_ = correction.return_ref
    if return_.round.part:
        return {}
    year = return_.round.year
    proposed = [
        Proposed(
            zone_id=return_.zone_id,
            year=year,
            indicator_id=item.indicator_id,
            number=None if item.new_number is None else float(item.new_number),
            synthetic=return_.synthetic,
        )
        for item in correction.items.all()
    ]
    zones = Lineage.read().family([return_.zone.code])
    read = partial(read_figures, zone_codes=zones, years=[year, year + 1])
    now, then = read().frame, read(proposed=proposed).frame
    index = now.index.union(then.index)
    now, then = now.reindex(index), then.reindex(index)
    differs = (now != then) & ~(now.isna() & then.isna())
    codes, figures = [str(code) for code in then.columns], then.to_numpy(dtype=float)
    changes: dict[tuple[str, int], dict[str, float]] = {}
    for row, column in np.argwhere(differs.to_numpy()):
        zone, at = index[row]
        changes.setdefault((str(zone), int(at)), {})[codes[column]] = float(figures[row, column])
    return changes
