"""The catalogue over the API (指标目录接口)."""

from __future__ import annotations

from typing import Any, ClassVar

from common.api import ReadViewSet
from indicators.filters import IndicatorFilter, RuleFilter
from indicators.models import CheckRule, Indicator
from indicators.serializers import IndicatorSerializer, RuleSerializer


class IndicatorViewSet(ReadViewSet):
    """The catalogue (指标目录): unit, direction, definition, department and source of everything measured."""

    territorial: ClassVar[bool] = False
    queryset = Indicator.objects.all()
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("position", "pk")


class RuleViewSet(ReadViewSet):
    """The rules on figures (审核关系): what form, workbook and API check, for whom, and what is said when it is broken."""

    territorial: ClassVar[bool] = False
    queryset = CheckRule.objects.all()
    serializer_class = RuleSerializer
    filterset_class = RuleFilter
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("position", "pk")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "catalogue": Indicator.objects.in_bulk(field_name="code")}
