"""REST resources of collection (填报接口), one module for each part."""

from rest_framework.routers import BaseRouter

from indicators.api.catalogue import IndicatorViewSet, RuleViewSet
from indicators.api.corrections import CorrectionViewSet
from indicators.api.departments import DepartmentValueViewSet, DifferenceViewSet, ReconciliationViewSet
from indicators.api.evidence import EvidenceViewSet
from indicators.api.figures import FigureViewSet
from indicators.api.returns import ReturnViewSet, ValueViewSet
from indicators.api.reviews import QuestionViewSet, ReturnReviewViewSet, ReviewViewSet
from indicators.api.rounds import ReturnDeadlineViewSet, RoundViewSet


def register(router: BaseRouter) -> None:
    router.register("evidence", EvidenceViewSet, basename="evidence")
    router.register("department-values", DepartmentValueViewSet, basename="department-value")
    router.register("differences", DifferenceViewSet, basename="difference")
    router.register("figures", FigureViewSet, basename="figure")
    router.register("indicators", IndicatorViewSet, basename="indicator")
    router.register("reconciliations", ReconciliationViewSet, basename="reconciliation")
    router.register("rounds", RoundViewSet, basename="round")
    router.register("returns", ReturnViewSet, basename="return")
    router.register("rules", RuleViewSet, basename="rule")
    router.register("corrections", CorrectionViewSet, basename="correction")
    router.register("values", ValueViewSet, basename="value")
    router.register("returns", ReturnReviewViewSet, basename="return-review")
    router.register("returns", ReturnDeadlineViewSet, basename="return-deadline")
    router.register("reviews", ReviewViewSet, basename="review")
    router.register("questions", QuestionViewSet, basename="question")
