"""PostgreSQL and Redis of the tests: real servers, fast settings, one slot for each pytest process.

A slot is a number held by a file lock, so that parallel workers and parallel runs never share a database, and a
crashed run leaves nothing that the next holder of the slot would not overwrite.

Databases come in flavours, each built once and then cloned from a template (a fraction of a second):

* ``empty``: migrated;
* ``catalogue``: with the indicators and rules of the policy pack;
* ``pack``: with the policy pack loaded;
* ``demo``: with the pack and the demonstration data.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Any

import psycopg2
from psycopg2 import sql

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
SERVERS = embedded.Servers(embedded.data_dir() / "tests", durable=False)
KEPT_TEMPLATES = 2
# While one thing is being built: new templates for new migrations and packs alone, whatever else changed.
KEEP_TEMPLATES = bool(os.environ.get("YUANQU_TEST_KEEP"))
# What each flavour is built upon, and the command that adds to it.
FLAVOURS: dict[str, tuple[str | None, list[str]]] = {
    "empty": (None, ["migrate", "--verbosity=0"]),
    "catalogue": ("empty", ["shell", "--no-imports", "--command=from tests import catalogue; catalogue.put()"]),
    "pack": ("empty", ["load_pack", "packs/henan-2017"]),
    "demo": ("pack", ["demo_data", "--if-empty"]),
}
APPS = (
    "config", "reports", "assessments", "compliance", "targets", "registers", "indicators", "parks", "policy", "accounts", "common"
)  # fmt: skip
FACES = ("views", "api", "forms", "admin", "urls", "templatetags", "filters", "tables", "tests")  # they load no data

_held: dict[str, Any] = {}


def take_slot() -> int:
    """Start the servers, hold the first free slot until this process ends, and return its number."""
    SERVERS.acquire()
    for number in count():
        lock: IO[str] = (SERVERS.root / f"slot-{number}.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _held.update(slot=number, lock=lock)
        return number
    raise AssertionError


def environment(slot: int, flavour: str = "empty") -> dict[str, str]:
    """Return the variables with which a process works on ``flavour``'s database of ``slot``."""
    return {
        "DJANGO_ENV": "local",
        "DATABASE_URL": SERVERS.database_url(database_name(slot, flavour)),
        "REDIS_URL": SERVERS.redis_url(2 * slot),
        "MEDIA_ROOT": str(SERVERS.root / f"media-{slot}"),
        "STATIC_ROOT": str(SERVERS.root / "static"),
        "CELERY_VISIBILITY_SECONDS": "2",
        # Playwright's loop runs in the thread of the test; the tests' own queries are sequential all the same.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


def child_environment() -> dict[str, str]:
    """Return the whole environment for a process that a test starts (a worker, a command), on the test's database."""
    slot = _held["slot"]
    return {
        **os.environ,
        **environment(slot, _held.get("flavour", "empty")),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "YUANQU_TEST_SLOT": str(slot),
        "PYTHONPATH": str(BASE_DIR),
    }


def database_name(slot: int, flavour: str) -> str:
    return f"test_{slot}_{flavour}"


class Databases:
    """The databases of this process's slot; :meth:`use` brings one into its template's state."""

    def __init__(self) -> None:
        self._clean: set[str] = set()
        self._templates: dict[str, str] = {}

    def mark_dirty(self, flavour: str) -> None:
        """Tell that a test committed to ``flavour``: it is cloned anew before the next use."""
        self._clean.discard(flavour)

    def use(self, flavour: str) -> str:
        """Return the name of this slot's database of ``flavour``, in the state of its template."""
        name = database_name(_held["slot"], flavour)
        _held["flavour"] = flavour
        if flavour not in self._clean:
            if flavour not in self._templates:
                self._templates[flavour] = _template(flavour)
            with _administration() as run:
                run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
                # A copy of the files is, without fsync, faster than one through the log.
                run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, self._templates[flavour])
            self._clean.add(flavour)
        return name


def _template(flavour: str) -> str:
    """Return the template of ``flavour`` for the present code, building it when it is not there."""
    name = f"tpl_{flavour}_{_fingerprint(flavour)}"
    below, command = FLAVOURS[flavour]
    parent = _template(below) if below else "template0"
    with (SERVERS.root / f"template-{flavour}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _administration() as run:
            if run("SELECT 1 FROM pg_database WHERE datname = %s", parameters=(name,)):
                return name
            run("DROP DATABASE IF EXISTS {} WITH (FORCE)", f"building_{flavour}")
            run("CREATE DATABASE {} TEMPLATE {}", f"building_{flavour}", parent)
        _manage(command, f"building_{flavour}")
        with _administration() as run:
            run("ALTER DATABASE {} RENAME TO {}", f"building_{flavour}", name)
            found = run("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC",
                        parameters=(f"tpl\\_{flavour}\\_%",))  # fmt: skip
            for (old,) in found[KEPT_TEMPLATES:]:
                run("DROP DATABASE IF EXISTS {}", old)
    return name


def _manage(arguments: list[str], database: str) -> None:
    variables = {**child_environment(), "DATABASE_URL": SERVERS.database_url(database)}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=BASE_DIR, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        message = (
            f"manage.py {' '.join(arguments)} failed while the test database was built:\n{done.stdout}{done.stderr}"
        )
        raise RuntimeError(message)


def _fingerprint(flavour: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(_sources(flavour)):
        digest.update(f"{path.relative_to(BASE_DIR)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _sources(flavour: str) -> Iterator[Path]:
    yield BASE_DIR / "requirements.txt"
    schema_alone = flavour == "empty" or KEEP_TEMPLATES
    for app in APPS:
        for path in (BASE_DIR / app).rglob("*.py"):
            parts = path.relative_to(BASE_DIR).parts
            if "migrations" in parts or not (schema_alone or any(Path(part).stem in FACES for part in parts)):
                yield path
    if flavour == "catalogue":
        yield BASE_DIR / "tests" / "catalogue.py"
    if flavour != "empty":
        yield from (path for path in (BASE_DIR / "packs").rglob("*") if path.is_file())


@contextmanager
def _administration() -> Iterator[Any]:
    """Yield a function that runs one statement on the server; ``{}`` stands for a quoted name."""
    connection = psycopg2.connect(host=str(SERVERS.sockets), user="postgres", dbname="postgres")
    connection.autocommit = True

    def run(statement: str, *names: str, parameters: tuple[object, ...] | None = None) -> list[Any]:
        composed = sql.SQL(statement).format(*map(sql.Identifier, names)) if names else statement
        with connection.cursor() as cursor:
            cursor.execute(composed, parameters)
            return cursor.fetchall() if cursor.description else []

    try:
        yield run
    finally:
        connection.close()


if __name__ == "__main__":  # make test builds the templates while the static checks run
    take_slot()
    for each in FLAVOURS:
        _template(each)
