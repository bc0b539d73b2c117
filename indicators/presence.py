"""Who has a form open and where (正在填写): kept in the cache for seconds, never in the database."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.cache import cache

from accounts.models import User

SECONDS = 13
"""How long a sign of life lasts: three of the form's questions for news."""


@dataclass(frozen=True)
class Present:
    """Somebody with the form open; `code` is the cell they are in, "" for none."""

    user: int
    name: str
    code: str
    at: float


def presence_note(return_id: int, user: User, code: str) -> list[Present]:
    """Note where the user is in the form of a return, and return the others who are in it now.

    Two notes at the same moment may lose one of them; the next, seconds later, brings it back.
    """
    key, now = f"presence:{return_id}", time.time()
    known: dict[int, Present] = cache.get(key) or {}
    held = {pk: one for pk, one in known.items() if now - one.at < SECONDS}
    held[user.pk] = Present(user.pk, str(user), code, now)
    cache.set(key, held, SECONDS)
    return [one for pk, one in held.items() if pk != user.pk]
