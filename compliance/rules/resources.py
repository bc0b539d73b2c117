"""Rules over land, environment and quotas: projects, phases, allotments (要素保障规则)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.enums import Subject
from compliance.facts import Facts, decimal_of
from compliance.rules.base import Finding, Tally, rule

PROJECTS = "investment_projects"
LONGEST = 160
EIA = {
    "open": _("项目环评没有批复"),
    "late": _("项目环评批复晚于开工"),
    "plan": _("园区规划环评没有通过审查"),
}
ACCESS = {
    "failed": _("环境准入核对未通过"),
    "open": _("没有核对环境准入要求"),
    "list": _("园区没有施行中的准入清单"),
}
PHASE = {
    "closed": _("所在分期没有启动"),
    "early": _("开工早于所在分期启动"),
}


def _of_project(facts: Facts, row: dict[str, Any], since: object, **seen: object) -> Finding:
    zone = facts.zones[row["zone_id"]]
    return Finding(
        str(row["pk"]), row["title"][:LONGEST], zone=zone.pk, facts={"zone": zone.name, **seen},
        since=date.fromisoformat(str(since)), synthetic=row["synthetic"],
    )  # fmt: skip


def _lists(facts: Facts) -> dict[int, dict[str, Any]]:
    """What each zone says in its entry list in force, the newest."""
    rows = [row for row in facts.entries("environmental_access") if row["data"].get("status") == "in_force"]
    return {row["zone_id"]: row["data"] for row in sorted(rows, key=lambda row: row["data"]["published_on"])}


@rule(
    key="eia_required",
    instrument="eia_required",
    subject=Subject.PROJECT,
    name=_("环境影响评价"),
    what=_("%(zone)s的项目“%(label)s”于 %(day)s 开工，%(missing)s"),
    mend=_("停止建设并补办环评；登记有误的，更正招商项目台账或规划环评台账。"),
    needs=_("没有登记项目环评情况的项目不作判断，计入“情况不明”。"),
    register=PROJECTS,
    parts=EIA,
)
def eia_required(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """A project starts after its assessment was approved, in a zone whose plan was assessed, P105."""
    lists = _lists(facts)
    for row in facts.entries(PROJECTS):
        data = row["data"]
        start, state = data.get("start_date"), data.get("eia")
        if not start:
            continue
        if not state:
            tally.unknown += 1
            continue
        tally.examined += 1
        plan = lists.get(row["zone_id"], {}).get("plan_eia", "approved")  # a zone without an entry is not judged
        failed = {
            "open": state == "open",
            "late": state == "approved" and str(data.get("eia_approved_on", "")) > start,
            "plan": plan != "approved",
        }
        if missing := [code for code, is_so in failed.items() if is_so]:
            yield _of_project(facts, row, start, day=start, missing=missing)


@rule(
    key="environmental_access",
    instrument="environmental_access",
    subject=Subject.PROJECT,
    name=_("环境准入"),
    what=_("%(zone)s的项目“%(label)s”于 %(day)s 签约，%(missing)s"),
    mend=_("公布准入清单并逐项核对；未通过的不得入区。"),
    needs=_("没有登记准入核对结果的项目不作判断，计入“情况不明”。"),
    register="environmental_access",
    parts=ACCESS,
)
def environmental_access(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """A signed project has passed the check against its zone's entry list, P106."""
    lists = _lists(facts)
    for row in facts.entries(PROJECTS):
        data = row["data"]
        signed, checked = data.get("signed_date"), data.get("access_check")
        if not signed or data.get("stage") == "ended":
            continue
        if not checked:
            tally.unknown += 1
            continue
        tally.examined += 1
        missing = [checked] if checked != "passed" else []
        if row["zone_id"] not in lists:
            missing.append("list")
        if missing:
            yield _of_project(facts, row, signed, day=signed, missing=missing)


