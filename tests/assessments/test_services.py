"""Starting and cancelling runs: permission, applicability, one active run whatever the haste."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from assessments.enums import RunStatus, SchemeStatus
from assessments.exceptions import RunRefused
from assessments.models import Run
from assessments.services import run_cancel, run_start
from tests.assessments.conftest import SCHEME, YEAR


def test_a_start_queues_one_run_after_the_commit(province, queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = run_start(by=province.staff(), scheme=province.scheme, year=YEAR)
        assert queued() == []
    assert queued() == [run.pk]
    assert (run.status, run.year, run.requested_by.username) == (RunStatus.QUEUED, YEAR, "staff")


def test_an_active_run_is_handed_back(province):
    staff = province.staff()
    first = run_start(by=staff, scheme=province.scheme, year=YEAR)
    assert run_start(by=province.staff("other"), scheme=province.scheme, year=YEAR) == first
    assert run_start(by=staff, scheme=province.scheme, year=YEAR - 1) != first
    Run.objects.filter(pk=first.pk).update(status=RunStatus.CANCELLED)
    assert run_start(by=staff, scheme=province.scheme, year=YEAR) != first


def test_a_broker_that_is_away_does_not_lose_the_run(province, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(run_id):
        raise ConnectionError

    monkeypatch.setattr("assessments.services.runs.run_execute.delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        run = run_start(by=province.staff(), scheme=province.scheme, year=YEAR)
    assert Run.objects.get(pk=run.pk).status == RunStatus.QUEUED


def test_only_those_who_may_start(province):
    run = run_start(by=province.staff(), scheme=province.scheme, year=YEAR)
    for user in (province.manager(), province.user("head", "county_viewer")):
        with pytest.raises(PermissionDenied):
            run_start(by=user, scheme=province.scheme, year=YEAR - 1)
        with pytest.raises(PermissionDenied):
            run_cancel(by=user, run=run)


def test_what_cannot_be_started(province, queued):
    staff = province.staff()
    draft = province.add_scheme(SCHEME + "\n# draft", SchemeStatus.DRAFT, version="2.0")
    ended = province.add_scheme(SCHEME + "\n# ended", version="0.9", year_to=2021)
    for scheme, year, words in (
        (draft, YEAR, "尚未发布"),
        (ended, YEAR, "适用于 2020–2021 年"),
        (province.scheme, 2019, "不适用于 2019 年"),
        (province.scheme, 2099, "尚未结束"),
    ):
        with pytest.raises(RunRefused, match=words):
            run_start(by=staff, scheme=scheme, year=year)
    assert not Run.objects.exists()
    assert queued() == []


@pytest.mark.parametrize(
    ("status", "may_be_cancelled"),
    [(status, status in (RunStatus.QUEUED, RunStatus.RUNNING)) for status in RunStatus],
)
def test_what_can_be_cancelled(province, status, may_be_cancelled):
    staff = province.staff()
    fields = {"inputs_digest": "a", "results_digest": "b", "engine_version": "1", "finished_at": "2024-01-01T00:00Z"}
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=staff, status=status, **fields)
    if may_be_cancelled:
        assert run_cancel(by=staff, run=run).status == RunStatus.CANCELLED
        assert Run.objects.get(pk=run.pk).finished_at is not None
    else:
        with pytest.raises(RunRefused, match="已经结束"):
            run_cancel(by=staff, run=run)
        assert Run.objects.get(pk=run.pk).status == status


@pytest.mark.django_db(transaction=True)
def test_two_started_at_once_become_one(province, queued):
    staff, ready, found = province.staff(), threading.Barrier(4), []

    def start():
        try:
            ready.wait(10)
            found.append(run_start(by=staff, scheme=province.scheme, year=YEAR).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert queued() == found[:1]
    assert Run.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_of_a_start_undone_is_never_queued(province, queued):
    with transaction.atomic():
        run_start(by=province.staff(), scheme=province.scheme, year=YEAR)
        transaction.set_rollback(True)
    assert queued() == []
    assert not Run.objects.exists()
