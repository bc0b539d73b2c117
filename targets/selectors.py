"""Reads over targets for pages, the API and the dashboard (目标查询)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from accounts.enums import Permission
from accounts.models import User
from common.statuses import LOOKS
from parks.models import Designation, Zone
from targets.enums import Measure, TargetStatus
from targets.models import Progress, Target


@dataclass(frozen=True)
class TargetLine:
    """One line of the board: a target, its progress at the chosen year and the series up to it."""

    target: Target
    progress: Progress | None
    series: list[Progress]

    @property
    def status(self) -> str:
        if self.target.measure == Measure.QUALITATIVE:
            return TargetStatus.QUALITATIVE
        return self.progress.status if self.progress else TargetStatus.NO_DATA

    @property
    def tone(self) -> str:
        return LOOKS[self.status].tone

    @property
    def digits(self) -> int:
        """Decimals shown: counts whole, percentages with one."""
        return 1 if self.target.unit == "%" else 0

    @property
    def percent(self) -> float | None:
        """Value in percent of the goal, for a bar; None without either."""
        if self.progress is None or self.progress.value is None or not self.target.value:
            return None
        return float(100 * self.progress.value / self.target.value)


def years_with_progress() -> list[int]:
    return list(Progress.objects.order_by("-year").values_list("year", flat=True).distinct())


def board(year: int | None, code: str | None = None) -> list[TargetLine]:
    """All targets (or the one named) with their progress at `year`; three queries whatever their number."""
    targets = Target.objects.select_related("provision__instrument")
    if code:
        targets = targets.filter(code=code)
    series: dict[int, list[Progress]] = {}
    for row in Progress.objects.filter(target__in=targets).defer("detail").order_by("year"):
        series.setdefault(row.target_id, []).append(row)
    lines = []
    for target in targets:
        rows = [row for row in series.get(target.pk, []) if year is None or row.year <= year]
        current = rows[-1] if rows and (year is None or rows[-1].year == year) else None
        lines.append(TargetLine(target, current, rows))
    return lines


def counts_by_status(lines: list[TargetLine]) -> dict[str, int]:
    return dict(Counter(line.status for line in lines))


@dataclass(frozen=True)
class ZoneMark:
    """A zone (or designation) named in a target's detail: code, name, city, link, and for near misses value and gap."""

    code: str
    name: str
    city: str
    url: str
    value: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class ProgressDetail:
    """The zones behind a figure that the reader may see; `totals` counts them all."""

    counted: list[ZoneMark]
    nearest: list[ZoneMark]
    missing: list[ZoneMark]
    totals: dict[str, int]


def visible_codes(user: User) -> set[str]:
    """Codes of zones, and of their designations, whose figures the user may see."""
    zones = Zone.objects.visible_to(user, Permission.RETURN_VIEW)
    plates = Designation.objects.filter(zone__in=zones)
    return {*zones.values_list("code", flat=True), *plates.values_list("code", flat=True)}


def narrowed(detail: dict[str, Any], visible: set[str]) -> dict[str, Any]:
    """A figure's detail without the zones outside `visible`: the total is everyone's, single zones are not."""
    return {
        "counted": [code for code in detail.get("counted", []) if code in visible],
        "nearest": [row for row in detail.get("nearest", []) if row[0] in visible],
        "missing": [code for code in detail.get("missing", []) if code in visible],
    }


def detail_of(progress: Progress, user: User) -> ProgressDetail:
    """The zones behind a figure, with names; a handful of queries whatever their number."""
    totals = {name: len(progress.detail.get(name, [])) for name in ("counted", "missing")}
    detail = narrowed(progress.detail, visible_codes(user))
    nearest = {code: (value, gap) for code, value, gap in detail.get("nearest", [])}
    codes = {*detail.get("counted", []), *detail.get("missing", []), *nearest}
    marks = {
        z.code: ZoneMark(z.code, z.name, z.city.label, z.get_absolute_url())
        for z in Zone.objects.filter(code__in=codes).select_related("city")
    }
    if progress.target.measure == Measure.COUNT_DESIGNATIONS:
        marks = {
            d.code: ZoneMark(d.code, d.name, d.zone.city.label, d.zone.get_absolute_url())
            for d in Designation.objects.filter(code__in=codes).select_related("zone__city")
        }
    return ProgressDetail(
        counted=[marks[c] for c in detail.get("counted", []) if c in marks],
        nearest=[
            ZoneMark(m.code, m.name, m.city, m.url, value, gap)
            for c, (value, gap) in nearest.items()
            if (m := marks.get(c))
        ],
        missing=[marks[c] for c in detail.get("missing", []) if c in marks],
        totals=totals,
    )
