"""Secrets: made once for a local start, demanded and judged for a server (密钥检查)."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_LENGTH = 50
PASSWORD_LENGTH = 12
# Words of .env.example and of manuals: whoever copies them has not chosen a secret.
GIVEAWAYS = ("change-me", "changeme", "example", "insecure", "secret-key", "password", "postgres", "yuanqu", "123456")


def fault_of_secret(value: str, length: int) -> str | None:
    """Return why ``value`` cannot serve as a secret of at least ``length`` characters, or None when it can."""
    if not value:
        return "is not set"
    if any(word in value.lower() for word in GIVEAWAYS):
        return "still has the example's or a well-known value"
    if len(value) < length:
        return f"has {len(value)} characters, {length} are needed"
    if len(set(value)) < length // 5:
        return "repeats the same few characters"
    return None


def faults(environment: Mapping[str, str]) -> list[str]:
    """Return every fault of a server's environment, one line each."""
    found = []
    if fault := fault_of_secret(environment.get("DJANGO_SECRET_KEY", ""), SECRET_KEY_LENGTH):
        found.append(f"DJANGO_SECRET_KEY {fault}")
    found += [f"{name} is not set" for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_ALLOWED_HOSTS")
              if not environment.get(name)]  # fmt: skip
    for name in ("DATABASE_URL", "REDIS_URL"):
        if environment.get(name):
            password = unquote(urlsplit(environment[name]).password or "")
            if fault := fault_of_secret(password, PASSWORD_LENGTH):
                found.append(f"the password in {name} {fault}")
    if environment.get("DJANGO_DEBUG", "").lower() in {"1", "true", "yes", "on"}:
        found.append("DJANGO_DEBUG must be off")
    return found


def require(environment: Mapping[str, str]) -> None:
    """Refuse to start a server on missing, default or weak secrets.

    Raises:
        ImproperlyConfigured: with all faults and how to mend them.
    """
    if found := faults(environment):
        listed = "\n".join(f"  - {fault}" for fault in found)
        message = (
            f"Refusing to start with DJANGO_ENV=server:\n{listed}\n"
            "Set them in .env (see .env.example); a good secret: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
        raise ImproperlyConfigured(message)


def local_secret_key(directory: Path) -> str:
    """Return this installation's own key from ``directory``, made on the first call and readable by its owner alone."""
    path = directory / "secret_key"
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=directory, delete=False) as fresh:  # mode 0600
            fresh.write(secrets.token_urlsafe(SECRET_KEY_LENGTH))
        try:
            os.link(fresh.name, path)  # fails when another process was faster: theirs counts
        except FileExistsError:
            pass
        finally:
            os.unlink(fresh.name)  # noqa: PTH108
    return path.read_text()
