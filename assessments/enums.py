"""Words of assessment: statuses of schemes, runs, proceedings and objections with their moves; proposals, decisions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Duty


class SchemeStatus(TextChoices):
    DRAFT = "draft", _("草稿")
    PENDING = "pending", _("待发布")
    PUBLISHED = "published", _("已发布")
    DISCARDED = "discarded", pgettext_lazy("scheme", "已废弃")
    # A published method no zone of the province is assessed by: to read, never to run.
    LIBRARY = "library", _("方法库")


SCHEME_MOVES: dict[str, frozenset[str]] = {
    SchemeStatus.DRAFT: frozenset({SchemeStatus.PENDING, SchemeStatus.DISCARDED}),
    # A second person publishes it or hands it back; its author may take it back.
    SchemeStatus.PENDING: frozenset({SchemeStatus.DRAFT, SchemeStatus.PUBLISHED}),
    SchemeStatus.PUBLISHED: frozenset(),
    SchemeStatus.DISCARDED: frozenset(),
    SchemeStatus.LIBRARY: frozenset(),
}


class SchemeActKind(TextChoices):
    """What was done to a version of a method (办法办理)."""

    CLONED = "cloned", _("复制为新版本")
    CHANGED = "changed", _("修改")
    SUBMITTED = "submitted", _("提交发布")
    WITHDRAWN = "withdrawn", _("撤回修改")
    HANDED_BACK = "handed_back", _("退回修改")
    PUBLISHED = "published", _("发布")
    DISCARDED = "discarded", _("废弃")


class Subject(TextChoices):
    """What a method of the library assesses where that is no class of zones (对象)."""

    ENTERPRISE = "enterprise", _("企业")
    REGION = "region", _("地区")
    SERVICE = "service", _("服务业“两区”")
    ZONE = "zone", _("各类开发区")


class RunKind(TextChoices):
    """What a run is for (性质): a provisional one is made by the portal itself whenever accepted data changes."""

    OFFICIAL = "official", _("正式计算")
    PROVISIONAL = "provisional", _("即时测算")


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


class EvaluationStatus(TextChoices):
    """Where an evaluation of enterprises is (企业评价状态): a worker computes it in one step, whole or not at all."""

    QUEUED = "queued", _("排队中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


class RunStage(TextChoices):
    """Where a running computation is (阶段); the page shows it with the progress."""

    COLLECTING = "collecting", _("汇集数据")
    CHECKING = "checking", _("检查数据")
    SCORING = "scoring", _("计算得分")
    TESTING = "testing", _("检验稳健性")
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


class DecisionOutcome(TextChoices):
    """What the office decides about a zone (决定); unlike a proposal it is never left undecided."""

    PROMOTE = "promote", _("晋升")
    KEEP = "keep", _("保持")
    WATCH = "watch", _("重点关注")
    DEMOTE = "demote", _("降级")
    EXIT = "exit", _("退出")


class ProceedingStatus(TextChoices):
    """Stages of a year's assessment of one class (考核程序), from the finished run to the final result."""

    DECIDING = "deciding", _("拟定中")
    CONFIRMING = "confirming", pgettext_lazy("proceeding", "待复核")
    EMBARGOED = "embargoed", _("待公示")
    PUBLIC = "public", _("公示中")
    REVIEWING = "reviewing", _("公示期满")
    FINAL = "final", _("已定稿")
    ABANDONED = "abandoned", _("已中止")


PROCEEDING_MOVES: dict[str, frozenset[str]] = {
    ProceedingStatus.DECIDING: frozenset({ProceedingStatus.CONFIRMING, ProceedingStatus.ABANDONED}),
    # A second person confirms all decisions or hands them back.
    ProceedingStatus.CONFIRMING: frozenset({ProceedingStatus.DECIDING, ProceedingStatus.EMBARGOED}),
    ProceedingStatus.EMBARGOED: frozenset({ProceedingStatus.DECIDING, ProceedingStatus.PUBLIC}),
    ProceedingStatus.PUBLIC: frozenset({ProceedingStatus.REVIEWING}),
    # An upheld objection leads to a new run and to new decisions; what was published stays published.
    ProceedingStatus.REVIEWING: frozenset({ProceedingStatus.DECIDING, ProceedingStatus.FINAL}),
    ProceedingStatus.FINAL: frozenset(),
    ProceedingStatus.ABANDONED: frozenset(),
}


