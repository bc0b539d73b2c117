#!/usr/bin/env python3
"""The whole portal in one terminal (一键启动): embedded servers, web, worker and beat; one Ctrl-C stops all of it."""

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import deque
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.error import URLError

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))

from config import embedded  # noqa: E402 - found through the line above

COMMANDS = {
    "web": ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi"],
    "worker": [
        "celery",
        "--quiet",
        "-A",
        "config",
        "worker",
        "--loglevel=WARNING",
        "--without-gossip",
        "--without-mingle",
    ],
    "beat": ["celery", "--quiet", "-A", "config", "beat", "--loglevel=WARNING", "--pidfile="],
}
READY_SECONDS = 90
STOP_SECONDS = 15
LAST_LINES = 25


class Stop(Exception):
    """Ctrl-C, a closed terminal, or a request to terminate."""


class Failure(Exception):
    """The portal cannot start or go on; the message says why."""


class Child:
    """One process of the portal, in a group of its own, its output passed on line by line under its name."""

    def __init__(self, name: str, command: list[str], width: int) -> None:
        self.name = name
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=BASE_DIR, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - prctl alone is safe after a fork
        )  # fmt: skip
        self._reader = threading.Thread(target=self._pass_on, args=(width,), daemon=True)
        self._reader.start()

    def _pass_on(self, width: int) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.last_lines.append(line.rstrip())
            print(f"{self.name:<{width}} │ {line.rstrip()}", flush=True)

    def stop(self, deadline: float) -> None:
        """Ask it to end, wait until ``deadline`` (monotonic seconds), then end its whole group."""
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"→ {self.name} did not stop in time and is ended", flush=True)
        self.signal_group(signal.SIGKILL)  # also what it may have left behind
        self.process.wait()
        self._reader.join(1)

    def signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def die_with_parent() -> None:
    """Have the kernel end this process when the supervisor is killed and can stop nothing any more."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def main() -> int:
    """Start everything, wait, stop everything. Return the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    children: list[Child] = []
    try:
        lock = hold_run_lock()
        check_port(host, port)
        embedded.ensure()
        prepare()
        width = max(map(len, COMMANDS))
        children += [Child(name, command, width) for name, command in COMMANDS.items()]
        logins = demo_logins()
        wait_until_ready(children, f"http://{host}:{port}")
        write_address(lock, f"http://{host}:{port}")
        print(welcome(f"http://{host}:{port}", logins), flush=True)
        watch(children)
    except Stop:
        print("\n→ stopping", flush=True)
        return 0
    except (Failure, embedded.EmbeddedError) as error:
        print(f"\n✗ {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it behind
        stop(children)
    raise AssertionError


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def hold_run_lock() -> IO[str]:
    """Make sure that no other ``make run`` works on the same data."""
    directory = embedded.data_dir()
    directory.mkdir(parents=True, exist_ok=True)
    lock = (directory / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        state = lock.read().strip() or "still starting"
        raise Failure(
            f"The portal is already running from this directory ({state}). Stop it with Ctrl-C there."
        ) from None
    write_address(lock, "still starting")
    return lock


def write_address(lock: IO[str], address: str) -> None:
    """Leave word in the lock file for whoever tries to start a second time."""
    lock.seek(0)
    lock.truncate()
    lock.write(f"process {os.getpid()}, {address}\n")
    lock.flush()


def check_port(host: str, port: str) -> None:
    """Refuse a port that is no number, not allowed or taken."""
    if not port.isdecimal() or not 0 < int(port) < 2**16:
        raise Failure(f"PORT={port} is no port: a number from 1 to 65535 is needed.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does: a port just left is free
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            reasons = {
                errno.EADDRINUSE: f"Port {port} is taken by another program.",
                errno.EACCES: f"Port {port} is reserved for root.",
            }
            reason = reasons.get(error.errno or 0, f"{host}:{port} cannot be used: {error.strerror}.")
            raise Failure(f"{reason} Choose another one: PORT=9000 make run") from None


def prepare() -> None:
    """Run migrations and the like in a process that ends, so that the supervisor stays small."""
    process = subprocess.Popen([sys.executable, BASE_DIR / "scripts" / "prepare.py"], cwd=BASE_DIR,
                               start_new_session=True, preexec_fn=die_with_parent)  # noqa: PLW1509  # fmt: skip
    try:
        code = process.wait()
    except Stop:
        process.terminate()
        process.wait()
        raise
    if code:
        raise Failure("The preparation failed; its message stands above.")


def wait_until_ready(children: list[Child], address: str) -> None:
    """Wait until database, Redis and worker all answer through the web server."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        check_alive(children)
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise Failure(f"{address}/readyz was not ready within {READY_SECONDS} s; the lines above may tell why.")


def demo_logins() -> "subprocess.Popen[str]":
    """Begin to list the demonstration logins while the servers come up."""
    command = [sys.executable, str(BASE_DIR / "manage.py"), "demo_logins"]
    return subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def welcome(address: str, logins: "subprocess.Popen[str]") -> str:
    """Return the closing words: address, and a demonstration login for each role."""
    listed, _ = logins.communicate()
    rule = "─" * 60
    return f"{rule}\n园区通  {address}\n\n{listed.rstrip()}\n\nCtrl-C stops everything.\n{rule}"


def watch(children: list[Child]) -> None:
    """Return never: end by :class:`Stop`, or by :class:`Failure` when a child has died."""
    while True:
        check_alive(children)
        time.sleep(0.3)


def check_alive(children: list[Child]) -> None:
    for child in children:
        code = child.process.poll()
        if code is not None:
            time.sleep(0.2)  # its last lines are still on their way
            listed = "\n".join(f"    {line}" for line in child.last_lines)
            raise Failure(
                f"{child.name} ended by itself (status {code}), so everything is stopped. Its last lines:\n{listed}"
            )


def stop(children: list[Child]) -> None:
    """Stop the children, all at once, then the embedded servers."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.stop(deadline)
    embedded.release()


if __name__ == "__main__":
    sys.exit(main())
