"""How do they compare, and what is decided (考核)? Schemes, runs with results, proceedings with decisions, objections."""

from assessments.models.bulletins import BulletinFile
from assessments.models.consequences import ConsequenceSetting, DesignationChange, Measure, ZoneStatus
from assessments.models.evaluations import Evaluation, EvaluationResult
from assessments.models.incidents import Incident, IncidentFile
from assessments.models.orders import MeasureOrder, MeasureOrderFile
from assessments.models.proceedings import Decision, Proceeding, ProceedingAct, Publication
from assessments.models.publicity import CalendarDay, Objection, ObjectionFile
from assessments.models.runs import Result, Run
from assessments.models.schemes import Scheme, SchemeAct
from assessments.models.standing import StandingOpening

__all__ = [
    "BulletinFile",
    "CalendarDay",
    "ConsequenceSetting",
    "Decision",
    "DesignationChange",
    "Evaluation",
    "EvaluationResult",
    "Incident",
    "IncidentFile",
    "Measure",
    "MeasureOrder",
    "MeasureOrderFile",
    "Objection",
    "ObjectionFile",
    "Proceeding",
    "ProceedingAct",
    "Publication",
    "Result",
    "Run",
    "Scheme",
    "SchemeAct",
    "StandingOpening",
    "ZoneStatus",
]
