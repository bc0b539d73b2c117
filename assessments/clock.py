"""What time it is in a proceeding (办理时间): now; only the demonstration data, which tells of past years, sets it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("assessments_clock", default=None)


def now() -> datetime:
    """The moment acts are dated with."""
    return _told.get() or timezone.now()


def today() -> date:
    """The day of that moment, in the portal's time zone."""
    return timezone.localdate(now())


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Let acts inside be dated with a past moment: for demonstration data, whose rows carry the mark 演示数据.

    Raises ValueError for a moment still to come.
    """
    if moment > timezone.now():
        raise ValueError("the clock can only be set back")
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
