"""The whole way with a browser: settings, start, a worker's result, final by a second person, what the park then sees."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from assessments.models import Evaluation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("demo", "worker")
def test_from_settings_to_the_parks_page(browser_page, live_server, log_in):
    page = browser_page
    log_in(User.objects.get(username="city"))
    page.goto(f"{live_server.url}/evaluations/")
    form = page.locator("form.evaluation-start")
    form.get_by_label("年度").select_option("2025")
    form.get_by_label("评价范围").select_option(label="南阳市")
    form.get_by_role("button", name="核对参数").click()
    page.get_by_label("A 类比例").fill("0.3")
    page.get_by_role("button", name="发起评价").click()
    expect(page.get_by_text("改用了办法以外的参数值，请写明依据的文件")).to_be_visible()
    page.get_by_label("改用其他值的依据").fill("宛政办〔2026〕演示1号")
    page.get_by_role("button", name="发起评价").click()
    # The worker has it; the page asks again by itself until the classes are there.
    expect(page.locator(".class-cards")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("按文件改用：宛政办〔2026〕演示1号")).to_be_visible()
    expect(page.get_by_role("button", name="定稿")).to_have_count(0)  # not by who started it
    address = page.url
    made = Evaluation.objects.get(pk=int(re.search(r"/evaluations/(\d+)/", address).group(1)))
    log_in(User.objects.get(username="park"))
    assert page.goto(address).status == 404
    log_in(User.objects.get(username="lead"))
    page.goto(address)
    page.get_by_label("公布文号").fill("宛政办〔2026〕演示2号")
    page.get_by_label("公布日期").fill("2026-03-01")
    page.get_by_role("button", name="定稿").click()
    expect(page.get_by_text("已定稿。园区和企业的页面")).to_be_visible()
    log_in(User.objects.get(username="park"))
    page.goto(address)
    firm = made.results.filter(zone__code="Z166", reason="").select_related("enterprise").earliest("rank")
    page.get_by_label("企业名称、信用代码").fill(firm.enterprise.credit_code)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=firm.enterprise.name).click()
    expect(page.locator(".class-verdict")).to_contain_text(f"{firm.grade} ")
    expect(page.locator(".class-verdict")).to_contain_text("位。")
    page.get_by_role("link", name="企业登记").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="2025")).first
    expect(row).to_contain_text(firm.grade)
