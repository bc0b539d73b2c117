"""Lists of entries and one entry with its life (条目查询)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from common.numbers import format_number
from parks.enums import Certainty
from parks.models import Region, Zone
from registers.definition import Definition, FieldSpec, enumerated
from registers.enums import CHOSEN, Channel, FieldType, unit_behind
from registers.formulas import evaluate
from registers.models import Enterprise, Entry, Register, RegisterVersion

Labels = Mapping[tuple[FieldType, Any], str]


@dataclass(frozen=True)
class Answer:
    """One field of an entry as it is read: `text` is empty where there is no answer; `former` fields are no longer asked."""

    code: str
    label: str
    text: str
    unit: str = ""
    number: Decimal | None = None
    digits: int = 0
    certainty: Certainty | str = ""
    link: str = ""
    derived: bool = False
    former: bool = False


@dataclass(frozen=True)
class Total:
    """A register in the list of all: entries that stand in the reader's territory, and when one last changed."""

    register: Register
    entries: int
    changed_at: datetime | None
    synthetic: bool
    may_keep: bool = False


@dataclass(frozen=True)
class EntryPage:
    """An entry with the answers of a list's columns."""

    entry: Entry
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True)
class Event:
    """A step in an entry's life: when, by whom, which way, and what changed."""

    at: datetime
    by: str
    title: str
    channel: str
    changes: list[tuple[str, str, str]]
    reason: str = ""
    revision: int = 0


def totals(user: User) -> list[Total]:
    """Every register of the user's province with what it holds in their territory, in the order of the policy."""
    visible = Entry.objects.visible_to(user).standing().order_by()
    counted: dict[int, dict[str, Any]] = {
        row["register"]: dict(row)
        for row in visible.values("register").annotate(
            entries=Count("pk"), changed=Max("changed_at"), made_up=Count("pk", filter=Q(synthetic=True))
        )
    }
    return [
        Total(
            register,
            counted.get(register.pk, {}).get("entries", 0),
            counted.get(register.pk, {}).get("changed"),
            bool(counted.get(register.pk, {}).get("made_up")),
        )
        for register in Register.objects.active().of_provinces(user)
    ]


def entries_of(register: Register, user: User) -> QuerySet[Entry]:
    """Entries of the register that the user may see, withdrawn ones too, with what their lists show."""
    return (
        Entry.objects.visible_to(user)
        .filter(register=register)
        .select_related("register", "zone__city", "region", "changed_by")
    )


def listed(register: Register, entries: Sequence[Entry], columns: Sequence[FieldSpec]) -> list[EntryPage]:
    """The entries with the answers to `columns` and the derived figures; references take one query a kind."""
    spec = register.spec
    labels = reference_labels(spec, [entry.data for entry in entries])
    derived = _derived(spec, entries)
    return [
        EntryPage(entry, [answer(each, entry.data.get(each.code), labels) for each in columns] + derived[entry.pk])
        for entry in entries
    ]


def answers_of(entry: Entry) -> list[Answer]:
    """Every answer of an entry: fields as they are asked now, derived figures, and earlier fields that it still has."""
    spec = entry.register.spec
    labels = reference_labels(spec, [entry.data])
    found = [answer(each, entry.data.get(each.code), labels) for each in spec.fields]
    return found + _derived(spec, [entry])[entry.pk] + _former(entry, spec)


def _former(entry: Entry, spec: Definition) -> list[Answer]:
    """Answers to fields that the present definition no longer has, by the wording under which they were last asked."""
    gone = entry.data.keys() - {each.code for each in spec.fields}
    if not gone:
        return []
    worded: dict[str, FieldSpec] = {}
    for wording in RegisterVersion.objects.filter(register=entry.register, version__lte=entry.register.version):
        for each in Definition.model_validate(wording.definition).fields:
            worded[each.code] = each
    labels: Labels = {}
    found = []
    for code in sorted(gone):
        known = worded.get(code)
        if known is None:
            found.append(Answer(code, code, str(entry.data[code]), former=True))
        else:
            read = answer(known, entry.data[code], labels)
            found.append(Answer(code, known.label, read.text, read.unit, former=True))
    return found


