"""The order in which derived indicators are computed (派生指标的计算次序)."""

from __future__ import annotations

from collections.abc import Mapping

from common.formula import Formula


def derivation_order(formulas: Mapping[str, Formula]) -> dict[str, Formula]:
    """The formulas so ordered that each stands after those it reads. Raises :class:`CircleError`."""
    order: dict[str, Formula] = {}
    open_: list[str] = []

    def place(code: str) -> None:
        if code in order:
            return
        if code in open_:
            raise CircleError(" → ".join([*open_[open_.index(code) :], code]))
        open_.append(code)
        for name in formulas[code].names:
            if name in formulas:
                place(name)
        open_.pop()
        order[code] = formulas[code]

    for code in sorted(formulas):
        place(code)
    return order


class CircleError(ValueError):
    """Derived indicators that need one another; the message names them."""
