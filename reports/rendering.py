"""Turning figures into stored page parts (快照渲染): one function a kind of page, in the language that is active."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

import pandas as pd
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.models import Result, Run
from indicators.enums import Frequency, RoundStatus
from indicators.models import Indicator, Round, Value
from indicators.selectors import matrix, read_figures, reporting_year
from parks.lineage import Lineage
from parks.models import Designation, Region, Zone
from parks.provinces import prefix_of, zones_of
from reports import figures
from targets import selectors as targets
from targets.models import Target

TREND_YEARS = 10
MAPPED = {"410000"}
"""Provinces of which `static/geo` has an outline; the cities of others are drawn as bars."""
FEWEST_PEERS = 5


@dataclass(frozen=True)
class Source:
    """Everything the parts are made from, read once for all languages and zones of a refresh."""

    frame: pd.DataFrame
    """Index (zone, year), all zone indicators, stored units."""
    year: int | None
    synthetic_rows: frozenset[tuple[str, int]]
    restated: pd.DataFrame
    """Rows of the zones that took others over, with what these had before (按沿革追溯); no others."""

    @classmethod
    def read(cls) -> Source:
        synthetic = Value.objects.accepted().whole_years().filter(synthetic=True)
        rows = set(synthetic.values_list("zone__code", "year").distinct())
        carried = read_figures(zone_codes=Lineage.read().zones, restated_on=timezone.localdate())
        heirs = carried.frame.index.get_level_values("zone").isin({zone for zone, _year in carried.restated})
        marked = carried.synthetic[heirs].any(axis=1)
        rows |= {(str(zone), int(year)) for zone, year in marked[marked].index}
        return cls(matrix(), reporting_year(), frozenset(rows), carried.frame[heirs])

    def of_province(self, region: Region) -> Source:
        """The same of one province's zones alone."""
        zones, prefix = zones_of(prefix_of(region.code)), prefix_of(region.code)
        return replace(
            self,
            frame=self.frame[self.frame.index.get_level_values("zone").isin(zones)],
            year=reporting_year(prefix),
            synthetic_rows=frozenset((zone, year) for zone, year in self.synthetic_rows if zone in zones),
        )

    def is_synthetic(self, years: Iterable[int], zone: str | None = None) -> bool:
        """Whether a figure of these years (of this zone, if given) is synthetic."""
        wanted = set(years)
        return any(year in wanted and zone in (None, code) for code, year in self.synthetic_rows)


def province(source: Source, region: Region) -> str:
    """The dashboard of a province, open to everyone there who may see targets: headlines, map, targets, classes, trend."""
    source = source.of_province(region)
    year = source.year
    round_ = (
        Round.objects.of_province(region.code)
        .filter(frequency=Frequency.YEAR)
        .exclude(status=RoundStatus.PLANNED)
        .first()
    )
    context: dict[str, Any] = {"year": year, "round": round_, "rendered_at": timezone.now()}
    if year is not None:
        synthetic = source.is_synthetic([year - 1, year])
        cities = figures.by_city(source.frame, year, round_, region)
        own = Target.objects.of_provinces([region]).in_use()
        context |= {
            "synthetic": synthetic,
            "headlines": figures.headlines(source.frame, year),
            "region": region,
            "map": _map_spec(cities, year, synthetic, region),
            "trend": _trend_spec(source, year),
            "classes": figures.classes_on(timezone.localdate(), region),
            "lines": [line for line in targets.board(year, own) if line.target.value is not None],
            "zone_count": len(zones_of(prefix_of(region.code))),
        }
    return render_to_string("reports/_province.html", context)


def standing(region: Region) -> str:
    """Newest published runs with proposals and movers: for those who may see every zone's result in the province."""
    found = {"standings": figures.standings(region), "rendered_at": timezone.now()}
    return render_to_string("reports/_standing.html", found)


def _map_spec(cities: list[dict[str, Any]], year: int, synthetic: bool, region: Region) -> dict[str, Any]:
    return {
        "kind": "map" if region.code in MAPPED else "bar",
        "x": "code" if region.code in MAPPED else "name",
        "y": ["revenue", "tax", "zones", "accepted"],
        "columns": [
            {"key": "name", "label": _("省辖市")},
            {"key": "code", "label": _("代码")},
            {"key": "revenue", "label": _("主营业务收入"), "unit": _("亿元"), "digits": 1},
            {"key": "tax", "label": _("税收收入"), "unit": _("亿元"), "digits": 1},
            {"key": "zones", "label": _("园区数"), "unit": pgettext("unit", "个"), "digits": 0},
            {"key": "accepted", "label": _("本轮已确认"), "unit": "%", "digits": 0},
        ],
        "rows": [row | {"href": f"/zones/?city={row['code']}"} for row in cities],
        "source": _("%(year)s 年度已确认报表") % {"year": year},
        "synthetic": synthetic,
    }


def _trend_spec(source: Source, year: int) -> dict[str, Any]:
    rows = []
    reported = Round.objects.filter(frequency=Frequency.YEAR, year__gt=year - TREND_YEARS, year__lte=year)
    for y in reported.order_by("year").values_list("year", flat=True).distinct():
        revenue, tax = (figures.total(source.frame, c, y) for c in ("main_business_revenue", "tax_revenue"))
        if len(revenue):
            rows.append({"year": y, "revenue": revenue.sum() / 10000, "tax": tax.sum() / 10000, "zones": len(revenue)})
    return {
        "kind": "bar",
        "x": "year",
        "y": ["revenue"],
        "columns": [
            {"key": "year", "label": _("年度")},
            {"key": "revenue", "label": _("主营业务收入"), "unit": _("亿元"), "digits": 0},
            {"key": "tax", "label": _("税收收入"), "unit": _("亿元"), "digits": 0},
            {"key": "zones", "label": _("有数据的园区"), "unit": pgettext("unit", "个"), "digits": 0},
        ],
        "rows": rows,
        "source": _("各年度已确认报表合计，一区多牌只计一次"),
        "synthetic": source.is_synthetic(int(row["year"]) for row in rows),
    }


