"""REST resources `evaluations` and `evaluation-results` (企业综合评价), to read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from accounts.enums import Permission
from assessments.filters_evaluations import EvaluationFilter, EvaluationResultApiFilter
from assessments.models import Evaluation, EvaluationResult
from common.api import ReadViewSet, SyntheticSerializer


class EvaluationSerializer(SyntheticSerializer, serializers.ModelSerializer[Evaluation]):
    """One evaluation: method, territory, settings as used, digests, and how many enterprises each class has.

    `classes` are in order, the best first; `settings` are the values used instead of the method's own.
    """

    scheme = serializers.CharField(source="scheme.code")
    scheme_version = serializers.CharField(source="scheme.version")
    region = serializers.CharField(source="region.code", default=None, allow_null=True)
    zone = serializers.CharField(source="zone.code", default=None, allow_null=True)
    enterprises = serializers.IntegerField(source="summary.enterprises", default=None, allow_null=True)
    classes = serializers.SerializerMethodField()
    left_out = serializers.SerializerMethodField()

    class Meta:
        model = Evaluation
        fields = (
            "id", "scheme", "scheme_version", "year", "region", "zone", "above_scale", "status", "settings", "settings_basis",
            "enterprises", "classes", "left_out", "requested_at", "finished_at", "final_at", "final_on", "final_document",
            "final_note", "text_digest", "inputs_digest", "results_digest", "engine_version", "error", "synthetic", "mark",
        )  # fmt: skip

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_classes(self, row: Evaluation) -> list[dict[str, Any]]:
        """Classes with their number of enterprises."""
        counts = row.summary.get("counts", {})
        return [each | {"enterprises": counts.get(each["code"], 0)} for each in row.summary.get("classes", [])]

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_left_out(self, row: Evaluation) -> dict[str, int]:
        """Enterprises without a class, by case; `missing` where a figure is lacking."""
        left_out = dict(row.summary.get("left_out", {}))
        return left_out | ({"missing": row.summary["missing"]} if row.summary.get("missing") else {})


class EvaluationResultSerializer(SyntheticSerializer, serializers.ModelSerializer[EvaluationResult]):
    """The class of one enterprise, with values, points and parts of the score by indicator.

    `reason` is empty where the place decided, else the rule or case of the method, or `missing`.
    """

    year = serializers.IntegerField(source="evaluation.year")
    final = serializers.SerializerMethodField()
    enterprise = serializers.CharField(source="enterprise.credit_code")
    name = serializers.CharField(source="enterprise.name")
    zone = serializers.CharField(source="zone.code")
    synthetic = serializers.BooleanField(source="evaluation.synthetic")
    indicators = serializers.SerializerMethodField()

    class Meta:
        model = EvaluationResult
        fields = (
            "id", "evaluation", "year", "final", "enterprise", "name", "zone", "grade", "reason", "score", "rank", "indicators",
            "entry_id", "entry_revision", "synthetic", "mark",
        )  # fmt: skip

    def get_final(self, row: EvaluationResult) -> bool:
        return row.evaluation.final_at is not None

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_indicators(self, row: EvaluationResult) -> list[dict[str, Any]]:
        """One row an indicator of the method."""
        names = ("values", "points", "parts")
        columns = zip(*(row.figures[name] for name in names), strict=True)
        return [
            {"code": leaf["code"], "unit": leaf["unit"], "value": value, "points": points, "part": part}
            for leaf, (value, points, part) in zip(row.evaluation.summary["leaves"], columns, strict=True)
        ]


@extend_schema_view(list=extend_schema(summary=_("企业评价列表")), retrieve=extend_schema(summary=_("一次企业评价")))
class EvaluationViewSet(ReadViewSet):
    """Evaluations of enterprises in the caller's sight: final ones, and all of the territories they handle."""

    permission = Permission.REGISTER_VIEW
    queryset = Evaluation.objects.select_related("scheme", "region", "zone").defer("inputs", "text")
    serializer_class = EvaluationSerializer
    filterset_class = EvaluationFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-year", "-pk")


@extend_schema_view(list=extend_schema(summary=_("企业类别")), retrieve=extend_schema(summary=_("一家企业的类别")))
class EvaluationResultViewSet(ReadViewSet):
    """Classes of enterprises in the caller's sight."""

    permission = Permission.REGISTER_VIEW
    queryset = EvaluationResult.objects.select_related("evaluation", "enterprise", "zone").defer(
        "evaluation__inputs", "evaluation__text"
    )
    serializer_class = EvaluationResultSerializer
    filterset_class = EvaluationResultApiFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("pk",)
