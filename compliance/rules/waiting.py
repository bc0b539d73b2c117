"""Rules whose facts nobody registers yet (尚不能检查的规则): they say what they need, and are not taken for fulfilled."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compliance.enums import Subject
from compliance.rules.base import waiting

waiting(key="layout_basis", instrument="layout_basis", subject=Subject.ZONE, name=_("布局定位综合依据"),
        needs=_("需要设立、整合、扩区、调区的申请档案，含承载能力、产业基础、发展潜力三项依据"), terms=("carrying_capacity",))  # fmt: skip
waiting(key="differential_policy", instrument="differential_policy", subject=Subject.CITY, name=_("差别化资源配置"),
        needs=_("需要企业分类综合评价的定稿结果，以及按类别登记的差别化政策"), terms=("difference",))  # fmt: skip
waiting(key="land_quota_priority", instrument="land_quota_priority", subject=Subject.ZONE, name=_("用地指标倾斜"),
        needs=_("需要土地集约利用评价的位次，以及新增建设用地指标的申请和分配记录"), terms=("land_lean",))  # fmt: skip
waiting(key="eia_required", instrument="eia_required", subject=Subject.ZONE, name=_("环境影响评价"),
        needs=_("需要规划环评和项目环评的批复日期、文号和项目开工日期"))  # fmt: skip
waiting(key="environmental_access", instrument="environmental_access", subject=Subject.ZONE, name=_("环境准入"),
        needs=_("需要各园区的准入清单和每个签约项目的准入核对结果"))  # fmt: skip
waiting(key="emission_quota_priority", instrument="emission_quota_priority", subject=Subject.ZONE, name=_("排污指标优先分配"),
        needs=_("需要减排腾出的排污指标分配记录；能源消费存量削减量的基年待定"), terms=("quota_base_year",))  # fmt: skip
waiting(key="plan_conformity", instrument="plan_conformity", subject=Subject.ZONE, name=_("三项上位规划相符"),
        needs=_("需要设立、扩区、调区、升级的申请档案，含三项规划相符的核对文件"))  # fmt: skip
waiting(key="multi_plan_unity", instrument="multi_plan_unity", subject=Subject.ZONE, name=_("多规合一"),
        needs=_("需要各园区产业、土地、城市、生态、公共设施五类规划一致的核对结果"), terms=("agreement",))  # fmt: skip
waiting(key="rolling_development", instrument="rolling_development", subject=Subject.ZONE, name=_("滚动开发"),
        needs=_("需要各园区的开发分期，以及地块和项目所在的分期"))  # fmt: skip
waiting(key="expansion_conditions", instrument="expansion_conditions", subject=Subject.ZONE, name=_("扩区条件"),
        needs=_("需要扩区申请档案、土地集约利用评价得分；建成率和得分的下限待定"),
        terms=("built_out", "land_standard", "modest_expansion"))  # fmt: skip
waiting(key="adjustment_conditions", instrument="adjustment_conditions", subject=Subject.ZONE, name=_("调区条件"),
        needs=_("需要调区申请档案，含所列原因和证明"), terms=("other_reasons",))  # fmt: skip
waiting(key="priority_for_good_results", instrument="priority_for_good_results", subject=Subject.ZONE, name=_("考核结果好的优先"),
        needs=_("需要扩区、升级申请的先后次序；申报待遇见各园区的结果运用"), terms=("good_results",))  # fmt: skip
waiting(key="sanction_blocks_catalogue", instrument="sanction_blocks_catalogue", subject=Subject.ZONE, name=_("问题园区不得申报目录"),
        needs=_("需要目录申报档案，含申报日期"))  # fmt: skip
