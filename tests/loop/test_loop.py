"""The whole loop, as its people walk it: file, correct, review, return, mend, accept, target, assess, explain, pull."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import requests
from playwright.sync_api import expect

from config.demo.users import DEMO_ZONE, LOCAL_PASSWORD
from indicators.models import Return, Value
from reports import tasks
from reports.tasks import snapshots_refresh
from targets.models import Progress
from targets.tasks import progress_refresh

if TYPE_CHECKING:
    from playwright.sync_api import Page

YEAR = 2025
SLOW = 60_000  # ms: a worker computes, on a shared machine

pytestmark = pytest.mark.django_db(transaction=True)


def enter(page: Page, username: str) -> None:
    """Log in through the form, as someone else if somebody is logged in."""
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", LOCAL_PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("您好")


def cell(page: Page, code: str) -> Any:
    return page.locator(f"#cell-{code}")


def fill(page: Page, code: str, text: str, state: str = "saved") -> None:
    """Type into a cell, leave it by Enter, and wait until it says what became of it."""
    box = page.locator(f"#number-{code}")
    box.fill(text)
    box.press("Enter")
    expect(cell(page, code)).to_have_attribute("data-state", state, timeout=SLOW)


def confirm(page: Page) -> None:
    page.locator("dialog[open] .btn-primary, dialog[open] .btn-danger").first.click()


def fill_what_is_left(page: Page) -> None:
    """Give every empty cell last year's figure, typed one after the other without waiting."""
    empty = page.locator("[data-cell]").evaluate_all(
        "rows => rows.filter(row => !row.querySelector('[data-part=number]').value).map(row => [row.dataset.cell, row.dataset.last])"
    )
    for code, last in empty:
        box = page.locator(f"#number-{code}")
        box.fill(last or "1")
        box.press("Enter")
    expect(page.locator("[data-queue]")).to_have_text("已全部保存", timeout=2 * SLOW)


def explain_findings(page: Page) -> None:
    """Write a reason wherever a rule asks for one; findings follow a save by news, so the page is read anew first."""
    page.reload()
    boxes = page.locator("textarea[data-explains]:not([data-explained])").all()
    for code in dict.fromkeys(str(box.get_attribute("data-explains")) for box in boxes):
        box = page.locator(f"textarea[data-explains={code}]").first
        box.fill("企业口径调整，已与统计部门核对。")
        box.blur()
        expect(cell(page, code)).to_have_attribute("data-state", "saved", timeout=SLOW)


def submit(page: Page) -> None:
    page.locator("[data-submit-open]").click()
    page.locator("[data-submit-confirm]").click()
    expect(page.locator("h1")).to_contain_text("已报送", timeout=SLOW)


def accept(page: Page, return_: Return, then: str) -> None:
    page.goto(f"/returns/{return_.pk}/review/")
    page.locator("form[action$='/accept/'] button").click()
    confirm(page)
    page.wait_for_load_state()
    page.goto(return_.get_absolute_url())
    expect(page.locator("h1")).to_contain_text(then, timeout=SLOW)


def manager_files(page: Page, return_: Return, tax: float) -> None:
    """Fill the form, be told of a wrong value, mend it, find everything again after a reload, submit."""
    enter(page, "park")
    page.locator(f"a[href='{return_.get_absolute_url()}']").first.click()
    fill(page, "tax_revenue", "-5", state="invalid")
    expect(page.locator("#message-tax_revenue")).not_to_be_empty()
    fill(page, "tax_revenue", f"{tax:.2f}")
    fill_what_is_left(page)
    explain_findings(page)
    page.reload()
    assert float(page.locator("#number-tax_revenue").input_value().replace(",", "")) == tax
    submit(page)


def city_returns(page: Page, return_: Return, reason: str) -> None:
    enter(page, "city")
    page.goto(f"/returns/{return_.pk}/review/")
    page.locator("#return-form textarea[name=reason]").fill(reason)
    page.locator("#return-form .btn-danger").click()
    page.wait_for_load_state()


