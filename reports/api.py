"""The impact of a correction over the API (更正影响接口)."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet

from accounts.enums import Permission
from accounts.models import User
from common.api import HasPermission, HasScope, Problem
from indicators.enums import CorrectionStatus
from indicators.models import Correction
from reports.impact import Impact, RunImpact, TargetMove, ZoneMove, impact


class TargetMoveSerializer(serializers.Serializer[TargetMove]):
    """A target's value and status in a year, before and after."""

    target = serializers.CharField(source="target.code")
    year = serializers.IntegerField()
    value_before = serializers.FloatField(source="before.value", allow_null=True)
    value_after = serializers.FloatField(source="after.value", allow_null=True)
    status_before = serializers.CharField(source="before.status")
    status_after = serializers.CharField(source="after.status")


class ZoneMoveSerializer(serializers.Serializer[ZoneMove]):
    """A zone's score, place and proposal, before and after."""

    zone = serializers.CharField(source="zone.code")
    score_before = serializers.FloatField(allow_null=True)
    score_after = serializers.FloatField(allow_null=True)
    rank_before = serializers.IntegerField(allow_null=True)
    rank_after = serializers.IntegerField(allow_null=True)
    proposal_before = serializers.CharField()
    proposal_after = serializers.CharField()


class RunImpactSerializer(serializers.Serializer[RunImpact]):
    """One finished run, which itself never changes."""

    run = serializers.IntegerField(source="run.pk")
    scheme = serializers.CharField(source="run.scheme.code")
    version = serializers.CharField(source="run.scheme.version")
    year = serializers.IntegerField(source="run.year")
    own = ZoneMoveSerializer(allow_null=True, help_text=_("被更正的园区，位次不变时也列出"))
    moves = ZoneMoveSerializer(many=True, help_text=_("您可查看的、位次或建议会变的园区"))
    others = serializers.IntegerField(help_text=_("其余会变的园区个数"))
    others_proposals = serializers.IntegerField(help_text=_("其中建议会变的个数"))
    impossible = serializers.BooleanField(help_text=_("用更正后的数据无法重算"))


class ImpactSerializer(serializers.Serializer[Impact]):
    correction = serializers.IntegerField(source="correction.pk")
    figures = serializers.IntegerField(help_text=_("会变的年度数字个数，含派生指标"))
    targets = TargetMoveSerializer(many=True)
    runs = RunImpactSerializer(many=True)


class CorrectionImpactViewSet(GenericViewSet[Any]):
    """What an open request would move; computed in memory, nothing is stored."""

    permission = Permission.RETURN_VIEW
    permission_classes: Any = (IsAuthenticated, HasScope, HasPermission)
    lookup_value_regex = r"[0-9]+"
    queryset = Correction.objects.select_related("return_ref__round", "return_ref__zone")

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Correction.objects.none()
        return cast("Any", super().get_queryset()).visible_to(self.request.user)

    @extend_schema(summary=_("更正若采纳，谁会变动（试算）"), responses=ImpactSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def impact(self, request: Request, pk: str) -> Response:
        correction = self.get_object()
        if correction.status != CorrectionStatus.PROPOSED:
            raise Problem(
                _("更正申请已办结，不再试算。"), code="correction_decided", status_code=status.HTTP_409_CONFLICT
            )
        return Response(ImpactSerializer(impact(correction, cast("User", request.user))).data)


def register(router: BaseRouter) -> None:
    router.register("corrections", CorrectionImpactViewSet, basename="correction-moves")
