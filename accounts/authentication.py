"""`Authorization: Api-Key <prefix>.<secret>` for REST clients (接口密钥验证)."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import keys
from accounts.models import ApiKey, User

SCHEME = "Api-Key"
CREDENTIALS = re.compile(r"(?P<prefix>[a-z0-9]{1,12})\.(?P<secret>[\w-]{20,100})", re.ASCII)
LAST_USE_STEP = timedelta(minutes=1)
# Compared against when no key has the prefix, so that the time taken doesn't tell which prefixes exist.
NOBODY = keys.digest_of("")


class ApiKeyAuthentication(BaseAuthentication):
    """Finds the key by its prefix and compares the digest of its secret in constant time.

    `request.auth` becomes the `ApiKey`, whose scopes `common.api.HasScope` enforces.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        scheme, _space, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        match = CREDENTIALS.fullmatch(credentials.strip())
        if match is None:
            raise AuthenticationFailed(
                _("密钥格式有误，应为：Authorization: Api-Key <前缀>.<密文>。"), code="key_malformed"
            )
        key = ApiKey.objects.select_related("user").filter(prefix=match["prefix"]).first()
        if not keys.matches(match["secret"], key.digest if key else NOBODY) or key is None:
            raise AuthenticationFailed(_("密钥不正确。"), code="key_unknown")
        _check_usable(key)
        _note_use(key)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="api"'


def _check_usable(key: ApiKey) -> None:
    if key.status == "revoked":
        raise AuthenticationFailed(_("密钥已吊销，请另建密钥。"), code="key_revoked")
    if key.status == "expired":
        raise AuthenticationFailed(_("密钥已过期，请另建密钥。"), code="key_expired")
    if not key.user.is_active:
        raise AuthenticationFailed(_("密钥持有人的账号已停用。"), code="user_inactive")


def _note_use(key: ApiKey) -> None:
    """At most one write a minute, however many requests come in."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= LAST_USE_STEP:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """The key in the OpenAPI description."""

    target_class = ApiKeyAuthentication
    name = "ApiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": f"`{SCHEME} <prefix>.<secret>`",
        }
