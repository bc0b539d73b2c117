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


class Severity(TextChoices):
    """What a broken rule means: hard blocks, soft needs a written explanation, notice only tells."""

    HARD = "hard", _("强制")
    SOFT = "soft", _("需说明")
    NOTICE = "notice", _("提示")


class RoundStatus(TextChoices):
    PLANNED = "planned", _("未开放")
    OPEN = "open", _("填报中")
    CLOSED = "closed", _("已结束")


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
    ReturnStatus.SUBMITTED: frozenset({ReturnStatus.RETURNED, ReturnStatus.CITY_ACCEPTED}),
    ReturnStatus.RETURNED: frozenset({ReturnStatus.SUBMITTED}),
    ReturnStatus.CITY_ACCEPTED: frozenset({ReturnStatus.RETURNED, ReturnStatus.ACCEPTED}),
    ReturnStatus.ACCEPTED: frozenset(),
}

EDITABLE_STATUSES = frozenset({ReturnStatus.DRAFT, ReturnStatus.RETURNED})


class ActKind(TextChoices):
    """An act on a return, kept for ever and chained by hash (办理记录)."""

    OPENED = "opened", _("下发")
    SUBMITTED = "submitted", pgettext_lazy("act", "报送")
    RETURNED = "returned", pgettext_lazy("act", "退回")
    CITY_ACCEPTED = "city_accepted", _("市级审核通过")
    ACCEPTED = "accepted", pgettext_lazy("act", "省级确认")


class ValueSource(TextChoices):
    """Where a figure comes from (来源)."""

    PARK = "park", _("园区填报")
    PUBLISHED = "published", _("公开资料")


class Absence(TextChoices):
    """Answers that are not a number, each different from zero (不适用 / 暂缺)."""

    NOT_APPLICABLE = "not_applicable", _("不适用")
    NOT_AVAILABLE = "not_available", _("暂缺")
