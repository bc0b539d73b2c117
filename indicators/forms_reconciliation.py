"""Forms of reconciliation and of departments' deliveries (核对与部门数据的表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.enums import Prevailing, Verdict


class _VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("裁定"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择采用园区数还是部门数。")},
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("依据什么、为什么这样裁定。园区和部门都会看到。"),
        error_messages={"required": _("请写明裁定理由：园区和部门都会看到。")},
    )


class DecisionForm(_VerdictForm):
    """A decision on one pair of figures, as they were read."""

    reported = forms.DecimalField(widget=forms.HiddenInput)
    known = forms.DecimalField(widget=forms.HiddenInput)


class BulkDecisionForm(_VerdictForm):
    """One decision on many pairs; `shown` names those that were previewed."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ToleranceForm(forms.Form):
    """How far the two figures of an item may differ, and whose counts until somebody decides."""

    tolerance_pct = forms.DecimalField(
        label=_("容差（%）"),
        max_digits=5,
        decimal_places=2,
        min_value=0,
        widget=forms.NumberInput(attrs={"class": "input-num", "inputmode": "decimal", "step": "0.01"}),
        help_text=_("相差不超过部门数的这个比例，不算差异。"),
    )
    prevailing = forms.ChoiceField(label=_("未裁定之前以谁为准"), choices=Prevailing.choices, widget=forms.RadioSelect)


class DeliveryForm(forms.Form):
    """A department's workbook for a period, with the source of its figures."""

    department = forms.ChoiceField(label=_("部门"))
    period = forms.CharField(label=_("时期"), max_length=7, help_text=_("2025、2025Q1 或 2025-03"))
    file = forms.FileField(
        label=_("文件"),
        help_text=_("按模板填好的 .xlsx，或 .csv；10 MB 以内。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的。请检查后重新选择。")},
    )
    source_note = forms.CharField(
        label=_("来源说明"),
        max_length=240,
        help_text=_("哪份统计、什么日期定稿。每个数字都会带着它。"),
        error_messages={"required": _("请写明来源：没有来源的数字不能采用。")},
    )

    def __init__(self, duties: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = forms.ChoiceField(label=_("部门"), choices=duties)
        if len(duties) == 1:
            self.fields["department"].initial = duties[0][0]
            self.fields["department"].widget = forms.HiddenInput()
