"""Checking all rules and keeping what was found (规则检查), for the task and for whoever must see it at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from compliance.composites import composites_write
from compliance.enums import CheckState, Force
from compliance.facts import Facts, mark
from compliance.models import Breach, CheckRun, RuleCheck
from compliance.rules import RULES, Finding, Rule, Tally
from compliance.standing.rulebook import targets_told
from policy.declarations import declared
from policy.models import Document, Instrument

Key = tuple[int, str, str]


@dataclass(frozen=True)
class Verdict:
    """What a rule of a document came to."""

    document: Document
    rule: Rule
    force: str
    state: CheckState
    tally: Tally
    findings: tuple[Finding, ...]


def verdicts() -> list[Verdict]:
    """Every rule that a loaded document has, checked; nothing is written."""
    found = []
    instruments: dict[int, dict[str, Instrument]] = {}
    for instrument in Instrument.objects.filter(key__in={rule.instrument for rule in RULES.values()}):
        instruments.setdefault(instrument.document_id, {})[instrument.key] = instrument
    for document in Document.objects.order_by("pk"):
        facts, held = Facts(document), instruments.get(document.pk, {})
        found += [_verdict(facts, rule, held[rule.instrument]) for rule in RULES.values() if rule.instrument in held]
    return found


def _verdict(facts: Facts, rule: Rule, instrument: Instrument) -> Verdict:
    force = declared(instrument.fields).get("force", Force.SOFT)
    tally = Tally()
    if rule.check is None or (rule.register and rule.register not in facts.registers):
        return Verdict(facts.document, rule, force, CheckState.WAITING, tally, ())
    findings = tuple(rule.check(facts, tally))
    state = CheckState.UNDECIDED if tally.undecided else CheckState.CHECKED
    return Verdict(facts.document, rule, force, state, tally, findings)


def check_all() -> CheckRun:
    """Check every rule and write what changed: new breaches, those that go on, those that ended; twice changes nothing more.

    What rests on decisions beside the rules, the composites they settled, is reckoned anew with them.
    """
    begun, started = time.monotonic(), timezone.now()
    seen = mark()
    found = verdicts()
    with transaction.atomic():
        _write_checks(found, started)
        new, ended = _write_breaches(found, started)
        targets_told()
        composites_write()
        number = sum(len(verdict.findings) for verdict in found)
        return CheckRun.objects.create(
            mark=seen, started_at=started, seconds=time.monotonic() - begun, found=number, new=new, ended=ended
        )


def _write_checks(found: list[Verdict], now: datetime) -> None:
    RuleCheck.objects.bulk_create(
        [
            RuleCheck(
                document=verdict.document,
                rule=verdict.rule.key,
                instrument=verdict.rule.instrument,
                force=verdict.force,
                state=verdict.state,
                examined=verdict.tally.examined,
                unknown=verdict.tally.unknown,
                checked_at=now,
            )
            for verdict in found
        ],
        update_conflicts=True,
        unique_fields=["document", "rule"],
        update_fields=["instrument", "force", "state", "examined", "unknown", "checked_at"],
    )
    kept = {(verdict.document.pk, verdict.rule.key) for verdict in found}
    gone = [pk for pk, *key in RuleCheck.objects.values_list("pk", "document_id", "rule") if tuple(key) not in kept]
    RuleCheck.objects.filter(pk__in=gone).delete()


def _write_breaches(found: list[Verdict], now: datetime) -> tuple[int, int]:
    """Only what a rule that was checked says ends a breach: a rule that could not be checked ends none."""
    wanted: dict[Key, tuple[Verdict, Finding]] = {
        (verdict.document.pk, verdict.rule.key, finding.key): (verdict, finding)
        for verdict in found
        for finding in verdict.findings
    }
    judged = {(v.document.pk, v.rule.key) for v in found if v.state == CheckState.CHECKED}
    standing = {(b.document_id, b.rule, b.subject_key): b for b in Breach.objects.standing().select_for_update()}
    changed, same = [], []
    for key, (verdict, finding) in wanted.items():
        held = standing.get(key)
        if held is None:
            continue
        fields = _fields(verdict, finding)
        if any(getattr(held, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(held, name, value)
            held.last_seen = now
            changed.append(held)
        else:
            same.append(held.pk)
    new = [
        Breach(
            document_id=key[0], rule=key[1], subject_key=key[2], first_seen=now, last_seen=now,
            **_fields(*wanted[key]),
        )
        for key in wanted.keys() - standing.keys()
    ]  # fmt: skip
    ended = [held.pk for key, held in standing.items() if key not in wanted and key[:2] in judged]
    Breach.objects.bulk_create(sorted(new, key=lambda breach: (breach.rule, breach.subject_key)))
    Breach.objects.bulk_update(changed, [*_FIELDS, "last_seen"])
    Breach.objects.filter(pk__in=same).update(last_seen=now)
    Breach.objects.filter(pk__in=ended).update(ended_at=now)
    return len(new), len(ended)


_FIELDS = ("force", "subject", "label", "zone", "region", "facts", "since", "synthetic")


def _fields(verdict: Verdict, finding: Finding) -> Mapping[str, Any]:
    return {
        "force": verdict.force,
        "subject": verdict.rule.subject,
        "label": finding.label,
        "zone_id": finding.zone,
        "region_id": finding.region,
        "facts": finding.facts,
        "since": finding.since,
        "synthetic": finding.synthetic,
    }
