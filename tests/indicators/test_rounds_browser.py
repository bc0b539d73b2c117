"""The office in a browser: the live preview of a new round, the board that refreshes in place."""

import pytest

from indicators import services
from indicators.models import Return, Round
from tests.indicators.rounds import add_form, days, plan


@pytest.fixture
def staff(transactional_db, world):
    add_form()
    return world.staff()


def test_the_preview_follows_what_is_chosen(log_in, staff):
    page = log_in(staff)
    page.goto("/rounds/new/")
    page.get_by_label("年度").fill("2025")
    page.get_by_label("截止日期").fill(days(20).isoformat())
    page.get_by_label("annual表").check()
    figures = page.locator("#round-preview dd")
    figures.first.wait_for()
    page.get_by_label("海关特殊监管区").uncheck()
    page.get_by_label("高新技术产业开发区").uncheck()
    page.locator("#round-preview dd", has_text="3").first.wait_for()
    assert figures.all_inner_texts() == ["3", "2", "6"]
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已建立。核对后点“开放填报”").wait_for()
    assert Round.objects.get(year=2025).zone_classes == ["cluster", "etdz"]


def test_the_board_refreshes_in_place(log_in, staff):
    round_ = services.round_create(by=staff, plan=plan())
    services.round_open(by=staff, round=round_)
    page = log_in(staff)
    page.set_viewport_size({"width": 480, "height": 800})
    page.goto(round_.get_absolute_url())
    wrap = page.locator(".table-wrap")
    wrap.evaluate("element => { element.scrollLeft = 120; }")
    Return.objects.filter(round=round_, zone__code="A1").update(status="submitted")
    page.evaluate("htmx.ajax('GET', location.href, {source: '#board-body', select: '#board-body', swap: 'outerHTML'})")
    page.locator("#board-body a[href*='status=submitted']").wait_for()
    assert wrap.evaluate("element => element.scrollLeft") == 120


def test_the_board_rests_while_somebody_is_in_it(log_in, staff):
    round_ = services.round_create(by=staff, plan=plan())
    services.round_open(by=staff, round=round_)
    page = log_in(staff)
    page.goto(f"{round_.get_absolute_url()}?view=zone")
    page.get_by_label("选中A1园区").check()
    Return.objects.filter(round=round_, zone__code="A2").update(status="submitted")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    poll = "htmx.ajax('GET', location.href, {source: '#board-body', target: '#board-body', select: '#board-body', swap: 'outerHTML'})"
    page.evaluate(poll)
    page.wait_for_timeout(300)
    assert not asked
    page.get_by_label("选中A1园区").uncheck()
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    page.evaluate(poll)
    page.locator("#board-body", has_text="已报送").wait_for()
