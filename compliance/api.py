"""`breaches`, `rule-checks` and `tasks` in the API, in the reader's territory (合规与任务接口)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import PreconditionFailed, ReadViewSet, dry_run, etag_for_revision, if_match_revision
from common.writes import DRY_RUN, IF_MATCH, refused
from compliance.exceptions import Refused, Stale
from compliance.filters import BreachApiFilter, TaskFilter
from compliance.models import Breach, RuleCheck, Task
from compliance.serializers import (
    AssignedSerializer,
    AssignSerializer,
    BreachSerializer,
    ExtendSerializer,
    ReportSerializer,
    RuleCheckSerializer,
    TaskDetailSerializer,
    TaskSerializer,
)
from compliance.services import may_report, task_extend, task_report, tasks_assign
from parks.models import Region
from parks.provinces import codes_of, provinces_of
from policy.models import Provision


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


@extend_schema_view(list=extend_schema(summary=_("任务列表")), retrieve=extend_schema(summary=_("一项任务")))
class TaskViewSet(ReadViewSet):
    """What provisions ask of departments and cities until when (任务)."""

    permission: Mapping[str, str] = {"GET": Permission.ZONE_VIEW, "POST": ""}
    """What a writer needs differs by the act and the task; the services ask."""
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.POLICY_WRITE}
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = {"create": ("dry_run",)}
    queryset = Task.objects.select_related("provision", "city")
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("deadline", "pk")

    def etag(self, instance: Task, data: Any) -> str:
        return etag_for_revision(instance.revision)

    @extend_schema(
        summary=_("分解任务"),
        description=_("已经分解给同一部门和市的条款不再分解，再次提交答复的 made 为空。"),
        request=AssignSerializer,
        responses={201: AssignedSerializer},
        parameters=[DRY_RUN],
    )
    def create(self, request: Request) -> Response:
        self._require(_user(request).may(Permission.TASK_ASSIGN))
        body = AssignSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given, by = body.validated_data, _user(request)
        own = Provision.objects.filter(document__region_code__in=codes_of(provinces_of(by)))
        provisions = list(own.filter(code__in=given["provisions"]))
        faults = {}
        if unknown := sorted(set(given["provisions"]) - {each.code for each in provisions}):
            faults["provisions"] = str(_("没有条款：%(codes)s。") % {"codes": "、".join(unknown)})
        cities = {
            region.code: region for region in Region.objects.cities().filter(code__in=filter(None, given["cities"]))
        }
        if unknown := sorted(set(filter(None, given["cities"])) - set(cities)):
            faults["cities"] = str(_("没有省辖市：%(codes)s。") % {"codes": "、".join(unknown)})
        if faults:
            raise refused(faults, CODE)
        wish = {"lead": given["lead"], "deadline": given["deadline"], "work": given.get("work", "")}
        places = [cities[code] if code else None for code in given["cities"]]
        made = _act(lambda: tasks_assign(by=by, provisions=provisions, cities=places, dry_run=dry_run(request), **wish))
        rows = TaskSerializer(made, many=True).data
        code = status.HTTP_200_OK if dry_run(request) or not made else status.HTTP_201_CREATED
        return Response({"dry_run": dry_run(request), "made": rows}, status=code)

    @extend_schema(
        summary=_("填写进展"), request=ReportSerializer, responses=TaskDetailSerializer, parameters=[IF_MATCH]
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def report(self, request: Request, pk: str) -> Response:
        task = self.get_object()
        self._require(may_report(_user(request), task))
        revision = if_match_revision(request)
        body = ReportSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = {"task_id": task.pk, "base_revision": revision, **body.validated_data}
        return self._answer(_act(lambda: task_report(by=_user(request), **wish)))

    @extend_schema(summary=_("改期限"), request=ExtendSerializer, responses=TaskDetailSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], pagination_class=None)
    def extend(self, request: Request, pk: str) -> Response:
        task = self.get_object()
        self._require(_user(request).may(Permission.TASK_ASSIGN))
        revision = if_match_revision(request)
        body = ExtendSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = {"task_id": task.pk, "base_revision": revision, **body.validated_data}
        return self._answer(_act(lambda: task_extend(by=_user(request), **wish)))

    def _require(self, may: bool) -> None:
        if not may:
            self.permission_denied(self.request)

    def get_serializer_class(self) -> Any:
        return TaskSerializer if self.action == "list" else TaskDetailSerializer

    def _answer(self, task: Task) -> Response:
        fresh = Task.objects.select_related("provision", "city").prefetch_related("notes").get(pk=task.pk)
        return Response(TaskDetailSerializer(fresh).data, headers={"ETag": etag_for_revision(fresh.revision)})


Made = TypeVar("Made")
CODE = "task_refused"


def _user(request: Request) -> User:
    return cast("User", request.user)


def _act(act: Callable[[], Made]) -> Made:
    """Do it; refusals become problems."""
    try:
        return act()
    except Stale as stale:
        raise PreconditionFailed(str(stale)) from stale
    except Refused as refusal:
        raise refused(refusal.faults, CODE) from refusal


def register(router: BaseRouter) -> None:
    router.register("breaches", BreachViewSet, basename="breach")
    router.register("rule-checks", RuleCheckViewSet, basename="rule-check")
    router.register("tasks", TaskViewSet, basename="task")
