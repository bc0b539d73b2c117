"""A figure's history over the API (指标值历史接口)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from indicators.selectors import Line, ValueHistory, Version, value_history


class VersionSerializer(serializers.Serializer[Version]):
    """One version: `channel` tells the path of the write, `database` one around the portal; `by` is empty where unknown."""

    at = serializers.DateTimeField()
    by = serializers.CharField(default="", help_text=_("填写人；不经登录直接写库的为空"))
    channel = serializers.CharField(help_text=_("填写途径"))
    number = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    absence = serializers.CharField()
    comment = serializers.CharField()
    note = serializers.CharField(help_text=_("文件名、更正理由等"))
    revision = serializers.IntegerField()
    deleted = serializers.BooleanField()
    synthetic = serializers.BooleanField()


class LineSerializer(serializers.Serializer[Line]):
    """The life of one figure: of the park, of a department, or published; newest version first."""

    source = serializers.CharField()  # type: ignore[assignment]  # a column of this name
    department = serializers.CharField()
    source_note = serializers.CharField()
    versions = VersionSerializer(many=True)


class ItemSerializer(serializers.Serializer[Any]):
    """A request to correct the figure, whatever became of it."""

    correction = serializers.IntegerField(source="correction_id")
    status = serializers.CharField(source="correction.status")
    old_number = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    old_absence = serializers.CharField()
    new_number = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    new_absence = serializers.CharField()
    reason = serializers.CharField(source="correction.reason")
    requested_at = serializers.DateTimeField(source="correction.requested_at")
    decided_at = serializers.DateTimeField(source="correction.decided_at", allow_null=True)


class HistorySerializer(serializers.Serializer[ValueHistory]):
    zone = serializers.CharField(source="zone.code")
    indicator = serializers.CharField(source="indicator.code")
    unit = serializers.CharField(source="indicator.unit")
    period = serializers.CharField()
    lines = LineSerializer(many=True)
    corrections = ItemSerializer(many=True)


class HistoryMixin:
    """Gives the figures of the API their history."""

    @extend_schema(summary=_("一项数字的全部历史"), responses=HistorySerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def history(self, request: Request, pk: str) -> Response:
        value = self.get_object()  # type: ignore[attr-defined]
        history = value_history(zone=value.zone, indicator=value.indicator, period=value.period)
        return Response(HistorySerializer(history).data)
