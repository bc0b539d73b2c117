"""Runs the engine on any table without touching the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.engine.explain import explain
from assessments.engine.faults import FaultsError
from assessments.engine.files import STAGES, assess_files, stage_table


class Command(BaseCommand):
    help = "按办法（YAML）考核任一张表（CSV），不使用数据库。Assess any table by a scheme, without the database."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scheme", type=Path, required=True, help="办法文件 scheme file (YAML)")
        parser.add_argument(
            "--values", type=Path, required=True, help="数据表 values: unit[,period][,group],codes… (CSV)"
        )
        parser.add_argument("--history", type=Path, help="历年结果 earlier results: unit,period,score… (CSV)")
        parser.add_argument("--events", type=Path, help="事件 events: unit,<kind>… (CSV)")
        parser.add_argument("--period", type=int, help="考核年度，缺省为表中最新 year to assess, default the newest")
        parser.add_argument("--stage", choices=STAGES, default="summary", help="输出哪一步 which stage to write")
        parser.add_argument("--decimals", type=int, help="小数位，缺省为全部 decimals, default all")
        parser.add_argument("--out", type=Path, help="写入文件，缺省为屏幕 file to write, default the screen")
        parser.add_argument("--explain", metavar="UNIT", help="逐步解释一个单位（JSON） explain one unit")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            assessment = assess_files(
                options["scheme"],
                options["values"],
                history=options["history"],
                events=options["events"],
                period=options["period"],
            )
        except FaultsError as error:
            faults = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(f"发现 {len(error.faults)} 处问题 ({len(error.faults)} faults):\n{faults}") from error
        except OSError as error:
            raise CommandError(f"打不开文件 (cannot open): {error}") from error
        for notice in assessment.notices:
            self.stderr.write(f"{notice.text_zh} / {notice.text_en}")
        if options["explain"] is not None:
            self._write(self._explanation(assessment, options["explain"]), options["out"])
            return
        table = stage_table(assessment, options["stage"])
        if options["decimals"] is not None:
            table = table.round(options["decimals"])
        self._write(table.to_csv(index_label="unit"), options["out"])

    def _explanation(self, assessment: Any, unit: str) -> str:
        if unit not in assessment.units:
            raise CommandError(f"表中没有单位“{unit}” (no such unit in the table)")
        return json.dumps(explain(assessment, unit), ensure_ascii=False, indent=2) + "\n"

    def _write(self, text: str, out: Path | None) -> None:
        if out is None:
            self.stdout.write(text, ending="")
        else:
            out.write_text(text, encoding="utf-8")
