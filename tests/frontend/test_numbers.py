from decimal import Decimal

import pytest
from django.utils import translation

from common.numbers import format_number, to_decimal
from common.templatetags import portal


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (1234567.5, 2, "1,234,567.50"),
        (Decimal("0.125"), 2, "0.13"),
        (2.675, 2, "2.68"),
        (-3.5, 0, "-4"),
        (-0.001, 2, "0.00"),
        (0, 1, "0.0"),
        ("1,234.5", 1, "1,234.5"),
        (Decimal("12.3400"), None, "12.34"),
        (1000000, None, "1,000,000"),
        (None, 2, "—"),
        ("", 2, "—"),
        (float("nan"), 2, "—"),
        (float("inf"), 2, "—"),
        ("待定", 2, "—"),
        (True, 0, "—"),
    ],
)
def test_numbers_have_thousands_fixed_digits_and_a_dash_when_missing(value, digits, shown):
    assert format_number(value, digits) == shown


def test_zero_is_a_figure_and_missing_is_not():
    assert to_decimal(0) == 0
    assert to_decimal(None) is None
    assert "missing" in portal.num(None, 2)
    assert portal.num(0, 2) == "0.00"


def test_percent_and_share_differ_by_a_hundred():
    assert portal.pct(12.5, 1) == "12.5%"
    assert portal.share(0.125, 1) == "12.5%"
    assert "missing" in portal.share(None)


def test_change_tells_its_direction_in_words_too():
    with translation.override("zh-hans"):
        assert "change-up" in portal.change(3.24)
        assert "上升" in portal.change(3.24)
        assert "下降" in portal.change(-1)
        assert "1.0%" in portal.change(-1)
        assert "change-flat" in portal.change(0.01)
        assert "missing" in portal.change(None)


@pytest.mark.parametrize(
    ("language", "wan", "shown", "exact"),
    [
        ("zh-hans", 12345678, '1,234.57 <span class="unit">亿元', "12,345,678 万元"),
        ("zh-hans", 9999, '9,999.00 <span class="unit">万元', "9,999 万元"),
        ("zh-hans", -20000, '-2.00 <span class="unit">亿元', "-20,000 万元"),
        ("en", 12345678, '123.46 <span class="unit">bn yuan', "12,345,678"),
        ("en", 9999, '99.99 <span class="unit">m yuan', "9,999"),
        ("en", 5, '50.00 <span class="unit">thousand yuan', "5"),
    ],
)
def test_money_is_shown_in_the_readers_scale_with_the_exact_amount(language, wan, shown, exact):
    with translation.override(language):
        html = portal.money_yi(wan)
    assert shown in html
    assert f'title="{exact}' in html
