"""Signs of life of worker and beat (工作进程心跳), which ``/readyz`` and the containers' health checks read.

The worker's own timer writes a key that expires. It needs no round trip through the broker, so asking costs one
Redis read; and the timer belongs to the consumer's event loop, so a worker that no longer consumes stops writing.
(A beat-sent task would wait behind long runs; ``inspect ping`` makes every health check wait for all the workers.)
"""

import socket
import time
from typing import Any

import redis
from celery import bootsteps
from celery.beat import PersistentScheduler
from django.conf import settings

WORKER, BEAT = "worker", "beat"
EVERY_SECONDS = 5.0
LASTS_SECONDS = 20


def key(role: str, host: str = "") -> str:
    """Return the key of ``role``'s heartbeat: on ``host``, or on any."""
    return f"yuanqu:heartbeat:{role}:{host}"


def write(role: str) -> None:
    """Write this machine's heartbeat and the common one."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=EVERY_SECONDS) as client:
        for name in (key(role), key(role, socket.gethostname())):
            client.set(name, f"{time.time():.0f}", ex=LASTS_SECONDS)


def alive(client: "redis.Redis", role: str, host: str = "") -> bool:
    """Tell whether ``role`` has lately given a sign of life, on ``host`` or anywhere."""
    return bool(client.exists(key(role, host)))


class WorkerHeartbeat(bootsteps.StartStopStep):
    """Boot step of the worker: write every :data:`EVERY_SECONDS` while the event loop turns."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._entry: Any = None

    def start(self, parent: Any) -> None:
        write(WORKER)
        self._entry = parent.timer.call_repeatedly(EVERY_SECONDS, write, (WORKER,))

    def stop(self, parent: Any) -> None:
        if self._entry is not None:
            self._entry.cancel()
            self._entry = None


class Scheduler(PersistentScheduler):
    """Beat's scheduler, giving a sign of life at every turn (at most ``beat_max_loop_interval`` seconds apart)."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        write(BEAT)
        return float(super().tick(*args, **kwargs))
