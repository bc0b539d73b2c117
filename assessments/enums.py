"""Words of assessment: statuses of schemes and runs with their allowed moves, proposals."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SchemeStatus(TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    # A published method no zone of the province is assessed by: to read, never to run.
    LIBRARY = "library", _("方法库")


class Subject(TextChoices):
    """What a method of the library assesses where that is no class of zones (对象)."""

    ENTERPRISE = "enterprise", _("企业")
    REGION = "region", _("地区")
    SERVICE = "service", _("服务业“两区”")
    ZONE = "zone", _("各类开发区")


class RunStatus(TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("计算中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")


RUN_MOVES: dict[str, frozenset[str]] = {
    RunStatus.QUEUED: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED}),
    # A run whose worker died goes back to the queue.
    RunStatus.RUNNING: frozenset({RunStatus.DONE, RunStatus.FAILED, RunStatus.QUEUED, RunStatus.CANCELLED}),
    RunStatus.DONE: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}


class RunStage(TextChoices):
    """Where a running computation is (阶段); the page shows it with the progress."""

    COLLECTING = "collecting", _("汇集数据")
    CHECKING = "checking", _("检查数据")
    SCORING = "scoring", _("计算得分")
    EXPLAINING = "explaining", _("生成解释")
    SAVING = "saving", _("保存结果")


ACTIVE_STATUSES = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})


class ProposalKind(TextChoices):
    """What the rules propose (建议), policy 十（四）; people decide."""

    PROMOTE = "promote", _("建议晋升")
    KEEP = "keep", _("保持")
    WATCH = "watch", _("重点关注")
    DEMOTE = "demote", _("建议降级")
    EXIT = "exit", _("建议退出")
    UNDECIDED = "undecided", _("待定")
