"""Rules over applications: set-up, merger, expansion, adjustment, upgrade, and the national catalogue (申请规则).

An application counts from its submission on; one that was rejected broke nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.enums import ApplicationState
from compliance.enums import Subject
from compliance.facts import Facts, decimal_of
from compliance.rules.base import Finding, Tally, rule

FILES = "zone_applications"
FIRST_NAMED, LONGEST = 3, 160
BASES = {
    "capacity_basis": _("资源环境承载能力依据"),
    "industry_basis": _("产业基础依据"),
    "potential_basis": _("发展潜力依据"),
}
PLANS = {
    "fits_development_plan": _("国民经济和社会发展规划"),
    "fits_function_plan": _("主体功能区规划"),
    "fits_master_plan": _("城乡总体规划"),
    "plan_document": _("核对文件"),
}
UNITED = {
    "industry": _("产业规划"),
    "land": _("土地规划"),
    "city": _("城市规划"),
    "ecology": _("生态环境规划"),
    "services": _("公共服务基础设施规划"),
}
EXPANSION = {
    "built": _("核准面积建成率低于设定"),
    "use": _("用途与核准不一致"),
    "score": _("土地集约利用评价得分低于设定"),
    "size": _("扩大幅度超过设定"),
}
ADJUSTMENT = {
    "reason": _("没有调区原因"),
    "reason_document": _("没有原因证明文件"),
    "other_ruling": _("其他原因没有认定文号"),
}
PENDING = {"submitted", "city_reviewed", "department_reviewed"}


def _files(facts: Facts, kinds: Collection[str]) -> Iterator[dict[str, Any]]:
    """Applications of these kinds that were submitted and not turned down."""
    for row in facts.entries(FILES):
        data = row["data"]
        turned_down = data.get("status") == "rejected" or (data.get("status") == "closed" and "document_no" not in data)
        if data.get("kind") in kinds and data.get("status") != "draft" and not turned_down:
            yield row


def _about(facts: Facts, row: dict[str, Any], **seen: object) -> Finding:
    """A finding on an application: it hangs on its zone where it names one, else on its place."""
    zone = facts.zone_of(row)
    region = None if zone else row["region_id"]
    return Finding(
        str(row["pk"]), row["title"][:LONGEST], zone=zone.pk if zone else None, region=region, facts=seen,
        since=row["dated"], synthetic=row["synthetic"],
    )  # fmt: skip


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


@rule(
    key="layout_basis",
    instrument="layout_basis",
    subject=Subject.APPLICATION,
    name=_("布局定位综合依据"),
    what=_("申请“%(label)s”缺少%(missing)s"),
    mend=_("在申请台账补写所缺的依据；确不需要的，由联席会议办公室登记例外。"),
    needs=_("承载能力和发展潜力用什么衡量没有定，暂只核对依据是否写明。"),
    register=FILES,
    terms=("carrying_capacity",),
    parts=BASES,
)
def layout_basis(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Set-up, merger, expansion and adjustment rest on three written bases, P023."""
    for row in _files(facts, {"set_up", "merge", "expand", "adjust"}):
        tally.examined += 1
        if missing := [code for code in BASES if not row["data"].get(code)]:
            yield _about(facts, row, missing=missing)


