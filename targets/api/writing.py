"""Targets over the API: read, set, change, judged, divided, reported, as the office does on its pages (目标接口的写入)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import PreconditionFailed, dry_run, etag_for_revision, if_match_revision
from common.writes import DRY_RUN, IF_MATCH, refused
from parks.models import Region
from policy.models import Provision
from targets import selectors, services
from targets.api.reading import OwnProvince
from targets.api.shapes import (
    DivisionSerializer,
    DivisionWriteSerializer,
    JudgementSerializer,
    JudgementWriteSerializer,
    ReasonSerializer,
    ReportAnswerSerializer,
    ReportWriteSerializer,
    TargetSerializer,
    TargetWriteSerializer,
    TrialAnswerSerializer,
)
from targets.enums import Method, Path
from targets.exceptions import TargetChanged, TargetRefused
from targets.filters import TargetFilter
from targets.forms import JudgingForm, TargetForm
from targets.models import DECIDER_ZH, Judgement, Target
from targets.tasks import trial

Made = TypeVar("Made")
CODE = "target_refused"
CITY = OpenApiParameter("city", OpenApiTypes.STR, description=_("市代码：这个市分到园区的；缺省为全省分到各市的"))
DEFAULTS = {"path": Path.LINEAR, "method": Method.PATH, "judged_by": DECIDER_ZH, "tolerance_pct": 0, "factor": 1}
"""What a new target is judged by where nothing is said, as the form proposes."""


@extend_schema_view(list=extend_schema(summary=_("目标列表")), retrieve=extend_schema(summary=_("一项目标")))
class TargetViewSet(OwnProvince):
    """Targets of the reader's province; the office sets its own and settles how the pack's are judged."""

    permission: Mapping[str, str] = {
        "GET": Permission.TARGET_VIEW,
        "POST": Permission.TARGET_SET,
        "PATCH": Permission.TARGET_SET,
    }
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.TARGET_WRITE, "PATCH": ApiScope.TARGET_WRITE}
    write_parameters: ClassVar[Mapping[str, Collection[str]]] = dict.fromkeys(
        ("create", "partial_update", "division", "report"), ("dry_run",)
    )
    territorial: ClassVar[bool] = False
    queryset = Target.objects.select_related("provision__document")
    serializer_class = TargetSerializer
    filterset_class = TargetFilter
    lookup_field = "code"
    cursor_ordering: ClassVar[tuple[str, ...]] = ("position", "pk")

    def etag(self, instance: Target, data: Any) -> str:
        return etag_for_revision(instance.revision)

    @extend_schema(
        summary=_("设定一项目标"),
        description=_("同样的目标已经设定时答复那一项（200），不再设一项。试算（dry_run）答复逐年进展，不保存。"),
        request=TargetWriteSerializer,
        responses={201: TargetSerializer, 200: TrialAnswerSerializer},
        parameters=[DRY_RUN],
    )
    def create(self, request: Request) -> Response:
        body = TargetWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        measure = str(body.validated_data["measure"])
        given = self._cleaned(TargetForm(measure, _form_data(DEFAULTS | _plain(request.data)), by=_user(request)))
        draft = _act(partial(services.target_draft, given=given, measure=measure))
        if dry_run(request):
            return _trial(draft)
        if held := _same_as(draft):
            return self._answer(held)
        act = partial(services.target_create, by=_user(request), given=given, measure=measure)
        return self._answer(_act(act), status.HTTP_201_CREATED)

    @extend_schema(
        summary=_("修改一项目标：给出的字段"),
        description=_("政策包的目标只能改判定设置（允许偏差、路径、方法、基期、截止日）；须写 change_note。"),
        request=TargetWriteSerializer(partial=True),
        responses=TargetSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    def partial_update(self, request: Request, code: str) -> Response:
        target, revision = self.get_object(), if_match_revision(request)
        body = TargetWriteSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        if target.is_offices:
            return self._change(request, target, revision)
        if fixed := sorted(body.validated_data.keys() - set(JudgingForm.base_fields)):
            told = str(_("政策包中的目标不能改写：原文是什么就是什么。可以调整判定设置，或写明理由停用。"))
            raise refused(dict.fromkeys(fixed, told), CODE)
        initial = JudgingForm.initial_from(target)
        given = self._cleaned(JudgingForm(_form_data(initial | _plain(request.data) | {"base_revision": revision})))
        act = partial(services.target_settle, by=_user(request), code=target.code, given=given)
        if not dry_run(request):
            return self._answer(_act(partial(act, base_revision=revision)))
        with transaction.atomic():
            answer = _trial(_act(partial(act, base_revision=revision)))
            transaction.set_rollback(True)
        return answer

    def _change(self, request: Request, target: Target, revision: int) -> Response:
        merged = TargetForm.initial_of_target(target) | {"provision": target.provision.code}
        merged |= _plain(request.data) | {"base_revision": revision}
        form = TargetForm(target.measure, _form_data(merged), by=_user(request), editing=True)
        given = self._cleaned(form)
        if dry_run(request):
            return _trial(_act(partial(services.target_draft, given=given, measure=target.measure)))
        act = partial(services.target_change, by=_user(request), code=target.code, given=given)
        return self._answer(_act(partial(act, base_revision=revision)))

    @extend_schema(summary=_("停用"), request=ReasonSerializer, responses=TargetSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], pagination_class=None)
    def withdraw(self, request: Request, code: str) -> Response:
        target, revision = self.get_object(), if_match_revision(request)
        body = ReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        act = partial(services.target_withdraw, by=_user(request), code=target.code, base_revision=revision)
        return self._answer(_act(partial(act, reason=body.validated_data["reason"])))

    @extend_schema(summary=_("恢复使用"), request=None, responses=TargetSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], pagination_class=None)
    def restore(self, request: Request, code: str) -> Response:
        target, revision = self.get_object(), if_match_revision(request)
        return self._answer(
            _act(partial(services.target_restore, by=_user(request), code=target.code, base_revision=revision))
        )

    @extend_schema(
        summary=_("评判一项定性目标"),
        description=_("评判不能修改；内容相同的再次提交答复原来那一条（200）。"),
        request=JudgementWriteSerializer,
        responses={201: JudgementSerializer},
    )
    @action(detail=True, methods=["post"], pagination_class=None, parser_classes=[JSONParser, MultiPartParser])
    def judge(self, request: Request, code: str) -> Response:
        target = self.get_object()
        body = JudgementWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        same = {name: given[name] for name in ("year", "verdict", "on")} | {"evidence": given["evidence"].strip()}
        held = target.judgements.filter(**same, judged_by=_user(request)).first()
        if held is not None and "file" not in given:
            return Response(JudgementSerializer(held).data)
        made: Judgement = _act(partial(services.judgement_record, by=_user(request), code=target.code, **given))
        return Response(JudgementSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        methods=["GET"], summary=_("现行的分解"), responses=DivisionSerializer, parameters=[CITY], filters=False
    )
    @extend_schema(
        methods=["POST"],
        summary=_("分解到市或园区"),
        request=DivisionWriteSerializer,
        responses=DivisionSerializer,
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def division(self, request: Request, code: str) -> Response:
        """The division that counts, with its number as ETag; POST makes the next one, whole or not at all."""
        target, user = self.get_object(), _user(request)
        if not user.may(Permission.TARGET_SET):  # single quotas are read below quotas/, each by who answers for it
            self.permission_denied(request)
        if not target.is_divisible:
            raise Http404
        if request.method == "GET":
            return _division(target, _city(target, request.query_params.get("city")))
        number = if_match_revision(request)
        body = DivisionWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        city, parts = _city(target, body.validated_data.get("city")), body.validated_data["parts"]
        act = partial(services.quotas_set, by=user, code=target.code, city=city, parts=parts, base_number=number)
        act = partial(act, reason=body.validated_data.get("reason", ""), dry_run=dry_run(request))
        try:
            sheet = act()
        except TargetChanged as changed:
            raise PreconditionFailed(str(changed)) from changed
        except TargetRefused as refusal:
            raise refused(refusal.faults, CODE, below="/parts", root={"", "reason", "city"}) from refusal
        if sheet.pk is None:
            shown = {
                "number": number,
                "whole": sheet.whole,
                "total": sheet.total,
                "reason": sheet.reason,
                "parts": parts,
            }
            found = {"target": target.code, "city": city.code if city else None} | shown
            return Response(DivisionSerializer(found).data)
        return _division(target, city)

    @extend_schema(
        summary=_("报告一个年度"),
        description=_("已报告的不变；数有变动的作为迟到数据加一版，须写 note。再次提交没有变动的年度不写任何行。"),
        request=ReportWriteSerializer,
        responses=ReportAnswerSerializer,
        parameters=[DRY_RUN],
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def report(self, request: Request) -> Response:
        body = ReportWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        year, note = body.validated_data["year"], body.validated_data.get("note", "")
        if dry_run(request):
            lines = selectors.report_preview(year, _user(request))
            by_outcome = {key: [line.target.code for line in lines if line.outcome == key] for key in ("first", "late")}
            unchanged = len(lines) - sum(map(len, by_outcome.values()))
            return Response({"dry_run": True, **by_outcome, "unchanged": unchanged})
        made = _act(partial(services.year_report, by=_user(request), year=year, note=note))
        codes = {"first": [r.target.code for r in made.first], "late": [r.target.code for r in made.late]}
        return Response({"dry_run": False, **codes, "unchanged": made.unchanged})

    def _cleaned(self, form: forms.Form) -> dict[str, Any]:
        """What the form of the pages makes of the body; its faults have a pointer each."""
        if not form.is_valid():
            faults = {"" if name == "__all__" else name: list(map(str, told)) for name, told in form.errors.items()}
            raise refused(faults, CODE)
        return form.cleaned_data

    def _answer(self, target: Target, code: int = status.HTTP_200_OK) -> Response:
        fresh = Target.objects.select_related("provision").get(pk=target.pk)
        return Response(TargetSerializer(fresh).data, status=code, headers={"ETag": etag_for_revision(fresh.revision)})


# ---- helpers --------------------------------------------------------------------------------------------------


def _user(request: Request) -> User:
    return cast("User", request.user)


def _plain(data: Any) -> dict[str, Any]:
    return {name: value for name, value in dict(data).items() if value is not None}


def _form_data(given: Mapping[str, Any]) -> dict[str, Any]:
    """The body as the form reads it: the clause by its key."""
    data = dict(given)
    clause = data.get("provision")
    if isinstance(clause, str):
        data["provision"] = Provision.objects.filter(code=clause).values_list("pk", flat=True).first() or "0"
    return data


def _act(act: Callable[[], Made]) -> Made:
    """Do it; refusals become problems."""
    try:
        return act()
    except TargetChanged as changed:
        raise PreconditionFailed(str(changed)) from changed
    except TargetRefused as refusal:
        raise refused(refusal.faults, CODE) from refusal


def _trial(draft: Target) -> Response:
    rows = [] if draft.is_qualitative else trial(draft)
    names = ("year", "value", "numerator", "denominator", "status", "synthetic")
    return Response({"dry_run": True, "progress": [{name: getattr(row, name) for name in names} for row in rows]})


def _same_as(draft: Target) -> Target | None:
    """The target in use that says just the same: sent again, it is not set a second time."""
    names = ("provision", "year", "measure", "spec", "operator", "value", "unit", "name_zh", "name_en", "lead")
    return Target.objects.in_use().filter(origin=draft.origin, **{name: getattr(draft, name) for name in names}).first()


def _city(target: Target, code: str | None) -> Region | None:
    return get_object_or_404(selectors.cities_of(target), code=code) if code else None


def _division(target: Target, city: Region | None) -> Response:
    sheet = selectors.newest_sheet(target, city)
    number = sheet.number if sheet else 0
    found = {
        "target": target.code,
        "city": city.code if city else None,
        "number": number,
        "whole": sheet.whole if sheet else selectors.divided_whole(target, city),
        "total": sheet.total if sheet else None,
        "reason": sheet.reason if sheet else "",
        "parts": selectors.parts_of(target, city),
    }
    return Response(DivisionSerializer(found).data, headers={"ETag": etag_for_revision(number)})
