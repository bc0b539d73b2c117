"""Keeping verdicts as fresh as what they rest on, and the day's reminders of tasks (定时检查与催办)."""

from __future__ import annotations

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from compliance import reminders
from compliance.checking import check_all
from compliance.facts import mark
from compliance.models import CheckRun

_LOCK = 159_02018  # any number of our own: one check at a time


@shared_task
def rules_check(whatever: bool = False) -> int:
    """Check all rules when something they look at was written since, or `whatever`; returns how many breaches stand, else -1."""
    newest = CheckRun.objects.first()
    if not whatever and newest is not None and newest.mark == mark():
        return -1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        return check_all().found if row and row[0] else -1


@shared_task
def tasks_remind() -> int:
    """Mark tasks whose day is past, and tell people of those due soon or late; each occasion once."""
    today = timezone.localdate()
    reminders.overdue_mark(today)
    return reminders.send(today)
