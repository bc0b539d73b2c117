"""Proceedings over the API (考核程序接口): reading, deciding, every act with `If-Match`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, TypeVar, cast

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from assessments import chain, clock, selectors, services
from assessments.enums import PROCEEDING_MOVES, DecisionOutcome, Disclosure
from assessments.exceptions import ProceedingChanged, ProceedingRefused
from assessments.filters_proceedings import ProceedingFilter
from assessments.following import Following, following
from assessments.models import Decision, DesignationChange, Measure, Proceeding, ProceedingAct, Run
from assessments.services import DecisionInput
from assessments.services.proceedings import LONGEST_WINDOW
from assessments.services.shared import REASON_LENGTH
from common.api import (
    PreconditionFailed,
    Problem,
    ReadViewSet,
    SyntheticSerializer,
    dry_run,
    etag_for_data,
    etag_for_revision,
    if_match_revision,
)
from common.writes import DRY_RUN, IF_MATCH

Made = TypeVar("Made")
MOST_DECISIONS = 500

ACTS = ("decisions", "adopt", "submit", "confirm", "hand_back", "reopen", "abandon", "replace_run", "finalise")


# ---- shapes ---------------------------------------------------------------------------------------------------


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """What is decided about a zone beside what the rules proposed; never the one in place of the other."""

    zone = serializers.CharField(source="zone.code")
    zone_name = serializers.CharField(source="zone.name")
    proposal = serializers.CharField(source="result.proposal")
    run = serializers.IntegerField(source="result.run_id")
    decided_by = serializers.CharField(source="decided_by.username")
    confirmed_by = serializers.CharField(source="confirmed_by.username", default=None)

    class Meta:
        model = Decision
        fields = (
            "zone", "zone_name", "run", "proposal", "outcome", "reason", "version", "decided_by", "decided_at", "confirmed_by",
            "confirmed_at",
        )  # fmt: skip


class ActSerializer(serializers.ModelSerializer[ProceedingAct]):
    """A link of the chain; `digest` covers `previous_digest` and the act's own content."""

    actor = serializers.CharField(source="actor.username", default=None)

    class Meta:
        model = ProceedingAct
        fields = ("kind", "actor", "at", "reason", "content", "previous_digest", "digest")


class ProceedingSerializer(SyntheticSerializer, serializers.ModelSerializer[Proceeding]):
    zones = serializers.IntegerField(read_only=True, default=0, help_text=_("依据的计算考核了多少个园区"))
    decided = serializers.IntegerField(read_only=True, default=0, help_text=_("其中已有决定的"))
    open_objections = serializers.IntegerField(source="waiting", read_only=True, default=0)
    submitted_by = serializers.CharField(source="submitted_by.username", default=None)
    confirmed_by = serializers.CharField(source="confirmed_by.username", default=None)

    class Meta:
        model = Proceeding
        fields: tuple[str, ...] = (
            "id", "zone_class", "year", "run", "status", "revision", "zones", "decided", "open_objections", "disclosure", "top_n",
            "window_days", "publish_at", "submitted_by", "submitted_at", "confirmed_by", "confirmed_at", "finalised_at",
            "bulletin_number", "synthetic", "mark",
        )  # fmt: skip


class ProceedingDetailSerializer(ProceedingSerializer):
    """With minutes, decisions in force and all acts; `intact`: whether their chain holds."""

    decisions = serializers.SerializerMethodField()
    acts = serializers.SerializerMethodField()
    publications = serializers.SerializerMethodField()
    intact = serializers.SerializerMethodField()

    class Meta(ProceedingSerializer.Meta):
        fields = (*ProceedingSerializer.Meta.fields, "minutes", "decisions", "acts", "publications", "intact")

    def get_decisions(self, proceeding: Proceeding) -> list[dict[str, Any]]:
        rows = proceeding.decisions.filter(result__run=proceeding.run_id).order_by("zone_id", "-version")
        rows = rows.distinct("zone_id").select_related("zone", "result", "decided_by", "confirmed_by")
        found = sorted(rows.defer("result__explanation"), key=lambda row: row.zone.code)
        return cast("list[dict[str, Any]]", DecisionSerializer(found, many=True).data)

    def get_acts(self, proceeding: Proceeding) -> list[dict[str, Any]]:
        rows = proceeding.acts.select_related("actor").order_by("pk")
        return cast("list[dict[str, Any]]", ActSerializer(rows, many=True).data)

    def get_publications(self, proceeding: Proceeding) -> list[int]:
        return list(proceeding.publications.order_by("sequence").values_list("pk", flat=True))

    def get_intact(self, proceeding: Proceeding) -> bool:
        return chain.is_intact(proceeding)


class OpenSerializer(serializers.Serializer[Any]):
    run = serializers.IntegerField(help_text=_("已完成的计算的编号"))


class DecisionInputSerializer(serializers.Serializer[Any]):
    zone = serializers.CharField(max_length=8)
    outcome = serializers.ChoiceField(DecisionOutcome.choices)
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=REASON_LENGTH)


