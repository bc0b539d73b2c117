"""REST resources of targets to read: progress, what was reported, quotas, judgements (目标接口)."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db.models import QuerySet

from accounts.enums import Permission
from accounts.models import User
from common.api import ReadViewSet
from targets.api.shapes import (
    JudgementSerializer,
    ProgressSerializer,
    QuotaSerializer,
    ReportedSerializer,
)
from targets.filters import JudgementFilter, ProgressFilter, QuotaFilter, ReportedFilter
from targets.models import Judgement, Progress, Quota, ReportedProgress, Target
from targets.selectors import newest_sheets, visible_codes, visible_quotas


class OwnProvince(ReadViewSet):
    """Rows of the targets of the reader's province."""

    target_field = ""

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a user
            return super().get_queryset().none()
        own = Target.objects.visible_to(cast("User", self.request.user))
        return super().get_queryset().filter(**{f"{self.target_field or 'pk'}__in": own})


class ProgressViewSet(OwnProvince):
    target_field = "target"
    permission = Permission.TARGET_VIEW
    territorial: ClassVar[bool] = False
    queryset = Progress.objects.select_related("target")
    serializer_class = ProgressSerializer
    filterset_class = ProgressFilter

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        fake = getattr(self, "swagger_fake_view", False)  # the schema is drawn without a user
        return context | {"visible": set() if fake else visible_codes(cast("User", self.request.user))}


class ReportedViewSet(OwnProvince):
    target_field = "target"
    permission = Permission.TARGET_VIEW
    territorial: ClassVar[bool] = False
    queryset = ReportedProgress.objects.select_related("target")
    serializer_class = ReportedSerializer
    filterset_class = ReportedFilter


class QuotaViewSet(ReadViewSet):
    """Quotas within the reader's territory: a city its own and its zones', a lead department its targets', the office all."""

    permission = Permission.TARGET_VIEW
    territorial: ClassVar[bool] = False
    queryset = Quota.objects.select_related("sheet__target", "region", "zone")
    serializer_class = QuotaSerializer
    filterset_class = QuotaFilter

    def get_queryset(self) -> QuerySet[Quota]:
        if getattr(self, "swagger_fake_view", False):
            return Quota.objects.none()
        seen = visible_quotas(cast("User", self.request.user)).filter(sheet__in=newest_sheets())
        return seen.select_related("sheet__target", "region", "zone")


class JudgementViewSet(OwnProvince):
    target_field = "target"
    permission = Permission.TARGET_VIEW
    territorial: ClassVar[bool] = False
    queryset = Judgement.objects.select_related("target")
    serializer_class = JudgementSerializer
    filterset_class = JudgementFilter
