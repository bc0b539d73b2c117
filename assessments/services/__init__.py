"""Writes on assessments (考核办理)."""

from assessments.services.calendar import (
    CalendarChange,
    DayInput,
    calendar_day_remove,
    calendar_days_save,
    calendar_read,
)
from assessments.services.decisions import DecisionInput, decisions_record, proposals_adopt
from assessments.services.evaluations import evaluation_finalise, evaluation_start
from assessments.services.incident_uploads import (
    incident_upload_confirm,
    incident_upload_create,
    incident_upload_discard,
    incident_upload_report,
)
from assessments.services.incidents import incident_record, incident_withdraw, incidents_examine, incidents_record
from assessments.services.measures import (
    consequence_setting_decide,
    designation_change_drop,
    designation_change_record,
    measure_escalate,
    measure_execute,
    measure_lift,
)
from assessments.services.objections import deciders, objection_answer, objection_file, objection_withdraw
from assessments.services.orders import (
    measure_order_confirm,
    measure_order_record,
    measure_order_refuse,
    measure_order_withdraw,
)
from assessments.services.proceedings import (
    proceeding_abandon,
    proceeding_confirm,
    proceeding_finalise,
    proceeding_hand_back,
    proceeding_open,
    proceeding_reopen,
    proceeding_submit,
    run_replace,
)
from assessments.services.runs import run_cancel, run_check, run_start
from assessments.services.schemes import (
    scheme_change,
    scheme_clone,
    scheme_discard,
    scheme_draft,
    scheme_hand_back,
    scheme_publish,
    scheme_submit,
)
from assessments.services.standing import standing_opening_set

__all__ = [
    "CalendarChange",
    "DayInput",
    "DecisionInput",
    "calendar_day_remove",
    "calendar_days_save",
    "calendar_read",
    "consequence_setting_decide",
    "deciders",
    "decisions_record",
    "designation_change_drop",
    "designation_change_record",
    "evaluation_finalise",
    "evaluation_start",
    "incident_record",
    "incident_upload_confirm",
    "incident_upload_create",
    "incident_upload_discard",
    "incident_upload_report",
    "incident_withdraw",
    "incidents_examine",
    "incidents_record",
    "measure_escalate",
    "measure_execute",
    "measure_lift",
    "measure_order_confirm",
    "measure_order_record",
    "measure_order_refuse",
    "measure_order_withdraw",
    "objection_answer",
    "objection_file",
    "objection_withdraw",
    "proceeding_abandon",
    "proceeding_confirm",
    "proceeding_finalise",
    "proceeding_hand_back",
    "proceeding_open",
    "proceeding_reopen",
    "proceeding_submit",
    "proposals_adopt",
    "run_cancel",
    "run_check",
    "run_replace",
    "run_start",
    "scheme_change",
    "scheme_clone",
    "scheme_discard",
    "scheme_draft",
    "scheme_hand_back",
    "scheme_publish",
    "scheme_submit",
    "standing_opening_set",
]
