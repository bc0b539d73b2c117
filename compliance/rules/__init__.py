"""The rules of the policy, one small function each (规则库)."""

from compliance.rules import applications, cases, registers, registry, resources
from compliance.rules.base import RULES, Finding, Rule, Tally

__all__ = [
    "RULES",
    "Finding",
    "Rule",
    "Tally",
    "applications",
    "cases",
    "registers",
    "registry",
    "resources",
]
