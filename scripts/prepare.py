#!/usr/bin/env python3
"""Bring database, messages and static files up to date before the servers start (启动前准备)."""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))
PACK = "packs/henan-2017"


def main() -> None:
    """Do every step, each in one line with its time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.chdir(BASE_DIR)
    from scripts import messages

    step("messages", lambda: messages.compile_catalogue(BASE_DIR))
    import django
    from django.core.management import call_command

    django.setup()
    step("migrations", lambda: call_command("migrate", verbosity=0))
    step("policy pack", lambda: call_command("load_pack", PACK))
    step("demonstration data", lambda: call_command("demo_data", "--if-empty"))
    step("static files", collect_static)


def step(name: str, work: Callable[[], object]) -> None:
    """Run ``work`` under a line of its own."""
    begun = time.monotonic()
    work()
    print(f"→ {name} ({time.monotonic() - begun:.1f} s)", flush=True)


def collect_static() -> None:
    """Collect and compress the static files when any of them has changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(["CVS", ".*", "*~"]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    from django.core.management import CommandError

    try:
        main()
    except CommandError as error:  # says all a person needs; a traceback would hide it
        sys.exit(f"✗ {error}")
