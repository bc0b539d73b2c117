"""Writes of collection (填报办理): each is one transaction that locks, checks, changes, records and tells."""

from indicators.services.acceptance import BulkAcceptance, returns_accept
from indicators.services.cells import CellInput, value_save, values_save
from indicators.services.corrections import (
    correction_decide,
    correction_evidence_add,
    correction_request,
    correction_withdraw,
)
from indicators.services.deadlines import (
    Extended,
    Extension,
    extension_check,
    return_extend,
    returns_extend,
    returns_remind,
)
from indicators.services.deliveries import Change, Delivery, delivery_check, department_of, period_faults
from indicators.services.department_uploads import (
    department_upload_answer,
    department_upload_confirm,
    department_upload_create,
    department_upload_discard,
    department_upload_size,
)
from indicators.services.departments import department_load
from indicators.services.evidence import evidence_add, evidence_remove
from indicators.services.province import province_value_save
from indicators.services.questions import question_answer, question_ask, question_close
from indicators.services.reconciliation import (
    fingerprint,
    reconciliation_decide,
    reconciliations_decide,
    tolerance_save,
)
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
from indicators.services.uploads import upload_answer, upload_confirm, upload_create, upload_discard, upload_reread

__all__ = [
    "BulkAcceptance",
    "CellInput",
    "Change",
    "Delivery",
    "Extended",
    "Extension",
    "clash_words",
    "correction_decide",
    "correction_evidence_add",
    "correction_request",
    "correction_withdraw",
    "delivery_check",
    "department_load",
    "department_of",
    "department_upload_answer",
    "department_upload_confirm",
    "department_upload_create",
    "department_upload_discard",
    "department_upload_size",
    "evidence_add",
    "evidence_remove",
    "extension_check",
    "fingerprint",
    "period_faults",
    "province_value_save",
    "question_answer",
    "question_ask",
    "question_close",
    "reconciliation_decide",
    "reconciliations_decide",
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
    "tolerance_save",
    "upload_answer",
    "upload_confirm",
    "upload_create",
    "upload_discard",
    "upload_reread",
    "value_save",
    "values_save",
]
