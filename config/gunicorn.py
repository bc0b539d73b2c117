"""How the web server runs; read by ``gunicorn -c python:config.gunicorn``."""

import gc
import multiprocessing
import os
from typing import Any

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or min(2 * multiprocessing.cpu_count(), 8))
threads = int(os.environ.get("WEB_THREADS") or 4)
preload_app = True  # imports once for all workers: starts faster and shares memory
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 - workers' heartbeat files; a slow disk must not look like a hung worker
control_socket_disable = True  # one more way in that nobody uses
errorlog = "-"
loglevel = "warning"  # requests are logged by the application


def when_ready(server: Any) -> None:
    """Before the workers start: what was imported stays for good, and none of them looks through it for garbage (0.3 s)."""
    gc.collect()
    gc.freeze()
