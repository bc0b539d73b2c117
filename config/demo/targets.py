"""Demonstration acts on targets: quotas of cities and zones, reports with late data, judgements (演示的目标办理).

They go the way of real ones, by the same services; quotas and judgements carry the mark, reports that of their figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from indicators.models import ProvinceValue
from indicators.selectors import newest_change
from parks.models import Region
from targets.enums import Verdict
from targets.models import Progress, Target
from targets.selectors import city_lines, zone_lines
from targets.services import judgement_record, quotas_set, year_report
from targets.tasks import recompute

REPORTED = range(2018, 2025)
LATE = ("new_rd_bodies", 2023, 6)
"""A series and year of which so many came late: reported first without, then with them."""
LATE_NOTE = "演示：{number} 家机构的认定文件在年度报告之后送达。"
DIVIDED = ("T01", "T03", "T09", "T12")
BELOW = ("410100", "410300", "411300")
"""Cities that divide their quota further among their zones."""
YEAR = 2024
NOTE = "演示：按各市现有数量分解，取整后与全省目标不等。"
JUDGEMENTS = (
    ("Q01", Verdict.PARTLY, "演示：亩均税收连续四年上升；空间布局调整完成三分之二的市，其余在编制方案。"),
    ("Q02", Verdict.PARTLY, "演示：战略性新兴产业比重持续提升；生产性服务业比重提升不明显。“大幅”没有定义，未作数字判断。"),
    ("Q03", Verdict.PARTLY, "演示：研发投入强度和高新技术产业比重上升，新型产业体系尚在形成。"),
    ("Q04", Verdict.MET, "演示：外贸体制机制改革事项已全部出台，依据各部门年度总结。"),
    ("Q05", Verdict.NOT_YET, "演示：公共服务设施覆盖率低于城区水平，产城融合示范区建设过半。"),
)  # fmt: skip


def write(*, actor: User) -> dict[str, int]:
    """Compute progress, report the years, divide some targets, judge the qualitative goals; returns how many of each."""
    reports = _report(actor)
    return {"reports": reports, "quotas": _divide(actor), "judgements": _judge(actor)}


def _report(actor: User) -> int:
    """Every year once, and the year with late figures a second time."""
    code, late, number = LATE
    value = ProvinceValue.objects.get(indicator__code=code, year=late)
    full = value.number
    value.number = full - number
    value.save()
    recompute(newest_change())
    written = sum(len(year_report(by=actor, year=year).first) for year in REPORTED)
    value.number = full
    value.save()
    recompute(newest_change())
    return written + len(year_report(by=actor, year=late, note=LATE_NOTE.format(number=number)).late)


def _divide(actor: User) -> int:
    """Among the cities by what each has, and in some cities among their zones."""
    made = 0
    for target in Target.objects.filter(code__in=DIVIDED).select_related("provision__document"):
        progress = Progress.objects.get(target=target, year=YEAR)
        share = target.unit == "%"
        lines = {line.code: line.denominator or 0.0 for line in city_lines(target, progress, actor)}
        value = target.value or Decimal(0)
        parts = dict.fromkeys(lines, value) if share else _apportioned(lines, int(value))
        quotas_set(by=actor, code=target.code, city=None, parts=parts, base_number=0, reason=NOTE, synthetic=True)
        made += len(parts)
        for city in Region.objects.filter(code__in=BELOW):
            zones = {line.code: line.value or 0.0 for line in zone_lines(target, progress, city, actor)}
            if city.code in parts and zones:
                own = parts[city.code]
                below = dict.fromkeys(zones, own) if share else _best(zones, int(own))
                quotas_set(
                    by=actor, code=target.code, city=city, parts=below, base_number=0, reason=NOTE, synthetic=True
                )
                made += len(below)
    return made


def _apportioned(sizes: Mapping[str, float], whole: int) -> dict[str, Decimal]:
    """Whole numbers in proportion, by the largest remainders, that sum to the whole."""
    total = sum(sizes.values())
    exact = {code: whole * size / total for code, size in sizes.items()}
    parts = {code: int(number) for code, number in exact.items()}
    left = whole - sum(parts.values())
    for code in sorted(exact, key=lambda code: (parts[code] - exact[code], code))[:left]:
        parts[code] += 1
    return {code: Decimal(number) for code, number in parts.items()}


def _best(values: Mapping[str, float], count: int) -> dict[str, Decimal]:
    """One each for so many zones, those first that are there already."""
    chosen = sorted(values, key=lambda code: (-values[code], code))[:count]
    return {code: Decimal(int(code in chosen)) for code in values}


def _judge(actor: User) -> int:
    for code, verdict, evidence in JUDGEMENTS:
        judgement_record(
            by=actor, code=code, year=2025, verdict=verdict, evidence=evidence, on=timezone.localdate(), synthetic=True
        )
    return len(JUDGEMENTS)
