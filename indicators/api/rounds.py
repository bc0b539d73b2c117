"""Rounds over the API (填报任务接口)."""

from __future__ import annotations

from typing import ClassVar

from accounts.enums import Permission
from common.api import ReadViewSet
from indicators.filters import RoundFilter
from indicators.models import Round
from indicators.serializers import RoundSerializer


class RoundViewSet(ReadViewSet):
    """Rounds (填报任务) with the items they ask for."""

    permission = Permission.RETURN_VIEW
    territorial: ClassVar[bool] = False
    queryset = Round.objects.prefetch_related("indicators")
    serializer_class = RoundSerializer
    filterset_class = RoundFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-year", "pk")
