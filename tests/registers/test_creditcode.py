"""GB 32100-2015, by the example worked through in explanations of the standard, and by codes in public use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.creditcode import ALPHABET, check_character, is_valid, is_well_formed, normalised

PUBLISHED = [
    # As printed with these names in many public sources (contracts, invoices, registry extracts).
    "914403001922038216",  # 华为技术有限公司
    "9144030071526726XG",  # 深圳市腾讯计算机系统有限公司
    "91330100799655058B",  # 阿里巴巴（中国）网络技术有限公司
    "91410000170001401D",  # 宇通客车股份有限公司
]


def test_the_worked_example():
    """91350100M000100Y4: the products add up to 1640 = 31 × 52 + 28, and 31 − 28 = 3; with Z at the end it is refused.

    91350211M00013FA1N was handed out in a pilot before the standard, and does not keep to it.
    """
    assert check_character("91350100M000100Y4") == "3"
    assert is_valid("91350100M000100Y43")
    assert not is_valid("91350100M000100Y4Z")
    assert is_well_formed("91350211M00013FA1N")
    assert not is_valid("91350211M00013FA1N")


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_valid(code):
    assert is_valid(code)


@given(st.sampled_from(PUBLISHED), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(code, place, character):
    """31 is a prime and the weights are powers of 3, so no single slip goes unnoticed."""
    slipped = code[:place] + character + code[place + 1 :]
    assert is_valid(slipped) == (slipped == code)


@given(st.sampled_from(PUBLISHED), st.integers(8, 15))
def test_two_characters_in_the_wrong_order_are_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_valid(swapped) == (swapped == code)


@pytest.mark.parametrize("code", ["", "91440300192203821", "91440300I922038216", "９" * 18])
def test_other_shapes_are_refused(code):
    assert not is_well_formed(code)
    assert not is_valid(code)


def test_what_people_type():
    assert normalised(" ９144-0300 1922 0382 16 ") == PUBLISHED[0]
    assert normalised("91330100799655058b") == PUBLISHED[2]
    assert check_character(PUBLISHED[3][:17]) == "D"
