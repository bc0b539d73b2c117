"""Computes evaluations of enterprises once more from their frozen inputs, and says whether all is equal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.engine import ENGINE_VERSION
from assessments.enums import EvaluationStatus
from assessments.evaluations.execute import recomputed
from assessments.models import Evaluation


class Command(BaseCommand):
    help = "按冻结的输入重算企业评价并核对指纹。Compute evaluations again from their frozen inputs and compare the digests."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="+", type=int, help="评价编号 ids of evaluations")

    def handle(self, *args: Any, **options: Any) -> None:
        done = Evaluation.objects.filter(status=EvaluationStatus.DONE)
        different = []
        for pk in options["ids"]:
            evaluation = done.filter(pk=pk).first()
            if evaluation is None:
                raise CommandError(f"没有已完成的评价 #{pk} (no finished evaluation)")
            if evaluation.engine_version != ENGINE_VERSION:
                needed = evaluation.engine_version
                raise CommandError(f"#{pk} 须用引擎 {needed} 重算 (needs engine {needed}, this is {ENGINE_VERSION})")
            stated = (evaluation.inputs_digest, evaluation.results_digest)
            equal = recomputed(evaluation) == stated
            self.stdout.write(f"#{pk} {'相同 equal' if equal else '不同 differs'}")
            different += [] if equal else [pk]
        if different:
            raise CommandError("重算结果与所存不同 (differs): " + ", ".join(f"#{pk}" for pk in different))
