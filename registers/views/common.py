"""What the pages of registers share: finding a register, an entry, who asks (页面公共部分)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from registers.models import Entry, Register
from registers.rights import may_keep
from registers.selectors import Answer, entries_of

PER_PAGE = 50


def user_of(request: HttpRequest) -> User:
    """Who asks; the guards of common/access.py let nobody else through."""
    return cast("User", request.user)


def find_register(code: str) -> Register:
    return get_object_or_404(Register.objects.select_related("instrument"), code=code)


def find_entry(request: HttpRequest, code: str, pk: int) -> Entry:
    """The entry, if it lies in the user's territory; else 404."""
    entries = entries_of(find_register(code), user_of(request)).select_related("organisation", "created_by")
    return get_object_or_404(entries, pk=pk)


def require_keeping(request: HttpRequest, register: Register, entry: Entry | None = None) -> None:
    """403 unless the user may write entries of the register, this one where one is given."""
    path = entry.organisation.path if entry else None
    if not may_keep(user_of(request), register.spec, path):
        raise PermissionDenied(_("您的角色不能登记这个台账。"))


def linked(answers: Iterable[Answer]) -> list[tuple[Answer, str]]:
    """Answers with the address of what they name, "" for none."""
    return [(answer, _address(answer.link)) for answer in answers]


def _address(link: str) -> str:
    kind, _colon, rest = link.partition(":")
    register, _colon, key = rest.partition(":")
    match kind:
        case "enterprise":
            return reverse("enterprise_detail", args=[key])
        case "zone":
            return reverse("zone_detail", args=[key])
        case "entry":
            return reverse("entry_detail", args=[register, key])
    return ""
