"""Kinds of instruments that carry a policy out."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class InstrumentKind(TextChoices):
    TARGET = "target", _("目标")
    RULE = "rule", _("规则")
    REGISTER = "register", _("台账")
    INDICATOR = "indicator", _("指标")
    CLASSIFICATION = "classification", _("分类")
    PROCEDURE = "procedure", _("程序")
