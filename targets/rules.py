"""How the rules of a policy stand, as a standing target reads it (规则符合情况).

The floor that checks rules lies above this one: it registers here who tells, once, when the portal starts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

RuleKey = tuple[int, str]
"""Key of the document, and the rule's own."""


@dataclass(frozen=True)
class RuleState:
    """The newest check of a rule: subjects examined and those of whom facts lack; broken and not exempt; exempt."""

    year: int
    examined: int
    unknown: int
    broken: int
    excused: int
    synthetic: bool = False


@dataclass(frozen=True)
class RuleBook:
    """Who tells: states by document and rule, the names of all rules, the address of a rule's page."""

    states: Callable[[Collection[RuleKey]], Mapping[RuleKey, RuleState]]
    names: Callable[[], Mapping[str, str]]
    url: Callable[[str], str]


_BOOKS: list[RuleBook] = []


def rulebook_register(book: RuleBook) -> None:
    """Have `book` asked how rules stand."""
    _BOOKS[:] = [book]


def rule_states(keys: Collection[RuleKey]) -> dict[RuleKey, RuleState]:
    """The states of these rules; one that was never checked has none."""
    return {key: state for book in _BOOKS for key, state in book.states(keys).items()} if keys else {}


def rule_names() -> dict[str, str]:
    """Every rule that can be checked, with its name in the reader's language."""
    return {key: name for book in _BOOKS for key, name in book.names().items()}


def rule_url(rule: str) -> str:
    """The page of a rule with what breaks it; empty without a floor that has one."""
    return next((book.url(rule) for book in _BOOKS), "")
