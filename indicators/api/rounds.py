"""Rounds over the API: putting together, opening, closing, reminding, the board, extensions (填报任务接口)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeVar, cast

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import (
    HasPermission,
    HasScope,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    ReadViewSet,
    StrictWrites,
    dry_run,
    etag_for_revision,
    if_match_revision,
)
from common.writes import DRY_RUN, IF_MATCH
from indicators import periods, reminders, selectors, services
from indicators.enums import ReviewStep
from indicators.exceptions import MoveRefused, RevisionConflict, RoundInvalid
from indicators.filters import BoardFilter, RoundFilter
from indicators.models import Return, Round
from indicators.selectors.board import BoardLine, CompletenessRow, columns
from indicators.selectors.rounds import (
    REMINDER_DAYS,
    RoundPlan,
    RoundPreview,
    closing_preview,
    round_preview,
    round_version,
)
from indicators.serializers import ReturnDetailSerializer, RoundSerializer
from indicators.services import plans
from parks.enums import DesignationLevel, ZoneClass

Made = TypeVar("Made")

BOARD_FILTERS = [OpenApiParameter(name) for name in ("q", "city", "status", "zone_class")]


# ---- shapes ---------------------------------------------------------------------------------------------------


class RoundWriteSerializer(serializers.Serializer[Any]):
    """A round as it is put together; codes of forms, cities, classes, levels and steps. No level or city: all."""

    period = serializers.CharField(max_length=7)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    zone_classes = serializers.ListField(child=serializers.ChoiceField(ZoneClass.choices), allow_empty=False)
    levels = serializers.ListField(child=serializers.ChoiceField(DesignationLevel.choices), required=False)
    cities = serializers.ListField(child=serializers.CharField(max_length=6), required=False, max_length=50)
    forms = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50)
    opens_on = serializers.DateField()
    due_on = serializers.DateField()
    closes_on = serializers.DateField(allow_null=True, required=False)
    review_steps = serializers.ListField(child=serializers.ChoiceField(ReviewStep.choices), required=False)
    reminder_days = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=20)

    def plan(self, before: RoundPlan | None = None) -> RoundPlan:
        """What is asked for; what is left out stays as it was before, or has its default."""
        data = {name: _settled(value) for name, value in self.validated_data.items()}
        if before is not None:
            return replace(before, **data)
        data["name"] = data.get("name") or _title(data["period"])
        return RoundPlan(**{"reminder_days": REMINDER_DAYS, **data})


def _title(period: str) -> str:
    """The name a round gets when none is given; a period that is none is refused with the rest."""
    try:
        return periods.title_zh(period)
    except ValueError:
        return period


def _settled(value: Any) -> Any:
    return tuple(sorted(set(value))) if isinstance(value, list) else value


class ExtensionSerializer(serializers.Serializer[Any]):
    due_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)


def _preview_data(seen: RoundPreview) -> dict[str, Any]:
    return {
        "dry_run": True,
        "zones": [zone.code for zone in seen.zones],
        "items": [item.code for item in seen.items],
        "cells": seen.cells,
        "existing_returns": seen.existing,
        "unreachable": [zone.code for zone in seen.unreachable],
        "clashes": [
            {"zone": clash.zone.code, "round": clash.round.pk, "items": [item.code for item in clash.items]}
            for clash in seen.clashes
        ],
    }


def _reach_data(reach: reminders.Reminding, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "returns": [row.pk for row in reach.returns],
        "people": reach.people,
        "mails": reach.mails,
        "already": reach.already,
        "unreachable": [row.zone.code for row in reach.unreachable],
    }


def _extension_data(seen: services.Extension) -> dict[str, Any]:
    return {
        "dry_run": True,
        "zone": seen.return_.zone.code,
        "due_on_before": seen.return_.due_on,
        "due_on": seen.due_on,
        "people": seen.people,
    }


def _row_data(row: CompletenessRow) -> dict[str, Any]:
    return {
        "city": row.city.code if row.city else "",
        "counts": row.counts,
        "late": row.late,
        "total": row.total,
        "filled": row.filled,
        "asked": row.asked,
    }


def _line_data(line: BoardLine) -> dict[str, Any]:
    return {
        "zone": line.return_.zone.code,
        "city": line.return_.zone.city.code,
        "return": line.return_.pk,
        "status": line.status,
        "filled": line.filled,
        "asked": line.asked,
        "due_on": line.return_.due_on,
        "late": line.late,
    }


Fields = dict[str, "serializers.Field[Any, Any, Any, Any]"]
_ROW: Fields = {"city": serializers.CharField(), "counts": serializers.DictField(child=serializers.IntegerField()),
        "late": serializers.IntegerField(), "total": serializers.IntegerField(), "filled": serializers.IntegerField(),
        "asked": serializers.IntegerField()}  # fmt: skip
_LINE: Fields = {"zone": serializers.CharField(), "city": serializers.CharField(), "return": serializers.IntegerField(),
         "status": serializers.CharField(), "filled": serializers.IntegerField(), "asked": serializers.IntegerField(),
         "due_on": serializers.DateField(), "late": serializers.BooleanField()}  # fmt: skip
BOARD = inline_serializer(
    "Board",
    {
        "columns": serializers.ListField(child=serializers.CharField()),
        "total": inline_serializer("BoardTotal", _ROW),
        "cities": inline_serializer("BoardCity", _ROW, many=True),
        "zones": inline_serializer("BoardZone", _LINE, many=True),
    },
)


# ---- resources ------------------------------------------------------------------------------------------------


@extend_schema_view(list=extend_schema(summary=_("填报任务列表")), retrieve=extend_schema(summary=_("一个填报任务")))
class RoundViewSet(ReadViewSet):
    """Rounds (填报任务). Changes need `If-Match` with the ETag of the round as it was read."""

    permission: Mapping[str, str] = {
        "GET": Permission.RETURN_VIEW,
        "POST": Permission.ROUND_MANAGE,
        "PATCH": Permission.ROUND_MANAGE,
    }
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.ROUND_WRITE, "PATCH": ApiScope.ROUND_WRITE}
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = dict.fromkeys(
        ("create", "partial_update", "open", "close"), ("dry_run",)
    ) | {"remind": ("dry_run", *BoardFilter.base_filters)}
    queryset = Round.objects.prefetch_related("indicators", "cities", "forms")
    serializer_class = RoundSerializer
    filterset_class = RoundFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-year", "pk")

    def etag(self, instance: Round, data: Any) -> str:
        return f'"{round_version(instance)}"'

    @extend_schema(
        summary=_("新建填报任务"), request=RoundWriteSerializer, responses={201: RoundSerializer}, parameters=[DRY_RUN]
    )
    def create(self, request: Request) -> Response:
        body = RoundWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        plan = plans.of_own_province(_user(request), body.plan())
        if dry_run(request):
            _act(lambda: plans.require(plan))
            return Response(_preview_data(round_preview(plan)))
        made = _act(lambda: services.round_create(by=_user(request), plan=plan))
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(
        summary=_("调整填报任务"),
        request=RoundWriteSerializer(partial=True),
        responses=RoundSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        held = self.get_object()
        version = _match(request)
        body = RoundWriteSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        plan = body.plan(RoundPlan.of(held))
        if dry_run(request):
            _act(lambda: plans.require(plan, held))
            return Response(_preview_data(round_preview(plan, held)))
        _act(lambda: services.round_change(by=_user(request), round_id=held.pk, plan=plan, base_version=version))
        return self._answer(held.pk)

    @extend_schema(summary=_("开放或重新开放"), request=None, responses=RoundSerializer, parameters=[IF_MATCH, DRY_RUN])
    @action(detail=True, methods=["post"], pagination_class=None)
    def open(self, request: Request, pk: str) -> Response:
        held = self.get_object()
        if dry_run(request):
            return Response(_preview_data(round_preview(replace(RoundPlan.of(held), forms=()), held)))
        version = _match(request)
        _act(lambda: services.round_open(by=_user(request), round=held, base_version=version))
        return self._answer(held.pk)

    @extend_schema(summary=_("结束填报"), request=None, responses=RoundSerializer, parameters=[IF_MATCH, DRY_RUN])
    @action(detail=True, methods=["post"], pagination_class=None)
    def close(self, request: Request, pk: str) -> Response:
        held = self.get_object()
        if dry_run(request):
            seen = closing_preview(held)
            left = {"in_review": seen.in_review, "with_parks": seen.with_parks}
            return Response({"dry_run": True, "total": seen.total, "accepted": seen.accepted, **left})
        version = _match(request)
        _act(lambda: services.round_close(by=_user(request), round_id=held.pk, base_version=version))
        return self._answer(held.pk)

    @extend_schema(
        summary=_("催报：筛选出的、还在园区的报表"),
        description=_("同一天对同一份报表，每人只提醒一次；不带筛选则为全部未报送的。"),
        request=None,
        responses=OpenApiTypes.OBJECT,
        parameters=[DRY_RUN, *BOARD_FILTERS],
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def remind(self, request: Request, pk: str) -> Response:
        held = self._named(pk)
        returns = Return.objects.visible_to(_user(request), Permission.ROUND_MANAGE).filter(round=held)
        found = reminders.remindable(_filtered(request, returns))
        if dry_run(request):
            return Response(_reach_data(reminders.preview(found), dry_run=True))
        reach = services.returns_remind(by=_user(request), return_ids=[row.pk for row in found])
        return Response(_reach_data(reach, dry_run=False))

    @extend_schema(summary=_("进度：按市、按园区"), responses=BOARD, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def board(self, request: Request, pk: str) -> Response:
        held = self.get_object()
        found = selectors.completeness(held, _user(request))
        return Response(
            {
                "columns": columns(held),
                "total": _row_data(found.total),
                "cities": [_row_data(row) for row in found.rows],
                "zones": [_line_data(line) for line in found.lines],
            }
        )

    def _named(self, pk: str) -> Round:
        """The round itself: here the filters of the address are those of its returns."""
        if not pk.isascii() or not pk.isdigit():
            raise Http404
        return get_object_or_404(Round.objects.visible_to(_user(self.request)), pk=pk)

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        round_ = self.get_queryset().get(pk=pk)
        return Response(RoundSerializer(round_).data, status=code, headers={"ETag": self.etag(round_, None)})


class ReturnDeadlineViewSet(StrictWrites, GenericViewSet[Any]):
    """More time for one return (延期)."""

    permission = Permission.ROUND_MANAGE
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.ROUND_WRITE}
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = {"extend": ("dry_run",)}
    permission_classes: Any = (IsAuthenticated, HasScope, HasPermission)
    queryset = Return.objects.select_related("round", "zone__administration")
    serializer_class = ReturnDetailSerializer
    lookup_value_regex = r"[0-9]+"

    @extend_schema(
        summary=_("延期"),
        request=ExtensionSerializer,
        responses=ReturnDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def extend(self, request: Request, pk: str) -> Response:
        revision = if_match_revision(request)
        body = ExtensionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = {"return_id": int(pk), "base_revision": revision, **body.validated_data}
        if dry_run(request):
            return Response(_act(lambda: _extension_data(services.extension_check(by=_user(request), **wish))))
        return_ = _act(lambda: services.return_extend(by=_user(request), **wish))
        row = Return.objects.prefetch_related("acts__actor", "acts__organisation").get(pk=return_.pk)
        headers = {"ETag": etag_for_revision(row.revision)}
        return Response(ReturnDetailSerializer(row).data, headers=headers)


def _user(request: Request) -> User:
    return cast("User", request.user)


def _match(request: Request) -> str:
    """The version of a round that a write is based on, from `If-Match`."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired
    return header.strip('"')


