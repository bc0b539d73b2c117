"""What happened to a return and to a value (办理记录与历史)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from indicators.chain import digest
from indicators.models import Return, Value


@dataclass(frozen=True)
class Version:
    """A value as it stood from `at` on, as the database recorded it (历史版本); `by` is who wrote it, if known."""

    at: datetime
    by: User | None
    number: Decimal | None
    absence: str
    comment: str
    revision: int


def acts_intact(return_: Return) -> bool:
    """Whether the hash chain of a return's acts holds: none changed, removed in between, or put in."""
    previous = ""
    for act in return_.acts.order_by("pk"):
        if act.previous_digest != previous or act.digest != digest(act, previous):
            return False
        previous = act.digest
    return True


def value_history(return_: Return, indicator_code: str) -> list[Version]:
    """Every version of one cell of a return, oldest first, from the trail that triggers write on every path."""
    events = Value.pgh_event_model.objects.filter(return_ref=return_, indicator__code=indicator_code)  # type: ignore[attr-defined]
    return [
        Version(event.pgh_created_at, event.updated_by, event.number, event.absence, event.comment, event.revision)
        for event in events.select_related("updated_by").order_by("pgh_id")
    ]
