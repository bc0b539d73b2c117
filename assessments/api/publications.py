"""What was published, for everybody (公示接口): without log-in, throttled; a publication never changes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from assessments.filters_proceedings import PublicationFilter
from assessments.models import Publication
from common.api import ReadViewSet, SyntheticSerializer, is_not_modified

LIST_CACHE = "public, max-age=60"
CONTENT_CACHE = "public, max-age=31536000, immutable"


class PublicThrottle(SimpleRateThrottle):
    """So many requests of one address in a time, logged in or not."""

    scope = "public"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class PublicationSerializer(SyntheticSerializer, serializers.ModelSerializer[Publication]):
    zone_class = serializers.CharField(source="proceeding.zone_class")
    year = serializers.IntegerField(source="proceeding.year")

    class Meta:
        model = Publication
        fields: tuple[str, ...] = (
            "id", "zone_class", "year", "sequence", "published_at", "closes_on", "disclosure", "digest", "head", "synthetic", "mark",
        )  # fmt: skip


class PublicationDetailSerializer(PublicationSerializer):
    """With the content as it was fixed; `digest` is the SHA-256 of it as JSON with sorted keys."""

    content = serializers.JSONField(read_only=True)

    class Meta(PublicationSerializer.Meta):
        fields = (*PublicationSerializer.Meta.fields, "content")


@extend_schema_view(
    list=extend_schema(summary=_("公示列表（无需登录）"), auth=[]),
    retrieve=extend_schema(summary=_("一次公示的全部内容（无需登录）"), auth=[]),
)
class PublicationViewSet(ReadViewSet):
    """Publications (公示), the newest first; open to everybody from their moment on, and the same for ever."""

    authentication_classes: Any = ()
    permission_classes: Any = ()
    throttle_classes: Any = (PublicThrottle,)
    territorial: ClassVar[bool] = False
    queryset = Publication.objects.select_related("proceeding").defer("proceeding__minutes")
    filterset_class = PublicationFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    lookup_value_regex = r"[0-9]{1,9}"

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        return queryset.defer("content") if self.action == "list" else queryset

    def get_serializer_class(self) -> Any:
        return PublicationDetailSerializer if self.action == "retrieve" else PublicationSerializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        response["Cache-Control"] = LIST_CACHE
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        publication = self.get_object()
        headers = {"ETag": f'"{publication.digest}"', "Cache-Control": CONTENT_CACHE}
        if is_not_modified(request, headers["ETag"]):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(self.get_serializer(publication).data, headers=headers)
