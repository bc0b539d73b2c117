"""Kinds of instruments that carry a policy out."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InstrumentKind(TextChoices):
    TARGET = "target", _("目标")
    RULE = "rule", _("规则")
    REGISTER = "register", _("台账")
    INDICATOR = "indicator", _("指标")
    CLASSIFICATION = "classification", _("分类")
    PROCEDURE = "procedure", _("程序")

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
