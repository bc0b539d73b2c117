"""The board of targets, the zones behind a figure, and what was reported (目标表查询)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models.fields.json import KT

from accounts.enums import Permission
from accounts.models import User
from common.statuses import LOOKS
from parks.models import Designation, Zone
from targets.enums import Measure, TargetStatus
from targets.models import Judgement, Progress, ReportedProgress, Target, TargetQuerySet


@dataclass
class TargetLine:
    """One line of the board: a target, its progress at the chosen year and the series up to it."""

    target: Target
    progress: Progress | None
    series: list[Progress]
    computed: bool = True
    judgement: Judgement | None = None
    """The newest judgement on a qualitative goal, when asked for by `with_verdicts`."""
    """Whether anything was computed yet: right after a start or a change the worker may still be at it."""

    @property
    def status(self) -> str:
        if self.target.measure == Measure.QUALITATIVE:
            return TargetStatus.QUALITATIVE
        if self.progress:
            return self.progress.status
        return TargetStatus.NO_DATA if self.computed else TargetStatus.PENDING

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


def board(year: int | None, targets: TargetQuerySet | None = None) -> list[TargetLine]:
    """The targets (all in use, unless given) with their progress at `year`; three queries whatever their number."""
    targets = Target.objects.in_use() if targets is None else targets
    targets = targets.select_related("provision__instrument", "provision__document", "withdrawn_by")
    series: dict[int, list[Progress]] = {}
    rows_ = Progress.objects.filter(target__in=targets).annotate(coverage=KT("detail__coverage"))
    for row in rows_.defer("detail").order_by("year"):
        series.setdefault(row.target_id, []).append(row)
    lines = []
    for target in targets:
        rows = [row for row in series.get(target.pk, []) if year is None or row.year <= year]
        if target.measure == Measure.RULE:  # a rule is checked now, not at the end of a year
            rows = series.get(target.pk, [])
        live = year is None or target.measure == Measure.RULE
        current = rows[-1] if rows and (live or rows[-1].year == year) else None
        lines.append(TargetLine(target, current, rows, computed=target.pk in series))
    return lines


def with_verdicts(lines: list[TargetLine], year: int | None) -> None:
    """Adds to the qualitative goals their newest judgement up to the year; one query."""
    goals = {line.target.pk: line for line in lines if line.target.is_qualitative}
    rows = Judgement.objects.filter(target__in=goals)
    if year is not None:
        rows = rows.filter(year__lte=year)
    for row in rows.order_by("year", "id"):
        goals[row.target_id].judgement = row


def is_computing(lines: list[TargetLine]) -> bool:
    """Whether some of these figures are still to come: a count of them would not be a fact yet."""
    return any(line.status == TargetStatus.PENDING for line in lines)


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
        "register": detail.get("register", {}),
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


# ---- reported 已报告的进展 --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportedLine:
    """A year as it was first reported, its newest vintage, and the figure now."""

    year: int
    first: ReportedProgress
    newest: ReportedProgress
    now: Progress | None
    vintages: list[ReportedProgress]

    @property
    def revised(self) -> bool:
        return len(self.vintages) > 1

    @property
    def differs(self) -> bool:
        """Whether the figure has moved since it was last reported: the next report makes it late data."""
        return self.now is not None and self.now.value != self.newest.value


def reported_series(target: Target) -> list[ReportedLine]:
    """What was reported of a target year by year, the newest first; two queries."""
    rows: dict[int, list[ReportedProgress]] = {}
    for row in target.reported.select_related("reported_by").order_by("year", "vintage"):
        rows.setdefault(row.year, []).append(row)
    now = {row.year: row for row in target.progress.filter(year__in=rows).defer("detail")}
    return [
        ReportedLine(year, vintages[0], vintages[-1], now.get(year), vintages)
        for year, vintages in sorted(rows.items(), reverse=True)
    ]


@dataclass(frozen=True)
class PreviewLine:
    """What a report of the year would write for a target: first, late or unchanged; empty without a figure."""

    progress: Progress
    held: ReportedProgress | None

    @property
    def target(self) -> Target:
        return self.progress.target

    @property
    def outcome(self) -> str:
        held, now = self.held, self.progress
        if held is None:
            return "first" if now.value is not None else "empty"
        same = (held.value, held.numerator, held.denominator) == (now.value, now.numerator, now.denominator)
        return "unchanged" if same else "late"

    @property
    def change(self) -> Decimal | None:
        if self.held is None or self.held.value is None or self.progress.value is None:
            return None
        return self.progress.value - self.held.value

    @property
    def digits(self) -> int:
        return 1 if self.target.unit == "%" else 0


def report_preview(year: int, user: User) -> list[PreviewLine]:
    """The user's targets in use with their figure of the year beside what was last reported; a few queries."""
    held = {row.target_id: row for row in ReportedProgress.objects.filter(year=year).order_by("vintage")}
    rows = Progress.objects.filter(year=year, target__in=Target.objects.visible_to(user).in_use().countable())
    rows = rows.select_related("target__provision").defer("detail").order_by("target__position")
    return [PreviewLine(row, held.get(row.target_id)) for row in rows]


def preview_counts(lines: list[PreviewLine]) -> dict[str, int]:
    return dict(Counter(line.outcome for line in lines))


def newest_progress(target: Target) -> Progress | None:
    """The newest progress with a value."""
    return target.progress.filter(value__isnull=False).order_by("-year").first()
