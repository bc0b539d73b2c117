"""Exemptions from rules, and tasks with their notes (例外与任务办理)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Duty, NoticeKind, OrganisationKind, Permission
from accounts.models import Organisation, User
from accounts.selectors import holders_by_path
from accounts.services import Letter, notices_post
from compliance.enums import TASK_MOVES, TaskStatus
from compliance.exceptions import Refused, Stale
from compliance.models import Breach, Exemption, Task, TaskNote
from compliance.reminders import responsible_paths
from compliance.standing.rulebook import targets_told
from parks.models import Region
from policy.models import Provision

TEXT = 2000
MOST_YEARS = 10


def _text(faults: dict[str, str], name: str, text: str, most: int = TEXT) -> str:
    stripped = text.strip()
    if not stripped or len(stripped) > most:
        faults[name] = str(_("请填写，最多 %(most)d 字。") % {"most": most})
    return stripped


@transaction.atomic
def exemption_grant(*, by: User, breach: Breach, reason: str, basis: str, until: date) -> Exemption:
    """Let a rule not hold for a subject until a day (登记例外), with reason and document; it ends by itself.

    Raises PermissionDenied; Refused with every fault by field.
    """
    if not by.may(Permission.POLICY_DECIDE):
        raise PermissionDenied(_("只有联席会议办公室可以登记例外。"))
    faults: dict[str, str] = {}
    reason, basis, today = _text(faults, "reason", reason), _text(faults, "basis", basis, 160), timezone.localdate()
    if until < today:
        faults["until"] = str(_("有效期不能早于今天。"))
    elif until.year > today.year + MOST_YEARS:
        faults["until"] = str(_("有效期最长 %(most)d 年；到期后可以再登记。") % {"most": MOST_YEARS})
    if breach.ended_at is not None:
        faults[""] = str(_("这一项已经消除，不需要例外。"))
    held = Exemption.objects.in_force_on(today).filter(
        document=breach.document_id, rule=breach.rule, subject_key=breach.subject_key
    )
    if held.exists():
        faults[""] = str(_("已有有效的例外。要改变它，先撤销再登记。"))
    if faults:
        raise Refused(faults)
    exemption = Exemption.objects.create(
        document=breach.document,
        rule=breach.rule,
        subject_key=breach.subject_key,
        label=breach.label,
        reason=reason,
        basis=basis,
        until=until,
        granted_by=by,
    )
    targets_told()
    return exemption


@transaction.atomic
def exemption_withdraw(*, by: User, exemption: Exemption, reason: str) -> Exemption:
    """Take back an exemption recorded by mistake (撤销例外); it stays on record. Raises PermissionDenied, Refused."""
    if not by.may(Permission.POLICY_DECIDE):
        raise PermissionDenied(_("只有联席会议办公室可以撤销例外。"))
    faults: dict[str, str] = {}
    reason = _text(faults, "withdrawal", reason)
    held = Exemption.objects.select_for_update(of=("self",)).get(pk=exemption.pk)
    if held.withdrawn_at is not None:
        faults[""] = str(_("这条例外已经撤销。"))
    if faults:
        raise Refused(faults)
    held.withdrawn_by, held.withdrawn_at, held.withdrawal = by, timezone.now(), reason
    held.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal"])
    targets_told()
    return held


# ---- tasks ----------------------------------------------------------------------------------------------------


@transaction.atomic
def tasks_assign(
    *,
    by: User,
    provisions: Collection[Provision],
    lead: str,
    cities: Iterable[Region | None],
    deadline: date,
    work: str = "",
    synthetic: bool = False,
    dry_run: bool = False,
) -> list[Task]:
    """Assign provisions to a lead department and cities until a day (分解任务); those assigned already are left as they are.

    `None` among the cities is the department's own task; with `dry_run` nothing is written.

    Tells the people concerned. Raises PermissionDenied, Refused.
    """
    if not by.may(Permission.TASK_ASSIGN):
        raise PermissionDenied(_("只有联席会议办公室可以分解任务。"))
    cities = list(cities)
    faults = {}
    if not provisions:
        faults["provisions"] = str(_("请至少选一条条款。"))
    if not cities:
        faults["cities"] = str(_("请至少选一个责任单位。"))
    if lead not in Duty.values:
        faults["lead"] = str(_("请从列表中选择牵头部门。"))
    if deadline < timezone.localdate() and not synthetic:
        faults["deadline"] = str(_("期限不能早于今天。"))
    if len(work.strip()) > 240:
        faults["work"] = str(_("任务内容最多 %(most)d 字。") % {"most": 240})
    if faults:
        raise Refused(faults)
    held = set(Task.objects.filter(provision__in=provisions, lead=lead).values_list("provision_id", "city_id"))
    new = [
        Task(
            provision=provision, lead=lead, city=city, work=work.strip(), deadline=deadline, assigned_by=by,
            synthetic=synthetic,
        )
        for provision in provisions
        for city in cities
        if (provision.pk, city.pk if city else None) not in held
    ]  # fmt: skip
    if dry_run:
        return new
    made = Task.objects.bulk_create(new)
    if made and not synthetic:
        _tell(made, lead)
    return made


def _tell(tasks: list[Task], lead: str) -> None:
    """One letter to each person for the whole batch."""
    paths = responsible_paths(tasks)
    people = holders_by_path([Permission.TASK_REPORT], {path for held in paths.values() for path in held})
    counts: dict[int, tuple[User, int]] = {}
    for task in tasks:
        for user in {user.pk: user for path in paths[task.pk] for user in people[path]}.values():
            counts[user.pk] = (user, counts.get(user.pk, (user, 0))[1] + 1)
    first, deadline = min(task.pk for task in tasks), tasks[0].deadline
    letters = [
        (
            user,
            Letter(
                NoticeKind.REMINDER,
                f"tasks-assigned-{first}",
                f"新分解的任务 {number} 项，期限 {deadline}",
                f"{number} new tasks, due {deadline}",
                "请查看任务并填写进展。",
                "Please look at the tasks and note their progress.",
                reverse("task_list") + f"?lead={lead}",
            ),
        )
        for user, number in counts.values()
    ]
    notices_post(letters=letters, mail=True)


def may_report(user: User, task: Task) -> bool:
    """Whether the user speaks for the task: its lead department, its city's office, or the joint-meeting office."""
    if user.may(Permission.TASK_ASSIGN):
        return True
    if task.lead in user.duties_with(Permission.TASK_REPORT):
        return True
    office = task.city.office if task.city is not None else None
    return office is not None and user.may(Permission.TASK_REPORT, office.path)


