from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import User
from config.demo.users import DEMO_USERS, LOCAL_PASSWORD


class Command(BaseCommand):
    """Print the demonstration log-ins, as long as they keep their first password (演示账号)."""

    help = "列出演示账号。List the demonstration log-ins."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.SERVER:
            return
        held = User.objects.in_bulk([demo.username for demo in DEMO_USERS], field_name="username")
        for demo in DEMO_USERS:
            user = held.get(demo.username)
            if user is not None and user.is_active and user.check_password(LOCAL_PASSWORD):
                role = demo.role.label if demo.role else "系统管理员"
                self.stdout.write(f"  {demo.username:<10} {LOCAL_PASSWORD}   {role}")
