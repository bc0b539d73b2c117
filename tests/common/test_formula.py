"""The formula language: what it computes, what it refuses, and that missing stays missing."""

import math
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.formula import Formula, FormulaError

NAN = float("nan")


def value(text: str, **columns: float) -> float:
    frame = pd.DataFrame({name: [number] for name, number in columns.items()}, index=["Z001"])
    return float(Formula.parse(text).evaluate(frame).iloc[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * 2", 8.0),
        ("(a + b) / a", 2.5),
        ("a ** b", 8.0),
        ("-a + +b", 1.0),
        ("min(a, b, 1)", 1.0),
        ("max(a, b)", 3.0),
        ("abs(a - b)", 1.0),
        ("log10(100)", 2.0),
        ("ln(exp(2))", 2.0),
        ("sqrt(9)", 3.0),
        ("share(a, b)", 2 / 3),
        ("per_capita(a, b)", 2 / 3),
        ("a < b", 1.0),
        ("a >= b", 0.0),
        ("1 < a < b", 1.0),
        ("1 < a < 2", 0.0),
        ("a == 2 and b != 2", 1.0),
        ("a > 5 or b > 2", 1.0),
        ("not a > 5", 1.0),
        ("a and b", 1.0),
        ("7", 7.0),
    ],
)
def test_arithmetic_and_logic(text: str, expected: float) -> None:
    assert value(text, a=2, b=3) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    ["a + m", "min(a, m)", "max(a, m)", "m > 1", "abs(m)", "share(a, 0)", "share(a, m)", "a / 0", "0 / 0", "log10(0)",
     "ln(0)", "sqrt(0 - 1)", "exp(1000)",
     "log10(-1)", "m == m", "m ** 0", "10 ** 400", "not m", "m and 1", "m or 0", "0 - 1 < m"],
)  # fmt: skip
def test_missing_stays_missing(text: str) -> None:
    assert math.isnan(value(text, a=2, m=NAN))


def test_three_valued_logic_decides_where_one_side_is_enough() -> None:
    assert value("m > 1 or a > 1", a=2, m=NAN) == 1.0
    assert value("m > 1 and a > 5", a=2, m=NAN) == 0.0


PANEL = pd.DataFrame(
    {"x": [100.0, 110.0, 121.0, 0.0, 5.0, -4.0, 8.0], "y": [1.0, 2.0, 4.0, 1.0, 1.0, 1.0, 1.0]},
    index=pd.MultiIndex.from_tuples(
        [("A", 2015), ("A", 2016), ("A", 2018), ("B", 2016), ("B", 2017), ("C", 2016), ("C", 2017)],
        names=["unit", "period"],
    ),
)


def test_lag_is_the_same_unit_exactly_one_period_earlier() -> None:
    result = Formula.parse("lag(x)").evaluate(PANEL)
    assert result[("A", 2016)] == 100
    assert math.isnan(result[("A", 2018)])  # 2017 is not there
    assert math.isnan(result[("B", 2016)])  # A's 2015 is somebody else's
    assert result[("B", 2017)] == 0


def test_growth_from_zero_or_negative_is_missing() -> None:
    result = Formula.parse("growth(x)").evaluate(PANEL)
    assert result[("A", 2016)] == pytest.approx(0.1)
    assert math.isnan(result[("B", 2017)])
    assert math.isnan(result[("C", 2017)])


def test_lag_takes_expressions_and_does_not_depend_on_row_order() -> None:
    formula = Formula.parse("growth(x / y) + lag(y)")
    straight = formula.evaluate(PANEL)
    turned = formula.evaluate(PANEL.iloc[::-1])
    pd.testing.assert_series_equal(straight, turned.reindex(straight.index))
    assert straight[("A", 2016)] == pytest.approx(55 / 100 - 1 + 1)


def test_lag_without_periods_is_missing_and_with_doubled_rows_an_error() -> None:
    assert math.isnan(value("lag(a)", a=2))
    with pytest.raises(FormulaError, match="多行"):
        Formula.parse("lag(x)").evaluate(pd.concat([PANEL, PANEL]))


