"""Corrections as people do them: pick a cell, send, see the impact arrive, apply, read the history in its dialog."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_locked_cell_to_its_two_versions(world, sound, log_in):
    accepted = world.add_return(status="accepted", values=sound)
    manager, staff = world.manager(), world.staff()
    page = log_in(manager)
    page.goto(accepted.get_absolute_url())
    page.locator("#cell-tax_revenue a[href*='corrections/new']").click()
    page.fill("#number-tax_revenue", "12,500")
    page.fill("#reason", "抄错一位")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator(".messages, #messages")).to_contain_text("等待省联席会议办公室裁定")
    expect(page.locator("#impact-title + *, .card-body[hx-get]").first).to_contain_text("没有一次已完成的考核受影响")
    address = page.url
    page.context.clear_cookies()
    page = log_in(staff)
    page.goto(address)
    page.fill("#decision-reason", "已核对税票")
    page.get_by_role("button", name="采纳更正").click()
    page.locator("dialog .btn-primary").click()
    expect(page.locator("h1")).to_contain_text("已更正")
    page.goto(accepted.get_absolute_url())
    page.locator("#cell-tax_revenue").get_by_text("已更正").click()
    history = page.locator("[data-history-dialog]")
    expect(history).to_contain_text("12,000.00 → 12,500.00")
    expect(history).to_contain_text("抄错一位")
