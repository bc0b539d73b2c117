"""Methods, parameters, policies and rules of the engine in the reader's words (办法用语)."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.engine.aggregate import Power
from assessments.engine.basis import Basis
from assessments.engine.missing import Missing
from assessments.engine.normalise import Scoring
from assessments.engine.scheme import Branch
from common.numbers import format_number

Words = dict[str, Promise]

SETTING_UNITS: Words = {
    "万元": pgettext_lazy("unit", "万元"),
    "万元/亩": pgettext_lazy("unit", "万元/亩"),
    "亩": pgettext_lazy("unit", "亩"),
    "万元/人": pgettext_lazy("unit", "万元/人"),
    "万元/吨": pgettext_lazy("unit", "万元/吨"),
    "万元/吨标准煤": pgettext_lazy("unit", "万元/吨标准煤"),
    "比值": pgettext_lazy("unit", "比值"),
    "个": pgettext_lazy("unit", "个"),
    "人": pgettext_lazy("unit", "人"),
    "位": pgettext_lazy("unit", "位"),
    "倍": pgettext_lazy("unit", "倍"),
    "家": pgettext_lazy("unit", "家"),
    "年": pgettext_lazy("unit", "年"),
    "次": pgettext_lazy("unit", "次"),
    "起": pgettext_lazy("unit", "起"),
}

DECIDERS: Words = {
    "省产业集聚区发展联席会议办公室": gettext_lazy("省产业集聚区发展联席会议办公室"),
    "省政府": gettext_lazy("省政府"),
    "国务院": gettext_lazy("国务院"),
    "省商务厅": gettext_lazy("省商务厅"),
    "省科学技术厅": gettext_lazy("省科学技术厅"),
    "郑州海关": gettext_lazy("郑州海关"),
    "商务部": gettext_lazy("商务部"),
    "工业和信息化部": gettext_lazy("工业和信息化部"),
    "海关总署": gettext_lazy("海关总署"),
    "省发展和改革委员会": gettext_lazy("省发展和改革委员会"),
    "省自然资源厅": gettext_lazy("省自然资源厅"),
    "省皖江办": gettext_lazy("省皖江办"),
    "采用本办法的部门": gettext_lazy("采用本办法的部门"),
}

METHODS: Words = {
    "identity": gettext_lazy("原值"),
    "given": gettext_lazy("人工评分"),
    "goalposts": gettext_lazy("固定上下限"),
    "minmax": gettext_lazy("极差标准化"),
    "zscore": gettext_lazy("标准分"),
    "rank": gettext_lazy("位次分"),
    "borda": gettext_lazy("波达计分"),
    "percentile": gettext_lazy("百分位"),
    "efficacy": gettext_lazy("功效系数"),
    "ratio": gettext_lazy("与基准之比"),
    "relative_difference": gettext_lazy("相对差"),
    "reverse_to_mean": gettext_lazy("反向均值比"),
    "ideal": gettext_lazy("理想值"),
    "distance_to_target": gettext_lazy("目标距离"),
    "bands": gettext_lazy("分档计分"),
    "piecewise": gettext_lazy("分段线性计分"),
    "per_item": gettext_lazy("按项计分"),
    "threshold": gettext_lazy("达标"),
}

POLICIES: Words = {
    "block": gettext_lazy("缺报则不计分"),
    "worst": gettext_lazy("缺报按最低分"),
    "zero": gettext_lazy("缺报计 0 分"),
    "penalty": gettext_lazy("缺报按罚分"),
    "reweight": gettext_lazy("缺报项不计，权重分给同级"),
    "undecided": gettext_lazy("缺报则不定等级"),
    "group_mean": gettext_lazy("缺报按同类均值"),
    "group_median": gettext_lazy("缺报按同类中位数"),
    "group_mean_score": gettext_lazy("缺报按同类平均分"),
    "last_value": gettext_lazy("缺报沿用上年值"),
    "linear": gettext_lazy("缺报按以往走势"),
    "constant": gettext_lazy("缺报按固定值"),
}

STATISTICS: Words = {
    "group_max": gettext_lazy("同类最高值"),
    "group_min": gettext_lazy("同类最低值"),
    "group_mean": gettext_lazy("同类平均值"),
    "group_median": gettext_lazy("同类中位数"),
}

EVENTS: Words = {
    "open_measure": gettext_lazy("未解除的处置措施"),
    "major_incident": gettext_lazy("重大环境或安全事故"),
    "management_failure": gettext_lazy("书面认定的管理不善"),
    "safety_accident": gettext_lazy("生产安全事故"),
    "environmental_incident": gettext_lazy("环境污染事件"),
    "inspection_finding": gettext_lazy("督察发现的问题"),
    "negative_case": gettext_lazy("反面典型、问责"),
    "data_fraud": gettext_lazy("数据弄虚作假"),
    "exit": gettext_lazy("退出"),
    "national_exit": gettext_lazy("国家级开发区退出"),
    "correction_failed": gettext_lazy("到期未完成的限期整改"),
}

# Derived columns that only rules read and that have no name of their own in a scheme.
DERIVED: Words = {
    "accepted_before": gettext_lazy("上年末验收面积"),
    "chain_gap": gettext_lazy("三率之积与公布比例之差（百分点）"),
}

CERTAINTIES: Words = {
    "published": gettext_lazy("已公布"),
    "derived": gettext_lazy("由公布数推得"),
    "assumed": gettext_lazy("暂定起始值"),
    "unknown": gettext_lazy("尚未确定"),
}

CERTAINTY_TONES = {"published": "ok", "derived": "ok", "assumed": "warn", "unknown": "bad"}

AGGREGATIONS: Words = {
    "arithmetic": gettext_lazy("加权平均"),
    "geometric": gettext_lazy("加权几何平均"),
    "harmonic": gettext_lazy("加权调和平均"),
    "median": gettext_lazy("加权中位数"),
    "min": gettext_lazy("取最低"),
    "max": gettext_lazy("取最高"),
    "mazziotta_pareto": gettext_lazy("均值扣不均衡罚分（Mazziotta-Pareto）"),
    "copeland": gettext_lazy("Copeland 两两比较"),
}

WEIGHTINGS: Words = {
    "ahp": gettext_lazy("层次分析法权重"),
    "entropy": gettext_lazy("熵权"),
    "critic": gettext_lazy("CRITIC 权重"),
}

WEIGHT_SETS: Words = {"目标任务": gettext_lazy("目标任务"), "发展成效": gettext_lazy("发展成效")}

# The dimensions that policy 十(四) (P193) demands of every scheme.
THEME_WORDS: Words = {
    "innovation": gettext_lazy("创新驱动"),
    "green": gettext_lazy("绿色发展"),
    "emerging": gettext_lazy("新兴产业培育"),
}

PARAMETERS: Words = {
    "low": gettext_lazy("下限"),
    "high": gettext_lazy("上限"),
    "satisfied": gettext_lazy("满意值"),
    "unallowed": gettext_lazy("不允许值"),
    "base": gettext_lazy("基准"),
    "span": gettext_lazy("幅度"),
    "cap": gettext_lazy("封顶"),
    "floor": gettext_lazy("保底"),
    "max": gettext_lazy("满分"),
    "ideal": gettext_lazy("理想值"),
    "target": gettext_lazy("目标值"),
    "reference": gettext_lazy("参照"),
    "k": gettext_lazy("倍数"),
    "value": gettext_lazy("标准"),
    "each": gettext_lazy("每项得分"),
    "below": gettext_lazy("未入档得分"),
    "points": gettext_lazy("各点"),
    "periods": gettext_lazy("取样年度"),
    "bands": gettext_lazy("各档"),
    "mean": gettext_lazy("均值"),
    "sd": gettext_lazy("标准差"),
    "clip": gettext_lazy("截断"),
    "range": gettext_lazy("得分区间"),
    "within": gettext_lazy("比较范围"),
}
# Parameters of calculation alone, left to the raw text.
_SILENT = {"method", "flat", "ties", "form", "closed", "on", "within"}


def word(words: Words, key: str) -> str:
    """The words for a key of the engine; the key itself when it is new."""
    return str(words.get(key, key))


def branch_words(branch: Branch) -> str:
    """How the children of a branch join, and where their weights come from; "" for the common case."""
    how = branch.aggregate
    mean = "" if how == "arithmetic" else word(AGGREGATIONS, how) if isinstance(how, str) else _power(how)
    return _("，").join(filter(None, [mean, str(WEIGHTINGS.get(branch.weighting, ""))]))


def _power(mean: Power) -> str:
    return _("幂平均（指数 %(p)s）") % {"p": format_number(mean.exponent)}


def method_words(score: Scoring) -> str:
    """`功效系数（满意值 同类最高值，不允许值 同类最低值）`: the method with the parameters that were set."""
    name = word(METHODS, getattr(score, "method", ""))
    chosen = score.model_dump(exclude_unset=True, by_alias=True, exclude=_SILENT)
    parts = [f"{word(PARAMETERS, key)} {_value(value)}" for key, value in chosen.items() if value is not None]
    return _("%(name)s（%(parts)s）") % {"name": name, "parts": _("，").join(parts)} if parts else name


def _value(value: Any) -> str:
    match value:
        case {"from": start, "points": points}:
            return _("%(start)s 起 %(points)s 分") % {"start": format_number(start), "points": format_number(points)}
        case {"at": start, "points": points}:
            return _("%(start)s 得 %(points)s 分") % {"start": format_number(start), "points": format_number(points)}
        case {"sum": top, "over": bottom}:
            return f"Σ{top} / Σ{bottom}"
        case {"column": column}:
            return _("随数据给出的 %(column)s 列") % {"column": column}
        case tuple() | list():
            return _("、").join(map(_value, value))
    return _plain_value(value)


def _plain_value(value: Any) -> str:
    match value:
        case bool():
            return _("是") if value else _("否")
        case str() if value.startswith("group_p"):
            return _("同类第 %(percent)s 百分位") % {"percent": format_number(float(value.removeprefix("group_p")))}
        case str() if value.startswith("group_top"):
            return _("同类最高 %(n)s 个的均值") % {"n": value.removeprefix("group_top")}
        case str() if value.startswith("group_bottom"):
            return _("同类最低 %(n)s 个的均值") % {"n": value.removeprefix("group_bottom")}
        case str():
            return word(STATISTICS, value)
    return format_number(value)


def missing_words(missing: Missing) -> str:
    """What the scheme does with a blank."""
    words = word(POLICIES, missing.policy)
    number = {"penalty": missing.points, "constant": missing.value}.get(missing.policy)
    if number is not None:
        return _("%(name)s（%(parts)s）") % {"name": words, "parts": format_number(number)}
    return words


def decider_words(names: str) -> str:
    """Who decides, in the reader's language; a body that is not known here keeps its Chinese name."""
    return _("、").join(str(DECIDERS.get(name, name)) for name in names.split("、"))


def basis_words(basis: Basis) -> str:
    """`暂定起始值，由 … 确定`: how certain, and who decides what is open."""
    words = word(CERTAINTIES, basis.certainty)
    if basis.certainty in ("assumed", "unknown"):
        return _("%(certainty)s，由%(decider)s确定") % {"certainty": words, "decider": decider_words(basis.decided_by)}
    return words
