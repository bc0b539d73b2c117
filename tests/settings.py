"""Settings of the tests: the project's own on the test servers, with what would only cost time made cheap."""

import os
from pathlib import Path

from tests import environment

if "YUANQU_TEST_SLOT" not in os.environ:  # a process that a test started works in that test's slot
    TEST_SLOT = environment.take_slot()
    os.environ.update(environment.environment(TEST_SLOT))
else:
    TEST_SLOT = int(os.environ["YUANQU_TEST_SLOT"])

from config.settings import *  # noqa: F403 - the environment must be set first

Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True  # looks at STATIC_ROOT when asked; else every test client reads all of it first
if "EMAIL_URL" not in os.environ:  # a test of letters names its own server, for its worker too
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_TRANSPORT_OPTIONS["unacked_restore_interval"] = 1  # noqa: F405
