"""From the findings of all rules to one proposal a unit (升降建议)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assessments.engine.peers import Array, Mask
from assessments.engine.rules import ADVERSE, Finding, Outcome, Rule, RuleContext, switched_off


@dataclass(frozen=True)
class Verdict:
    """The findings of all rules, in the scheme's order, and the proposal they lead to."""

    findings: dict[str, Finding]
    proposal: Array
    """Index into ``ORDER`` of each unit, one row a draw where scores are drawn."""
    # Proposals that would differ if what is blank turned out badly.
    contested: Mask


# The graver the later.
ORDER: tuple[Outcome, ...] = ("keep", "promote", "watch", "demote", "exit", "undecided")


def evaluate_all(rules: tuple[Rule, ...], context: RuleContext) -> dict[str, Finding]:
    """Every rule once, those it builds on first; the result is in the scheme's order."""
    by_id: dict[str, Rule] = {rule.id: rule for rule in rules}
    found: dict[str, Finding] = {}

    def settle(rule: Rule) -> None:
        if rule.id not in found:
            for other in rule.needs():
                settle(by_id[other])
            finding = rule.evaluate(context, found)
            if rule.grace is not None:
                young = rule.grace.exempt(context)
                finding = replace(finding, fired=finding.fired & ~young, unknown=finding.unknown & ~young)
            found[rule.id] = finding if rule.enabled else switched_off(finding)

    for rule in rules:
        settle(rule)
    return {rule.id: found[rule.id] for rule in rules}


def propose(rules: tuple[Rule, ...], findings: Mapping[str, Finding], *, adverse: bool) -> Array:
    """Index into ``ORDER`` a unit. ``adverse`` counts what cannot be told against the unit, else for it.

    Later outcomes of ``ORDER`` beat earlier ones; decisive rules beat all others; barred outcomes fall away.
    """
    shape = np.broadcast_shapes(*(finding.fired.shape for finding in findings.values()))
    barred = {outcome: np.zeros(shape, dtype=bool) for outcome in ORDER}
    holds: dict[str, Mask] = {}
    for rule in rules:
        finding = findings[rule.id]
        against = rule.outcome in ADVERSE or bool(rule.bars)
        holds[rule.id] = finding.fired | finding.unknown if adverse and against else finding.fired
        for outcome in rule.bars:
            barred[outcome] = barred[outcome] | holds[rule.id]
    result = np.zeros(shape)
    for decisive in (False, True):
        for place, outcome in enumerate(ORDER):
            for rule in rules:
                if rule.outcome == outcome and rule.decisive is decisive:
                    result = np.where(holds[rule.id] & ~barred[outcome], place, result)
    return result


def verdict(rules: tuple[Rule, ...], context: RuleContext, at_worst: RuleContext) -> Verdict:
    """Proposal of every unit; `undecided` where the blanks, at their worst, would lead to another proposal.

    ``at_worst`` is the same context with every leniently filled blank at the lowest points it could have had.
    """
    findings = evaluate_all(rules, context)
    unscored = np.isnan(context.standing.score)
    favourable = propose(rules, findings, adverse=False) if rules else np.zeros(unscored.shape)
    adverse = propose(rules, evaluate_all(rules, at_worst), adverse=True) if rules else favourable
    undecided = float(ORDER.index("undecided"))
    contested = (favourable != adverse) & (favourable != undecided)
    decisive = np.zeros(unscored.shape, dtype=bool)
    for rule in rules:
        if rule.decisive:
            decisive = decisive | findings[rule.id].fired
    final = np.where(contested | (unscored & ~decisive), undecided, favourable)
    return Verdict(findings, np.broadcast_to(final, unscored.shape), contested)


def names_of(proposal: Array) -> npt.NDArray[np.object_]:
    """The outcomes in words."""
    words: npt.NDArray[np.object_] = np.array(ORDER, dtype=object)[proposal.astype(int)]
    return words
