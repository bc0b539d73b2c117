"""Writes of collection (填报办理): each is one transaction that locks, checks, changes, records and tells."""

from indicators.services.cells import CellInput, value_save, values_save
from indicators.services.province import province_value_save
from indicators.services.returns import return_accept, return_return, return_submit
from indicators.services.rounds import round_open

__all__ = [
    "CellInput",
    "province_value_save",
    "return_accept",
    "return_return",
    "return_submit",
    "round_open",
    "value_save",
    "values_save",
]
