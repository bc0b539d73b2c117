"""Returns and their figures over the API: filling in, filing, findings (报表接口)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, cast

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import PreconditionFailed, Problem, ReadViewSet, etag_for_revision, if_match_revision
from common.writes import IF_MATCH
from indicators import services
from indicators.api.history import HistoryMixin
from indicators.api.uploads import WorkbookActions
from indicators.enums import Channel
from indicators.exceptions import IncompleteReturn, MoveRefused, ReturnLocked, RevisionConflict, ValueInvalid
from indicators.filters import ReturnFilter, ValueFilter
from indicators.models import Return, Value
from indicators.selectors import check_return
from indicators.serializers import (
    CellSerializer,
    FindingSerializer,
    ReturnDetailSerializer,
    ReturnSerializer,
    ValueSerializer,
)


class ValueViewSet(HistoryMixin, ReadViewSet):
    """Figures in the caller's territory (指标值), of any status; `accepted=true` for those that count."""

    permission = Permission.RETURN_VIEW
    queryset = Value.objects.select_related("zone", "indicator", "return_ref")
    serializer_class = ValueSerializer
    filterset_class = ValueFilter


@extend_schema_view(
    list=extend_schema(summary=_("报表列表")), retrieve=extend_schema(summary=_("一份报表及其办理记录"))
)
class ReturnViewSet(WorkbookActions, ReadViewSet):
    """Returns in the caller's territory (报表). Writes need `If-Match` with the ETag of the return as it was read."""

    permission: Mapping[str, str] = {
        "GET": Permission.RETURN_VIEW,
        "PUT": Permission.RETURN_FILL,
        "PATCH": Permission.RETURN_FILL,
        "DELETE": Permission.RETURN_FILL,
        "POST": Permission.RETURN_SUBMIT,
    }
    write_scopes: ClassVar[Mapping[str, str]] = {"PUT": ApiScope.RETURN_WRITE, "POST": ApiScope.RETURN_WRITE}
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = {"workbook": ("dry_run",)}
    queryset = Return.objects.select_related("round", "zone__administration")
    serializer_class = ReturnSerializer
    filterset_class = ReturnFilter

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        return queryset if self.action == "list" else queryset.prefetch_related("acts__actor", "acts__organisation")

    def get_serializer_class(self) -> Any:
        return ReturnSerializer if self.action == "list" else ReturnDetailSerializer

    def etag(self, instance: Return, data: Any) -> str:
        return etag_for_revision(instance.revision)

    @extend_schema(methods=["GET"], summary=_("报表的已填项"), responses=ValueSerializer(many=True), filters=False)
    @extend_schema(
        methods=["PUT"],
        summary=_("填写多项：全部保存或全不保存"),
        description=_("未列出的项保持不变。任何一项有误则全部不保存，errors 逐条列出。"),
        request=CellSerializer(many=True),
        responses=ReturnDetailSerializer,
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["get", "put"], pagination_class=None)
    def values(self, request: Request, pk: str) -> Response:
        if request.method != "PUT":
            return_ = self.get_object()
            filled = return_.values.select_related("zone", "indicator", "return_ref").order_by("indicator__position")
            return Response(ValueSerializer(filled, many=True).data, headers=self._version(return_))
        revision = if_match_revision(request)
        body = CellSerializer(data=request.data, many=True)
        body.is_valid(raise_exception=True)
        cells = [services.CellInput(**cell) for cell in body.validated_data]
        codes = [cell.indicator_code for cell in cells]
        return self._write(
            lambda: services.values_save(
                by=cast("User", request.user),
                return_id=self._id(),
                cells=cells,
                base_revision=revision,
                channel=Channel.API,
            ),
            codes,
        )

    @extend_schema(summary=_("报送报表"), request=None, responses=ReturnDetailSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], pagination_class=None)
    def submit(self, request: Request, pk: str) -> Response:
        revision = if_match_revision(request)
        return self._write(
            lambda: services.return_submit(by=cast("User", request.user), return_id=self._id(), base_revision=revision),
            [],
        )

    @extend_schema(summary=_("审核结果"), responses=FindingSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def findings(self, request: Request, pk: str) -> Response:
        return_ = self.get_object()
        return Response(FindingSerializer(check_return(return_), many=True).data, headers=self._version(return_))

    def _id(self) -> int:
        """The id in the address; one that is no number finds nothing."""
        try:
            return int(self.kwargs["pk"])
        except ValueError:
            raise Http404 from None

    def _version(self, return_: Return) -> dict[str, str]:
        return {"ETag": etag_for_revision(return_.revision), "Cache-Control": "private, no-cache"}

    def _write(self, act: Callable[[], Return], codes: list[str]) -> Response:
        """Do the act and answer with the return as it then stands; refusals become problems."""
        try:
            act()
        except Return.DoesNotExist:
            raise Http404 from None
        except RevisionConflict as error:
            raise PreconditionFailed(str(error)) from error
        except ReturnLocked as error:
            raise Problem(str(error), code="return_locked", status_code=status.HTTP_409_CONFLICT) from error
        except ValueInvalid as error:
            raise _invalid(error, codes) from error
        except IncompleteReturn as error:
            raise _incomplete(error) from error
        except MoveRefused as error:
            raise Problem(str(error), code="move_refused", status_code=status.HTTP_409_CONFLICT) from error
        return_ = self.get_object()
        return Response(ReturnDetailSerializer(return_).data, headers=self._version(return_))


def _invalid(error: ValueInvalid, codes: list[str]) -> Problem:
    """422 with a pointer to the cell of each fault."""
    errors = [
        {"pointer": f"/{_last(codes, code)}", "code": "invalid", "detail": sentence}
        for code, sentences in error.errors.items()
        for sentence in sentences
    ]
    return _unprocessable(_("有单元格未通过校验，全部未保存。errors 逐条列出位置和原因。"), "cells_invalid", errors)


def _last(codes: list[str], code: str) -> int:
    """Where the code stands last: of two cells for one item the second is the one too many."""
    return len(codes) - 1 - codes[::-1].index(code)


def _incomplete(error: IncompleteReturn) -> Problem:
    errors = [{"indicator": f.codes[0], "code": f.rule, "detail": f.message} for f in error.findings]
    return _unprocessable(_("报表还有须更正或说明之处，没有报送。errors 逐条列出。"), "return_incomplete", errors)


def _unprocessable(detail: object, code: str, errors: list[dict[str, str]]) -> Problem:
    return Problem(detail, code=code, status_code=status.HTTP_422_UNPROCESSABLE_ENTITY, errors=errors)
