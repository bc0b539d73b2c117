"""Forms of exemptions and tasks (例外与任务表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from compliance.enums import TASK_MOVES, TaskStatus
from compliance.models import Task
from parks.models import Region
from policy.models import Document, Provision


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class ExemptionForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    basis = forms.CharField(label=_("依据文件"), max_length=160)
    until = _day(_("有效期至"))


class AssignForm(forms.Form):
    """Provisions by chapter or one by one, a lead department, cities, a day."""

    chapter = forms.ChoiceField(label=_("整章分解"), required=False)
    provisions = forms.ModelMultipleChoiceField(
        label=_("或逐条选择"),
        queryset=Provision.objects.none(),
        required=False,
        to_field_name="code",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    lead = forms.ChoiceField(label=_("牵头部门"), choices=Duty.choices)
    own = forms.BooleanField(label=_("牵头部门自己一项"), required=False, initial=True)
    every_city = forms.BooleanField(label=_("全部省辖市各一项"), required=False)
    cities = forms.ModelMultipleChoiceField(
        label=_("或选择省辖市"),
        queryset=Region.objects.none(),
        required=False,
        to_field_name="code",
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    deadline = _day(_("期限"))
    work = forms.CharField(
        label=_("任务内容"), required=False, max_length=240, help_text=_("空白即条款原文；多条一起分解时一般留空")
    )

    def __init__(self, document: Document, chapters: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        self.fields["chapter"].choices = [("", _("不按章")), *chapters]  # type: ignore[attr-defined]
        held = document.provisions.order_by("start", "end", "code")
        self.fields["provisions"].queryset = held  # type: ignore[attr-defined]
        self.fields["provisions"].label_from_instance = lambda row: f"{row.code} {row.quote[:28]}"  # type: ignore[attr-defined]
        cities = Region.objects.cities().filter(code__startswith=document.region_prefix)
        self.fields["cities"].queryset = cities.order_by("code")  # type: ignore[attr-defined]

    def chosen_provisions(self) -> list[Provision]:
        """Those of the chapter, else the ones picked."""
        chapter = self.cleaned_data["chapter"]
        if not chapter:
            return list(self.cleaned_data["provisions"])
        rows = self.document.provisions.filter(section__regex=rf"^{chapter}([(（0-9]|$)")
        return list(rows)

    def chosen_cities(self) -> list[Region | None]:
        found: list[Region | None] = [None] if self.cleaned_data["own"] else []
        queryset = self.fields["cities"].queryset  # type: ignore[attr-defined]
        return [*found, *(queryset if self.cleaned_data["every_city"] else self.cleaned_data["cities"])]


class ReportForm(forms.Form):
    text = forms.CharField(label=_("进展"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    percent = forms.IntegerField(label=_("进度（%）"), min_value=0, max_value=100)
    status = forms.ChoiceField(label=_("状态"))
    base_revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, task: Task, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moves = [task.status, *(status for status in TaskStatus if status in TASK_MOVES[task.status])]
        allowed = [
            status for status in moves if status not in {TaskStatus.OVERDUE, TaskStatus.OPEN} or status == task.status
        ]
        labels = dict(TaskStatus.choices)
        self.fields["status"].choices = [(status, labels[status]) for status in allowed]  # type: ignore[attr-defined]


class ExtendForm(forms.Form):
    deadline = _day(_("新期限"))
    text = forms.CharField(label=_("理由"), max_length=2000)
    base_revision = forms.IntegerField(widget=forms.HiddenInput)
