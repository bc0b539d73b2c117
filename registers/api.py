"""REST resources of registers: definitions, entries, figures, enterprises (台账接口)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast

import pandas as pd
from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import (
    PreconditionFailed,
    Problem,
    ReadViewSet,
    SyntheticSerializer,
    dry_run,
    etag_for_revision,
    if_match_revision,
)
from common.attachments import file_response
from common.writes import DRY_RUN, IF_MATCH
from registers.definition import as_json
from registers.enums import Channel
from registers.exceptions import EnterpriseInvalid, EntriesInvalid, EntryConflict, Errors
from registers.files import entry_file_add, entry_file_remove
from registers.filters import EnterpriseFilter, entry_filter
from registers.models import Enterprise, Entry, EntryFile, Register
from registers.selectors import register_counts
from registers.services import Write, enterprise_save, entries_save, entry_change, entry_withdraw

Made = TypeVar("Made")
MOST_ROWS, MOST_YEARS = 1000, 30
WRITES: Mapping[str, str] = dict.fromkeys(("POST", "PATCH", "DELETE"), ApiScope.REGISTER_WRITE)
RIGHTS: Mapping[str, str] = {
    "GET": Permission.REGISTER_VIEW,
    "POST": Permission.REGISTER_KEEP,
    "PATCH": Permission.REGISTER_KEEP,
    "DELETE": Permission.REGISTER_KEEP,
}


# ---- shapes ---------------------------------------------------------------------------------------------------


class RegisterSerializer(serializers.ModelSerializer[Register]):
    """A register; its wording stands in the single read."""

    class Meta:
        model = Register
        fields = ["code", "name_zh", "name_en", "section", "place", "position", "version"]


class RegisterDetailSerializer(RegisterSerializer):
    definition = serializers.SerializerMethodField(help_text=_("字段、关系、过程、统计：与政策包中的写法相同"))

    class Meta(RegisterSerializer.Meta):
        fields = [*RegisterSerializer.Meta.fields, "definition"]

    def get_definition(self, row: Register) -> dict[str, Any]:
        return as_json(row.spec)


class EntryFileSerializer(serializers.ModelSerializer[EntryFile]):
    """A paper behind an entry; its content under `…/files/<id>/`."""

    class Meta:
        model = EntryFile
        fields = ["id", "name", "size", "digest", "content_type", "uploaded_at"]


class EntryFileUploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField()


class EntrySerializer(SyntheticSerializer, serializers.ModelSerializer[Entry]):
    """An entry; `data` by field, see the register's definition."""

    register = serializers.CharField(source="register.code")
    zone = serializers.CharField(source="zone.code", default=None, allow_null=True)
    region = serializers.CharField(source="region.code", default=None, allow_null=True)
    data = serializers.DictField(child=serializers.JSONField())  # type: ignore[assignment]
    files = serializers.SerializerMethodField()

    class Meta:
        model = Entry
        fields = [
            "id", "register", "version", "zone", "region", "title", "dated", "data", "files", "revision", "channel",
            "synthetic", "mark", "created_at", "changed_at", "withdrawn_at", "withdrawn_reason",
        ]  # fmt: skip

    @extend_schema_field(EntryFileSerializer(many=True))
    def get_files(self, entry: Entry) -> list[dict[str, Any]]:
        """Those that were not taken back."""
        standing = [each for each in entry.files.all() if each.removed_at is None]
        return [dict(EntryFileSerializer(each).data) for each in standing]


class EntryWriteSerializer(serializers.Serializer[Any]):
    """A new entry: the zone or region it hangs on, and the answers by field."""

    zone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    region = serializers.CharField(max_length=40, required=False, allow_blank=True)
    data = serializers.DictField(child=serializers.JSONField(allow_null=True))  # type: ignore[assignment]


class RowSerializer(EntryWriteSerializer):
    """A row of a bulk write: with `id` and the `revision` it was read at it changes that entry."""

    id = serializers.IntegerField(required=False, min_value=1)
    revision = serializers.IntegerField(required=False, min_value=1)


class BulkSerializer(serializers.Serializer[Any]):
    rows = serializers.ListField(child=RowSerializer(), max_length=MOST_ROWS, allow_empty=False)


class BulkAnswerSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    ids = serializers.ListField(child=serializers.IntegerField(allow_null=True))


class WithdrawSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=240)


class FigureSerializer(serializers.Serializer[Any]):
    measure = serializers.CharField()
    place = serializers.CharField()
    year = serializers.IntegerField()
    number = serializers.FloatField(allow_null=True)
    part = serializers.FloatField()
    whole = serializers.FloatField()
    entries = serializers.IntegerField()
    undated = serializers.IntegerField()
    synthetic = serializers.BooleanField()


class EnterpriseSerializer(SyntheticSerializer, serializers.ModelSerializer[Enterprise]):
    zone = serializers.CharField(source="zone.code")

    class Meta:
        model = Enterprise
        fields = ["credit_code", "name", "zone", "industry", "since", "left", "revision", "synthetic", "mark"]


class EnterpriseWriteSerializer(serializers.Serializer[Any]):
    credit_code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    zone = serializers.CharField(max_length=40)
    industry = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    since = serializers.DateField(required=False, allow_null=True, default=None)
    left = serializers.DateField(required=False, allow_null=True, default=None)


# ---- resources ------------------------------------------------------------------------------------------------


@extend_schema_view(list=extend_schema(summary=_("台账列表")), retrieve=extend_schema(summary=_("一个台账及其定义")))
class RegisterViewSet(ReadViewSet):
    """Registers of the policy (台账); the same for everyone, their entries by territory."""

    queryset = Register.objects.active()
    territorial: ClassVar[bool] = False
    permission = Permission.REGISTER_VIEW
    serializer_class = RegisterSerializer
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("position", "code")

    def get_queryset(self) -> Any:
        found: Any = super().get_queryset()
        return found if getattr(self, "swagger_fake_view", False) else found.of_provinces(_user(self.request))

    def get_serializer_class(self) -> Any:
        return RegisterDetailSerializer if self.action == "retrieve" else RegisterSerializer

    @extend_schema(
        summary=_("台账得出的数"),
        description=_("按园区（或行政区）和年度；没有任何条目的地方不列出，不等于 0。"),
        parameters=[OpenApiParameter("years", OpenApiTypes.STR, description=_("年度，逗号分隔；缺省为本年"))],
        responses=FigureSerializer(many=True),
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def figures(self, request: Request, code: str) -> Response:
        register = self.get_object()
        visible = Entry.objects.visible_to(_user(request)).filter(register=register).order_by()
        places = set(visible.values_list(f"{register.place}__code", flat=True)) - {None}
        measures = {measure.code for measure in register.spec.measures}
        frame = register_counts(measures, _years(request), places=places)
        rows = frame.astype(object).where(pd.notna(frame), None).to_dict("records")
        return Response(FigureSerializer(rows, many=True).data)


@extend_schema_view(list=extend_schema(summary=_("台账条目")), retrieve=extend_schema(summary=_("一条及其 ETag")))
class EntryViewSet(ReadViewSet):
    """Entries of one register in the caller's territory; filters are the register's own fields."""

    queryset = Entry.objects.select_related("register", "zone", "region").prefetch_related("files")
    permission = RIGHTS
    write_scopes: ClassVar[Mapping[str, str]] = WRITES
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = {"create": ("dry_run",), "bulk": ("dry_run",)}
    serializer_class = EntrySerializer
    lookup_value_regex = r"[0-9]+"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("pk",)

    @cached_property
    def register(self) -> Register:
        return get_object_or_404(Register, code=self.kwargs["register_code"])

    @property
    def filterset_class(self) -> Any:
        """The register's own; the description of the API, drawn without one, has the common ones."""
        if getattr(self, "swagger_fake_view", False):
            return None
        return entry_filter(self.register)

    def get_queryset(self) -> QuerySet[Entry]:
        found: QuerySet[Entry] = super().get_queryset()
        return found if getattr(self, "swagger_fake_view", False) else found.filter(register=self.register)

    def etag(self, instance: Entry, data: Any) -> str:
        return etag_for_revision(instance.revision)

    @extend_schema(
        summary=_("登记一条"),
        request=EntryWriteSerializer,
        responses={201: EntrySerializer, 200: BulkAnswerSerializer},
        parameters=[DRY_RUN],
    )
    def create(self, request: Request, **_kwargs: Any) -> Response:
        body = EntryWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = Write(body.validated_data["data"], self._place(body.validated_data))
        trial = dry_run(request)
        saved = _act(
            lambda: entries_save(
                by=_user(request), register=self.register, rows=[row], channel=Channel.API, dry_run=trial
            )
        )
        if trial:
            return Response({"dry_run": True, "created": 1, "changed": 0, "ids": [None]})
        return self._answer(saved.entries[0], status.HTTP_201_CREATED)

    @extend_schema(
        summary=_("修改一条：给出的字段"),
        request=EntryWriteSerializer(partial=True),
        responses=EntrySerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, pk: str, **_kwargs: Any) -> Response:
        held, revision = self.get_object(), if_match_revision(request)
        body = EntryWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = {"given": body.validated_data["data"], "base_revision": revision, "channel": Channel.API}
        return self._answer(_act(lambda: entry_change(by=_user(request), entry_id=held.pk, **wish)))

    @extend_schema(summary=_("撤销一条"), request=WithdrawSerializer, responses=EntrySerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], pagination_class=None)
    def withdraw(self, request: Request, pk: str, **_kwargs: Any) -> Response:
        held, revision = self.get_object(), if_match_revision(request)
        body = WithdrawSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data["reason"]
        by = _user(request)
        return self._answer(
            _act(lambda: entry_withdraw(by=by, entry_id=held.pk, reason=reason, base_revision=revision))
        )

    @extend_schema(
        summary=_("批量登记和修改：整批保存或都不保存"),
        request=BulkSerializer,
        responses=BulkAnswerSerializer,
        parameters=[DRY_RUN],
        filters=False,
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def bulk(self, request: Request, **_kwargs: Any) -> Response:
        body = BulkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        rows = [
            Write(row["data"], self._place(row), row.get("id"), row.get("revision"))
            for row in body.validated_data["rows"]
        ]
        trial = dry_run(request)
        saved = _act(
            lambda: entries_save(
                by=_user(request), register=self.register, rows=rows, channel=Channel.API, dry_run=trial
            ),
            many=True,
        )
        ids = [None if trial and row.pk is None else entry.pk for row, entry in zip(rows, saved.entries, strict=True)]
        return Response({"dry_run": trial, "created": len(saved.created), "changed": len(saved.changed), "ids": ids})

    @extend_schema(
        summary=_("附上文件"),
        description=_("类型按内容识别：PDF、OFD、DOCX、XLSX、PNG、JPG，每个不超过 20 MB；同一文件再传返回已有的一件。"),
        request={"multipart/form-data": EntryFileUploadSerializer},
        responses={201: EntryFileSerializer},
        filters=False,
    )
    @action(detail=True, methods=["post"], pagination_class=None, parser_classes=[MultiPartParser, JSONParser])
    def files(self, request: Request, pk: str, **_kwargs: Any) -> Response:
        held = self.get_object()
        body = EntryFileUploadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        upload = body.validated_data["file"]
        kept = _act(lambda: entry_file_add(by=_user(request), entry_id=held.pk, file=upload))
        return Response(EntryFileSerializer(kept).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        methods=["GET"],
        summary=_("下载附件"),
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        filters=False,
    )
    @extend_schema(methods=["DELETE"], summary=_("撤下附件"), request=None, responses={204: None}, filters=False)
    @action(detail=True, methods=["get", "delete"], pagination_class=None, url_path=r"files/(?P<file>[0-9]+)")
    def file(self, request: Request, pk: str, file: str, **_kwargs: Any) -> Response | FileResponse:
        held = self.get_object()
        if request.method == "DELETE":
            entry_file_remove(by=_user(request), entry_id=held.pk, file_id=int(file))
            return Response(status=status.HTTP_204_NO_CONTENT)
        kept = get_object_or_404(held.files.standing(), pk=file)
        return file_response(kept.file, kept.name, kept.content_type)

    def _place(self, data: Mapping[str, Any]) -> str:
        return str(data.get(self.register.place, ""))

    def _answer(self, entry: Entry, code: int = status.HTTP_200_OK) -> Response:
        fresh = Entry.objects.select_related("register", "zone", "region").prefetch_related("files").get(pk=entry.pk)
        headers = {"ETag": etag_for_revision(fresh.revision)}
        return Response(EntrySerializer(fresh).data, status=code, headers=headers)


@extend_schema_view(list=extend_schema(summary=_("企业列表")), retrieve=extend_schema(summary=_("一家企业")))
class EnterpriseViewSet(ReadViewSet):
    """Enterprises of the zones in the caller's territory, by unified social credit code (企业)."""

    queryset = Enterprise.objects.select_related("zone")
    permission = RIGHTS
    write_scopes: ClassVar[Mapping[str, str]] = WRITES
    serializer_class = EnterpriseSerializer
    filterset_class = EnterpriseFilter
    lookup_field = "credit_code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("credit_code",)

    def etag(self, instance: Enterprise, data: Any) -> str:
        return etag_for_revision(instance.revision)

    @extend_schema(summary=_("登记企业"), request=EnterpriseWriteSerializer, responses={201: EnterpriseSerializer})
    def create(self, request: Request) -> Response:
        body = EnterpriseWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = _act(lambda: enterprise_save(by=_user(request), **body.validated_data))
        headers = {"ETag": etag_for_revision(made.revision)}
        return Response(EnterpriseSerializer(made).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(
        summary=_("修改企业"),
        request=EnterpriseWriteSerializer(partial=True),
        responses=EnterpriseSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, credit_code: str) -> Response:
        held, revision = self.get_object(), if_match_revision(request)
        body = EnterpriseWriteSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        known = {name: getattr(held, name) for name in ("name", "industry", "since", "left")} | {"zone": held.zone.code}
        given = {name: value for name, value in body.validated_data.items() if name in request.data}
        wish = known | given | {"credit_code": held.credit_code, "base_revision": revision}
        saved = _act(lambda: enterprise_save(by=_user(request), **wish))
        return Response(EnterpriseSerializer(saved).data, headers={"ETag": etag_for_revision(saved.revision)})


# ---- helpers --------------------------------------------------------------------------------------------------


def _user(request: Request) -> User:
    return cast("User", request.user)


def _bad_parameter(name: str, detail: object) -> Problem:
    fault = {"parameter": name, "code": "invalid", "detail": str(detail)}
    return Problem(_("查询参数有误，errors 逐条列出。"), code="invalid_parameter", errors=[fault])


def _years(request: Request) -> list[int]:
    asked = request.query_params.get("years", str(timezone.localdate().year)).split(",")
    if len(asked) > MOST_YEARS or not all(len(year) == 4 and year.isascii() and year.isdigit() for year in asked):
        raise _bad_parameter("years", _("须为四位年份，逗号分隔，最多 30 个。"))
    return sorted({int(year) for year in asked})


def _act(act: Callable[[], Made], *, many: bool = False) -> Made:
    """Do it; refusals become problems."""
    try:
        return act()
    except EntryConflict as conflict:
        raise PreconditionFailed(str(conflict)) from conflict
    except EnterpriseInvalid as invalid:
        raise _invalid(_pointed(invalid.errors, "")) from invalid
    except EntriesInvalid as invalid:
        faults = [
            fault
            for row, errors in sorted(invalid.errors.items())
            for fault in _pointed(errors, f"/rows/{row}" if many else "", answers=True)
        ]
        raise _invalid(faults) from invalid


def _pointed(errors: Errors, start: str, *, answers: bool = False) -> list[dict[str, str]]:
    """Errors with a pointer each: answers stand below `data`, the place and the revision beside it."""
    beside = {"zone", "region", "revision", "reason"}
    return [
        {
            "pointer": start
            + (f"/data/{code}" if answers and code and code not in beside else f"/{code}" if code else ""),
            "code": "invalid",
            "detail": sentence,
        }
        for code, sentences in errors.items()
        for sentence in sentences
    ]


def _invalid(faults: list[dict[str, str]]) -> Problem:
    return Problem(
        _("数据未通过校验，errors 逐条列出位置和原因。"),
        code="entry_invalid",
        status_code=status.HTTP_422_UNPROCESSABLE_ENTITY,
        errors=faults,
    )


def register(router: BaseRouter) -> None:
    router.register("registers", RegisterViewSet, basename="register")
    router.register(r"registers/(?P<register_code>[\w-]+)/entries", EntryViewSet, basename="entry")
    router.register("enterprises", EnterpriseViewSet, basename="enterprise")
