"""The main ways through targets, policy and compliance, as people go them in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import User
from compliance.checking import check_all
from compliance.models import Breach, Exemption, Task
from compliance.services import tasks_assign
from parks.models import Region
from policy.models import Provision
from targets.models import Target
from tests.compliance.test_rules import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pack")]


@pytest.fixture
def office() -> User:
    return person("lead1", Role.OFFICE_LEAD, "office")


def test_the_office_sets_a_target_for_2030_with_its_clause(log_in: Callable[[User], Page], office: User) -> None:
    page = log_in(office)
    page.goto("/targets/")
    page.get_by_role("link", name="新目标").click()
    page.get_by_role("link", name=re.compile("各园区合计")).click()
    page.locator("#id_name_zh").fill("产业集聚区税收收入")
    page.locator("#id_name_en").fill("Tax revenue of cluster zones")
    expect(page.locator("#id_year")).to_have_value("2030")
    page.locator("#id_lead").select_option("taxation")
    page.locator("#id_provision").select_option(str(Provision.objects.get(code="P014").pk))
    page.locator("#id_zone_class").select_option("cluster")
    page.locator("#id_expression").fill("tax_revenue +")
    page.locator("#id_value").fill("5000000")
    page.locator("#id_unit").fill("万元")
    page.locator("#id_tolerance_by").fill("联席会议办公室")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("公式不完整")).to_be_visible()  # at its field, with all that was typed kept
    expect(page.locator("#id_name_zh")).to_have_value("产业集聚区税收收入")
    page.locator("#id_expression").fill("tax_revenue")
    page.get_by_role("button", name="先试算").click()
    expect(page.get_by_text("试算结果（未保存）")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已设定目标 O2030-1")).to_be_visible()
    expect(page.locator("blockquote")).to_contain_text("主营业务收入超千亿元产业集聚区达到20个左右")
    target = Target.objects.get(code="O2030-1")
    assert (target.provision.code, target.year, target.value) == ("P014", 2030, 5_000_000)
    page.goto("/policy/P014/")
    expect(page.locator("#provision-panel").get_by_role("link", name=re.compile("O2030-1")).first).to_be_visible()


def test_from_a_filter_of_the_policy_to_the_thing_itself(log_in: Callable[[User], Page], office: User) -> None:
    check_all()
    page = log_in(office)
    page.goto("/policy/")
    page.locator("#id_kind").select_option("rule")
    page.locator("#id_status").select_option("breach")
    page.get_by_role("button", name="筛选").click()
    mark = page.locator("#P024")
    expect(mark).to_be_visible()
    mark.click()
    expect(page).to_have_url(re.compile(r"/policy/P024/"))
    panel = page.locator("#provision-panel")
    expect(panel).to_contain_text("不符")
    panel.get_by_role("link", name=re.compile("检查 .* 个，不符")).first.click()
    expect(page).to_have_url(re.compile("/compliance/rules/one_zone_per_county/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("一县一区")


def test_an_exemption_is_granted_on_a_breach(log_in: Callable[[User], Page], office: User) -> None:
    check_all()
    breach = Breach.objects.standing().filter(rule="one_zone_per_county").earliest("subject_key")
    page = log_in(office)
    page.goto("/compliance/?rule=one_zone_per_county")
    page.goto(f"/compliance/{breach.pk}/")
    page.locator("#id_reason").fill("历史形成，整合方案已报省政府")
    page.get_by_role("button", name="登记例外").click()
    expect(page.get_by_text("该字段是必填项。")).to_have_count(2)  # document and day; what was written stays
    page.locator("#id_basis").fill("联席会议〔2026〕2号")
    page.locator("#id_until").fill((timezone.localdate() + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="登记例外").click()
    expect(page.get_by_text("联席会议〔2026〕2号")).to_be_visible()
    assert Exemption.objects.get().subject_key == breach.subject_key
    expect(page.get_by_role("heading", level=1)).to_contain_text("例外")


def test_a_city_notes_how_its_task_goes(log_in: Callable[[User], Page], office: User) -> None:
    made = tasks_assign(
        by=office, provisions=[Provision.objects.get(code="P105")], lead="ecology",
        cities=[Region.objects.get(code="410900")], deadline=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    page = log_in(person("city9", Role.CITY_REVIEWER, "city-410900"))
    page.goto("/tasks/")
    page.locator(f"a[href='/tasks/{made[0].pk}/']").first.click()
    page.locator("#id_text").fill("已完成方案编制，正在征求意见")
    page.locator("#id_percent").fill("40")
    page.locator("#id_status").select_option("in_progress")
    page.get_by_role("button", name="记录").click()
    expect(page.locator(".timeline-list")).to_contain_text("已完成方案编制，正在征求意见")
    assert (Task.objects.get().percent, Task.objects.get().status) == (40, "in_progress")


def test_the_side_menu_closes_a_section_and_remembers(log_in: Callable[[User], Page], office: User) -> None:
    page = log_in(office)
    page.goto("/policy/")
    menu = page.locator("#sidenav")
    section = menu.locator("details[data-section=assessment]")
    expect(section).to_have_attribute("open", "")
    section.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(section).not_to_have_attribute("open", "")
    page.goto("/zones/")
    expect(menu.locator("details[data-section=assessment]")).not_to_have_attribute("open", "")
    page.goto("/schemes/")  # the section of the present page is open whatever was closed
    expect(menu.locator("details[data-section=assessment]")).to_have_attribute("open", "")
    expect(menu.locator("[aria-current=page]")).to_have_text("考核办法")
