"""Words of the instruments' declarations, for the reader (政策工具用语).

The declarations of a pack are written in a small fixed English; what is not listed here is shown as it stands.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SUBJECTS: dict[str, Promise] = {
    "zone": pgettext_lazy("policy subject", "园区"),
    "enterprise": pgettext_lazy("policy subject", "企业"),
    "project": pgettext_lazy("policy subject", "项目"),
    "case": pgettext_lazy("policy subject", "办理事项"),
    "asset": pgettext_lazy("policy subject", "资产与设施"),
    "province": pgettext_lazy("policy subject", "全省"),
    "region": pgettext_lazy("policy subject", "行政区"),
    "cluster": pgettext_lazy("policy subject", "产业集群"),
    "scheme": pgettext_lazy("policy subject", "考核办法"),
    "designation": pgettext_lazy("policy subject", "称号"),
}

LABELS: dict[str, Promise] = {
    # target 目标
    "value": _("目标值"),
    "year": _("目标年份"),
    "tolerance": _("容差"),
    "measure": _("计算方式"),
    "over": _("统计对象"),
    "of": _("分母范围"),
    "where": _("统计条件"),
    "numerator": _("分子"),
    "denominator": _("分母"),
    "cumulative": _("是否累计"),
    "level": _("考察层次"),
    # indicator 指标
    "unit": _("单位"),
    "direction": _("方向"),
    "type": _("指标类型"),
    "formula": _("公式"),
    "compare": _("对比"),
    "evidence": _("佐证指标"),
    "group_by": _("分组"),
    "applies_to": _("适用范围"),
    "frequency": _("频次"),
    "checks": _("检查"),
    "alert_limit": _("预警线"),
    "reading_2025": _("2025 年目标"),
    # rule 规则
    "force": _("约束力"),
    "when": _("触发时机"),
    "condition": _("条件"),
    "on_fail": _("不满足时"),
    "effect": _("作用"),
    "start_value": _("起始值"),
    # classification 分类
    "multi": _("可否多选"),
    "basis": _("依据"),
    # procedure 程序
    "paths": _("情形"),
    "guards": _("前置规则"),
    "decides_source": _("职责分工来源"),
    "test": _("检验"),
    "dimensions": _("维度"),
    "per": _("分别制定"),
    "order": _("先后"),
    "skip": _("可否越级"),
    "deadline": _("期限"),
    "effects": _("后果"),
    "issued_date": _("印发日期"),
    "document_no": _("文号"),
}

OFFICE = _("须由省联席会议办公室确定")

VALUES: dict[str, Promise] = {
    "yes": _("是"),
    "no": _("否"),
    "office": OFFICE,
    "office decides": OFFICE,
    "office decides who": _("须由省联席会议办公室确定由谁决定"),
    "count": _("计数"),
    "ratio": _("比率"),
    "share": _("占比"),
    "index": _("指数"),
    "qualitative": _("定性，不设数值"),
    "each": _("逐个园区"),
    "higher": _("越高越好"),
    "lower": _("越低越好"),
    "neutral": _("不分高低"),
    "base_year": _("与基年相比"),
    "hard": _("硬性：不满足即不得进行"),
    "soft": _("柔性：须说明理由"),
    "zone": SUBJECTS["zone"],
    "designation": SUBJECTS["designation"],
    "zone_class": _("园区类别"),
    "industry_clusters": _("产业集群台账"),
    "innovation_enterprises": _("创新引领型企业名录"),
    "innovation_platforms": _("创新平台台账"),
    "talent_introductions": _("人才团队引进台账"),
    "quarter;year": _("季度、年度"),
    "text": _("文件原文"),
    "assumed": _("文件未写，为起始设定"),
    "not in the text": _("文件未写"),
    "national rules, assumed": _("按国家规定设定，文件未写"),
    "part text (按规定程序), rest assumed": _("部分见文件（按规定程序），其余为起始设定"),
    "text names the conference and its office, steps assumed": _("文件写明联席会议及其办公室，步骤为起始设定"),
    "text names 省有关部门, rest assumed": _("文件写明省有关部门，其余为起始设定"),
    "warn": _("提醒"),
    "warn, reason required": _("提醒，须说明理由"),
    "block": _("不予通过"),
    "block start, alert": _("不得启动并预警"),
    "block, office may record an exception with document": _("不予通过；省联席会议办公室可凭文件登记例外"),
    "block the split, keep unsplit data": _("不予分成，保留未分成数据"),
    "note in report": _("在报告中注明"),
    "proposes sanction_ladder": _("建议进入惩戒阶梯"),
    "derived from spatial_core, spatial_axis, spatial_region": _("由空间核心、轴带、片区推定"),
    "assessment result, cut set by office": _("考核结果，分界由省联席会议办公室确定"),
}

COLUMN_TYPES: dict[str, Promise] = {
    "text": _("文字"),
    "choice": _("单选"),
    "date": _("日期"),
    "zone": _("园区"),
    "enterprise": _("企业"),
    "money_wan": _("金额（万元）"),
    "bool": _("是否"),
    "count": _("个数"),
    "number": _("数值"),
    "area_mu": _("面积（亩）"),
    "percent": _("百分比"),
}

OPERATORS: dict[str, Promise] = {
    ">=": _("不少于 %(amount)s"),
    "approx": _("约 %(amount)s"),
    "=": _("等于 %(amount)s"),
}
