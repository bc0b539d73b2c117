"""What follows a verdict, as data (结果运用的规则): the values the policy leaves open, and the paths between classes.

Nothing here looks at the database; `assessments.selectors.consequences` puts the office's own values over these.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.enums import LADDER, ChangeDirection, MeasureStep
from parks.enums import DesignationLevel, ZoneClass

OFFICE = "省产业集聚区发展联席会议办公室"
PROVINCE = "省政府"


@dataclass(frozen=True)
class Setting:
    """A value the policy does not give: a starting value until `decider` has decided; None = not set."""

    key: str
    default: int | None
    least: int
    most: int
    unit: str
    name: Promise
    decider: str
    clauses: tuple[str, ...]
    note: Promise

    @property
    def unit_label(self) -> str:
        """The unit in the reader's language."""
        return str(_UNITS[self.unit])


_UNITS = {
    "级": pgettext_lazy("unit", "级"),
    "年": pgettext_lazy("unit", "年"),
    "天": pgettext_lazy("unit", "天"),
    "%": "%",
}
_STEPS = len(LADDER)

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting("watch_step", 1, 1, _STEPS, "级", _("“重点关注”从第几级措施开始"), OFFICE, ("P198",),
                _("政策列出五级措施，未定何种结果从哪一级开始")),
        Setting("demote_step", 3, 1, _STEPS, "级", _("“降级”从第几级措施开始"), OFFICE, ("P198",),
                _("2014 年降级的集聚区须查找问题、制定改进措施，故暂从限期整改开始")),
        Setting("exit_step", 5, 1, _STEPS, "级", _("“退出”对应第几级措施"), PROVINCE, ("P198",),
                _("政策以“撤销”为最后一级，退出由谁决定未定")),
        Setting("automatic_limit", 3, 1, _STEPS, "级", _("随考核决定自动升到的最高一级"), PROVINCE, ("P198",),
                _("政策未定各级由谁决定；核减面积和撤销暂不随“重点关注”自动采取")),
        Setting("memory_years", 3, 0, 20, "年", _("以往措施计入的年数"), OFFICE, ("P197d", "P198"),
                _("“长期”的年数和以往措施是否计入，政策未定")),
        Setting("days_warning", 180, 1, 3650, "天", _("警告的期限"), OFFICE, ("P198",), _("政策未定期限")),
        Setting("days_notice", 180, 1, 3650, "天", _("通报的期限"), OFFICE, ("P198",), _("政策未定期限")),
        Setting("days_correction", 365, 1, 3650, "天", _("限期整改的期限"), OFFICE, ("P198",), _("政策未定期限")),
        Setting("days_area_cut", 365, 1, 3650, "天", _("核减面积的期限"), PROVINCE, ("P198",), _("政策未定期限")),
        Setting("days_revocation", None, 1, 3650, "天", _("撤销的期限"), PROVINCE, ("P198",),
                _("以批准文件为准，不设期限")),
        Setting("tier_cut", 50, 1, 99, "%", _("位次在前百分之几为“发展质量较高”"), OFFICE, ("P042",),
                _("政策分“发展质量较高”和“发展水平较低”，未定界线")),
    )
}  # fmt: skip


GROUNDS: dict[str, Promise] = {
    "P197a": _("对资源要素利用率低"),
    "P197b": _("环保不达标"),
    "P197c": _("安全生产隐患多"),
    "P197d": _("长期效益不好"),
    "P197e": _("管理不善"),
}
"""The five grounds of 十（四） on which a measure may be ordered, by their clause."""


def days_key(step: str) -> str:
    """The setting that says how long a step of the ladder has."""
    return f"days_{step}"


def number_of(step: str) -> int:
    """The step's place on the ladder, from 1."""
    return LADDER.index(MeasureStep(step)) + 1


def step_at(number: int) -> MeasureStep:
    """The step at a place; beyond the last it stays the last."""
    return LADDER[min(max(number, 1), _STEPS) - 1]


@dataclass(frozen=True)
class Path:
    """A way from one plate to another (类别路径); without `to_class` the plate ends and no other begins.

    `approver` is who approves it; `certainty` says whether that is published or a starting assumption.
    """

    key: str
    direction: ChangeDirection
    from_class: ZoneClass | None
    from_level: DesignationLevel | None
    to_class: ZoneClass | None
    to_level: DesignationLevel | None
    label: Promise
    clauses: tuple[str, ...]
    approver: str
    certainty: str = "assumed"
    ends_old: bool = True
    source: str = ""

    def starts_at(self, zone_class: str, level: str) -> bool:
        return self.from_class in (None, zone_class) and self.from_level in (None, level)


