"""What a rule is (规则): a small function over facts, with its words and the settings it reads.

A function yields one `Finding` for each subject that is not as the policy wants it and counts what it looked at. Words are
made from the facts when somebody reads them, so that they come in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from compliance.enums import Subject

if TYPE_CHECKING:
    from compliance.facts import Facts

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Finding:
    """A subject that breaks a rule: its key and name, the zone or region it hangs on, what was seen, since when."""

    key: str
    label: str
    zone: int | None = None
    region: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    since: date | None = None
    synthetic: bool = False


@dataclass
class Tally:
    """What a rule looked at: how many subjects, and of how many the facts are not known."""

    examined: int = 0
    unknown: int = 0
    undecided: bool = False
    """A limit it needs is set by nobody: nothing was judged."""


Check = Callable[["Facts", Tally], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the policy. `instrument` is the policy's tool it belongs to; without `check` its facts are not known yet.

    `what` says with the facts of a finding what is wrong and where, `mend` how to put it right; `needs` says which facts are
    lacking, wholly (no check) or in part. `terms` are the words of the policy whose settings it reads.
    """

    key: str
    instrument: str
    subject: Subject
    name: Words
    what: Words = ""
    mend: Words = ""
    needs: Words = ""
    terms: tuple[str, ...] = ()
    register: str = ""
    """Code of the register of the pack it reads; without it the rule waits."""
    parts: Mapping[str, Words] = field(default_factory=dict)
    """Words of the codes that a finding's facts list."""
    check: Check | None = None


RULES: dict[str, Rule] = {}


def rule(**parts: Any) -> Callable[[Check], Check]:
    """Write a function down as the check of a rule."""

    def decorate(check: Check) -> Check:
        made = Rule(check=check, **parts)
        RULES[made.key] = made
        return check

    return decorate
