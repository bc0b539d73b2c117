"""Departments' figures, differences and decisions over the API (部门数据与核对接口)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import IO, Any, ClassVar, cast

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import PreconditionFailed, Problem, ReadViewSet, SyntheticSerializer, dry_run
from common.writes import DRY_RUN
from indicators import selectors, services
from indicators.deliveries import Fault
from indicators.enums import Channel, Verdict
from indicators.exceptions import DeliveryRefused, MoveRefused, RevisionConflict
from indicators.filters_departments import DecisionFilter, DepartmentValueFilter, DifferenceFilter
from indicators.intake import Intake, read_csv, read_ndjson, read_objects
from indicators.models import DepartmentLoad, Indicator, Reconciliation, Value
from indicators.services import Delivery
from parks.models import Zone

LONGEST_KEY = 120  # as the column holds
SAID = ("period", "source_note", "name", "department")
"""What is said of a whole delivery: in a JSON body, or in the address where the body is a table."""


class _BytesParser(BaseParser):
    """Leaves the body as it came; `indicators.intake` reads it line by line."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return stream.read()


class NdjsonParser(_BytesParser):
    media_type = "application/x-ndjson"


class CsvParser(_BytesParser):
    media_type = "text/csv"


# ---- shapes ------------------------------------------------------------------------------------------------------


class DepartmentValueSerializer(SyntheticSerializer, serializers.ModelSerializer[Value]):
    """A department's figure in its indicator's unit; `load` is the delivery that brought it."""

    zone = serializers.CharField(source="zone.code", read_only=True)
    indicator = serializers.CharField(source="indicator.code", read_only=True)
    unit = serializers.CharField(source="indicator.unit", read_only=True)
    load = serializers.IntegerField(source="load_id", allow_null=True, read_only=True)

    class Meta:
        model = Value
        fields = (
            "id", "zone", "indicator", "department", "year", "period", "number", "unit", "absence", "comment", "source_note",
            "load", "revision", "updated_at", "synthetic", "mark",
        )  # fmt: skip


class FigureSerializer(serializers.Serializer[Any]):
    """One figure of a delivery. `number` may be text as it stands in a table; `absence` takes back a delivered figure."""

    zone = serializers.CharField(help_text=_("园区编号，或登记名称"))
    indicator = serializers.CharField(help_text=_("指标代码"))
    number = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True, required=False)
    unit = serializers.CharField(required=False, help_text=_("写了就核对；须与指标单位一致"))
    absence = serializers.CharField(required=False)
    comment = serializers.CharField(required=False)
    zone_name = serializers.CharField(required=False, help_text=_("写了就与编号核对"))


class DeliverySerializer(serializers.Serializer[Any]):
    """A delivery as JSON. As CSV or NDJSON the body holds the figures and these facts are query parameters."""

    period = serializers.CharField(help_text=_("2025、2025Q1 或 2025-03"))
    source_note = serializers.CharField(help_text=_("来源说明：哪份统计、什么日期定稿"))
    name = serializers.CharField(required=False, help_text=_("批次名"))
    department = serializers.CharField(required=False, help_text=_("在几个部门任职时须指明"))
    values = FigureSerializer(many=True)


class LoadSerializer(SyntheticSerializer, serializers.ModelSerializer[DepartmentLoad]):
    class Meta:
        model = DepartmentLoad
        fields = (
            "id", "department", "period", "name", "source_note", "channel", "rows", "digest", "created_at", "synthetic", "mark",
        )  # fmt: skip


class ChangeSerializer(serializers.Serializer[Any]):
    zone = serializers.CharField(source="zone.code")
    indicator = serializers.CharField(source="indicator.code")
    number = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    absence = serializers.CharField()
    before = serializers.DecimalField(
        source="before.number", max_digits=20, decimal_places=4, allow_null=True, default=None
    )


class OutcomeSerializer(serializers.Serializer[Any]):
    """What a delivery changed, or with `dry_run` would change; `load` is null then."""

    load = LoadSerializer(allow_null=True)
    rows = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    changes = ChangeSerializer(many=True)


