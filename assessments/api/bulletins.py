"""The REST resource `bulletins` (通报接口): the files of final proceedings with their digests."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from accounts.enums import Permission
from assessments.enums import BulletinFormat
from assessments.models import BulletinFile
from assessments.views.bulletins import TYPES
from common.api import ReadViewSet, SyntheticSerializer


class BulletinSerializer(SyntheticSerializer, serializers.ModelSerializer[BulletinFile]):
    """One file; `digest` is the SHA-256 of its bytes, which never change."""

    zone_class = serializers.CharField(source="proceeding.zone_class")
    year = serializers.IntegerField(source="proceeding.year")
    number = serializers.CharField(source="proceeding.bulletin_number")

    class Meta:
        model = BulletinFile
        fields = (
            "id", "proceeding", "zone_class", "year", "number", "format", "size", "digest", "issued_at", "synthetic", "mark",
        )  # fmt: skip


@extend_schema_view(list=extend_schema(summary=_("通报列表")), retrieve=extend_schema(summary=_("一份通报")))
class BulletinViewSet(ReadViewSet):
    """Bulletins of final proceedings (通报); a bulletin nobody has asked for yet is written when its page is opened."""

    permission = Permission.RUN_VIEW
    territorial: ClassVar[bool] = False
    queryset = BulletinFile.objects.select_related("proceeding").defer("content", "proceeding__minutes")
    serializer_class = BulletinSerializer
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_queryset(self) -> QuerySet[BulletinFile]:
        rows: QuerySet[BulletinFile] = super().get_queryset()
        return rows.defer(None) if self.action == "file" else rows

    def etag(self, instance: BulletinFile, data: Any) -> str:
        return f'"{instance.digest}"'

    @extend_schema(
        summary=_("下载通报"), responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponse:
        bulletin: BulletinFile = self.get_object()
        headers = {"Content-Disposition": f'attachment; filename="{bulletin.name}"', "ETag": f'"{bulletin.digest}"'}
        return HttpResponse(
            bytes(bulletin.content), content_type=TYPES[BulletinFormat(bulletin.format)], headers=headers
        )
