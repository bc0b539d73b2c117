"""What the pages of one return share: finding it, its sheet, findings and acts as shown (报表页面公共部分)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.numbers import format_number
from common.statuses import look
from indicators import selectors
from indicators.checks import Finding
from indicators.enums import EDITABLE_STATUSES, ActKind, Dimension, RuleKind, Severity
from indicators.models import Evidence, Indicator, Question, Return, ReturnAct, Value
from indicators.selectors import DerivedLine, Sheet, next_step
from indicators.selectors.reviews import involved
from indicators.views.sparks import Spark, spark
from parks.models import Region
from registers.selectors import RegisterFigure


class UserRequest(HttpRequest):
    """A request of somebody who is logged in, as the guards of common/access.py let through."""

    user: User


ACT_STATUSES: dict[str, str] = {ActKind.OPENED: "open"}
SEVERITY_ORDER = {Severity.HARD: 0, Severity.SOFT: 1, Severity.NOTICE: 2}


def find_return(request: UserRequest, pk: int) -> Return:
    """The return, if it lies in the user's territory; else 404."""
    returns = selectors.with_news(Return.objects.visible_to(request.user)).annotate(involved=involved(request.user))
    related = returns.select_related("round", "zone__administration", "zone__city", "submitted_by")
    return get_object_or_404(related, pk=pk)


def may(request: UserRequest, permission: str, return_: Return) -> bool:
    return bool(request.user.may(permission, return_.zone.administration.path))


def may_review(request: UserRequest, return_: Return) -> bool:
    """Whether this return waits for this user: the step's permission over the zone, and none of their own work in it.

    Needs the annotation `involved` (indicators.selectors.reviews).
    """
    step = next_step(return_)
    return step is not None and may(request, step.permission, return_) and not return_.involved  # type: ignore[attr-defined]


def cities_of(returns: QuerySet[Return]) -> QuerySet[Region]:
    return Region.objects.filter(pk__in=returns.order_by().values("zone__city"))


@dataclass(frozen=True)
class Due:
    """How the due date stands, in words; `late` while the park still has the return after it."""

    text: str
    late: bool


def due_words(return_: Return, today: date | None = None) -> Due:
    if return_.status not in EDITABLE_STATUSES:
        return Due("", late=False)
    days = (return_.due_on - (today or timezone.localdate())).days
    if days < 0:
        return Due(_("已逾期 %(days)d 天") % {"days": -days}, late=True)
    if days == 0:
        return Due(_("今天截止"), late=False)
    return Due(_("还剩 %(days)d 天") % {"days": days}, late=False)


def period_label(year: int, part: str) -> str:
    """A period as a column's head: 2025年, 2025年1季度, 2025年3月."""
    if part.startswith("Q"):
        return _("%(year)d年%(quarter)s季度") % {"year": year, "quarter": part[1:]}
    if part:
        return _("%(year)d年%(month)d月") % {"year": year, "month": int(part[1:])}
    return _("%(y)d年") % {"y": year}


# ---- the sheet ------------------------------------------------------------------------------------------------


@dataclass
class CellRow:
    """One line of the form: this year's value between what is known to compare it with."""

    indicator: Indicator
    value: Value | None
    last: float | None
    before: float | None
    change: float | None
    peer_median: float | None
    spark: Spark | None = None
    registered: RegisterFigure | None = None
    evidence: list[Evidence] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    reason: str = ""
    """Why the reviewer sent this very cell back."""
    typed: dict[str, str] | None = None
    """What a plain save sent, by part, when it could not be stored: shown again so that nothing is typed twice."""
    faults: list[str] = field(default_factory=list)

    @property
    def number_text(self) -> str:
        if self.typed:
            return self.typed["number"]
        number = self.value.number if self.value else None
        return "" if number is None else format_number(number, self.indicator.decimals)

    @property
    def registered_text(self) -> str:
        """What the register knows, as it would be typed; empty where it knows nothing."""
        return "" if self.registered is None else format_number(self.registered.number, self.indicator.decimals)

    @property
    def absence(self) -> str:
        return self.typed["absence"] if self.typed else (self.value.absence if self.value else "")

    @property
    def comment(self) -> str:
        return self.typed["comment"] if self.typed else (self.value.comment if self.value else "")

    @property
    def open_questions(self) -> int:
        return sum(question.closed_at is None for question in self.questions)

    @property
    def has_note(self) -> bool:
        """Whether something stands under the row from the start."""
        return bool(self.faults or self.comment or self.evidence or self.questions or self.reason)

    @property
    def filled(self) -> bool:
        return self.value is not None and (self.value.number is not None or bool(self.value.absence))


@dataclass(frozen=True)
class SectionRow:
    """A dimension of the form with its cells."""

    dimension: Dimension
    cells: list[CellRow]

    @property
    def label(self) -> str:
        return str(self.dimension.label)

    @property
    def filled(self) -> int:
        return sum(cell.filled for cell in self.cells)

    @property
    def total(self) -> int:
        return len(self.cells)


@dataclass(frozen=True)
class FindingRow:
    """What a rule says, with the cell to jump to and the explanation given there."""

    found: Finding
    codes: tuple[str, ...]
    first_label: str
    explanation: str
    suggested: str
    asks: bool = True
    """Whether the box for the explanation stands here: one box for a cell, however many findings it has."""

    @property
    def first(self) -> str:
        return self.codes[0] if self.codes else ""

    @property
    def key(self) -> str:
        return f"{self.found.rule}-{self.first}"

    @property
    def settled(self) -> bool:
        """Nothing is left to do about it before handing in."""
        return not self.found.to_mend

    @property
    def missing(self) -> bool:
        """A required item that is not filled yet: told together, since a new form has many."""
        return self.found.kind == RuleKind.REQUIRED and self.found.severity == Severity.HARD


