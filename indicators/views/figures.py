"""Figures of zones and groups of zones, now or as they stood (数据查询)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from common.access import permission_required
from indicators.enums import Grouping
from indicators.figures_export import figures_csv, figures_xlsx
from indicators.filters_figures import FigureFilter
from indicators.models import Indicator, Value
from indicators.selectors.figures import Asked, Figure, FigureTable, Line, figure_table, origins
from indicators.views.common import UserRequest
from indicators.views.sparks import Spark, spark
from parks.models import RegionAxis, Zone

log = structlog.get_logger(__name__)

PER_PAGE = 50
MOST_LINES, MOST_BARS = 8, 20
# The filter of zones that opens a group, by level.
DRILL = {Grouping.CITY: "city", Grouping.CLASS: "zone_class"}


@dataclass(frozen=True)
class Shown:
    """A figure of the table, and where it leads: to its history with its return, or to the lineage it was carried by."""

    figure: Figure | None
    href: str
    source: str


@dataclass(frozen=True)
class Block:
    """One item's figures in a line, by year, and the line of their trend."""

    indicator: Indicator
    cells: list[Shown]
    spark: Spark | None


@require_safe
@permission_required(Permission.ZONE_VIEW)
def figure_list(request: UserRequest) -> HttpResponse:
    """The table with its chart; only zones whose figures the reader may see count in it."""
    chosen, asked = _asked(request, Permission.RETURN_VIEW)
    context: dict[str, Any] = {"filter": chosen, "may_export": request.user.may(Permission.EXPORT)}
    if asked is not None:
        table = _table(asked)
        page = Paginator(_sorted(table, request.GET.get("sort", "")), PER_PAGE).get_page(request.GET.get("page"))
        shown, item = list(page), _chart_item(asked, request.GET.get("sort", ""))
        values = origins(shown)
        context |= {
            "asked": asked,
            "table": table,
            "page_obj": page,
            "lines": [(line, _line_href(line, asked, request.GET), _blocks(line, asked, values)) for line in shown],
            "total": (table.total, _blocks(table.total, asked, {})) if table.total and len(table.lines) > 1 else None,
            "level": Grouping(asked.level).label,
            "why_none": "" if table.lines else _why_none(asked),
            "chart": _chart(table, shown, item) if item else None,
            "chart_title": f"{item.label}（{item.unit_label}）" if item else "",
        }
    return render(request, "indicators/figure_list.html", context, status=200 if asked else 422)


