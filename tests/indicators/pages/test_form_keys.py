"""Keys and pasting in the form, as in a spreadsheet."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.indicators.pages.form import all_saved, cell, codes_of, number, paste, saved, state, stored, type_in

pytestmark = pytest.mark.django_db(transaction=True)

PASTED = "[data-pasted]"


def test_keys_move_as_in_a_spreadsheet(page):
    codes = codes_of(page)
    number(page, codes[0]).focus()
    for key, code, part in (
        ("ArrowDown", codes[1], "number"),
        ("Enter", codes[2], "number"),
        ("Shift+Enter", codes[1], "number"),
        ("ArrowUp", codes[0], "number"),
        ("Tab", codes[0], "absence"),
        ("Tab", codes[1], "number"),
        ("ArrowRight", codes[1], "absence"),
        ("ArrowLeft", codes[1], "number"),
        ("Shift+Tab", codes[0], "absence"),
        ("ArrowLeft", codes[0], "number"),
    ):
        page.keyboard.press(key)
        focused = "[document.activeElement.closest('[data-cell]').dataset.cell, document.activeElement.dataset.part]"
        assert page.evaluate(focused) == [code, part], key
    number(page, codes[0]).fill("1")
    page.keyboard.press("Escape")
    expect(number(page, codes[0])).to_have_value("500,000.00")


def test_f2_edits_in_place(page):
    number(page, "tax_revenue").focus()
    page.keyboard.press("F2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("5")
    expect(number(page, "tax_revenue")).to_have_value("120050")
    expect(number(page, "tax_revenue")).to_be_focused()
    page.keyboard.press("Enter")
    saved(page, "tax_revenue")
    assert stored("tax_revenue").number == 120050


def test_ctrl_z_takes_the_last_cells_back_one_by_one(page):
    type_in(page, "tax_revenue", "12500")
    saved(page, "tax_revenue")
    type_in(page, "employees", "9001")
    saved(page, "employees")
    for code, before in (("employees", 9000), ("tax_revenue", 12000)):
        page.keyboard.press("Control+z")
        expect(number(page, code)).to_be_focused()
        saved(page, code)
        all_saved(page)
        assert stored(code).number == before


def test_a_column_fills_downwards_and_can_be_undone(page):
    codes = codes_of(page)
    paste(page, codes[0], "510,000\r\n６２０,０００.５\r\n—\r\n\r\nabc\r\n3万\r\n")
    expect(page.locator(PASTED)).to_contain_text("已填入 4 项")
    expect(page.locator(PASTED)).to_contain_text("2 行为空或“—”，没有填。2 项须核对")
    saved(page, codes[1])
    expect(page.locator("[data-queue]")).to_have_text("2 项需要您处理")
    assert stored(codes[0]).number == 510000
    assert stored(codes[1]).number == Decimal("620000.5")
    expect(cell(page, codes[5]).get_by_role("button", name="填 30,000")).to_be_visible()  # asked, not taken
    page.get_by_role("button", name="撤销粘贴").click()
    all_saved(page)
    assert stored(codes[0]).number == 500000


def test_a_block_with_names_goes_to_its_items_whatever_the_order(page):
    block = [
        "指标名称\t单位\t2019年\t2020年",
        "税收收入（万元）\t万元\t11000\t12,500.00",
        "1.从业人员期末人数\t人\t8800\t9001",
        "利润总额\t万元\t\t",
        "某某指标\t万元\t1\t2",
    ]
    paste(page, "main_business_revenue", "\n".join(block))
    expect(page.locator(PASTED)).to_contain_text("已按名称填入 2 项，从“税收收入”到“从业人员期末人数”")
    expect(page.locator(PASTED)).to_contain_text("1 行为空或“—”，没有填。1 行的名称不在本表，没有填：某某指标")
    all_saved(page)
    assert (stored("tax_revenue").number, stored("employees").number) == (12500, 9001)
    assert stored("main_business_revenue").number == 500000


def test_a_single_value_pastes_as_text_does(page):
    paste(page, "tax_revenue", "12500")
    expect(page.locator(PASTED)).to_be_hidden()
    expect(state(page, "tax_revenue")).to_contain_text("已保存")


def test_a_unit_named_in_a_block_is_asked_about_not_overlooked(page):
    block = ["指标名称\t计量单位\t2020年", "税收收入\t亿元\t1.25", "从业人员期末人数\t人\t9001"]
    paste(page, "main_business_revenue", "\n".join(block))
    saved(page, "employees")
    expect(cell(page, "tax_revenue").locator("[data-message]")).to_contain_text("的单位与本项不同")
    assert stored("tax_revenue").number == 12000
    cell(page, "tax_revenue").get_by_role("button", name="填 12,500 万元").click()
    all_saved(page)
    assert stored("tax_revenue").number == 12500


def test_a_unit_in_the_heading_of_a_block_holds_for_its_rows(page):
    paste(page, "main_business_revenue", "指标\t2020年（亿元）\n税收收入\t1.25\n利润总额（万元）\t30000")
    saved(page, "total_profit")
    expect(cell(page, "tax_revenue").get_by_role("button", name="填 12,500 万元")).to_be_visible()
    assert stored("total_profit").number == 30000


def test_answers_without_a_number_paste_as_such(page):
    codes = codes_of(page)
    paste(page, codes[0], "暂缺\n不适用\nN/A\n12500")
    all_saved(page)
    held = [stored(code).absence for code in codes[:3]]
    assert held == ["not_available", "not_applicable", "not_applicable"]
    assert stored(codes[3]).number == 12500
