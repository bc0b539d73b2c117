"""Forms that start a run and record an incident (发起考核、登记事故和问题)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import SEVERITIES, Severity
from assessments.models import Scheme
from assessments.selectors import assessable_years
from assessments.selectors.incidents import kinds_of
from assessments.selectors.methods import version_key
from parks.models import Zone


class StartForm(forms.Form):
    scheme = forms.ModelChoiceField(
        label=_("考核办法"), queryset=Scheme.objects.none(), empty_label=_("请选择考核办法")
    )
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Scheme.objects.published().visible_to(user)
        self.fields["scheme"].queryset = own.defer("text")  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, str(year)) for year in assessable_years()]  # type: ignore[attr-defined]
        schemes = list(self.fields["scheme"].queryset)  # type: ignore[attr-defined]
        self.fields["scheme"].choices = [("", _("请选择考核办法")), *_told_apart(schemes)]  # type: ignore[attr-defined]


def _told_apart(schemes: list[Scheme]) -> list[tuple[int, str]]:
    """The schemes by name, the newest versions first, those with a newer version marked."""
    newest: dict[str, str] = {}
    for scheme in schemes:
        newest[scheme.code] = max(newest.get(scheme.code, scheme.version), scheme.version, key=version_key)
    told = []
    for scheme in sorted(schemes, key=lambda scheme: scheme.version != newest[scheme.code]):
        above = newest[scheme.code]
        replaced = "" if above == scheme.version else str(_("（有新版本 %(version)s）")) % {"version": above}
        told.append((scheme.pk, f"{scheme}{replaced}"))
    return told


class IncidentForm(forms.Form):
    """What to record; `grade` is kind and severity in one, the choices being those of the user."""

    zone = forms.ModelChoiceField(label=_("所属园区"), queryset=Zone.objects.none(), empty_label=_("请选择园区"))
    grade = forms.ChoiceField(label=_("类别和程度"))
    on = forms.DateField(label=_("发生日期"), widget=forms.DateInput(attrs={"type": "date"}))
    title = forms.CharField(label=_("事由"), max_length=160, help_text=_("一句话：何时何地发生何事、后果如何"))
    document_number = forms.CharField(
        label=_("文号"), max_length=80, help_text=_("调查报告、处罚决定、督察反馈等的文号")
    )
    issuer = forms.CharField(label=_("发文机关"), max_length=80)
    documents = forms.FileField(
        label=_("文件"), required=False, help_text=_("PDF、OFD、DOCX、XLSX、PNG、JPG，最大 20 MB")
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = Zone.objects.visible_to(user, Permission.INCIDENT_RECORD).order_by("city__code", "code")
        self.fields["zone"].queryset = zones  # type: ignore[attr-defined]
        self.fields["grade"].choices = [("", _("请选择"))] + [  # type: ignore[attr-defined]
            (kind.label, [(f"{kind}:{grade}", f"{kind.label} · {Severity(grade).label}") for grade in SEVERITIES[kind]])
            for kind in kinds_of(user)
        ]
