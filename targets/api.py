"""REST resources `targets` and `progress` (目标接口)."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from rest_framework import serializers
from rest_framework.routers import BaseRouter

from accounts.enums import Permission
from accounts.models import User
from common.api import ReadViewSet, SyntheticSerializer
from targets.filters import ProgressFilter, TargetFilter
from targets.models import Progress, Target
from targets.selectors import narrowed, visible_codes


class TargetSerializer(serializers.ModelSerializer[Target]):
    """A promise of the policy with its clause and its measure; a qualitative one has no value."""

    provision = serializers.CharField(source="provision.code")
    quote = serializers.CharField(source="provision.quote")

    class Meta:
        model = Target
        fields = (
            "code", "provision", "quote", "name_zh", "name_en", "year", "operator", "value", "unit", "tolerance_pct",
            "tolerance_by", "tolerance_by_en", "measure", "spec", "lead", "note_zh", "note_en",
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


def register(router: BaseRouter) -> None:
    router.register("targets", TargetViewSet, basename="target")
    router.register("progress", ProgressViewSet, basename="progress")
