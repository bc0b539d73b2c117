"""Rules with their breaches, tasks with their progress (规则与任务现状)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.enums import CheckState, TaskStatus
from compliance.models import Breach, RuleCheck, Task
from compliance.rules import RULES, Rule
from policy.enums import ProvisionStatus
from policy.models import Document
from policy.standing import Provided, Standing


def breach_counts(document: Document) -> dict[str, tuple[int, int, bool]]:
    """Standing breaches of each rule: those that count, those exempt, whether any is of made-up data; one query."""
    counted: Counter[str] = Counter()
    exempt: Counter[str] = Counter()
    made_up: set[str] = set()
    rows: Any = Breach.objects.standing().filter(document=document).with_exempt(timezone.localdate())
    for rule, is_exempt, synthetic in rows.values_list("rule", "exempt", "synthetic"):
        (exempt if is_exempt else counted)[rule] += 1
        if synthetic:
            made_up.add(rule)
    return {rule: (counted[rule], exempt[rule], rule in made_up) for rule in counted | exempt}


def provide(document: Document) -> Provided:
    """Every rule that was checked; one whose facts are lacking says what it needs."""
    told = Provided()
    counts = breach_counts(document)
    for check in RuleCheck.objects.filter(document=document):
        rule = RULES.get(check.rule)
        if rule is None:
            continue
        url = reverse("rule_check", args=[check.rule])
        if check.state == CheckState.WAITING:
            if rule.key == rule.instrument:
                told.reasons[rule.instrument] = _("尚不能检查：%(needs)s") % {"needs": needs_of(rule)}
        elif check.state == CheckState.UNDECIDED:
            words = _("界限待定：%(needs)s") % {"needs": rule.needs}
            told.by_instrument[rule.instrument].append(Standing(ProvisionStatus.UNDECIDED, words, url))
        else:
            told.by_instrument[rule.instrument].append(_checked(check, counts.get(check.rule, (0, 0, False)), url))
    return told


def needs_of(rule: Rule) -> str:
    """What a rule lacks to be checked, in the reader's language."""
    return str(rule.needs) if rule.check is None else _("需要台账“%(register)s”") % {"register": rule.register}


def _checked(check: RuleCheck, counts: tuple[int, int, bool], url: str) -> Standing:
    breaches, exempt, synthetic = counts
    facts = {"examined": check.examined, "breaches": breaches, "exempt": exempt}
    if breaches:
        words = _("检查 %(examined)s 个，不符 %(breaches)s 个") % facts
    elif check.examined:
        words = _("检查 %(examined)s 个，全部相符") % facts
    else:
        return Standing(ProvisionStatus.NO_DATA, _("可以检查，还没有要检查的对象"), url)
    if exempt:
        words += _("，另有例外 %(exempt)s 个") % facts
    status = ProvisionStatus.BREACH if breaches else ProvisionStatus.CARRIED
    return Standing(status, words, url, synthetic=synthetic)


def provide_tasks(document: Document) -> Provided:
    """The ledger of tasks as a whole, and by provision."""
    told = Provided()
    tasks = Task.objects.filter(provision__document=document)
    rows = tasks.values("provision__code").annotate(
        total=Count("pk"),
        done=Count("pk", filter=Q(status=TaskStatus.DONE)),
        late=Count("pk", filter=Q(status=TaskStatus.OVERDUE)),
    )
    for code, lead in tasks.order_by().values_list("provision__code", "lead").distinct():
        told.departments[code].add(lead)
    totals: dict[str, int] = defaultdict(int)
    for row in rows.order_by("provision__code"):
        for name in ("total", "done", "late"):
            totals[name] += row[name]
        code = row["provision__code"]
        told.by_provision[code].append(_progress(row, reverse("task_list") + f"?provision={code}"))
    ledger = (
        _progress(totals, reverse("task_list"))
        if totals["total"]
        else Standing(ProvisionStatus.NO_DATA, _("可以分解任务，尚未分解"), reverse("task_list"))
    )
    told.by_instrument["task_ledger"].append(ledger)
    return told


def _progress(row: Mapping[str, Any], url: str) -> Standing:
    words = ngettext("任务 %(total)d 项，完成 %(done)d 项", "任务 %(total)d 项，完成 %(done)d 项", row["total"]) % row
    if row["late"]:
        words += _("，逾期 %(late)d 项") % row
    return Standing(ProvisionStatus.BEHIND if row["late"] else ProvisionStatus.CARRIED, words, url)
