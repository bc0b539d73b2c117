"""Rules whose facts nobody registers yet (尚不能检查的规则): they say what they need, and are not taken for fulfilled."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compliance.enums import Subject
from compliance.rules.base import waiting

waiting(key="differential_policy", instrument="differential_policy", subject=Subject.CITY, name=_("差别化资源配置"),
        needs=_("需要企业分类综合评价的定稿结果，以及按类别登记的差别化政策"), terms=("difference",))  # fmt: skip
