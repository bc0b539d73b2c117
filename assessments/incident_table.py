"""Incidents as a table (事故和问题清单): what its columns are, and what the rows of a file say, each with its cells.

The workbook is that of the registers (`registers.workbooks`), the reading of answers theirs as well (`registers.validation`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from accounts.enums import Duty, Permission
from accounts.models import User
from assessments.enums import SEVERITIES, IncidentKind, Severity
from common.workbooks.cells import Workbook
from indicators.workbooks.zones import ZoneMatch, ZoneMatcher
from parks.enums import Certainty
from parks.models import Zone
from registers.definition import Definition, FieldSpec, Words, enumerated
from registers.enums import FieldType, Keeper, Place
from registers.references import References
from registers.validation import WHOLE, Row, check
from registers.workbooks import PLACE_NAME, Intake, ReadRow, Table, read_table

_CODE = re.compile(r"[A-Za-z]{1,2}[0-9]{1,6}")
VERSION = 1
"""Raised when the columns change: a template of before is then told to be an old one."""


def incident_table(kinds: Collection[IncidentKind], zones: Collection[Zone] = ()) -> Table:
    """The table of incidents of these kinds; `zones` are offered as places, by code and name."""
    fields = [
        FieldSpec(code="kind", name=_words(pgettext_lazy("incident", "类别")), type=FieldType.CHOICE, choices=_choices(kinds), required=True),
        FieldSpec(
            code="severity",
            name=_words(gettext_lazy("程度")),
            type=FieldType.CHOICE,
            choices=_choices(_severities(kinds)),
            required=True,
            hint=_severity_hint(kinds),
        ),
        FieldSpec(code="on", name=_words(gettext_lazy("发生日期")), type=FieldType.DATE, past=True, required=True),
        FieldSpec(code="title", name=_words(gettext_lazy("事由")), type=FieldType.TEXT, length=160, required=True,
                  hint=_words(gettext_lazy("一句话：何时何地发生何事、后果如何"))),
        FieldSpec(code="document_number", name=_words(gettext_lazy("文号")), type=FieldType.TEXT, length=80, required=True,
                  hint=_words(gettext_lazy("调查报告、处罚决定、督察反馈等的文号"))),
        FieldSpec(code="issuer", name=_words(gettext_lazy("发文机关")), type=FieldType.TEXT, length=80, required=True),
    ]  # fmt: skip
    spec = Definition(
        code="incidents",
        name=_words(gettext_lazy("事故和问题")),
        instrument="exit_trigger_safety",
        clauses=["P197b", "P197c", "P197e"],
        place=Place.ZONE,
        kept_by=Keeper.OFFICE,
        department=Duty.EMERGENCY,
        certainty=Certainty.B,
        purpose=_words(gettext_lazy("事故和问题")),
        title=["title"],
        fields=fields,
    )
    hint = _("一行一件；登记后不能修改。园区填编号或全称，其余各列从列表中选择或按提示填写。带 * 的必填。")
    places = [f"{zone.code} {zone.name}" for zone in zones]
    return Table(spec.code, VERSION, spec.label, spec, numbered=False, places=places, hint=hint)


def _words(text: str | Promise) -> Words:
    """A lazy text of the portal in both languages, as a definition has it."""
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            said.append(str(text))
    return said[0], said[1]


def _choices(members: Iterable[IncidentKind] | Iterable[Severity]) -> dict[str, Words]:
    return {str(member.value): _words(member.label) for member in members}


def _severities(kinds: Collection[IncidentKind]) -> list[Severity]:
    return [severity for severity in Severity if any(severity in SEVERITIES[kind] for kind in kinds)]


def _severity_hint(kinds: Collection[IncidentKind]) -> Words:
    """Which grades go with which kinds, in both languages."""
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            alike: dict[tuple[Severity, ...], list[str]] = {}
            for kind in kinds:
                alike.setdefault(SEVERITIES[kind], []).append(str(kind.label))
            lines = [
                f"{'、'.join(names)}: {'、'.join(str(g.label) for g in grades)}" for grades, names in alike.items()
            ]
            said.append("; ".join(lines))
    return said[0], said[1]


@dataclass
class IncidentRow:
    """A row of a file: what is to be recorded, as far as it could be read, and what is wrong by field ("" for the whole)."""

    row: int
    cells: dict[str, str]
    zone: Zone | None = None
    kind: str = ""
    severity: str = ""
    on: date | None = None
    title: str = ""
    document_number: str = ""
    issuer: str = ""
    faults: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, said: str) -> None:
        self.faults.setdefault(name, []).append(said)

    @property
    def errors(self) -> Iterator[tuple[str, str]]:
        """Each fault with the cell it is told at."""
        for name, sentences in self.faults.items():
            for said in sentences:
                yield self.cells.get(name, self.cells[WHOLE]), said

    @property
    def labels(self) -> str:
        """Kind and severity in the reader's language."""
        kind = str(IncidentKind(self.kind).label) if self.kind else ""
        return f"{kind} · {Severity(self.severity).label}" if kind and self.severity else kind