@rule(
    key="plan_conformity",
    instrument="plan_conformity",
    subject=Subject.APPLICATION,
    name=_("三项上位规划相符"),
    what=_("申请“%(label)s”不符合或没有核对%(missing)s"),
    mend=_("调整方案使其符合规划，并登记核对文件；不符合的不予批准。"),
    register=FILES,
    parts=PLANS,
)
def plan_conformity(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Each file fits the three plans, P181; while it is pending, what was not checked yet is not known."""
    for row in _files(facts, {"set_up", "expand", "adjust", "upgrade"}):
        data = row["data"]
        refused = [code for code in PLANS if data.get(code) is False]
        lacking = [code for code in PLANS if data.get(code) in (None, "")]
        if lacking and not refused and data["status"] in PENDING:
            tally.unknown += 1
            continue
        tally.examined += 1
        missing = refused if data["status"] in PENDING else [*refused, *lacking]
        if missing:
            yield _about(facts, row, missing=missing)


@rule(
    key="multi_plan_unity",
    instrument="multi_plan_unity",
    subject=Subject.ZONE,
    name=_("多规合一"),
    what=_("%(label)s在 %(day)s 的核对中%(missing)s与其他规划不一致"),
    mend=_("修改规划并重新核对登记；确需保留的，由联席会议办公室登记例外并注明日期。"),
    needs=_("怎样算一致没有定，暂按核对文件的结论。"),
    register="plan_checks",
    terms=("agreement",),
    parts=UNITED,
)
def multi_plan_unity(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """The newest check of a zone found five plans in agreement, P182; unknown where an applicant has no whole check."""
    newest: dict[int, dict[str, Any]] = {}
    for row in facts.entries("plan_checks"):
        held = newest.get(row["zone_id"])
        if held is None or held["data"]["checked_on"] < row["data"]["checked_on"]:
            newest[row["zone_id"]] = row
    for pk, row in sorted(newest.items()):
        zone, data = facts.zones[pk], row["data"]
        apart = [code for code in UNITED if data.get(code) is False]
        if not apart and any(code not in data for code in UNITED):
            tally.unknown += 1
            continue
        tally.examined += 1
        if apart:
            seen = {"day": data["checked_on"], "missing": apart}
            yield Finding(
                zone.code, zone.name, zone=pk, facts=seen, since=_day(data["checked_on"]), synthetic=row["synthetic"]
            )
    applicants = {named.pk for row in _files(facts, {"expand", "adjust"}) if (named := facts.zone_of(row))}
    tally.unknown += len(applicants - newest.keys())


@rule(
    key="expansion_conditions",
    instrument="expansion_conditions",
    subject=Subject.APPLICATION,
    name=_("扩区条件"),
    what=_("扩区申请“%(label)s”不具备条件：%(missing)s"),
    mend=_("条件具备后再申请；登记有误的，更正申请或评价台账。"),
    needs=_("先由省自然资源主管部门在“未定用语”中确定建成率和集约用地得分的下限。"),
    register=FILES,
    terms=("built_out", "land_standard", "modest_expansion"),
    parts=EXPANSION,
)
def expansion_conditions(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """A zone that expands is basically built out, as approved, with a land score of the standard, P185."""
    built, standard, most = (facts.setting(key) for key in ("built_out", "land_standard", "modest_expansion"))
    if built is None or standard is None:
        tally.undecided = True
        return
    for row in _files(facts, {"expand"}):
        data, zone = row["data"], facts.zone_of(row)
        score = facts.land_scores.get(zone.pk) if zone else None
        rate = decimal_of(data.get("built_rate"))
        if rate is None or score is None or "use_matches" not in data:
            tally.unknown += 1
            continue
        tally.examined += 1
        failed = {
            "built": rate < built,
            "use": data["use_matches"] is False,
            "score": score[1] < standard,
            "size": _beyond(data, most),
        }
        if missing := [code for code, is_so in failed.items() if is_so]:
            yield _about(facts, row, missing=missing)


def _beyond(data: dict[str, Any], most: Decimal | None) -> bool:
    before, after = decimal_of(data.get("area_before")), decimal_of(data.get("area_after"))
    return bool(most is not None and before and after is not None and 100 * (after / before - 1) > most)


@rule(
    key="adjustment_conditions",
    instrument="adjustment_conditions",
    subject=Subject.APPLICATION,
    name=_("调区条件"),
    what=_("调区申请“%(label)s”：%(missing)s"),
    mend=_("补登记原因和证明文件；文件所列以外的原因，须有联席会议办公室的认定文号。"),
    register=FILES,
    terms=("other_reasons",),
    parts=ADJUSTMENT,
)
def adjustment_conditions(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """An adjustment names one of the reasons with its proof, another reason with the office's ruling, P186."""
    for row in _files(facts, {"adjust"}):
        data = row["data"]
        tally.examined += 1
        asked = ["reason", "reason_document", *(["other_ruling"] if data.get("reason") == "other" else [])]
        if missing := [code for code in asked if not data.get(code)]:
            yield _about(facts, row, missing=missing)


@rule(
    key="priority_for_good_results",
    instrument="priority_for_good_results",
    subject=Subject.APPLICATION,
    name=_("考核结果好的优先"),
    what=_("申请“%(label)s”排在第 %(queue)s 位，先于考核结果好的 %(count)s 件同类申请（%(passed)s）"),
    mend=_("把考核结果好的园区的申请排在前面；有特殊情况的，说明理由并登记例外。"),
    needs=_("哪些等级算考核结果好，按最终决定所附的结果运用（优先考虑）判断。"),
    register=FILES,
    terms=("good_results",),
)
def priority_for_good_results(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Among pending expansions, and among pending upgrades, zones whose final decision says so come first, P196."""
    by_kind: dict[str, list[tuple[int, str, dict[str, Any]]]] = defaultdict(list)
    for row in _files(facts, {"expand", "upgrade"}):
        data, zone = row["data"], facts.zone_of(row)
        if data["status"] not in PENDING:
            continue
        if zone is None or data.get("queue") is None:
            tally.unknown += 1
            continue
        state = facts.application_states.get(zone.pk, ApplicationState.NORMAL)
        by_kind[data["kind"]].append((int(data["queue"]), state, row))
    for lined_up in by_kind.values():
        for queue, state, row in lined_up:
            tally.examined += 1
            passed = [
                other["title"]
                for behind, better, other in lined_up
                if better == ApplicationState.PRIORITY and state != ApplicationState.PRIORITY and queue < behind
            ]
            if passed:
                named = "、".join(sorted(passed)[:FIRST_NAMED])
                yield _about(facts, row, queue=queue, count=len(passed), passed=named)


@rule(
    key="sanction_blocks_application",
    instrument="sanction_blocks_change",
    subject=Subject.APPLICATION,
    name=_("处置期间不得申请扩区、调区、升级"),
    what=_("申请“%(label)s”在 %(day)s 上报，园区的处置措施（%(opened)s 起）尚未解除"),
    mend=_("退回申请，措施解除后再报。"),
    register=FILES,
)
def sanction_blocks_application(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """No expansion, adjustment or upgrade is submitted while a measure against the zone is open, P199."""
    for row in _files(facts, {"expand", "adjust", "upgrade"}):
        zone, day = facts.zone_of(row), _day(row["data"].get("submitted_on"))
        if zone is None or day is None:
            tally.unknown += 1
            continue
        tally.examined += 1
        if opened := facts.measure_open_on(zone.pk, day):
            yield _about(facts, row, day=day.isoformat(), opened=opened.isoformat())


@rule(
    key="sanction_blocks_catalogue",
    instrument="sanction_blocks_catalogue",
    subject=Subject.ZONE,
    name=_("问题园区不得申报目录"),
    what=_("%(label)s在 %(day)s 申报纳入全国目录，处置措施（%(opened)s 起）尚未解除"),
    mend=_("撤回申报，措施解除后再报；已在目录中的园区不在此限。"),
    register="catalogue_applications",
)
def sanction_blocks_catalogue(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """No zone is put forward for the catalogue while a measure against it is open, P200."""
    for row in facts.entries("catalogue_applications"):
        data = row["data"]
        if data.get("status") == "returned":
            continue
        tally.examined += 1
        zone, day = facts.zones[row["zone_id"]], _day(data.get("submitted_on") or data["recommended_on"])
        if day and (opened := facts.measure_open_on(zone.pk, day)):
            seen = {"day": day.isoformat(), "opened": opened.isoformat()}
            yield Finding(
                f"{zone.code}:{day}", zone.name, zone=zone.pk, facts=seen, since=day, synthetic=row["synthetic"]
            )
