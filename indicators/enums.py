"""Words of collection: dimensions, directions, statuses of a return and the one table of its allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Dimension(TextChoices):
    """Sections of the form (维度)."""

    SCALE = "scale", _("经济总量")
    QUALITY = "quality", _("质量效益")
    CLUSTER = "cluster", _("集群发展")
    INNOVATION = "innovation", _("创新驱动")
    EMERGING = "emerging", _("新兴产业培育")
    GREEN = "green", _("绿色发展")
    OPENNESS = "openness", _("开放水平")
    LAND = "land", _("集约用地")
    INFRASTRUCTURE = "infrastructure", _("设施配套")
    BUSINESS = "business", _("营商环境")
    SAFETY = "safety", _("安全生产")
    CUSTOMS = "customs", _("监管区业务")
    PROVINCE = "province", _("全省数据")


class IndicatorKind(TextChoices):
    BASE = "base", _("基础指标")
    DERIVED = "derived", _("派生指标")


class IndicatorScope(TextChoices):
    ZONE = "zone", _("园区")
    PROVINCE = "province", _("全省")


class Direction(TextChoices):
    HIGHER = "higher", _("越高越好")
    LOWER = "lower", _("越低越好")
    NEUTRAL = "neutral", _("不评优劣")


class Frequency(TextChoices):
    YEAR = "year", _("年")
    QUARTER = "quarter", _("季")
    MONTH = "month", _("月")


class Temporality(TextChoices):
    """How a figure of a quarter or month relates to its year (时点数 / 累计数): rule R18 reads it."""

    STOCK = "stock", _("时点数")
    CUMULATIVE = "cumulative", _("累计数")


class Prevailing(TextChoices):
    """Whose figure counts when a park and a department differ beyond tolerance and nobody has decided (以谁为准)."""

    PARK = "park", _("以园区填报为准")
    DEPARTMENT = "department", _("以部门数据为准")


class RuleKind(TextChoices):
    """Kinds of rules on figures (审核关系类型); docs/reference/rules.md has the parameters of each."""

    REQUIRED = "required", _("必填")
    RANGE = "range", _("取值范围")
    RELATION = "relation", _("项间关系")
    SUM = "sum", _("分项合计")
    YEAR_ON_YEAR = "year_on_year", _("同比变动")
    OUTLIER = "outlier", _("同类离群")
    UNIT_SLIP = "unit_slip", _("单位错填")
    CUMULATION = "cumulation", _("累计不减")
    SOURCE = "source", _("与部门数据核对")
    REGISTER = "register", _("与台账核对")
    INTAKE = "intake", _("读入把关")


class Severity(TextChoices):
    """What a broken rule means: hard blocks, soft needs a written explanation, notice only tells."""

    HARD = "hard", _("强制")
    SOFT = "soft", _("需说明")
    NOTICE = "notice", _("提示")


class RoundStatus(TextChoices):
    PLANNED = "planned", _("未开放")
    OPEN = "open", _("填报中")
    CLOSED = "closed", _("已结束")


# The only moves there are; every pair is tested. Opening an open round again adds zones and is no move.
ROUND_MOVES: dict[str, frozenset[str]] = {
    RoundStatus.PLANNED: frozenset({RoundStatus.OPEN}),
    RoundStatus.OPEN: frozenset({RoundStatus.CLOSED}),
    RoundStatus.CLOSED: frozenset({RoundStatus.OPEN}),
}


class ReturnStatus(TextChoices):
    """Status of a return (报表状态). "Not started" is a draft without a value."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已报送")
    RETURNED = "returned", _("已退回")
    CITY_ACCEPTED = "city_accepted", _("市级已审")
    ACCEPTED = "accepted", _("已确认")


# The only moves there are; every pair is tested.
RETURN_MOVES: dict[str, frozenset[str]] = {
    ReturnStatus.DRAFT: frozenset({ReturnStatus.SUBMITTED}),
    # Straight to accepted where the round asks for one review only.
    ReturnStatus.SUBMITTED: frozenset({ReturnStatus.RETURNED, ReturnStatus.CITY_ACCEPTED, ReturnStatus.ACCEPTED}),
    ReturnStatus.RETURNED: frozenset({ReturnStatus.SUBMITTED}),
    ReturnStatus.CITY_ACCEPTED: frozenset({ReturnStatus.RETURNED, ReturnStatus.ACCEPTED}),
    ReturnStatus.ACCEPTED: frozenset(),
}

