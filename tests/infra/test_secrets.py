import os
import subprocess
import sys

import pytest
from django.conf import settings

from config import secrets_check

GOOD = {
    "DJANGO_ENV": "server",
    "DJANGO_SECRET_KEY": "k8Jw2-vQzR7tYxLm4NcB9sHdGfUeAoXi3TqPrVbWnEyMjZhC1u",
    "DATABASE_URL": "postgres://yuanqu:n7Tq-Zx4Lw9Rb2@db:5432/yuanqu",
    "REDIS_URL": "redis://:u3Yc_Km8Vs6Hd1@redis:6379/0",
    "DJANGO_ALLOWED_HOSTS": "portal.test",
}


def test_good_secrets_pass():
    assert secrets_check.faults(GOOD) == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("DJANGO_SECRET_KEY", "", "DJANGO_SECRET_KEY is not set"),
        ("DJANGO_SECRET_KEY", "short", "DJANGO_SECRET_KEY has 5 characters, 50 are needed"),
        ("DJANGO_SECRET_KEY", "change-me" * 9, "DJANGO_SECRET_KEY still has the example's or a well-known value"),
        (
            "DJANGO_SECRET_KEY",
            "django-insecure-" + "a1b2c3d4e5" * 5,
            "DJANGO_SECRET_KEY still has the example's or a well-known value",
        ),
        ("DJANGO_SECRET_KEY", "ab" * 40, "DJANGO_SECRET_KEY repeats the same few characters"),
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("DATABASE_URL", "postgres://yuanqu@db/yuanqu", "the password in DATABASE_URL is not set"),
        (
            "DATABASE_URL",
            "postgres://yuanqu:yuanqu@db/yuanqu",
            "the password in DATABASE_URL still has the example's or a well-known value",
        ),
        (
            "DATABASE_URL",
            "postgres://yuanqu:x7Tq@db/yuanqu",
            "the password in DATABASE_URL has 4 characters, 12 are needed",
        ),
        ("REDIS_URL", "redis://redis:6379/0", "the password in REDIS_URL is not set"),
        ("DJANGO_ALLOWED_HOSTS", "", "DJANGO_ALLOWED_HOSTS is not set"),
        ("DJANGO_DEBUG", "true", "DJANGO_DEBUG must be off"),
    ],
)
def test_each_fault_is_found_alone(name, value, fault):
    assert secrets_check.faults({**GOOD, name: value}) == [fault]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR, env={**kept, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_server_refuses_to_start_and_names_all_faults_at_once():
    done = manage("check", **{**GOOD, "DJANGO_SECRET_KEY": "", "REDIS_URL": "redis://:password@redis/0"})
    assert done.returncode != 0
    assert "DJANGO_SECRET_KEY is not set" in done.stderr
    assert "the password in REDIS_URL still has the example's or a well-known value" in done.stderr
    assert ".env.example" in done.stderr


def test_server_starts_with_good_secrets_and_passes_djangos_deployment_check():
    done = manage("check", "--deploy", "--fail-level=WARNING", "--tag=security", **GOOD, DJANGO_HTTPS="true")
    assert done.returncode == 0, done.stderr


def test_server_starts_no_embedded_servers():
    done = manage("check", **{**GOOD, "DATABASE_URL": ""})
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL must be set when DJANGO_ENV=server")


def test_local_key_is_made_once_and_is_private(tmp_path):
    key = secrets_check.local_secret_key(tmp_path)
    assert secrets_check.local_secret_key(tmp_path) == key
    assert len(key) >= secrets_check.SECRET_KEY_LENGTH
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
