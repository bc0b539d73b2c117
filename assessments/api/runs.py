"""REST resources `schemes`, `runs` and `results` (考核接口): reads only; a run is started by a person in its page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.enums import Permission
from assessments.enums import RunStatus
from assessments.filters import ResultApiFilter, RunFilter, SchemeFilter
from assessments.models import Result, Run, Scheme
from assessments.serializers import ResultDetailSerializer, ResultSerializer, RunSerializer, SchemeSerializer
from common.api import ReadViewSet


class SchemeViewSet(ReadViewSet):
    """Assessment methods (考核办法) with their whole text; drafts for those who edit or publish."""

    permission = Permission.SCHEME_VIEW
    queryset = Scheme.objects.of_zones().select_related("submitted_by", "published_by")
    serializer_class = SchemeSerializer
    filterset_class = SchemeFilter

    def etag(self, instance: Scheme, data: Any) -> str:
        return f'"{instance.digest}-{instance.status}-{instance.revision}"'


class RunViewSet(ReadViewSet):
    """Runs (考核计算) with status, digests and engine version, the newest first; unfinished ones for those who start them."""

    permission = Permission.RUN_VIEW
    queryset = Run.objects.select_related("scheme").defer("inputs", "scheme__text")
    serializer_class = RunSerializer
    filterset_class = RunFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def etag(self, instance: Run, data: Any) -> str:
        if instance.status == RunStatus.DONE:
            return f'"{instance.results_digest}"'
        return super().etag(instance, data)


class ResultViewSet(ReadViewSet):
    """Results (考核结果) of finished runs, within the reader's territory. They never change.

    What a single read tells of earlier years hangs on the reader, so its ETag is that of the answer.
    """

    permission = Permission.RUN_VIEW
    queryset = Result.objects.select_related("run__scheme", "zone").defer("run__inputs", "run__scheme__text")
    filterset_class = ResultApiFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-run_id", "pk")

    def get_queryset(self) -> QuerySet[Result]:
        queryset: QuerySet[Result] = super().get_queryset()
        return queryset.defer("explanation") if self.action == "list" else queryset

    def get_serializer_class(self) -> type[ResultSerializer]:
        return ResultDetailSerializer if self.action == "retrieve" else ResultSerializer
