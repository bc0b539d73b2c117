"""REST resources `targets` and `progress` (目标接口)."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.routers import BaseRouter

from accounts.enums import Permission
from accounts.models import User
from common.api import ReadViewSet, SyntheticSerializer
from targets.filters import ProgressFilter, QuotaFilter, ReportedFilter, TargetFilter
from targets.models import Progress, Quota, ReportedProgress, Target
from targets.selectors import narrowed, newest_sheets, visible_codes, visible_quotas


class TargetSerializer(serializers.ModelSerializer[Target]):
    """A promise of the policy with its clause and its measure; a qualitative one has no value."""

    provision = serializers.CharField(source="provision.code")
    quote = serializers.CharField(source="provision.quote")

    class Meta:
        model = Target
        fields = (
            "code", "provision", "quote", "name_zh", "name_en", "year", "operator", "value", "unit", "tolerance_pct",
            "tolerance_by", "tolerance_by_en", "measure", "spec", "lead", "note_zh", "note_en", "origin", "as_of",
            "baseline_year", "baseline_value", "baseline_source", "path", "milestones", "method", "judged_by", "revision",
            "withdrawn_at", "withdrawal",
        )  # fmt: skip


class ProgressSerializer(SyntheticSerializer, serializers.ModelSerializer[Progress]):
    """A target's value at the end of a year; `detail` names the zones counted, nearest and missing in one's territory."""

    target = serializers.CharField(source="target.code")
    detail = serializers.SerializerMethodField()

    def get_detail(self, row: Progress) -> dict[str, Any]:
        return narrowed(row.detail, self.context["visible"])

    class Meta:
        model = Progress
        fields = (
            "id", "target", "year", "value", "numerator", "denominator", "status", "detail", "computed_at", "synthetic", "mark",
        )  # fmt: skip


class ReportedSerializer(SyntheticSerializer, serializers.ModelSerializer[ReportedProgress]):
    """A figure as it was reported for a year; vintage 1 first, later ones are late data. `digest` chains to the one before."""

    target = serializers.CharField(source="target.code")

    class Meta:
        model = ReportedProgress
        fields = (
            "id", "target", "year", "vintage", "reason", "note", "value", "numerator", "denominator", "status", "goal",
            "target_revision", "data_change_id", "digest", "reported_at", "synthetic", "mark",
        )  # fmt: skip


class QuotaSerializer(serializers.ModelSerializer[Quota]):
    """A city's or a zone's part of a target, of the division that counts."""

    target = serializers.CharField(source="sheet.target.code")
    city = serializers.CharField(source="region.code", allow_null=True, default=None)
    zone = serializers.CharField(source="zone.code", allow_null=True, default=None)
    number = serializers.IntegerField(source="sheet.number")
    whole = serializers.DecimalField(source="sheet.whole", max_digits=14, decimal_places=2)
    set_at = serializers.DateTimeField(source="sheet.set_at")

    class Meta:
        model = Quota
        fields = ("id", "target", "city", "zone", "value", "whole", "number", "set_at")


class TargetViewSet(ReadViewSet):
    permission = Permission.TARGET_VIEW
    territorial: ClassVar[bool] = False
    queryset = Target.objects.select_related("provision")
    serializer_class = TargetSerializer
    filterset_class = TargetFilter
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("position", "pk")


class ProgressViewSet(ReadViewSet):
    permission = Permission.TARGET_VIEW
    territorial: ClassVar[bool] = False
    queryset = Progress.objects.select_related("target")
    serializer_class = ProgressSerializer
    filterset_class = ProgressFilter

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        fake = getattr(self, "swagger_fake_view", False)  # the schema is drawn without a user
        return context | {"visible": set() if fake else visible_codes(cast("User", self.request.user))}


class ReportedViewSet(ReadViewSet):
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


def register(router: BaseRouter) -> None:
    router.register("targets", TargetViewSet, basename="target")
    router.register("progress", ProgressViewSet, basename="progress")
    router.register("reported", ReportedViewSet, basename="reported")
    router.register("quotas", QuotaViewSet, basename="quota")
