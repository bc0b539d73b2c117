"""Park managers at work on a real web server: the load of the benchmark and of the test of concurrent saving.

Every manager is a thread with a connection and a session of its own, and does what the form's script does: saves a cell,
remembers its revision, takes over what another wrote first, and asks for news every few seconds. Nothing waits between
two saves. What the server acknowledged is remembered and afterwards looked up in the history that the database keeps.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

BASE_DIR = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds
NEWS_SECONDS = 4
START_SECONDS = 60


class WebServer:
    """gunicorn with several workers, as `make run` starts it, on a free port; can be stopped and started again."""

    def __init__(self, environment: Mapping[str, str], workers: int = 3) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {**environment, "PORT": str(self.port), "WEB_WORKERS": str(workers)}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
        self.process = subprocess.Popen(
            command, cwd=BASE_DIR, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the web server did not come up")
            time.sleep(0.1)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it at once with its workers, as a crash would."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


@dataclass(frozen=True)
class Write:
    """A write that the server acknowledged."""

    return_id: int
    code: str
    number: str
    revision: int


@dataclass
class Manager:
    """One person with one form open; `revisions` are those of the cells, shared by nobody."""

    port: int
    session: str
    return_id: int
    codes: Sequence[str]
    revisions: dict[str, int]
    seed: int
    writes: list[Write] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    news_seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.number = self.seed
        self.token = secrets.token_hex(16)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.random = random.Random(self.seed)

    def work(self, until: float) -> None:
        """Save cell after cell until the clock (monotonic seconds) says so; on a slow machine until one save is through."""
        since, asked = "", 0.0
        while time.monotonic() < until + (0 if self.writes else PATIENCE):
            self.number += 100  # no number twice, here or with another manager: the history tells whose it was
            self.save(self.random.choice(self.codes), str(self.number))
            if time.monotonic() - asked > NEWS_SECONDS:
                asked = time.monotonic()
                since = self.news(since)

    def save(self, code: str, number: str) -> None:
        body = urlencode({"number": number, "absence": "", "comment": "", "base_revision": self.revisions.get(code, 0)})
        started = time.perf_counter()
        status, data = self._ask("POST", f"/returns/{self.return_id}/values/{code}/", body)
        self.seconds.append(time.perf_counter() - started)
        self.answers[str(status)] += 1
        if status == 200:
            self.revisions[code] = data["revision"]
            self.writes.append(Write(self.return_id, code, number, data["revision"]))
        elif status == 409:
            self.revisions[code] = data["current"]["revision"]

    def news(self, since: str) -> str:
        started = time.perf_counter()
        status, data = self._ask("GET", f"/returns/{self.return_id}/news/?{urlencode({'since': since, 'at': ''})}", "")
        self.news_seconds.append(time.perf_counter() - started)
        self.answers[f"news {status}"] += 1
        return str(data.get("token", ""))

    def _ask(self, method: str, path: str, body: str) -> tuple[int, dict[str, Any]]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "X-CSRFToken": self.token,
            "Cookie": f"sessionid={self.session}; csrftoken={self.token}",
        }  # fmt: skip
        try:
            response, content = self._send(method, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()  # kept alive too long: as a browser does, once more on a new one
            response, content = self._send(method, path, body, headers)
        is_json = "json" in (response.getheader("Content-Type") or "")
        return response.status, json.loads(content) if is_json else {}

    def _send(
        self, method: str, path: str, body: str, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response, response.read()


def drive(managers: Sequence[Manager], seconds: float) -> float:
    """Let all work at once; returns how long it took in seconds."""
    started = time.monotonic()
    with ThreadPoolExecutor(len(managers)) as pool:
        for work in [pool.submit(manager.work, started + seconds) for manager in managers]:
            work.result()
    return time.monotonic() - started


@dataclass(frozen=True)
class Outcome:
    """What came of a drive. Times in seconds; `lost` acknowledged writes that the history does not hold."""

    saves: int
    seconds: float
    p50: float
    p95: float
    news_p50: float
    news_p95: float
    answers: Counter[str]
    lost: list[Write]
    doubled: list[Write]
    stale: list[str]

    @property
    def per_second(self) -> float:
        return self.saves / self.seconds


def outcome(managers: Sequence[Manager], seconds: float) -> Outcome:
    """Look every acknowledged write up in the history, and the newest of each cell in the cell itself."""
    from indicators.models import Value

    writes = [write for manager in managers for write in manager.writes]
    ids = sorted({manager.return_id for manager in managers})
    history: dict[tuple[int, str, int], str] = {}
    events = Value.pgh_event_model.objects.filter(return_ref__in=ids)  # type: ignore[attr-defined]
    for return_id, code, revision, number in events.values_list(
        "return_ref_id", "indicator__code", "revision", "number"
    ):
        history[return_id, code, revision] = f"{number:f}".rstrip("0").rstrip(".") if number is not None else ""
    seen: Counter[tuple[int, str, int]] = Counter((w.return_id, w.code, w.revision) for w in writes)
    newest: dict[tuple[int, str], Write] = {}
    for write in writes:
        key = (write.return_id, write.code)
        if key not in newest or newest[key].revision < write.revision:
            newest[key] = write
    held = defaultdict(int)
    for return_id, code, revision in Value.objects.filter(return_ref__in=ids).values_list(
        "return_ref_id", "indicator__code", "revision"
    ):
        held[return_id, code] = revision
    times = np.array([taken for manager in managers for taken in manager.seconds])
    news = np.array([taken for manager in managers for taken in manager.news_seconds] or [np.nan])
    return Outcome(
        saves=len(writes),
        seconds=seconds,
        p50=float(np.percentile(times, 50)),
        p95=float(np.percentile(times, 95)),
        news_p50=float(np.percentile(news, 50)),
        news_p95=float(np.percentile(news, 95)),
        answers=sum((manager.answers for manager in managers), Counter()),
        lost=[w for w in writes if history.get((w.return_id, w.code, w.revision)) != w.number],
        doubled=[w for w in writes if seen[w.return_id, w.code, w.revision] > 1],
        stale=[f"{key}" for key, write in newest.items() if held[key] != write.revision],
    )


def sessions(users: Sequence[Any]) -> list[str]:
    """A session key for each user, as the log-in form would give."""
    from django.test import Client

    keys = []
    for user in users:
        client = Client()
        client.force_login(user)
        keys.append(client.cookies["sessionid"].value)
    return keys


def deadlocks() -> int:
    """How many deadlocks the database has counted."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
