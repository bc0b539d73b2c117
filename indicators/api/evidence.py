"""Evidence over the API: read, hand in, take back (佐证材料接口)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import Problem, ReadViewSet
from common.attachments import file_response
from indicators import services
from indicators.exceptions import ReturnLocked, ValueInvalid
from indicators.filters import EvidenceFilter
from indicators.models import Evidence, Return
from indicators.serializers import EvidenceSerializer, EvidenceUploadSerializer


@extend_schema_view(
    list=extend_schema(summary=_("佐证材料列表")), retrieve=extend_schema(summary=_("一件佐证材料的登记信息"))
)
class EvidenceViewSet(ReadViewSet):
    """Files that prove figures, in the caller's territory (佐证材料). Taking one back keeps its row and the file."""

    permission: Mapping[str, str] = {
        "GET": Permission.RETURN_VIEW,
        "POST": Permission.RETURN_FILL,
        "DELETE": Permission.RETURN_FILL,
    }
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.RETURN_WRITE, "DELETE": ApiScope.RETURN_WRITE}
    queryset = Evidence.objects.select_related("indicator", "uploaded_by")
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    parser_classes = (MultiPartParser,)
    lookup_value_regex = r"[0-9]+"

    @extend_schema(
        summary=_("上传佐证材料"),
        description=_(
            "类型按内容识别：PDF、OFD、DOCX、XLSX、PNG、JPG，每个不超过 20 MB。同一处再次上传同一文件，返回已有的一件。"
        ),
        request={"multipart/form-data": EvidenceUploadSerializer},
        responses={201: EvidenceSerializer},
    )
    def create(self, request: Request) -> Response:
        body = EvidenceUploadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        try:
            evidence = services.evidence_add(
                by=cast("User", request.user),
                return_id=given["return_id"],
                indicator_code=given["indicator"],
                upload=given["file"],
                name=given["file"].name,
            )
        except Return.DoesNotExist:
            raise Http404 from None
        except ReturnLocked as error:
            raise _locked(error) from error
        except ValueInvalid as error:
            errors = [{"pointer": "/file", "code": "invalid", "detail": sentence} for sentence in error.messages]
            raise Problem(
                _("文件没有收下，errors 写明原因。"), code="file_refused", status_code=422, errors=errors
            ) from error
        return Response(EvidenceSerializer(evidence).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary=_("撤下佐证材料"), request=None, responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        try:
            services.evidence_remove(by=cast("User", request.user), evidence_id=int(pk))
        except Evidence.DoesNotExist:
            raise Http404 from None
        except ReturnLocked as error:
            raise _locked(error) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary=_("下载佐证材料"), responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def file(self, request: Request, pk: str) -> FileResponse:
        evidence: Any = self.get_object()
        return file_response(evidence.file, evidence.name, evidence.content_type)


def _locked(error: ReturnLocked) -> Problem:
    return Problem(str(error), code="return_locked", status_code=status.HTTP_409_CONFLICT)
