import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings

from config.embedded import EmbeddedError, Servers

HOLD = """
import sys
from pathlib import Path
from config.embedded import Servers
servers = Servers(Path(sys.argv[1]), durable=False)
servers.acquire()
print("up", flush=True)
sys.stdin.readline()
"""


def answers(servers: Servers) -> tuple[bool, bool]:
    """Whether PostgreSQL and Redis answer."""
    try:
        psycopg2.connect(host=str(servers.sockets), user="postgres", dbname="yuanqu").close()
        database = True
    except psycopg2.OperationalError:
        database = False
    try:
        cache = bool(redis.Redis.from_url(servers.redis_url()).ping())
    except redis.ConnectionError:
        cache = False
    return database, cache


def holder(root: Path) -> subprocess.Popen[str]:
    """Another process that holds the servers until its input closes."""
    return subprocess.Popen([sys.executable, "-c", HOLD, str(root)], cwd=settings.BASE_DIR, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip


@pytest.fixture
def servers() -> Iterator[Servers]:
    # Not pytest's own directory: it keeps PostgreSQL's account out when the tests run as root.
    with tempfile.TemporaryDirectory(prefix="yuanqu-") as root:
        Path(root).chmod(0o755)
        made = Servers(Path(root) / "data", durable=False)
        yield made
        made.release()


def test_start_use_stop_and_start_again_with_the_data_kept(servers):
    servers.acquire()
    assert answers(servers) == (True, True)
    with (
        psycopg2.connect(host=str(servers.sockets), user="postgres", dbname="yuanqu") as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE kept AS SELECT '园区' AS word")
        cursor.execute(
            "SELECT datcollate, datlocprovider, current_setting('server_version_num')::int / 10000"
            " FROM pg_database WHERE datname = 'yuanqu'"
        )
        assert cursor.fetchone() == ("C", "b", 18)
    connection.close()
    servers.release()
    assert answers(servers) == (False, False)
    servers.acquire()
    with (
        psycopg2.connect(host=str(servers.sockets), user="postgres", dbname="yuanqu") as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT word FROM kept")
        assert cursor.fetchone() == ("园区",)
    connection.close()


def test_starts_at_once_share_one_pair_which_the_last_one_stops(servers):
    others = [holder(servers.root), holder(servers.root)]
    assert [other.stdout.readline() for other in others] == ["up\n", "up\n"]
    servers.acquire()
    servers.release()
    assert answers(servers) == (True, True)
    others[0].kill()  # a crash lets go too
    others[0].communicate()
    assert answers(servers) == (True, True)
    others[1].communicate("\n")
    assert answers(servers) == (False, False)


def test_long_path_gets_its_sockets_elsewhere(servers):
    deep = Servers(servers.root / ("很长的目录" * 12), durable=False)
    assert deep.sockets.parent != deep.root
    deep.acquire()
    try:
        assert answers(deep) == (True, True)
        assert deep.sockets.stat().st_mode & 0o777 == 0o700
    finally:
        deep.release()


def test_data_of_another_version_is_refused_with_advice(servers):
    servers.acquire()
    servers.release()
    (servers.postgres_data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match="was written by PostgreSQL 16, this program brings 18"):
        servers.acquire()


def test_nobody_else_may_enter(servers):
    servers.acquire()
    for path in (servers.sockets, servers.postgres_data, servers.redis_data):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_checkout_that_others_may_not_enter_does(tmp_path):
    """As root PostgreSQL runs as another account, which has to get into a checkout below /root as well."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    servers = Servers(closed / "data", durable=False)
    servers.acquire()
    try:
        assert answers(servers) == (True, True)
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        servers.release()
    assert answers(servers) == (False, False)
