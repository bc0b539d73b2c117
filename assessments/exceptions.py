"""What can go wrong in an assessment, in words that say what to do about it (考核错误)."""

from __future__ import annotations


class RunRefused(Exception):
    """A run can't be started or cancelled; the message is for the person who asked."""


class RunImpossible(Exception):
    """A run can't give a result with this scheme and these figures; trying again would not help."""


class RunStopped(Exception):
    """The run was cancelled, or taken over by another worker, while this one was at work on it."""
