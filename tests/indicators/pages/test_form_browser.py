"""The form in a browser: told at once what is wrong, saved by itself, explained and mended in its cells, handed in."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from indicators import services
from indicators.enums import ReturnStatus
from indicators.models import Return, Value
from tests.indicators.pages.form import cell, number, saved, state, stored, type_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_number_saves_itself_and_the_next_cell_is_ready(page):
    type_in(page, "tax_revenue", "１３,５００.５")
    saved(page, "tax_revenue")
    expect(number(page, "tax_revenue")).to_have_value("13,500.50")
    expect(cell(page, "tax_revenue").locator("[data-change]")).to_contain_text("12.5%")
    assert stored("tax_revenue").number == Decimal("13500.5")
    assert page.evaluate("document.activeElement.id").startswith("number-")
    assert page.evaluate("document.activeElement.id") != "number-tax_revenue"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("很多", "不是数字"),
        ("-5", "不能为负数"),
        ("12.345", "最多 2 位小数"),
        ("12,34", "逗号位置不对"),
        ("1.2E+05", "科学计数法"),
    ],
)
def test_a_wrong_value_is_told_and_kept_for_mending(page, typed, words):
    number(page, "tax_revenue").fill(typed)
    number(page, "tax_revenue").press("Enter")
    expect(cell(page, "tax_revenue").locator("[data-message]")).to_contain_text(words)
    expect(state(page, "tax_revenue")).to_have_text("需更正，未保存")
    expect(page.locator("[data-queue]")).to_have_text("1 项需要您处理")
    assert stored("tax_revenue").number == 12000
    page.reload()
    expect(number(page, "tax_revenue")).to_have_value(typed)
    expect(cell(page, "tax_revenue").locator("[data-message]")).to_contain_text(words)


def test_an_ambiguous_multiple_is_asked_about(page):
    number(page, "tax_revenue").fill("1.3万")
    number(page, "tax_revenue").press("Tab")
    page.get_by_role("button", name="填 13,000 万元").click()
    saved(page, "tax_revenue")
    assert stored("tax_revenue").number == 13000


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("typed", "offered"), [("125000000元", "12,500"), ("1.25亿", "12,500"), ("3百万元", "300")])
def test_another_unit_is_converted_on_demand_in_both_languages(page, typed, offered, language):
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.reload()
    type_in(page, "tax_revenue", typed)
    expect(state(page, "tax_revenue")).to_contain_text({"en": "please correct", "zh-hans": "需更正"}[language])
    words = {"en": f"Enter {offered} 10,000 yuan", "zh-hans": f"填 {offered} 万元"}[language]
    cell(page, "tax_revenue").get_by_role("button", name=words, exact=True).click()
    expect(state(page, "tax_revenue")).to_contain_text({"en": "Saved", "zh-hans": "已保存"}[language])
    assert stored("tax_revenue").number == int(offered.replace(",", ""))


def test_areas_are_converted_exactly_and_what_measures_something_else_is_not(page):
    type_in(page, "planned_area", "13.6平方公里")
    cell(page, "planned_area").get_by_role("button", name="填 20,400 亩").click()
    saved(page, "planned_area")
    type_in(page, "tax_revenue", "5平方公里")
    expect(cell(page, "tax_revenue").locator("[data-message]")).to_contain_text("不能换算为本项的单位")
    expect(cell(page, "tax_revenue").locator("[data-message] button")).to_have_count(0)


def test_words_without_a_number_are_taken_or_asked_about(page):
    type_in(page, "rd_expenditure", "暂缺")
    saved(page, "rd_expenditure")
    expect(page.locator("[name=absence-rd_expenditure]")).to_have_value("not_available")
    type_in(page, "tax_revenue", "无")
    message = cell(page, "tax_revenue").locator("[data-message]")
    expect(message.locator("button")).to_have_text(["不适用", "暂缺", "填 0 万元"])
    message.get_by_role("button", name="不适用").click()
    saved(page, "tax_revenue")
    assert (stored("tax_revenue").absence, stored("rd_expenditure").absence) == ("not_applicable", "not_available")


def test_a_broken_rule_marks_its_cells_and_leads_to_them(page):
    type_in(page, "built_area", "16000")
    finding = page.locator("[data-findings-panel] .finding-message", has_text="建成区面积大于规划面积")
    expect(finding).to_be_visible()
    expect(page.locator("[data-todo=mend]")).to_be_enabled()
    expect(cell(page, "planned_area")).to_contain_class("has-hard")
    finding.click()
    expect(number(page, "built_area")).to_be_focused()


def test_a_slip_of_the_unit_is_mended_with_one_click(page):
    type_in(page, "tax_revenue", "120000000")
    use = cell(page, "tax_revenue").get_by_role("button", name="除以 10,000，填 12,000.00 万元")
    expect(use).to_be_visible()
    use.click()
    expect(number(page, "tax_revenue")).to_be_focused()
    expect(cell(page, "tax_revenue").locator("[data-cell-findings] li")).to_have_count(0)
    assert stored("tax_revenue").number == 12000


def test_a_soft_finding_is_explained_beside_it(page):
    type_in(page, "tax_revenue", "30000")
    box = page.locator("[data-explains=tax_revenue]")
    box.fill("两家龙头企业投产")
    box.blur()
    expect(page.locator("[data-todo=explain] b")).to_have_text("0")
    expect(page.locator("[name=comment-tax_revenue]")).to_have_value("两家龙头企业投产")
    assert stored("tax_revenue").comment == "两家龙头企业投产"


def test_not_available_is_an_answer(page):
    page.locator("[name=absence-rd_expenditure]").select_option("not_available")
    saved(page, "rd_expenditure")
    expect(number(page, "rd_expenditure")).to_have_value("")
    value = stored("rd_expenditure")
    assert (value.number, value.absence) == (None, "not_available")


def test_the_return_is_handed_in_and_then_read_only(page, draft):
    page.get_by_role("button", name="报送").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[data-sum=numbers]")).to_have_text("20")
    dialog.get_by_role("button", name="确认报送").click()
    expect(page.get_by_text("已报送，等待市级办公室审核")).to_be_visible()
    expect(page.locator("[data-part]")).to_have_count(0)
    assert Return.objects.get(pk=draft[0].pk).status == ReturnStatus.SUBMITTED


def test_handing_in_is_held_back_until_all_is_mended(page):
    type_in(page, "built_area", "16000")
    expect(page.locator("[data-todo=mend]")).to_be_enabled()
    page.get_by_role("button", name="报送").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="确认报送")).to_be_disabled()
    dialog.get_by_text("建成区面积大于规划面积").click()
    expect(dialog).to_be_hidden()
    expect(number(page, "built_area")).to_be_focused()


def test_the_way_out_of_a_long_list_of_faults_stays_in_sight(page, draft):
    Value.objects.filter(return_ref=draft[0]).update(number=None)  # all required items are missing
    page.reload()
    type_in(page, "built_area", "16000")
    page.get_by_role("button", name="报送").click()
    faults = page.get_by_role("dialog").locator("[data-submit-faults-list] li")
    expect(faults.filter(has_text="必填未填").first).to_be_visible()
    expect(page.get_by_role("button", name="再看看")).to_be_in_viewport()


def test_what_is_left_to_do_is_counted_and_walked_through(page):
    type_in(page, "built_area", "16000")  # larger than planned, and than the sum of its parts: two things to mend
    type_in(page, "tax_revenue", "30000")  # more than twice last year's: to explain
    type_in(page, "employees", "")  # required
    for kind, many in (("missing", "1"), ("mend", "2"), ("explain", "1")):
        expect(page.locator(f"[data-todo={kind}] b")).to_have_text(many)
    page.locator("[data-todo=missing]").click()
    expect(number(page, "employees")).to_be_focused()
    expect(page.locator("[data-todo-place]")).to_have_text("第 2/4 处")
    page.locator("[data-todo-next]").click()
    expect(number(page, "planned_area")).to_be_focused()
    page.keyboard.press("Alt+n")
    expect(number(page, "built_area")).to_be_focused()
    page.keyboard.press("Alt+n")  # from the last to the first
    expect(number(page, "tax_revenue")).to_be_focused()
    expect(page.locator("[data-todo-place]")).to_have_text("第 1/4 处")


def test_files_are_handed_in_beside_a_cell_and_taken_back(page, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    paper, program = tmp_path / "完税证明.pdf", tmp_path / "a.exe"
    paper.write_bytes(b"%PDF-1.7 paid")
    program.write_bytes(b"MZ")
    row = cell(page, "tax_revenue")
    row.locator("[data-note-open=evidence]").click()
    row.locator("input[type=file]").set_input_files([paper, program])
    expect(row.locator(".evidence-item")).to_contain_text("完税证明.pdf")
    expect(row.locator("[data-upload-progress]")).to_contain_text("不是可以上传的类型")
    with page.expect_download() as download:
        row.get_by_role("link", name="完税证明.pdf").click()
    assert download.value.path().read_bytes() == b"%PDF-1.7 paid"
    row.get_by_role("button", name="撤下").click()
    expect(row.locator(".evidence-item")).to_have_count(0)


def test_a_file_dropped_on_a_row_is_handed_in_there(page, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    cell(page, "employees").evaluate(
        """(row) => {
            const data = new DataTransfer();
            data.items.add(new File(["%PDF-1.7 list"], "名册.pdf", {type: "application/pdf"}));
            row.querySelector("th").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(cell(page, "employees").locator(".evidence-item")).to_contain_text("名册.pdf")


def test_a_question_is_answered_at_its_cell_while_the_return_is_with_the_reviewer(draft, world, log_in):
    return_, manager = draft
    Return.objects.filter(pk=return_.pk).update(status=ReturnStatus.SUBMITTED)
    services.question_ask(
        by=world.reviewer(), return_id=return_.pk, indicator_code="tax_revenue", text="是否含罚没收入？"
    )
    page = log_in(manager)
    page.goto(return_.get_absolute_url())
    thread = page.locator("#cell-tax_revenue .thread")
    expect(thread).to_contain_text("是否含罚没收入？")
    expect(page.locator("[data-part]")).to_have_count(0)  # the figures are read-only
    thread.get_by_role("textbox").fill("不含。")
    thread.get_by_role("button", name="答复").click()
    expect(page.locator("#cell-tax_revenue .thread-answer")).to_contain_text("不含。")


def test_reasons_of_the_reviewer_stand_at_their_cells(draft, world, client):
    return_, manager = draft
    services.return_submit(by=manager, return_id=return_.pk, base_revision=return_.revision)
    services.return_return(
        by=world.reviewer(), return_id=return_.pk, reason="请核对", cells={"tax_revenue": "含了罚没收入"},
        base_revision=return_.revision + 1,
    )  # fmt: skip
    client.force_login(manager)
    html = client.get(return_.get_absolute_url()).content.decode()
    assert html.index('id="cell-tax_revenue"') < html.index("含了罚没收入") < html.index('id="cell-employees"')


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_on_a_telephone_buttons_and_earlier_years_lie_side_by_side(page, draft, language):
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    for group in (".page-actions > *", "#cell-main_business_revenue .cell-past"):
        boxes = [one.bounding_box() for one in page.locator(group).all()]
        for one in boxes:
            for other in boxes:
                apart = one["x"] + one["width"] <= other["x"] + 1 or one["y"] + one["height"] <= other["y"] + 1
                assert one == other or apart or other["x"] < one["x"] or other["y"] < one["y"], (group, one, other)
    wider = "nodes => nodes.filter(node => node.scrollWidth > node.clientWidth + 1).map(node => node.textContent)"
    assert page.locator(".page-actions .btn, #cell-main_business_revenue .cell-past").evaluate_all(wider) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