def test_lag_reads_periods_of_pandas_and_refuses_text() -> None:
    index = pd.MultiIndex.from_product([["A"], pd.period_range("2016", "2017", freq="Y")])
    frame = pd.DataFrame({"x": [1.0, 2.0]}, index=index)
    assert Formula.parse("lag(x)").evaluate(frame).iloc[1] == 1.0
    frame.index = pd.MultiIndex.from_product([["A"], ["2016", "2017"]])
    with pytest.raises(FormulaError, match="whole numbers"):
        Formula.parse("lag(x)").evaluate(frame)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("__import__('os').system('x')", [1, 1]),
        ("a.b", [1]),
        ("a[0]", [1]),
        ("[x for x in a]", [1]),
        ("lambda: 1", [1]),
        ("'text'", [1]),
        ("True + a", [1]),
        ("1j", [1]),
        ("a if b else c", [1]),
        ("a % b", [1]),
        ("a is b", [1]),
        ("a in b", [1]),
        ("f(a)", [1]),
        ("max(a)", [1]),
        ("share(a, b, c)", [1]),
        ("per_capita(a)", [1]),
        ("a // b", [1]),
        ("a & b", [1]),
        ("~a", [1]),
        ("a @ b", [1]),
        ("f'{a}'", [1]),
        ("{a: b}", [1]),
        ("(a, b)", [1]),
        ("1e999 + a", [1]),
        ("1" * 400, [1]),
        ("lag(lag(a))", [5]),
        ("growth(a + lag(b))", [12]),
        ("min(*a)", [1, 5]),
        ("log10(x=1)", [1, 1]),
        ("min + 1", [1]),
        ("_a + b.c + 'x'", [1, 6, 12]),
        ("a +", [3]),
        ("", [1]),
        ("a; b", [2]),
        ("(y := 2)", [2]),
    ],
)
def test_what_is_not_allowed_is_listed_with_its_place(text: str, columns: list[int]) -> None:
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    found = [fault.column for fault in caught.value.faults]
    assert len(found) == len(columns)
    assert found[:1] == columns[:1] or text in ("a +", "")
    assert all(fault.message_zh and fault.message_en for fault in caught.value.faults)


def test_length_and_depth_are_limited() -> None:
    for text in ("1+" * 600 + "1", "-" * 60 + "1", "(" * 300 + "1" + ")" * 300):
        with pytest.raises(FormulaError):
            Formula.parse(text)


def test_names_and_unknown_codes() -> None:
    formula = Formula.parse(" share(tax_revenue, built_area) + growth(tax_revenue) ")
    assert formula.names == ("built_area", "tax_revenue")
    assert formula.needs_previous_period
    with pytest.raises(FormulaError) as caught:
        Formula.parse("a + b + c", known={"b"})
    assert [fault.column for fault in caught.value.faults] == [1, 9]
    with pytest.raises(FormulaError, match=r"没有指标.a"):
        Formula.parse("a + b").evaluate(pd.DataFrame({"b": [1.0]}))


def test_formula_survives_pickling_and_equals_its_text() -> None:
    formula = Formula.parse("a + 1")
    again = pickle.loads(pickle.dumps(formula))
    assert again == formula == Formula.parse(" a + 1")
    assert again.evaluate(pd.DataFrame({"a": [1.0]})).tolist() == [2.0]


def test_integer_and_nullable_columns_and_empty_tables() -> None:
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [2, 3]})
    assert Formula.parse("a + b").evaluate(frame).isna().tolist() == [False, True]
    assert Formula.parse("a + 1").evaluate(frame.iloc[:0]).empty


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        Formula.parse(text)
    except FormulaError as error:
        assert error.faults


numbers = st.floats(allow_nan=True, allow_infinity=False, width=32)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20))
def test_results_are_finite_or_missing(rows: list[tuple[float, float]]) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b"])
    for text in ("a / b", "a ** b", "log10(a) * b", "share(a, b) - a / b", "a > b or a <= b"):
        result = Formula.parse(text).evaluate(frame)
        assert not np.isinf(result).any()
        assert result[frame.isna().any(axis=1)].isna().all()
