"""REST resource of figures: the matrix by zone or group, now or as it stood (数据接口)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.enums import Permission
from common.api import SYNTHETIC_MARK, ListViewSet, Problem
from indicators.filters_figures import FigureFilter
from indicators.models import Indicator, Value
from indicators.selectors.figures import Asked, Figure, FigureTable, Line, figure_table, origins
from parks.models import Zone

PAGE, MOST = 100, 500


class MatrixFigureSerializer(serializers.Serializer[Any]):
    """One figure; `value`, `return_id`, `source` and `department` tell of a stored one alone."""

    indicator = serializers.CharField()
    year = serializers.IntegerField()
    period = serializers.CharField()
    number = serializers.FloatField()
    synthetic = serializers.BooleanField()
    mark = serializers.CharField(help_text=gettext_lazy("合成数据为“演示数据”，真实数据为空"))
    restated = serializers.BooleanField(help_text=gettext_lazy("含原园区按份额追溯的数"))
    value = serializers.IntegerField(allow_null=True)
    return_id = serializers.IntegerField(allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]
        help_text=gettext_lazy("park、department、published；派生、汇总、追溯的数为空")
    )
    department = serializers.CharField()


class FigureLineSerializer(serializers.Serializer[Any]):
    """A zone or a group of zones with its figures."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    zones = serializers.IntegerField(help_text=gettext_lazy("有数的园区数"))
    figures = MatrixFigureSerializer(many=True)


class FigureItemSerializer(serializers.ModelSerializer[Indicator]):
    """An item of the table with its unit."""

    class Meta:
        model = Indicator
        fields = ("code", "name_zh", "name_en", "unit", "unit_en", "decimals", "formula")


class FigureTableSerializer(serializers.Serializer[Any]):
    """The figures asked for. `as_of` null: as they are now."""

    level = serializers.CharField()
    years = serializers.ListField(child=serializers.IntegerField())
    part = serializers.CharField()
    as_of = serializers.DateTimeField(allow_null=True)
    restated_on = serializers.DateField(allow_null=True)
    accepted_only = serializers.BooleanField()
    synthetic = serializers.BooleanField()
    indicators = FigureItemSerializer(many=True)
    total = FigureLineSerializer(allow_null=True)
    next = serializers.CharField(allow_null=True)
    results = FigureLineSerializer(many=True)


@extend_schema_view(
    list=extend_schema(
        summary=gettext_lazy("园区或分组的指标数据"), responses={200: FigureTableSerializer, "4XX": None}
    )
)
class FigureViewSet(ListViewSet):
    """Figures of the zones in the caller's territory, or rolled up over them: ratios of sums, every figure counted once."""

    permission = Permission.RETURN_VIEW
    territorial: ClassVar[bool] = False
    queryset = Zone.objects.none()
    serializer_class = FigureTableSerializer
    filterset_class = FigureFilter

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Zone.objects.none()
        return Zone.objects.visible_to(self.request.user, Permission.RETURN_VIEW)  # type: ignore[arg-type]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        zones = self.filter_queryset(self.get_queryset())  # refuses what is filled in wrongly
        chosen = FigureFilter(request.query_params, queryset=zones, request=request)
        chosen.is_valid()
        asked = chosen.asked(zones)
        table = figure_table(asked, unknown=_("县（市、区）不详"), total=_("合计"))
        lines, following = _page(table, request)
        values = origins(lines)
        answer = {
            "level": asked.level,
            "years": asked.years,
            "part": asked.part,
            "as_of": asked.as_of,
            "restated_on": asked.restated_on,
            "accepted_only": asked.accepted_only,
            "synthetic": table.synthetic,
            "indicators": asked.indicators,
            "total": None if table.total is None else _line(table.total, asked, {}),
            "next": following,
            "results": [_line(line, asked, values) for line in lines],
        }
        return Response(FigureTableSerializer(answer).data)


def _page(table: FigureTable, request: Request) -> tuple[list[Line], str | None]:
    """The lines after the one named by `cursor`, and the address of the page after these."""
    size = request.query_params.get("page_size", str(PAGE))
    if not size.isascii() or not size.isdecimal() or not 0 < int(size) <= MOST:
        raise _wrong("page_size", _("须为 1 至 500 的整数。"))
    cursor, start = request.query_params.get("cursor", ""), 0
    if cursor:
        codes = [line.code for line in table.lines]
        if cursor not in codes:
            raise _wrong("cursor", _("游标无效。请从列表首页重新开始，或使用答复中的 next 链接。"))
        start = codes.index(cursor) + 1
    lines = table.lines[start : start + int(size)]
    if start + int(size) >= len(table.lines):
        return lines, None
    return lines, replace_query_param(request.build_absolute_uri(), "cursor", lines[-1].code)


def _wrong(parameter: str, detail: str) -> Problem:
    errors = [{"parameter": parameter, "code": "invalid", "detail": detail}]
    return Problem(_("查询参数有误，errors 逐条列出。"), code="invalid_parameter", errors=errors)


def _line(line: Line, asked: Asked, values: dict[int, Value]) -> dict[str, Any]:
    formulas = {item.code for item in asked.indicators if item.formula}
    figures = [
        _figure(code, year, asked.part, figure, None if code in formulas else values.get(figure.origin))
        for (code, year), figure in line.figures.items()
    ]
    return {"code": line.code, "label": line.label, "zones": line.zones, "figures": figures}


def _figure(code: str, year: int, part: str, figure: Figure, value: Value | None) -> dict[str, Any]:
    return {
        "indicator": code,
        "year": year,
        "period": f"{year}{part}",
        "number": figure.number,
        "synthetic": figure.synthetic,
        "mark": SYNTHETIC_MARK if figure.synthetic else "",
        "restated": figure.restated,
        "value": value.pk if value else None,
        "return_id": value.return_ref_id if value else None,
        "source": value.source if value else "",
        "department": value.department if value else "",
    }
