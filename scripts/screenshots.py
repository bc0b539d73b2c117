"""The pictures of the README, taken from a running portal with demonstration data: `make run`, then `make screenshots`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, sync_playwright

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.demo.users import DEMO_ZONE, LOCAL_PASSWORD  # noqa: E402 - needs the settings

FOLDER = BASE_DIR / "docs" / "pictures"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
# name → (log-in, path or link to follow from the home page, language, theme, width)
PICTURES: dict[str, tuple[str, str, str, str, int]] = {
    "dashboard": ("office", "/dashboard/", "zh-hans", "light", 1440),
    "dashboard-en-dark": ("office", "/dashboard/", "en", "dark", 1440),
    "home-office": ("office", "/", "zh-hans", "light", 1440),
    "home-park-narrow": ("park", "/", "zh-hans", "light", 390),
    "form": ("park", "a[href^='/returns/']", "zh-hans", "light", 1440),
    "result": ("park", f"a[href^='/assessments/'][href$='/{DEMO_ZONE}/']", "zh-hans", "light", 1440),
    "policy": ("office", "/policy/P014/", "zh-hans", "light", 1440),
}


def take(browser: Browser, name: str, login: str, where: str, language: str, theme: str, width: int) -> None:
    """One picture: the first screenful, twice as dense on narrow screens."""
    context = browser.new_context(
        base_url=ADDRESS,
        viewport={"width": width, "height": 900 if width > 600 else 844},
        device_scale_factor=1 if width > 600 else 2,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": ADDRESS}])
    page = context.new_page()
    enter(page, login)
    if where.startswith("/"):
        page.goto(where)
    else:
        page.locator(where).first.click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1200)  # charts draw after the page has loaded
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def enter(page: Page, login: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", LOCAL_PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for name, (login, where, language, theme, width) in PICTURES.items():
            take(browser, name, login, where, language, theme, width)
            print(FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