class ZoneRenderer:
    """Renders profiles of many zones from one source; per zone no further query but its results and plates."""

    def __init__(self, source: Source, zones: list[Zone]) -> None:
        self.source = source
        self.indicators = list(Indicator.objects.for_zones())
        self.results: dict[int, list[Result]] = {}
        for result in (
            Result.objects.filter(zone__in=zones, run__in=Run.objects.published().values("pk"))
            .select_related("run__scheme")
            .defer("explanation", "run__inputs")
            .order_by("-run__year", "-run_id")
        ):
            self.results.setdefault(result.zone_id, []).append(result)
        plates = Designation.objects.in_force_on(timezone.localdate())
        self.classes: dict[str, set[str]] = {}
        self.provinces: dict[str, str] = {}
        for code, city, zone_class in plates.values_list("zone__code", "zone__city__code", "zone_class"):
            self.classes.setdefault(code, set()).add(zone_class)
            self.provinces[code] = prefix_of(city)
        self.medians: dict[tuple[str, frozenset[str], int], pd.Series[float]] = {}

    def render(self, zone: Zone) -> str:
        rows = self._rows(zone)
        years = self._years(rows)
        year = years[-1] if years else None
        context: dict[str, Any] = {
            "zone": zone,
            "year": year,
            "years": years[-3:],
            "rendered_at": timezone.now(),
            "results": self._newest_per_year(self.results.get(zone.pk, [])),
        }
        if rows is not None and year is not None:
            synthetic = self.source.is_synthetic(years, zone.code)
            restated = zone.code in self.source.restated.index.get_level_values("zone")
            context |= {
                "synthetic": synthetic,
                "restated": restated,
                "sections": self._sections(zone, rows, years[-3:]),
                "trend": self._trend(rows, years, synthetic=synthetic, restated=restated),
            }
        return render_to_string("reports/_zone.html", context)

    def _rows(self, zone: Zone) -> pd.DataFrame | None:
        """The zone's figures by year, along its lineage if it took others over; None when it has none."""
        for frame in (self.source.restated, self.source.frame):
            if zone.code in frame.index.get_level_values("zone"):
                return cast("pd.DataFrame", frame.loc[zone.code])
        return None

    def _years(self, rows: pd.DataFrame | None) -> list[int]:
        return [] if rows is None else [int(y) for y in sorted(rows.dropna(how="all").index)]

    def _median(self, zone: Zone, year: int) -> pd.Series[float]:
        """The median of the zones of its province that share a class with this one."""
        own, province = frozenset(self.classes.get(zone.code, ())), prefix_of(zone.city.code)
        key = (province, own, year)
        if key not in self.medians:
            peers = [code for code, held in self.classes.items() if held & own and self.provinces[code] == province]
            rows = self.source.frame.xs(year, level="year")
            those = cast("pd.DataFrame", rows[rows.index.isin(peers)])
            enough = those.count() >= FEWEST_PEERS
            # Of two or three peers a median would tell one its neighbour's figure.
            self.medians[key] = cast("pd.Series[float]", those.median()).where(enough)
        return self.medians[key]

    def _sections(self, zone: Zone, rows: pd.DataFrame, years: list[int]) -> list[dict[str, Any]]:
        median = self._median(zone, years[-1])
        sections: dict[str, dict[str, Any]] = {}
        for indicator in self.indicators:
            if indicator.code not in rows.columns:
                continue
            numbers = [figures.number(rows[indicator.code].get(year)) for year in years]
            if all(number is None for number in numbers):
                continue
            growth, points = figures.change(indicator, *numbers[-2:]) if len(numbers) > 1 else (None, None)
            section = sections.setdefault(
                indicator.dimension, {"label": indicator.get_dimension_display(), "lines": []}
            )
            section["lines"].append(
                {
                    "indicator": indicator,
                    "numbers": list(zip(years, numbers, strict=True)),
                    "growth": growth,
                    "points": points,
                    "median": figures.number(median.get(indicator.code)),
                }
            )
        return list(sections.values())

    def _trend(self, rows: pd.DataFrame, years: list[int], *, synthetic: bool, restated: bool) -> dict[str, Any]:
        return {
            "kind": "line",
            "x": "year",
            "y": ["revenue", "tax"],
            "columns": [
                {"key": "year", "label": _("年度")},
                {"key": "revenue", "label": _("主营业务收入"), "unit": _("亿元"), "digits": 2},
                {"key": "tax", "label": _("税收收入"), "unit": _("亿元"), "digits": 2},
            ],
            "rows": [
                {
                    "year": year,
                    "revenue": figures.in_yi(rows["main_business_revenue"].get(year)),
                    "tax": figures.in_yi(rows["tax_revenue"].get(year)),
                }
                for year in years
            ],
            "source": _("已确认报表"),
            "note": _("按沿革追溯：含原园区按份额并入的数") if restated else "",
            "synthetic": synthetic,
        }

    @staticmethod
    def _newest_per_year(results: list[Result]) -> list[Result]:
        """The newest run of each scheme and year; `results` come newest first."""
        seen: dict[tuple[str, int], Result] = {}
        for result in results:
            seen.setdefault((result.run.scheme.code, result.run.year), result)
        return list(seen.values())
