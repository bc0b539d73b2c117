"""REST resources on what follows a verdict (结果运用接口): measures, statuses, changes of designations, standings."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.enums import Permission
from assessments.filters_consequences import DesignationChangeFilter, MeasureFilter, ZoneStatusFilter
from assessments.models import DesignationChange, Measure, ZoneStatus
from assessments.selectors.consequences import Because, Standing, application_standing
from common.api import HasPermission, HasScope, IsAuthenticated, ReadViewSet, SyntheticSerializer
from parks.models import Zone


class MeasureSerializer(SyntheticSerializer, serializers.ModelSerializer[Measure]):
    """A measure; `triggers` are the rules that brought it about, `previous` the step that it took the place of.

    `order`: ordered by an authority outside any decision (measure-orders); then no rule brought it about.
    """

    zone = serializers.CharField(source="zone.code")

    class Meta:
        model = Measure
        fields = (
            "id", "zone", "step", "status", "opened_on", "due_on", "decision", "order", "previous", "triggers", "clauses",
            "reason", "document", "closed_on", "close_reason", "close_document", "synthetic", "mark",
        )  # fmt: skip


class ZoneStatusSerializer(SyntheticSerializer, serializers.ModelSerializer[ZoneStatus]):
    """A status from a day on; of the rows of a zone and kind the newest that has begun is in force."""

    zone = serializers.CharField(source="zone.code")

    class Meta:
        model = ZoneStatus
        fields = (
            "id", "zone", "kind", "value", "label_zh", "label_en", "valid_from", "decision", "clauses", "synthetic", "mark",
        )  # fmt: skip


class DesignationChangeSerializer(SyntheticSerializer, serializers.ModelSerializer[DesignationChange]):
    """A designation that a decision would change: `due` until its approval is recorded or refused."""

    zone = serializers.CharField(source="zone.code")
    designation = serializers.CharField(source="designation.code")
    new_designation = serializers.CharField(source="new_designation.code", default=None, allow_null=True)

    class Meta:
        model = DesignationChange
        fields = (
            "id", "zone", "designation", "direction", "status", "decision", "opened_on", "path", "document", "approved_on",
            "effective_on", "new_designation", "note", "synthetic", "mark",
        )  # fmt: skip


@extend_schema_view(list=extend_schema(summary=_("处置措施列表")), retrieve=extend_schema(summary=_("一项处置措施")))
class MeasureViewSet(ReadViewSet):
    """Measures on the ladder (处置措施), P198, open and ended, within the reader's territory."""

    permission = Permission.RUN_VIEW
    queryset = Measure.objects.select_related("zone")
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)


@extend_schema_view(list=extend_schema(summary=_("园区状态列表")), retrieve=extend_schema(summary=_("一条园区状态")))
class ZoneStatusViewSet(ReadViewSet):
    """Grades, tiers, candidates and treatment of applications by final decisions (园区状态), dated."""

    permission = Permission.RUN_VIEW
    queryset = ZoneStatus.objects.select_related("zone")
    serializer_class = ZoneStatusSerializer
    filterset_class = ZoneStatusFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)


@extend_schema_view(list=extend_schema(summary=_("称号变动列表")), retrieve=extend_schema(summary=_("一项称号变动")))
class DesignationChangeViewSet(ReadViewSet):
    """Designations to be changed by final decisions (称号变动)."""

    permission = Permission.RUN_VIEW
    queryset = DesignationChange.objects.select_related("zone", "designation", "new_designation")
    serializer_class = DesignationChangeSerializer
    filterset_class = DesignationChangeFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)


class BecauseSerializer(serializers.Serializer[Because]):
    text = serializers.CharField()
    clauses = serializers.ListField(child=serializers.CharField())
    href = serializers.CharField()


class StandingSerializer(serializers.Serializer[Standing]):
    """`state`: priority, normal or blocked; `because`: the grounds with their clauses."""

    state = serializers.CharField()
    because = BecauseSerializer(many=True)


class _OnSerializer(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)


class StandingViewSet(GenericViewSet[Zone]):
    """How a zone's applications for expansion, adjustment, upgrade and the catalogue are met (申报待遇), P196, P199, P200."""

    permission = Permission.RUN_VIEW
    permission_classes: Any = (IsAuthenticated, HasScope, HasPermission)
    queryset = Zone.objects.none()
    serializer_class = StandingSerializer  # type: ignore[assignment]  # a standing is no row of a table
    lookup_field = "code"
    lookup_value_regex = r"[\w-]+"

    @extend_schema(
        summary=_("一个园区的申报待遇"),
        parameters=[OpenApiParameter("on", str, description=_("哪一天，默认今天"))],
        responses=StandingSerializer,
    )
    def retrieve(self, request: Request, code: str) -> Response:
        zones = Zone.objects.visible_to(request.user, Permission.RUN_VIEW)  # type: ignore[arg-type]
        zone = get_object_or_404(zones, code=code)
        asked = _OnSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        day = asked.validated_data.get("on") or timezone.localdate()
        return Response(StandingSerializer(application_standing(zone, day)).data)
