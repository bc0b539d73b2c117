"""A figure's whole life: every path of writing leaves its trail, and names itself."""

from decimal import Decimal

from indicators import services
from indicators.models import Indicator
from indicators.selectors import value_history


def history_of(return_, code="tax_revenue"):
    indicator = Indicator.objects.get(code=code)
    return value_history(zone=return_.zone, indicator=indicator, period=return_.round.period)


def versions(return_, code="tax_revenue"):
    """Of the park's figure, oldest first."""
    lines = history_of(return_, code).lines
    return lines[0].versions[::-1] if lines else []


def test_the_history_of_a_value_names_who_wrote_what(world):
    return_, first, second = world.add_return(), world.manager(), world.filler()
    given = {"return_id": return_.pk, "indicator_code": "tax_revenue"}
    services.value_save(by=first, number=Decimal(5), base_revision=0, **given)
    services.value_save(by=second, number=None, absence="not_available", comment="待核", base_revision=1, **given)
    old, new = versions(return_)
    assert (old.by, old.number, old.absence, old.revision) == (first, Decimal(5), "", 1)
    assert (new.by, new.number, new.absence, new.comment) == (second, None, "not_available", "待核")
    assert (new.before.number, new.figure_changed) == (Decimal(5), True)
    assert old.at <= new.at
    assert versions(return_, "employees") == []
