"""What can go wrong in an assessment, in words that say what to do about it (考核错误)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from assessments.engine import Fault


class RunRefused(Exception):
    """A run can't be started or cancelled; the message is for the person who asked."""


class RunNotReady(RunRefused):
    """A run that may be started only with a reason: `checks` are the preconditions, some of which fail."""

    def __init__(self, message: str, checks: list[Any]) -> None:
        super().__init__(message)
        self.checks = checks


class EvaluationRefused(Exception):
    """An evaluation of enterprises can't be started or made final; `faults` are sentences by field ("" for the whole)."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class RunImpossible(Exception):
    """A run can't give a result with this scheme and these figures; trying again would not help.

    The message is kept untranslated with its `values`: a worker does not know its reader's language.
    """

    def __init__(self, message: str | Promise, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def text(self, language: str) -> str:
        with translation.override(language):
            return str(self.message) % self.values


class SchemeFaulty(Exception):
    """A text that is no scheme for the zones; `faults` are all that was found, each with its line where it has one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = list(faults)


class SchemeRefused(Exception):
    """An act on a scheme that its state, its content or another scheme forbids; `reasons` are for the person who asked."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class SchemeChanged(Exception):
    """The scheme has moved on since the person read it; `current` is its revision now."""

    def __init__(self, message: str, current: int) -> None:
        super().__init__(message)
        self.current = current


class RunStopped(Exception):
    """The run was cancelled, or taken over by another worker, while this one was at work on it."""


class ProceedingRefused(Exception):
    """An act that the proceeding's state or its content forbids; `reasons` are for the person who asked."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class MeasureOrderRefused(ProceedingRefused):
    """A measure that can't be ordered so; `faults` say why by field, "" for the whole."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(list(faults.values()))
        self.faults = faults


class CalendarRefused(Exception):
    """Days that can't stand in the calendar; `reasons` say which and how to mend them."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class ProceedingChanged(Exception):
    """The proceeding has moved on since the person read it; `current` is its revision now."""

    def __init__(self, message: str, current: int) -> None:
        super().__init__(message)
        self.current = current


class IncidentRefused(Exception):
    """An incident that can't be recorded or withdrawn; `faults` say why by field, "" for the whole."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults
