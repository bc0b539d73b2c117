"""Tasks past their day, and whom to tell (任务催办)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse

from accounts.enums import NoticeKind, OrganisationKind, Permission
from accounts.models import Organisation, User
from accounts.selectors import holders_by_path
from accounts.services import Letter, notices_post
from compliance.enums import TaskStatus
from compliance.models import Task, TaskNote
from parks.enums import RegionLevel
from parks.models import Region

AHEAD = (30, 7, 1)
"""Days before a deadline on which its people are told."""
EVERY = timedelta(days=7)
"""How often they are told of a task that is overdue."""


def overdue_mark(today: date) -> int:
    """Tasks whose day is past without being done become overdue; each gets a line of its own; returns how many."""
    late = list(Task.objects.filter(status__in=[TaskStatus.OPEN, TaskStatus.IN_PROGRESS], deadline__lt=today))
    for task in late:
        task.status, task.revision = TaskStatus.OVERDUE, task.revision + 1
    Task.objects.bulk_update(late, ["status", "revision"])
    TaskNote.objects.bulk_create(
        TaskNote(task=task, text="", percent=task.percent, status=TaskStatus.OVERDUE) for task in late
    )
    return len(late)


def responsible_paths(tasks: Iterable[Task]) -> dict[int, list[str]]:
    """Where the people of each task sit: its lead department in the province, and the office of its city."""
    provinces = dict(Region.objects.filter(level=RegionLevel.PROVINCE).values_list("code", "office__path"))
    departments: dict[str, list[str]] = {}
    for duty, path in Organisation.objects.filter(
        kind__in=[OrganisationKind.DEPARTMENT, OrganisationKind.OFFICE]
    ).values_list("duty", "path"):
        departments.setdefault(duty, []).append(path)
    found = {}
    for task in tasks:
        city = [task.city.office.path] if task.city is not None and task.city.office is not None else []
        root = provinces.get(task.provision.document.region_code) or "/"
        found[task.pk] = [*(path for path in departments.get(task.lead, []) if path.startswith(root)), *city]
    return found


def send(today: date) -> int:
    """Notices of tasks due soon and overdue, once for each occasion; returns how many were new."""
    soon = [today + timedelta(days=days) for days in AHEAD]
    waiting = Task.objects.filter(status__in=[TaskStatus.OPEN, TaskStatus.IN_PROGRESS], deadline__in=soon)
    late = Task.objects.filter(status=TaskStatus.OVERDUE)
    tasks = list((waiting | late).select_related("provision__document", "city__office").order_by("pk"))
    paths = responsible_paths(tasks)
    people = holders_by_path([Permission.TASK_REPORT], {path for held in paths.values() for path in held})
    letters: list[tuple[User, Letter]] = []
    for task in tasks:
        letter = _letter(task, today)
        reached = {user.pk: user for path in paths[task.pk] for user in people[path]}
        letters += [(user, letter) for user in reached.values()]
    return notices_post(letters=letters, mail=True)


def _letter(task: Task, today: date) -> Letter:
    code, place = task.provision.code, task.city.name if task.city else ""
    days = (task.deadline - today).days
    if days < 0:
        # Told again every week that it stays overdue.
        week = -days // EVERY.days
        zh, en, key = f"任务逾期 {-days} 天", f"task overdue by {-days} days", f"task-{task.pk}-late-{week}"
    else:
        zh, en, key = f"任务还有 {days} 天到期", f"task due in {days} days", f"task-{task.pk}-{task.deadline}-{days}"
    return Letter(
        NoticeKind.REMINDER,
        key,
        f"{zh}：{code} {place} {task.words}"[:160],
        f"{code}: {en}"[:240],
        f"期限 {task.deadline}，进度 {task.percent}%。请填写进展或办结。",
        f"Deadline {task.deadline}, progress {task.percent}%. Please note the progress or finish it.",
        reverse("task_detail", args=[task.pk]),
    )
