"""Runs the engine on any table without touching the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pandas as pd
from django.core.management.base import BaseCommand, CommandError

from assessments.engine import FaultsError, Scheme, assess, load_scheme
from assessments.engine.certainty import certainty_report
from assessments.engine.files import STAGES, Files, read_plain, stage_table
from assessments.engine.run import Tables
from assessments.engine.whatif import explain_unit


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
        parser.add_argument(
            "--decisions", type=Path, help="历年处置决定 decisions: unit,period,decision[,jurisdiction] (CSV)"
        )
        parser.add_argument("--restated", type=Path, help="调整后的上年数 restated figures: unit,period,codes… (CSV)")
        parser.add_argument("--period", type=int, help="考核年度，缺省为表中最新 year to assess, default the newest")
        parser.add_argument("--stage", choices=STAGES, default="summary", help="输出哪一步 which stage to write")
        parser.add_argument("--decimals", type=int, help="小数位，缺省为全部 decimals, default all")
        parser.add_argument("--out", type=Path, help="写入文件，缺省为屏幕 file to write, default the screen")
        parser.add_argument("--explain", metavar="UNIT", help="逐步解释一个单位（JSON） explain one unit")
        parser.add_argument("--scheme-before", type=Path, help="上年的办法 last year's scheme, for --explain (YAML)")
        parser.add_argument("--events-before", type=Path, help="上年的事件 last year's events, for --explain (CSV)")
        parser.add_argument("--certainty", action="store_true", help="稳健性（JSON） how sure ranks and proposals are")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = self._answer(options)
        except FaultsError as error:
            faults = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(f"发现 {len(error.faults)} 处问题 ({len(error.faults)} faults):\n{faults}") from error
        except OSError as error:
            raise CommandError(f"打不开文件 (cannot open): {error}") from error
        self._write(text, options["out"])

    def _answer(self, options: dict[str, Any]) -> str:
        names = ("values", "history", "events", "decisions", "restated")
        values, tables = Files(**{name: options[name] for name in names}).read(options["period"])
        scheme = load_scheme(options["scheme"])
        if options["explain"] is not None:
            return self._explanation(scheme, values, tables, options)
        if options["certainty"]:
            return _json(certainty_report(scheme, values, **tables))
        assessment = assess(scheme, values, **tables)
        for notice in assessment.notices:
            self.stderr.write(f"{notice.text_zh} / {notice.text_en}")
        table = stage_table(assessment, options["stage"])
        if options["decimals"] is not None:
            table = table.round(options["decimals"])
        return table.to_csv(index=False) if options["stage"] == "lists" else table.to_csv(index_label="unit")

    def _explanation(self, scheme: Scheme, values: pd.DataFrame, tables: Tables, options: dict[str, Any]) -> str:
        before, events = options["scheme_before"], options["events_before"]
        try:
            found = explain_unit(
                scheme,
                values,
                options["explain"],
                scheme_before=None if before is None else load_scheme(before),
                events_before=None if events is None else read_plain(events),
                **tables,
            )
        except KeyError:
            raise CommandError(f"表中没有单位“{options['explain']}” (no such unit in the table)") from None
        return _json(found)

    def _write(self, text: str, out: Path | None) -> None:
        if out is None:
            self.stdout.write(text, ending="")
        else:
            out.write_text(text, encoding="utf-8")


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