def manager_mends(page: Page, return_: Return, reason: str, tax: float) -> None:
    enter(page, "park")
    page.goto(return_.get_absolute_url())
    expect(page.locator("main")).to_contain_text(reason)
    fill(page, "tax_revenue", f"{tax:.2f}")
    submit(page)


def office_assesses(page: Page) -> tuple[int, str]:
    """Start a run, watch it finish, open the zone's result; returns the run's id and the rank shown."""
    page.goto("/assessments/")
    scheme = page.locator("select[name=scheme] option", has_text="产业集聚区").get_attribute("value")
    page.locator("select[name=scheme]").select_option(scheme)
    page.locator("form[action$='/assessments/start/'] [name=year]").select_option(str(YEAR))
    page.locator("form[action$='/assessments/start/'] button[type=submit]").click()
    page.locator("[name=override_reason]").fill("参数未定，仍按现有数据计算")
    page.locator("form[method=post][action$='/assessments/start/'] button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("已完成", timeout=2 * SLOW)
    run_id = int(page.url.rstrip("/").rsplit("/", 1)[1])
    page.goto(f"/assessments/{run_id}/{DEMO_ZONE}/")
    expect(page.locator("main")).to_contain_text("得分由哪些维度构成")
    return run_id, page.locator(".stat-value").nth(1).inner_text().split("/")[0].strip()


def client_with_a_key(page: Page) -> dict[str, str]:
    """Make an API key in the page; returns the header a client sends."""
    page.goto("/keys/")
    page.locator("input[name=name]").fill("统计系统")
    page.locator("form:has(input[name=name]) button[type=submit]").click()
    token = re.search(r"Api-Key (\S+?)\"", page.locator("pre code").inner_text())
    assert token
    return {"Authorization": f"Api-Key {token.group(1)}"}


@pytest.mark.long
def test_the_whole_loop(
    demo: None, browser_page: Page, live_server: Any, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 3)  # the province is what is looked at
    page, reason = browser_page, "税收收入请附说明。"
    page.set_default_timeout(SLOW)
    return_ = Return.objects.get(zone__code=DEMO_ZONE, round__period=str(YEAR))
    last = Value.objects.get(
        zone__code=DEMO_ZONE, period=str(YEAR - 1), source="park", indicator__code="tax_revenue"
    ).number
    tax = round(float(last or 0) * 1.04, 2)
    progress_refresh()
    before = Progress.objects.get(target__code="T09", year=YEAR)
    assert DEMO_ZONE in before.detail["missing"]

    manager_files(page, return_, round(tax * 1.01, 2))
    city_returns(page, return_, reason)
    manager_mends(page, return_, reason, tax)
    enter(page, "city")
    accept(page, return_, "市级已审")
    enter(page, "office")
    accept(page, return_, "已确认")

    # Targets move with the news, and the dashboard after them.
    progress_refresh()
    after = Progress.objects.get(target__code="T09", year=YEAR)
    assert DEMO_ZONE in after.detail["counted"]
    assert (after.numerator or 0) > (before.numerator or 0)
    snapshots_refresh()
    page.goto("/dashboard/")
    expect(page.locator("main")).to_contain_text("十八个省辖市")

    run_id, rank = office_assesses(page)
    headers, api = client_with_a_key(page), f"{live_server.url}/api/v1"
    asked = {"zone": DEMO_ZONE, "year": str(YEAR), "indicator": "tax_revenue"}
    values = requests.get(f"{api}/values/", asked, headers=headers, timeout=30).json()["results"]
    assert [float(value["number"]) for value in values if value["source"] == "park"] == [tax]
    results = requests.get(
        f"{api}/results/", {"run": str(run_id), "zone": DEMO_ZONE}, headers=headers, timeout=30
    ).json()
    assert str(results["results"][0]["rank"]) == rank
    assert results["results"][0]["mark"] == "演示数据"
    assert requests.get(f"{api}/values/", timeout=30).status_code == 401
