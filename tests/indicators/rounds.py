"""Forms and plans for the tests of rounds; made up, like the zones."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from indicators.enums import Frequency
from indicators.models import Form, Indicator
from indicators.selectors.rounds import RoundPlan

TAXES = ("tax_revenue", "employees")
AREAS = ("planned_area", "built_area", "industrial_land")


def add_form(code="annual", items=TAXES, frequency=Frequency.YEAR):
    form = Form.objects.create(
        code=code, name_zh=f"{code}表", name_en=code, frequency=frequency, source="测试", position=Form.objects.count()
    )
    form.indicators.set(Indicator.objects.filter(code__in=items))
    return form


def plan(**changes):
    """A yearly plan for clusters, due in 20 days."""
    today = timezone.localdate()
    made = RoundPlan(
        period="2025",
        name="2025 年度报表",
        zone_classes=("cluster",),
        forms=("annual",),
        opens_on=today,
        due_on=today + timedelta(days=20),
        closes_on=today + timedelta(days=30),
    )
    return replace(made, **changes)


def days(number):
    return timezone.localdate() + timedelta(days=number)