class DecisionSerializer(serializers.ModelSerializer[Reconciliation]):
    """A decision (核对裁定). On writing, `reported` and `known` are the figures as they were read: 412 when they changed."""

    zone = serializers.SlugRelatedField(slug_field="code", queryset=Zone.objects.none())
    indicator = serializers.SlugRelatedField(slug_field="code", queryset=Indicator.objects.base().for_zones())
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    decided_by = serializers.CharField(read_only=True)

    class Meta:
        model = Reconciliation
        fields = (
            "id", "zone", "indicator", "year", "period", "department", "reported", "known", "verdict", "reason", "decided_by",
            "decided_at",
        )  # fmt: skip
        read_only_fields = ("year", "department", "decided_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None and request.method == "POST":
            zones = Zone.objects.visible_to(request.user, Permission.RETURN_VIEW).select_related(
                "administration", "city"
            )
            self.fields["zone"].queryset = zones  # type: ignore[attr-defined]


class DifferenceSerializer(SyntheticSerializer, serializers.ModelSerializer[Value]):
    """Two figures further apart than the item's tolerance; `state`: open, decided, or void (a figure changed since)."""

    zone = serializers.CharField(source="zone.code", read_only=True)
    indicator = serializers.CharField(source="indicator.code", read_only=True)
    unit = serializers.CharField(source="indicator.unit", read_only=True)
    reported = serializers.DecimalField(max_digits=20, decimal_places=4, read_only=True)
    known = serializers.DecimalField(source="number", max_digits=20, decimal_places=4, read_only=True)
    gap = serializers.DecimalField(max_digits=20, decimal_places=4, read_only=True)
    share_pct = serializers.DecimalField(
        source="share", max_digits=30, decimal_places=4, allow_null=True, read_only=True
    )
    tolerance_pct = serializers.DecimalField(
        source="indicator.tolerance_pct", max_digits=5, decimal_places=2, read_only=True
    )
    state = serializers.CharField(read_only=True)

    class Meta:
        model = Value
        fields = (
            "id", "zone", "indicator", "period", "department", "unit", "reported", "known", "gap", "share_pct",
            "tolerance_pct", "state", "synthetic", "mark",
        )  # fmt: skip


# ---- resources ---------------------------------------------------------------------------------------------------

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=_("同一个键的同一请求只形成一个批次，重发无害"),
)
FACTS = [
    OpenApiParameter(name, OpenApiTypes.STR, description=_("CSV、NDJSON 时写在这里，JSON 时写在正文")) for name in SAID
]


@extend_schema_view(list=extend_schema(summary=_("部门数据")), retrieve=extend_schema(summary=_("一个部门数据")))
class DepartmentValueViewSet(ReadViewSet):
    """Departments' figures (部门数据): those of one's zones, and for a department all it has delivered."""

    permission: Mapping[str, str] = {"GET": Permission.RETURN_VIEW, "POST": Permission.DEPARTMENT_LOAD}
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.DEPARTMENT_WRITE}
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = {"create": ("dry_run", *SAID)}
    territorial: ClassVar[bool] = False
    queryset = Value.objects.none()
    serializer_class = DepartmentValueSerializer
    filterset_class = DepartmentValueFilter
    parser_classes = (JSONParser, NdjsonParser, CsvParser)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Value.objects.none()
        return selectors.department_values(cast("User", self.request.user)).select_related("zone", "indicator")

    @extend_schema(
        summary=_("导入部门数据：全部保存或全不保存"),
        description=_("任何一条有误则全部不保存，errors 逐条列出位置、原因和改法。"),
        request=DeliverySerializer,
        responses={200: OutcomeSerializer, 201: OutcomeSerializer},
        parameters=[DRY_RUN, KEY, *FACTS],
    )
    def create(self, request: Request) -> Response:
        by, dry = cast("User", request.user), dry_run(request)
        digest = _digest(request)
        facts, intake = _delivered(request)
        try:
            department = services.department_of(by, facts["department"])
            if dry or intake.faults:
                return Response(_outcome(None, _sound(by, department, facts, intake)))
            load, delivery = services.department_load(
                by=by,
                department=department,
                period=facts["period"],
                rows=intake.rows,
                name=facts["name"],
                source_note=facts["source_note"],
                channel=Channel.API,
                digest=digest,
                idempotency_key=_key(request),
            )
        except DeliveryRefused as refused:
            raise _refused(refused.faults) from refused
        except MoveRefused as refused:
            raise Problem(str(refused), code="refused", status_code=status.HTTP_409_CONFLICT) from refused
        return Response(_outcome(load, delivery), status=status.HTTP_201_CREATED)


def _digest(request: Request) -> str:
    """Of the whole request; taken before the body is parsed, for afterwards it can't be read again."""
    try:
        body = request.body
    except RequestDataTooBig as error:
        detail = _("请求体过大。请按指标分几次导入。")
        raise Problem(detail, code="too_large", status_code=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE) from error
    return hashlib.sha256(request.META.get("QUERY_STRING", "").encode() + b"\n" + body).hexdigest()


