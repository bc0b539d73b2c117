"""Writes a finished run as a bundle that can be verified elsewhere."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.bundle import zipped
from assessments.enums import RunStatus
from assessments.inputs import FORMAT
from assessments.models import Run
from assessments.selectors.bundles import run_bundle


class Command(BaseCommand):
    help = "把一次已完成的计算写成核验包。Write a finished run as a bundle (ZIP, or a directory with --out DIR)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, help="计算编号 id of the run")
        parser.add_argument(
            "--out",
            type=Path,
            help="目录，或以 .zip 结尾的文件 directory, or a file that ends in .zip; default run-ID.zip",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = Run.every.select_related("scheme").filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"没有编号为 {options['run']} 的计算 (no such run)")
        if run.status != RunStatus.DONE:
            raise CommandError(f"计算 #{run.pk} 未完成（{run.get_status_display()}） (the run is not done)")
        if run.inputs["format"] != FORMAT:
            raise CommandError(f"计算 #{run.pk} 的输入是旧格式，不能导出 (inputs of an earlier format)")
        files, out = run_bundle(run), options["out"] or Path(f"run-{run.pk}.zip")
        try:
            if out.suffix == ".zip":
                out.write_bytes(zipped(files))
            else:
                for name, content in files.items():
                    (out / name).parent.mkdir(parents=True, exist_ok=True)
                    (out / name).write_bytes(content)
        except OSError as error:
            raise CommandError(f"写不了 (cannot write): {error}") from error
        self.stdout.write(str(out))
