"""Fixtures that every test may use: database flavours, a real Celery worker, a real browser.

* ``db``/``transactional_db`` (pytest-django): a migrated, empty PostgreSQL database;
* ``catalogue``, ``pack``, ``demo``: name one of them and the database holds the indicators and rules of the policy pack,
  the whole pack, or the pack and demonstration data;
* ``worker``: a Celery worker process on this test's database and Redis;
* ``browser_page``: a Chromium page, with ``live_server`` running; ``log_in(user)`` spares the login form.
"""

import ctypes
import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis
from django.conf import settings
from django.db import connections
from django.test import Client, TransactionTestCase

from config import heartbeat, redis_url
from scripts import messages
from tests.environment import BASE_DIR, Databases, child_environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DATABASES = Databases()
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "live_server",
    "worker",
    "catalogue",
    "pack",
    "demo",
}
# A refused request is the test's own affair; htmx reports what was under way when the page was left.
HARMLESS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=zh-CN",
]


# Database -------------------------------------------------------------------------------------------------------


def flavour_of(item: pytest.Item) -> str | None:
    """Return the database flavour that a test asks for by its fixtures, or None when it needs no database."""
    names = set(getattr(item, "fixturenames", ()))
    if not names & DATABASE_FIXTURES and item.get_closest_marker("django_db") is None:
        return None
    return next((flavour for flavour in ("demo", "pack", "catalogue") if flavour in names), "empty")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the English catalogue when a text is newer: pages are tested in both languages."""
    if hasattr(config, "workerinput"):
        return  # the controller of the parallel workers has done it
    compiled = BASE_DIR / "locale/en/LC_MESSAGES/django.mo"
    newest = max(path.stat().st_mtime for path in compiled.parent.rglob("*.po"))
    if not compiled.exists() or compiled.stat().st_mtime < newest:
        messages.compile_catalogue(BASE_DIR)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests: none of them is left over at the end, when the other workers have nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Point Django at the flavour's database, and empty Redis, before any fixture runs."""
    flavour = flavour_of(item)
    if flavour is None:
        return
    name = DATABASES.use(flavour)
    if connections.settings["default"]["NAME"] != name:  # a fresh session reads the catalogues of PostgreSQL anew
        connections.close_all()
        # One dictionary per alias serves all threads, that of the live server included.
        connections.settings["default"]["NAME"] = name
    for client in redis_clients():
        client.flushdb()


@functools.cache
def redis_clients() -> tuple[redis.Redis, redis.Redis]:
    """Return clients of both databases in Redis: the cache's and the broker's."""
    urls = (settings.REDIS_URL, redis_url.next_database(settings.REDIS_URL))
    return redis.Redis.from_url(urls[0]), redis.Redis.from_url(urls[1])


def _clone_again(self: TransactionTestCase) -> None:
    """Replace Django's flush after a test that commits: truncating would lose what the migrations and packs loaded."""
    flavour = str(connections.settings["default"]["NAME"]).rsplit("_", 1)[1]
    connections.close_all()
    DATABASES.mark_dirty(flavour)


TransactionTestCase._fixture_teardown = _clone_again  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Nothing is left to do here: ``pytest_runtest_setup`` brings the database."""


@pytest.fixture
def catalogue(db: None) -> None:
    """Have the indicators and rules of the policy pack in the database."""


@pytest.fixture
def pack(db: None) -> None:
    """Have the policy pack in the database."""


@pytest.fixture
def demo(db: None) -> None:
    """Have the policy pack and the demonstration data in the database."""


# Worker ---------------------------------------------------------------------------------------------------------


def _die_with_parent() -> None:
    """Have the kernel kill this process when pytest dies: a stray worker would take the next run's messages."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Worker:
    """A Celery worker process that tests may kill and start again."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 60) -> None:
        """Start it and wait for its first sign of life."""
        with redis.Redis.from_url(settings.REDIS_URL) as client, self.log.open("ab") as log:
            client.delete(heartbeat.key(heartbeat.WORKER))
            command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency=1",
                       "--loglevel=INFO", "--without-gossip", "--without-mingle"]  # fmt: skip
            self.process = subprocess.Popen(
                command, cwd=BASE_DIR, env=child_environment(), stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_die_with_parent,  # noqa: PLW1509 - prctl alone is safe after a fork
            )  # fmt: skip
            deadline = time.monotonic() + seconds
            while not heartbeat.alive(client, heartbeat.WORKER):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"The worker did not come up:\n{self.log.read_text()}")
                time.sleep(0.05)

    def kill(self) -> None:
        """Kill it and its children at once, as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A running Celery worker on this test's database; its log is shown when the test fails."""
    running = Worker(tmp_path / "worker.log")
    try:
        running.start()
        yield running
    finally:
        running.kill()  # its database and queue are thrown away: nothing to finish
    sys.stdout.write(running.log.read_text())


# Browser --------------------------------------------------------------------------------------------------------


def chromium() -> str:
    """Return the path of the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return pytest.fail("No Chromium found: make test installs it, or: apt-get install chromium fonts-noto-cjk")


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def browser_page(browser: "Browser", live_server: Any) -> Iterator["Page"]:
    """A page on the live server. The test fails on a script error, a policy violation or a request to elsewhere."""
    context = browser.new_context(
        base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("console", lambda message: faults.append(f"console: {message.text}")
            if message.type == "error" and not message.text.startswith(HARMLESS) else None)  # fmt: skip
    page.on("request", lambda asked: faults.append(f"request to elsewhere: {asked.url}")
            if not asked.url.startswith((live_server.url, "data:", "blob:", "about:")) else None)  # fmt: skip
    yield page
    context.close()
    assert not faults, faults


@pytest.fixture
def log_in(browser_page: "Page", live_server: Any) -> Callable[[Any], "Page"]:
    """Return a function that logs a user in in the browser, without the form."""

    def _log_in(user: Any) -> "Page":
        client = Client()
        client.force_login(user)
        browser_page.context.add_cookies([
            {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
             "url": live_server.url},
        ])  # fmt: skip
        return browser_page

    return _log_in
