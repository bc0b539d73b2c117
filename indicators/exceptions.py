"""What the services of collection refuse, each with words for the person who asked (填报的拒绝)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from indicators.checks import Finding
    from indicators.deliveries import Fault
    from indicators.models import Return, Round, Value


class CollectionError(Exception):
    """Base of all refusals; `str()` is a sentence for the user."""


class RevisionConflict(CollectionError):
    """Somebody saved in between; `current` is the value, return or round as it stands, None for a cell no longer there."""

    def __init__(self, message: str, current: Value | Return | Round | None) -> None:
        super().__init__(message)
        self.current = current


class ValueInvalid(CollectionError):
    """Cells that can't be stored; `errors` are sentences by indicator code, `messages` all of them in order."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {code: list(sentences) for code, sentences in errors.items()}
        self.messages = [sentence for sentences in self.errors.values() for sentence in sentences]
        super().__init__(" ".join(self.messages))


class RoundInvalid(CollectionError):
    """A round that can't be put together so; `errors` are sentences by the field of the plan they belong to."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {field: list(sentences) for field, sentences in errors.items()}
        super().__init__(" ".join(sentence for sentences in self.errors.values() for sentence in sentences))


class ReturnLocked(CollectionError):
    """The return cannot be filled in now: it is with a reviewer, accepted, or its round is not open."""


class MoveRefused(CollectionError):
    """A move that the table of moves, or the state of the return, forbids; `reasons` says why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


class DeliveryRefused(CollectionError):
    """A department's delivery with faults, of which nothing was saved; `faults` says where and what each is."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class IncompleteReturn(MoveRefused):
    """A return with something left to mend; `findings` are the hard ones and the soft ones without explanation."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        reasons = [finding.message for finding in self.findings]
        super().__init__(reasons or [_("报表尚未填写完整。")])
