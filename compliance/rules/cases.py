"""Rules over assessments, incidents and measures (考核、事件与处置规则)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import DecisionOutcome, IncidentKind, ProceedingStatus
from assessments.selectors import method_of
from compliance.enums import Subject
from compliance.facts import Facts
from compliance.rules.base import Finding, Tally, rule
from parks.enums import ZoneClass

THEMES = {"innovation": "创新驱动", "green": "绿色发展", "emerging": "新兴产业培育"}
POOR = {DecisionOutcome.WATCH, DecisionOutcome.DEMOTE, DecisionOutcome.EXIT}


@rule(
    key="mandatory_dimensions",
    instrument="mandatory_dimensions",
    subject=Subject.SCHEME,
    name=_("三个必考维度"),
    what=_("考核办法《%(label)s》缺少必考维度：%(missing)s"),
    mend=_("修订该办法，为每个必考维度至少设一项指标（theme），经第二人发布为新版本。"),
)
def mandatory_dimensions(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """A published method has an indicator on each of innovation, green development and emerging industry."""
    for scheme in facts.schemes:
        tally.examined += 1
        method = method_of(scheme.text)
        held = {placed.leaf.theme for placed in method.placed_leaves()} | {
            branch.theme for placed in method.placed_leaves() for branch in placed.above
        }
        if missing := [name for theme, name in THEMES.items() if theme not in held]:
            label = f"{scheme.name_zh} {scheme.version}"
            yield Finding(f"{scheme.code}:{scheme.version}", label, facts={"missing": "、".join(missing)})


@rule(
    key="result_must_be_used",
    instrument="result_must_be_used",
    subject=Subject.ASSESSMENT,
    name=_("考核结果须运用"),
    what=_("%(label)s的考核在 %(day)s 已算出结果，%(days)s 天内没有形成最终决定（现状：%(stage)s）"),
    mend=_("在考核页启动或办完程序：拟定决定、复核、公示、定稿。"),
    terms=("result_days",),
)
def result_must_be_used(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """The newest finished run of each class and year has led to a final decision within the days set."""
    days = facts.setting("result_days")
    if days is None:
        tally.undecided = True
        return
    for run in facts.finished_runs:
        zone_class, year = run["scheme__zone_class"], run["year"]
        stage = facts.proceedings.get((zone_class, year), "")
        tally.examined += 1
        if stage == ProceedingStatus.FINAL:
            continue
        finished = timezone.localdate(run["finished_at"])
        if finished + timedelta(days=int(days)) < facts.day:
            label = f"{year} {ZoneClass(zone_class).label}"
            seen = {"day": finished.isoformat(), "days": int(days), "stage": stage}
            yield Finding(
                f"{zone_class}:{year}", label, facts=seen, since=finished + timedelta(days=int(days)),
                synthetic=run["synthetic"],
            )  # fmt: skip


@rule(
    key="exit_trigger_resource",
    instrument="exit_trigger_resource",
    subject=Subject.ZONE,
    name=_("资源要素利用率低"),
    what=_("%(label)s %(year)s 年土地产出率 %(value)s 万元/亩，低于设定的 %(limit)s"),
    mend=_("盘活闲置和低效用地、提高投入产出；是否采取警告等处置由联席会议办公室决定。"),
    needs=_("先由联席会议办公室在“未定用语”中确定土地产出率的下限。"),
    terms=("low_land_output",),
)
def exit_trigger_resource(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Land output of the newest year against the limit, once one is set."""
    limit = facts.setting("low_land_output")
    if limit is None:
        tally.undecided = True
        return
    figures = facts.figures("land_output_rate")
    for zone in facts.active_zones:
        value = figures.get(zone.code)
        if value is None:
            tally.unknown += 1
            continue
        tally.examined += 1
        if value < limit:
            seen = {"year": facts.year, "value": f"{value:.2f}", "limit": f"{limit.normalize():f}"}
            yield Finding(zone.code, zone.name, zone=zone.pk, facts=seen, synthetic=facts.synthetic_figures)


def _events(facts: Facts, tally: Tally, kind: IncidentKind, term: str) -> Iterator[Finding]:
    limit = facts.setting(term)
    if limit is None:
        tally.undecided = True
        return
    counted: Counter[int] = Counter()
    dated: dict[int, list[date]] = defaultdict(list)
    synthetic: set[int] = set()
    for row in facts.incidents:
        if row["kind"] == kind:
            counted[row["zone_id"]] += 1
            dated[row["zone_id"]].append(row["on"])
            if row["synthetic"]:
                synthetic.add(row["zone_id"])
    tally.examined = len(facts.active_zones)
    for pk, number in sorted(counted.items()):
        if number >= limit:
            zone = facts.zones[pk]
            yield Finding(
                zone.code, zone.name, zone=pk, facts={"count": number, "limit": f"{limit.normalize():f}"},
                since=max(dated[pk]), synthetic=pk in synthetic,
            )  # fmt: skip


