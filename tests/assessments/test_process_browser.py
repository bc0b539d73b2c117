"""A year's assessment as its people walk it in the browser, from the start of the run to the bulletin (考核全过程).

The worker is killed on the way and the moments of the clock are brought forward; all else is clicked.
"""

from __future__ import annotations

import io
import time
from datetime import timedelta
from decimal import Decimal

import docx
import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import Role
from assessments.enums import ProceedingStatus, RunStage, RunStatus
from assessments.models import BulletinFile, Objection, Proceeding, Publication, Run
from assessments.publishing import close_window, publish
from indicators.models import Value
from tests.assessments.conftest import YEAR

SECONDS = 60
SLOW = 60_000  # ms: a worker computes, on a shared machine
NUMBER = "豫集聚办〔2024〕5号"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.long
def test_from_the_start_of_the_run_to_the_bulletin(browser_page, log_in, province, worker, other_session, tmp_path):
    staff, lead = province.staff(), province.user("lead", Role.OFFICE_LEAD)
    other, manager = province.staff("other"), province.manager("A3")
    page = browser_page
    page.set_default_timeout(SLOW)

    log_in(staff)
    run = start_and_lose_the_worker(page, worker, other_session, province.scheme)
    address = decide(page)
    submit(page)
    log_in(lead)
    confirm(page, address)
    first = bring_forward_publication()
    page.goto(reverse("publication_list"))
    page.get_by_role("link", name=f"{YEAR} 年 产业集聚区").click()
    expect(page.get_by_role("row", name="A3园区")).to_contain_text("重点关注")

    log_in(manager)
    page.goto(first.get_absolute_url())
    object_to(page, tmp_path)
    log_in(other)
    uphold(page)
    assert close_window(Proceeding.objects.get().pk, today=first.closes_on + timedelta(days=1))

    # What the objection was about is put right; the finished run stays what it was, and another is made.
    figure = Value.objects.filter(zone=province.zones["A3"], year=YEAR, indicator__code="rd_share")
    figure.update(number=Decimal(40))
    log_in(staff)
    again = start(page, province.scheme)
    expect(page.locator("h1")).to_contain_text("已完成")
    assert Run.objects.get(pk=run.pk).results_digest != again.results_digest
    replace(page, address)
    decide_the_rest(page)
    submit(page)
    log_in(lead)
    page.goto(address)
    confirm_again(page)
    second = bring_forward_publication()
    assert (second.sequence, second.run_id, first.run_id) == (2, again.pk, run.pk)
    assert Publication.objects.get(pk=first.pk).content == first.content
    assert close_window(Proceeding.objects.get().pk, today=second.closes_on + timedelta(days=1))
    finalise(page, lead, log_in, address)
    read_the_bulletin(page)


def start(page, scheme) -> Run:
    """Start a run from its page, with a reason for what is not ready."""
    page.goto(reverse("run_list"))
    page.get_by_label("考核办法").first.select_option(str(scheme.pk))
    page.locator("form[action$='/assessments/start/'] [name=year]").select_option(str(YEAR))
    page.get_by_role("button", name="检查并发起").click()
    page.get_by_label("没有齐备仍然发起的理由").fill("数据由公开渠道取得，没有报表")
    page.get_by_role("button", name="发起计算").click()
    expect(page.locator("h1")).to_contain_text(str(YEAR))
    return Run.objects.latest("pk")


def start_and_lose_the_worker(page, worker, session, scheme) -> Run:
    """Its worker dies while it saves; the next one finishes it, and the page says so."""
    with session.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE assessments_result IN SHARE MODE")
    run = start(page, scheme)
    wait_until(lambda: Run.objects.filter(pk=run.pk, stage=RunStage.SAVING).exists())
    expect(page.locator("main")).to_contain_text("保存结果")
    worker.kill()
    with session.cursor() as cursor:
        cursor.execute("ROLLBACK")
    worker.start()
    expect(page.locator("h1")).to_contain_text("已完成", timeout=2 * SLOW)
    run.refresh_from_db()
    assert (run.status, run.attempts) == (RunStatus.DONE, 2)
    return run


def wait_until(condition) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def bring_forward_publication() -> Publication:
    """What the clock does at its moment."""
    proceeding = Proceeding.objects.get()
    assert proceeding.publish_at
    publication = publish(proceeding.pk, by=None, now=proceeding.publish_at)
    assert publication
    return publication


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


def uphold(page):
    page.goto(reverse("objection_list"))
    page.get_by_role("link", name="A3园区").click()
    page.get_by_label("答复").fill("经核实，研发占比漏计，应予更正。")
    page.get_by_role("button", name="异议成立").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已答复，园区会收到通知。")).to_be_visible()
    assert Objection.objects.get().status == "upheld"


def replace(page, address):
    """The difference between the two runs is seen before the act."""
    page.goto(address)
    page.get_by_role("link", name="更换计算结果").click()
    expect(page.get_by_role("row", name="A3园区")).to_contain_text("建议晋升")
    page.get_by_label("理由").fill("A3园区异议成立，研发占比更正后重新计算")
    page.get_by_role("button", name="更换计算结果").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已更换计算结果")).to_be_visible()


def decide_the_rest(page):
    """Zones whose proposal is another now; the others kept their decisions."""
    assert page.locator("tr.is-undecided").count() == 2
    page.get_by_role("button", name="按建议拟定所列全部").click()
    page.get_by_role("button", name="按建议拟定", exact=False).click()
    expect(page.get_by_text("全部已决定")).to_be_visible()


def confirm_again(page):
    page.get_by_role("button", name="复核通过").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("到时自动公示").first).to_be_visible()


def finalise(page, lead, log_in, address):
    log_in(lead)
    page.goto(address)
    foretold = page.get_by_role("region", name="定稿将带来的变动").last
    expect(foretold.get_by_role("row").filter(has_text="处置措施").first).to_be_visible()
    page.get_by_label("通报文号").fill(NUMBER)
    page.get_by_role("button", name="定稿").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已定稿。结果从此不再变动。")).to_be_visible()
    expect(page.get_by_text("链条完整")).to_be_visible()
    assert Proceeding.objects.get().status == ProceedingStatus.FINAL


def read_the_bulletin(page):
    """Written by the worker; both files carry the decisions, the objection and the head of the chain."""
    wait_until(lambda: BulletinFile.objects.count() == 2)
    page.goto(reverse("bulletin_list"))
    expect(page.get_by_role("row", name=NUMBER)).to_be_visible()
    texts = []
    for kind in ("DOCX", "PDF"):
        with page.expect_download() as waiting:
            page.get_by_role("row", name=NUMBER).get_by_role("link", name=kind).click()
        body = waiting.value.path().read_bytes()
        texts.append(text_of(body, kind))
    head = Proceeding.objects.get().acts.latest("pk").digest
    for text in texts:
        for said in (NUMBER, "A3园区", head):
            assert said in text


def text_of(body: bytes, kind: str) -> str:
    if kind == "PDF":
        return "".join(leaf.extract_text() for leaf in pypdf.PdfReader(io.BytesIO(body)).pages).replace("\n", "")
    file = docx.Document(io.BytesIO(body))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])
