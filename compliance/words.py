"""A breach in words (不符的说法): what, where, why, how to mend, from the facts the rule saw."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import ProceedingStatus
from compliance.models import Breach
from compliance.rules import RULES
from registers.definition import enumerated

AREAS = {
    "approved": gettext_lazy("核准面积由 %(before)s 公顷改为 %(after)s 公顷，批准文号没有变"),
    "planned": gettext_lazy("规划面积由 %(before)s km² 改为 %(after)s km²，之后没有批准或调整的记载"),
    "built": gettext_lazy("建成区 %(built)s km²，超过已知最大核准或规划面积 %(limit)s km²"),
}


def what_of(breach: Breach) -> str:
    """The sentence that says what is wrong and where, in the reader's language."""
    rule = RULES.get(breach.rule)
    if rule is None:
        return breach.label
    facts: dict[str, Any] = {"label": breach.label, **breach.facts}
    if rule.parts:
        for name, codes in breach.facts.items():
            if isinstance(codes, list):
                facts[name] = enumerated(str(rule.parts.get(code, code)) for code in codes)
    if breach.rule == "no_arbitrary_change":
        facts["words"] = "；".join(str(AREAS[kind]) % numbers for kind, numbers in facts["areas"])
    if breach.rule == "one_zone_per_county" and not facts["count"]:
        return _("%(label)s没有园区，应为 %(wanted)s 家") % facts
    if breach.rule == "result_must_be_used":
        stage = facts["stage"]
        facts["stage"] = ProceedingStatus(stage).label if stage else _("没有启动程序")
    return str(rule.what) % facts


def mend_of(breach: Breach) -> str:
    rule = RULES.get(breach.rule)
    return str(rule.mend) if rule is not None else ""


def name_of(rule: str) -> str:
    found = RULES.get(rule)
    return str(found.name) if found is not None else rule
