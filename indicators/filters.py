"""Filters of returns and of the catalogue, the same for pages and API (筛选)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from indicators.checks import rule_codes
from indicators.enums import Dimension, IndicatorKind, ReturnStatus, RoundStatus, RuleKind, Severity
from indicators.models import CheckRule, Evidence, Indicator, Return, Round, Value
from indicators.selectors.board import NOT_STARTED, late, not_started
from indicators.selectors.reviews import tallies
from parks.enums import ZoneClass
from parks.models import Designation, Region

LATE = "late"


class ReturnFilter(django_filters.FilterSet):
    """Returns by zone, city, class, status and year; 未开始 and 逾期 are statuses that follow from the facts."""

    q = django_filters.CharFilter(label=_("园区"), method="by_text")
    city = django_filters.ModelChoiceFilter(
        label=_("省辖市"),
        field_name="zone__city",
        to_field_name="code",
        queryset=Region.objects.cities(),
        empty_label=_("全部"),
    )
    status = django_filters.ChoiceFilter(
        label=_("状态"),
        method="by_status",
        choices=[(NOT_STARTED, _("未开始")), *ReturnStatus.choices, (LATE, _("逾期"))],
        empty_label=_("全部"),
    )
    zone_class = django_filters.ChoiceFilter(
        label=_("类别"), method="by_class", choices=ZoneClass.choices, empty_label=_("全部")
    )
    year = django_filters.NumberFilter(label=_("年度"), field_name="round__year")
    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code")

    class Meta:
        model = Return
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Return], name: str, value: str) -> QuerySet[Return]:
        return queryset.filter(Q(zone__name__icontains=value) | Q(zone__code__iexact=value))

    def by_status(self, queryset: QuerySet[Return], name: str, value: str) -> QuerySet[Return]:
        if value == LATE:
            return queryset.filter(late())
        if value == NOT_STARTED:
            return queryset.filter(not_started())
        queryset = queryset.filter(status=value)
        return queryset.exclude(not_started()) if value == ReturnStatus.DRAFT else queryset

    def by_class(self, queryset: QuerySet[Return], name: str, value: str) -> QuerySet[Return]:
        plates = Designation.objects.in_force_on(timezone.localdate()).filter(zone_class=value, zone=OuterRef("zone"))
        return queryset.filter(Exists(plates))


class BoardFilter(ReturnFilter):
    """The filter bar of a round's board: its year is given."""

    year = None
    zone = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """`cities`, when given, are those with a return in the reader's territory; one alone needs no choice."""
        cities = kwargs.pop("cities", None)
        super().__init__(*args, **kwargs)
        if cities is not None:
            self.filters["city"].extra["queryset"] = cities
            if len(cities) < 2:
                del self.filters["city"]


def _rounds_begun(request: HttpRequest | None) -> QuerySet[Round]:
    """Rounds that were opened, of the reader's province."""
    rounds = Round.objects.exclude(status=RoundStatus.PLANNED)
    known = request is not None and request.user.is_authenticated
    return rounds.visible_to(request.user) if known else rounds  # type: ignore[arg-type,union-attr]


class QueueFilter(BoardFilter):
    """The filter of the review queue, the same for page, API and bulk acceptance: only what may wait for a reviewer."""

    round = django_filters.ModelChoiceFilter(label=_("填报任务"), queryset=_rounds_begun, empty_label=_("全部"))
    status = django_filters.ChoiceFilter(
        label=_("状态"),
        field_name="status",
        choices=[
            (ReturnStatus.SUBMITTED, ReturnStatus.SUBMITTED.label),
            (ReturnStatus.CITY_ACCEPTED, ReturnStatus.CITY_ACCEPTED.label),
        ],
        empty_label=_("全部"),
    )
    findings = django_filters.ChoiceFilter(
        label=_("审核发现"),
        method="by_findings",
        choices=[("none", _("没有问题")), ("explained", _("只有已说明的")), ("open", _("有未决的"))],
        empty_label=_("全部"),
    )

    def by_findings(self, queryset: QuerySet[Return], name: str, value: str) -> QuerySet[Return]:
        """Checked set-wise over what the queue holds: open are hard ones, unexplained ones and questions."""
        returns = list(queryset.select_related("round", "zone"))
        counted = tallies(returns)
        return queryset.filter(pk__in=[row.pk for row in returns if counted[row.pk].state == value])