class AdoptSerializer(serializers.Serializer[Any]):
    zones = serializers.ListField(
        child=serializers.CharField(max_length=8), allow_empty=False, max_length=MOST_DECISIONS
    )


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=REASON_LENGTH)


class SubmitSerializer(serializers.Serializer[Any]):
    minutes = serializers.CharField()
    disclosure = serializers.ChoiceField(Disclosure.choices)
    top_n = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=32767)
    window_days = serializers.IntegerField(default=5, min_value=1, max_value=LONGEST_WINDOW)
    publish_at = serializers.DateTimeField()


class ReplaceSerializer(ReasonSerializer):
    run = serializers.IntegerField()


class FinaliseSerializer(serializers.Serializer[Any]):
    bulletin_number = serializers.CharField(max_length=60)
    seen = serializers.CharField(
        required=False,
        allow_null=True,
        default=None,
        max_length=64,
        help_text=_("consequences 给出的 digest；与定稿时不同为 412，不办理"),
    )


class StatusNewsSerializer(serializers.Serializer[Any]):
    """A status that would change: `before` and `after` are values as in zone-statuses, `before` null where there is none."""

    zone = serializers.CharField()
    kind = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_blank=True)
    clauses = serializers.ListField(child=serializers.CharField())


class MeasureNewsSerializer(serializers.Serializer[Measure]):
    """A measure that would be opened; `previous`: the open one that would give way to it."""

    zone = serializers.CharField(source="zone.code")
    step = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    previous = serializers.IntegerField(source="previous_id", allow_null=True)
    clauses = serializers.ListField(child=serializers.CharField())


class ChangeNewsSerializer(serializers.Serializer[DesignationChange]):
    """A change of a designation that would be opened, due for approval."""

    zone = serializers.CharField(source="zone.code")
    designation = serializers.CharField(source="designation.code")
    direction = serializers.CharField()


class FollowingSerializer(serializers.Serializer[Following]):
    """What making it final on the day `on` would change, by the same reckoning; `digest` may be sent along as `seen`."""

    on = serializers.DateField()
    digest = serializers.CharField()
    statuses = serializers.SerializerMethodField(help_text=_("只列有变动的"))
    measures = MeasureNewsSerializer(many=True)
    changes = ChangeNewsSerializer(many=True)
    kept = serializers.SerializerMethodField(help_text=_("已有措施继续执行的园区"))
    withheld = serializers.SerializerMethodField(help_text=_("有未解除的措施、晋级不生效的园区，P199"))
    unmoved = serializers.SerializerMethodField(help_text=_("决定不引起称号变动的园区"))
    notices = serializers.SerializerMethodField(help_text=_("发出多少份通知"))

    @extend_schema_field(StatusNewsSerializer(many=True))
    def get_statuses(self, found: Following) -> list[dict[str, Any]]:
        news = [(row, found.status_before(row)) for row in found.statuses if found.is_news(row)]
        return [
            {
                "zone": row.zone.code,
                "kind": row.kind,
                "before": before.value if before else None,
                "after": row.value,
                "clauses": row.clauses,
            }
            for row, before in news
        ]

    def get_kept(self, found: Following) -> list[str]:
        return [measure.zone.code for measure in found.kept]

    def get_withheld(self, found: Following) -> list[str]:
        return [decision.zone.code for decision in found.withheld]

    def get_unmoved(self, found: Following) -> list[str]:
        return [decision.zone.code for decision in found.unmoved]

    def get_notices(self, found: Following) -> int:
        return sum(len(found.people[decision.zone.administration.path]) for decision in found.decisions)


# ---- resources ------------------------------------------------------------------------------------------------


