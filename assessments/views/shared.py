"""What the pages of assessment share (考核页面公共部分)."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


class UserRequest(HttpRequest):
    """A request of somebody who is logged in, as the guards of common/access.py let through."""

    user: User
