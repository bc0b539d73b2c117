"""Notices over the API (通知接口): one's own alone."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.routers import BaseRouter

from accounts.models import Notice
from common.api import ReadViewSet


class NoticeFilter(django_filters.FilterSet):
    """Notices by kind; `unread=true` for those not yet opened."""

    unread = django_filters.BooleanFilter(label=_("未读"), field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notice
        fields = ("kind", "unread")


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """What the portal told the caller; `url` is a path of the portal, `mailed_at` when the letter went out."""

    class Meta:
        model = Notice
        fields = ("id", "kind", "title", "title_en", "text", "text_en", "url", "created_at", "read_at", "mailed_at")


class NoticeViewSet(ReadViewSet):
    """The caller's own notices (通知), newest first."""

    queryset = Notice.objects.all()
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    territorial: ClassVar[bool] = False
    cursor_ordering: ClassVar[tuple[str, ...]] = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Any]:
        queryset = super().get_queryset()
        return queryset if getattr(self, "swagger_fake_view", False) else queryset.filter(recipient=self.request.user)


def register(router: BaseRouter) -> None:
    router.register("notices", NoticeViewSet, basename="notice")
