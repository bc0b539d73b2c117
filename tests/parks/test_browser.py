"""The zone list in a browser: columns are remembered, nothing overflows a phone, no accessibility fault."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import Membership, Organisation, User

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LogIn = Callable[[User], Any]


@pytest.fixture
def page(pack: None, transactional_db: None, log_in: LogIn) -> Any:
    user = User.objects.create_user(username="office", password="a long enough one")
    Membership.objects.create(user=user, organisation=Organisation.objects.get(code="office"), role=Role.OFFICE_STAFF)
    return log_in(user)


def test_the_choice_of_columns_is_remembered(page: Any) -> None:
    page.goto("/zones/")
    expect(page.locator("td[data-column=source]").first).to_be_visible()
    page.get_by_role("button", name="列", exact=True).click()
    page.get_by_role("checkbox", name="来源级别").uncheck()
    expect(page.locator("td[data-column=source]").first).to_be_hidden()
    page.goto("/zones/?city=419001")
    expect(page.locator("td[data-column=source]").first).to_be_hidden()
    expect(page.locator("td[data-column=city]").first).to_be_visible()


def test_from_the_summary_to_a_zone(page: Any) -> None:
    page.goto("/zones/by-city/")
    page.get_by_role("row", name="济源市").get_by_role("link", name="3", exact=True).click()
    expect(page.get_by_text("3 个园区")).to_be_visible()
    page.get_by_role("link", name="济源市玉川产业集聚区").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("济源市玉川产业集聚区")


@pytest.mark.parametrize(
    "path", ["/zones/", "/zones/?zone_class=cluster&status=expired", "/zones/by-city/", "/zones/Z001/"]
)
@pytest.mark.parametrize("width", [390, 1440])
def test_no_overflow_and_no_accessibility_fault(page: Any, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])")
    assert found == []