class IndicatorFilter(django_filters.FilterSet):
    """The catalogue by dimension, class, kind, department and text."""

    q = django_filters.CharFilter(label=_("名称或代码"), method="by_text")
    dimension = django_filters.ChoiceFilter(label=_("维度"), choices=Dimension.choices, empty_label=_("全部"))
    zone_class = django_filters.ChoiceFilter(
        label=_("适用类别"), method="by_class", choices=ZoneClass.choices, empty_label=_("全部")
    )
    kind = django_filters.ChoiceFilter(label=_("类型"), choices=IndicatorKind.choices, empty_label=_("全部"))
    department = django_filters.ChoiceFilter(label=_("责任部门"), choices=Duty.choices, empty_label=_("全部"))

    class Meta:
        model = Indicator
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Indicator], name: str, value: str) -> QuerySet[Indicator]:
        return queryset.filter(
            Q(name_zh__icontains=value) | Q(name_en__icontains=value) | Q(code__icontains=value.replace(" ", "_"))
        )

    def by_class(self, queryset: QuerySet[Indicator], name: str, value: str) -> QuerySet[Indicator]:
        return queryset.filter(zone_classes__contains=[value])


class RuleFilter(django_filters.FilterSet):
    """The rules on figures by text, kind, severity, class of zone and item."""

    q = django_filters.CharFilter(label=_("编号或内容"), method="by_text")
    kind = django_filters.ChoiceFilter(label=_("类型"), choices=RuleKind.choices, empty_label=_("全部"))
    severity = django_filters.ChoiceFilter(label=_("强度"), choices=Severity.choices, empty_label=_("全部"))
    item = django_filters.ModelChoiceFilter(
        label=_("涉及指标"),
        method="by_item",
        to_field_name="code",
        queryset=Indicator.objects.base().for_zones(),
        empty_label=_("全部"),
    )

    class Meta:
        model = CheckRule
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[CheckRule], name: str, value: str) -> QuerySet[CheckRule]:
        return queryset.filter(
            Q(code__iexact=value)
            | Q(message_zh__icontains=value)
            | Q(message_en__icontains=value)
            | Q(basis__icontains=value)
        )

    def by_item(self, queryset: QuerySet[CheckRule], name: str, value: Indicator) -> QuerySet[CheckRule]:
        catalogue = Indicator.objects.in_bulk(field_name="code")
        return queryset.filter(pk__in=[rule.pk for rule in queryset if value.code in rule_codes(rule, catalogue)])


class RoundFilter(django_filters.FilterSet):
    """Rounds by period, year, frequency and status."""

    class Meta:
        model = Round
        fields = ("period", "year", "frequency", "status")


class ValueFilter(django_filters.FilterSet):
    """Figures by zone, item, year, status of their return and origin; `accepted=true` gives those that count."""

    zone = django_filters.CharFilter(label=_("园区编号"), field_name="zone__code")
    indicator = django_filters.CharFilter(label=_("指标代码"), field_name="indicator__code")
    status = django_filters.ChoiceFilter(
        label=_("报表状态"), field_name="return_ref__status", choices=ReturnStatus.choices
    )
    accepted = django_filters.BooleanFilter(label=_("已计入"), method="by_accepted")

    class Meta:
        model = Value
        fields = ("zone", "indicator", "year", "status", "source", "synthetic")

    def by_accepted(self, queryset: QuerySet[Value], name: str, value: bool) -> QuerySet[Value]:
        counted = Value.objects.accepted().values("pk")
        return queryset.filter(pk__in=counted) if value else queryset.exclude(pk__in=counted)


class EvidenceFilter(django_filters.FilterSet):
    """Evidence by return and item; `removed=false` leaves out what was taken back."""

    return_id = django_filters.NumberFilter(label=_("报表编号"), field_name="return_ref")
    indicator = django_filters.CharFilter(label=_("指标代码"), field_name="indicator__code")
    removed = django_filters.BooleanFilter(
        label=_("已撤下"), field_name="removed_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Evidence
        fields: list[str] = []