def _filtered(request: Request, returns: Any) -> Any:
    chosen = BoardFilter(request.query_params, queryset=returns)
    if not chosen.is_valid():
        faults = [
            {"parameter": name, "code": "invalid", "detail": str(sentence)}
            for name, sentences in chosen.errors.items()
            for sentence in sentences
        ]
        raise Problem(_("查询参数有误，errors 逐条列出。"), code="invalid_parameter", errors=faults)
    return chosen.qs


def _act(act: Callable[[], Made]) -> Made:
    """Do it; refusals become problems."""
    try:
        return act()
    except (Return.DoesNotExist, Round.DoesNotExist):
        raise Http404 from None
    except RevisionConflict as error:
        raise PreconditionFailed(str(error)) from error
    except RoundInvalid as error:
        faults = [
            {"pointer": f"/{field}", "code": "invalid", "detail": sentence}
            for field, sentences in error.errors.items()
            for sentence in sentences
        ]
        code = status.HTTP_422_UNPROCESSABLE_ENTITY
        raise Problem(
            _("数据未通过校验，errors 逐条列出位置和原因。"), code="round_invalid", status_code=code, errors=faults
        ) from error
    except MoveRefused as error:
        raise Problem(str(error), code="move_refused", status_code=status.HTTP_409_CONFLICT) from error
