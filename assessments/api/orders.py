"""Measures outside a decision over the API (考核决定之外的措施接口): recorded with files, settled with `If-Match`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, cast

from django.db import transaction
from django.http import FileResponse, Http404
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
from assessments.api.proceedings import ReasonSerializer, refusing
from assessments.enums import MeasureStep
from assessments.exceptions import MeasureOrderRefused
from assessments.filters_consequences import MeasureOrderFilter
from assessments.ladder import GROUNDS
from assessments.models import MeasureOrder, MeasureOrderFile
from assessments.services.orders import MOST_FILES
from assessments.services.shared import REASON_LENGTH
from common.api import ReadViewSet, SyntheticSerializer, dry_run, etag_for_revision, if_match_revision
from common.attachments import file_response
from common.writes import DRY_RUN, IF_MATCH, refused
from parks.models import Zone


class MeasureOrderFileSerializer(serializers.ModelSerializer[MeasureOrderFile]):
    class Meta:
        model = MeasureOrderFile
        fields = ("id", "name", "size", "digest", "content_type")


class MeasureOrderSerializer(SyntheticSerializer, serializers.ModelSerializer[MeasureOrder]):
    """A measure that an authority ordered outside a decision; `measure`: what it became once confirmed."""

    zone = serializers.CharField(source="zone.code")
    proposed_by = serializers.CharField(source="proposed_by.username")
    settled_by = serializers.CharField(source="settled_by.username", default=None)
    measure = serializers.IntegerField(source="measure.pk", default=None, allow_null=True)
    files = serializers.SerializerMethodField()

    class Meta:
        model = MeasureOrder
        fields = (
            "id", "zone", "step", "status", "revision", "issuer", "document_number", "document_date", "taken_on", "due_on",
            "reason", "clauses", "proposed_by", "proposed_at", "settled_by", "settled_at", "answer", "measure", "files",
            "synthetic", "mark",
        )  # fmt: skip

    def get_files(self, order: MeasureOrder) -> list[dict[str, Any]]:
        rows = list(order.files.all()) if order.pk else []
        return cast("list[dict[str, Any]]", MeasureOrderFileSerializer(rows, many=True).data)


class MeasureOrderRequestSerializer(serializers.Serializer[Any]):
    zone = serializers.CharField(max_length=8, help_text=_("园区编号"))
    step = serializers.ChoiceField(MeasureStep.choices)
    issuer = serializers.CharField(max_length=80)
    document_number = serializers.CharField(max_length=80)
    document_date = serializers.DateField()
    taken_on = serializers.DateField(help_text=_("自这一天起计入阶梯，不早于文件日期"))
    due = serializers.DateField(required=False, allow_null=True, default=None)
    grounds = serializers.MultipleChoiceField(choices=list(GROUNDS), required=False, default=set)
    reason = serializers.CharField(max_length=REASON_LENGTH)
    files = serializers.ListField(child=serializers.FileField(), max_length=MOST_FILES)


@extend_schema_view(
    list=extend_schema(summary=_("考核决定之外的措施列表")), retrieve=extend_schema(summary=_("一项考核决定之外的措施"))
)
class MeasureOrderViewSet(ReadViewSet):
    """Measures outside a decision (考核决定之外的措施), for the office; another person than the recorder confirms or refuses."""

    permission = Permission.MEASURE_ACT
    write_scopes: ClassVar[dict[str, str]] = {"POST": ApiScope.ASSESSMENT_WRITE}
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = dict.fromkeys(
        ("create", "confirm", "refuse", "withdraw"), ("dry_run",)
    )
    queryset = MeasureOrder.objects.select_related("zone", "proposed_by", "settled_by", "measure").prefetch_related(
        "files"
    )
    serializer_class = MeasureOrderSerializer
    filterset_class = MeasureOrderFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    parser_classes: Any = (JSONParser, MultiPartParser)
    lookup_value_regex = r"[0-9]{1,9}"

    def etag(self, instance: MeasureOrder, data: Any) -> str:
        return etag_for_revision(instance.revision)

    @extend_schema(
        summary=_("登记考核决定之外的措施；同样的再发一次，答复已登记的"),
        request={"multipart/form-data": MeasureOrderRequestSerializer},
        responses={201: MeasureOrderSerializer, 200: MeasureOrderSerializer},
        parameters=[DRY_RUN],
    )
    def create(self, request: Request) -> Response:
        body = MeasureOrderRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        zone = Zone.objects.visible_to(_user(request), Permission.RUN_VIEW).filter(code=given.pop("zone")).first()
        if zone is None:
            raise refused({"zone": str(_("没有这个园区，或不在您的辖区内。"))}, "measure_order_refused")
        trial, newest = dry_run(request), MeasureOrder.objects.order_by("-pk").values_list("pk", flat=True).first()
        try:
            order = services.measure_order_record(by=_user(request), zone=zone, dry_run=trial, **given)
        except MeasureOrderRefused as refusal:
            raise refused(refusal.faults, "measure_order_refused") from refusal
        if trial and order.pk is None:
            return Response(MeasureOrderSerializer(order).data)
        made = order.pk > (newest or 0)
        return self._answer(order.pk, status.HTTP_201_CREATED if made else status.HTTP_200_OK)

    @extend_schema(
        summary=_("复核通过，由登记人以外的人"),
        request=None,
        responses=MeasureOrderSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def confirm(self, request: Request, pk: str) -> Response:
        return self._act(services.measure_order_confirm, request)

    @extend_schema(
        summary=_("复核不通过"),
        request=ReasonSerializer,
        responses=MeasureOrderSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def refuse(self, request: Request, pk: str) -> Response:
        return self._act(services.measure_order_refuse, request, reason=_reason(request))

    @extend_schema(
        summary=_("登记人撤回"),
        request=ReasonSerializer,
        responses=MeasureOrderSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def withdraw(self, request: Request, pk: str) -> Response:
        return self._act(services.measure_order_withdraw, request, reason=_reason(request))

    @extend_schema(
        summary=_("措施的文件"),
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

    def _act(self, service: Callable[..., object], request: Request, **arguments: Any) -> Response:
        order = self.get_object()
        revision = if_match_revision(request)
        trial = dry_run(request)
        with transaction.atomic():
            refusing(lambda: service(by=_user(request), order_id=order.pk, base_revision=revision, **arguments))
            answer = self._answer(order.pk)
            transaction.set_rollback(trial)
        if trial:  # the ETag is that of the order as it still is
            answer.headers["ETag"] = etag_for_revision(revision)
        return answer

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        order = self.get_queryset().get(pk=pk)
        headers = {"ETag": etag_for_revision(order.revision)}
        return Response(MeasureOrderSerializer(order).data, status=code, headers=headers)


def _reason(request: Request) -> str:
    body = ReasonSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return str(body.validated_data["reason"])


def _user(request: Any) -> User:
    return cast("User", request.user)
