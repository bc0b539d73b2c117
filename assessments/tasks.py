"""The work of a run (考核计算任务): done once, whatever happens to the workers.

Who holds the lock of a run does it; a second delivery gets no lock and does nothing. A worker that dies frees the lock, and
the next delivery (the broker's, or one of `runs_recover`) takes the run up from the inputs frozen on its row: the same
inputs, the same results. The results and the status DONE are written in one transaction, so there is never half a run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import calculation, clock
from assessments.bulletins import bulletin_issue
from assessments.engine import ENGINE_VERSION, FaultsError, load_scheme
from assessments.engine import Scheme as Method
from assessments.enums import ACTIVE_STATUSES, ProceedingStatus, RunKind, RunStage, RunStatus
from assessments.evaluations.execute import RESEND_AFTER as EVALUATION_RESEND
from assessments.evaluations.execute import execute, waiting
from assessments.exceptions import RunImpossible, RunStopped
from assessments.inputs import collect, digest, thaw
from assessments.locks import run_lock
from assessments.models import Proceeding, Result, Run
from assessments.publishing import close_window, publish
from assessments.standing import queue_due
from parks.models import Zone

log = structlog.get_logger(__name__)

SILENT_AFTER = timedelta(seconds=20)  # a running run without a sign of life for so long may have lost its worker
RESEND_AFTER = timedelta(seconds=60)  # a queued run nobody took for so long is sent again
MOST_ATTEMPTS = 5  # a run that brings its worker down every time is given up


@shared_task
def run_execute(run_id: int) -> None:
    """Compute a queued run, or one whose worker died; nothing when it is done, cancelled or in another worker's hands."""
    with run_lock(run_id) as held:
        run = _claim(run_id) if held else None
        if run is None:
            return
        try:
            _work(run)
        except RunStopped:
            log.info("run_stopped", run=run_id)
        except RunImpossible as error:
            _fail(run, error)
        except FaultsError as error:
            _fail(run, _faulty(error))
        except (OperationalError, InterfaceError):
            raise  # the database was away: the run stays as it is and is taken up again
        except Exception:
            log.exception("run_failed", run=run_id)
            _fail(
                run,
                RunImpossible(
                    _("程序出错，错误已记录（计算编号 %(run)s）。请联系管理员；修复后重新发起即可。"), run=run_id
                ),
            )


@shared_task
def runs_recover() -> list[int]:
    """Queue again the runs whose worker died and those that never reached one; returns their ids."""
    now = timezone.now()
    silent = Run.every.filter(status=RunStatus.RUNNING, heartbeat_at__lt=now - SILENT_AFTER)
    requeued = [pk for pk in silent.values_list("pk", flat=True) if _requeue(pk, now - SILENT_AFTER)]
    lost = Run.every.filter(status=RunStatus.QUEUED).filter(
        Q(heartbeat_at=None, requested_at__lt=now - RESEND_AFTER) | Q(heartbeat_at__lt=now - RESEND_AFTER)
    )
    resent = [pk for pk in lost.values_list("pk", flat=True) if pk not in requeued]
    Run.every.filter(pk__in=resent, status=RunStatus.QUEUED).update(heartbeat_at=now)
    for pk in [*requeued, *resent]:
        # Without workers the queue must not fill up with copies: one that nobody takes in time falls away.
        run_execute.apply_async((pk,), expires=RESEND_AFTER.total_seconds())
    return [*requeued, *resent]


@shared_task
def standings_refresh() -> list[int]:
    """Queue provisional runs of what changed and has come to rest (即时测算); returns their ids."""
    queued = queue_due()
    for pk in queued:
        run_execute.apply_async((pk,), expires=RESEND_AFTER.total_seconds())
    return queued


@shared_task
def proceedings_advance() -> int:
    """What the clock does to proceedings: publish those whose moment has come, end windows that are over; returns how many."""
    now, today = timezone.now(), timezone.localdate()
    due = Proceeding.objects.filter(status=ProceedingStatus.EMBARGOED, publish_at__lte=now)
    public = Proceeding.objects.filter(status=ProceedingStatus.PUBLIC)
    published = [pk for pk in due.values_list("pk", flat=True) if publish(pk, by=None, now=now)]
    closed = [pk for pk in public.values_list("pk", flat=True) if close_window(pk, today=today)]
    return len(published) + len(closed)


def _requeue(run_id: int, silent_since: Any) -> bool:
    """Put a run back into the queue, unless a worker is at it after all."""
    with run_lock(run_id) as held:
        return held and bool(
            Run.every.filter(pk=run_id, status=RunStatus.RUNNING, heartbeat_at__lt=silent_since).update(
                status=RunStatus.QUEUED, heartbeat_at=timezone.now()
            )
        )


def _claim(run_id: int) -> Run | None:
    """Make the run ours; None when there is nothing to do. We hold its lock, so nobody else is working on it."""
    with transaction.atomic():
        runs = Run.every.select_for_update(no_key=True, of=("self",)).select_related("scheme")
        run = runs.filter(pk=run_id).active().first()
        if run is None:
            return None
        rows = Run.every.filter(pk=run_id)
        rows.filter(status=RunStatus.RUNNING).update(status=RunStatus.QUEUED)
        now = timezone.now()
        rows.update(
            status=RunStatus.RUNNING,
            attempts=F("attempts") + 1,
            started_at=Coalesce("started_at", clock.now()),
            heartbeat_at=now,
            stage=RunStage.COLLECTING,
            progress=0,
        )
        run.refresh_from_db(from_queryset=Run.every.select_related("scheme"))
    if run.attempts > MOST_ATTEMPTS:
        words = _("计算中断了 %(times)s 次，不再重试。请联系管理员查看工作进程的日志（内存是否不足），然后重新发起。")
        _fail(run, RunImpossible(words, times=MOST_ATTEMPTS))
        return None
    return run


