"""Reads on rules, breaches, exemptions and tasks (合规查询)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from compliance.enums import TaskStatus
from compliance.models import Breach, Exemption, RuleCheck, Task
from compliance.optional import has_registers, register_model
from compliance.rules import RULES, Rule
from compliance.words import mend_of, name_of, what_of
from policy.models import Document, Provision
from policy.standing import ProvisionState, provision_states
from policy.words import TermLine, term_lines


@dataclass(frozen=True)
class BreachLine:
    """A breach in the reader's words."""

    breach: Breach
    rule_name: str
    what: str
    mend: str
    provisions: list[str]


def clauses_by_rule() -> dict[tuple[int, str], list[str]]:
    """Codes of the provisions each rule of a document rests on; one query."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    wanted: dict[str, list[str]] = defaultdict(list)
    for rule in RULES.values():
        wanted[rule.instrument].append(rule.key)
    rows = Provision.objects.filter(instrument__key__in=wanted).order_by("start")
    for document, key, code in rows.values_list("document_id", "instrument__key", "code"):
        for name in wanted[key]:
            found[document, name].append(code)
    return found


def visible_breaches(user: User) -> QuerySet[Breach]:
    """Breaches in the user's territory, whether exempt told, with zone, region and document."""
    rows = Breach.objects.visible_to(user).with_exempt(timezone.localdate())
    return rows.select_related("zone__city", "region", "document")


def lines_of(breaches: list[Breach]) -> list[BreachLine]:
    clauses = clauses_by_rule()
    return [
        BreachLine(
            breach,
            name_of(breach.rule),
            what_of(breach),
            mend_of(breach),
            clauses.get((breach.document_id, breach.rule), []),
        )
        for breach in breaches
    ]


@dataclass(frozen=True)
class CheckLine:
    """A rule with its last check, its breaches in the reader's territory, and the clauses it rests on."""

    check: RuleCheck
    rule: Rule
    provisions: list[str]
    breaches: int
    exempt: int
    ended: int

    @property
    def look(self) -> str:
        if self.check.state != "checked":
            return f"check_{self.check.state}"
        return "check_breach" if self.breaches else "check_kept" if self.check.examined else "check_nothing"


def check_lines(user: User, document: Document | None = None) -> list[CheckLine]:
    """All rules, the pressing ones first; a handful of queries whatever their number."""
    checks = RuleCheck.objects.select_related("document")
    if document is not None:
        checks = checks.filter(document=document)
    counted: Counter[tuple[int, str]] = Counter()
    exempt: Counter[tuple[int, str]] = Counter()
    ended: Counter[tuple[int, str]] = Counter()
    rows: Any = Breach.objects.visible_to(user).with_exempt(timezone.localdate())
    for key_document, rule, over, is_exempt in rows.values_list("document_id", "rule", "ended_at", "exempt"):
        (ended if over is not None else exempt if is_exempt else counted)[key_document, rule] += 1
    clauses = clauses_by_rule()
    lines = [
        CheckLine(
            check,
            RULES[check.rule],
            clauses.get((check.document_id, check.rule), []),
            counted[check.document_id, check.rule],
            exempt[check.document_id, check.rule],
            ended[check.document_id, check.rule],
        )
        for check in checks
        if check.rule in RULES
    ]
    order = {"checked": 0, "undecided": 1, "waiting": 2}
    return sorted(lines, key=lambda line: (order[line.check.state], -line.breaches, line.check.pk))


def terms_of_rule(rule: Rule, document: Document) -> list[TermLine]:
    """The words a rule reads, with their values in force."""
    return [line for line in term_lines(document) if line.term.key in rule.terms]


def exemptions_of(breach: Breach) -> list[Exemption]:
    rows = Exemption.objects.filter(document=breach.document_id, rule=breach.rule, subject_key=breach.subject_key)
    return list(rows.select_related("granted_by", "withdrawn_by"))


def earlier_of(breach: Breach) -> list[Breach]:
    """The same breach at other times, the newest first."""
    rows = Breach.objects.filter(document=breach.document_id, rule=breach.rule, subject_key=breach.subject_key)
    return list(rows.exclude(pk=breach.pk))


# ---- tasks, and what of the policy is whose --------------------------------------------------------------------


def task_counts(tasks: QuerySet[Task]) -> dict[str, int]:
    """Tasks by status; one query."""
    counts = dict(tasks.order_by().values_list("status").annotate(n=Count("pk")))
    return {status: counts.get(status, 0) for status in TaskStatus.values}


@dataclass(frozen=True)
class OwnProvision:
    """A provision that is somebody's, and why: by which tasks, targets or registers."""

    provision: Provision
    state: ProvisionState
    because: list[str]


def tasks_shown(user: User) -> QuerySet[Task]:
    return Task.objects.visible_to(user).select_related("provision__instrument", "city", "assigned_by")


def provisions_of_department(user: User, document: Document, duty: str) -> list[OwnProvision]:
    """What of a document is a department's: where it leads a task, a target or keeps a register, and how that stands."""
    because: dict[str, set[str]] = defaultdict(set)
    for code in Task.objects.filter(provision__document=document, lead=duty).values_list("provision__code", flat=True):
        because[code].add("task")
    targets = document.provisions.filter(targets__lead=duty)
    for code in targets.values_list("code", flat=True):
        because[code].add("target")
    for code in _registers_of(document, duty):
        because[code].add("register")
    return _own(user, document, because)


def _registers_of(document: Document, duty: str) -> list[str]:
    """Provisions whose register a department keeps watch over."""
    if not has_registers():
        return []
    registers = register_model("Register").objects.filter(active=True, definition__department=duty)
    return list(
        document.provisions.filter(instrument__in=registers.values("instrument")).values_list("code", flat=True)
    )


def provisions_of_city(user: User, document: Document, city: Any) -> list[OwnProvision]:
    """What of a document is a city's: its tasks, and the rules broken in it."""
    because: dict[str, set[str]] = defaultdict(set)
    for code in Task.objects.filter(provision__document=document, city=city).values_list("provision__code", flat=True):
        because[code].add("task")
    broken = breaches_of_city(user, city).filter(document=document).order_by().values_list("rule", flat=True).distinct()
    clauses = clauses_by_rule()
    for rule in broken:
        for code in clauses.get((document.pk, rule), []):
            because[code].add("breach")
    return _own(user, document, because)


def breaches_of_city(user: User, city: Any) -> QuerySet[Breach]:
    """Standing breaches of a city's zones, counties and its own."""
    place = Q(zone__city=city) | Q(region=city) | Q(region__parent=city)
    return visible_breaches(user).filter(place, ended_at=None)


def _own(user: User, document: Document, because: dict[str, set[str]]) -> list[OwnProvision]:
    if not because:
        return []
    provisions = list(document.provisions.filter(code__in=because).select_related("instrument"))
    states = provision_states(document, user, provisions)
    return [OwnProvision(each, states[each.pk], sorted(because[each.code])) for each in provisions]
