"""What an uploaded workbook would do to returns (上传比对): read, laid beside the figures, judged; nothing is written.

One path for the page and the API, for one return and for many: the queries do not grow with the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from common.workbooks.errors import WorkbookRefused
from common.workbooks.reading import open_workbook
from indicators.checks import Finding
from indicators.models import Indicator, Return, Round, Value
from indicators.selectors import asked_indicators, check_returns
from indicators.selectors.asked import stored_values
from indicators.services.cells import CellInput, cell_faults, locked_reason, value_new
from indicators.workbooks.comparison import CLEAR, LEAVE, Change, Difference, compare
from indicators.workbooks.intake import IGNORE, Scope, read_workbook
from indicators.workbooks.report import Choice, Fault, Intake, Question, stored
from indicators.workbooks.stamp import Stamp, read_stamp
from parks.models import Region, Zone

UNSTAMPED = "yes"
_NAMED = 6


@dataclass(frozen=True)
class Target:
    """For what a workbook is uploaded: one return, or those of a round that the user may fill in (of one city, perhaps)."""

    round: Round
    returns: list[Return]
    city: Region | None = None
    single: bool = True

    def by_zone(self) -> dict[str, Return]:
        return {return_.zone.code: return_ for return_ in self.returns}


@dataclass
class Examination:
    """What a workbook would do. With faults or open questions nothing can be saved; without changes nothing need be."""

    target: Target
    intake: Intake
    difference: Difference = field(default_factory=Difference)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    """What the rules would find, by zone code, in the returns that would change."""

    @property
    def revisions(self) -> dict[str, int]:
        return {str(return_.pk): return_.revision for return_ in self.target.returns}

    @property
    def can_save(self) -> bool:
        return bool(self.difference.changes) and not self.intake.faults and not self.intake.open_questions

    def cells(self) -> dict[int, list[CellInput]]:
        """What is to be saved, by return id."""
        returns, cells = self.target.by_zone(), defaultdict(list)
        for change in self.difference.changes:
            after = change.after
            cell = CellInput(change.entry.code, after.number, after.absence, after.comment)
            cells[returns[change.entry.zone].pk].append(cell)
        return dict(cells)

    def report(self) -> dict[str, Any]:
        """What is kept with the upload and shown."""
        return {
            "language": get_language(),
            "questions": stored(self.intake.questions),
            "faults": stored(self.intake.faults),
            "notes": stored(self.intake.notes),
            "changes": [_change_json(change) for change in self.difference.changes],
            "unchanged": self.difference.unchanged,
            "findings": [
                _finding_json(zone, finding) for zone, findings in self.findings.items() for finding in findings
            ],
            "revisions": self.revisions,
            "can_save": self.can_save,
        }


def return_target(by: User, return_id: int, returns: Any = None) -> Target:
    """The target of one return. Raises Return.DoesNotExist, PermissionDenied."""
    visible = Return.objects.visible_to(by) if returns is None else returns
    return_ = visible.select_related("round", "zone__administration", "zone__city").get(pk=return_id)
    if not by.may(Permission.RETURN_FILL, return_.zone.administration.path):
        raise PermissionDenied(_("您在这个园区没有填写报表的权限。"))
    return Target(return_.round, [return_])


def round_target(by: User, round_: Round, city: Region | None) -> Target:
    """The target of a round: the returns that the user may fill in. Raises PermissionDenied when there is none."""
    returns = Return.objects.visible_to(by, Permission.RETURN_FILL).filter(round=round_)
    if city is not None:
        returns = returns.filter(zone__city=city)
    found = list(returns.select_related("round", "zone__administration", "zone__city").order_by("zone__code"))
    if not found:
        raise PermissionDenied(_("这个填报任务里没有您可以填写的报表。"))
    return Target(round_, found, city, single=False)


def examine(file: IO[bytes], target: Target, answers: Mapping[str, str], *, arriving: bool) -> Examination:
    """Read the workbook and say what it would do. Raises WorkbookRefused when it is not to be used at all.

    A file of one return is refused when it is older than the return, but only `arriving`: from then on the difference that
    was shown counts. Of a file of many returns the old ones are left out, at any time.
    """
    book = open_workbook(file)
    stamp = read_stamp(book)
    if stamp is not None:
        _require_target(stamp, target)
    asked = asked_indicators(target.returns)
    values = stored_values(target.returns)
    intake = read_workbook(book, _scope(target, asked), answers)
    examination = Examination(target, intake)
    if stamp is None:
        _ask_unstamped(intake, target, answers)
    elif arriving or not target.single:
        _require_current(stamp, target, intake, answers)
    _compare(examination, values, answers)
    _judge(examination, asked, values)
    return examination


def _scope(target: Target, asked: Mapping[int, Sequence[Indicator]]) -> Scope:
    zones: dict[str, Zone] = {return_.zone.code: return_.zone for return_ in target.returns}
    by_zone = {return_.zone.code: asked[return_.pk] for return_ in target.returns}
    catalogue = list(Indicator.objects.for_zones())
    return Scope(target.round.year, target.round.period, zones, by_zone, catalogue)


# ---- the stamp ----------------------------------------------------------------------------------------------------


def _require_target(stamp: Stamp, target: Target) -> None:
    """Refuse what was made for something else."""
    if stamp.round != target.round.pk:
        other = Round.objects.filter(pk=stamp.round).first()
        facts = {"other": other.label if other else _("另一个填报任务"), "this": target.round.label}
        message = _("这份表格属于“%(other)s”，不是“%(this)s”，没有采用。请到那个填报任务上传，或重新下载本期表格。")
        raise WorkbookRefused("other_round", message % facts)
    ours = {return_.pk for return_ in target.returns}
    if target.single and stamp.revisions.keys() != ours:
        raise _other_zone(stamp, target)
    if not target.single and not stamp.revisions.keys() & ours:
        message = _("这份表格里没有您可以填写的园区，没有采用。请重新下载汇总表。")
        raise WorkbookRefused("other_zone", message)


def _other_zone(stamp: Stamp, target: Target) -> WorkbookRefused:
    zone = target.returns[0].zone.name
    if target.returns[0].pk in stamp.revisions:
        message = _("这是多个园区的汇总表，不能在“%(zone)s”的报表里上传。请到填报任务页面上传汇总表。")
        return WorkbookRefused("bulk_file", message % {"zone": zone})
    message = _(
        "这份表格属于另一个园区，不是“%(zone)s”的，没有采用。请核对文件，到对应园区的报表上传，或重新下载本园区的表格。"
    )
    return WorkbookRefused("other_zone", message % {"zone": zone})


def _require_current(stamp: Stamp, target: Target, intake: Intake, answers: Mapping[str, str]) -> None:
    """Refuse an old file; of a bulk file leave out, if the sender agrees, the zones whose returns have moved on."""
    old = [r for r in target.returns if r.pk in stamp.revisions and stamp.revisions[r.pk] != r.revision]
    if not old:
        return
    if target.single:
        versions = {"then": stamp.revisions[old[0].pk], "now": old[0].revision}
        message = _(
            "这份表格是按第 %(then)d 版下载的，报表现在已是第 %(now)d 版，照存会盖掉之后的改动，没有采用。请重新下载最新表格，填好再上传。"
        )
        raise WorkbookRefused("old_version", message % versions)
    names = "、".join(return_.zone.name for return_ in old[:_NAMED])
    text = _("有 %(n)d 个园区的报表在这份表格下载之后又有改动（%(names)s%(more)s），照存会盖掉那些改动。")
    facts: dict[str, Any] = {"n": len(old), "names": names, "more": "…" if len(old) > _NAMED else ""}
    answer = answers.get("stale", "")
    choices = [Choice(IGNORE, _("不读取这些园区的行，其余照常"))]
    known = answer if answer == IGNORE else ""
    intake.questions.insert(0, Question("stale", "stale", "", text % facts, choices, known))
    stale = {return_.zone.code for return_ in old}
    intake.entries = [entry for entry in intake.entries if entry.zone not in stale]


def _ask_unstamped(intake: Intake, target: Target, answers: Mapping[str, str]) -> None:
    zone = target.returns[0].zone.name if target.single else ""
    text = (
        _("这不是系统下载的表格，看不出是哪个园区、哪一期的数。请确认它是“%(zone)s”%(period)s 的数。")
        if target.single
        else _("这不是系统下载的表格，看不出是哪一期的数。请确认它是 %(period)s 的数。")
    )
    choices = [Choice(UNSTAMPED, _("确认"))]
    answer = answers.get("stamp", "")
    known = answer if answer == UNSTAMPED else ""
    facts = {"zone": zone, "period": target.round.period}
    intake.questions.insert(0, Question("stamp", "stamp", "", text % facts, choices, known))


# ---- what would change --------------------------------------------------------------------------------------------


def _compare(examination: Examination, values: Mapping[int, Mapping[str, Value]], answers: Mapping[str, str]) -> None:
    intake, returns = examination.intake, examination.target.by_zone()
    held = {(zone, code): value for zone, return_ in returns.items() for code, value in values[return_.pk].items()}
    faulty = {(fault.zone, fault.code) for fault in intake.faults}
    # What could not be read says nothing: it must not look as if the cell were to be emptied.
    entries = [replace(entry, keep=True) if (entry.zone, entry.code) in faulty else entry for entry in intake.entries]
    difference = compare(entries, held)
    if difference.emptied:
        answer = answers.get("empties", "")
        known = answer if answer in {CLEAR, LEAVE} else ""
        text = _("文件里有 %(n)d 格是空白，而系统中已有数或缺值说明。") % {"n": difference.emptied}
        choices = [Choice(LEAVE, _("保留系统中的数")), Choice(CLEAR, _("清空这些格（见差异表中“清空”的行）"))]
        intake.questions.append(Question("empties", "empties", "", text, choices, known))
        if known == LEAVE:
            difference = difference.without_emptied()
    examination.difference = difference


def _judge(
    examination: Examination,
    asked: Mapping[int, Sequence[Indicator]],
    values: Mapping[int, Mapping[str, Value]],
) -> None:
    """Faults of single cells with their places, and what the rules would find in the returns that change."""
    returns = examination.target.by_zone()
    items = {return_.pk: {item.code: item for item in asked[return_.pk]} for return_ in returns.values()}
    faulty = {(fault.zone, fault.code) for fault in examination.intake.faults}
    proposed: dict[int, dict[str, Value]] = defaultdict(dict)
    for change in examination.difference.changes:
        return_, code = returns[change.entry.zone], change.entry.code
        item = items[return_.pk][code]
        if (change.entry.zone, code) not in faulty:
            examination.intake.faults.extend(_change_faults(change, return_, item))
        value = value_new(return_, item)
        value.number, value.absence, value.comment = change.after.number, change.after.absence, change.after.comment
        proposed[return_.pk][code] = value
    changed = [return_ for return_ in returns.values() if return_.pk in proposed]
    if changed and not examination.intake.faults:
        found = check_returns(changed, proposed=proposed)
        examination.findings = {return_.zone.code: found[return_.pk] for return_ in changed}


def _change_faults(change: Change, return_: Return, item: Indicator) -> Iterable[Fault]:
    entry, after = change.entry, change.after
    if locked := locked_reason(return_):
        yield Fault(entry.place, f"{return_.zone.name}：{locked}", entry.zone, entry.code)
        return
    for text in cell_faults(CellInput(entry.code, after.number, after.absence), item):
        yield Fault(entry.place, text, entry.zone, entry.code)
    for text in cell_faults(CellInput(entry.code, comment=after.comment), item):
        yield Fault(entry.comment_place or entry.place, text, entry.zone, entry.code)


def _change_json(change: Change) -> dict[str, Any]:
    entry = change.entry
    return {
        "place": entry.place,
        "zone": entry.zone,
        "code": entry.code,
        "kind": str(change.kind),
        "before": change.before.as_json(),
        "after": change.after.as_json(),
        "notes": list(entry.notes),
        "hidden": entry.hidden,
    }


def _finding_json(zone: str, finding: Finding) -> dict[str, Any]:
    return {
        "zone": zone,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "codes": list(finding.codes),
        "to_mend": finding.to_mend,
    }
