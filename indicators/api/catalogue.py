"""The catalogue over the API (指标目录接口)."""

from __future__ import annotations

from typing import ClassVar

from common.api import ReadViewSet
from indicators.filters import IndicatorFilter
from indicators.models import Indicator
from indicators.serializers import IndicatorSerializer


class IndicatorViewSet(ReadViewSet):
    """The catalogue (指标目录): unit, direction, definition, department and source of everything measured."""

    territorial: ClassVar[bool] = False
    queryset = Indicator.objects.all()
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("position", "pk")
