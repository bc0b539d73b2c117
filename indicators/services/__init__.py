"""Writes of collection (填报办理): each is one transaction that locks, checks, changes, records and tells."""

from indicators.services.acceptance import BulkAcceptance, returns_accept
from indicators.services.cells import CellInput, value_save, values_save
from indicators.services.deadlines import Extended, return_extend, returns_extend, returns_remind
from indicators.services.departments import Change, Delivery, delivery_check, department_load, department_of
from indicators.services.evidence import evidence_add, evidence_remove
from indicators.services.province import province_value_save
from indicators.services.questions import question_answer, question_ask, question_close
from indicators.services.returns import return_accept, return_return, return_submit
from indicators.services.rounds import (
    clash_words,
    round_change,
    round_close,
    round_copy,
    round_create,
    round_discard,
    round_open,
)

__all__ = [
    "BulkAcceptance",
    "CellInput",
    "Extended",
    "clash_words",
    "Change",
    "Delivery",
    "delivery_check",
    "department_load",
    "department_of",
    "evidence_add",
    "evidence_remove",
    "province_value_save",
    "question_answer",
    "question_ask",
    "question_close",
    "return_accept",
    "return_extend",
    "return_return",
    "return_submit",
    "returns_accept",
    "returns_extend",
    "returns_remind",
    "round_change",
    "round_close",
    "round_copy",
    "round_create",
    "round_discard",
    "round_open",
    "value_save",
    "values_save",
]