def _delivered(request: Request) -> tuple[dict[str, str], Intake]:
    """The facts of the delivery, and its figures as read."""
    data: Any = request.data
    if isinstance(data, bytes):
        facts = request.query_params
        if (request.content_type or "").startswith(CsvParser.media_type):
            return _facts(facts), read_csv(data, Indicator.objects.base().for_zones())
        return _facts(facts), read_ndjson(data)
    if not isinstance(data, Mapping) or not isinstance(data.get("values"), list):
        detail = _("正文须是一个对象，其中 values 是数据的列表。")
        raise Problem(
            detail, code="invalid", errors=[{"pointer": "/values", "code": "required", "detail": str(detail)}]
        )
    if unknown := sorted(set(map(str, data)) - {*SAID, "values"}):
        errors = [{"pointer": f"/{name}", "code": "unknown", "detail": str(_("没有这个字段。"))} for name in unknown]
        raise Problem(_("数据未通过校验，errors 逐条列出位置和原因。"), code="validation", errors=errors)
    return _facts(data), read_objects(data["values"])


def _facts(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(given.get(name) or "").strip() for name in SAID}


def _sound(by: User, department: str, facts: Mapping[str, str], intake: Intake) -> Delivery:
    """The difference a delivery would make. Raises DeliveryRefused with every fault of reading and of checking."""
    delivery = services.delivery_check(
        by=by,
        department=department,
        period=facts["period"],
        rows=intake.rows,
        about=(facts["name"], facts["source_note"]),
    )
    if faults := [*intake.faults, *delivery.faults]:
        raise DeliveryRefused(faults)
    return delivery


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise Problem(_("Idempotency-Key 最多 %(most)d 个字符。") % {"most": LONGEST_KEY}, code="invalid_key")
    return key


def _outcome(load: DepartmentLoad | None, delivery: Delivery) -> Any:
    return OutcomeSerializer(
        {
            "load": load,
            "rows": delivery.rows,
            "changed": len(delivery.changes),
            "unchanged": delivery.unchanged,
            "changes": delivery.changes,
        }
    ).data


def _refused(faults: list[Fault]) -> Problem:
    """422; each fault with a JSON pointer or the number of its line, and the zones that may be meant."""
    errors = []
    for fault in faults:
        line = fault.place.removeprefix("line ")
        where = {"line": line} if line != fault.place else {"pointer": fault.place}
        choices = {"choices": " ".join(zone.code for zone in fault.choices)} if fault.choices else {}
        errors.append({**where, "code": fault.code, "detail": fault.message, **choices})
    detail = _("有数据未通过校验，全部未保存。errors 逐条列出位置、原因和改法。")
    return Problem(detail, code="delivery_refused", status_code=status.HTTP_422_UNPROCESSABLE_ENTITY, errors=errors)


@extend_schema_view(list=extend_schema(summary=_("核对裁定")), retrieve=extend_schema(summary=_("一项核对裁定")))
class ReconciliationViewSet(ReadViewSet):
    """Decisions on differences (核对裁定), append-only: the newest of a cell holds while both figures stand."""

    permission: Mapping[str, str] = {"GET": Permission.RETURN_VIEW, "POST": Permission.RECONCILE}
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.RETURN_REVIEW}
    territorial: ClassVar[bool] = False
    queryset = Reconciliation.objects.select_related("zone", "indicator", "decided_by")
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return queryset
        return queryset.filter(selectors.within_reach(cast("User", self.request.user)))

    @extend_schema(summary=_("裁定一项差异"), request=DecisionSerializer, responses={201: DecisionSerializer})
    def create(self, request: Request) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        facts = body.validated_data
        try:
            made = services.reconciliation_decide(
                by=cast("User", request.user),
                zone=facts["zone"],
                indicator=facts["indicator"],
                period=facts["period"],
                verdict=facts["verdict"],
                reason=facts["reason"],
                seen=(facts["reported"], facts["known"]),
            )
        except RevisionConflict as conflict:
            raise PreconditionFailed(str(conflict)) from conflict
        except MoveRefused as refused:
            raise Problem(str(refused), code="move_refused", status_code=status.HTTP_409_CONFLICT) from refused
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


@extend_schema_view(list=extend_schema(summary=_("超出容差的差异")), retrieve=extend_schema(summary=_("一项差异")))
class DifferenceViewSet(ReadViewSet):
    """Reported and departments' figures further apart than the item's tolerance, within the caller's reach (核对差异)."""

    permission = Permission.RETURN_VIEW
    territorial: ClassVar[bool] = False
    queryset = Value.objects.none()
    serializer_class = DifferenceSerializer
    filterset_class = DifferenceFilter

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Value.objects.none()
        # A cursor needs an order that does not move when a figure does.
        differing = selectors.differences(cast("User", self.request.user)).order_by("pk")
        return differing.select_related("zone", "indicator")
