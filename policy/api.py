"""`provisions` and `instruments` in the API, for everyone logged in (条款与政策工具接口)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.enums import ApiScope, Permission
from accounts.models import User
from common.api import PreconditionFailed, ReadViewSet, etag_for_revision, if_match_revision
from common.writes import IF_MATCH, refused
from policy.exceptions import RulingRefused
from policy.filters import InstrumentFilter, ProvisionApiFilter, TermFilter
from policy.models import Instrument, Provision, Term
from policy.serializers import InstrumentSerializer, ProvisionSerializer, RulingWriteSerializer, TermSerializer
from policy.services import ruling_record, stored_parts


class ProvisionViewSet(ReadViewSet):
    """What the policy says, provision by provision, with the exact quote and its place in the text."""

    queryset = Provision.objects.select_related("document", "instrument").prefetch_related("instrument__carriers")
    serializer_class = ProvisionSerializer
    filterset_class = ProvisionApiFilter
    territorial = False
    cursor_ordering = ("code",)
    lookup_field = "code"


class InstrumentViewSet(ReadViewSet):
    """What the provisions ask to exist: targets, rules, registers, indicators, classifications, procedures."""

    queryset = Instrument.objects.select_related("document").prefetch_related("provisions", "carriers")
    serializer_class = InstrumentSerializer
    filterset_class = InstrumentFilter
    territorial = False
    lookup_field = "key"

    def get_object(self) -> Any:
        """Keys are unique within a document; the newest document's is meant."""
        found = self.get_queryset().filter(key=self.kwargs["key"]).order_by("-document__issued_on").first()
        if found is None:
            raise Http404
        return found


@extend_schema_view(list=extend_schema(summary=_("未定用语")), retrieve=extend_schema(summary=_("一个用语及其确定")))
class TermViewSet(ReadViewSet):
    """Words the policy leaves open, with what counts today (未定用语)."""

    permission: Mapping[str, str] = {"GET": "", "POST": Permission.POLICY_DECIDE}
    write_scopes: ClassVar[Mapping[str, str]] = {"POST": ApiScope.POLICY_WRITE}
    queryset = Term.objects.select_related("document").prefetch_related("provisions", "rulings__by")
    serializer_class = TermSerializer
    filterset_class = TermFilter
    territorial = False
    lookup_value_regex = r"[0-9]+"
    cursor_ordering = ("document", "position", "pk")

    def etag(self, instance: Term, data: Any) -> str:
        return etag_for_revision(len(data["rulings"]))

    @extend_schema(
        summary=_("登记一个用语的确定"),
        description=_("以前的确定不变，最新的算数。内容与现行的确定相同时不再登记，答复现行的。"),
        request=RulingWriteSerializer,
        responses=TermSerializer,
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def decide(self, request: Request, pk: str) -> Response:
        term, number = self.get_object(), if_match_revision(request)
        body = RulingWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = {"value": None, "text": "", "parts": [], "base_year": None, **body.validated_data}
        by = cast("User", request.user)
        newest = next(iter(term.rulings.all()), None)
        told = given | {"parts": stored_parts(given["parts"])}
        if term.composite and not told["text"] and newest is not None:
            told["text"] = newest.text  # left to be made of the parts, as it was
        if newest is None or any(getattr(newest, name) != value for name, value in told.items()):
            with transaction.atomic():
                held = Term.objects.select_for_update(no_key=True).get(pk=term.pk)
                if held.rulings.count() != number:
                    raise PreconditionFailed
                try:
                    ruling_record(by=by, term=held, **given)
                except RulingRefused as refusal:
                    raise refused(refusal.faults, "ruling_refused") from refusal
        fresh = self.get_queryset().get(pk=term.pk)
        data = TermSerializer(fresh).data
        return Response(data, headers={"ETag": self.etag(fresh, data)})


def register(router: BaseRouter) -> None:
    router.register("provisions", ProvisionViewSet, basename="provision")
    router.register("terms", TermViewSet, basename="term")
    router.register("instruments", InstrumentViewSet, basename="instrument")
