"""A year's assessment in the browser: decided, submitted, confirmed by another, published, objected to, answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import Role
from assessments import tasks
from assessments.models import Objection, Proceeding, Run
from assessments.publishing import publish
from tests.assessments.conftest import YEAR

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_agenda_to_the_answer(browser_page, log_in, province, tmp_path):
    staff, lead = province.staff(), province.user("lead", Role.OFFICE_LEAD)
    other, manager = province.staff("other"), province.manager("A3")
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(run.pk)
    page = browser_page

    log_in(staff)
    page.goto(reverse("run_detail", args=[run.pk]))
    address = decide(page)
    submit(page)
    log_in(lead)
    confirm(page, address)
    proceeding = Proceeding.objects.get()
    assert proceeding.publish_at
    publication = publish(proceeding.pk, by=None, now=proceeding.publish_at)
    page.goto(reverse("publication_list"))
    page.get_by_role("link", name=f"{YEAR} 年 产业集聚区").click()
    expect(page.get_by_role("row", name="A3园区")).to_contain_text("重点关注")
    log_in(manager)
    page.goto(publication.get_absolute_url())
    object_to(page, tmp_path)
    log_in(other)
    answer(page)
    page.goto(address)
    expect(page.get_by_text("链条完整")).to_be_visible()


def decide(page) -> str:
    """One zone otherwise than proposed, first without a reason; the rest as proposed."""
    page.get_by_role("button", name="启动考核程序").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("考核程序")
    address = page.url
    page.get_by_role("combobox", name="A3园区的决定").select_option("watch")
    page.get_by_role("button", name="保存决定").click()
    expect(page.get_by_role("alert")).to_contain_text("A3园区")
    expect(page.get_by_role("combobox", name="A3园区的决定")).to_have_value("watch")
    page.get_by_role("textbox", name="A3园区的理由").fill("主要项目已复产")
    page.get_by_role("button", name="按建议拟定所列全部").click()
    expect(page.get_by_text("另有 1 个园区的决定您已填写")).to_be_visible()
    page.get_by_role("button", name="按建议拟定", exact=False).click()
    expect(page.get_by_text("已拟定")).to_be_visible()
    for select in page.locator("tr.is-undecided select").all():
        select.select_option("keep")
    for text in page.locator("tr.is-undecided textarea").all():
        text.fill("补报核实后保持")
    if page.locator("tr.is-undecided").count():
        page.get_by_role("button", name="保存决定").click()
    expect(page.get_by_text("全部已决定")).to_be_visible()
    return str(address)


def submit(page):
    page.get_by_label("会议纪要").fill("逐项审议")
    page.get_by_label("位次、等级和拟定结论", exact=True).check()
    moment = timezone.localtime(timezone.now() + timedelta(hours=1))
    page.get_by_label("公示时刻").fill(moment.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("决定由您拟定或提交，须由他人复核。")).to_be_visible()


def confirm(page, address):
    """By another; nothing is public yet."""
    page.goto(address)
    page.get_by_role("button", name="复核通过").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("到时自动公示").first).to_be_visible()
    page.context.clear_cookies()
    page.goto(reverse("publication_list"))
    expect(page.get_by_text("还没有公示")).to_be_visible()


def object_to(page, tmp_path):
    page.get_by_role("link", name="A3园区").click()
    page.get_by_label("异议内容").fill("税收数据有误")
    proof = tmp_path / "证明.pdf"
    proof.write_bytes(b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n")
    page.get_by_label("佐证材料").set_input_files(proof)
    page.get_by_role("button", name="提出异议").click()
    expect(page.get_by_role("link", name="证明.pdf")).to_be_visible()


def answer(page):
    page.goto(reverse("objection_list"))
    page.get_by_role("link", name="A3园区").click()
    page.get_by_label("答复").fill("经核实，数据无误。")
    page.get_by_role("button", name="不成立").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已答复，园区会收到通知。")).to_be_visible()
    assert Objection.objects.get().status == "rejected"
