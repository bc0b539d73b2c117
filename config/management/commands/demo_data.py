from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from config.demo import build, users


class Command(BaseCommand):
    """Fill an empty portal with demonstration data and a log-in for each role (演示数据)."""

    help = "为空库生成演示数据和各角色演示账号。Demonstration data for an empty portal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="库中已有填报任务时不做任何事 · nothing when not empty"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not build.is_empty():
            if options["if_empty"]:
                return
            raise CommandError("库中已有填报任务，不再写入演示数据。The portal is not empty; nothing was written.")
        users.users_create(password=_password())
        actor = User.objects.get(username="admin")
        counts = build.build(actor=actor)
        counts |= build.build_runs(actor=actor)
        self.stdout.write("演示数据 " + ", ".join(f"{name} {count}" for name, count in counts.items()))


def _password() -> str:
    """The known one on a laptop; on a server only one that the operator has chosen."""
    if not settings.SERVER:
        return users.LOCAL_PASSWORD
    password = os.environ.get("DEMO_PASSWORD", "")
    if len(password) < 12:
        raise CommandError(
            "服务器上生成演示账号须用环境变量 DEMO_PASSWORD 给出至少 12 位的密码。"
            "On a server, set DEMO_PASSWORD to at least 12 characters."
        )
    return password
