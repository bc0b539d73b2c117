"""Forms of acts on measures, changes of designations and open settings (结果运用表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import MeasureStep
from assessments.ladder import GROUNDS, LADDER, number_of
from assessments.models import DesignationChange, Measure
from assessments.selectors.consequences import paths_of
from parks.models import Zone


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


class MeasureOrderForm(forms.Form):
    """A measure that an authority ordered outside a decision, with its document."""

    zone = forms.ModelChoiceField(
        label=pgettext_lazy("one", "园区"), queryset=Zone.objects.none(), empty_label=_("请选择园区")
    )
    step = forms.ChoiceField(label=_("措施"), choices=[("", _("请选择")), *MeasureStep.choices])
    issuer = forms.CharField(label=_("决定机关"), max_length=80, help_text=_("例如：河南省人民政府"))
    document_number = forms.CharField(label=_("文号"), max_length=80)
    document_date = forms.DateField(label=_("文件日期"), widget=forms.DateInput(attrs={"type": "date"}))
    taken_on = forms.DateField(
        label=_("采取日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("自这一天起计入阶梯，不早于文件日期"),
    )
    due = forms.DateField(
        label=_("期限"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填时自采取日期起按设定的天数计算"),
    )
    documents = forms.FileField(
        label=_("文件"),
        help_text=_("PDF、OFD、DOCX、XLSX、PNG、JPG，最大 20 MB"),
        error_messages={"required": _("请附上文件。没有文件的措施无法核查。")},
    )
    grounds = forms.MultipleChoiceField(
        label=_("十（四）的情形"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(clause, format_lazy("{} {}", clause, words)) for clause, words in GROUNDS.items()],
        help_text=_("文件写明的情形；没有写明的不选。措施本身依据 P198"),
    )
    reason = forms.CharField(
        label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("园区会看到全文")
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = Zone.objects.visible_to(user, Permission.RUN_VIEW).order_by("city__code", "code")
        self.fields["zone"].queryset = zones  # type: ignore[attr-defined]


class OrderAnswerForm(forms.Form):
    """Refuse an order, or take one's own back."""

    base_revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class OrderConfirmForm(forms.Form):
    base_revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


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