@transaction.atomic
def task_report(*, by: User, task_id: int, text: str, percent: int, status: str, base_revision: int) -> Task:
    """Say how a task goes (填写进展), and move it where the table allows; an earlier note stays.

    Raises PermissionDenied, Stale when somebody acted meanwhile, Refused with every fault.
    """
    task = Task.objects.select_for_update(of=("self",)).select_related("city__office").get(pk=task_id)
    if not may_report(by, task):
        raise PermissionDenied(_("这项任务由牵头部门和责任省辖市填写进展。"))
    if task.revision != base_revision:
        raise Stale({"": str(_("您打开页面之后，别人更新了这项任务。请看最新进展后再填写。"))})
    faults: dict[str, str] = {}
    text = _text(faults, "text", text)
    if not 0 <= percent <= 100:
        faults["percent"] = str(_("进度应在 0 到 100 之间。"))
    if status != task.status and status not in TASK_MOVES[task.status]:
        words = _("不能从“%(old)s”改为“%(new)s”。")
        labels = {"old": task.get_status_display(), "new": dict(TaskStatus.choices).get(status, status)}
        faults["status"] = str(words % labels)
    if status == TaskStatus.DONE and percent != 100:
        faults["percent"] = str(_("已完成的任务进度应为 100。"))
    if task.status == TaskStatus.DONE and not by.may(Permission.TASK_ASSIGN):
        faults["status"] = str(_("已完成的任务只能由联席会议办公室重新打开。"))
    if faults:
        raise Refused(faults)
    task.percent, task.status, task.revision = percent, status, task.revision + 1
    task.done_on = timezone.localdate() if status == TaskStatus.DONE else None
    task.save(update_fields=["percent", "status", "revision", "done_on"])
    TaskNote.objects.create(task=task, by=by, organisation=_body(by, task), text=text, percent=percent, status=status)
    return task


@transaction.atomic
def task_extend(*, by: User, task_id: int, deadline: date, text: str, base_revision: int) -> Task:
    """Give a task another deadline (改期限); one that was overdue goes on. Raises as `task_report`."""
    if not by.may(Permission.TASK_ASSIGN):
        raise PermissionDenied(_("只有联席会议办公室可以改期限。"))
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    if task.revision != base_revision:
        raise Stale({"": str(_("您打开页面之后，别人更新了这项任务。请看最新进展后再填写。"))})
    faults: dict[str, str] = {}
    text = _text(faults, "text", text)
    if deadline < timezone.localdate():
        faults["deadline"] = str(_("期限不能早于今天。"))
    if task.status == TaskStatus.DONE:
        faults[""] = str(_("任务已完成，不需要改期限。"))
    if faults:
        raise Refused(faults)
    task.deadline, task.revision = deadline, task.revision + 1
    if task.status == TaskStatus.OVERDUE:
        task.status = TaskStatus.IN_PROGRESS
    task.save(update_fields=["deadline", "revision", "status"])
    words = _("期限改为 %(day)s：%(text)s") % {"day": deadline, "text": text}
    TaskNote.objects.create(
        task=task, by=by, organisation=_body(by, task), text=words, percent=task.percent, status=task.status
    )
    return task


def _body(by: User, task: Task) -> Organisation | None:
    """In whose name somebody speaks: their department for its own task, else the first body in which they may."""
    held = [m.organisation for m in by.current_memberships]
    own = [body for body in held if body.kind == OrganisationKind.DEPARTMENT and body.duty == task.lead]
    return next(iter([*own, *held]), None)