EDITABLE_STATUSES = frozenset({ReturnStatus.DRAFT, ReturnStatus.RETURNED})


class ReviewStep(TextChoices):
    """A review that a round asks for (审核环节), in this order."""

    CITY = "city", _("市级审核")
    OFFICE = "office", _("省级确认")


class ActKind(TextChoices):
    """An act on a return, kept for ever and chained by hash (办理记录)."""

    OPENED = "opened", _("下发")
    SUBMITTED = "submitted", pgettext_lazy("act", "报送")
    RETURNED = "returned", pgettext_lazy("act", "退回")
    CITY_ACCEPTED = "city_accepted", _("市级审核通过")
    ACCEPTED = "accepted", pgettext_lazy("act", "省级确认")
    EXTENDED = "extended", pgettext_lazy("act", "延期")
    CORRECTED = "corrected", pgettext_lazy("act", "更正")


class ValueSource(TextChoices):
    """Where a figure comes from (来源)."""

    PARK = "park", _("园区填报")
    DEPARTMENT = "department", _("部门数据")
    PUBLISHED = "published", _("公开资料")


class Channel(TextChoices):
    """The path by which a figure was last written (填写途径); the history keeps it for every version.

    DATABASE is set by a trigger when a write did not raise the value's revision, as every service does.
    """

    FORM = "form", _("网页表单")
    EXCEL = "excel", _("表格文件")
    API = "api", _("接口")
    DEPARTMENT = "department", _("部门导入")
    CORRECTION = "correction", _("更正")
    PACK = "pack", _("资料包")
    DEMO = "demo", _("演示数据生成")
    DATABASE = "database", _("绕过系统直接写库")


class CorrectionStatus(TextChoices):
    """Status of a correction request (更正申请). APPLYING lasts only inside the transaction that changes the values."""

    PROPOSED = "proposed", pgettext_lazy("correction", "待裁定")
    APPLYING = "applying", pgettext_lazy("correction", "更正中")
    APPLIED = "applied", pgettext_lazy("correction", "已更正")
    REFUSED = "refused", pgettext_lazy("correction", "已驳回")
    WITHDRAWN = "withdrawn", pgettext_lazy("correction", "已撤回")


CORRECTION_MOVES: dict[str, frozenset[str]] = {
    CorrectionStatus.PROPOSED: frozenset(
        {CorrectionStatus.APPLYING, CorrectionStatus.REFUSED, CorrectionStatus.WITHDRAWN}
    ),
    CorrectionStatus.APPLYING: frozenset({CorrectionStatus.APPLIED}),
    CorrectionStatus.APPLIED: frozenset(),
    CorrectionStatus.REFUSED: frozenset(),
    CorrectionStatus.WITHDRAWN: frozenset(),
}


class Verdict(TextChoices):
    """What was decided about a difference between a park and a department (核对裁定)."""

    PARK = "park", _("采用园区数")
    DEPARTMENT = "department", _("采用部门数")


class UploadKind(TextChoices):
    """What an uploaded workbook holds (上传文件类型)."""

    RETURN = "return", _("单个园区报表")
    CITY = "city", _("多园区汇总表")
    DEPARTMENT = "department", _("部门数据表")
    INCIDENTS = "incidents", _("事故和问题清单")


class UploadStatus(TextChoices):
    """What became of an uploaded workbook (上传文件状态): read and waiting, not usable, saved, or set aside."""

    READY = "ready", pgettext_lazy("upload", "待确认")
    REFUSED = "refused", pgettext_lazy("upload", "未采用")
    CONFIRMED = "confirmed", pgettext_lazy("upload", "已保存")
    DISCARDED = "discarded", pgettext_lazy("upload", "已放弃")


class Absence(TextChoices):
    """Answers that are not a number, each different from zero (不适用 / 暂缺)."""

    NOT_APPLICABLE = "not_applicable", _("不适用")
    NOT_AVAILABLE = "not_available", _("暂缺")


class Grouping(TextChoices):
    """What a row of the page of figures stands for (汇总层级)."""

    ZONE = "zone", _("园区")
    COUNTY = "county", _("县（市、区）")
    CITY = "city", _("省辖市")
    PROVINCE = "province", _("全省")
    CLASS = "class", _("园区类别")
    AXIS = "axis", _("发展轴带")
