"""What rules, tasks and cases carry out of a pack's policy (合规部分的装载); a pack has no file for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import override

from common.packs import Fault, document_code, read_csv
from compliance.models import Task
from compliance.optional import active_registers
from compliance.rules import RULES
from policy.carriers import Carried, carriers_write
from policy.declarations import declared
from policy.enums import InstrumentKind
from policy.models import Instrument

PROVISIONS = "policy/provisions.csv"
PAGES: dict[str, tuple[str, str, str]] = {
    "task_ledger": ("task_list", "任务分解与进展", "Tasks and their progress"),
    "policy_version": ("policy_compare", "政策版本对照", "Versions of the policy compared"),
    "sanction_ladder": ("measure_list", "处置措施", "Measures against zones"),
    "zone_upgrade": ("designation_changes", "称号变动", "Changes of designations"),
    "quality_tier": ("run_list", "考核定稿后登记分档", "Tiers, recorded once an assessment is final"),
    "zone_count": ("zone_by_city", "各市园区与称号数", "Zones and plates by city"),
    "zone_merger": ("zone_list", "园区页登记沿革（整合、托管）", "Mergers and trusts, recorded on the zone's page"),
    "pollution_focus_area": ("zone_list", "园区名录：按省辖市筛选", "Register of zones by city"),
}


def check(root: Path, faults: list[Fault]) -> None:
    """There is nothing to read; but a provision that is somebody's task cannot be dropped."""
    kept = {row["id"] for row in read_csv(root, PROVISIONS, {"id"}, [])}
    tasks = Task.objects.filter(provision__document__code=document_code(root)).exclude(provision__code__in=kept)
    words = "条款已分解任务，不能删去 the provision has tasks and cannot be dropped"
    codes = sorted(set(tasks.values_list("provision__code", flat=True)))
    faults += [Fault(PROVISIONS, code, words) for code in codes]


def load(root: Path) -> dict[str, int]:
    """Tell the policy page what is carried out here."""
    return {"Rule": carriers_write("compliance", _carried())}


def _carried() -> Iterator[Carried]:
    for key, (url_name, zh, en) in PAGES.items():
        yield Carried(key, url_name, "", zh, en)
    composites = Instrument.objects.filter(kind=InstrumentKind.INDICATOR).exclude(provisions__terms=None)
    for key, fields in composites.values_list("key", "fields").distinct():
        if declared(fields).get("type") == "index":
            yield Carried(key, "term_list", "", "未定用语：组成和权重", "Open words: parts and weights")
    registers = active_registers()
    for rule in RULES.values():
        if rule.check is not None and (not rule.register or rule.register in registers):
            zh = f"规则检查 {_said(rule.name, 'zh-hans')}"
            yield Carried(rule.instrument, "rule_check", rule.key, zh, f"Check: {_said(rule.name, 'en')}")


def _said(words: object, language: str) -> str:
    with override(language):
        return str(words)
