"""Objections over the API (异议接口): reading, filing with evidence, withdrawing, answering."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from assessments import services
from assessments.api.proceedings import refusing
from assessments.filters_proceedings import ObjectionFilter
from assessments.models import Objection, ObjectionFile, Publication
from assessments.selectors import publicity
from assessments.services.objections import MOST_FILES
from assessments.services.shared import REASON_LENGTH
from common.api import ReadViewSet, SyntheticSerializer
from common.attachments import file_response
from parks.models import Zone


class ObjectionFileSerializer(serializers.ModelSerializer[ObjectionFile]):
    class Meta:
        model = ObjectionFile
        fields = ("id", "name", "size", "digest", "content_type", "uploaded_at")


class ObjectionSerializer(SyntheticSerializer, serializers.ModelSerializer[Objection]):
    zone = serializers.CharField(source="zone.code")
    zone_name = serializers.CharField(source="zone.name")
    year = serializers.IntegerField(source="publication.proceeding.year")
    zone_class = serializers.CharField(source="publication.proceeding.zone_class")
    filed_by = serializers.CharField(source="filed_by.username")
    answered_by = serializers.CharField(source="answered_by.username", default=None)
    files = ObjectionFileSerializer(many=True)
    synthetic = serializers.BooleanField(source="publication.synthetic", read_only=True)

    class Meta:
        model = Objection
        fields = (
            "id", "publication", "zone_class", "year", "zone", "zone_name", "status", "text", "filed_by", "filed_at", "answer",
            "answered_by", "answered_at", "files", "synthetic", "mark",
        )  # fmt: skip

    def get_mark(self, row: Any) -> str:
        return super().get_mark(row.publication)


class ObjectionCreateSerializer(serializers.Serializer[Any]):
    publication = serializers.IntegerField()
    zone = serializers.CharField(max_length=8)
    text = serializers.CharField(max_length=REASON_LENGTH)
    files = serializers.ListField(child=serializers.FileField(), required=False, default=list, max_length=MOST_FILES)


class ObjectionAnswerSerializer(serializers.Serializer[Any]):
    uphold = serializers.BooleanField(help_text=_("异议是否成立"))
    answer = serializers.CharField(max_length=REASON_LENGTH)


@extend_schema_view(list=extend_schema(summary=_("异议列表")), retrieve=extend_schema(summary=_("一件异议")))
class ObjectionViewSet(ReadViewSet):
    """Objections (异议) in the reader's own line; files are handed out one by one."""

    permission = Permission.RUN_VIEW
    write_scopes: ClassVar[dict[str, str]] = {"POST": ApiScope.ASSESSMENT_WRITE}
    queryset = Objection.objects.all()
    serializer_class = ObjectionSerializer
    filterset_class = ObjectionFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    parser_classes: Any = (JSONParser, MultiPartParser)
    lookup_value_regex = r"[0-9]{1,9}"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Objection.objects.none()
        return publicity.objections_list(_user(self.request)).prefetch_related("files")

    @extend_schema(
        summary=_("提出异议，可附材料"),
        request={"multipart/form-data": ObjectionCreateSerializer, "application/json": ObjectionCreateSerializer},
        responses={201: ObjectionSerializer},
    )
    def create(self, request: Request) -> Response:
        body = ObjectionCreateSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        zone = get_object_or_404(
            Zone.objects.visible_to(_user(request), Permission.RUN_VIEW).select_related("administration"),
            code=data["zone"],
        )
        publication = get_object_or_404(Publication.objects.only("pk"), pk=data["publication"])
        made = refusing(
            lambda: services.objection_file(
                by=_user(request), publication_id=publication.pk, zone=zone, text=data["text"], files=data["files"]
            )
        )
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(
        summary=_("答复异议，由没有参与决定的人"),
        request=ObjectionAnswerSerializer,
        responses=ObjectionSerializer,
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def answer(self, request: Request, pk: str) -> Response:
        objection = self.get_object()
        body = ObjectionAnswerSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        refusing(lambda: services.objection_answer(by=_user(request), objection_id=objection.pk, **body.validated_data))
        return self._answer(objection.pk)

    @extend_schema(summary=_("撤回异议"), request=None, responses=ObjectionSerializer)
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def withdraw(self, request: Request, pk: str) -> Response:
        objection = self.get_object()
        refusing(lambda: services.objection_withdraw(by=_user(request), objection_id=objection.pk))
        return self._answer(objection.pk)

    @extend_schema(
        summary=_("异议材料"),
        responses={200: OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("file", OpenApiTypes.INT, OpenApiParameter.PATH)],
    )
    @action(
        detail=True,
        methods=["get"],
        url_path=r"files/(?P<file>[0-9]{1,9})",
        pagination_class=None,
        filterset_class=None,
    )
    def file(self, request: Request, pk: str, file: str) -> FileResponse:
        found = self.get_object().files.filter(pk=file).first()
        if found is None:
            raise Http404
        return file_response(found.file, found.name, found.content_type)

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(ObjectionSerializer(self.get_queryset().get(pk=pk)).data, status=code)


def _user(request: Any) -> User:
    return cast("User", request.user)
