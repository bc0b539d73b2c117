"""One evaluation done whole or not at all (评价计算): freeze, compute, save, all in one transaction.

The row stays locked meanwhile: a second delivery finds it taken and does nothing, and where the worker dies the transaction
goes with it, the evaluation is queued as before and is sent again.
"""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.engine import ENGINE_VERSION, FaultsError, load_scheme
from assessments.enums import EvaluationStatus
from assessments.evaluations.collect import collect, thaw
from assessments.evaluations.compute import Outcome, compute
from assessments.exceptions import RunImpossible
from assessments.inputs import digest
from assessments.models import Evaluation
from parks.models import Zone
from registers.models import Enterprise

log = structlog.get_logger(__name__)
RESEND_AFTER = timedelta(seconds=60)
_COLUMNS = "evaluation_id, enterprise_id, zone_id, entry_id, entry_revision, score, rank, grade, reason, figures"


def execute(evaluation_id: int) -> bool:
    """Compute a queued evaluation; False where it is not queued any more or in another worker's hands."""
    with transaction.atomic():
        rows = Evaluation.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        evaluation = (
            rows.select_related("zone", "region").filter(pk=evaluation_id, status=EvaluationStatus.QUEUED).first()
        )
        if evaluation is None:
            return False
        try:
            with transaction.atomic():
                _work(evaluation)
        except RunImpossible as error:
            _fail(evaluation, error)
        except FaultsError as error:
            words = _("办法或数据有误，无法计算。请修正后重新发起：%(faults)s")
            _fail(evaluation, RunImpossible(words, faults=" ".join(str(fault) for fault in error.faults[:5])))
        except (OperationalError, InterfaceError):
            raise  # the database was away: the evaluation stays queued
        except Exception:
            log.exception("evaluation_failed", evaluation=evaluation_id)
            words = _("程序出错，错误已记录（评价编号 %(evaluation)s）。请联系管理员；修复后重新发起即可。")
            _fail(evaluation, RunImpossible(words, evaluation=evaluation_id))
    return True


def waiting() -> list[int]:
    """Queued evaluations that nobody took for a while; marked as sent again."""
    now = timezone.now()
    lost = Evaluation.objects.select_for_update(skip_locked=True, no_key=True).filter(
        Q(sent_at=None, requested_at__lt=now - RESEND_AFTER) | Q(sent_at__lt=now - RESEND_AFTER),
        status=EvaluationStatus.QUEUED,
    )
    with transaction.atomic():
        found = list(lost.values_list("pk", flat=True))
        Evaluation.objects.filter(pk__in=found).update(sent_at=now)
    return found


def _work(evaluation: Evaluation) -> None:
    method = load_scheme(evaluation.text, settings=evaluation.settings)
    frozen = collect(method, evaluation.place, evaluation.year, above_scale=evaluation.above_scale)
    outcome = compute(method, thaw(frozen))
    _copy(evaluation, outcome)
    evaluation.inputs, evaluation.inputs_digest = frozen, digest(frozen)
    evaluation.summary, evaluation.results_digest = outcome.summary, digest(outcome.rows)
    evaluation.engine_version, evaluation.synthetic = ENGINE_VERSION, bool(frozen["synthetic"])
    evaluation.status, evaluation.finished_at = EvaluationStatus.DONE, timezone.now()
    evaluation.save()


def _copy(evaluation: Evaluation, outcome: Outcome) -> None:
    """All results by COPY: tens of thousands in a second."""
    firms = dict(
        Enterprise.objects.filter(credit_code__in=[row[0] for row in outcome.rows]).values_list("credit_code", "pk")
    )
    zones = dict(Zone.objects.filter(code__in={row[1] for row in outcome.rows}).values_list("code", "pk"))
    stream = io.StringIO()
    for code, zone, entry, revision, score, rank, grade, reason, values, points, parts, rules in outcome.rows:
        found = {"values": values, "points": points, "parts": parts} | ({"rules": rules} if rules else {})
        figures = json.dumps(found, separators=(",", ":"))
        cells: tuple[Any, ...] = (evaluation.pk, firms[code], zones[zone], entry, revision, _cell(score), _cell(rank))
        stream.write("\t".join(map(str, (*cells, grade, reason, figures))) + "\n")
    stream.seek(0)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY assessments_evaluationresult ({_COLUMNS}) FROM STDIN", stream)


def _cell(number: float | None) -> str:
    return "\\N" if number is None else repr(number)


def _fail(evaluation: Evaluation, error: RunImpossible) -> None:
    evaluation.status, evaluation.finished_at = EvaluationStatus.FAILED, timezone.now()
    evaluation.error, evaluation.error_en = error.text("zh-hans"), error.text("en")
    evaluation.save()


def recomputed(evaluation: Evaluation) -> tuple[str, str]:
    """The digests that inputs and results have when the frozen inputs are computed once more (复核)."""
    method = load_scheme(evaluation.text, settings=evaluation.settings)
    return digest(evaluation.inputs), digest(compute(method, thaw(evaluation.inputs)).rows)
