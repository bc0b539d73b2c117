"""Forms of lineage: what became of a zone, how its statistics are split (沿革与分成表单). Services decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parks.enums import SuccessionKind
from parks.models import Region, StatisticalShare, Zone, ZoneSuccession

ROWS = 5
FIRST_YEAR = 2009  # the first provincial zones of the kind were designated in that year


class SuccessionForm(forms.ModelForm[ZoneSuccession]):
    """How, when and by which document a zone ended."""

    class Meta:
        model = ZoneSuccession
        fields = ("kind", "on", "document", "note")
        widgets = {"on": forms.DateInput(attrs={"type": "date"})}

    kind = forms.ChoiceField(label=gettext_lazy("方式"), choices=SuccessionKind.choices)


class SplitForm(forms.ModelForm[StatisticalShare]):
    """From which year and by which agreement statistics are split."""

    class Meta:
        model = StatisticalShare
        fields = ("from_year", "document")

    from_year = forms.IntegerField(label=gettext_lazy("起始年度"), min_value=FIRST_YEAR, max_value=2100)


class ZoneChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.name}"


class RegionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.parent.label} {obj.label}" if obj.parent else f"{obj.code} {obj.label}"


class ShareRow(forms.Form):
    """A party and its share; an empty row counts for nothing."""

    party: forms.ModelChoiceField
    share = forms.DecimalField(
        label=gettext_lazy("份额（%）"),
        max_digits=7,
        decimal_places=4,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and (data.get("party") is None) != (data.get("share") is None):
            raise ValidationError(_("请同时填写对象和份额，或将这一行全部留空。"))
        return data


class SuccessorRow(ShareRow):
    party = ZoneChoice(
        label=gettext_lazy("承继园区"), queryset=Zone.objects.order_by("code"), required=False, empty_label="—"
    )


class RegionRow(ShareRow):
    party = RegionChoice(
        label=gettext_lazy("县（市、区）"),
        queryset=Region.objects.county_level().select_related("parent").order_by("code"),
        required=False,
        empty_label="—",
    )


class ShareRows(forms.BaseFormSet[ShareRow]):
    """Rows of parties and shares; a party stands in one row only."""

    def clean(self) -> None:
        parties = [form.cleaned_data.get("party") for form in self.forms if form.is_valid()]
        named = [party for party in parties if party is not None]
        if len(named) > len(set(named)):
            raise ValidationError(_("同一对象出现在多行。请合并为一行。"))

    @property
    def shares(self) -> dict[Any, Decimal]:
        rows = [form.cleaned_data for form in self.forms]
        return {row["party"]: row["share"] for row in rows if row.get("party") is not None}


SuccessorRows: type[ShareRows] = forms.formset_factory(SuccessorRow, formset=ShareRows, extra=ROWS)  # type: ignore[assignment]
RegionRows: type[ShareRows] = forms.formset_factory(RegionRow, formset=ShareRows, extra=ROWS)  # type: ignore[assignment]