@rule(
    key="exit_trigger_environment",
    instrument="exit_trigger_environment",
    subject=Subject.ZONE,
    name=_("环保不达标"),
    what=_("%(label)s近一年登记环境污染事件 %(count)s 起，达到设定的 %(limit)s 起"),
    mend=_("整改销号；是否采取警告等处置由联席会议办公室决定。登记有误的，由登记部门撤销。"),
    needs=_("先由省生态环境主管部门在“未定用语”中确定几起算不达标。"),
    terms=("polluting_events",),
)
def exit_trigger_environment(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Registered incidents of pollution within twelve months against the number set."""
    yield from _events(facts, tally, IncidentKind.ENVIRONMENT, "polluting_events")


@rule(
    key="exit_trigger_safety",
    instrument="exit_trigger_safety",
    subject=Subject.ZONE,
    name=_("安全生产隐患多"),
    what=_("%(label)s近一年登记生产安全事故 %(count)s 起，达到设定的 %(limit)s 起"),
    mend=_("排查整改隐患；是否采取警告等处置由联席会议办公室决定。登记有误的，由登记部门撤销。"),
    needs=_("先由省应急管理部门在“未定用语”中确定几起算多；未整改隐患数另由报表报送。"),
    terms=("many_hazards",),
)
def exit_trigger_safety(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """Registered accidents within twelve months against the number set."""
    yield from _events(facts, tally, IncidentKind.SAFETY, "many_hazards")


@rule(
    key="exit_trigger_performance",
    instrument="exit_trigger_performance",
    subject=Subject.ZONE,
    name=_("长期效益不好"),
    what=_("%(label)s连续 %(years)s 年（至 %(last)s 年度）的最终决定为重点关注、降级或退出"),
    mend=_("限期整改、提升效益；是否采取警告等处置由联席会议办公室决定。"),
    needs=_("需要连续若干年的考核定稿；年数由“长期”的设定给出。"),
    terms=("long_years", "poor_results"),
)
def exit_trigger_performance(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """The last so many years in a row ended in a poor final decision."""
    years = facts.setting("long_years")
    if years is None:
        tally.undecided = True
        return
    outcomes: dict[int, dict[int, str]] = defaultdict(dict)
    synthetic: set[int] = set()
    for row in facts.final_decisions:
        outcomes[row["zone_id"]][row["proceeding__year"]] = row["outcome"]
        if row["proceeding__synthetic"]:
            synthetic.add(row["zone_id"])
    for zone in facts.active_zones:
        held = outcomes.get(zone.pk, {})
        last = max(held, default=0)
        spell = [held.get(last - back) for back in range(int(years))]
        if None in spell or not held:
            tally.unknown += 1
            continue
        tally.examined += 1
        if all(outcome in POOR for outcome in spell):
            seen = {"years": int(years), "last": last}
            yield Finding(zone.code, zone.name, zone=zone.pk, facts=seen, synthetic=zone.pk in synthetic)


@rule(
    key="exit_trigger_management",
    instrument="exit_trigger_management",
    subject=Subject.ZONE,
    name=_("管理不善"),
    what=_("%(label)s有书面认定的管理不善：%(title)s（%(number)s，%(day)s）"),
    mend=_("整改后由联席会议办公室撤销该认定；是否采取警告等处置由其决定。"),
    terms=("bad_management",),
)
def exit_trigger_management(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """A written finding of the office stands."""
    tally.examined = len(facts.active_zones)
    newest = {row["zone_id"]: row for row in sorted(facts.findings_of_management, key=lambda row: row["on"])}
    for pk, row in sorted(newest.items()):
        zone = facts.zones[pk]
        seen = {"title": row["title"], "number": row["document_number"], "day": row["on"].isoformat()}
        yield Finding(zone.code, zone.name, zone=pk, facts=seen, since=row["on"], synthetic=row["synthetic"])


@rule(
    key="sanction_blocks_change",
    instrument="sanction_blocks_change",
    subject=Subject.ZONE,
    name=_("处置期间不得扩区、调区、升级"),
    what=_("%(label)s在处置措施未解除期间（%(opened)s 起）新获称号“%(plate)s”（%(day)s 生效）"),
    mend=_("核实该称号的批准是否在措施解除之后；登记日期有误的更正，确属违反的由联席会议办公室处理。"),
)
def sanction_blocks_change(facts: Facts, tally: Tally) -> Iterator[Finding]:
    """No new plate began while a measure against its zone was open."""
    tally.examined = len({row["zone_id"] for row in facts.measures})
    for row in facts.measures:
        for plate in facts.new_plates:
            closed = row["closed_on"] or facts.day + timedelta(days=1)
            if plate["zone_id"] == row["zone_id"] and row["opened_on"] <= plate["valid_from"] < closed:
                zone = facts.zones[row["zone_id"]]
                seen = {
                    "opened": row["opened_on"].isoformat(),
                    "plate": plate["name"],
                    "day": plate["valid_from"].isoformat(),
                }
                yield Finding(
                    f"{plate['code']}:{row['opened_on']}", zone.name, zone=zone.pk, facts=seen,
                    since=plate["valid_from"], synthetic=row["synthetic"],
                )  # fmt: skip