def read_incidents(book: Workbook, by: User) -> tuple[list[IncidentRow], list[tuple[str, str]]]:
    """The rows of a workbook and faults of the file as a whole with their places. Raises WorkbookRefused.

    Zones are those over which the user records; a constant number of queries for any number of rows.
    """
    table = incident_table(list(IncidentKind))
    intake: Intake = read_table(table, book)
    if not intake.faults and not intake.rows:
        intake.faults.append(("", _("表中没有可登记的行。请从表头下一行起填写。")))
    if intake.faults:
        return [], intake.faults
    zones = ZoneMatcher(Zone.objects.visible_to(by, Permission.INCIDENT_RECORD))
    checked = check(table.spec, [Row(row.write.given) for row in intake.rows], References())
    found = []
    for row, each in zip(intake.rows, checked, strict=True):
        made = IncidentRow(row.row, row.cells, faults={name: list(said) for name, said in row.errors.items()})
        for name, sentences in each.errors.items():
            if name not in row.errors:  # what could not be read is not told to be missing as well
                made.faults.setdefault(name, []).extend(sentences)
        for name, value in each.data.items():
            setattr(made, name, date.fromisoformat(value) if name == "on" else value)
        if made.kind and not made.severity and (text := str(row.write.given.get("severity") or "")):
            made.faults["severity"] = [no_such_grade(made.kind, text)]
        _place(made, row, zones)
        found.append(made)
    return found, []


def no_such_grade(kind: str, text: str) -> str:
    """That a kind has no such severity, and which it has."""
    grades = enumerated(str(grade.label) for grade in SEVERITIES[kind])
    facts = {"kind": IncidentKind(kind).label, "severity": text[:40], "grades": grades}
    return _("“%(kind)s”没有“%(severity)s”这一程度。可选：%(grades)s。") % facts


def _place(made: IncidentRow, row: ReadRow, zones: ZoneMatcher) -> None:
    """The zone by code or name, of either column; two that name different zones are a fault."""
    texts = {"zone": row.write.place, PLACE_NAME: row.place_name}
    matches = {column: zones.match(text) for column, text in texts.items() if text}
    if not matches:
        made.add("zone" if "zone" in row.cells else PLACE_NAME, _("请填园区编号或园区全称。"))
        return
    column, first = next(iter(matches.items()))
    found = {match.zone.pk: match.zone for match in matches.values() if match.zone is not None}
    if first.zone is None:
        made.add(column, _unknown(first))
    elif len(found) > 1:
        names = enumerated(zone.name for zone in found.values())
        made.add(column, _("编号和名称不是同一个园区：%(names)s。请改正其中一个。") % {"names": names})
    else:
        made.zone = first.zone


def _unknown(match: ZoneMatch) -> str:
    alike = [] if _CODE.fullmatch(match.text) else match.candidates[:3]
    facts = {"text": match.text[:40], "names": enumerated(f"{zone.code} {zone.name}" for zone in alike)}
    if alike:
        return _("不能确定“%(text)s”是哪个园区，是否为：%(names)s？请填编号。") % facts
    return _("没有园区“%(text)s”，或不在您的职责范围内。请填园区编号或全称。") % facts
