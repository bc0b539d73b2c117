"""The assessment engine (考核引擎): pure functions over tables; it knows neither Django nor the database."""

from assessments.engine.explain import explain, explain_all
from assessments.engine.faults import Fault, FaultsError, SchemeError, TableError
from assessments.engine.loading import load_scheme
from assessments.engine.run import ENGINE_VERSION, Assessment, assess
from assessments.engine.scheme import Scheme

__all__ = [
    "ENGINE_VERSION",
    "Assessment",
    "Fault",
    "FaultsError",
    "Scheme",
    "SchemeError",
    "TableError",
    "assess",
    "explain",
    "explain_all",
    "load_scheme",
]
