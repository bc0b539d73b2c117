"""Enterprises with yearly figures in two cities, what follows from the classes, and evaluations of three years (演示企业评价).

Figures are made up and marked; a few enterprises lack one, are young, under construction or had an accident, so that every
reason for a class can be seen. The two earlier years are final, the newest waits for somebody to make it final.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from accounts.models import User
from assessments.evaluations.execute import execute
from assessments.models import Scheme
from assessments.services import evaluation_finalise, evaluation_start
from config.demo.figures import SEED
from config.demo.registers import Data, Line, credit_code, store
from parks.models import Region, Zone
from registers.models import Enterprise

CITIES = ("411300", "410300")
"""南阳市, where the demonstration's log-ins belong, and 洛阳市."""
FIRMS = 22
"""Enterprises of each of their zones beside those that all zones have."""
YEARS = (2023, 2024, 2025)
FIRST_NUMBER = 100_000
SCHEME = "enterprise-start"
SMALL = 6
"""One enterprise in so many is below scale."""
MEASURES: dict[str, dict[str, tuple[str, str]]] = {
    "a": {
        "land": ("演示：新增用地优先安排，按基准地价下限供地", "下限 70%"),
        "power": ("演示：用能指标优先保障，不参加错峰", ""),
        "emission": ("演示：排污权优先配置", ""),
        "finance": ("演示：纳入重点信贷支持名单", ""),
    },
    "b": {"land": ("演示：按项目质量择优供地", ""), "finance": ("演示：正常授信", "")},
    "c": {
        "power": ("演示：从严核定新增用能", ""),
        "water": ("演示：超计划用水加价", "加价 10%"),
        "finance": ("演示：信贷只收不增", ""),
    },
    "d": {
        "land": ("演示：不再新增用地，限期整改", ""),
        "power": ("演示：实行差别电价", "每千瓦时加价 0.1 元"),
        "water": ("演示：实行差别水价", "加价 20%"),
        "emission": ("演示：不配置新增排污权", ""),
    },
}


def write(*, actor: User) -> dict[str, int]:
    """Enterprises, their figures and the measures, in bulk; returns how many of each."""
    zones = list(Zone.objects.filter(city__code__in=CITIES).select_related("city", "administration").order_by("code"))
    firms = _firms(zones, actor)
    known = {zone.code: list(zone.enterprises.order_by("pk")) for zone in zones}
    lines = [
        Line("enterprise_figures", zone, data)
        for zone in zones
        for number, firm in enumerate(known[zone.code])
        for data in _figures(zone.code, number, firm.credit_code)
    ]
    for region in Region.objects.filter(code__in=CITIES):
        lines += [Line("class_measures", region, data) for data in _measures(region)]
    store(lines, [firm for group in known.values() for firm in group], actor)
    return {"evaluated_enterprises": len(firms), "enterprise_figures": len(lines)}


def evaluate() -> dict[str, int]:
    """Evaluations of the two cities, started by one person, the earlier years made final by another."""
    starter, second = User.objects.get(username="office"), User.objects.get(username="lead")
    scheme = Scheme.objects.library().filter(code=SCHEME).order_by("-version").first()
    if scheme is None:  # another pack's portal has other methods
        return {}
    made = 0
    for region in Region.objects.filter(code__in=CITIES).select_related("office"):
        for year in YEARS:
            evaluation = evaluation_start(by=starter, scheme=scheme, year=year, place=region, above_scale=True)
            execute(evaluation.pk)
            made += 1
            if year != YEARS[-1]:
                document, day = f"演示文〔{year + 1}〕{made}号", date(year + 1, 9, 20)
                note = "演示：公示 7 日，收到异议 0 件。"
                evaluation_finalise(by=second, evaluation_id=evaluation.pk, document=document, on=day, note=note)
    return {"evaluations": made}


def _dice(*parts: object) -> int:
    return zlib.crc32("/".join(map(str, (SEED, "enterprises", *parts))).encode())


