"""The unit a formula gives: conversions by constants, ratios, and what does not go together."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.formula import Formula
from common.units import RATIO, UNITS, Unit, UnitError, is_rate, parse_unit, unit_fault, unit_of, write_unit

PARTS = {
    "tax": "万元",
    "tax_yi": "亿元",
    "dollars": "万美元",
    "area": "亩",
    "floor": "万平方米",
    "land": "平方公里",
    "people": "人",
    "firms": "家",
    "good_firms": "家",
    "things": "个",
    "coal": "吨标准煤",
    "gas": "吨",
    "rate": "%",
    "ratio": "比值",
}


def fault(formula: str, unit: str) -> str:
    return unit_fault(Formula.parse(formula, PARTS), PARTS, unit)


@pytest.mark.parametrize(
    ("formula", "unit"),
    [
        ("tax / area", "万元/亩"),
        ("tax / (area / 1500)", "万元/平方公里"),
        ("tax / people", "万元/人"),
        ("per_capita(tax, people)", "万元/人"),
        ("10000 * per_capita(tax, people)", "元/人"),
        ("coal / tax", "吨标准煤/万元"),
        ("tax / 10000", "亿元"),
        ("10000 * tax_yi", "万元"),
        ("tax + 10000 * tax_yi", "万元"),
        ("max(tax, 0) - lag(tax)", "万元"),
        ("abs(min(tax, max(tax, lag(tax))) - tax)", "万元"),
        ("100 * share(good_firms, firms)", "%"),
        ("share(good_firms, firms)", "比值"),
        ("100 - 100 * share(good_firms, firms)", "%"),
        ("1 - share(good_firms, firms)", "比值"),
        ("100 * growth(tax)", "%"),
        ("-100 * growth(coal / tax)", "%"),
        ("growth(tax)", "比值"),
        ("15 * floor / area", "比值"),
        ("1500 * land", "亩"),
        ("rate / 100", "比值"),
        ("100 * ratio", "%"),
        ("tax > 10000 * tax_yi and not firms == 0", "是否"),
        ("area ** 2 / area", "亩"),
        ("log10(share(tax, tax_yi))", "比值"),
        ("exp(ln(share(tax, tax_yi)))", "比值"),
        ("sqrt(share(tax, tax_yi))", "比值"),
        ("2 ** 3 * rate / 8", "%"),
        ("1 / people * tax", "万元/人"),
        ("3 / 4 + 1", "比值"),
        ("ratio ** 0.5", "比值"),
    ],
)
def test_the_unit_follows_from_the_parts(formula: str, unit: str) -> None:
    assert fault(formula, unit) == ""


@pytest.mark.parametrize(
    ("formula", "unit", "words"),
    [
        ("tax / area", "万元/人", "公式得到的单位是 万元/亩"),
        ("share(good_firms, firms)", "%", "相差 100 倍"),
        ("growth(tax)", "%", "not %"),
        ("tax_yi / area", "万元/亩", "相差 10000 倍"),
        ("tax / area", "万元/平方公里", "相差 1500 倍"),
        ("tax + dollars", "万元", "单位不同的项不能相加"),
        ("tax + tax_yi", "万元", "单位不同的项不能相加"),
        ("tax + 1", "万元", "单位不同的项不能相加"),
        ("max(firms, things)", "家", "单位不同的项不能相加"),
        ("tax > 100", "是否", "单位不同的项不能相加"),
        ("firms == things", "是否", "单位不同的项不能相加"),
        ("100 * share(tax, people)", "%", "占比的分子分母须为同类量"),
        ("per_capita(tax, firms)", "万元/人", "人均的分母须为人数"),
        ("per_capita(tax, 3)", "万元/人", "人均的分母须为人数"),
        ("log10(tax)", "比值", "单位不同的项不能相加"),
        ("tax ** 0.5", "万元", "整数次幂"),
        ("2 ** people", "比值", "整数次幂"),
        ("0 * tax", "万元", "乘以零"),
        ("tax / 0", "万元", "除数为零"),
        ("tax", "斤", "单位表中没有“斤”"),
    ],
)
def test_what_does_not_go_together_is_told(formula: str, unit: str, words: str) -> None:
    assert words in fault(formula, unit)


def test_a_part_with_an_unknown_unit_is_told() -> None:
    assert "单位表中没有“斤”" in unit_fault(Formula.parse("a"), {"a": "斤"}, "吨")


def test_rates_are_known_from_amounts() -> None:
    assert [unit for unit in ("%", "万元/亩", "比值", "万元", "是否", "家") if is_rate(unit)] == [
        "%",
        "万元/亩",
        "比值",
    ]


def test_units_are_written_as_they_are_known() -> None:
    assert write_unit(parse_unit("吨/万元")) == "吨/万元"
    assert write_unit(Unit(Fraction(7), (("人", 2), ("元", -1)))) == "7 人^2·元^-1"
    with pytest.raises(UnitError):
        parse_unit("元/斤")


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.integers(1, 10**6))
def test_a_constant_converts_and_never_changes_the_kind(over: str, under: str, number: int) -> None:
    parts = {"a": over, "b": under}
    plain, scaled = (unit_of(Formula.parse(text), parts) for text in ("a / b", f"{number} * a / b"))
    assert scaled.powers == plain.powers
    assert scaled.factor * number == plain.factor
    assert unit_of(Formula.parse("a / b * b / a"), parts) == RATIO
