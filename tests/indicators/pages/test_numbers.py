"""Numbers as typed are read the same way on the server as in the browser, and refused with a sentence that helps."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from indicators.forms import CellForm, parse_number
from indicators.models import Indicator


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        ("   ", None),
        ("1234.5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("１，２３４．５", "1234.5"),
        ("1 234", "1234"),
        ("−3", "-3"),
        ("–3.5", "-3.5"),
        ("007", "7"),
        ("12万元", "12"),
        (".5", "0.5"),
    ],
)
def test_typed_numbers_are_read(text, number):
    read = parse_number(text, ("万元",))
    assert read == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "text", ["abc", "12万", "约3", "1.2E+05", "12,34", "1.2.3", "--1", "(5)", "٣", "NaN", "1" * 18]
)
def test_what_is_no_number_is_refused_with_a_way_out(text):
    with pytest.raises(ValidationError) as refused:
        parse_number(text, ("万元",))
    assert "请" in refused.value.messages[0]
    assert "右侧" not in refused.value.messages[0]  # it is read beside a table and in a department's file as well


def test_a_cell_holds_a_number_or_an_absence(catalogue):
    indicator = Indicator.objects.get(code="tax_revenue")
    form = CellForm(indicator, {"number": "1", "absence": "not_available", "base_revision": "0"})
    assert not form.is_valid()
    assert "去掉其中一个" in form.messages[0]
