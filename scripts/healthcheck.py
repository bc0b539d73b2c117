#!/usr/bin/env python3
"""Health check of one container (容器健康检查): ``healthcheck.py web``, ``worker`` or ``beat``; status 0 is healthy."""

import os
import socket
import sys
import urllib.request
from pathlib import Path
from urllib.error import URLError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def web() -> bool:
    """Tell whether the web server of this container answers."""
    address = f"http://localhost:{os.environ.get('PORT', '8000')}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=4) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def heartbeat(role: str) -> bool:
    """Tell whether ``role`` on this machine has lately given a sign of life."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import redis
    from django.conf import settings

    from config.heartbeat import alive

    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=4) as client:
            return alive(client, role, socket.gethostname())
    except redis.RedisError:
        return False


if __name__ == "__main__":
    role = sys.argv[1]
    sys.exit(0 if (web() if role == "web" else heartbeat(role)) else 1)
