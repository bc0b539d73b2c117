"""The bulletin of a final proceeding (通报): written once as DOCX and PDF, kept with its SHA-256, never changed.

Shared by the service, the task and the page; it holds what a final proceeding says, which is frozen, so that whoever is
first writes the same. It names no more zones than the last publication did.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation

from assessments.enums import (
    BulletinFormat,
    DecisionOutcome,
    Disclosure,
    ObjectionStatus,
    ProceedingActKind,
    ProceedingStatus,
)
from assessments.ladder import OFFICE
from assessments.models import BulletinFile, Decision, Objection, Proceeding
from assessments.publishing import current_decisions
from common.api import SYNTHETIC_MARK
from common.documents import (
    Block,
    Column,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
    as_docx,
    as_pdf,
    pdf_is_available,
)
from policy.models import Document as PolicyText

ISSUER = f"河南{OFFICE}"
_NUMERALS = "一二三四五六七八九十"
_TOLD = (
    ("晋升的园区", (DecisionOutcome.PROMOTE,)),
    ("降级、退出的园区", (DecisionOutcome.DEMOTE, DecisionOutcome.EXIT)),
    ("重点关注的园区", (DecisionOutcome.WATCH,)),
)
_WRITERS = {BulletinFormat.DOCX: as_docx, BulletinFormat.PDF: as_pdf}


@transaction.atomic
def bulletin_issue(proceeding_id: int) -> list[BulletinFile]:
    """The bulletin's files, written now where they are not yet (签发通报); PDF only where this machine can write it.

    Empty while the proceeding is not final.
    """
    proceeding = Proceeding.objects.select_for_update(no_key=True, of=("self",)).select_related("run__scheme")
    found = proceeding.defer("run__inputs").get(pk=proceeding_id)
    if found.status != ProceedingStatus.FINAL:
        return []
    held = {file.format: file for file in found.bulletin_files.all()}
    wanted = [BulletinFormat.DOCX, *([BulletinFormat.PDF] if pdf_is_available() else [])]
    missing = [kind for kind in wanted if kind not in held]
    document = bulletin_document(found) if missing else None
    for kind in missing:
        assert document is not None
        body = _WRITERS[kind](document)
        held[kind] = BulletinFile.objects.create(
            proceeding=found,
            format=kind,
            content=body,
            size=len(body),
            digest=hashlib.sha256(body).hexdigest(),
            synthetic=found.synthetic,
        )
    return [held[kind] for kind in wanted]


def bulletin_document(proceeding: Proceeding) -> Document:
    """What the bulletin says, in Chinese whatever the reader's language: it is one document."""
    with translation.override("zh-hans"):
        return _Bulletin(proceeding).document()


