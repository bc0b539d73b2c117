"""Forms of collection: one cell, a reason, a province-wide figure (填报表单). They read what was typed; services decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.numbers import NotANumber, read_number
from indicators.enums import Absence
from indicators.models import Indicator


def parse_number(text: str, units: tuple[str, ...] = ()) -> Decimal | None:
    """What was typed as a number: "１,234.5" and "1234.5 万元" (its own unit) are read, "12万" and "约 3" are not.

    None for empty text. The same rules stand in static/js/number-text.js for the message while typing.
    Raises ValidationError that says what is wrong and how to mend it.
    """
    try:
        return read_number(text, units)
    except NotANumber as error:
        if error.too_long:
            raise ValidationError(_("数字过长：整数部分最多 16 位。请核对单位。")) from None
        message = _("“%(text)s”不是数字。请只填数字，例如 1234.5，不写单位；没有数字时用“不适用”或“暂缺”。")
        raise ValidationError(message, params={"text": text[:40]}) from None


class CellForm(forms.Form):
    """One cell as the page sends it: number text, absence, comment, and the revision it was based on."""

    number = forms.CharField(required=False, max_length=60)
    absence = forms.ChoiceField(required=False, choices=[("", ""), *Absence.choices])
    comment = forms.CharField(required=False, max_length=500)
    base_revision = forms.IntegerField(min_value=0)

    def __init__(self, indicator: Indicator, *args: Any, **kwargs: Any) -> None:
        self.indicator = indicator
        super().__init__(*args, **kwargs)

    def clean_number(self) -> Decimal | None:
        return parse_number(self.cleaned_data["number"], (self.indicator.unit, self.indicator.unit_en))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("number") is not None and cleaned.get("absence"):
            raise ValidationError(_("已填数字，就不能再选“不适用”或“暂缺”。请去掉其中一个。"))
        return cleaned

    @property
    def messages(self) -> list[str]:
        return [str(message) for errors in self.errors.values() for message in errors]


class ReasonForm(forms.Form):
    """Why a return goes back as a whole (退回理由); reasons at single cells stand beside it. The park reads them as written."""

    reason = forms.CharField(required=False, max_length=2000)
    base_revision = forms.IntegerField()


class RevisionForm(forms.Form):
    """An act on a return as it stood when it was read."""

    base_revision = forms.IntegerField(widget=forms.HiddenInput)


class ProvinceValueForm(forms.Form):
    """A province-wide figure for a year with its source (全省数据)."""

    number = forms.CharField(
        label=gettext_lazy("数值"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "input-num", "inputmode": "decimal"}),
        error_messages={"required": gettext_lazy("请填写数值。")},
    )
    source_note = forms.CharField(
        label=gettext_lazy("来源说明"),
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("哪个部门、哪份文件或报表、什么日期。"),
        error_messages={"required": gettext_lazy("请写明来源：没有来源的数字不能采用。")},
    )

    def __init__(self, indicator: Indicator, *args: Any, **kwargs: Any) -> None:
        self.indicator = indicator
        super().__init__(*args, **kwargs)

    def clean_number(self) -> Decimal:
        number = parse_number(self.cleaned_data["number"], (self.indicator.unit, self.indicator.unit_en))
        if number is None:
            raise ValidationError(_("请填写数值。"))
        return number
