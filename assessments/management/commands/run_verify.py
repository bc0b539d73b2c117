"""Computes a bundle again, without any database, and says whether it is equal or what differs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.bundle import MANIFEST, BundleUnreadable, read_bundle, verify


class Command(BaseCommand):
    help = (
        "不用数据库重算核验包，说明相同或哪里不同。Compute a bundle again without the database: equal, or what differs."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("bundle", type=Path, help="核验包：ZIP 文件或目录 the bundle: a ZIP file or a directory")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = read_bundle(options["bundle"])
            found = verify(files)
        except BundleUnreadable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"打不开 (cannot open): {error}") from error
        if found:
            raise CommandError(f"不同，{len(found)} 处 (differs):\n" + "\n".join(f"  {line}" for line in found))
        self.stdout.write(f"相同：{len(files) - 1} 个文件与 {MANIFEST} 一致，重算结果逐项相等 (equal)")
