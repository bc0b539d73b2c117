"""REST resources of the registry: zones, designations, regions (登记接口)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.routers import BaseRouter

from accounts.enums import Permission
from common.api import ListViewSet, ReadViewSet
from parks.filters import AxisPlaceFilter, DesignationFilter, RegionFilter, ZoneFilter
from parks.models import Designation, Region, RegionAxis, Zone
from parks.serializers import (
    AxisPlaceSerializer,
    DesignationSerializer,
    RegionSerializer,
    ZoneDetailSerializer,
    ZoneSerializer,
)


@extend_schema_view(list=extend_schema(summary=_("园区列表")), retrieve=extend_schema(summary=_("一个园区及其大事记")))
class ZoneViewSet(ReadViewSet):
    """Zones in the caller's territory (园区), each with its plates."""

    queryset = Zone.objects.select_related("city", "county").prefetch_related("designations__zone", "aliases")
    permission = Permission.ZONE_VIEW
    serializer_class = ZoneSerializer
    filterset_class = ZoneFilter
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("code",)

    def get_serializer_class(self) -> Any:
        return ZoneDetailSerializer if self.action == "retrieve" else ZoneSerializer


@extend_schema_view(list=extend_schema(summary=_("称号列表")), retrieve=extend_schema(summary=_("一个称号")))
class DesignationViewSet(ReadViewSet):
    """Designations on the zones in the caller's territory (称号)."""

    queryset = Designation.objects.select_related("zone")
    permission = Permission.ZONE_VIEW
    serializer_class = DesignationSerializer
    filterset_class = DesignationFilter
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("code",)


@extend_schema_view(
    list=extend_schema(summary=_("行政区划列表")), retrieve=extend_schema(summary=_("一个行政区划代码"))
)
class RegionViewSet(ReadViewSet):
    """Administrative divisions with dated codes (行政区划); the same for everyone."""

    queryset = Region.objects.select_related("parent").prefetch_related("successors")
    territorial: ClassVar[bool] = False
    serializer_class = RegionSerializer
    filterset_class = RegionFilter
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("code",)


@extend_schema_view(list=extend_schema(summary=_("发展轴带上的地方")))
class AxisPlaceViewSet(ListViewSet):
    """Places on the development axes (发展轴带) of the caller's province, each with the document it rests on."""

    queryset = RegionAxis.objects.select_related("region", "recorded_by")
    permission = Permission.ZONE_VIEW
    serializer_class = AxisPlaceSerializer
    filterset_class = AxisPlaceFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("axis", "region__code")


def register(router: BaseRouter) -> None:
    router.register("zones", ZoneViewSet, basename="zone")
    router.register("designations", DesignationViewSet, basename="designation")
    router.register("regions", RegionViewSet, basename="region")
    router.register("axis-places", AxisPlaceViewSet, basename="axis-place")
