"""How rules stand, told to the targets that ask that they be kept (规则符合情况)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from compliance.enums import CheckState
from compliance.models import Breach, RuleCheck
from compliance.rules import RULES
from indicators.models import DataChange
from indicators.news import tell
from targets.enums import Measure
from targets.models import Progress, Target
from targets.rules import RuleBook, RuleKey, RuleState, rule_states


def states(keys: Collection[RuleKey]) -> dict[RuleKey, RuleState]:
    """The newest check of each of these rules that could be judged, with its breaches; two queries."""
    wanted = Q()
    for document, rule in keys:
        wanted |= Q(document=document, rule=rule)
    today = timezone.localdate()
    broken: dict[RuleKey, list[tuple[bool, bool]]] = {}
    held: Any = Breach.objects.standing().filter(wanted).with_exempt(today)
    for document, rule, exempt, synthetic in held.values_list("document_id", "rule", "exempt", "synthetic"):
        broken.setdefault((document, rule), []).append((exempt, synthetic))
    found = {}
    for check in RuleCheck.objects.filter(wanted, state=CheckState.CHECKED):
        key = (check.document_id, check.rule)
        breaches = broken.get(key, [])
        excused = sum(exempt for exempt, _synthetic in breaches)
        found[key] = RuleState(
            year=today.year,
            examined=check.examined,
            unknown=check.unknown,
            broken=len(breaches) - excused,
            excused=excused,
            synthetic=any(synthetic for _exempt, synthetic in breaches),
        )
    return found


def names() -> dict[str, str]:
    """The rules that can be checked at all."""
    return {rule.key: str(rule.name) for rule in RULES.values() if rule.check is not None}


def targets_told() -> None:
    """Tell the targets that read rules when what they hold is no longer how the rules stand."""
    targets = list(Target.objects.filter(measure=Measure.RULE).select_related("provision"))
    now = rule_states([_key(target) for target in targets])
    held: dict[int, dict[int, Progress]] = {}  # a target without any row is computed in any case
    for row in Progress.objects.filter(target__in=targets).defer("detail"):
        held.setdefault(row.target_id, {})[row.year] = row
    year = timezone.localdate().year
    moved = [t for t in targets if t.pk in held and _differs(held[t.pk].get(year), now.get(_key(t)))]
    tell([DataChange(year=year, reason=f"rule {target.spec['rule']}") for target in moved])


def _key(target: Target) -> RuleKey:
    return target.provision.document_id, target.spec["rule"]


def _differs(row: Progress | None, state: RuleState | None) -> bool:
    """Whether a target's row of this year says otherwise; in a new year there is none yet."""
    if row is None:
        return True
    if state is None or not state.examined:
        return row.value is not None
    return (row.numerator, row.denominator) != (state.examined - state.broken, state.examined)


def book() -> RuleBook:
    """What the targets ask."""
    return RuleBook(states=states, names=names, url=lambda rule: reverse("rule_check", args=[rule]))
