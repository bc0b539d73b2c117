"""What was reported? (指标与填报): catalogue, collection, review, departments, uploads, province-wide series."""

from indicators.models.catalogue import CheckRule, Form, Indicator
from indicators.models.collection import Return, ReturnAct, Round, Value
from indicators.models.departments import DepartmentLoad, Reconciliation
from indicators.models.province import DataChange, ProvinceValue
from indicators.models.review import Answer, Correction, CorrectionItem, Evidence, Question
from indicators.models.round_sets import RoundCity, RoundForm, RoundIndicator
from indicators.models.uploads import Upload

__all__ = [
    "Answer",
    "CheckRule",
    "Correction",
    "CorrectionItem",
    "DataChange",
    "DepartmentLoad",
    "Evidence",
    "Form",
    "Indicator",
    "ProvinceValue",
    "Question",
    "Reconciliation",
    "Return",
    "ReturnAct",
    "Round",
    "RoundCity",
    "RoundForm",
    "RoundIndicator",
    "Upload",
    "Value",
]