class ProceedingActKind(TextChoices):
    """An act in a proceeding (程序记录); each is a link of its chain."""

    OPENED = "opened", _("启动")
    DECIDED = "decided", _("作出决定")
    SUBMITTED = "submitted", _("提交复核")
    HANDED_BACK = "handed_back", _("退回拟定")
    CONFIRMED = "confirmed", _("复核通过")
    REOPENED = "reopened", _("撤回重拟")
    PUBLISHED = "published", _("公示")
    OBJECTED = "objected", _("提出异议")
    OBJECTION_WITHDRAWN = "objection_withdrawn", _("撤回异议")
    ANSWERED = "answered", _("答复异议")
    WINDOW_CLOSED = "window_closed", _("公示期满")
    RUN_REPLACED = "run_replaced", _("更换计算结果")
    FINALISED = "finalised", _("定稿")
    ABANDONED = "abandoned", _("中止")


class Disclosure(TextChoices):
    """What the public page of a publication shows (公示范围)."""

    EVERYTHING = "everything", _("位次、等级和拟定结论")
    TOP = "top", _("只列前若干名")
    GRADES = "grades", _("只列等级和拟定结论")
    OWN = "own", _("不列园区，各园区只看本园区结果")


class ObjectionStatus(TextChoices):
    FILED = "filed", _("待答复")
    UPHELD = "upheld", _("成立")
    REJECTED = "rejected", _("不成立")
    WITHDRAWN = "withdrawn", _("已撤回")


OBJECTION_MOVES: dict[str, frozenset[str]] = {
    ObjectionStatus.FILED: frozenset({ObjectionStatus.UPHELD, ObjectionStatus.REJECTED, ObjectionStatus.WITHDRAWN}),
    ObjectionStatus.UPHELD: frozenset(),
    ObjectionStatus.REJECTED: frozenset(),
    ObjectionStatus.WITHDRAWN: frozenset(),
}


class IncidentKind(TextChoices):
    """What happened in a zone (事件类别), in the words of the methods that take points off or veto for it."""

    SAFETY = "safety_accident", _("生产安全事故")
    ENVIRONMENT = "environmental_incident", _("环境污染事件")
    INSPECTION = "inspection_finding", _("督察发现的问题")
    NEGATIVE_CASE = "negative_case", _("反面典型、问责")
    FRAUD = "data_fraud", _("数据弄虚作假")
    MANAGEMENT = "management_failure", _("书面认定的管理不善")


class Severity(TextChoices):
    """How grave an incident is (程度): the four grades of accidents, who found or reported it, or no grades at all."""

    GENERAL = "general", pgettext_lazy("severity", "一般")
    SERIOUS = "serious", pgettext_lazy("severity", "较大")
    MAJOR = "major", pgettext_lazy("severity", "重大")
    GRAVEST = "gravest", pgettext_lazy("severity", "特别重大")
    NATIONAL = "national", pgettext_lazy("severity", "国家级")
    PROVINCIAL = "provincial", pgettext_lazy("severity", "省级")
    FOUND = "found", pgettext_lazy("severity", "已认定")


_GRADES = (Severity.GENERAL, Severity.SERIOUS, Severity.MAJOR, Severity.GRAVEST)
_LEVELS = (Severity.PROVINCIAL, Severity.NATIONAL)
SEVERITIES: dict[str, tuple[Severity, ...]] = {
    IncidentKind.SAFETY: _GRADES,
    IncidentKind.ENVIRONMENT: _GRADES,
    IncidentKind.INSPECTION: _LEVELS,
    IncidentKind.NEGATIVE_CASE: _LEVELS,
    IncidentKind.FRAUD: (Severity.FOUND,),
    IncidentKind.MANAGEMENT: (Severity.FOUND,),
}
# Departments that record a kind; the joint-meeting office records every kind.
KIND_DUTIES: dict[str, frozenset[str]] = {
    IncidentKind.SAFETY: frozenset({Duty.EMERGENCY}),
    IncidentKind.ENVIRONMENT: frozenset({Duty.ECOLOGY}),
    IncidentKind.INSPECTION: frozenset({Duty.ECOLOGY, Duty.EMERGENCY, Duty.NATURAL_RESOURCES}),
    IncidentKind.NEGATIVE_CASE: frozenset({Duty.ECOLOGY, Duty.EMERGENCY, Duty.NATURAL_RESOURCES}),
    IncidentKind.FRAUD: frozenset({Duty.STATISTICS}),
    IncidentKind.MANAGEMENT: frozenset(),
}
# Both grades above “较大” of an accident or of pollution: what methods call a major incident (重大事故).
GRAVE = frozenset({Severity.MAJOR, Severity.GRAVEST})
MAJOR_INCIDENT = "major_incident"


