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
