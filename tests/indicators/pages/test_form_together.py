"""Two people in one form, each in a browser of their own: they see each other's cells, and neither overwrites the other."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from benchmarks import _load as load
from indicators import services
from indicators.models import Return
from tests.indicators.pages.form import all_saved, cell, number, saved, state, stored, type_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def colleague(draft, world, browser, live_server):
    """The same form in another browser, of the park's filler."""
    context = browser.new_context(base_url=live_server.url, locale="zh-CN")
    (session,) = load.sessions([world.filler("A1")])
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    other = context.new_page()
    other.goto(draft[0].get_absolute_url())
    all_saved(other)
    yield other
    context.close()


def test_the_others_cell_comes_in_with_who_and_when(page, colleague):
    type_in(colleague, "tax_revenue", "12500")
    saved(colleague, "tax_revenue")
    expect(number(page, "tax_revenue")).to_have_value("12,500.00")
    expect(state(page, "tax_revenue")).to_contain_text("filler-A1")
    expect(cell(page, "tax_revenue")).to_contain_class("is-flashed")
    type_in(page, "tax_revenue", "12700")  # on top of the other's, knowingly
    saved(page, "tax_revenue")
    assert stored("tax_revenue").number == 12700


def test_one_sees_where_the_other_is(page, colleague):
    number(colleague, "employees").focus()
    expect(page.locator("[data-present]")).to_contain_text("filler-A1 正在填写 · 从业人员期末人数")
    expect(cell(page, "employees").locator("[data-others]")).to_have_text("filler-A1")
    colleague.close()
    expect(page.locator("[data-present]")).to_be_hidden()


def test_a_cell_being_edited_is_not_overwritten_but_asked_about(page, colleague):
    number(page, "tax_revenue").fill("12600")  # still in the cell
    type_in(colleague, "tax_revenue", "12500")
    saved(colleague, "tax_revenue")
    message = cell(page, "tax_revenue").locator("[data-message]")
    expect(message).to_contain_text("filler-A1")
    expect(message).to_contain_text("12,500.00，您填的是 12,600")
    expect(number(page, "tax_revenue")).to_have_value("12600")
    page.get_by_role("button", name="用我的").click()
    saved(page, "tax_revenue")
    expect(number(colleague, "tax_revenue")).to_have_value("12,600.00")
    assert stored("tax_revenue").number == 12600


def test_another_persons_change_is_shown_and_one_chooses(page, draft, world):
    for keep, number_after in (("用对方的", 13000), ("用我的", 14500)):
        value = stored("tax_revenue")
        assert value.number is not None
        assert value.updated_by is not None
        other = world.filler("A1") if keep == "用对方的" else value.updated_by
        services.value_save(
            by=other,
            return_id=draft[0].pk,
            indicator_code="tax_revenue",
            number=value.number + 1000,
            base_revision=value.revision,
        )
        type_in(page, "tax_revenue", "14500")
        expect(cell(page, "tax_revenue").locator("[data-message]")).to_contain_text("您填的是 14,500")
        page.get_by_role("button", name=keep).click()
        expect(state(page, "tax_revenue")).to_contain_text("已保存")
        expect(page.locator("[data-queue]")).to_have_text("已全部保存")
        assert stored("tax_revenue").number == number_after


def test_a_return_filed_meanwhile_is_read_only_here_too(page, draft):
    number(page, "tax_revenue").fill("12600")
    services.return_submit(
        by=draft[1], return_id=draft[0].pk, base_revision=Return.objects.get(pk=draft[0].pk).revision
    )
    expect(page.locator("main span", has_text="报表已不能修改。").first).to_be_visible()
    expect(number(page, "tax_revenue")).to_be_disabled()
    expect(state(page, "employees")).to_have_text("只读")