@require_safe
@permission_required(Permission.EXPORT)
def figure_export(request: UserRequest) -> HttpResponseBase:
    """The same table as a file, of the zones over which the reader may export; leaves a line in the log."""
    chosen, asked = _asked(request, Permission.RETURN_VIEW, Permission.EXPORT)
    if asked is None:
        return render(request, "indicators/figure_list.html", {"filter": chosen}, status=422)
    table = _table(asked)
    lines = _sorted(table, request.GET.get("sort", ""))
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    told = {key: request.GET.getlist(key) for key in request.GET if key in chosen.filters and request.GET[key]}
    log.info("figure_export", user=request.user.get_username(), kind=kind, lines=len(lines), filters=told)
    name = f"figures-{timezone.localdate():%Y%m%d}.{kind}"
    if kind == "csv":
        return StreamingHttpResponse(
            figures_csv(table, lines),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return FileResponse(figures_xlsx(table, lines, _about(request, table)), as_attachment=True, filename=name)


def _asked(request: UserRequest, *permissions: str) -> tuple[FigureFilter, Asked | None]:
    """The filter as filled in, and what it asks for of the zones visible by all the permissions; None when it is wrong."""
    zones: QuerySet[Zone] = Zone.objects.all()
    for permission in permissions:
        zones = zones & Zone.objects.visible_to(request.user, permission)
    chosen = FigureFilter(request.GET, queryset=zones, request=request)
    return chosen, chosen.asked(chosen.qs) if chosen.is_valid() else None


def _table(asked: Asked) -> FigureTable:
    return figure_table(asked, unknown=_("县（市、区）不详"), total=_("合计"))


def _why_none(asked: Asked) -> str:
    """What to say, and to do, where there is no figure."""
    if asked.level == Grouping.AXIS and not RegionAxis.objects.exists():
        return _(
            "还没有登记哪些地方属于哪条发展轴带：政策原文没有写明，由省联席会议办公室在“发展轴带”页登记后，这里才有数。"
        )
    if asked.restated_on:
        return _("按沿革追溯时，已被整合、分设或托管的园区的数在承继园区名下，请查承继园区；或放宽条件后再试。")
    return _("放宽条件，或换一个年度、指标后再试；只显示您所辖园区的数。")


def _sorted(table: FigureTable, key: str) -> list[Line]:
    """By an item's figure of the last year ("-" before it for descending; what has none stands last), else by code."""
    code, descending = key.removeprefix("-"), key.startswith("-")
    year = table.asked.years[-1]
    if code == "code":
        return table.lines[::-1] if descending else table.lines
    known = [line for line in table.lines if line.number(code, year) is not None]
    unknown = [line for line in table.lines if line.number(code, year) is None]
    return sorted(known, key=lambda line: line.number(code, year) or 0, reverse=descending) + unknown


def _blocks(line: Line, asked: Asked, values: dict[int, Value]) -> list[Block]:
    blocks = []
    for item in asked.indicators:
        figures = {year: line.figures.get((item.code, year)) for year in asked.years}
        series = {year: figure.number for year, figure in figures.items() if figure}
        cells = [_shown(line, asked, figure, values) for figure in figures.values()]
        blocks.append(Block(item, cells, spark(series, item.decimals)))
    return blocks


def _shown(line: Line, asked: Asked, figure: Figure | None, values: dict[int, Value]) -> Shown:
    value = values.get(figure.origin) if figure else None
    if value is not None:
        href = reverse("figure_history", args=[line.code, value.indicator.code, value.period])
        return Shown(figure, href, f"{value.get_source_display()} {value.source_note}".strip())
    if figure is not None and figure.restated and asked.level == Grouping.ZONE:
        return Shown(figure, f"{reverse('zone_detail', args=[line.code])}#lineage-title", _("按沿革追溯"))
    return Shown(figure, "", "")


def _line_href(line: Line, asked: Asked, query: QueryDict) -> str:
    """A zone's own page; for a group, the same table one level further down."""
    if asked.level == Grouping.ZONE:
        return reverse("zone_detail", args=[line.code])
    below = query.copy()
    below.pop("page", None)
    below["level"] = Grouping.CITY if asked.level == Grouping.PROVINCE else Grouping.ZONE
    if asked.level in DRILL:
        below[DRILL[Grouping(asked.level)]] = line.code
    elif asked.level != Grouping.PROVINCE:
        return ""  # zones are not filtered by county or axis
    return f"?{below.urlencode()}"


def _chart_item(asked: Asked, sort: str) -> Indicator | None:
    """The item that the chart draws: the one the table is sorted by, else the first."""
    by_code = {item.code: item for item in asked.indicators}
    return by_code.get(sort.removeprefix("-")) or next(iter(asked.indicators), None)


def _chart(table: FigureTable, lines: Sequence[Line], item: Indicator) -> dict[str, Any] | None:
    """Lines over the years for a few zones or groups, bars of the last year for many."""
    asked = table.asked
    known = [line for line in lines if any(code == item.code for code, _year in line.figures)]
    if not known:
        return None
    unit = {"unit": item.unit_label, "digits": item.decimals}
    common = {"synthetic": table.synthetic, "source": _source(asked)}
    if len(known) <= MOST_LINES and len(asked.years) > 1:
        return common | {
            "kind": "line",
            "x": "year",
            "y": [line.code for line in known],
            "columns": [
                {"key": "year", "label": _("年份")},
                *({"key": line.code, "label": line.label, **unit} for line in known),
            ],
            "rows": [
                {"year": year} | {line.code: line.number(item.code, year) for line in known} for year in asked.years
            ],
        }
    year = asked.years[-1]
    return common | {
        "kind": "bar",
        "horizontal": True,
        "x": "name",
        "y": ["number"],
        "columns": [
            {"key": "name", "label": str(Grouping(asked.level).label)},
            {"key": "number", "label": f"{item.label}（{item.unit_label}）{year}", "digits": item.decimals},
        ],
        "rows": [{"name": line.label, "number": line.number(item.code, year)} for line in known[:MOST_BARS]],
    }


def _source(asked: Asked) -> str:
    """In words: as of when, of what, how carried."""
    words = [_("已确认的报表、部门数据和公开资料") if asked.accepted_only else _("含未确认的数")]
    if asked.as_of:
        words.append(_("截至 %(day)s") % {"day": f"{timezone.localtime(asked.as_of):%Y-%m-%d}"})
    if asked.restated_on:
        words.append(_("按沿革追溯"))
    return "；".join(words)


def _about(request: HttpRequest, table: FigureTable) -> list[tuple[str, str]]:
    """What the file is, for its second sheet."""
    asked = table.asked
    span = str(asked.years[0]) if len(asked.years) == 1 else f"{asked.years[0]}—{asked.years[-1]}"
    rows = [
        (
            _("内容"),
            _("指标数据，汇总到%(level)s；派生指标按各分项合计后计算") % {"level": Grouping(asked.level).label},
        ),
        (_("年度"), f"{span} {asked.part}".strip()),
        (_("口径"), _source(asked)),
        (_("园区数"), str(len(asked.zone_codes))),
        (_("导出时间"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("导出人"), str(request.user)),
    ]
    if table.synthetic:
        rows.append((_("演示数据"), _("斜体数字是演示用的合成数据，不是真实统计；最后一列逐行注明。")))
    return rows