_UP, _DOWN, _OUT = ChangeDirection.UP, ChangeDirection.DOWN, ChangeDirection.OUT
_C, _E, _H, _B = ZoneClass.CLUSTER, ZoneClass.ETDZ, ZoneClass.HTZ, ZoneClass.CUSTOMS
_DESIGNATED, _PROVINCIAL, _NATIONAL = (
    DesignationLevel.PROVINCE_DESIGNATED,
    DesignationLevel.PROVINCIAL,
    DesignationLevel.NATIONAL,
)
STATE_COUNCIL = "国务院"
HENAN_2014 = "河南省 2014 年度产业集聚区动态调整通报"
MOFCOM_2021 = "国家级经济技术开发区综合发展水平考核评价办法（2021年版）"

PATHS: tuple[Path, ...] = (
    Path("cluster-etdz", _UP, _C, _DESIGNATED, _E, _PROVINCIAL, _("省级经济技术开发区"), ("P035", "P050"), PROVINCE),
    Path("cluster-htz", _UP, _C, _DESIGNATED, _H, _PROVINCIAL, _("省级高新技术产业开发区"), ("P035", "P055"), PROVINCE),
    Path("cluster-provincial", _UP, _C, _DESIGNATED, _C, _PROVINCIAL, _("省级开发区"), ("P035",), PROVINCE),
    Path("cluster-etdz-national", _UP, _C, None, _E, _NATIONAL, _("国家级经济技术开发区"), ("P035",), STATE_COUNCIL),
    Path("cluster-htz-national", _UP, _C, None, _H, _NATIONAL, _("国家级高新技术产业开发区"), ("P035",), STATE_COUNCIL),
    Path("etdz-national", _UP, _E, _PROVINCIAL, _E, _NATIONAL, _("国家级经济技术开发区"), ("P049",), STATE_COUNCIL,
         "published", source=MOFCOM_2021),
    Path("htz-national", _UP, _H, _PROVINCIAL, _H, _NATIONAL, _("国家级高新技术产业开发区"), ("P054",), STATE_COUNCIL),
    Path("bonded-zone", _UP, None, None, _B, _NATIONAL, _("区内设立综合保税区"), ("P061", "P134"), STATE_COUNCIL,
         ends_old=False),
    Path("cluster-municipal", _DOWN, _C, _DESIGNATED, None, None, _("调整为市级专业园区，不再是省定产业集聚区"),
         ("P195",), PROVINCE, "published", source=HENAN_2014),
    Path("cluster-provincial-down", _DOWN, _C, _PROVINCIAL, _C, _DESIGNATED, _("省定产业集聚区"), ("P195",), PROVINCE),
    Path("etdz-down", _DOWN, _E, _NATIONAL, _E, _PROVINCIAL, _("省级经济技术开发区"), ("P195",), STATE_COUNCIL),
    Path("etdz-cluster", _DOWN, _E, _PROVINCIAL, _C, _DESIGNATED, _("省定产业集聚区"), ("P195",), PROVINCE),
    Path("htz-down", _DOWN, _H, _NATIONAL, _H, _PROVINCIAL, _("省级高新技术产业开发区"), ("P195",), STATE_COUNCIL),
    Path("htz-cluster", _DOWN, _H, _PROVINCIAL, _C, _DESIGNATED, _("省定产业集聚区"), ("P195",), PROVINCE),
    Path("out-national", _OUT, None, _NATIONAL, None, None, _("退出国家级序列，撤销称号"), ("P195", "P198"),
         STATE_COUNCIL, "published", source=MOFCOM_2021),
    Path("out-provincial", _OUT, None, _PROVINCIAL, None, None, _("撤销省级称号"), ("P195", "P198"), PROVINCE),
    Path("out-designated", _OUT, None, _DESIGNATED, None, None, _("撤销省定称号"), ("P195", "P198"), PROVINCE),
)  # fmt: skip


def paths_from(zone_class: str, level: str, direction: str) -> list[Path]:
    """The ways open to a plate; where none leads down (a national customs zone), only those out of the series."""
    found = [path for path in PATHS if path.direction == direction and path.starts_at(zone_class, level)]
    if not found and direction == _DOWN:
        return paths_from(zone_class, level, _OUT)
    # A bonded zone inside is no rise of a customs zone.
    return [path for path in found if not (path.key == "bonded-zone" and zone_class == _B)]


def path_named(key: str) -> Path:
    """Raises KeyError for an unknown path."""
    return {path.key: path for path in PATHS}[key]


LEVEL_ABOVE: dict[str, DesignationLevel] = {_DESIGNATED: _PROVINCIAL, _PROVINCIAL: _NATIONAL}
"""The level whose list of candidates a promoted zone is put on; a national one has none above it."""
