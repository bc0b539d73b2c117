"""Nothing typed is lost: no connection, no server, no session, a crash, a second click, a second window."""

import subprocess
import sys
from contextlib import suppress

import pytest
from django.conf import settings
from playwright.sync_api import Error, Route, expect

from benchmarks import _load as load
from indicators.enums import ActKind, ReturnStatus
from indicators.models import Return, Value
from tests.environment import child_environment
from tests.indicators.pages.form import all_saved, cell, number, saved, state, stored, type_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_lost_when_the_connection_breaks(page):
    page.context.set_offline(True)
    type_in(page, "tax_revenue", "12500")
    type_in(page, "employees", "9001")
    expect(page.locator("[data-queue]")).to_have_text("2 项存在本机，联网后自动发送")
    expect(state(page, "employees")).to_have_text("等待发送")
    assert stored("tax_revenue").number == 12000
    page.context.set_offline(False)
    expect(page.locator("[data-queue]")).to_have_text("已全部保存")
    assert (stored("tax_revenue").number, stored("employees").number) == (12500, 9001)


def test_nothing_is_lost_when_the_page_is_closed_in_between(page, draft):
    page.context.set_offline(True)
    type_in(page, "tax_revenue", "12500")
    number(page, "employees").press_sequentially("77")  # not even left the cell
    page.close()
    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(draft[0].get_absolute_url())
    saved(again, "tax_revenue")
    expect(number(again, "tax_revenue")).to_have_value("12,500.00")
    saved(again, "employees")
    assert stored("tax_revenue").number == 12500


def test_an_expired_log_in_keeps_what_was_typed(page, draft, log_in):
    page.context.clear_cookies(name="sessionid")
    type_in(page, "tax_revenue", "12500")
    expect(cell(page, "tax_revenue").locator("[data-message]")).to_contain_text("登录已过期")
    log_in(draft[1])
    page.get_by_role("button", name="重试").click()
    saved(page, "tax_revenue")
    assert stored("tax_revenue").number == 12500


def test_after_an_expired_log_in_everything_is_sent_on_coming_back(page, draft, log_in):
    page.context.clear_cookies(name="sessionid")
    type_in(page, "tax_revenue", "12500")
    expect(state(page, "tax_revenue")).to_have_text("未能保存")
    type_in(page, "employees", "9001")
    expect(state(page, "employees")).to_have_text("未能保存")
    expect(page.locator("[data-queue]")).to_have_text("2 项需要您处理")
    with page.context.expect_page() as opened:
        cell(page, "employees").get_by_role("button", name="重新登录").click()
    expect(opened.value.locator("[name=login]")).to_be_visible()
    log_in(draft[1])
    opened.value.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    all_saved(page)
    assert stored("employees").number == 9001
    assert stored("tax_revenue").number == 12500


def test_an_invalid_text_survives_a_reload_and_a_new_window(page, draft):
    type_in(page, "tax_revenue", "约一万三")
    expect(state(page, "tax_revenue")).to_have_text("需更正，未保存")
    page.reload()
    expect(number(page, "tax_revenue")).to_have_value("约一万三")
    again = page.context.new_page()
    again.goto(draft[0].get_absolute_url())
    expect(number(again, "tax_revenue")).to_have_value("约一万三")
    assert stored("tax_revenue").number == 12000


def test_nothing_is_lost_when_the_page_crashes(page, draft):
    page.route("**/values/**", lambda route: route.abort())
    type_in(page, "tax_revenue", "12500")
    number(page, "employees").press_sequentially("77")  # not even left the cell
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")  # the renderer dies at once: no unload, no last words
    again = page.context.new_page()
    again.goto(draft[0].get_absolute_url())
    saved(again, "tax_revenue")
    saved(again, "employees")
    all_saved(again)
    assert (stored("tax_revenue").number, stored("employees").number) == (12500, 77)


def test_nothing_is_lost_when_the_server_stops_and_starts_again(draft, browser, tmp_path):
    return_, manager = draft
    environment = {**child_environment(), "STATIC_ROOT": str(tmp_path)}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collect, env=environment, check=True)
    server = load.WebServer(environment, workers=2)
    context = browser.new_context(base_url=server.url, locale="zh-CN")
    try:
        server.start()
        (session,) = load.sessions([manager])
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])
        page = context.new_page()
        page.goto(return_.get_absolute_url())
        type_in(page, "tax_revenue", "12500")
        saved(page, "tax_revenue")
        server.stop()
        type_in(page, "tax_revenue", "12600")
        type_in(page, "employees", "9001")
        expect(page.locator("[data-queue]")).to_have_text("2 项存在本机，联网后自动发送")
        server.start()
        all_saved(page)
    finally:
        context.close()
        server.stop()
    assert (stored("tax_revenue").number, stored("employees").number) == (12600, 9001)


def test_two_windows_of_one_person_never_write_over_each_other(page, draft):
    other = page.context.new_page()
    other.goto(draft[0].get_absolute_url())
    page.route("**/values/**", lambda route: route.abort())  # this window can't send for a while
    type_in(page, "employees", "9001")
    expect(state(page, "employees")).to_have_text("等待发送")
    type_in(other, "tax_revenue", "12500")
    saved(other, "tax_revenue")
    expect(number(page, "tax_revenue")).to_have_value("12,500.00")
    type_in(other, "employees", "9002")
    saved(other, "employees")
    expect(cell(page, "employees").locator("[data-message]")).to_contain_text("您填的是 9,001")
    page.unroute("**/values/**")
    page.get_by_role("button", name="用我的").click()
    saved(page, "employees")
    expect(number(other, "employees")).to_have_value("9,001")
    versions = Value.pgh_event_model.objects.filter(return_ref=draft[0], indicator__code="employees")  # type: ignore[attr-defined]
    assert list(versions.order_by("pgh_id").values_list("number", flat=True)) == [9000, 9002, 9001]


def test_news_of_a_cell_on_its_way_is_told_when_it_did_not_arrive(page, draft):
    other = page.context.new_page()
    other.goto(draft[0].get_absolute_url())
    held: list[Route] = []  # the first request hangs, the later ones fail at once
    page.route("**/values/**", lambda route: route.abort() if held else held.append(route))
    type_in(page, "employees", "9001")
    expect(state(page, "employees")).to_contain_text("正在保存")
    type_in(other, "employees", "9002")
    saved(other, "employees")
    for _ in range(2):  # the first answer may have been under way before
        with page.expect_response("**/news/**"):
            pass
    expect(cell(page, "employees").locator("[data-message]")).to_be_hidden()
    held[0].abort()
    expect(cell(page, "employees").locator("[data-message]")).to_contain_text("您填的是 9,001")


def test_a_double_click_files_once(page, draft):
    page.get_by_role("button", name="报送").click()
    page.get_by_role("dialog").get_by_role("button", name="确认报送").dblclick()
    expect(page.get_by_text("已报送，等待市级办公室审核")).to_be_visible()
    return_ = Return.objects.get(pk=draft[0].pk)
    assert return_.status == ReturnStatus.SUBMITTED
    assert return_.acts.filter(kind=ActKind.SUBMITTED).count() == 1
