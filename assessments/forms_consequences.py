"""Forms of acts on measures, changes of designations and open settings (结果运用表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.ladder import LADDER, number_of
from assessments.models import DesignationChange, Measure
from assessments.selectors.consequences import paths_of


class _Reasoned(forms.Form):
    """What every act on a measure needs: why, and the document that says so."""

    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    document = forms.CharField(label=_("文号"), max_length=80)


class MeasureEndForm(_Reasoned):
    """Lift a measure, or record that it is done."""


class MeasureEscalateForm(_Reasoned):
    """Put a higher step in its place."""

    step = forms.ChoiceField(label=_("升为"))
    due = forms.DateField(
        label=_("期限"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填时按设定的天数计算"),
    )
    field_order = ("step", "due", "reason", "document")

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = LADDER[number_of(measure.step) :]
        self.fields["step"].choices = [(step.value, step.label) for step in above]  # type: ignore[attr-defined]


class ChangeRecordForm(forms.Form):
    """The approval of a designation's change."""

    path = forms.ChoiceField(label=_("路径"))
    name = forms.CharField(label=_("新称号名称"), max_length=80, required=False, help_text=_("没有新称号的路径不填"))
    document = forms.CharField(label=_("批准文号"), max_length=60)
    approved_on = forms.DateField(label=_("批准日期"), widget=forms.DateInput(attrs={"type": "date"}))
    effective_on = forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("原称号自此日失效，新称号自此日生效"),
    )
    ends_old = forms.TypedChoiceField(
        label=_("原称号"),
        required=False,
        choices=[
            ("", _("按路径：区内设立综合保税区的保留，其余终止")),
            ("yes", pgettext_lazy("old designation", "终止")),
            ("no", pgettext_lazy("old designation", "保留")),
        ],
        coerce=lambda choice: choice == "yes",
        empty_value=None,
    )
    note = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, change: DesignationChange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["path"].choices = [(path.key, path.label) for path in paths_of(change)]  # type: ignore[attr-defined]


class ChangeDropForm(forms.Form):
    """A change that was not approved."""

    reason = forms.CharField(label=_("未获批准的理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    document = forms.CharField(label=_("文号"), max_length=60, required=False)


class SettingForm(forms.Form):
    """One open value and the document it rests on."""

    value = forms.IntegerField(label=_("取值"), required=False)
    document = forms.CharField(label=_("依据"), max_length=120)
