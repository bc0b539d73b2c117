"""`breaches`, `rule-checks` and `tasks` in the API, in the reader's territory (合规与任务接口)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.routers import BaseRouter

from accounts.enums import Permission
from common.api import ReadViewSet
from compliance.filters import BreachApiFilter, TaskFilter
from compliance.models import Breach, RuleCheck, Task
from compliance.serializers import BreachSerializer, RuleCheckSerializer, TaskSerializer


class BreachViewSet(ReadViewSet):
    """What is not as a rule of the policy wants it (不符), since when; ended ones stay listed."""

    permission = Permission.ZONE_VIEW
    queryset = Breach.objects.select_related("document", "zone", "region")
    serializer_class = BreachSerializer
    filterset_class = BreachApiFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-first_seen", "-pk")

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset()
        return rows.with_exempt(timezone.localdate())


class RuleCheckViewSet(ReadViewSet):
    """How each rule was checked last (规则检查); one that could not be checked says what it needs."""

    permission = Permission.ZONE_VIEW
    queryset = RuleCheck.objects.select_related("document")
    serializer_class = RuleCheckSerializer
    territorial = False
    cursor_ordering: ClassVar[tuple[str, ...]] = ("pk",)


class TaskViewSet(ReadViewSet):
    """What provisions ask of departments and cities until when (任务)."""

    permission = Permission.ZONE_VIEW
    queryset = Task.objects.select_related("provision", "city")
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("deadline", "pk")


def register(router: BaseRouter) -> None:
    router.register("breaches", BreachViewSet, basename="breach")
    router.register("rule-checks", RuleCheckViewSet, basename="rule-check")
    router.register("tasks", TaskViewSet, basename="task")
