"""Sign of life of the workers (工作进程心跳), which ``/readyz`` and the container's health check read.

The worker's own timer writes a key that expires. It needs no round trip through the broker, so asking costs one
Redis read; and the timer belongs to the consumer's event loop, so a worker that no longer consumes stops writing.
(A beat-sent task would wait behind long runs; ``inspect ping`` makes every health check wait for all the workers.)
"""

import time
from typing import Any

import redis
from celery import bootsteps
from django.conf import settings

KEY = "yuanqu:worker-heartbeat"
EVERY_SECONDS = 5.0
LASTS_SECONDS = 20


class WorkerHeartbeat(bootsteps.StartStopStep):
    """Boot step of the worker: write :data:`KEY` every :data:`EVERY_SECONDS` while the event loop turns."""

    requires = frozenset({"celery.worker.components:Timer"})

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._entry: Any = None

    def start(self, parent: Any) -> None:
        self._beat(parent)
        self._entry = parent.timer.call_repeatedly(EVERY_SECONDS, self._beat, (parent,))

    def stop(self, parent: Any) -> None:
        if self._entry is not None:
            self._entry.cancel()
            self._entry = None

    def _beat(self, parent: Any) -> None:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=EVERY_SECONDS) as client:
            client.set(KEY, f"{parent.hostname} {time.time():.0f}", ex=LASTS_SECONDS)


def last_beat(client: Any) -> str | None:
    """Return host and time of the latest heartbeat, or None when no worker is alive.

    Args:
        client: a Redis client of the broker's database.
    """
    value = client.get(KEY)
    return value.decode() if value is not None else None
