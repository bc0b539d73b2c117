"""The form in a browser: told at once what is wrong, saved by itself, nothing lost, keys and pasting as in a spreadsheet."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from indicators import services
from indicators.enums import ReturnStatus
from indicators.models import Return, Value

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)  # a busy machine answers late


@pytest.fixture
def filing(world, sound):
    """A draft of zone A1 with last year beside it, and its manager."""
    last = {**sound, "rd_expenditure": 2400}
    world.add_return("A1", world.add_round(2019, "closed"), "accepted", last)
    manager = world.manager("A1")
    return world.add_return("A1", values=sound, by=manager), manager


@pytest.fixture
def page(filing, log_in):
    return_, manager = filing
    page = log_in(manager)
    page.goto(return_.get_absolute_url())
    expect(page.locator("[data-queue]")).to_have_text("已全部保存")
    return page


def number(page, code):
    return page.locator(f"#number-{code}")


def state(page, code):
    return page.locator(f"#state-{code}")


def cell(page, code):
    return page.locator(f"#cell-{code}")


def stored(code):
    return Value.objects.get(return_ref__round__year=2020, indicator__code=code)


def test_a_number_saves_itself_and_the_next_cell_is_ready(page):
    number(page, "tax_revenue").fill("１３,５００.５")
    number(page, "tax_revenue").press("Enter")
    expect(state(page, "tax_revenue")).to_contain_text("已保存")
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
    expect(state(page, "tax_revenue")).to_contain_text("已保存")
    assert stored("tax_revenue").number == 13000


def test_a_broken_rule_marks_its_cells_and_leads_to_them(page):
    number(page, "built_area").fill("16000")
    number(page, "built_area").press("Enter")
    finding = page.locator("[data-findings-panel] .finding-message", has_text="建成区面积大于规划面积")
    expect(finding).to_be_visible()
    expect(page.locator("[data-to-mend]")).not_to_have_text("0")
    expect(cell(page, "planned_area")).to_contain_class("has-hard")
    finding.click()
    expect(number(page, "built_area")).to_be_focused()


def test_a_slip_of_the_unit_is_mended_with_one_click(page):
    number(page, "tax_revenue").fill("120000000")
    number(page, "tax_revenue").press("Enter")
    use = cell(page, "tax_revenue").get_by_role("button", name="填 12,000.00 万元")
    expect(use).to_be_visible()
    use.click()
    expect(number(page, "tax_revenue")).to_be_focused()
    expect(cell(page, "tax_revenue").locator("[data-cell-findings] li")).to_have_count(0)
    assert stored("tax_revenue").number == 12000


def test_a_soft_finding_is_explained_beside_it(page):
    number(page, "tax_revenue").fill("30000")
    number(page, "tax_revenue").press("Enter")
    box = page.locator("[data-explains=tax_revenue]")
    box.fill("两家龙头企业投产")
    box.blur()
    expect(page.locator("[data-to-mend]")).to_have_text("0")
    expect(page.locator("[name=comment-tax_revenue]")).to_have_value("两家龙头企业投产")
    assert stored("tax_revenue").comment == "两家龙头企业投产"


def test_not_available_is_an_answer(page):
    page.locator("[name=absence-rd_expenditure]").select_option("not_available")
    expect(state(page, "rd_expenditure")).to_contain_text("已保存")
    expect(number(page, "rd_expenditure")).to_have_value("")
    value = stored("rd_expenditure")
    assert (value.number, value.absence) == (None, "not_available")


def test_nothing_is_lost_when_the_connection_breaks(page):
    page.context.set_offline(True)
    number(page, "tax_revenue").fill("12500")
    number(page, "tax_revenue").press("Enter")
    number(page, "employees").fill("9001")
    number(page, "employees").press("Enter")
    expect(page.locator("[data-queue]")).to_have_text("2 项存在本机，联网后自动发送")
    expect(state(page, "employees")).to_have_text("等待发送")
    assert stored("tax_revenue").number == 12000
    page.context.set_offline(False)
    expect(page.locator("[data-queue]")).to_have_text("已全部保存")
    assert (stored("tax_revenue").number, stored("employees").number) == (12500, 9001)


def test_nothing_is_lost_when_the_page_is_closed_in_between(page, filing):
    page.context.set_offline(True)
    number(page, "tax_revenue").fill("12500")
    number(page, "tax_revenue").press("Enter")
    number(page, "employees").press_sequentially("77")  # not even left the cell
    page.close()
    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(filing[0].get_absolute_url())
    expect(state(again, "tax_revenue")).to_contain_text("已保存")
    expect(number(again, "tax_revenue")).to_have_value("12,500.00")
    expect(state(again, "employees")).to_contain_text("已保存")
    assert stored("tax_revenue").number == 12500


def test_another_persons_change_is_shown_and_one_chooses(page, filing, world):
    for keep, number_after in (("用对方的", 13000), ("用我的", 14500)):
        value = stored("tax_revenue")
        other = world.filler("A1") if keep == "用对方的" else value.updated_by
        services.value_save(
            by=other,
            return_id=filing[0].pk,
            indicator_code="tax_revenue",
            number=value.number + 1000,
            base_revision=value.revision,
        )
        number(page, "tax_revenue").fill("14500")
        number(page, "tax_revenue").press("Enter")
        expect(cell(page, "tax_revenue").locator("[data-message]")).to_contain_text("您填的是 14,500")
        page.get_by_role("button", name=keep).click()
        expect(state(page, "tax_revenue")).to_contain_text("已保存")
        expect(page.locator("[data-queue]")).to_have_text("已全部保存")
        assert stored("tax_revenue").number == number_after


def test_an_expired_log_in_keeps_what_was_typed(page, filing, log_in):
    page.context.clear_cookies(name="sessionid")
    number(page, "tax_revenue").fill("12500")
    number(page, "tax_revenue").press("Enter")
    expect(cell(page, "tax_revenue").locator("[data-message]")).to_contain_text("登录已过期")
    log_in(filing[1])
    page.get_by_role("button", name="重试").click()
    expect(state(page, "tax_revenue")).to_contain_text("已保存")
    assert stored("tax_revenue").number == 12500


def test_a_column_from_a_spreadsheet_fills_downwards_and_can_be_undone(page):
    first = number(page, "main_business_revenue")
    codes = page.locator("[data-cell]").evaluate_all("rows => rows.map(row => row.dataset.cell)")
    first.focus()
    first.evaluate(
        """(input, text) => {
            const data = new DataTransfer();
            data.setData("text", text);
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        "主营业务收入\t510,000\r\n营业收入\t620,000.5\r\n\t\r\n增加值\tabc\r\n",
    )
    expect(page.locator("[data-pasted]")).to_contain_text("已从剪贴板填入")
    expect(state(page, codes[1])).to_contain_text("已保存")
    expect(page.locator("[data-queue]")).to_have_text("1 项需要您处理")
    assert stored(codes[0]).number == 510000
    assert stored(codes[1]).number == Decimal("620000.5")
    page.get_by_role("button", name="撤销粘贴").click()
    expect(page.locator("[data-queue]")).to_have_text("已全部保存")
    assert stored(codes[0]).number == 500000


