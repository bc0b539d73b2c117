"""Reviewing over the API: the queue, decisions, bulk acceptance, questions (审核接口)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast
from uuid import uuid4

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
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
    etag_for_data,
    etag_for_revision,
    if_match_revision,
    refuse_unknown_parameters,
)
from common.writes import IF_MATCH
from indicators import services
from indicators.exceptions import MoveRefused, RevisionConflict, ValueInvalid
from indicators.filters import QueueFilter
from indicators.models import Answer, Question, Return
from indicators.selectors import filed_late, next_step, waiting_for
from indicators.selectors.reviews import REVIEWS, obstacles, tallies
from indicators.serializers import ReturnDetailSerializer, ReturnSerializer

SET_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=_("预览（dry_run）答复的 ETag；办理时必须带上，名单或版次已变化为 412"),
)


Made = TypeVar("Made")


# ---- shapes ---------------------------------------------------------------------------------------------------


class QueueSerializer(ReturnSerializer):
    """A return that waits for the caller. `own`: they worked on it, so somebody else must review it."""

    step = serializers.SerializerMethodField()
    waiting_since = serializers.DateTimeField(source="since")
    waiting_days = serializers.SerializerMethodField()
    late = serializers.SerializerMethodField()
    submissions = serializers.IntegerField()
    own = serializers.BooleanField(source="involved")
    hard = serializers.SerializerMethodField()
    unexplained = serializers.SerializerMethodField()
    explained = serializers.SerializerMethodField()
    large_changes = serializers.SerializerMethodField()
    open_questions = serializers.SerializerMethodField()

    class Meta(ReturnSerializer.Meta):
        fields = (
            *ReturnSerializer.Meta.fields, "step", "waiting_since", "waiting_days", "late", "submissions", "own", "hard",
            "unexplained", "explained", "large_changes", "open_questions",
        )  # type: ignore[assignment]  # fmt: skip

    def get_step(self, row: Return) -> str:
        step = next_step(row)
        return step.review if step else ""

    def get_waiting_days(self, row: Any) -> int | None:
        return (timezone.now() - row.since).days if row.since else None

    def get_late(self, row: Return) -> bool:
        return filed_late(row)

    def get_hard(self, row: Return) -> int:
        return int(self.context["tallies"][row.pk].hard)

    def get_unexplained(self, row: Return) -> int:
        return int(self.context["tallies"][row.pk].unexplained)

    def get_explained(self, row: Return) -> int:
        return int(self.context["tallies"][row.pk].explained)

    def get_large_changes(self, row: Return) -> int:
        return int(self.context["tallies"][row.pk].changes)

    def get_open_questions(self, row: Return) -> int:
        return int(self.context["tallies"][row.pk].questions)


class SendBackSerializer(serializers.Serializer[Any]):
    """Reasons for sending a return back: for the whole, by indicator code, or both."""

    reason = serializers.CharField(max_length=2000, allow_blank=True, default="")
    cells = serializers.DictField(child=serializers.CharField(max_length=2000), default=dict)


class BulkSerializer(serializers.Serializer[Any]):
    """What to accept: the filtered queue, or of it only `returns`; `dry_run` previews and changes nothing."""

    dry_run = serializers.BooleanField(default=False)
    returns = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=2000)


class BulkLineSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    zone = serializers.CharField()
    revision = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())


class BulkResultSerializer(serializers.Serializer[Any]):
    """`accepted` were, or with `dry_run` would be, accepted; `left_out` were not, each with the reasons."""

    dry_run = serializers.BooleanField()
    request_id = serializers.CharField(allow_blank=True)
    accepted = BulkLineSerializer(many=True)
    left_out = BulkLineSerializer(many=True)


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    by = serializers.CharField()

    class Meta:
        model = Answer
        fields = ("id", "text", "by", "at")


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """A question about one figure, or about the return where `indicator` is empty."""

    indicator = serializers.CharField(source="indicator.code", default="")
    return_id = serializers.IntegerField(source="return_ref_id")
    asked_by = serializers.CharField()
    organisation = serializers.CharField(source="organisation.code", default="")
    answers = AnswerSerializer(many=True)

    class Meta:
        model = Question
        fields = (
            "id", "return_id", "indicator", "text", "asked_by", "organisation", "asked_at", "closed_at", "answers",
        )  # fmt: skip


class AskSerializer(serializers.Serializer[Any]):
    indicator = serializers.CharField(max_length=60, allow_blank=True, default="")
    text = serializers.CharField(max_length=2000)


class AnswerTextSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2000)


# ---- the queue ------------------------------------------------------------------------------------------------


class MayReview(BasePermission):
    """One of the review permissions, held anywhere."""

    message = _("您的角色没有进行此项操作的权限。")

    def has_permission(self, request: Any, view: Any) -> bool:
        return any(request.user.may(permission) for permission in REVIEWS)


class ReviewViewSet(mixins.ListModelMixin, GenericViewSet[Any]):
    """What waits for the caller's review (待我审核), the longest waiting first; and its acceptance as a whole."""

    permission = ""
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.RETURN_REVIEW}
    permission_classes = (IsAuthenticated, HasScope, MayReview)
    pagination_class = ReadViewSet.pagination_class
    queryset = Return.objects.none()
    serializer_class = QueueSerializer
    filterset_class = QueueFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("since", "pk")

    def get_queryset(self) -> Any:
        return self.queryset if getattr(self, "swagger_fake_view", False) else waiting_for(_user(self.request))

    def filter_queryset(self, queryset: Any) -> Any:
        refuse_unknown_parameters(self, queryset)
        return super().filter_queryset(queryset)

    @extend_schema(summary=_("待我审核的报表"))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = list(page or [])
        context = {**self.get_serializer_context(), "tallies": tallies(rows)}
        return self.get_paginated_response(QueueSerializer(rows, many=True, context=context).data)

    @extend_schema(
        summary=_("批量通过"), request=BulkSerializer, responses=BulkResultSerializer, parameters=[SET_MATCH]
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def accept(self, request: Request) -> Response:
        """Accept the filtered queue. Preview with `dry_run`; then send the same with its ETag in `If-Match`."""
        form = BulkSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        returns = self.filter_queryset(self.get_queryset())
        if "returns" in form.validated_data:
            returns = returns.filter(pk__in=form.validated_data["returns"])
        waiting = list(returns)
        reasons = obstacles(_user(request), waiting)
        ready = [row for row in waiting if not reasons[row.pk]]
        left_out = [_line(row, reasons[row.pk]) for row in waiting if reasons[row.pk]]
        etag = etag_for_data(sorted([row.pk, row.revision] for row in ready))
        if form.validated_data["dry_run"]:
            body = {"dry_run": True, "request_id": "", "accepted": [_line(row) for row in ready], "left_out": left_out}
            return Response(body, headers={"ETag": etag, "Cache-Control": "private, no-cache"})
        _check_set(request, etag)
        outcome = services.returns_accept(
            by=_user(request), revisions={row.pk: row.revision for row in ready}, request_id=uuid4()
        )
        skipped = [_line(row, why) for row, why in outcome.skipped]
        body = {
            "dry_run": False,
            "request_id": str(outcome.request_id),
            "accepted": [_line(row) for row in outcome.accepted],
            "left_out": [*left_out, *skipped],
        }
        return Response(body)


def _line(return_: Return, reasons: list[str] | None = None) -> dict[str, Any]:
    return {"id": return_.pk, "zone": return_.zone.code, "revision": return_.revision, "reasons": reasons or []}


def _check_set(request: Request, etag: str) -> None:
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired
    if header != etag:
        raise PreconditionFailed(_("名单在预览之后有变化，没有办理。请重新预览，再用新的 ETag 提交。"))


def _user(request: Any) -> User:
    return cast("User", request.user)


# ---- one return -----------------------------------------------------------------------------------------------


class ReturnReviewViewSet(StrictWrites, GenericViewSet[Any]):
    """Deciding on one return and asking about it. The services say who may."""

    permission: Mapping[str, str] = {"GET": Permission.RETURN_VIEW, "POST": ""}
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.RETURN_REVIEW}
    permission_classes = (IsAuthenticated, HasScope, HasPermission)
    lookup_value_regex = r"[0-9]{1,9}"
    queryset = Return.objects.select_related("round", "zone__administration")
    serializer_class = ReturnDetailSerializer

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()
        return queryset.visible_to(self.request.user).prefetch_related("acts__actor", "acts__organisation")

    @extend_schema(summary=_("审核通过"), request=None, responses=ReturnDetailSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], pagination_class=None)
    def accept(self, request: Request, pk: str) -> Response:
        revision = if_match_revision(request)
        return self._decide(
            lambda: services.return_accept(by=_user(request), return_id=int(pk), base_revision=revision)
        )

    @extend_schema(
        summary=_("退回"), request=SendBackSerializer, responses=ReturnDetailSerializer, parameters=[IF_MATCH]
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return", pagination_class=None)
    def send_back(self, request: Request, pk: str) -> Response:
        revision = if_match_revision(request)
        form = SendBackSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return self._decide(
            lambda: services.return_return(
                by=_user(request), return_id=int(pk), base_revision=revision, **form.validated_data
            )
        )

    @extend_schema(methods=["GET"], summary=_("报表的质询"), responses=QuestionSerializer(many=True))
    @extend_schema(methods=["POST"], summary=_("提出质询"), request=AskSerializer, responses={201: QuestionSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def questions(self, request: Request, pk: str) -> Response:
        if request.method == "GET":
            asked = _threads().filter(return_ref=self.get_object())
            return Response(QuestionSerializer(asked, many=True).data)
        form = AskSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        question = _refusing(
            lambda: services.question_ask(
                by=_user(request),
                return_id=int(pk),
                indicator_code=form.validated_data["indicator"],
                text=form.validated_data["text"],
            )
        )
        return _question_answer(question.pk, status.HTTP_201_CREATED)

    def _decide(self, act: Callable[[], Return]) -> Response:
        _refusing(act)
        return_ = self.get_object()
        headers = {"ETag": etag_for_revision(return_.revision), "Cache-Control": "private, no-cache"}
        return Response(ReturnDetailSerializer(return_).data, headers=headers)


def _refusing(act: Callable[[], Made]) -> Made:
    """Do the act; refusals become problems."""
    try:
        return act()
    except (Return.DoesNotExist, Question.DoesNotExist):
        raise Http404 from None
    except RevisionConflict as error:
        raise PreconditionFailed(str(error)) from error
    except ValueInvalid as error:
        errors = [{"pointer": "/text", "code": "invalid", "detail": sentence} for sentence in error.messages]
        code = status.HTTP_422_UNPROCESSABLE_ENTITY
        raise Problem(str(error), code="invalid", status_code=code, errors=errors) from error
    except MoveRefused as error:
        errors = [{"code": "refused", "detail": reason} for reason in error.reasons]
        raise Problem(str(error), code="move_refused", status_code=status.HTTP_409_CONFLICT, errors=errors) from error


# ---- questions ------------------------------------------------------------------------------------------------


def _threads() -> Any:
    related = Question.objects.select_related("indicator", "asked_by", "organisation")
    return related.prefetch_related("answers__by").order_by("pk")


def _question_answer(pk: int, code: int = status.HTTP_200_OK) -> Response:
    return Response(QuestionSerializer(_threads().get(pk=pk)).data, status=code)


@extend_schema_view(list=extend_schema(summary=_("质询列表")), retrieve=extend_schema(summary=_("一条质询")))
class QuestionViewSet(ReadViewSet):
    """Questions in the caller's territory with their answers (质询)."""

    permission: Mapping[str, str] = {"GET": Permission.RETURN_VIEW, "POST": ""}
    queryset = Question.objects.select_related("indicator", "asked_by", "organisation").prefetch_related("answers__by")
    serializer_class = QuestionSerializer
    filterset_fields: ClassVar[Mapping[str, list[str]]] = {
        "return_ref": ["exact"],
        "closed_at": ["isnull"],
        "return_ref__zone__code": ["exact"],
    }

    @property
    def write_scopes(self) -> Mapping[str, str]:  # type: ignore[override]
        """The park answers, the reviewer settles."""
        return {"POST": ApiScope.RETURN_WRITE if self.action == "answer" else ApiScope.RETURN_REVIEW}

    @extend_schema(summary=_("答复质询"), request=AnswerTextSerializer, responses=QuestionSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def answer(self, request: Request, pk: str) -> Response:
        form = AnswerTextSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        answer = _refusing(
            lambda: services.question_answer(by=_user(request), question_id=_id(pk), text=form.validated_data["text"])
        )
        return _question_answer(answer.question_id)

    @extend_schema(summary=_("办结质询"), request=None, responses=QuestionSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def close(self, request: Request, pk: str) -> Response:
        question = _refusing(lambda: services.question_close(by=_user(request), question_id=_id(pk)))
        return _question_answer(question.pk)


def _id(pk: str) -> int:
    """The id in the address; one that is no number finds nothing."""
    if not pk.isdecimal() or len(pk) > 9:
        raise Http404
    return int(pk)
