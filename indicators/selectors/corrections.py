"""Correction requests as they would turn out (更正查询): the cells they would make, and what the rules say of them."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from indicators.checks import Finding
from indicators.models import Correction, CorrectionItem, Return, Value
from indicators.selectors.checking import check_returns


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