def _work(run: Run) -> None:
    method = load_scheme(run.scheme.text)
    _freeze(run, method)
    outcome = calculation.compute(method, thaw(run.inputs), _teller(run))
    _advance(run, RunStage.SAVING, 90)
    _save(run, outcome)


def _freeze(run: Run, method: Method) -> None:
    """Write the inputs on the row, once: a run taken up again computes from what it froze first."""
    if run.inputs_digest:
        return
    frozen = collect(run.scheme, method, run.year)
    run.inputs, run.inputs_digest = frozen, digest(frozen)
    run.synthetic, run.inputs_at = bool(frozen["synthetic"]), clock.now()
    _update(run, inputs=run.inputs, inputs_digest=run.inputs_digest, inputs_at=run.inputs_at, synthetic=run.synthetic)


_PERCENT = {
    RunStage.CHECKING: (15, 15),
    RunStage.SCORING: (25, 25),
    RunStage.TESTING: (40, 40),
    RunStage.EXPLAINING: (60, 90),
}
"""From where to where the stages of the calculation bring the progress."""


def _teller(run: Run) -> Callable[[RunStage, float], None]:
    def tell(stage: RunStage, share: float) -> None:
        start, end = _PERCENT[stage]
        _advance(run, stage, start + int(share * (end - start)))

    return tell


def _advance(run: Run, stage: RunStage, progress: int) -> None:
    _update(run, stage=stage, progress=progress)


def _update(run: Run, **fields: Any) -> None:
    """Write to the row at once, for the page to see, with a sign of life.

    Raises:
        RunStopped: the run was cancelled or is another attempt's by now.
    """
    mine = Run.every.filter(pk=run.pk, status=RunStatus.RUNNING, attempts=run.attempts)
    if not mine.update(heartbeat_at=timezone.now(), **fields):
        raise RunStopped


def _save(run: Run, outcome: calculation.Outcome) -> None:
    """All results and the end of the run in one transaction."""
    zones = dict(Zone.objects.filter(code__in=[row["zone"] for row in outcome.rows]).values_list("code", "pk"))
    with transaction.atomic():
        # The lock on the row holds off a cancellation until the results are in.
        mine = Run.every.select_for_update(no_key=True).filter(
            pk=run.pk, status=RunStatus.RUNNING, attempts=run.attempts
        )
        if not mine.exists():
            raise RunStopped
        if run.kind == RunKind.PROVISIONAL:
            _make_way(run)
        Result.every.bulk_create(
            [
                Result(
                    run=run,
                    zone_id=zones[row["zone"]],
                    synthetic=run.synthetic,
                    **{k: v for k, v in row.items() if k != "zone"},
                )
                for row in outcome.rows
            ]
        )
        _end(
            run,
            RunStatus.DONE,
            progress=100,
            summary=outcome.summary,
            results_digest=digest(outcome.rows),
            engine_version=ENGINE_VERSION,
        )


def _make_way(run: Run) -> None:
    """Drop the provisional runs of the scheme and year that this one replaces, with their results."""
    former = Run.every.filter(kind=RunKind.PROVISIONAL, scheme=run.scheme_id, year=run.year, pk__lt=run.pk)
    former = former.exclude(status__in=ACTIVE_STATUSES)
    Result.every.filter(run__in=former).delete()
    former.delete()


def _faulty(error: FaultsError) -> RunImpossible:
    """The engine's faults, each in both languages, behind one sentence on what to do."""
    words = _("办法或数据有误，无法计算。请修正后重新发起：%(faults)s")
    return RunImpossible(words, faults=" ".join(str(fault) for fault in error.faults[:5]))


def _fail(run: Run, error: RunImpossible) -> None:
    with transaction.atomic():
        mine = Run.every.select_for_update(no_key=True).filter(
            pk=run.pk, status=RunStatus.RUNNING, attempts=run.attempts
        )
        if mine.exists():
            _end(run, RunStatus.FAILED, error=error.text("zh-hans"), error_en=error.text("en"))


def _end(run: Run, status: RunStatus, **fields: Any) -> None:
    Run.every.filter(pk=run.pk).update(status=status, finished_at=clock.now(), **fields)


@shared_task
def bulletin_write(proceeding_id: int) -> int:
    """Write the bulletin of a proceeding that has just become final (签发通报); returns how many files there are."""
    return len(bulletin_issue(proceeding_id))


@shared_task
def evaluation_execute(evaluation_id: int) -> bool:
    """Compute a queued evaluation of enterprises (企业评价计算)."""
    return execute(evaluation_id)


@shared_task
def evaluations_recover() -> list[int]:
    """Send queued evaluations again that nobody took; returns their ids."""
    found = waiting()
    for pk in found:
        evaluation_execute.apply_async((pk,), expires=EVALUATION_RESEND.total_seconds())
    return found
