"""The lock that a worker holds while it computes a run (计算锁).

It belongs to the worker's database session, so it is free again the moment that session ends, however it ends: a killed
worker can't keep it, and a second delivery of the same message can't get it. Session locks need a direct connection
or a pool that keeps sessions (PgBouncer: `pool_mode = session`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def run_lock(run_id: int) -> Iterator[bool]:
    """Hold the lock of a run; yields whether it was to be had. Never waits."""
    name = f"assessments.run:{run_id}"
    held = _call("pg_try_advisory_lock", name)
    try:
        yield held
    finally:
        if held:
            _call("pg_advisory_unlock", name)


def _call(function: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])
