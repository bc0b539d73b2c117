"""``/healthz`` and ``/readyz`` (健康检查)."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import heartbeat

TIMEOUT_SECONDS = 2.0
DOWN = (DatabaseError, redis.RedisError, OSError)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _redis_client() -> redis.Redis:
    # Asked again by whoever asks: the client's own retries would hold the answer back for seconds.
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _redis() -> str:
    with _redis_client() as client:
        client.ping()
    return "ok"


def _worker() -> str:
    with _redis_client() as client:
        alive = heartbeat.alive(client, heartbeat.WORKER)
    return "ok" if alive else f"no sign of life for {heartbeat.LASTS_SECONDS} seconds"


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "redis": _redis, "worker": _worker}


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Tell that this process answers; asks nothing else, so that a database outage restarts no web server."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell whether database, Redis and a worker are there: 200, or 503 with what is missing.

    Anonymous callers learn the part's name, never the error's text: it can hold addresses.
    """
    parts = {}
    for name, check in CHECKS.items():
        try:
            parts[name] = check()
        except DOWN:
            parts[name] = "unreachable"
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)
