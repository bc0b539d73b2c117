"""Words of rules, breaches and tasks."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Force(TextChoices):
    """How binding the policy words a rule (约束力): 必须、不得、严禁 are hard; 原则上、一般、鼓励、优先、尽量 are soft."""

    HARD = "hard", pgettext_lazy("rule force", "硬性")
    SOFT = "soft", pgettext_lazy("rule force", "柔性")


class Subject(TextChoices):
    """What a rule looks at (对象)."""

    ZONE = "zone", _("园区")
    COUNTY = "county", _("县（市、区）")
    CITY = "city", _("省辖市")
    SCHEME = "scheme", _("考核办法")
    APPLICATION = "application", pgettext_lazy("rule subject", "申请")
    PROJECT = "project", pgettext_lazy("rule subject", "项目")
    ASSESSMENT = "assessment", pgettext_lazy("rule subject", "年度考核")


class CheckState(TextChoices):
    """Whether a rule could be checked (检查情况)."""

    CHECKED = "checked", pgettext_lazy("check", "已检查")
    UNDECIDED = "undecided", pgettext_lazy("check", "界限待定")
    WAITING = "waiting", pgettext_lazy("check", "尚不能检查")


class TaskStatus(TextChoices):
    OPEN = "open", pgettext_lazy("task", "未启动")
    IN_PROGRESS = "in_progress", pgettext_lazy("task", "推进中")
    OVERDUE = "overdue", pgettext_lazy("task", "逾期")
    DONE = "done", pgettext_lazy("task", "已完成")


TASK_MOVES: dict[str, frozenset[str]] = {
    TaskStatus.OPEN: frozenset({TaskStatus.IN_PROGRESS, TaskStatus.OVERDUE, TaskStatus.DONE}),
    TaskStatus.IN_PROGRESS: frozenset({TaskStatus.OVERDUE, TaskStatus.DONE}),
    # A later deadline takes an overdue task back to work.
    TaskStatus.OVERDUE: frozenset({TaskStatus.IN_PROGRESS, TaskStatus.DONE}),
    # The office reopens what turns out not to be done.
    TaskStatus.DONE: frozenset({TaskStatus.IN_PROGRESS}),
}
UNFINISHED = (TaskStatus.OPEN, TaskStatus.IN_PROGRESS, TaskStatus.OVERDUE)
