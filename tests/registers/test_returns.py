"""What registers know, in the form and in the findings of a return."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from indicators.models import Return, Value
from indicators.selectors import check_return, return_sheet
from registers.models import Entry

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def filing():
    """The demonstration zone's draft of the year."""
    return Return.objects.get(zone__code="Z166", round__period="2025")


def cell(return_, code):
    return next(each for each in return_sheet(return_).cells if each.indicator.code == code)


def found(return_, code):
    return [each for each in check_return(return_) if each.kind == "register" and each.codes == (code,)]


def test_an_empty_cell_shows_what_the_register_knows_with_its_entries(filing):
    known = cell(filing, "new_road_length").registered
    assert known.register.code == "new_roads"
    client = Client()
    client.force_login(User.objects.get(username="park"))
    page = client.get(filing.get_absolute_url()).content.decode()
    shown = f"{known.number:.2f}"
    assert f'placeholder="{shown}"' in page
    assert f"{reverse('entry_list', args=['new_roads'])}?q=Z166" in page
    assert f'data-take="{shown}"' in page


def test_a_difference_needs_an_explanation_and_agreement_none(filing):
    item = cell(filing, "new_road_length")
    value = Value.objects.create(
        return_ref=filing, zone=filing.zone, indicator=item.indicator, year=2025, period="2025",
        number=round(item.registered.number, 2) + 1,
    )  # fmt: skip
    (finding,) = found(filing, "new_road_length")
    assert (finding.severity, finding.to_mend, finding.suggested) == ("soft", True, item.registered.number)
    assert "新建道路与地下综合管廊台账" in finding.message
    value.comment = "另有一条道路尚未验收"
    value.save()
    assert found(filing, "new_road_length")[0].explained
    value.number = round(item.registered.number, 2)
    value.save()
    assert found(filing, "new_road_length") == []


def test_where_nothing_is_registered_nothing_is_known(filing):
    Entry.objects.filter(zone=filing.zone, register__code="new_roads").update(
        withdrawn_at="2026-01-01T00:00Z", withdrawn_reason="测试"
    )
    assert cell(filing, "new_road_length").registered is None
    assert found(filing, "new_road_length") == []
