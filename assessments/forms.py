"""The form that starts a run (发起考核)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import Scheme
from assessments.selectors import assessable_years


class StartForm(forms.Form):
    scheme = forms.ModelChoiceField(
        label=_("考核办法"), queryset=Scheme.objects.published().defer("text"), empty_label=_("请选择考核办法")
    )
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in assessable_years()]  # type: ignore[attr-defined]
