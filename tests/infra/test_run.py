"""``make run``'s supervisor, on the demonstration database."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import psutil
import pytest
from django.conf import settings

from tests.environment import child_environment


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run:
    """A started ``scripts/run.py`` with what it has said so far."""

    def __init__(self, data, port: int) -> None:
        environment = child_environment() | {"YUANQU_DATA": str(data), "PORT": str(port), "WEB_WORKERS": "1"}
        self.process = subprocess.Popen([sys.executable, "scripts/run.py"], cwd=settings.BASE_DIR, env=environment,
                                        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
        self.said = ""

    def read_until(self, words: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        pytest.fail(f"Ended without saying {words!r}:\n{self.said}")

    def end(self, seconds: float = 40) -> int:
        """Read the rest and return the exit status."""
        rest, _ = self.process.communicate(timeout=seconds)
        self.said += rest
        return self.process.returncode

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def run(transactional_db, demo, tmp_path) -> Iterator[Run]:
    started = Run(tmp_path, free_port())
    yield started
    if started.process.poll() is None:
        started.process.send_signal(signal.SIGTERM)
        started.end()


@pytest.mark.long
def test_starts_serves_refuses_a_second_start_and_stops_cleanly(run, tmp_path):
    run.read_until("Ctrl-C stops everything.")
    address = re.search(r"http://127\.0\.0\.1:\d+", run.said)[0]
    with urllib.request.urlopen(f"{address}/readyz") as response:  # noqa: S310 - our own address
        assert response.status == 200
    for role in ("office", "city", "park", "admin"):  # a login for each role
        assert role in run.said

    second = Run(tmp_path, free_port())
    assert second.end() == 1
    assert f"already running from this directory (process {run.process.pid}, {address})" in second.said

    family = run.family()
    assert len(family) >= 4  # master and worker of web and worker, beat
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 0, run.said
    assert [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.long
def test_child_that_dies_stops_everything_with_its_last_lines(run):
    run.read_until("Ctrl-C stops everything.")
    family = run.family()
    beat = next(process for process in family if "beat" in process.cmdline())
    beat.kill()
    assert run.end() == 1
    assert "beat ended by itself (status -9), so everything is stopped. Its last lines:" in run.said
    deadline = time.monotonic() + 5
    while any(process.is_running() for process in family) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize(("port", "words"), [("", "Port {} is taken by another program. Choose another one: PORT=9000 make run"),
                                             ("70000", "PORT=70000 is no port"), ("web", "PORT=web is no port")])  # fmt: skip
def test_unusable_port_is_told_before_anything_starts(tmp_path, port, words):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = port or str(taken.getsockname()[1])
        environment = {**os.environ, "YUANQU_DATA": str(tmp_path), "PORT": port}
        environment.pop("DATABASE_URL", None)
        environment.pop("REDIS_URL", None)
        done = subprocess.run([sys.executable, "scripts/run.py"], cwd=settings.BASE_DIR, env=environment,
                              capture_output=True, text=True, timeout=20, check=False)  # fmt: skip
    assert done.returncode == 1
    assert words.format(port) in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.lock"]