def reference_labels(spec: Definition, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[FieldType, Any], str]:
    """What the codes in these answers stand for."""
    wanted: dict[FieldType, set[Any]] = {}
    for each in spec.fields:
        if each.type in {FieldType.ZONE, FieldType.REGION, FieldType.ENTERPRISE, FieldType.ENTRY}:
            wanted.setdefault(each.type, set()).update(row[each.code] for row in rows if each.code in row)
    found: dict[tuple[FieldType, Any], str] = {}
    for kind, codes in wanted.items():
        if codes:
            found |= {(kind, code): name for code, name in _named(kind, codes)}
    return found


def _named(kind: FieldType, codes: set[Any]) -> Iterable[tuple[Any, str]]:
    if kind == FieldType.ZONE:
        return Zone.objects.filter(code__in=codes).values_list("code", "name")
    if kind == FieldType.REGION:
        return [(region.code, region.label) for region in Region.objects.filter(code__in=codes)]
    if kind == FieldType.ENTERPRISE:
        return Enterprise.objects.filter(credit_code__in=codes).values_list("credit_code", "name")
    entries = Entry.objects.filter(pk__in=codes).select_related("register", "region")
    return [(entry.pk, entry.label) for entry in entries]


def answer(each: FieldSpec, value: Any, labels: Labels) -> Answer:
    """One answer in words; `labels` are those of `reference_labels`."""
    number, link = None, ""
    if value is None:
        text = ""
    elif each.is_number:
        number = Decimal(str(value))
        text = format_number(number)
    elif each.type in CHOSEN:
        text = enumerated(each.choice_labels(value))
    elif each.type == FieldType.YES_NO:
        text = pgettext("answer", "是") if value else pgettext("answer", "否")
    else:
        text = labels.get((each.type, value), str(value))
        link = {FieldType.ENTERPRISE: "enterprise", FieldType.ZONE: "zone", FieldType.ENTRY: "entry"}.get(each.type, "")
        link = f"{link}:{each.links_to}:{value}" if link else ""
    return Answer(each.code, each.label, text, unit_behind(each.stored_unit), number, each.digits, each.certainty, link)


def _derived(spec: Definition, entries: Sequence[Entry]) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = {entry.pk: [] for entry in entries}
    for each in spec.derived:
        numbers = evaluate(spec, each.formula, [entry.data for entry in entries])
        for entry, number in zip(entries, numbers, strict=True):
            known = None if math.isnan(number) else Decimal(repr(float(number)))
            text = "" if known is None else format_number(known, each.decimals)
            found[entry.pk].append(
                Answer(each.code, each.label, text, unit_behind(each.unit), known, each.decimals, derived=True)
            )
    return found


# ---- history --------------------------------------------------------------------------------------------------


def entry_history(entry: Entry) -> list[Event]:
    """The life of an entry as the database wrote it down, newest first."""
    rows = list(entry.history.select_related("changed_by").order_by("pgh_id"))  # type: ignore[attr-defined]
    spec = entry.register.spec
    labels = reference_labels(spec, [row.data for row in rows])
    events, before = [], None
    for row in rows:
        events.append(_event(spec, row, before, labels))
        before = row
    return events[::-1]


def _event(spec: Definition, row: Any, before: Any, labels: Labels) -> Event:
    changes = []
    former = before.data if before is not None else {}
    for code in dict.fromkeys([*(each.code for each in spec.fields), *row.data, *former]):
        was, now = former.get(code), row.data.get(code)
        if was == now or before is None:
            continue
        each = spec.field(code)
        words = [answer(each, value, labels).text if each else str(value or "") for value in (was, now)]
        changes.append((each.label if each else code, words[0], words[1]))
    if before is None:
        title = _("登记")
    elif row.withdrawn_at and not before.withdrawn_at:
        title = _("撤销")
    else:
        title = _("修改")
    channel = str(Channel(row.channel).label) if row.channel in Channel.values else row.channel
    by = str(row.changed_by) if row.changed_by else _("系统")
    return Event(row.pgh_created_at, by, title, channel, changes, row.withdrawn_reason, row.revision)
