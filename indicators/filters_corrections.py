"""The filter of correction requests, the same for page and API (更正申请筛选)."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from indicators.enums import CorrectionStatus
from indicators.models import Correction, Round
from parks.models import Region


def _rounds(request: HttpRequest | None) -> QuerySet[Round]:
    """Rounds of the reader's province."""
    known = request is not None and request.user.is_authenticated
    return Round.objects.visible_to(request.user) if known else Round.objects.all()  # type: ignore[arg-type,union-attr]


class CorrectionFilter(django_filters.FilterSet):
    """Requests by zone, city, round and status."""

    q = django_filters.CharFilter(label=_("园区"), method="by_text")
    city = django_filters.ModelChoiceFilter(
        label=_("省辖市"),
        field_name="return_ref__zone__city",
        to_field_name="code",
        queryset=Region.objects.cities(),
        empty_label=_("全部"),
    )
    round = django_filters.ModelChoiceFilter(
        label=_("填报任务"), field_name="return_ref__round", queryset=_rounds, empty_label=_("全部")
    )
    status = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[choice for choice in CorrectionStatus.choices if choice[0] != CorrectionStatus.APPLYING],
        empty_label=_("全部"),
    )

    class Meta:
        model = Correction
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        return queryset.filter(Q(return_ref__zone__name__icontains=value) | Q(return_ref__zone__code__iexact=value))
