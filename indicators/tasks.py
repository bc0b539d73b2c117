"""Jobs of collection (填报定时任务)."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from indicators import reminders


@shared_task
def reminders_send() -> int:
    """Send the reminders that are due today; running it again sends nothing twice. Returns how many notices were new."""
    return reminders.send_due(timezone.localdate())