def test_keys_move_as_in_a_spreadsheet(page):
    codes = page.locator("[data-cell]").evaluate_all("rows => rows.map(row => row.dataset.cell)")
    number(page, codes[0]).focus()
    for key, code, part in (
        ("ArrowDown", codes[1], "number"),
        ("Enter", codes[2], "number"),
        ("Shift+Enter", codes[1], "number"),
        ("ArrowUp", codes[0], "number"),
        ("Tab", codes[0], "absence"),
        ("ArrowLeft", codes[0], "number"),
    ):
        page.keyboard.press(key)
        focused = "[document.activeElement.closest('[data-cell]').dataset.cell, document.activeElement.dataset.part]"
        assert page.evaluate(focused) == [code, part], key
    number(page, codes[0]).fill("1")
    page.keyboard.press("Escape")
    expect(number(page, codes[0])).to_have_value("500,000.00")


def test_the_return_is_handed_in_and_then_read_only(page, filing):
    page.get_by_role("button", name="报送").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[data-sum=numbers]")).to_have_text("20")
    dialog.get_by_role("button", name="确认报送").click()
    expect(page.get_by_text("已报送，等待市级办公室审核")).to_be_visible()
    expect(page.locator("[data-part]")).to_have_count(0)
    assert Return.objects.get(pk=filing[0].pk).status == ReturnStatus.SUBMITTED


def test_handing_in_is_held_back_until_all_is_mended(page):
    number(page, "built_area").fill("16000")
    number(page, "built_area").press("Enter")
    expect(page.locator("[data-to-mend]")).not_to_have_text("0")
    page.get_by_role("button", name="报送").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="确认报送")).to_be_disabled()
    dialog.get_by_text("建成区面积大于规划面积").click()
    expect(dialog).to_be_hidden()
    expect(number(page, "built_area")).to_be_focused()


def test_a_reviewer_sends_it_back_from_the_dialog(filing, world, log_in):
    return_, manager = filing
    services.return_submit(by=manager, return_id=return_.pk, base_revision=return_.revision)
    page = log_in(world.reviewer("A"))
    page.goto(f"{return_.get_absolute_url()}review/")
    page.get_by_role("button", name="退回").click()
    page.get_by_label("退回理由").fill("税收含了罚款")
    page.get_by_role("button", name="退回园区").click()
    expect(page.get_by_text("已退回园区")).to_be_visible()
    assert Return.objects.get(pk=return_.pk).status == ReturnStatus.RETURNED
