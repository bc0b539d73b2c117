"""Headers of real exports: every case of header_noise_cases.csv, and every column of two real table sets."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.models import Indicator
from indicators.workbooks.headers import CURRENT, PREVIOUS, Matcher, key_of, match
from indicators.workbooks.units import conversion
from indicators.workbooks.zones import ZoneMatcher
from parks.models import Zone, ZoneAlias

DATA = Path(__file__).parent / "data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def item(name, unit="万元", code="x", position=1):
    return Indicator(code=code, name_zh=name, name_en="", unit=unit, position=position)


CASES = {row["case"]: row["variants"].split("|") for row in rows("header_noise_cases.csv")}
# What each kind of noise must come to: one item whatever the writing, or the same item for another period.
ONE_ITEM = {
    "full/half-width brackets and dashes": "投资收益（损失以“-”号记）",
    "item code glued to the name": "本年折旧",
    "repeated header": "增值税",
    "order inside region names": "县（市、区、旗）",
    "trailing colon": "是否与单位所在地详细地址一致",
    "inner blank": "非经营性单位支出（费用）",
    "traditional characters": "产业集聚区",
}


@pytest.mark.parametrize("case", ONE_ITEM)
def test_what_differs_in_writing_only_is_the_same_item(case):
    wanted = item(ONE_ITEM[case], code="wanted")
    others = [item("营业收入", code="a"), item("资产减值损失（损失以“-”号记）", code="b"), item("应交增值税", code="c")]
    for variant in CASES[case]:
        assert match(variant, [wanted, *others]).indicator is wanted, variant


def test_a_period_behind_the_name_is_told_apart():
    this, last = (match(variant, [item("营业收入")]) for variant in CASES["period suffix"])
    assert (this.indicator.name_zh, this.period) == ("营业收入", CURRENT)
    assert (last.indicator.name_zh, last.period) == ("营业收入", PREVIOUS)
    assert match("2019年营业收入", [item("营业收入")]).period == "2019"


def test_a_misspelt_county_is_known_as_an_alias(world):
    wrong, right = CASES["misspelt county"]
    Zone.objects.filter(code="A1").update(name=right)
    assert ZoneMatcher(Zone.objects.all()).match(wrong).zone is None
    assert [zone.code for zone in ZoneMatcher(Zone.objects.all()).match(wrong).candidates] == ["A1"]
    ZoneAlias.objects.create(zone=Zone.objects.get(code="A1"), name=wrong, certainty="A")
    matcher = ZoneMatcher(Zone.objects.all())
    assert matcher.match(wrong).zone.code == "A1"
    assert matcher.match("臨穎縣產業集聚區").zone.code == "A1"
    assert matcher.match(" a1 ").zone.code == "A1"


def test_every_case_of_the_file_has_its_test():
    elsewhere = {"two non-data rows under the header", "status column"}  # test_tables.py
    assert set(CASES) == set(ONE_ITEM) | {"period suffix", "misspelt county"} | elsewhere


@pytest.mark.parametrize("name", ["nbs_one_kit_headers.csv", "torch_enterprise_annual_columns.csv"])
def test_columns_of_real_exports_find_themselves_and_no_other(name):
    """Real column names, each also with full-width brackets turned, a colon, a number before and pandas' .1 behind."""
    headers = list(
        {key_of(row.get("column_header") or row["column_header_as_exported"]): row for row in rows(name)}.values()
    )
    texts = [row.get("column_header") or row["column_header_as_exported"] for row in headers]
    items = [item(text, unit="", code=f"c{n}", position=n) for n, text in enumerate(texts)]
    matcher = Matcher(items)
    for wanted, text in zip(items, texts, strict=True):
        narrow = text.replace("（", "(").replace("）", ")")
        for variant in (text, narrow, f"{text}：", f" {text} ", f"{text}.1", f"3、{text}"):
            if variant == text or not (text.endswith(".1") or variant in texts):  # "….1" is a column of its own there
                assert matcher.match(variant).indicator is wanted, variant


@pytest.mark.parametrize(
    ("header", "unit", "factor"),
    [
        ("主营业务收入（万元）", "万元", 1),
        ("主營業務收入(單位：萬元)", "万元", 1),
        ("主营业务收入（亿元）", "亿元", 10000),
        ("主营业务收入亿元", "亿元", 10000),
        ("主营业务收入/千元;本年", "千元", Fraction(1, 10)),
        ("主营业务收入", "", None),
    ],
)
def test_units_inside_names_are_read_and_their_factor_known(header, unit, factor):
    found = match(header, [item("主营业务收入"), item("主营业务收入增速", "%")])
    assert (found.indicator.name_zh, found.unit) == ("主营业务收入", unit)
    assert (found.conversion.factor if found.conversion else None) == factor
    assert found.to_convert == (factor not in {1, None})


def test_land_is_converted_exactly():
    assert conversion("公顷", "亩").factor == 15
    assert conversion("平方公里", "亩").factor == 1500
    assert conversion("万元", "亩") is None


@pytest.mark.parametrize("header", ["研发人员（亿元）", "工业增加值", "税收"])
def test_what_may_mean_two_things_is_asked_about(header):
    items = [item("研发人员", "人"), item("增加值"), item("规模以上工业增加值"), item("税收收入")]
    found = match(header, items)
    assert found.indicator is None
    assert found.candidates


def test_the_exact_name_wins_over_one_that_is_cut():
    items = [item("当年新注册科技型企业数", "家"), item("新注册科技型企业数", "家", "y")]
    assert match("当年新注册科技型企业数", items).indicator is items[0]


def test_short_forms_are_known():
    assert (
        match("规上工业增加值", [item("增加值"), item("规模以上工业增加值")]).indicator.name_zh == "规模以上工业增加值"
    )


def test_the_real_catalogue_is_told_apart(catalogue):
    items = list(Indicator.objects.all())
    matcher = Matcher(items)
    for wanted in items:
        for text in (
            wanted.code,
            wanted.name_zh,
            f"{wanted.name_zh}（{wanted.unit}）",
            f"{wanted.code} {wanted.name_zh}",
        ):
            assert matcher.match(text).indicator == wanted, text


@given(st.text(max_size=300))
def test_any_text_is_matched_or_not_but_never_fails(text):
    found = match(text, [item("主营业务收入"), item("研发人员", "人")])
    assert found.indicator is None or found.indicator.name_zh in {"主营业务收入", "研发人员"}