class _Bulletin:
    def __init__(self, proceeding: Proceeding) -> None:
        self.proceeding, self.run = proceeding, proceeding.run
        self.publication = proceeding.publications.latest("sequence")
        self.decisions = current_decisions(proceeding)
        self.shown = {row["zone"]: row for row in self.publication.content["rows"]}
        self.measures = {m.zone_id: m for d in self.decisions for m in d.measures.all()}
        grades = [decision.grade for decision in self.decisions]  # type: ignore[attr-defined]
        self.grades = {grade["code"]: grade["name_zh"] for grade in grades if grade}
        self.parts = 0

    def document(self) -> Document:
        what = f"{self.proceeding.year}年度{self.proceeding.get_zone_class_display()}"
        return Document(
            title=f"关于{what}考核结果的通报",
            number=self.proceeding.bulletin_number,
            official=True,
            mark=f"{SYNTHETIC_MARK}（不是真实统计，不具效力）" if self.proceeding.synthetic else "",
            blocks=[
                Paragraph("各省辖市、省直管县（市）联席会议办公室，各园区管理机构，省直有关部门：", "left"),
                *self._opening(what),
                *self._result(),
                *(block for title, outcomes in _TOLD for block in self._moved(title, outcomes)),
                *self._effects(),
                *self._proof(),
            ],
            signature=[ISSUER, _day(timezone.localtime(self._final_at()).date())],
        )

    def _final_at(self) -> datetime:
        assert self.proceeding.finalised_at is not None  # held by the table
        return self.proceeding.finalised_at

    def _heading(self, title: str) -> Heading:
        self.parts += 1
        return Heading(f"{_NUMERALS[self.parts - 1]}、{title}")

    def _opening(self, what: str) -> list[Block]:
        scheme, publication = self.run.scheme, self.publication
        texts = PolicyText.objects.order_by("pk")[:1]
        policy = "".join(f"《{text.title}》（{text.number}）第十（四）条和" for text in texts)
        return [
            Paragraph(
                f"根据{policy}《{scheme.name_zh}》（{scheme.version}），对{len(self.decisions)}个{what.split('年度')[1]}"
                f"{self.proceeding.year}年度情况进行了考核。拟定结果于{_day(timezone.localtime(publication.published_at).date())}公示，"
                f"公示期{publication.content['window_days']}个工作日，至{_day(publication.closes_on)}止。{self._objections()}"
                "考核结果已经复核定稿，现通报如下。"
            )
        ]

    def _objections(self) -> str:
        counts = Counter(
            Objection.objects.filter(publication__proceeding=self.proceeding).values_list("status", flat=True)
        )
        if not counts:
            return "公示期内没有收到异议。"
        rounds = self.proceeding.publications.count()
        again = f"因异议成立，重新计算并公示，共公示{rounds}次。" if rounds > 1 else ""
        upheld, rejected = counts[ObjectionStatus.UPHELD], counts[ObjectionStatus.REJECTED]
        return (
            f"共收到异议{counts.total()}件，其中成立{upheld}件、不成立{rejected}件、"
            f"撤回{counts[ObjectionStatus.WITHDRAWN]}件，均已答复。{again}"
        )

    def _result(self) -> list[Block]:
        counts = Counter(decision.outcome for decision in self.decisions)
        told = "，".join(f"{DecisionOutcome(kind).label}{counts[kind]}个" for kind in DecisionOutcome if counts[kind])
        blocks: list[Block] = [self._heading("考核结果"), Paragraph(f"参加考核{len(self.decisions)}个：{told}。")]
        rows = self.publication.content["rows"]
        match self.publication.disclosure:
            case Disclosure.OWN:
                blocks.append(Paragraph("各园区的结果由各园区登录系统查阅，不在本通报列出。"))
            case Disclosure.TOP:
                columns = [Column("位次", 8, number=True), Column("园区", 40), Column("省辖市", 14)]
                blocks.append(Table(columns, [[_text(r["rank"]), r["name"], r["city"]] for r in rows]))
            case disclosure:
                whole = disclosure == Disclosure.EVERYTHING
                columns = [Column("位次", 8, number=True)] if whole else []
                columns += [Column("园区", 38), Column("省辖市", 14), Column("等级", 12), Column("决定", 12)]
                table = [
                    [
                        *([_text(row["rank"])] if whole else []),
                        row["name"],
                        row["city"],
                        self.grades.get(row["grade"], "—") if row["grade"] else "—",
                        str(DecisionOutcome(row["outcome"]).label),
                    ]
                    for row in rows
                ]
                blocks.append(Table(columns, table))
        return blocks

    def _moved(self, title: str, outcomes: Iterable[str]) -> list[Block]:
        """Zones of these outcomes with reason and clauses, as far as the publication named them with their outcome."""
        told = [
            decision
            for decision in self.decisions
            if decision.outcome in outcomes and "outcome" in self.shown.get(decision.zone.code, {})
        ]
        if not told:
            return []
        columns = [Column("园区", 26), Column("决定", 9), Column("理由", 45), Column("依据条款", 14)]
        rows = [[d.zone.name, d.get_outcome_display(), _reason(d), "、".join(_clauses(d)) or "—"] for d in told]
        return [self._heading(title), Table(columns, rows)]

    def _effects(self) -> list[Block]:
        rows = [
            [d.zone.name, m.get_step_display(), _day(m.due_on) if m.due_on else "以批准文件为准"]
            for d in self.decisions
            if (m := self.measures.get(d.zone_id)) and "outcome" in self.shown.get(d.zone.code, {})
        ]
        blocks: list[Block] = [self._heading("结果运用")]
        if rows:
            blocks.append(Table([Column("园区", 36), Column("措施", 16), Column("期限", 20)], rows))
        blocks.append(
            Paragraph(
                "措施未解除期间，不支持其扩区、调区和升级，不予申报纳入全国开发区审核公告目录（P199、P200）。"
                "对考核结果好的园区优先考虑扩区、升级并加大政策支持力度（P196）。称号的变动以批准文件为准。"
            )
        )
        return blocks

    def _proof(self) -> list[Block]:
        final = self.proceeding.acts.filter(kind=ProceedingActKind.FINALISED).latest("pk")
        return [
            self._heading("核验"),
            Paragraph(
                "本通报依据的数据、办法和结果均已冻结。用同一输入、同一办法和同一引擎版本重算，应得相同的结果指纹；"
                "程序链头为定稿记录的指纹，改动此前任何一项办理都会使它不同；本文件的指纹列于系统的通报页。指纹均为 SHA-256。"
            ),
            Facts(
                [
                    ("考核计算", f"#{self.run.pk}"),
                    ("办法指纹", self.run.scheme.digest),
                    ("输入指纹", self.run.inputs_digest),
                    ("结果指纹", self.run.results_digest),
                    ("引擎版本", self.run.engine_version),
                    ("公示内容指纹", self.publication.digest),
                    ("程序链头", final.digest),
                ]
            ),
        ]


def _reason(decision: Decision) -> str:
    rules = [
        rule["text_zh"].rstrip("。") for rule in decision.result.fired_rules if rule["outcome"] == decision.outcome
    ]
    return "；".join([*rules, *([decision.reason.rstrip("。")] if decision.reason else [])]) + "。"


def _clauses(decision: Decision) -> list[str]:
    rules = [rule for rule in decision.result.fired_rules if rule["outcome"] == decision.outcome]
    return list(dict.fromkeys(clause for rule in rules for clause in rule["clauses"]))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _text(number: object) -> str:
    return "—" if number is None else str(number)
