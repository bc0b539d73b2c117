"""The rules of the policy, one small function each (规则库)."""

from compliance.rules import cases, registers, registry, waiting
from compliance.rules.base import RULES, Finding, Rule, Tally

__all__ = ["RULES", "Finding", "Rule", "Tally", "cases", "registers", "registry", "waiting"]
