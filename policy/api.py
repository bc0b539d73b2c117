"""`provisions` and `instruments` in the API, for everyone logged in (条款与政策工具接口)."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.routers import BaseRouter

from common.api import ReadViewSet
from policy.filters import InstrumentFilter, ProvisionApiFilter
from policy.models import Instrument, Provision
from policy.serializers import InstrumentSerializer, ProvisionSerializer


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


def register(router: BaseRouter) -> None:
    router.register("provisions", ProvisionViewSet, basename="provision")
    router.register("instruments", InstrumentViewSet, basename="instrument")