@extend_schema_view(list=extend_schema(summary=_("考核程序列表")), retrieve=extend_schema(summary=_("一个考核程序")))
class ProceedingViewSet(ReadViewSet):
    """Proceedings (考核程序), for the office; acts need `If-Match` with the ETag of the proceeding as it was read."""

    permission = Permission.DECISION_RECORD
    write_scopes: ClassVar[dict[str, str]] = {"POST": ApiScope.ASSESSMENT_WRITE}
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = dict.fromkeys(ACTS, ("dry_run",))
    queryset = Proceeding.objects.all()
    filterset_class = ProceedingFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-year", "-pk")
    lookup_value_regex = r"[0-9]{1,9}"

    def get_queryset(self) -> Any:
        super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return Proceeding.objects.none()
        rows = selectors.proceedings_list(_user(self.request))
        return rows if self.action == "list" else rows.defer(None).defer("run__inputs", "run__scheme__text")

    def get_serializer_class(self) -> Any:
        return ProceedingSerializer if self.action == "list" else ProceedingDetailSerializer

    def etag(self, instance: Proceeding, data: Any) -> str:
        return etag_for_revision(instance.revision)

    @extend_schema(summary=_("启动考核程序"), request=OpenSerializer, responses={201: ProceedingDetailSerializer})
    def create(self, request: Request) -> Response:
        run = _run(request, _body(OpenSerializer, request)["run"])
        made = refusing(lambda: services.proceeding_open(by=_user(request), run=run))
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(
        summary=_("拟定决定：全部保存或全不保存"),
        request=DecisionInputSerializer(many=True),
        responses=ProceedingDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def decisions(self, request: Request, pk: str) -> Response:
        body: serializers.ListSerializer[Any] = serializers.ListSerializer(
            child=DecisionInputSerializer(), data=request.data, max_length=MOST_DECISIONS, allow_empty=False
        )
        body.is_valid(raise_exception=True)
        rows = [DecisionInput(**row) for row in body.validated_data]
        return self._act(services.decisions_record, request, rows=rows)

    @extend_schema(
        summary=_("按建议拟定这些园区；建议为待定的略过"),
        request=AdoptSerializer,
        responses=ProceedingDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def adopt(self, request: Request, pk: str) -> Response:
        return self._act(services.proposals_adopt, request, **_body(AdoptSerializer, request))

    @extend_schema(
        summary=_("提交复核"),
        request=SubmitSerializer,
        responses=ProceedingDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def submit(self, request: Request, pk: str) -> Response:
        return self._act(services.proceeding_submit, request, **_body(SubmitSerializer, request))

    @extend_schema(
        summary=_("复核通过"), request=None, responses=ProceedingDetailSerializer, parameters=[IF_MATCH, DRY_RUN]
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def confirm(self, request: Request, pk: str) -> Response:
        return self._act(services.proceeding_confirm, request)

    @extend_schema(
        summary=_("退回拟定"),
        request=ReasonSerializer,
        responses=ProceedingDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], url_path="hand-back", pagination_class=None, filterset_class=None)
    def hand_back(self, request: Request, pk: str) -> Response:
        return self._act(services.proceeding_hand_back, request, **_body(ReasonSerializer, request))

    @extend_schema(
        summary=_("撤回重拟"),
        request=ReasonSerializer,
        responses=ProceedingDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def reopen(self, request: Request, pk: str) -> Response:
        return self._act(services.proceeding_reopen, request, **_body(ReasonSerializer, request))

    @extend_schema(
        summary=_("中止程序"),
        request=ReasonSerializer,
        responses=ProceedingDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def abandon(self, request: Request, pk: str) -> Response:
        return self._act(services.proceeding_abandon, request, **_body(ReasonSerializer, request))

    @extend_schema(
        summary=_("更换计算结果"),
        request=ReplaceSerializer,
        responses=ProceedingDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], url_path="replace-run", pagination_class=None, filterset_class=None)
    def replace_run(self, request: Request, pk: str) -> Response:
        body = _body(ReplaceSerializer, request)
        return self._act(services.run_replace, request, run=_run(request, body["run"]), reason=body["reason"])

    @extend_schema(
        summary=_("定稿"),
        request=FinaliseSerializer,
        responses=ProceedingDetailSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def finalise(self, request: Request, pk: str) -> Response:
        return self._act(services.proceeding_finalise, request, **_body(FinaliseSerializer, request))

    @extend_schema(summary=_("定稿将带来的变动"), responses=FollowingSerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def consequences(self, request: Request, pk: str) -> Response:
        proceeding = self.get_object()
        if not PROCEEDING_MOVES[proceeding.status]:
            detail = _("考核程序现为“%(now)s”，不会再有变动。已有的见 zone-statuses、measures、designation-changes。")
            raise Problem(
                detail % {"now": proceeding.get_status_display()},
                code="proceeding_settled",
                status_code=status.HTTP_409_CONFLICT,
            )
        found = following(proceeding, clock.today())
        return Response(FollowingSerializer(found).data, headers={"ETag": etag_for_data(found.digest)})

    def _act(self, service: Callable[..., object], request: Request, **arguments: Any) -> Response:
        proceeding = self.get_object()
        revision = if_match_revision(request)
        trial = dry_run(request)
        with transaction.atomic():
            refusing(
                lambda: service(by=_user(request), proceeding_id=proceeding.pk, base_revision=revision, **arguments)
            )
            answer = self._answer(proceeding.pk)
            transaction.set_rollback(trial)
        if trial:  # the ETag is that of the proceeding as it still is
            answer.headers["ETag"] = etag_for_revision(revision)
        return answer

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        proceeding = self.get_queryset().get(pk=pk)
        headers = {"ETag": etag_for_revision(proceeding.revision)}
        return Response(ProceedingDetailSerializer(proceeding).data, status=code, headers=headers)


def refusing(act: Callable[[], Made]) -> Made:
    """Do it; what the services refuse becomes a problem: 412 when it has moved on, 422 with every reason."""
    try:
        return act()
    except ProceedingChanged as changed:
        raise PreconditionFailed(str(changed)) from changed
    except ProceedingRefused as refused:
        errors = [{"code": "proceeding_refused", "detail": reason} for reason in refused.reasons]
        raise Problem(
            str(refused),
            code="proceeding_refused",
            status_code=status.HTTP_422_UNPROCESSABLE_ENTITY,
            errors=errors,
        ) from refused


def _body(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _run(request: Request, pk: int) -> Run:
    return get_object_or_404(Run.objects.visible_to(_user(request)), pk=pk)


def _user(request: Any) -> User:
    return cast("User", request.user)
