"""Rules, breaches, words and tasks of the world: as many more each time it grows."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from compliance.models import Breach, CheckRun, CompositeFigure, Exemption, RuleCheck, Task, TaskNote
from compliance.rules import RULES
from policy.models import DocumentVersion, Ruling, Term


def bring(world: Any) -> None:
    """Three zones of each city break a rule; a word is decided; a provision is a task of both cities."""
    now, size, office = timezone.now(), world.size, world.people["office"]
    rule = list(RULES)[size - 1]
    RuleCheck.objects.create(
        document=world.document, rule=rule, instrument=rule, force="soft", state="checked", examined=6, checked_at=now
    )
    CheckRun.objects.create(mark=str(size), started_at=now, seconds=0.1, found=6, new=6, ended=0)
    for letter in "AB":
        for number in range(3 * size - 2, 3 * size + 1):
            zone = world.zones[f"{letter}{number}"]
            facts = {"count": 3, "zones": "甲", "wanted": 1, "missing": "绿色发展"}
            Breach.objects.create(
                document=world.document, rule="one_zone_per_county", force="soft", subject="zone", label=zone.name,
                subject_key=zone.code, zone=zone, facts=facts, first_seen=now, last_seen=now,
            )  # fmt: skip
        provision = world.document.provisions.get(code=f"P{size}00")
        task = Task.objects.create(
            provision=provision, lead="coordination", city=world.regions[letter], assigned_by=office,
            deadline=timezone.localdate() + timedelta(days=30),
        )  # fmt: skip
        TaskNote.objects.create(task=task, by=office, text="进展", percent=0, status="open")
    Exemption.objects.create(
        document=world.document, rule="one_zone_per_county", subject_key=f"A{3 * size - 1}", label="x", reason="x", basis="x",
        until=timezone.localdate() + timedelta(days=30), granted_by=office,
    )  # fmt: skip
    term = Term.objects.create(
        document=world.document, key=f"term{size}", word="做到", question_zh="多少", question_en="How much", decider_zh="谁",
        decider_en="who", position=size,
    )  # fmt: skip
    term.provisions.add(world.document.provisions.get(code=f"P{size}00"))
    Ruling.objects.create(term=term, value=1, basis="x", decided_on=date(2020, 1, 1), by=office)
    index = Term.objects.create(
        document=world.document, key=f"index{size}", word="做到", question_zh="分项", question_en="Parts", decider_zh="谁",
        decider_en="who", position=100 + size, numeric=False, composite=True,
    )  # fmt: skip
    parts = [["x", "60"], ["y", "40"]]
    ruling = Ruling.objects.create(
        term=index, text="x", parts=parts, base_year=2020, basis="x", decided_on=date(2020, 1, 1), by=office
    )
    CompositeFigure.objects.create(ruling=ruling, year=2020, value=100, parts={"x": [1, 1, 100], "y": [1, 1, 100]})
    DocumentVersion.objects.create(
        document=world.document, number=size, issued_on=date(2017, 12, 12), document_number="测", text="x", digest=str(size),
        provisions=[{"code": "P100", "section": "一", "kind": "target", "year": "", "quote": f"做到{size}", "gloss_en": "x",
                     "instrument": "x"}],
    )  # fmt: skip


def names() -> dict[str, object]:
    """What addresses are filled in from: what is A's."""
    return {
        "breach": Breach.objects.get(subject_key="A1").pk,
        "exemption": Exemption.objects.earliest("pk").pk,
        "task": Task.objects.filter(city__name="A市").earliest("pk").pk,
        "term": "term1",
        "composite": "index1",
        "term_id": Term.objects.get(key="term1").pk,
        "checked_rule": RuleCheck.objects.earliest("pk").rule,
        "rule_check": RuleCheck.objects.earliest("pk").pk,
    }