@dataclass(frozen=True)
class SheetView:
    """A whole return as its pages show it."""

    sections: list[SectionRow]
    findings: list[FindingRow]
    derived: list[DerivedLine]

    @property
    def cells(self) -> list[CellRow]:
        return [cell for section in self.sections for cell in section.cells]

    @property
    def filled(self) -> int:
        return sum(section.filled for section in self.sections)

    @property
    def total(self) -> int:
        return sum(section.total for section in self.sections)

    @property
    def missing(self) -> list[FindingRow]:
        return [row for row in self.findings if row.missing]

    @property
    def told(self) -> list[FindingRow]:
        """Everything but the missing items, what is still open first."""
        rows = [row for row in self.findings if not row.missing]
        rows.sort(key=lambda row: (row.settled, SEVERITY_ORDER[Severity(row.found.severity)], row.first))
        asked: set[str] = set()
        shown = []
        for row in rows:
            soft = row.found.severity == Severity.SOFT
            shown.append(replace(row, asks=soft and row.first not in asked))
            asked |= {row.first} if soft else set()
        return shown

    @property
    def to_mend(self) -> int:
        return sum(not row.settled for row in self.told)

    def findings_context(self) -> dict[str, Any]:
        """What templates/indicators/_findings.html shows."""
        open_severities = [row.found.severity for row in self.told if not row.settled]
        return {
            "findings": self.told,
            "missing": self.missing,
            "hard_count": open_severities.count(Severity.HARD),
            "soft_count": open_severities.count(Severity.SOFT),
        }

    def findings_json(self) -> list[dict[str, Any]]:
        return [
            {
                "severity": row.found.severity,
                "message": row.found.message,
                "codes": row.codes,
                "settled": row.settled,
                "missing": row.missing,
                "suggested": row.suggested,
            }
            for row in self.findings
        ]


def sheet_view(sheet: Sheet) -> SheetView:
    sections = [
        SectionRow(
            section.dimension,
            [
                CellRow(
                    cell.indicator,
                    cell.value,
                    cell.last,
                    cell.before,
                    cell.change,
                    cell.peer_median,
                    spark(cell.series, cell.indicator.decimals),
                    cell.registered,
                )
                for cell in section.cells
            ],
        )
        for section in sheet.sections
    ]
    by_code = {cell.indicator.code: cell for section in sections for cell in section.cells}
    findings = [_finding_row(finding, by_code) for finding in sheet.findings]
    return SheetView(sections, findings, sheet.derived)


@dataclass(frozen=True)
class Whole:
    """What is kept beside the return as a whole; `returned` is the act that sent it back, while it is back."""

    evidence: list[Evidence]
    questions: list[Question]
    returned: ReturnAct | None
    unanswered: list[Question]
    """Questions about any cell or the whole that nobody has answered yet, oldest first."""


def put_beside(sheet: SheetView, return_: Return) -> Whole:
    """Bring evidence, questions and the reviewer's reasons to their cells; what belongs to no cell is returned."""
    evidence, questions = selectors.evidence_of(return_), selectors.questions_of(return_)
    returned = selectors.last_returned(return_)
    for cell in sheet.cells:
        code = cell.indicator.code
        cell.evidence, cell.questions = evidence.get(code, []), questions.get(code, [])
        cell.reason = returned.cells.get(code, "") if returned else ""
    waiting = [question for thread in questions.values() for question in thread if question.is_unanswered]
    waiting.sort(key=lambda question: question.pk)
    return Whole(evidence.get("", []), questions.get("", []), returned, waiting)


def _finding_row(finding: Finding, by_code: dict[str, CellRow]) -> FindingRow:
    codes = tuple(code for code in finding.codes if code in by_code)
    comments = [value.comment for code in codes if (value := by_code[code].value)]
    indicator = by_code[codes[0]].indicator if codes else None
    return FindingRow(
        found=finding,
        codes=codes,
        first_label=indicator.label if indicator else "",
        explanation=next(filter(None, comments), ""),
        suggested=format_number(finding.suggested, indicator.decimals) if indicator and finding.suggested else "",
    )


# ---- cells and acts as data -----------------------------------------------------------------------------------


def cell_json(value: Value | None) -> dict[str, Any]:
    """A cell for the script of the form: what stands on the server, by whom and when."""
    if value is None:
        return {"number": "", "absence": "", "comment": "", "revision": 0, "text": _("（空）"), "by": "", "at": ""}
    number = "" if value.number is None else format_number(value.number, value.indicator.decimals)
    return {
        "number": number,
        "absence": value.absence,
        "comment": value.comment,
        "revision": value.revision,
        "text": number or value.get_absence_display() or _("（空）"),
        "by": str(value.updated_by or ""),
        "at": timezone.localtime(value.updated_at).strftime("%H:%M"),
    }


def act_events(return_: Return) -> list[dict[str, Any]]:
    """The acts, newest first, for the timeline."""
    acts = list(return_.acts.select_related("actor", "organisation").order_by("-id"))
    items = Indicator.objects.in_bulk({code for act in acts for code in act.cells}, field_name="code")
    events = []
    for act in acts:
        shown = look(ACT_STATUSES.get(act.kind, act.kind))
        events.append(
            {
                "at": timezone.localtime(act.at).strftime("%Y-%m-%d %H:%M"),
                "title": act.get_kind_display(),
                "text": "；".join(
                    filter(None, [act.reason, *(f"{items[code].label}：{text}" for code, text in act.cells.items())])
                ),
                "by": " ".join(str(part) for part in (act.organisation, act.actor) if part),
                "icon": shown.icon,
                "tone": shown.tone,
            }
        )
    return events