@rule(
    key="rolling_development",
    instrument="rolling_development",
    subject=Subject.PROJECT,
    name=_("滚动开发"),
    what=_("%(zone)s的项目“%(label)s”于 %(day)s 开工，%(missing)s（%(phase)s）"),
    mend=_("按批准的分期开发；分期已启动的，补登记启动日期和文号。"),
    needs=_("没有写明所在分期的项目不作判断，计入“情况不明”。"),
    register="development_phases",
    parts=PHASE,
)
def rolling_development(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """A project starts within a phase of its zone that was open by then, P183."""
    phases = {row["pk"]: row for row in facts.entries("development_phases")}
    for row in facts.entries(PROJECTS):
        data = row["data"]
        start, phase = data.get("start_date"), phases.get(data.get("phase"))
        if not start:
            continue
        if phase is None:
            tally.unknown += 1
            continue
        tally.examined += 1
        opened = phase["data"].get("opened_on")
        code = "closed" if not opened else "early" if start < opened else ""
        if code:
            yield _of_project(facts, row, start, day=start, missing=[code], phase=phase["title"])


@rule(
    key="land_quota_priority",
    instrument="land_quota_priority",
    subject=Subject.ZONE,
    name=_("用地指标倾斜"),
    what=_(
        "%(label)s %(year)s 年获批率 %(share)s%%（集约度得分 %(score)s），高于得分更高的 %(count)s 家园区，"
        "例如%(other)s（得分 %(other_score)s，获批率 %(other_share)s%%）"
    ),
    mend=_("分配时向得分高的园区倾斜；另有考虑的，在指标台账写明理由。"),
    needs=_("倾斜多少没有定，暂只核对先后：得分高的获批率不低于得分低的。"),
    register="land_quotas",
    terms=("land_lean",),
)
def land_quota_priority(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """In a year, what a zone was granted of its asking is no less than what zones with lower land scores were, P104."""
    by_year: dict[int, list[tuple[Decimal, Decimal, dict[str, Any]]]] = defaultdict(list)
    for row in facts.entries("land_quotas"):
        data = row["data"]
        asked, scored = decimal_of(data["asked"]), facts.land_scores.get(row["zone_id"])
        if not asked or scored is None:
            tally.unknown += 1
            continue
        by_year[data["year"]].append((scored[1], 100 * (decimal_of(data["granted"]) or 0) / asked, row))
    for year, rows in sorted(by_year.items()):
        for score, share, row in rows:
            tally.examined += 1
            behind = [each for each in rows if each[0] > score and each[1] < share]
            if behind and not row["data"].get("reason"):
                other = min(behind, key=lambda each: (each[1], -each[0]))
                zone = facts.zones[row["zone_id"]]
                seen = {
                    "year": year, "share": f"{share:.1f}", "score": f"{score:.1f}", "count": len(behind),
                    "other": facts.zones[other[2]["zone_id"]].name, "other_score": f"{other[0]:.1f}",
                    "other_share": f"{other[1]:.1f}",
                }  # fmt: skip
                synthetic = row["synthetic"]
                yield Finding(f"{zone.code}:{year}", zone.name, zone=zone.pk, facts=seen, synthetic=synthetic)


@rule(
    key="emission_quota_priority",
    instrument="emission_quota_priority",
    subject=Subject.ZONE,
    name=_("排污指标优先分配"),
    what=_(
        "%(label)s在%(batch)s的分配中排第 %(rank)s 位，能源消费存量削减 %(cut)s 吨标准煤，"
        "先于削减更多的%(other)s（%(other_cut)s 吨标准煤）"
    ),
    mend=_("按削减量排序分配；另有考虑的，在指标台账写明理由。"),
    needs=_("先由省生态环境主管部门在“未定用语”中确定能源消费存量的基年。"),
    register="emission_quotas",
    terms=("quota_base_year",),
)
def emission_quota_priority(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """In an allotment zones stand in the order of what they cut of their energy use since the base year, P107."""
    base = facts.setting("quota_base_year")
    if base is None:
        tally.undecided = True
        return
    before, now = facts.figures("energy_use", int(base)), facts.figures("energy_use")
    batches: dict[tuple[str, str], list[tuple[int, float, dict[str, Any]]]] = defaultdict(list)
    for row in facts.entries("emission_quotas"):
        data, code = row["data"], facts.zones[row["zone_id"]].code
        if code not in before or code not in now:
            tally.unknown += 1
            continue
        batches[data["batch"], data["pollutant"]].append((data["rank"], before[code] - now[code], row))
    for (batch, _pollutant), rows in sorted(batches.items()):
        for rank, cut, row in rows:
            tally.examined += 1
            behind = [each for each in rows if each[0] > rank and each[1] > cut]
            if behind and not row["data"].get("reason"):
                other = max(behind, key=lambda each: each[1])
                zone = facts.zones[row["zone_id"]]
                seen = {
                    "batch": batch, "rank": rank, "cut": f"{cut:.0f}", "other_cut": f"{other[1]:.0f}",
                    "other": facts.zones[other[2]["zone_id"]].name,
                }  # fmt: skip
                yield Finding(
                    str(row["pk"]), zone.name, zone=zone.pk, facts=seen, since=row["dated"], synthetic=row["synthetic"]
                )
