"""What departments know of the demonstration years (演示部门数据): mostly what the parks say, with differences to reconcile."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Duty
from accounts.models import Organisation, User
from config.demo.figures import SEED, ZoneFacts
from indicators.enums import Channel, ValueSource, Verdict
from indicators.models import DepartmentLoad, Indicator
from indicators.selectors import differences, pairs_of
from indicators.services import fingerprint, reconciliations_decide
from parks.models import Zone

NOTE = "演示数据，固定种子生成，不代表真实情况"
ITEMS: dict[Duty, tuple[str, ...]] = {
    Duty.STATISTICS: ("main_business_revenue", "industrial_value_added", "fixed_investment", "employees",
                      "above_scale_enterprises"),
    Duty.TAXATION: ("tax_revenue",),
    Duty.CUSTOMS: ("imports_exports", "exports", "customs_tax"),
    Duty.ECOLOGY: ("cod_emission", "so2_emission", "environmental_breaches"),
    Duty.EMERGENCY: ("safety_accidents", "open_safety_hazards"),
}  # fmt: skip
YEARS = (2023, 2024, 2025)
EARLY = (Duty.TAXATION, Duty.EMERGENCY)
"""Who has delivered for the newest year; the others still have to."""
# Of a hundred figures: how many are said alike, differ within tolerance, beyond it, widely, by one unit; the rest is missing.
ALIKE, WITHIN, BEYOND, WIDE, ROUNDED = 76, 86, 92, 95, 98

Published = Mapping[tuple[str, str, int], object]


def write(*, actor: User, table: pd.DataFrame, facts: Sequence[ZoneFacts], published: Published) -> int:
    """Deliveries of every department and year, and decisions on the earlier ones; returns how many figures came in.

    Zones whose figure is a published one are left out: what is real is not compared with what is made up.
    """
    codes = {code for group in ITEMS.values() for code in group}
    indicators = Indicator.objects.in_bulk(codes & set(table.columns), field_name="code")
    zones = dict(Zone.objects.values_list("code", "pk"))
    count = 0
    for year in YEARS:
        for duty, items in ITEMS.items():
            if year == YEARS[-1] and duty not in EARLY:
                continue
            cells = [
                (zones[fact.code], indicators[code], number)
                for fact in facts
                for code in items
                if code in indicators and fact.classes & set(indicators[code].zone_classes)
                if (fact.code, code, year) not in published
                if (number := _figure(table, fact.code, indicators[code], year)) is not None
            ]
            _copy(_load(actor, duty, year, len(cells)), cells)
            count += len(cells)
    _reconcile(actor)
    return count


def _figure(table: pd.DataFrame, zone: str, item: Indicator, year: int) -> float | None:
    """What the department knows where the park says what the table has."""
    figures = table[item.code]
    told = round(float(figures.loc[(zone, year)]), item.decimals)
    dice = zlib.crc32(f"{SEED}/{zone}/{item.code}/{year}/department".encode())
    kind, size = dice % 100, (dice // 100 % 1000) / 1000
    sign = 1 if dice // 100_000 % 2 else -1
    if kind < ALIKE or told == 0:
        return told
    if kind < ROUNDED:
        share = 0.006 * size if kind < WITHIN else 0.02 + 0.06 * size if kind < BEYOND else 0.1 + 0.3 * size
        other = told * (1 + sign * share) if kind < WIDE else told + sign * 10**-item.decimals
        return max(round(other, item.decimals), 0)
    return None


def _load(actor: User, duty: Duty, year: int, rows: int) -> DepartmentLoad:
    return DepartmentLoad.objects.create(
        department=duty,
        organisation=Organisation.objects.filter(duty=duty).first(),
        year=year,
        period=str(year),
        name=f"{year}年{duty.label}数据（演示）",
        channel=Channel.DEMO,
        source_note=NOTE,
        rows=rows,
        synthetic=True,
        created_by=actor,
    )


def _copy(load: DepartmentLoad, cells: Iterable[tuple[int, Indicator, float]]) -> None:
    now = timezone.now().isoformat()
    stream = io.StringIO()
    for zone, item, number in cells:
        stream.write(
            f"{zone}\t{item.pk}\t{load.year}\t{load.period}\t{number:.{item.decimals}f}\t\t\t{ValueSource.DEPARTMENT}\t"
            f"{load.department}\t{load.pk}\t{NOTE}\t\tt\t1\t{now}\t{Channel.DEMO}\n"
        )
    stream.seek(0)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # ADR 7
        cursor.cursor.copy_expert(
            "COPY indicators_value (zone_id, indicator_id, year, period, number, absence, comment, source, department, "
            "load_id, source_note, certainty, synthetic, revision, updated_at, channel) FROM STDIN",
            stream,
        )


def _reconcile(actor: User) -> None:
    """The oldest year is decided, of the middle one what differs by rounding, the newest is open."""
    oldest, middle, _newest = map(str, YEARS)
    wide = Q(share__gte=10) | Q(share=None)
    for where, verdict, reason in (
        (Q(period=oldest) & ~wide, Verdict.DEPARTMENT, "演示：部门统计口径一致，采用部门数。"),
        (Q(period=oldest) & wide, Verdict.PARK, "演示：园区已提交佐证材料，部门数待修订，采用园区数。"),
        (Q(period=middle, rounding=True), Verdict.DEPARTMENT, "演示：四舍五入之差，采用部门数。"),
    ):
        differing = differences(actor).filter(where)
        if pairs := pairs_of(differing):
            reconciliations_decide(
                by=actor, differing=differing, verdict=verdict, reason=reason, shown=fingerprint(pairs)
            )
