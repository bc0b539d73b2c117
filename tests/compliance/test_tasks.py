"""Tasks: who assigns and reports, which moves there are, what is late, what is said to whom once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InternalError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Notice, User
from compliance.enums import TASK_MOVES, TaskStatus
from compliance.exceptions import Refused, Stale
from compliance.models import Task, TaskNote
from compliance.services import may_report, task_extend, task_report, tasks_assign
from compliance.tasks import tasks_remind
from parks.models import Region
from policy.models import Provision
from tests.compliance.test_rules import office, person

__all__ = ["office"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]


@pytest.fixture
def task(office: User) -> Task:
    made = tasks_assign(
        by=office,
        provisions=[Provision.objects.get(code="P105")],
        lead="ecology",
        cities=[Region.objects.get(code="410900")],
        deadline=timezone.localdate() + timedelta(days=7),
    )
    return made[0]


def test_a_chapter_is_assigned_at_once_and_twice_is_the_same(office):
    provisions = list(Provision.objects.filter(section__startswith="六"))
    cities = [None, *Region.objects.cities()]
    given = {"by": office, "provisions": provisions, "lead": "ecology", "cities": cities,
             "deadline": timezone.localdate() + timedelta(days=90)}  # fmt: skip
    assert len(tasks_assign(**given)) == len(provisions) * len(cities)
    assert tasks_assign(**given) == []
    with pytest.raises(Refused) as refused:
        tasks_assign(**given | {"provisions": [], "cities": [], "deadline": timezone.localdate() - timedelta(days=1)})
    assert set(refused.value.faults) == {"provisions", "cities", "deadline"}
    with pytest.raises(PermissionDenied):
        tasks_assign(**given | {"by": person("city", Role.CITY_REVIEWER, "city-410900")})


def test_the_lead_department_and_the_city_report_and_nobody_else(task):
    own = person("city", Role.CITY_REVIEWER, "city-410900")
    other = person("other", Role.CITY_REVIEWER, "city-410100")
    ecology = person("ecology", Role.DEPARTMENT_OFFICER, "dept-ecology")
    commerce = person("commerce", Role.DEPARTMENT_OFFICER, "dept-commerce")
    assert [may_report(each, task) for each in (own, other, ecology, commerce)] == [True, False, True, False]
    given = {"task_id": task.pk, "text": "已开展", "percent": 40, "status": "in_progress", "base_revision": 1}
    task_report(by=own, **given)
    with pytest.raises(Stale):
        task_report(by=ecology, **given)
    with pytest.raises(PermissionDenied):
        task_report(by=other, **given | {"base_revision": 2})
    with pytest.raises(Refused) as refused:
        task_report(by=ecology, **given | {"base_revision": 2, "status": "done", "text": ""})
    assert set(refused.value.faults) == {"text", "percent"}
    done = task_report(by=ecology, **given | {"base_revision": 2, "status": "done", "percent": 100})
    assert done.done_on == timezone.localdate()
    assert list(task.notes.values_list("status", flat=True)) == ["done", "in_progress"]
    with pytest.raises(DatabaseError), transaction.atomic():
        TaskNote.objects.filter(task=task).update(text="改写")


@pytest.mark.parametrize("old", TaskStatus.values)
@pytest.mark.parametrize("new", TaskStatus.values)
def test_the_database_knows_the_same_moves_as_the_table(task, old, new):
    def facts(status):
        done = status == TaskStatus.DONE
        return {"status": status, "percent": 100 if done else 50, "done_on": task.deadline if done else None}

    if old != TaskStatus.OPEN:
        path = [TaskStatus.IN_PROGRESS] if old == TaskStatus.OVERDUE else []
        for step in [*path, old]:
            Task.objects.filter(pk=task.pk).update(**facts(step))
    if new == old or new in TASK_MOVES[old]:
        Task.objects.filter(pk=task.pk).update(**facts(new))
    else:
        with pytest.raises(InternalError), transaction.atomic():
            Task.objects.filter(pk=task.pk).update(**facts(new))


def test_what_is_late_is_marked_told_once_and_goes_on_with_another_deadline(task, office):
    person("ecology", Role.DEPARTMENT_OFFICER, "dept-ecology")
    assert tasks_remind() > 0  # due in seven days
    assert tasks_remind() == 0
    Task.objects.filter(pk=task.pk).update(deadline=timezone.localdate() - timedelta(days=1))
    assert tasks_remind() > 0
    task.refresh_from_db()
    assert task.status == "overdue"
    assert tasks_remind() == 0
    assert Notice.objects.filter(recipient__username="ecology", title__contains="逾期").count() == 1
    extended = task_extend(
        by=office, task_id=task.pk, deadline=timezone.localdate() + timedelta(days=60), text="会议同意", base_revision=2
    )
    assert extended.status == "in_progress"
