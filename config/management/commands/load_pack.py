from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.packs import PackError, pack_load


class Command(BaseCommand):
    """Load a policy pack (政策包): checks everything first and lists all faults before it stops; idempotent."""

    help = "加载政策包：先全部检查并列出所有问题，再整体写入；重复执行不改变结果。Load a policy pack."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pack", type=Path, help="目录，如 packs/henan-2017 · directory of the pack")

    def handle(self, *_args: Any, **options: Any) -> None:
        root: Path = options["pack"]
        if not root.is_dir():
            raise CommandError(f"没有这个目录 no such directory: {root}")
        try:
            counts = pack_load(root)
        except PackError as error:
            for fault in error.faults:
                self.stderr.write(str(fault))
            raise CommandError(f"政策包有 {len(error.faults)} 处问题，未写入任何数据。Nothing was loaded.") from error
        self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))
