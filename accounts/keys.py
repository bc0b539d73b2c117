"""Secrets of API keys: 256 random bits, kept only as a SHA-256 digest.

A plain digest is enough because the secret is random and long; a slow hash is for passwords that people choose.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

PREFIX_ALPHABET = string.ascii_lowercase + string.digits
PREFIX_LENGTH = 10
SECRET_BYTES = 32


def new_prefix() -> str:
    """A public name for a key, found again in lists and logs."""
    return "".join(secrets.choice(PREFIX_ALPHABET) for _ in range(PREFIX_LENGTH))


def new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, digest: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest_of(secret), digest)
