"""Forms of the acts in a proceeding (考核程序办理). They read what was typed; the services decide."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import Disclosure
from assessments.models import Proceeding, Run
from assessments.selectors import runs_to_replace
from assessments.services.proceedings import LONGEST_WINDOW
from assessments.services.shared import REASON_LENGTH
from assessments.workdays import workday_after

MINUTES_LENGTH = 20_000
PUBLISH_HOUR = 9


class ActForm(forms.Form):
    """An act on a proceeding as it stood when it was read."""

    base_revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, proceeding: Proceeding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proceeding = proceeding
        for name, field in self.fields.items():
            field.widget.attrs["id"] = f"{type(self).__name__.lower()}-{name}"

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class ReasonForm(ActForm):
    reason = forms.CharField(
        label=_("理由"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("记入程序记录，以后查看的人都会看到。"),
    )


class HandBackForm(ReasonForm):
    pass


class ReopenForm(ReasonForm):
    pass


class AbandonForm(ReasonForm):
    pass


class ConfirmForm(ActForm):
    pass


class SubmitForm(ActForm):
    """Minutes and the way of publication; the moment is offered as nine o'clock on the next workday."""

    minutes = forms.CharField(label=_("会议纪要"), max_length=MINUTES_LENGTH, widget=forms.Textarea(attrs={"rows": 6}))
    disclosure = forms.ChoiceField(label=_("公示范围"), choices=Disclosure.choices, widget=forms.RadioSelect)
    top_n = forms.IntegerField(label=_("前若干名"), min_value=1, required=False, help_text=_("只列前若干名时填写"))
    window_days = forms.IntegerField(
        label=_("公示期（工作日）"),
        min_value=1,
        max_value=LONGEST_WINDOW,
        help_text=_("自公示次日起算，按工作日历跳过节假日"),
    )
    publish_at = forms.DateTimeField(
        label=_("公示时刻"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("到时自动公示；在此之前除办公室外无人可见"),
    )

    def __init__(self, *args: Any, proceeding: Proceeding, **kwargs: Any) -> None:
        opening = datetime.combine(workday_after(timezone.localdate(), 1), time(PUBLISH_HOUR))
        known = {name: getattr(proceeding, name) for name in ("minutes", "disclosure", "top_n", "window_days")}
        initial = {"publish_at": opening, **known, **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, proceeding=proceeding, initial=initial, **kwargs)


class ReplaceForm(ReasonForm):
    run = forms.ModelChoiceField(label=_("新的计算"), queryset=Run.objects.none(), empty_label=None)

    def __init__(self, *args: Any, proceeding: Proceeding, **kwargs: Any) -> None:
        super().__init__(*args, proceeding=proceeding, **kwargs)
        self.fields["run"].queryset = runs_to_replace(proceeding)  # type: ignore[attr-defined]


class FinaliseForm(ActForm):
    """`seen`: the digest of the changes that the page showed beside the form."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    bulletin_number = forms.CharField(label=_("通报文号"), max_length=60, help_text=_("例如：豫集聚办〔2025〕5号"))

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        return given | {"seen": given["seen"] or None}


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("异议内容"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写明对哪一项、为什么有异议，希望如何更正。"),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("答复"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("园区会看到答复全文。"),
    )
