"""The file of a zone and year (园区考核档案): one sheet with everything a verdict rests on, in the reader's language.

Built as a `common.documents.Document`, so that the page, the PDF and the DOCX say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments import exports
from assessments.chain import head
from assessments.enums import ProceedingStatus
from assessments.explanations import ResultPage, RuleRow
from assessments.models import Decision, Objection, Result
from assessments.selectors import returns_behind
from assessments.selectors.consequences import zone_consequences
from assessments.selectors.incidents import incidents_counted
from common.api import SYNTHETIC_MARK
from common.documents import Block, Column, Document, Facts, Heading, Paragraph, Table
from common.numbers import format_number
from indicators.enums import ActKind
from indicators.models import Evidence, Question, ReturnAct, Value

OPEN_TO_ALL = (ProceedingStatus.PUBLIC, ProceedingStatus.REVIEWING, ProceedingStatus.FINAL)
_DASH = "—"


def zone_file(result: Result, page: ResultPage, user: User) -> Document:
    """The file of one result; what the user may not see yet (a decision under embargo) is left out."""
    return _File(result, page, user).document()


def decision_of(result: Result, user: User) -> Decision | None:
    """The confirmed decision on a result, once it is public; for those who decide always."""
    rows = Decision.objects.filter(result=result, confirmed_at__isnull=False).order_by("-version")
    decision = rows.select_related("proceeding", "decided_by", "confirmed_by").first()
    if decision is None or decision.proceeding.status in OPEN_TO_ALL or user.may(Permission.DECISION_RECORD):
        return decision
    return None


class _File:
    def __init__(self, result: Result, page: ResultPage, user: User) -> None:
        self.result, self.page, self.user = result, page, user
        self.run, self.zone = result.run, result.zone
        self.decision = decision_of(result, user)
        self.return_id = returns_behind(self.run, self.zone).get(self.run.year)

    def document(self) -> Document:
        title = _("%(zone)s %(year)s 年度考核档案") % {"zone": self.zone.name, "year": self.run.year}
        number = f"{self.zone.code} · {self.zone.city.label} · {self.run.scheme.label} {self.run.scheme.version}"
        printed = {"run": self.run.pk, "digest": self.run.results_digest[:16], "at": _moment(timezone.now())}
        return Document(
            title=title,
            number=number,
            mark=SYNTHETIC_MARK if self.result.synthetic else "",
            foot=_("考核计算 #%(run)s · 结果指纹 %(digest)s… · 打印于 %(at)s") % printed,
            language="en" if (get_language() or "").startswith("en") else "zh-Hans",
            blocks=[
                *self._verdict(),
                *self._rules(),
                *self._data(),
                *self._points(),
                *self._past(),
                *self._questions(),
                *self._incidents(),
                *self._objections(),
                *self._decision(),
                *self._consequences(),
                *self._proof(),
            ],
        )

    def _verdict(self) -> list[Block]:
        result, page = self.result, self.page
        facts = [
            (_("得分"), _number(result.score, 2)),
            (_("位次"), _noted(f"{_number(result.rank, 0)} / {result.group_size}", page.peer_group)),
            (_("数据完整度"), f"{_number(100 * result.coverage, 0)}%"),
            (_("建议"), page.verdict),
        ]
        if page.grade:
            facts.insert(2, (_("等级"), page.grade))
        if result.rank_low is not None:
            interval = f"{result.rank_low}–{result.rank_high}"
            facts.insert(2, (_("位次区间"), _noted(interval, _("处于误差范围内") if result.within_noise else "")))
        facts += [(cut.label, _noted(_number(cut.needed, 2), cut.state)) for cut in page.cuts]
        return [Heading(_("结论")), Facts(facts)]

    def _rules(self) -> list[Block]:
        columns = [Column(_("规则"), 48), Column(_("指向"), 14), Column(_("依据条款"), 16), Column(_("由谁确定"), 22)]
        rows = [self._rule(rule) for rule in (*self.page.fired, *self.page.unknown)]
        return [Heading(_("触发的规则")), Table(columns, rows, empty=_("没有触发规则。"))]

    def _rule(self, rule: RuleRow) -> list[str]:
        text = _noted(rule.text or rule.definition, "" if rule in self.page.fired else _("无法判断"))
        return [text, rule.outcome_label or _DASH, "、".join(rule.clauses), rule.decided_by or _DASH]

    def _data(self) -> list[Block]:
        """The figures as frozen, each with who gave it when; marked where it has been corrected since."""
        columns = [
            Column(_("指标"), 23), Column(_("数值"), 19, number=True), Column(_("单位"), 9), Column(_("来源"), 25),
            Column(_("填写"), 16), Column(_("佐证"), 8, number=True),
        ]  # fmt: skip
        frozen = self.run.inputs["values"].get(str(self.run.year), {}).get(self.zone.code, [])
        numbers = dict(zip(self.run.inputs["indicators"], frozen, strict=False))
        proofs = list(self._evidence())
        stored: dict[str, list[Value]] = {}
        values = Value.objects.filter(zone=self.zone, period=str(self.run.year), indicator__code__in=numbers)
        for value in values.select_related("indicator", "updated_by", "return_ref"):
            stored.setdefault(value.indicator.code, []).append(value)
        rows = []
        for code, number in sorted(numbers.items(), key=lambda pair: self._position(pair[0])):
            known = self.page.catalogue.get(code)
            mine = [value for value in stored.get(code, []) if _same(value, number)]
            proved = sum(file.indicator_id == known.pk for file in proofs) if known else 0
            rows.append(
                [
                    known.label if known else code,
                    _number(number, known.decimals if known else 2),
                    known.unit_label if known else "",
                    _source(mine[0]) if mine else (_DASH if number is None else _("冻结后已更正")),
                    _author(mine[0]) if mine else _DASH,
                    str(proved) if proved else _DASH,
                ]
            )
        blocks: list[Block] = [Heading(_("确认的数据")), Table(columns, rows, empty=_("没有已确认的数据。"))]
        acts = ReturnAct.objects.filter(
            return_ref=self.return_id, kind__in=[ActKind.SUBMITTED, ActKind.CITY_ACCEPTED, ActKind.ACCEPTED]
        )
        told = [
            f"{act.get_kind_display()}：{act.organisation or ''} {act.actor or ''} {_moment(act.at)}"
            for act in acts.select_related("actor", "organisation").order_by("pk")
        ]
        if told:
            blocks.append(
                Paragraph(_("报表 #%(id)s　%(acts)s") % {"id": self.return_id, "acts": "；".join(told)}, "left")
            )
        if proofs:
            listed = [[file.name, file.digest] for file in proofs]
            blocks.append(Table([Column(_("佐证材料"), 34), Column("SHA-256", 66)], listed))
        return blocks

    def _position(self, code: str) -> tuple[int, str]:
        known = self.page.catalogue.get(code)
        return (known.position if known else 10**6, code)

    def _evidence(self) -> Iterable[Evidence]:
        return Evidence.objects.kept().filter(return_ref=self.return_id).order_by("pk")

    def _points(self) -> list[Block]:
        columns = [
            Column(_("指标"), 30), Column(_("数值"), 14, number=True), Column(_("同类中位"), 14, number=True),
            Column(_("标准化"), 12, number=True), Column(_("权重"), 10, number=True), Column(_("得分"), 10, number=True),
        ]  # fmt: skip
        rows = []
        for dimension in self.page.dimensions:
            weight = "" if dimension.weight is None else f"{_number(dimension.weight, 1)}%"
            rows.append([dimension.name, "", "", "", weight, _number(dimension.points, 2)])
            rows += [
                [
                    _noted(f"　{row.name}", row.policy if row.missing else ""),
                    _number(row.raw, row.digits),
                    _number(row.median, row.digits),
                    _number(row.normalised, 2),
                    _DASH if row.weight is None else f"{_number(row.weight, 1)}%",
                    _number(row.points, 2),
                ]
                for row in dimension.indicators
            ]
        rows += [[row["name"], "", "", "", "", _number(row["points"], 2)] for row in self.page.adjustments]
        rows.append([_("合计"), "", "", "", "", _number(self.result.score, 2)])
        blocks: list[Block] = [Heading(_("办法、权重和得分")), Table(columns, rows)]
        for setting in self.page.open_settings:
            value = _DASH if setting["value"] is None else f"{format_number(setting['value'])} {setting['unit']}"
            words = {"name": setting["name"], "value": value, "words": setting["words"], "by": setting["decided_by"]}
            blocks.append(Paragraph(_("%(name)s：%(value)s（%(words)s，由%(by)s确定）") % words, "left"))
        return blocks

    def _past(self) -> list[Block]:
        columns = [
            Column(_("年度"), 20, number=True),
            Column(_("得分"), 20, number=True),
            Column(_("位次"), 30, number=True),
        ]
        rows = [
            [str(entry["year"]), _number(entry["score"], 2), f"{_number(entry['rank'], 0)} / {entry['group_size']}"]
            for entry in self.page.past
        ]
        return [Heading(_("以往年度")), Table(columns, rows, empty=_("没有以往年度的结果。"))]

    def _questions(self) -> list[Block]:
        columns = [Column(_("指标"), 20), Column(_("审核质询"), 40), Column(_("答复"), 40)]
        asked = Question.objects.filter(return_ref=self.return_id).select_related("indicator", "asked_by")
        rows = [
            [
                question.indicator.label if question.indicator else _DASH,
                _noted(question.text, f"{question.asked_by} {_moment(question.asked_at)}"),
                "；".join(_noted(answer.text, f"{answer.by} {_moment(answer.at)}") for answer in question.answers.all())
                or _DASH,
            ]
            for question in asked.prefetch_related("answers__by").order_by("pk")
        ]
        return [Heading(_("审核质询和答复")), Table(columns, rows, empty=_("没有质询。"))]

    def _incidents(self) -> list[Block]:
        columns = [Column(_("日期"), 14), Column(_("类别和程度"), 24), Column(_("事由"), 38), Column(_("文号"), 24)]
        rows = [
            [
                incident.on.isoformat(),
                f"{incident.get_kind_display()} {incident.get_severity_display()}",
                incident.title,
                f"{incident.document_number} {incident.issuer}",
            ]
            for incident in incidents_counted(self.result)
        ]
        return [Heading(_("计入的事故和问题")), Table(columns, rows, empty=_("没有计入的事故和问题。"))]

    def _objections(self) -> list[Block]:
        columns = [Column(_("提出"), 16), Column(_("异议内容"), 36), Column(_("状态"), 10), Column(_("答复"), 38)]
        rows = [
            [
                _moment(objection.filed_at),
                objection.text,
                objection.get_status_display(),
                _noted(objection.answer, f"{objection.answered_by} {_moment(objection.answered_at)}")
                if objection.answer
                else _DASH,
            ]
            for objection in Objection.objects.filter(zone=self.zone, publication__run__year=self.run.year)
            .filter(publication__proceeding__zone_class=self.run.scheme.zone_class)
            .select_related("answered_by")
            .order_by("pk")
        ]
        return [Heading(_("异议和答复")), Table(columns, rows, empty=_("没有异议。"))]

    def _decision(self) -> list[Block]:
        if self.decision is None:
            return [Heading(_("决定")), Paragraph(_("尚无可以公开的决定。"), "left")]
        decision = self.decision
        facts = [
            (_("建议"), self.result.get_proposal_display()),
            (_("决定"), decision.get_outcome_display()),
            (_("理由"), decision.reason or _("与建议一致")),
            (_("拟定"), f"{decision.decided_by} {_moment(decision.decided_at)}"),
            (_("复核"), f"{decision.confirmed_by} {_moment(decision.confirmed_at)}"),
            (_("考核程序"), _noted(str(decision.proceeding), decision.proceeding.get_status_display())),
        ]
        if decision.proceeding.bulletin_number:
            facts.append((_("通报文号"), decision.proceeding.bulletin_number))
        return [Heading(_("决定")), Facts(facts)]

    def _consequences(self) -> list[Block]:
        found = zone_consequences(self.zone, timezone.localdate())
        columns = [Column(_("日期"), 16), Column(_("内容"), 40), Column(_("状态"), 14), Column(_("依据"), 30)]
        mine = self.decision.pk if self.decision else None
        rows = [
            [m.opened_on.isoformat(), _noted(m.get_step_display(), f"{_('期限')} {m.due_on or _DASH}"),
             m.get_status_display(), "、".join([*([_("考核决定之外")] if m.order_id else []), *m.clauses])]
            for m in found.measures
        ]  # fmt: skip
        rows += [
            [row.valid_from.isoformat(), f"{row.get_kind_display()}：{row.label}", "", "、".join(row.clauses)]
            for row in found.statuses
            if mine is not None and row.decision_id == mine
        ]
        rows += [
            [
                c.opened_on.isoformat(),
                f"{c.get_direction_display()}：{c.designation.name}",
                c.get_status_display(),
                c.document,
            ]
            for c in found.changes
            if mine is not None and c.decision_id == mine
        ]
        return [Heading(_("结果运用")), Table(columns, rows, empty=_("没有措施和状态变动。"))]

    def _proof(self) -> list[Block]:
        facts = [(label, text) for label, text in exports.frozen_facts(self.run) if text]
        if self.decision is not None:
            facts.append((_("程序链头"), head(self.decision.proceeding)))
        return [Heading(_("指纹：据此可重算并核对")), Facts(facts)]


def _noted(text: str, note: object) -> str:
    """A text with a note in brackets of the reader's language."""
    return _("%(text)s（%(note)s）") % {"text": text, "note": note} if note else text


def _number(number: Any, digits: int) -> str:
    return _DASH if number is None else format_number(number, digits)


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _same(value: Value, number: float | None) -> bool:
    return number is not None and value.number is not None and float(value.number) == number


def _source(value: Value) -> str:
    parts = [value.get_source_display(), value.get_department_display() if value.department else "", value.source_note]
    return " · ".join(part for part in map(str, parts) if part)


def _author(value: Value) -> str:
    return f"{value.updated_by or ''} {_moment(value.updated_at)}".strip()
