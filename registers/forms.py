"""Forms of registers, made of a register's fields (台账表单). They show and collect; `validation` judges."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.enums import Permission
from accounts.models import User
from parks.models import Region, Zone
from registers.definition import Definition, FieldSpec, chosen, said
from registers.enums import FieldType, Place
from registers.exceptions import Errors
from registers.models import Enterprise, Entry, Register
from registers.rights import may_keep

LONG = 240
"""A text that may be longer than this gets a field of several lines."""
OFFERED = 400
"""Most enterprises or entries that a field offers to choose from; others are typed."""


class Asked(forms.CharField):
    """A field whose star the form shows; `validation` says what is missing, for form, workbook and API alike."""

    def validate(self, value: Any) -> None:
        """Left to `validation`, so that all that is wrong is told at once."""


class AskedSeveral(forms.MultipleChoiceField):
    """Boxes to tick; what may be ticked is left to `validation` as well."""

    def validate(self, value: Any) -> None:
        """As above."""


class EntryForm(forms.Form):
    """The fields of a register; `place` first, where a new entry is to be hung."""

    use_required_attribute = False

    def __init__(self, register: Register, user: User, entry: Entry | None = None, *args: Any, **kwargs: Any) -> None:
        self.spec, self.entry = register.spec, entry
        if entry is not None:
            several = {each.code: chosen(entry.data.get(each.code)) for each in self.spec.of_type(FieldType.CHOICES)}
            kwargs.setdefault("initial", {**entry.data, **several, "base_revision": entry.revision})
        super().__init__(*args, **kwargs)
        self.offers: dict[str, list[tuple[str, str]]] = {}
        if entry is None:
            self.fields[self.spec.place] = _place_field(self.spec, user)
        else:
            self.fields["base_revision"] = forms.IntegerField(widget=forms.HiddenInput)
        for each in self.spec.fields:
            self.fields[each.code] = self._field(each, user)

    def _field(self, each: FieldSpec, user: User) -> forms.Field:
        widget = self._widget(each, user)
        unit = _("（%(unit)s）") % {"unit": each.unit_label} if each.unit_label else ""
        common: dict[str, Any] = {
            "label": f"{each.label}{unit}",
            "required": each.required,
            "help_text": said(each.hint) if each.hint else "",
        }
        if each.type == FieldType.CHOICES:
            choices = [(code, each.choice_label(code)) for code in each.choices]
            return AskedSeveral(widget=widget, choices=choices, **common)
        if isinstance(widget, forms.Select):
            return Asked(widget=widget, **common)
        return Asked(widget=widget, max_length=4000, **common)

    def _widget(self, each: FieldSpec, user: User) -> forms.Widget:
        attrs: dict[str, Any] = {"aria-required": "true"} if each.required else {}
        if each.type in {FieldType.CHOICE, FieldType.YES_NO}:
            yes_no = [("True", pgettext("answer", "是")), ("False", pgettext("answer", "否"))]
            choices = [(code, each.choice_label(code)) for code in each.choices] or yes_no
            return forms.Select(attrs, [("", "—"), *choices])
        if each.type == FieldType.CHOICES:
            return forms.CheckboxSelectMultiple(attrs)
        if each.type == FieldType.DATE:
            return forms.DateInput({**attrs, "type": "date"})
        if each.is_number or each.type == FieldType.YEAR:
            return forms.TextInput({**attrs, "inputmode": "decimal", "class": "num"})
        if offers := self._offers(each, user):
            self.offers[each.code] = offers
            return forms.TextInput({**attrs, "list": f"offers-{each.code}", "autocomplete": "off"})
        long = forms.Textarea({**attrs, "rows": 2, "maxlength": each.length})
        return long if each.length > LONG else forms.TextInput({**attrs, "maxlength": each.length})

    def _offers(self, each: FieldSpec, user: User) -> list[tuple[str, str]]:
        """What can be chosen for a field that refers to something: what is typed, and what it stands for."""
        if each.type == FieldType.ENTERPRISE:
            rows = Enterprise.objects.visible_to(user).filter(left=None)[:OFFERED]
            return [(row.credit_code, row.name) for row in rows]
        if each.type == FieldType.ZONE:
            return [(zone.code, zone.name) for zone in Zone.objects.visible_to(user)]
        if each.type == FieldType.REGION:
            return [(region.code, region.label) for region in Region.objects.filter(valid_to_year=None)]
        if each.type == FieldType.ENTRY:
            entries = Entry.objects.visible_to(user).standing().filter(register__code=each.links_to)[:OFFERED]
            return [(f"#{entry.pk}", entry.title) for entry in entries]
        return []

    @property
    def given(self) -> dict[str, Any]:
        """The answers as sent, by field."""
        return {each.code: self.cleaned_data.get(each.code, "") for each in self.spec.fields}

    def refuse(self, errors: Errors) -> None:
        """Show what is wrong at the fields it belongs to."""
        for code, sentences in errors.items():
            for sentence in sentences:
                self.add_error(code if code in self.fields else None, sentence)


def _place_field(spec: Definition, user: User) -> forms.ChoiceField:
    if spec.place == Place.ZONE:
        zones = Zone.objects.visible_to(user, Permission.REGISTER_KEEP).select_related("administration", "city")
        kept = [zone for zone in zones if may_keep(user, spec, zone.administration.path)]
        found = [(zone.code, f"{zone.code} {zone.name}") for zone in kept]
        label = _("园区")
    else:
        regions = Region.objects.exclude(office=None).filter(valid_to_year=None).select_related("office")
        found = [
            (region.code, f"{region.code} {region.label}")
            for region in regions
            if region.office is not None and may_keep(user, spec, region.office.path)
        ]
        label = _("行政区")
    choices = found if len(found) == 1 else [("", _("请选择")), *found]
    return forms.ChoiceField(label=label, choices=choices)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("撤销原因"), max_length=240, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 240})
    )
    base_revision = forms.IntegerField(widget=forms.HiddenInput)


class EnterpriseForm(forms.Form):
    """An enterprise as it is registered; the credit code stays once it is."""

    credit_code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=40,
        help_text=gettext_lazy("18 位，末位是校验码；抄错一位会当场提示。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    zone = forms.ChoiceField(label=gettext_lazy("园区"))
    industry = forms.CharField(label=gettext_lazy("行业"), max_length=60, required=False)
    since = forms.DateField(
        label=gettext_lazy("入园日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    left = forms.DateField(
        label=gettext_lazy("离园日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    base_revision = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, user: User, *args: Any, known: Enterprise | None = None, **kwargs: Any) -> None:
        if known is not None:
            names = ("credit_code", "name", "industry", "since", "left")
            kwargs["initial"] = {name: getattr(known, name) for name in names} | {
                "zone": known.zone.code,
                "base_revision": known.revision,
            }
        super().__init__(*args, **kwargs)
        zones = Zone.objects.visible_to(user, Permission.REGISTER_KEEP)
        choices = [(zone.code, f"{zone.code} {zone.name}") for zone in zones]
        self.fields["zone"].choices = choices if len(choices) == 1 else [("", _("请选择")), *choices]  # type: ignore[attr-defined]
        if known is not None:
            self.fields["credit_code"].widget.attrs["readonly"] = True

    def refuse(self, errors: Errors) -> None:
        for code, sentences in errors.items():
            for sentence in sentences:
                self.add_error(code if code in self.fields else None, sentence)


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Excel 文件（.xlsx）"))