def _firms(zones: Sequence[Zone], actor: User) -> list[Enterprise]:
    firms = []
    for at, zone in enumerate(zones):
        industries = zone.leading_industries or ["制造"]
        for number in range(FIRMS):
            industry = industries[number % len(industries)]
            firms.append(
                Enterprise(
                    credit_code=credit_code(zone.city.code, FIRST_NUMBER + at * FIRMS + number),
                    name=f"演示{zone.code}{industry}{number + 1:02d}号公司",
                    zone=zone,
                    industry=industry,
                    since=date(2008 + _dice(zone.code, number, "firm") % 14, 6, 1),
                    synthetic=True,
                    created_by=actor,
                    changed_by=actor,
                )
            )
    return Enterprise.objects.bulk_create(firms)


def _figures(zone: str, number: int, firm: str) -> Iterator[Data]:
    """The years of one enterprise: its size and its efficiency stay with it, a little up or down each year."""
    seed = _dice(zone, number, "figures")
    land = 8 + seed % 180
    quality = math.exp((seed // 7 % 1000 / 1000 - 0.5) * 1.8)
    below = seed % SMALL == 0
    for year in YEARS:
        turn = _dice(zone, number, year)
        swing = 0.85 + turn % 300 / 1000
        revenue = land * (0.3 if below else 1) * 320 * quality * swing
        added = revenue * (0.2 + turn // 11 % 100 / 1000)
        tax = land * (0.5 if below else 1) * 11 * quality * swing
        data: dict[str, Any] = {
            "enterprise": firm,
            "year": year,
            "above_scale": not below,
            "tax_paid": tax * 1.03,
            "tax_assessed": tax,
            "land_used": land,
            "main_business_revenue": revenue,
            "gross_output": revenue * 1.05,
            "industrial_value_added": added,
            "total_profit": revenue * (turn // 13 % 120 / 1000 - 0.01),
            "rd_expenditure": revenue * (turn // 17 % 40) / 1000,
            "energy_use": added * (0.15 + turn // 19 % 300 / 1000),
            "electricity_use": added * 0.12,
            "emission": added * (0.1 + turn // 23 % 200 / 1000) / 1000,
            "employees": added / (14 + turn // 29 % 12),
            "production_year": 2009 + seed // 31 % 13,
            "above_scale_year": 2012 + seed // 37 % 10,
        }
        yield _special(data, number, turn)


def _special(data: dict[str, Any], number: int, turn: int) -> Data:
    """What sets a few enterprises apart; numbers as a register keeps them."""
    if data["above_scale"] is False:
        del data["above_scale_year"]
    if number == 5:
        data["production_year"] = data["year"] - 1
        data.pop("above_scale_year", None)
    if number == 9 and turn % 3 == 0:
        data["exemption"] = "under_construction"
        for code in ("main_business_revenue", "gross_output", "total_profit", "production_year"):
            data.pop(code, None)
    if number == 12 and turn % 2 == 0:
        data["safety_accidents"] = 1
    if number == 14 and turn % 5 == 0:
        data["environment_cases"] = 1
    if number == 17 and turn % 3 == 0:
        del data["rd_expenditure"]
    if turn % 9 == 0:
        del data["emission"]
    return {code: _kept(code, value) for code, value in data.items()}


def _kept(code: str, value: Any) -> Any:
    if isinstance(value, bool | int | str) and code != "land_used":
        return value
    digits = {"electricity_use": 4, "emission": 4, "employees": 1}.get(code, 2)
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _measures(region: Region) -> Iterator[Data]:
    for grade, measures in MEASURES.items():
        for field, (title, amount) in measures.items():
            data: Data = {
                "title": title,
                "evaluation_class": grade,
                "field": field,
                "direction": {"a": "support", "b": "neutral"}.get(grade, "restrict"),
                "document_no": f"演示{region.name[:2]}〔2023〕8号",
                "effective_date": "2023-07-01",
                "status": "in_force",
            }
            yield data | ({"amount": amount} if amount else {})
