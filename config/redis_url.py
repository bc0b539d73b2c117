"""Spellings of a Redis address: redis-py's, kombu's, and the same server's next database."""

from urllib.parse import parse_qs, urlsplit


def broker_url(url: str) -> str:
    """Return ``url`` as Celery spells it: redis-py's ``unix://path?db=1`` is kombu's ``redis+socket://path?…``."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={_database(url)}"


def next_database(url: str) -> str:
    """Return the address of the database after ``url``'s: the cache's, since clearing it must not empty the queue."""
    parts = urlsplit(url)
    number = _database(url) + 1
    if parts.scheme == "unix":
        return f"unix://{parts.netloc}{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


def _database(url: str) -> int:
    parts = urlsplit(url)
    text = parse_qs(parts.query).get("db", ["0"])[0] if parts.scheme == "unix" else parts.path.strip("/")
    return int(text or 0)
