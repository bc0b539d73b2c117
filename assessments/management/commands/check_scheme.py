"""Reads scheme files and lists all their faults, without touching the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.engine import SchemeError, load_scheme
from assessments.engine.json_schema import scheme_schema


class Command(BaseCommand):
    help = "检查办法文件，列出全部问题及其位置。Check scheme files and list every fault with its place."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="办法文件 scheme files (YAML)")
        parser.add_argument("--open", action="store_true", help="列出尚未确定之处 list what nobody has decided yet")
        parser.add_argument("--json-schema", action="store_true", help="输出 JSON Schema write the JSON Schema")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json_schema"]:
            self.stdout.write(json.dumps(scheme_schema(), ensure_ascii=False, indent=2))
            return
        if not options["files"]:
            raise CommandError("请给出办法文件 (name at least one file)")
        faulty = sum(not self._check(path, with_open=options["open"]) for path in options["files"])
        if faulty:
            raise CommandError(f"{faulty} 个文件有问题 ({faulty} faulty)")

    def _check(self, path: Path, *, with_open: bool) -> bool:
        try:
            scheme = load_scheme(path)
        except SchemeError as error:
            self.stdout.write(f"✗ {path}: {len(error.faults)} 处问题 ({len(error.faults)} faults)")
            for fault in error.faults:
                self.stdout.write(f"  {fault}")
            return False
        except OSError as error:
            self.stdout.write(f"✗ {path}: 打不开文件 (cannot open): {error}")
            return False
        points = scheme.open_points()
        leaves = len(scheme.placed_leaves())
        self.stdout.write(
            f"✓ {path}: {scheme.code} {scheme.version}, {leaves} 项指标 indicators, {len(points)} 处未定 open points"
        )
        for point in points if with_open else []:
            self.stdout.write(
                f"  {point.where}: {point.name_zh} ({point.name_en}) — {point.certainty}, {point.decided_by}"
            )
        return True
