"""Figures of departments: what they know beside the returns, and their deliveries (部门数据)."""

from decimal import Decimal

import pytest

from accounts.enums import Duty
from indicators import selectors
from indicators.enums import Channel, ValueSource
from indicators.models import Indicator, Value

pytestmark = pytest.mark.django_db


def know(zone, code, number, *, period="2020", department=None, synthetic=False):
    """A department's figure, put there without the services."""
    indicator = Indicator.objects.get(code=code)
    return Value.objects.create(
        zone=zone,
        indicator=indicator,
        year=int(period[:4]),
        period=period,
        number=None if number is None else Decimal(str(number)),
        absence="not_available" if number is None else "",
        source=ValueSource.DEPARTMENT,
        department=department or indicator.department,
        channel=Channel.DEPARTMENT,
        synthetic=synthetic,
    )


class TestDepartmentFigures:
    def test_figures_of_the_period_by_return_and_item(self, world):
        first, second = world.add_return("A1"), world.add_return("A2")
        know(world.zones["A1"], "tax_revenue", 12000)
        know(world.zones["A1"], "tax_revenue", 9000, period="2019")
        know(world.zones["A1"], "employees", None)
        assert selectors.department_figures([first, second]) == {
            first.pk: {"tax_revenue": (Duty.TAXATION, Decimal(12000))},
            second.pk: {},
        }

    def test_the_answering_department_stands(self, world):
        return_ = world.add_return("A1")
        for department, number in ((Duty.INDUSTRY, 1), (Duty.TAXATION, 2), (Duty.COMMERCE, 3)):
            know(world.zones["A1"], "tax_revenue", number, department=department)
        assert selectors.department_figures([return_])[return_.pk]["tax_revenue"] == (Duty.TAXATION, Decimal(2))

    def test_demonstration_stays_with_demonstration(self, world):
        return_ = world.add_return("A1")
        know(world.zones["A1"], "tax_revenue", 2, synthetic=True)
        assert selectors.department_figures([return_]) == {return_.pk: {}}

    def test_one_query(self, world, django_assert_num_queries):
        returns = [world.add_return(code) for code in ("A1", "A2", "B1")]
        for code in ("A1", "A2", "B1"):
            know(world.zones[code], "tax_revenue", 2)
        with django_assert_num_queries(1):
            selectors.department_figures(returns)
