"""Forms of rounds: putting one together, an extension (填报任务表单). They read what was typed; services decide."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from indicators import periods
from indicators.enums import ReturnStatus, ReviewStep, RoundStatus
from indicators.exceptions import RoundInvalid
from indicators.models import Round
from indicators.selectors.rounds import REMINDER_DAYS, RoundPlan, forms_counted, round_version
from parks.enums import DesignationLevel, ZoneClass
from parks.models import Region
from parks.provinces import prefix_of

# Which field of the page a sentence about a field of the plan belongs to.
_PLACES = {"period": "part"}
_FROZEN = ("year", "part", "zone_classes", "levels", "cities", "opens_on", "review_steps")


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def part_choices() -> list[Any]:
    quarters = [(f"Q{n}", _("第 %(n)s 季度") % {"n": n}) for n in range(1, 5)]
    months = [(f"-{n:02d}", _("%(n)s 月") % {"n": n}) for n in range(1, 13)]
    return [("", _("全年")), (_("季报"), quarters), (_("月报"), months)]


class RoundForm(forms.Form):
    """A round as its page has it; `plan()` after validation. An open round's settled fields are shown, not read."""

    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2099)
    part = forms.ChoiceField(
        label=gettext_lazy("时期"),
        required=False,
        choices=part_choices,
        help_text=gettext_lazy("年报、季报或月报由此而定"),
    )
    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("不填则按时期命名，例如“2025 年度报表”"),
    )
    zone_classes = forms.MultipleChoiceField(
        label=gettext_lazy("园区类别"), widget=forms.CheckboxSelectMultiple, choices=ZoneClass.choices, required=False
    )
    levels = forms.MultipleChoiceField(
        label=gettext_lazy("级别"),
        widget=forms.CheckboxSelectMultiple,
        choices=DesignationLevel.choices,
        required=False,
        help_text=gettext_lazy("不选为全部级别"),
    )
    cities = forms.MultipleChoiceField(
        label=gettext_lazy("省辖市"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("不选为全省"),
    )
    opens_on = _day(gettext_lazy("开放日期"))
    due_on = _day(gettext_lazy("截止日期"), help_text=gettext_lazy("此后未报送为逾期"))
    closes_on = _day(
        gettext_lazy("补报截止"),
        required=False,
        help_text=gettext_lazy("此后不能填写和报送（个别延期除外）；不填为不限"),
    )
    review_steps = forms.MultipleChoiceField(
        label=gettext_lazy("审核环节"), widget=forms.CheckboxSelectMultiple, choices=ReviewStep.choices, required=False
    )
    reminder_days = forms.CharField(
        label=gettext_lazy("提醒日"),
        required=False,
        help_text=gettext_lazy("相对各园区截止日期的天数，负数为之前，用逗号分开；不填为不提醒"),
    )
    base_version = forms.CharField(required=False, widget=forms.HiddenInput)
    # Last: from here on the name of the module means this field.
    forms = forms.MultipleChoiceField(
        label=gettext_lazy("报表表式"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, round_: Round | None = None, region: str = "", **kwargs: Any) -> None:
        """`region`: the province of a new round; a round that exists has its own."""
        self.round = round_
        self.region = region if round_ is None else round_.region_code
        if round_ is not None:
            kwargs.setdefault("initial", _initial(round_))
        super().__init__(*args, **kwargs)
        offered = forms_counted()
        self.fields["forms"].choices = [  # type: ignore[attr-defined]
            (form.code, _choice(form)) for form in offered
        ]
        cities = Region.objects.cities().filter(code__startswith=prefix_of(self.region))
        self.fields["cities"].choices = [(city.code, city.label) for city in cities]  # type: ignore[attr-defined]
        if round_ is not None and round_.status == RoundStatus.OPEN:
            filed = round_.returns.exclude(status=ReturnStatus.DRAFT).exists()
            for name in (*_FROZEN, *(("forms",) if filed else ())):
                self.fields[name].disabled = True

    def clean_reminder_days(self) -> tuple[int, ...]:
        text = re.sub("[\u2010-\u2015\u2212－]", "-", self.cleaned_data["reminder_days"])
        try:
            return tuple(sorted({int(day) for day in re.split(r"[,，、；;\s]+", text) if day}))
        except ValueError:
            raise ValidationError(_("提醒日须为整数，用逗号分开，例如：-14, -3, 1, 7。")) from None

    def plan(self) -> RoundPlan:
        """What the page asks for; only after `is_valid`."""
        data = self.cleaned_data
        period = f"{data['year']}{data['part']}"
        return RoundPlan(
            period=period,
            name=data["name"].strip() or periods.title_zh(period),
            zone_classes=_ordered(data["zone_classes"], ZoneClass.values),
            levels=_ordered(data["levels"], DesignationLevel.values),
            cities=tuple(sorted(data["cities"])),
            forms=tuple(sorted(data["forms"])),
            opens_on=data["opens_on"],
            due_on=data["due_on"],
            closes_on=data["closes_on"],
            review_steps=_ordered(data["review_steps"], ReviewStep.values),
            reminder_days=data["reminder_days"],
            region=self.region,
        )

    def refuse(self, refused: RoundInvalid) -> None:
        """Put what the service found at the fields it belongs to."""
        for field, sentences in refused.errors.items():
            place = _PLACES.get(field, field)
            self.add_error(place if place in self.fields else None, sentences)

    @classmethod
    def suggested(cls, today: date) -> dict[str, Any]:
        """What an empty form begins with: last year as a whole."""
        return {
            "year": today.year - 1,
            "part": "",
            "opens_on": today,
            "zone_classes": ZoneClass.values,
            "review_steps": ReviewStep.values,
            "reminder_days": ", ".join(map(str, REMINDER_DAYS)),
        }


def _choice(form: Any) -> str:
    """A form as it is offered: its name, how often it is asked, how many items it has."""
    facts = {"form": form.label, "frequency": form.get_frequency_display(), "n": form.items}
    return _("%(form)s（%(frequency)s，%(n)s 项）") % facts


def _initial(round_: Round) -> dict[str, Any]:
    plan = RoundPlan.of(round_)
    return {
        **{name: getattr(plan, name) for name in ("name", "opens_on", "due_on", "closes_on")},
        **{name: list(getattr(plan, name)) for name in ("zone_classes", "levels", "cities", "forms", "review_steps")},
        "year": plan.year,
        "part": plan.period[4:],
        "reminder_days": ", ".join(map(str, plan.reminder_days)),
        "base_version": round_version(round_),
    }


def _ordered(chosen: list[str], known: list[str]) -> tuple[str, ...]:
    return tuple(value for value in known if value in chosen)


class ExtensionForm(forms.Form):
    """More time for one or several zones (延期)."""

    due_on = _day(gettext_lazy("新的截止日期"))
    reason = forms.CharField(
        label=pgettext_lazy("extension", "延期理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("园区会原文看到，并留存在办理记录里。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].widget.attrs["min"] = timezone.localdate().isoformat()
