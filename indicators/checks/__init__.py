"""What is wrong with figures: one declarative list of rules for form, workbook and API (审核).

Rules are rows of `CheckRule`, declared in a pack. Every rule runs over a whole table of filings at once, so that one
return and all returns of a round take the same path. `find` says what it found; `plan_word` guards what is read from files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from indicators.checks import beside, within
from indicators.checks.check import Check, Found
from indicators.checks.filings import Filings, Finding, Flags, Floats, Peers
from indicators.checks.plans import plan_word, plan_words
from indicators.checks.reading import rule_codes, rule_equation, rule_parameters
from indicators.checks.within import range_message
from indicators.enums import RuleKind, Severity
from indicators.models import CheckRule, Indicator

__all__ = [
    "Filings",
    "Finding",
    "Flags",
    "Floats",
    "Peers",
    "find",
    "plan_word",
    "plan_words",
    "range_message",
    "rule_codes",
    "rule_equation",
    "rule_parameters",
]

_RUN: Mapping[str, Callable[[Check], Found]] = {
    RuleKind.REQUIRED: within.required,
    RuleKind.RANGE: within.ranges,
    RuleKind.RELATION: within.relations,
    RuleKind.SUM: within.sums,
    RuleKind.YEAR_ON_YEAR: beside.year_on_year,
    RuleKind.OUTLIER: beside.outliers,
    RuleKind.UNIT_SLIP: beside.unit_slips,
    RuleKind.CUMULATION: beside.cumulation,
    RuleKind.SOURCE: beside.sources,
    RuleKind.REGISTER: beside.registers,
}
_ORDER: dict[str, int] = {Severity.HARD: 0, Severity.SOFT: 1, Severity.NOTICE: 2}
# Of what compares one cell with last year only the first of these is told: a slip of units is also a jump and an outlier.
_MOST_TELLING = (RuleKind.UNIT_SLIP, RuleKind.YEAR_ON_YEAR, RuleKind.OUTLIER)


def find(filings: Filings, indicators: Mapping[str, Indicator], rules: Sequence[CheckRule]) -> dict[str, list[Finding]]:
    """Findings by zone code, gravest first, then in the order of the rules; a zone with none has an empty list.

    `indicators` are those of the codes.
    """
    found: dict[str, list[Finding]] = {zone: [] for zone in filings.zones}
    frame = filings.frame()
    for rule in rules:
        if rule.kind in _RUN:
            for zone, finding in _RUN[rule.kind](Check(rule, filings, indicators, frame)):
                found[zone].append(finding)
    return {zone: sorted(_told(findings), key=lambda f: _ORDER[f.severity]) for zone, findings in found.items()}


def _told(findings: list[Finding]) -> list[Finding]:
    best: dict[str, int] = {}
    for finding in findings:
        if finding.kind in _MOST_TELLING:
            rank = _MOST_TELLING.index(RuleKind(finding.kind))
            best[finding.codes[0]] = min(rank, best.get(finding.codes[0], rank))
    return [
        finding
        for finding in findings
        if finding.kind not in _MOST_TELLING or _MOST_TELLING.index(RuleKind(finding.kind)) == best[finding.codes[0]]
    ]
