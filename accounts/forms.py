"""Forms of the key page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import ApiScope
from accounts.models import User
from accounts.services import MAX_DAYS, scopes_open_to


class ApiKeyForm(forms.Form):
    """A new key; only scopes within the user's own rights are offered."""

    name = forms.CharField(label=_("用途"), max_length=80, help_text=_("例如：市局数据平台每日取数"))
    scopes = forms.MultipleChoiceField(
        label=pgettext_lazy("api key", "范围"), widget=forms.CheckboxSelectMultiple, initial=[ApiScope.READ]
    )
    days = forms.IntegerField(
        label=_("有效期（天）"), min_value=1, max_value=MAX_DAYS, initial=90, help_text=_("最长 365 天")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_scopes = scopes_open_to(user)
        self.fields["scopes"].choices = [choice for choice in ApiScope.choices if choice[0] in open_scopes]  # type: ignore[attr-defined]
