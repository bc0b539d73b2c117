"""A return as a workbook over the API: download, compare, fill in (报表表格接口)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from django.http import FileResponse, Http404, QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import PreconditionFailed, Problem, dry_run, if_match_revision
from common.workbooks.errors import WorkbookRefused
from common.writes import DRY_RUN, IF_MATCH
from indicators import services
from indicators.models import Return
from indicators.selectors import return_sheet
from indicators.services.examination import Examination, examine, return_target
from indicators.workbooks.paper import CONTENT_TYPE
from indicators.workbooks.writing import return_workbook, workbook_name


class WorkbookUploadSerializer(serializers.Serializer[Any]):
    """A workbook, and answers to what was asked about it (`questions` of a dry run) by the questions' keys."""

    file = serializers.FileField(help_text=_(".xlsx，不超过 20 MB"))
    answers = serializers.DictField(
        child=serializers.CharField(max_length=400),
        required=False,
        default=dict,
        help_text=_("JSON 对象：问题的 key → 选项的 key"),
    )


class ChoiceSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the label of this one


class WorkbookQuestionSerializer(serializers.Serializer[Any]):
    """What only the sender can settle; answered by the key of one of the choices, or for a whole `kind` by `all:<kind>`."""

    key = serializers.CharField()
    kind = serializers.CharField()
    place = serializers.CharField(help_text=_("单元格：工作表名、叹号、列行号"))
    text = serializers.CharField()
    choices = ChoiceSerializer(many=True)
    answer = serializers.CharField(allow_blank=True)


class WorkbookFaultSerializer(serializers.Serializer[Any]):
    """What must be mended in the file."""

    place = serializers.CharField()
    text = serializers.CharField()
    zone = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)


class HoldingSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(allow_null=True)
    absence = serializers.CharField(allow_blank=True)
    comment = serializers.CharField(allow_blank=True)


class WorkbookChangeSerializer(serializers.Serializer[Any]):
    """One cell that would change; `kind`: new, changed, emptied, comment."""

    place = serializers.CharField()
    zone = serializers.CharField()
    code = serializers.CharField()
    kind = serializers.CharField()
    before = HoldingSerializer()
    after = HoldingSerializer()
    notes = serializers.ListField(child=serializers.CharField())
    hidden = serializers.BooleanField()


class WorkbookFindingSerializer(serializers.Serializer[Any]):
    """What the rules would find once saved."""

    zone = serializers.CharField()
    rule = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField()
    codes = serializers.ListField(child=serializers.CharField())
    to_mend = serializers.BooleanField()


class WorkbookReportSerializer(serializers.Serializer[Any]):
    """What a workbook would do. `can_save`: nothing to mend, nothing left to answer, something to change."""

    can_save = serializers.BooleanField()
    unchanged = serializers.IntegerField()
    changes = WorkbookChangeSerializer(many=True)
    questions = WorkbookQuestionSerializer(many=True)
    faults = WorkbookFaultSerializer(many=True)
    notes = serializers.ListField(child=serializers.DictField())
    findings = WorkbookFindingSerializer(many=True)


class WorkbookActions:
    """`returns/<id>/workbook/`: GET hands it out, POST takes it in, by the same path as the pages."""

    _id: Callable[[], int]
    _write: Callable[..., Response]
    _version: Callable[[Return], dict[str, str]]
    get_object: Callable[[], Return]

    @extend_schema(
        methods=["GET"],
        summary=_("下载报表表格（.xlsx）"),
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY},
        filters=False,
    )
    @extend_schema(
        methods=["POST"],
        summary=_("上传报表表格：全部保存或全不保存"),
        description=_(
            "先用 dry_run=true 比对。有须更正之处或未回答的问题时不保存（422，errors 逐条列出单元格）；"
            "用 answers 回答问题后再次上传。没有改动时照常答复报表。"
        ),
        request={"multipart/form-data": WorkbookUploadSerializer},
        responses={200: WorkbookReportSerializer},
        parameters=[IF_MATCH, DRY_RUN],
    )
    @action(
        detail=True,
        methods=["get", "post"],
        pagination_class=None,
        permission={"GET": Permission.RETURN_VIEW, "POST": Permission.RETURN_FILL},
        write_scopes={"POST": ApiScope.RETURN_WRITE},
        parser_classes=(MultiPartParser,),
    )
    def workbook(self, request: Request, pk: str) -> Response | FileResponse:
        if request.method != "POST":
            return self._hand_out()
        revision, dry = if_match_revision(request), dry_run(request)
        body = WorkbookUploadSerializer(data=_body(request))
        body.is_valid(raise_exception=True)
        given = body.validated_data
        examination = self._examine(cast("User", request.user), given, revision)
        if dry:
            report = WorkbookReportSerializer(examination.report()).data
            return Response(report, headers=self._version(examination.target.returns[0]))
        _require_usable(examination)
        if not examination.can_save:
            return self._write(lambda: examination.target.returns[0], [])
        return self._write(lambda: self._save(cast("User", request.user), given), [])

    def _hand_out(self) -> FileResponse:
        return_ = self.get_object()
        name = workbook_name(return_)
        stream = return_workbook(return_sheet(return_))
        response = FileResponse(stream, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
        for header, value in self._version(return_).items():
            response[header] = value
        return response

    def _examine(self, by: User, given: dict[str, Any], revision: int) -> Examination:
        try:
            target = return_target(by, self._id())
            if target.returns[0].revision != revision:
                raise PreconditionFailed
            return examine(given["file"], target, given["answers"], arriving=True)
        except Return.DoesNotExist:
            raise Http404 from None
        except WorkbookRefused as refused:
            raise _refused(refused) from refused

    def _save(self, by: User, given: dict[str, Any]) -> Return:
        try:
            upload = services.upload_create(by=by, file=given["file"], return_id=self._id(), answers=given["answers"])
        except WorkbookRefused as refused:  # the return moved on since it was compared above
            raise _refused(refused) from refused
        services.upload_confirm(by=by, upload_id=upload.pk)
        return self.get_object()


def _body(request: Request) -> dict[str, Any]:
    """The fields of the form; `answers` comes as JSON in a field of it."""
    fields = cast("QueryDict", request.data)
    return {"file": fields.get("file"), "answers": _parsed(fields.get("answers") or "{}")}


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        raise serializers.ValidationError({"answers": [_("须为 JSON 对象。")]}) from None


def _refused(refused: WorkbookRefused) -> Problem:
    too_large = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE if refused.code == "too_large" else None
    code = too_large or status.HTTP_422_UNPROCESSABLE_ENTITY
    return Problem(str(refused), code=f"workbook_{refused.code}", status_code=code)


def _require_usable(examination: Examination) -> None:
    """422 with every fault and every open question, each with its cell."""
    intake = examination.intake
    errors = [{"place": f.place, "indicator": f.code, "code": "fault", "detail": f.text} for f in intake.faults]
    errors += [
        {"place": q.place, "pointer": f"/answers/{q.key}", "code": q.kind, "detail": q.text}
        for q in intake.open_questions
    ]
    if errors:
        raise Problem(
            _("表格有须更正之处或未回答的问题，没有保存。errors 逐条列出单元格和原因。"),
            code="workbook_unsettled",
            status_code=status.HTTP_422_UNPROCESSABLE_ENTITY,
            errors=errors,
        )
