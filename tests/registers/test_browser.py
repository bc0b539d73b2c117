"""Registering an entry with a browser: a slip is told at its field, the enterprise is chosen from the list, the entry appears."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from registers.models import Enterprise, Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("demo")
def test_a_park_registers_a_project(browser_page, live_server, log_in):
    page = browser_page
    log_in(User.objects.get(username="filler"))
    firm = Enterprise.objects.filter(zone__code="Z166").earliest("pk")
    page.goto(f"{live_server.url}/registers/investment_projects/")
    page.get_by_role("link", name="登记一条").click()
    page.get_by_label("名称", exact=False).first.fill("新能源项目")
    page.get_by_label("企业", exact=True).fill(firm.credit_code[:17] + "?")
    page.get_by_label("阶段").select_option("signed")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("不是统一社会信用代码")).to_be_visible()
    expect(page.get_by_text("签约及以后阶段须填签约日期。")).to_be_visible()
    page.get_by_label("企业", exact=True).fill(firm.credit_code)
    page.get_by_label("签约日期").fill("2025-06-01")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("h1")).to_contain_text("新能源项目")
    expect(page.get_by_text(firm.name)).to_be_visible()
    assert Entry.objects.get(title="新能源项目").data["signed_date"] == "2025-06-01"
    page.goto(f"{live_server.url}/registers/investment_projects/?q=新能源")
    expect(page.get_by_role("link", name="新能源项目")).to_be_visible()
