"""The web server imports everything before it makes its workers: no visitor waits for it."""

import subprocess
import sys

from django.conf import settings

ASKED = """
import sys
from config import gunicorn, wsgi
gunicorn.when_ready(None)
import gc
print("assessments.simulation" in sys.modules, gc.get_freeze_count() > 100_000, gunicorn.preload_app)
"""


def test_pages_are_imported_and_frozen_before_the_workers_start():
    answer = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["True", "True", "True"]
