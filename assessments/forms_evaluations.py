"""Forms of evaluations of enterprises (企业综合评价表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from assessments.engine import Scheme as Method
from assessments.models import Evaluation, Scheme
from assessments.selectors.evaluations import evaluable_places, evaluable_years, usable_schemes
from assessments.selectors.methods import method_of, spoken
from assessments.words import SETTING_UNITS, basis_words, word
from parks.models import Region, Zone

SCALES = (("above", pgettext_lazy("enterprises", "规模以上")), ("below", _("规模以下")))
SETTING = "setting_"


class EvaluationForm(forms.Form):
    """What to evaluate: method, year, territory, enterprises above or below scale."""

    scheme = forms.ChoiceField(label=_("评价办法"))
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)
    place = forms.ChoiceField(label=_("评价范围"))
    scale = forms.ChoiceField(label=_("企业规模"), choices=SCALES)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schemes = {str(scheme.pk): scheme for scheme in usable_schemes()}
        self.places = {_key(place): place for place in evaluable_places(user)}
        last = Evaluation.objects.order_by("-pk").values_list("scheme_id", flat=True).first()
        self.fields["scheme"].initial = str(last) if last else None
        self._choices("scheme", [(pk, str(scheme)) for pk, scheme in self.schemes.items()])
        self._choices("year", [(year, str(year)) for year in evaluable_years()])
        self._choices("place", [(key, _label(place)) for key, place in self.places.items()])

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def is_possible(self) -> bool:
        """Whether there is a method, a year and a place to choose."""
        return all(self.fields[name].choices for name in ("scheme", "year", "place"))  # type: ignore[attr-defined]

    @property
    def chosen_scheme(self) -> Scheme:
        return self.schemes[self.cleaned_data["scheme"]]

    @property
    def chosen_place(self) -> Region | Zone:
        return self.places[self.cleaned_data["place"]]

    @property
    def above_scale(self) -> bool:
        return bool(self.cleaned_data["scale"] == "above")


class SettingsForm(forms.Form):
    """The method's settings with their values, each with who decides; other values want the paper they rest on."""

    settings_basis = forms.CharField(
        label=_("改用其他值的依据"),
        required=False,
        max_length=240,
        help_text=_("文件名称和文号；都用办法的值则不填。"),
    )

    def __init__(self, scheme: Scheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method: Method = method_of(scheme.text)
        for name, setting in self.method.settings.items():
            unit = word(SETTING_UNITS, setting.unit)
            self.fields[f"{SETTING}{name}"] = forms.FloatField(
                label=f"{spoken(setting)}（{unit}）" if unit else spoken(setting),
                required=False,
                initial=None if setting.value is None else f"{setting.value:g}",
                help_text=basis_words(setting.basis),
                min_value=0,
                widget=forms.NumberInput({"step": "any"}),
            )
        self.order_fields([*(f"{SETTING}{name}" for name in self.method.settings), "settings_basis"])

    @property
    def settings(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(SETTING)]

    @property
    def values(self) -> dict[str, float]:
        """What was written, by the setting's name; one left blank keeps the method's value."""
        written = {
            name.removeprefix(SETTING): value for name, value in self.cleaned_data.items() if name.startswith(SETTING)
        }
        return {name: value for name, value in written.items() if value is not None}


class FinalForm(forms.Form):
    """The paper that announced the classes."""

    final_document = forms.CharField(label=_("公布文号"), max_length=80)
    final_on = forms.DateField(label=_("公布日期"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    final_note = forms.CharField(
        label=_("公示和异议情况"), required=False, max_length=500, widget=forms.Textarea({"rows": 3})
    )


def _key(place: Region | Zone) -> str:
    return f"zone:{place.code}" if isinstance(place, Zone) else f"region:{place.code}"


def _label(place: Region | Zone) -> str:
    return f"{place.code} {place.name}" if isinstance(place, Zone) else place.label
