"""What may be stored: each type of field, what must be there, what must hold, how states follow one another."""

from datetime import date, timedelta

import pytest
import yaml
from django.utils import timezone, translation

from registers.definition import Definition
from registers.references import References
from registers.validation import Row, check
from tests.registers.conftest import DEFINITION

SPEC = Definition.model_validate(yaml.safe_load(DEFINITION))
BASE = {"name": "甲", "status": "planned"}


def judge(given, former=None, refs=None):
    return check(SPEC, [Row({**BASE, **given}, former)], refs or References())[0]


@pytest.mark.parametrize(
    ("code", "typed", "stored"),
    [
        ("name", " 甲\u3000 乙 ", "甲 乙"),
        ("amount", "1,234.50", "1234.5"),
        ("amount", "１２万元".replace("万元", ""), "12"),
        ("amount", "12 万元", "12"),
        ("area", -1.5, "-1.5"),
        ("workers", "500", 500),
        ("workers", 3.0, 3),
        ("started", "2024年5月6日", "2024-05-06"),
        ("started", "2024/5/6", "2024-05-06"),
        ("started", date(2024, 5, 6), "2024-05-06"),
        ("plan_year", "2024年度", 2024),
        ("status", "在建", "under_way"),
        ("status", "Under way", "under_way"),
        ("key_work", "是", True),
        ("key_work", "False", False),
        ("document_no", "豫政办〔2017〕159号", "豫政办〔2017〕159号"),
        ("topics", "智能、绿色", ["green", "smart"]),
        ("topics", "Smart; green；智能", ["green", "smart"]),
        ("topics", ["export", "绿色"], ["green", "export"]),
        ("topics", "出口", ["export"]),
    ],
)
def test_what_is_read(code, typed, stored):
    checked = judge({code: typed})
    assert checked.errors == {}
    assert checked.data[code] == stored


@pytest.mark.parametrize(
    ("code", "typed", "told"),
    [
        ("name", "字" * 21, "最多 20 个字"),
        ("topics", "绿色、蓝色", "没有选项“蓝色”。可选：绿色、智能、出口"),
        ("topics", ["green", 3], "选项须是文字"),
        ("topics", "、；", "没有选项"),
        ("name", "a\x00b", "不能显示"),
        ("amount", "约 3", "不是数字"),
        ("amount", "-1", "不得小于 0 万元"),
        ("amount", "1" * 17, "数字过长"),
        ("amount", "1.234", "最多 2 位小数"),
        ("amount", True, "须是数字"),
        ("area", "1.25", "最多 1 位小数"),
        ("workers", "1.5", "须是整数"),
        ("workers", "501", "不得大于 500 人"),
        ("started", "2024-02-30", "不是日期"),
        ("started", "五月", "不是日期"),
        ("started", "1800-01-01", "1949—2100"),
        ("plan_year", "24", "不是年份"),
        ("status", "停工", "可选：计划、在建、完成"),
        ("key_work", "也许", "请填“是”或“否”"),
        ("partner", "Z999", "没有园区"),
        ("place", "999999", "没有行政区"),
        ("firm", "123", "不是统一社会信用代码"),
        ("firm", "914403001922038217", "校验码"),
        ("firm", "914403001922038216", "没有登记"),
        ("after", "#7", "没有可引用的条目"),
        ("unknown", "x", "没有字段“unknown”"),
    ],
)
def test_what_is_refused_says_why(code, typed, told):
    checked = judge({code: typed})
    assert any(told in sentence for sentences in checked.errors.values() for sentence in sentences), checked.errors
    assert code not in checked.data


def test_a_day_to_come_is_refused_where_it_must_have_happened():
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "started" in judge({"started": tomorrow.isoformat()}).errors
    assert judge({"ended": tomorrow.isoformat()}).errors == {}


def test_missing_answers_and_conditions():
    assert set(judge({"name": "  "}).errors) == {"name"}
    assert set(judge({"status": "done"}).errors) == {"ended"}
    assert judge({"status": "done", "ended": "2024-01-01"}).errors == {}


def test_a_rule_is_judged_only_with_all_its_parts():
    assert judge({"amount": 10, "paid": 11}).errors == {"": ["已付不得大于金额。"]}
    assert judge({"paid": 11}).errors == {}
    with translation.override("en"):
        assert judge({"amount": 10, "paid": 11}).errors == {"": ["Paid cannot exceed the amount."]}


def test_states_follow_the_course():
    former = {**BASE, "status": "under_way"}
    assert "之后可以是：完成" in judge({"status": "planned"}, former).errors["status"][0]
    assert judge({"status": "done", "ended": "2024-01-01"}, former).errors == {}


def test_what_is_not_given_stays_and_an_empty_answer_clears():
    former = {**BASE, "amount": "5", "gone": "old"}
    assert judge({}, former).data == former
    assert "amount" not in judge({"amount": ""}, former).data
