"""Kinds of instruments that carry a policy out."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class InstrumentKind(TextChoices):
    TARGET = "target", pgettext_lazy("instrument kind", "目标")
    RULE = "rule", pgettext_lazy("instrument kind", "规则")
    REGISTER = "register", pgettext_lazy("instrument kind", "台账")
    INDICATOR = "indicator", pgettext_lazy("instrument kind", "指标")
    CLASSIFICATION = "classification", pgettext_lazy("instrument kind", "分类")
    PROCEDURE = "procedure", pgettext_lazy("instrument kind", "程序")

    @property
    def letter(self) -> Promise:
        """The sign that tells the kind in the text without colour."""
        return LETTERS[self]


LETTERS: dict[InstrumentKind, Promise] = {
    InstrumentKind.TARGET: pgettext_lazy("kind sign", "标"),
    InstrumentKind.RULE: pgettext_lazy("kind sign", "规"),
    InstrumentKind.REGISTER: pgettext_lazy("kind sign", "账"),
    InstrumentKind.INDICATOR: pgettext_lazy("kind sign", "指"),
    InstrumentKind.CLASSIFICATION: pgettext_lazy("kind sign", "类"),
    InstrumentKind.PROCEDURE: pgettext_lazy("kind sign", "程"),
}


class ProvisionStatus(TextChoices):
    """How a provision stands (条款现状), the most pressing first; each provision has exactly one."""

    BREACH = "breach", pgettext_lazy("provision", "有不符")
    BEHIND = "behind", pgettext_lazy("provision", "滞后")
    UNDECIDED = "undecided", pgettext_lazy("provision", "待定")
    NO_DATA = "no_data", pgettext_lazy("provision", "尚无数据")
    CARRIED = "carried", pgettext_lazy("provision", "已落实")
    OPEN = "open", pgettext_lazy("provision", "尚未落实")


CARRIED_OUT = frozenset(ProvisionStatus) - {ProvisionStatus.OPEN}
"""Something carries the provision out, however it stands."""
