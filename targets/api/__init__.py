"""REST resources of targets (目标接口)."""

from rest_framework.routers import BaseRouter

from targets.api.reading import JudgementViewSet, ProgressViewSet, QuotaViewSet, ReportedViewSet
from targets.api.writing import TargetViewSet


def register(router: BaseRouter) -> None:
    router.register("targets", TargetViewSet, basename="target")
    router.register("progress", ProgressViewSet, basename="progress")
    router.register("reported", ReportedViewSet, basename="reported")
    router.register("quotas", QuotaViewSet, basename="quota")
    router.register("judgements", JudgementViewSet, basename="judgement")
