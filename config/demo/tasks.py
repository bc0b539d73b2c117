"""Demonstration tasks of the policy: some done, some going on, some late (演示任务)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.enums import Duty
from accounts.models import User
from compliance.enums import TaskStatus
from compliance.models import Task
from compliance.services import task_report, tasks_assign
from parks.models import Region
from policy.models import Document

CHAPTERS = (
    ("五", Duty.SCIENCE, 240),
    ("六", Duty.ECOLOGY, 120),
    ("七", Duty.COMMERCE, 20),
    ("十(二)", Duty.NATURAL_RESOURCES, -40),
)
"""Beginning of the section, lead department, days until the deadline."""
CITIES = ("410100", "410300", "411800")
WORDS = "演示：已制定方案并开展工作，进展按月汇总。"


def write(*, actor: User) -> int:
    """Assign three provisions of some chapters to their department and three cities, and note some progress."""
    document = Document.objects.order_by("pk").first()
    if document is None:
        return 0
    cities = [None, *Region.objects.cities().filter(code__in=CITIES)]
    made: list[Task] = []
    for section, lead, days in CHAPTERS:
        provisions = list(document.provisions.filter(section__startswith=section)[:3])
        deadline = timezone.localdate() + timedelta(days=days)
        made += tasks_assign(
            by=actor, provisions=provisions, lead=lead, cities=cities, deadline=deadline, synthetic=True
        )
    for number, task in enumerate(made):
        if number % 4 == 3:
            continue
        status, percent = (
            (TaskStatus.DONE, 100) if number % 4 == 2 else (TaskStatus.IN_PROGRESS, 30 + 10 * (number % 5))
        )
        task_report(by=actor, task_id=task.pk, text=WORDS, percent=percent, status=status, base_revision=1)
    return len(made)
