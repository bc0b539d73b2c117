"""In the browser: one person records a measure outside a decision, another confirms it; a list of incidents goes in."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import Duty, Role
from assessments.models import Incident, Measure
from tests.assessments.test_incident_uploads import line, workbook
from tests.assessments.test_incidents import officer

pytestmark = pytest.mark.django_db(transaction=True)
PDF = {"name": "决定.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"}


def test_two_people_take_a_measure(browser_page, log_in, province):
    staff, lead, today = province.staff(), province.user("lead", Role.OFFICE_LEAD), timezone.localdate().isoformat()
    page = browser_page
    log_in(staff)
    page.goto(reverse("measure_list"))
    page.get_by_role("link", name="登记考核决定之外的措施").click()
    page.locator("[name=zone]").select_option(label="A5园区")
    page.locator("[name=step]").select_option("correction")
    page.get_by_label("决定机关").fill("河南省人民政府")
    page.get_by_label("文号").fill("豫政文〔2024〕7号")
    page.get_by_label("文件日期").fill(today)
    page.get_by_label("采取日期").fill(today)
    page.locator("[name=documents]").set_input_files([PDF])
    page.get_by_label("P197b").check()
    page.get_by_label("理由").fill("督察发现的问题整改不到位")
    page.get_by_role("button", name="登记，交另一人复核").click()
    expect(page.get_by_text("等待另一人复核")).to_be_visible()
    expect(page.get_by_role("button", name="复核通过")).to_have_count(0)
    address = page.url

    log_in(lead)
    page.goto(address)
    page.get_by_role("button", name="复核通过，采取措施").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("没有计算或规则触发")).to_be_visible()
    measure = Measure.objects.get()
    assert (measure.step, measure.clauses, measure.decision) == ("correction", ["P198", "P197b"], None)


def test_a_list_of_incidents_is_mended_and_recorded(browser_page, log_in, province):
    page = browser_page
    log_in(officer(province, Duty.EMERGENCY))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for lines, says in (([line(), line("A8")], "清单!A3"), ([line(), line("A2")], "登记 2 件")):
        page.goto(reverse("incident_list"))
        page.get_by_role("link", name="上传清单").click()
        file = {"name": "清单.xlsx", "mimeType": kind, "buffer": workbook(*lines)}
        page.locator("[name=file]").set_input_files([file])
        page.get_by_role("button", name="上传并逐行查看").click()
        expect(page.get_by_text(says)).to_be_visible()
    page.get_by_role("button", name="登记 2 件").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已登记 2 件。")).to_be_visible()
    assert Incident.objects.count() == 2
