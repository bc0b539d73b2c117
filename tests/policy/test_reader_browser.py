"""The reader in a browser: one click explains a provision; the address, the back button and the keyboard follow."""

import pytest

from accounts.models import User
from policy import loading
from tests.environment import BASE_DIR
from tests.policy.conftest import PACK

AXE = BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def page(log_in):
    loading.load(PACK)
    return log_in(User.objects.create_superuser("root", password="x"))


def shown(page) -> str:
    return page.locator("#provision-panel .policy-detail").get_attribute("data-code")


def place_of(page, code: str) -> tuple[float, float]:
    """Top of the mark and of what covers the foot of the window."""
    return page.evaluate(
        """code => [document.getElementById(code).getBoundingClientRect().top,
                   innerWidth < 992 ? document.getElementById('provision-panel').getBoundingClientRect().top : innerHeight]""",
        code,
    )


def test_a_click_explains_and_the_back_button_returns(page):
    page.goto("/policy/")
    page.click("#P002")
    page.wait_for_selector(".policy-detail[data-code=P002]")
    assert page.url.endswith("/policy/P002/")
    assert "is-selected" in page.locator("#P002").get_attribute("class")
    page.keyboard.press("j")
    page.wait_for_selector(".policy-detail[data-code=P003]")
    assert page.locator(".policy-text .is-selected").count() == 1
    page.keyboard.press("Escape")
    page.wait_for_selector(".policy-index")
    assert page.evaluate("document.activeElement.id") == "P003", "the reader goes on where they were"
    page.go_back()
    page.wait_for_selector(".policy-detail[data-code=P003]")
    assert page.locator("#main").count() == 1


@pytest.mark.parametrize("width", [1440, 390])
def test_a_deep_link_brings_the_provision_into_sight(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/policy/P146/")
    assert shown(page) == "P146"
    top, foot = place_of(page, "P146")
    assert 50 < top < foot - 20


def test_without_a_script_it_is_in_sight_too(page, browser, live_server):
    cookies = page.context.cookies()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    context.add_cookies(cookies)
    plain = context.new_page()
    plain.goto(f"{live_server.url}/policy/P146/")
    top, foot = place_of(plain, "P146")
    plain.click("#P147")
    plain.wait_for_url("**/policy/P147/")
    context.close()
    assert 50 < top < foot - 20


def test_the_copied_text_is_the_policys(page):
    """The signs of kinds must not get into what a reader quotes."""
    page.goto("/policy/")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.policy-section p'))")
    copied = page.evaluate("getSelection().toString()")
    assert "提升土地产出率、资源循环利用率、智能制造普及率" in copied


def test_no_violation_of_accessibility(page):
    source = AXE.read_text(encoding="utf-8")
    for path in ("/policy/", "/policy/P146/", "/policy/?q=创新&kind=register", "/keys/"):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.goto(path)
            page.evaluate(source)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
            assert not found, [
                (path, theme, rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in found
            ]


def test_the_interface_page_draws_within_the_security_policy(page):
    page.goto("/api/v1/docs/")
    page.wait_for_selector(".opblock-tag", timeout=60_000)
    assert page.locator(".opblock").count() > 20
