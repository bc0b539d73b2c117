"""Words of the target board."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Operator(TextChoices):
    GREATER = "gt", ">"
    AT_LEAST = "ge", "≥"
    ABOUT = "approx", "≈"
    EQUAL = "eq", "="
    AT_MOST = "le", "≤"
    NONE = "none", "—"


class Measure(TextChoices):
    """How a target is computed (计算方式)."""

    COUNT_ZONES = "count_zones", _("满足条件的园区个数")
    ALL_OF = "all_of", _("同时满足多项条件的园区个数")
    COUNT_DESIGNATIONS = "count_designations", _("有效称号个数")
    SHARE_DESIGNATIONS = "share_designations", _("满足条件的称号占比")
    SUM_ZONES = "sum_zones", _("各园区合计")
    RATIO_OF_SUMS = "ratio_of_sums", _("合计之比")
    OVER_CAP = "over_cap", _("超过上限的园区个数")
    CUMULATIVE = "cumulative", _("自起始年累计")
    RISE = "rise", _("比基期提高")
    REGISTER = "register", _("台账统计")
    RULE = "rule", _("规则符合率")
    PROVINCE_SERIES = "province_series", _("全省数据")
    QUALITATIVE = "qualitative", _("定性目标")

    @property
    def example(self) -> Promise:
        """What it is for, in a sentence."""
        return EXAMPLES[self.value]


EXAMPLES: dict[str, Promise] = {
    "count_zones": _("例如：主营业务收入超千亿元的产业集聚区达到 20 个。一区多牌只计一次。"),
    "all_of": _("例如：同时满足收入、研发强度和能耗三项条件的园区达到 30 个。"),
    "count_designations": _("例如：国家级开发区达到 30 个。按当天有效的称号计数。"),
    "share_designations": _("例如：80% 以上的省定产业集聚区完成循环化改造。分母为当天称号有效的园区。"),
    "sum_zones": _("例如：全部产业集聚区税收收入合计达到多少万元。"),
    "ratio_of_sums": _("例如：研发机构覆盖率。分子分母先合计再相除。"),
    "over_cap": _("例如：每个园区闲置土地不超过 100 亩。数的是超过上限的园区，目标一般为 0。"),
    "cumulative": _("例如：自 2018 年起累计引进团队 200 个。逐年数相加。"),
    "rise": _("例如：战略性新兴产业比重比 2017 年显著提高。“显著”是多少由联席会议办公室确定。"),
    "province_series": _("例如：省级新型研发机构达到 100 家。读取录入的全省数据。"),
    "register": _("例如：签约项目履约率达到 90%。读取台账的统计数，可一键查看条目。"),
    "rule": _("例如：每县一区。检查过的对象中符合规则的占比，登记了例外的算作符合。"),
    "qualitative": _("没有数字的目标。由联席会议办公室逐年评判并写明依据。"),
}


class TargetStatus(TextChoices):
    MET = "met", _("已达到")
    ON_TRACK = "on_track", _("进度正常")
    AT_RISK = "at_risk", _("有风险")
    OFF_TRACK = "off_track", _("滞后")
    NOT_MET = "not_met", _("未达到")
    PARTIAL = "partial", _("数据不全")
    TOO_LITTLE = "too_little", _("数据过少")
    NO_DATA = "no_data", _("无数据")
    PENDING = "computing", _("计算中")
    """Not computed yet; shown, never stored."""
    QUALITATIVE = "qualitative", _("定性")


class Path(TextChoices):
    """The way from the baseline to the target (路径)."""

    LINEAR = "linear", _("直线")
    COMPOUND = "compound", _("等速增长")
    STEPWISE = "stepwise", _("阶梯")
    MILESTONES = "milestones", _("自定里程碑")


class Method(TextChoices):
    """How progress before the target's year is judged (进度判定方法); see docs/reference/targets.md."""

    PATH = "path", _("与路径比较")
    EUROSTAT = "eurostat", _("欧盟统计局：年均增速比")
    ESCAP = "escap", _("亚太经社会：预期差距")


class Origin(TextChoices):
    PACK = "pack", _("政策包")
    OFFICE = "office", _("联席办设定")


class Verdict(TextChoices):
    """The office's judgement on a qualitative goal (定性目标的评判)."""

    MET = "met", _("已达到")
    PARTLY = "partly", _("部分达到")
    NOT_YET = "not_yet", _("尚未达到")


class Vintage(TextChoices):
    """Why a figure of the reported series was written (报告序列的缘由)."""

    FIRST = "first", _("首次报告")
    LATE_DATA = "late_data", _("迟到数据")
