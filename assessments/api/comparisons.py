"""The REST resource `comparisons` (考核结果比较接口): two runs side by side, `/comparisons/<before>-<after>/`."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.enums import Permission
from assessments.models import Result, Run
from assessments.selectors.comparison import ComparedRow, ComparedRuns, NotComparable, comparable_runs, compared
from common.api import HasPermission, HasScope, IsAuthenticated, Problem


class SideSerializer(serializers.ModelSerializer[Result]):
    class Meta:
        model = Result
        fields = ("id", "score", "rank", "group_size", "proposal", "synthetic")


class ComparedRowSerializer(serializers.Serializer[ComparedRow]):
    """`parts` add up to the change of the score, `places` to the places won (positive = risen); null where not split."""

    zone = serializers.CharField(source="zone.code")
    zone_name = serializers.CharField(source="zone.name")
    before = SideSerializer(allow_null=True)
    after = SideSerializer(allow_null=True)
    score_change = serializers.FloatField(allow_null=True)
    moved = serializers.IntegerField(allow_null=True)
    parts = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    places = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    broken = serializers.BooleanField(help_text=_("口径有变化，不作分解"))
    revised = serializers.IntegerField(help_text=_("两次冻结之间更正的数字个数"))


class ComparisonSerializer(serializers.Serializer[ComparedRuns]):
    before = serializers.IntegerField(source="before.pk")
    after = serializers.IntegerField(source="after.pk")
    notices = serializers.ListField(child=serializers.CharField())
    rows = ComparedRowSerializer(many=True)


class ComparisonViewSet(GenericViewSet[Run]):
    """Two finished runs of a class, within the reader's territory."""

    permission = Permission.RUN_VIEW
    permission_classes: Any = (IsAuthenticated, HasScope, HasPermission)
    queryset = Run.objects.none()
    serializer_class = ComparisonSerializer  # type: ignore[assignment]  # a comparison is no row of a table
    lookup_field = "pair"
    lookup_value_regex = r"[0-9]{1,9}-[0-9]{1,9}"

    @extend_schema(
        summary=_("两次考核计算的比较"),
        parameters=[
            OpenApiParameter("pair", OpenApiTypes.STR, OpenApiParameter.PATH, description=_("前一次-后一次，如 12-15"))
        ],
        responses=ComparisonSerializer,
    )
    def retrieve(self, request: Request, pair: str) -> Response:
        runs = comparable_runs(request.user)  # type: ignore[arg-type]
        before, after = (get_object_or_404(runs, pk=int(number)) for number in pair.split("-"))
        try:
            found = compared(before, after, request.user)  # type: ignore[arg-type]
        except NotComparable as refusal:
            raise Problem(str(refusal), code="not_comparable", status_code=422) from refusal
        return Response(ComparisonSerializer(found).data)
