"""Runs through a real worker, killed half-way and fed twice; the tests stop it with database locks, not with sleeps."""

import threading
import time

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from assessments import tasks
from assessments.enums import RunStage, RunStatus
from assessments.exceptions import RunRefused
from assessments.models import Result, Run
from assessments.services import run_cancel, run_start
from tests.assessments.conftest import SCHEME, YEAR

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 60


def wait_for(run, condition):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        run.refresh_from_db()
        if condition(run):
            return run
        time.sleep(0.05)
    return pytest.fail(f"run is {run.status} {run.stage} {run.progress}: {run.error}")


def ended(run):
    return not run.is_active


@pytest.fixture
def reference(province):
    """The same year done at one go by the same scheme under another version."""
    twin = province.add_scheme(SCHEME, version="0.1")
    run = Run.objects.create(scheme=twin, year=YEAR, requested_by=province.staff("twin"))
    tasks.run_execute(run.pk)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def paused(province, reference, worker, other_session):
    """A run that its worker is saving: it waits for the table of results, which this session holds.

    Not for rows that results refer to: those are checked at the commit, which a killed worker may have sent already.
    """
    with other_session.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE assessments_result IN SHARE MODE")
    run = run_start(by=province.staff(), scheme=province.scheme, year=YEAR, override_reason="测试")
    return wait_for(run, lambda run: run.stage == RunStage.SAVING)


def release(session, run):
    """Let go of the table and wait until the dead worker's session has let go of the run."""
    with session.cursor() as cursor:
        cursor.execute("ROLLBACK")
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)
    pytest.fail("the lock of the killed worker was never freed")


def test_a_started_run_is_done_by_the_worker(province, worker, reference):
    run = wait_for(run_start(by=province.staff(), scheme=province.scheme, year=YEAR, override_reason="测试"), ended)
    assert (run.status, run.attempts, run.error) == (RunStatus.DONE, 1, "")
    assert (run.inputs_digest, run.results_digest) == (reference.inputs_digest, reference.results_digest)


def test_progress_is_seen_while_the_work_goes_on(paused):
    assert (paused.status, paused.progress) == (RunStatus.RUNNING, 90)
    assert paused.inputs_digest
    assert paused.heartbeat_at > paused.requested_at
    assert not Result.objects.filter(run=paused).exists()


def test_a_killed_worker_costs_nothing_but_time(paused, worker, other_session, reference):
    frozen = paused.inputs_digest
    worker.kill()
    release(other_session, paused)
    assert not Result.objects.filter(run=paused).exists()
    worker.start()
    run = wait_for(paused, ended)
    assert (run.status, run.attempts) == (RunStatus.DONE, 2)
    assert run.inputs_digest == frozen == reference.inputs_digest
    assert run.results_digest == reference.results_digest
    assert run.results.count() == 6


def test_a_run_whose_message_is_lost_too_is_recovered(paused, worker, other_session, reference):
    worker.kill()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    release(other_session, paused)
    Run.objects.filter(pk=paused.pk).update(heartbeat_at=timezone.now() - 2 * tasks.SILENT_AFTER)
    assert tasks.runs_recover() == [paused.pk]
    worker.start()
    run = wait_for(paused, ended)
    assert (run.status, run.results_digest) == (RunStatus.DONE, reference.results_digest)
    assert run.results.count() == 6


def test_a_second_delivery_while_the_first_is_at_work_does_nothing(paused, worker, other_session):
    tasks.run_execute(paused.pk)
    tasks.run_execute.delay(paused.pk)
    with other_session.cursor() as cursor:
        cursor.execute("ROLLBACK")
    run = wait_for(paused, ended)
    assert (run.status, run.attempts) == (RunStatus.DONE, 1)
    assert run.results.count() == 6


def test_a_run_cancelled_while_saving_ends_cancelled_or_done_never_both(province, paused, other_session):
    said = []

    def cancel():
        try:
            run_cancel(by=User.objects.get(username="staff"), run=paused)
            said.append("cancelled")
        except RunRefused:
            said.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=cancel)
    thread.start()
    with other_session.cursor() as cursor:
        cursor.execute("ROLLBACK")
    thread.join(SECONDS)
    run = wait_for(paused, ended)
    assert (said, run.status, run.results.count()) in [
        (["refused"], RunStatus.DONE, 6),
        (["cancelled"], RunStatus.CANCELLED, 0),
    ]


def test_a_cancelled_queued_run_is_left_alone(province, worker):
    worker.kill()
    staff = province.staff()
    run = run_cancel(by=staff, run=run_start(by=staff, scheme=province.scheme, year=YEAR, override_reason="测试"))
    worker.start()
    other = wait_for(run_start(by=staff, scheme=province.scheme, year=YEAR - 1, override_reason="测试"), ended)
    assert other.status == RunStatus.DONE
    run.refresh_from_db()
    assert (run.status, run.attempts) == (RunStatus.CANCELLED, 0)


def test_a_redis_that_comes_back_empty_costs_nothing_but_time(paused, worker, other_session, reference):
    """What a worker sees of a restart: every connection gone, and the queue too. It connects again by itself."""
    frozen = paused.inputs_digest
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        own, number = client.client_id(), client.connection_pool.connection_kwargs.get("db", 0)
        client.flushdb()
        for other in client.client_list():
            if int(other["id"]) != own and int(other["db"]) == number:
                client.client_kill_filter(_id=other["id"])
    with other_session.cursor() as cursor:
        cursor.execute("ROLLBACK")
    deadline = time.monotonic() + SECONDS
    while paused.is_active:
        assert time.monotonic() < deadline, f"{paused.status} {paused.stage} {paused.attempts}"
        silent = timezone.now() - 2 * tasks.SILENT_AFTER
        Run.every.filter(pk=paused.pk, status=RunStatus.RUNNING).update(heartbeat_at=silent)
        tasks.runs_recover()
        time.sleep(0.2)
        paused.refresh_from_db()
    assert (paused.status, paused.inputs_digest, paused.results_digest) == (
        RunStatus.DONE, frozen, reference.results_digest,
    )  # fmt: skip
    assert paused.results.count() == 6
    assert worker.process.poll() is None
