"""Words of the target board."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Operator(TextChoices):
    AT_LEAST = "ge", "≥"
    ABOUT = "approx", "≈"
    EQUAL = "eq", "="
    AT_MOST = "le", "≤"
    NONE = "none", "—"


class Measure(TextChoices):
    """How a target is computed (计算方式)."""

    COUNT_ZONES = "count_zones", _("满足条件的园区个数")
    COUNT_DESIGNATIONS = "count_designations", _("有效称号个数")
    SHARE_DESIGNATIONS = "share_designations", _("满足条件的称号占比")
    RATIO_OF_SUMS = "ratio_of_sums", _("合计之比")
    PROVINCE_SERIES = "province_series", _("全省数据")
    QUALITATIVE = "qualitative", _("定性目标")


class TargetStatus(TextChoices):
    MET = "met", _("已达到")
    ON_TRACK = "on_track", _("进度正常")
    AT_RISK = "at_risk", _("有风险")
    OFF_TRACK = "off_track", _("滞后")
    NOT_MET = "not_met", _("未达到")
    PARTIAL = "partial", _("数据不全")
    NO_DATA = "no_data", _("无数据")
    QUALITATIVE = "qualitative", _("定性")
