"""Correction requests over the API (更正申请接口): ask, read, decide, withdraw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import PreconditionFailed, Problem, ReadViewSet, if_match_revision
from common.writes import IF_MATCH
from indicators import services
from indicators.exceptions import IncompleteReturn, MoveRefused, RevisionConflict, ValueInvalid
from indicators.filters_corrections import CorrectionFilter
from indicators.models import Correction, CorrectionItem, Return
from indicators.serializers import CellSerializer
from indicators.services import CellInput


class CorrectionItemSerializer(serializers.ModelSerializer[CorrectionItem]):
    """What stood, and what is to stand."""

    indicator = serializers.CharField(source="indicator.code", read_only=True)
    unit = serializers.CharField(source="indicator.unit", read_only=True)
    old_absence = serializers.CharField(read_only=True)
    new_absence = serializers.CharField(read_only=True)

    class Meta:
        model = CorrectionItem
        fields = ("indicator", "unit", "old_number", "old_absence", "new_number", "new_absence", "comment")


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    """A request with its items; applied, it has changed exactly these figures."""

    return_id = serializers.IntegerField(source="return_ref_id", read_only=True)
    zone = serializers.CharField(source="return_ref.zone.code", read_only=True)
    period = serializers.CharField(source="return_ref.round.period", read_only=True)
    requested_by = serializers.CharField(read_only=True)
    decided_by = serializers.CharField(default="", read_only=True)
    items = CorrectionItemSerializer(many=True, read_only=True)

    class Meta:
        model = Correction
        fields = (
            "id", "return_id", "zone", "period", "status", "reason", "requested_by", "requested_at", "decided_by",
            "decided_at", "decision_reason", "items",
        )  # fmt: skip


class CorrectionRequestSerializer(serializers.Serializer[Any]):
    """A request: cells as in `PUT returns/<id>/values/`, and why."""

    return_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    items = CellSerializer(many=True)
    reason = serializers.CharField(max_length=2000)


class CorrectionDecisionSerializer(serializers.Serializer[Any]):
    apply = serializers.BooleanField(help_text=_("true 采纳，false 驳回"))
    reason = serializers.CharField(max_length=2000, allow_blank=True, default="", help_text=_("驳回时必填"))


class CorrectionViewSet(ReadViewSet):
    """Requests in the caller's territory (更正申请). A new one needs `If-Match` with the ETag of the return."""

    permission: Mapping[str, str] = {"GET": Permission.RETURN_VIEW, "POST": Permission.RETURN_VIEW}
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.RETURN_WRITE}
    queryset = Correction.objects.select_related(
        "return_ref__zone", "return_ref__round", "requested_by", "decided_by"
    ).prefetch_related("items__indicator")
    serializer_class = CorrectionSerializer
    filterset_class = CorrectionFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.action == "decide":
            self.write_scopes = {"POST": ApiScope.RETURN_REVIEW}  # type: ignore[misc]
        super().initial(request, *args, **kwargs)

    @extend_schema(
        summary=_("申请更正"),
        request=CorrectionRequestSerializer,
        responses={201: CorrectionSerializer},
        parameters=[IF_MATCH],
    )
    def create(self, request: Request) -> Response:
        revision = if_match_revision(request)
        body = CorrectionRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        correction = _done(
            lambda: services.correction_request(
                by=cast("User", request.user),
                return_id=asked["return_id"],
                items=[CellInput(**cell) for cell in asked["items"]],
                reason=asked["reason"],
                base_revision=revision,
            )
        )
        return self._shown(correction.pk, status.HTTP_201_CREATED)

    @extend_schema(summary=_("裁定更正"), request=CorrectionDecisionSerializer, responses=CorrectionSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def decide(self, request: Request, pk: str) -> Response:
        body = CorrectionDecisionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        number = self._id()
        _done(
            lambda: services.correction_decide(
                by=cast("User", request.user), correction_id=number, **body.validated_data
            )
        )
        return self._shown(number)

    @extend_schema(summary=_("撤回更正申请"), request=None, responses=CorrectionSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def withdraw(self, request: Request, pk: str) -> Response:
        number = self._id()
        _done(lambda: services.correction_withdraw(by=cast("User", request.user), correction_id=number))
        return self._shown(number)

    def _id(self) -> int:
        return int(self.get_object().pk)

    def _shown(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(CorrectionSerializer(self.get_queryset().get(pk=pk)).data, status=code)


def _done(act: Callable[[], Correction]) -> Correction:
    """The act; refusals become problems."""
    try:
        return act()
    except (Return.DoesNotExist, Correction.DoesNotExist):
        raise Http404 from None
    except RevisionConflict as error:
        raise PreconditionFailed(str(error)) from error
    except ValueInvalid as error:
        errors = [
            {"indicator": code, "code": "invalid", "detail": sentence}
            for code, sentences in error.errors.items()
            for sentence in sentences
        ]
        raise _unprocessable("cells_invalid", errors) from error
    except IncompleteReturn as error:
        errors = [{"indicator": f.codes[0], "code": f.rule, "detail": f.message} for f in error.findings]
        raise _unprocessable("correction_breaks_rules", errors) from error
    except MoveRefused as error:
        raise Problem(str(error), code="move_refused", status_code=status.HTTP_409_CONFLICT) from error


def _unprocessable(code: str, errors: list[dict[str, str]]) -> Problem:
    detail = _("更正没有提交或没有采纳，什么都没有改。errors 逐条列出原因。")
    return Problem(detail, code=code, status_code=status.HTTP_422_UNPROCESSABLE_ENTITY, errors=errors)