class MeasureStep(TextChoices):
    """The ladder of measures (处置措施), policy 十（四） P198, in its order."""

    WARNING = "warning", _("警告")
    NOTICE = "notice", _("通报")
    CORRECTION = "correction", _("限期整改")
    AREA_CUT = "area_cut", _("核减面积")
    REVOCATION = "revocation", pgettext_lazy("measure", "撤销")


LADDER: tuple[MeasureStep, ...] = tuple(MeasureStep)


class MeasureStatus(TextChoices):
    OPEN = "open", _("未解除")
    LIFTED = "lifted", _("已解除")
    # Another measure, higher on the ladder, took its place.
    ESCALATED = "escalated", _("已升级")
    # Area cut or zone revoked: done, nothing left to lift.
    EXECUTED = "executed", _("已执行")


MEASURE_MOVES: dict[str, frozenset[str]] = {
    MeasureStatus.OPEN: frozenset({MeasureStatus.LIFTED, MeasureStatus.ESCALATED, MeasureStatus.EXECUTED}),
    MeasureStatus.LIFTED: frozenset(),
    MeasureStatus.ESCALATED: frozenset(),
    MeasureStatus.EXECUTED: frozenset(),
}


class OrderStatus(TextChoices):
    """A measure that an authority ordered outside a decision (考核决定之外的措施), until a second person has confirmed it."""

    PROPOSED = "proposed", pgettext_lazy("order", "待复核")
    CONFIRMED = "confirmed", pgettext_lazy("order", "已采取")
    REFUSED = "refused", pgettext_lazy("order", "未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


ORDER_MOVES: dict[str, frozenset[str]] = {
    OrderStatus.PROPOSED: frozenset({OrderStatus.CONFIRMED, OrderStatus.REFUSED, OrderStatus.WITHDRAWN}),
    OrderStatus.CONFIRMED: frozenset(),
    OrderStatus.REFUSED: frozenset(),
    OrderStatus.WITHDRAWN: frozenset(),
}


class ChangeDirection(TextChoices):
    """Which way a final decision moves a designation (称号变动), policy 十（四） P195."""

    UP = "up", _("晋升")
    DOWN = "down", _("降级")
    OUT = "out", pgettext_lazy("designation", "退出")


class ChangeStatus(TextChoices):
    """A decision does not change a plate by itself: whoever approves it does, and the office records that."""

    DUE = "due", _("待批准")
    RECORDED = "recorded", _("已登记")
    DROPPED = "dropped", _("未获批准")


CHANGE_MOVES: dict[str, frozenset[str]] = {
    ChangeStatus.DUE: frozenset({ChangeStatus.RECORDED, ChangeStatus.DROPPED}),
    ChangeStatus.RECORDED: frozenset(),
    ChangeStatus.DROPPED: frozenset(),
}


class StatusKind(TextChoices):
    """What a final decision says of a zone from a day on (园区状态)."""

    GRADE = "grade", _("考核等级")
    TIER = "tier", _("发展质量分档")
    CANDIDATE = "candidate", _("晋升候选")
    APPLICATIONS = "applications", _("申报待遇")


class Tier(TextChoices):
    """Tiers of cluster zones, policy 三（一） P042."""

    HIGH = "high", _("发展质量较高")
    LOW = "low", _("发展水平较低")


class ApplicationState(TextChoices):
    """How applications of a zone for expansion, adjustment, upgrade and catalogue are met, P196, P199, P200."""

    PRIORITY = "priority", _("优先考虑")
    NORMAL = "normal", _("正常受理")
    BLOCKED = "blocked", _("不予支持")


class BulletinFormat(TextChoices):
    DOCX = "docx", "DOCX"
    PDF = "pdf", "PDF"
