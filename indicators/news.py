"""The line of news that accepted figures changed (数据变动), written so that its ids follow the order of commits."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from indicators.models import DataChange

_LOCK = 0x79710001  # one advisory lock of this database: writing news


def tell(changes: Sequence[DataChange]) -> None:
    """Append news. Call it last in a transaction: until that commits, other acceptances wait here.

    Without the wait a lower id could be committed after a higher one had been read, and its readers, who remember the
    newest id they saw, would never learn of it.
    """
    if changes:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        DataChange.objects.bulk_create(changes)
