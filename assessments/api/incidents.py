"""REST resource `incidents` (事故和问题): read by who may see the zone's assessment, recorded and withdrawn by departments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope, Permission
from accounts.models import User
from assessments import services
from assessments.exceptions import IncidentRefused
from assessments.filters import IncidentApiFilter
from assessments.models import Incident
from assessments.serializers import IncidentRequestSerializer, IncidentSerializer, WithdrawalSerializer
from common.api import Problem, ReadViewSet
from parks.models import Zone


class IncidentViewSet(ReadViewSet):
    """Dated events of zones with their documents (事故和问题); withdrawn ones stay listed with the reason."""

    permission: Mapping[str, str] = {"GET": Permission.RUN_VIEW, "POST": Permission.INCIDENT_RECORD}
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.INCIDENT_WRITE}
    queryset = Incident.objects.select_related("zone", "reported_by")
    serializer_class = IncidentSerializer
    filterset_class = IncidentApiFilter
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-on", "-pk")

    @extend_schema(summary=_("登记事故或问题"), request=IncidentRequestSerializer, responses={201: IncidentSerializer})
    def create(self, request: Request) -> Response:
        body = IncidentRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        user = cast("User", request.user)
        zone = Zone.objects.visible_to(user, Permission.RUN_VIEW).filter(code=given.pop("zone")).first()
        if zone is None:
            raise _refused({"zone": str(_("没有这个园区，或不在您的辖区内。"))})
        incident = _done(lambda: services.incident_record(by=user, zone=zone, **given))
        return self._shown(incident.pk, status.HTTP_201_CREATED)

    @extend_schema(summary=_("撤销事故或问题"), request=WithdrawalSerializer, responses=IncidentSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def withdraw(self, request: Request, pk: str) -> Response:
        body = WithdrawalSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        number = int(self.get_object().pk)
        user = cast("User", request.user)
        _done(lambda: services.incident_withdraw(by=user, incident_id=number, **body.validated_data))
        return self._shown(number)

    def _shown(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(IncidentSerializer(self.get_queryset().get(pk=pk)).data, status=code)


def _done(act: Callable[[], Incident]) -> Incident:
    try:
        return act()
    except Incident.DoesNotExist:
        raise Http404 from None
    except IncidentRefused as refusal:
        raise _refused(refusal.faults) from refusal


def _refused(faults: Mapping[str, Any]) -> Problem:
    errors = [
        {"pointer": f"/{name}" if name else "", "code": "invalid", "detail": str(text)} for name, text in faults.items()
    ]
    detail = _("没有登记或撤销，什么都没有改。errors 逐条列出原因。")
    return Problem(detail, code="incident_refused", status_code=status.HTTP_422_UNPROCESSABLE_ENTITY, errors=errors)
