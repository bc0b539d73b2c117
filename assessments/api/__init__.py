"""REST resources of assessments (考核接口)."""

from __future__ import annotations

from rest_framework.routers import BaseRouter

from assessments.api.bulletins import BulletinViewSet
from assessments.api.comparisons import ComparisonViewSet
from assessments.api.consequences import (
    DesignationChangeViewSet,
    MeasureViewSet,
    StandingViewSet,
    ZoneStatusViewSet,
)
from assessments.api.evaluations import EvaluationResultViewSet, EvaluationViewSet
from assessments.api.incidents import IncidentViewSet
from assessments.api.objections import ObjectionViewSet
from assessments.api.orders import MeasureOrderViewSet
from assessments.api.proceedings import ProceedingViewSet
from assessments.api.publications import PublicationViewSet
from assessments.api.runs import ResultViewSet, RunViewSet, SchemeViewSet


def register(router: BaseRouter) -> None:
    router.register("schemes", SchemeViewSet, basename="scheme")
    router.register("runs", RunViewSet, basename="run")
    router.register("results", ResultViewSet, basename="result")
    router.register("incidents", IncidentViewSet, basename="incident")
    router.register("evaluations", EvaluationViewSet, basename="evaluation")
    router.register("evaluation-results", EvaluationResultViewSet, basename="evaluation-result")
    router.register("measures", MeasureViewSet, basename="measure")
    router.register("measure-orders", MeasureOrderViewSet, basename="measure-order")
    router.register("zone-statuses", ZoneStatusViewSet, basename="zone-status")
    router.register("designation-changes", DesignationChangeViewSet, basename="designation-change")
    router.register("standings", StandingViewSet, basename="standing")
    router.register("bulletins", BulletinViewSet, basename="bulletin")
    router.register("comparisons", ComparisonViewSet, basename="comparison")
    router.register("proceedings", ProceedingViewSet, basename="proceeding")
    router.register("publications", PublicationViewSet, basename="publication")
    router.register("objections", ObjectionViewSet, basename="objection")
