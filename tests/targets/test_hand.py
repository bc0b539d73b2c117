"""T01–T12 for Nanyang (411300) counted by plain SQL from what the parks reported, beside what the measures give."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from django.db import connection

from accounts.models import User
from targets import selectors
from targets.models import Progress, Target
from targets.tasks import progress_refresh

pytestmark = pytest.mark.django_db

CITY, YEAR = "411300", 2024
PLATES = """
    SELECT DISTINCT z.code AS zone, d.zone_class, d.level, d.code AS plate
    FROM parks_designation d JOIN parks_zone z ON z.id = d.zone_id JOIN parks_region c ON c.id = z.city_id
    WHERE c.code = %s AND (d.valid_from IS NULL OR d.valid_from <= %s) AND (d.valid_to IS NULL OR d.valid_to > %s)
"""
FIGURES = """
    SELECT z.code AS zone, i.code AS item, v.number
    FROM indicators_value v JOIN indicators_return r ON r.id = v.return_ref_id JOIN parks_zone z ON z.id = v.zone_id
    JOIN parks_region c ON c.id = z.city_id JOIN indicators_indicator i ON i.id = v.indicator_id
    WHERE c.code = %s AND v.period = %s AND v.source = 'park' AND r.status = 'accepted' AND v.number IS NOT NULL
"""
SERIES = """
    SELECT i.code, p.number FROM indicators_provincevalue p JOIN indicators_indicator i ON i.id = p.indicator_id
    WHERE p.year = %s
"""


def table(sql: str, *values: Any) -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return pd.DataFrame(cursor.fetchall(), columns=[column[0] for column in cursor.description])


def test_a_city_by_plain_sql(demo: None) -> None:
    progress_refresh()
    day = f"{YEAR}-12-31"
    plates = table(PLATES, CITY, day, day)
    figures = (
        table(FIGURES, CITY, str(YEAR))
        .astype({"number": float})
        .pivot_table(index="zone", columns="item", values="number")
    )
    clusters = sorted(set(plates.zone[plates.zone_class == "cluster"]))
    designated = sorted(set(plates.zone[(plates.zone_class == "cluster") & (plates.level == "province_designated")]))
    national = sorted(set(plates.zone[plates.level == "national"]))
    assert len(clusters) > 5
    of = figures.reindex(clusters)
    revenue, leading = of["main_business_revenue"], of["leading_industry_revenue"]
    firms, covered = of["ml_industrial_enterprises"], of["ml_industrial_with_provincial_rd"]
    both = firms.notna() & covered.notna()
    done = figures["circular_transformation_done"]
    by_hand = {
        "T01": (float((revenue > 10_000_000).sum()), float(len(clusters))),
        "T02": (float((plates.level == "national").sum()), None),
        "T03": (float((leading / revenue > 0.5).sum()), float(len(clusters))),
        "T09": (float(covered[both].sum()), float(firms[both].sum())),
        "T11": (float((done.reindex(national) >= 1).sum()), float(len(national))),
        "T12": (float((done.reindex(designated) >= 1).sum()), float(len(designated))),
    }
    office = User.objects.get(username="office")
    for code, (numerator, denominator) in by_hand.items():
        target = Target.objects.get(code=code)
        lines = selectors.city_lines(target, Progress.objects.get(target=target, year=YEAR), office)
        line = next((line for line in lines if line.code == CITY), None)
        if line is None:
            assert not numerator, code
            continue
        assert line.numerator == pytest.approx(numerator), code
        if denominator is not None:
            assert line.denominator == pytest.approx(denominator), code
        # The cities together are the province.
        whole = Progress.objects.get(target=target, year=YEAR)
        assert sum(line.numerator or 0 for line in lines) == pytest.approx(float(whole.numerator or 0), abs=1e-3), code
    # T04–T08 and T10 have no parts by city: the province's figure is the one entered.
    entered = {code: float(number) for code, number in table(SERIES, YEAR).itertuples(index=False)}
    for code in ("T04", "T05", "T06", "T07", "T08", "T10"):
        target = Target.objects.get(code=code)
        assert float(Progress.objects.get(target=target, year=YEAR).value or 0) == entered[target.spec["indicator"]]
        assert selectors.city_lines(target, selectors.newest_progress(target), office) == []
