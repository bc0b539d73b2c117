"""Schemes and simulation in a browser: cloned, a weight changed, submitted, published by a second person; sliders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from assessments import tasks
from assessments.enums import SchemeStatus
from assessments.models import Run, Scheme
from tests.assessments.conftest import YEAR
from tests.assessments.test_scheme_life import clauses  # noqa: F401 - a fixture
from tests.assessments.test_simulation import mixed

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SLOW = 30_000  # ms: ranks are worked out, on a shared machine
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(bare: Any, clauses: None) -> Any:  # noqa: F811
    mixed(bare)
    bare.writer = bare.staff("writer")
    bare.lead = bare.user("lead", Role.OFFICE_LEAD)
    run = Run.objects.create(scheme=bare.scheme, year=YEAR, requested_by=bare.writer)
    tasks.run_execute(run.pk)
    return bare


def weight(page: Page, name: str) -> Locator:
    return page.locator(".scheme-table").get_by_role("textbox", name=f"{name} 权重")


def confirm(page: Page) -> None:
    page.locator("dialog[open] .btn-primary").click()


def test_a_version_from_clone_to_publication(world: Any, log_in: Any) -> None:
    page = log_in(world.writer)
    page.goto(world.scheme.get_absolute_url())
    page.get_by_role("button", name="复制为新版本").click()
    expect(page.locator("h1")).to_contain_text("1.1")
    # Sums are told while one types, and checked again when it is saved.
    weight(page, "研发占比").fill("10")
    expect(page.locator(".weight-sum.is-wrong")).to_have_text("下级权重合计 60 · 应为 100")
    page.get_by_role("button", name="校验并保存草稿").click()
    expect(page.locator("#faults")).to_contain_text("权重合计 60，应为 100")
    expect(weight(page, "研发占比")).to_have_value("10")
    weight(page, "能耗").fill("70")
    expect(page.locator(".weight-sum.is-wrong")).to_have_count(0)
    page.get_by_role("button", name="校验并保存草稿").click()
    expect(page.locator("#messages")).to_contain_text("已保存")
    page.get_by_role("link", name="差异与影响").click()
    expect(page.get_by_role("row", name=re.compile("研发占比 权重 50.*10"))).to_be_visible()
    expect(page.locator("#effect tr.selected")).not_to_have_count(0, timeout=SLOW)
    # What is missing is told first; only then is one asked whether it is meant.
    page.get_by_role("button", name="废弃草稿").click()
    expect(page.get_by_label("为何废弃")).to_be_focused()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_label("为何修订").fill("节能优先")
    page.get_by_role("button", name="提交发布").click()
    expect(page.locator("h1")).to_contain_text("待发布")
    expect(page.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    page = log_in(world.lead)
    page.goto("/notices/")
    page.get_by_role("link", name="待您发布：小办法 1.1").click()
    page.get_by_role("link", name="差异与影响").click()
    expect(page.get_by_role("row", name=re.compile("研发占比 权重 50.*10"))).to_be_visible()
    expect(page.locator("#effect tr.selected")).not_to_have_count(0, timeout=SLOW)
    page.get_by_role("button", name="发布", exact=True).click()
    confirm(page)
    expect(page.locator("h1")).to_contain_text("已发布")
    published = Scheme.objects.get(version="1.1")
    assert (published.status, published.published_by, published.submitted_by) == (
        SchemeStatus.PUBLISHED,
        world.lead,
        world.writer,
    )


def values(page: Page) -> list[float]:
    return [float(text) for text in page.locator(".weight-number input").evaluate_all("all => all.map(e => e.value)")]


def test_sliders_move_ranks_by_mouse_and_keys(world: Any, log_in: Any) -> None:
    page = log_in(world.writer)
    page.goto(f"/simulation/weights/?scheme={world.scheme.pk}&year={YEAR}")
    assert values(page) == [50, 30, 20]
    rd, energy = (page.get_by_role("slider", name=name) for name in ("研发占比", "能耗"))
    expect(page.locator("#weights-result tr.selected")).to_have_count(0)
    # The last one is locked: what the first gives up goes to the second alone.
    page.locator(".weight-slider").nth(2).get_by_label("锁定").check()
    rd.evaluate("e => { e.value = 10; e.dispatchEvent(new Event('input', {bubbles: true})); }")
    assert values(page) == [10, 70, 20]
    expect(page.locator("#weights-result tr.selected")).not_to_have_count(0, timeout=SLOW)
    expect(page.locator(".weights-shown")).to_contain_text("能耗 70.00 %")
    energy.focus()
    energy.press("ArrowRight")
    assert values(page) == [9, 71, 20]
    expect(page.locator(".weights-shown")).to_contain_text("能耗 71.00 %", timeout=SLOW)
    energy.press("ArrowLeft")
    expect(page.locator(".weights-shown")).to_contain_text("能耗 70.00 %", timeout=SLOW)
    page.get_by_role("button", name="存为草稿版本").click()
    expect(page.locator("#messages")).to_contain_text("已存为草稿")
    draft = Scheme.objects.get(status=SchemeStatus.DRAFT)
    assert "模拟权重：研发占比 10 %、能耗 70 %、新兴占比 20 %" in draft.acts.latest("pk").reason
    expect(page.get_by_role("row", name=re.compile("能耗 权重 30.*70"))).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="恢复原权重").click()
    assert values(page) == [50, 30, 20]
