"""Starting and cancelling runs: permission, applicability, one active run whatever the haste."""

import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from assessments.enums import RunKind, RunStatus, SchemeStatus
from assessments.exceptions import RunNotReady, RunRefused
from assessments.models import Run, Scheme
from assessments.selectors import readiness
from assessments.services import run_cancel, run_start
from indicators.models import Correction, Question, Value
from tests.assessments.conftest import SCHEME, YEAR


def test_a_start_queues_one_run_after_the_commit(province, queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = run_start(by=province.staff(), scheme=province.scheme, year=YEAR, override_reason="测试")
        assert queued() == []
    assert queued() == [run.pk]
    assert (run.status, run.year, run.requested_by.username) == (RunStatus.QUEUED, YEAR, "staff")


def test_an_active_run_is_handed_back(province):
    staff = province.staff()
    first = run_start(by=staff, scheme=province.scheme, year=YEAR, override_reason="测试")
    assert run_start(by=province.staff("other"), scheme=province.scheme, year=YEAR, override_reason="测试") == first
    assert run_start(by=staff, scheme=province.scheme, year=YEAR - 1, override_reason="测试") != first
    Run.objects.filter(pk=first.pk).update(status=RunStatus.CANCELLED)
    assert run_start(by=staff, scheme=province.scheme, year=YEAR, override_reason="测试") != first


def test_a_broker_that_is_away_does_not_lose_the_run(province, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(run_id):
        raise ConnectionError

    monkeypatch.setattr("assessments.services.runs.run_execute.delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        run = run_start(by=province.staff(), scheme=province.scheme, year=YEAR, override_reason="测试")
    assert Run.objects.get(pk=run.pk).status == RunStatus.QUEUED


def test_only_those_who_may_start(province):
    run = run_start(by=province.staff(), scheme=province.scheme, year=YEAR, override_reason="测试")
    for user in (province.manager(), province.user("head", "county_viewer")):
        with pytest.raises(PermissionDenied):
            run_start(by=user, scheme=province.scheme, year=YEAR - 1, override_reason="测试")
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
            run_start(by=staff, scheme=scheme, year=year, override_reason="测试")
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
            found.append(run_start(by=staff, scheme=province.scheme, year=YEAR, override_reason="测试").pk)
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
        run_start(by=province.staff(), scheme=province.scheme, year=YEAR, override_reason="测试")
        transaction.set_rollback(True)
    assert queued() == []
    assert not Run.objects.exists()


def test_an_official_run_needs_a_year_that_is_ready_or_a_reason_and_keeps_what_was_seen(province, queued):
    """Everything accepted, answered, decided: nothing to be said. One thing open: a reason, and what was open, stay."""
    staff = province.staff()
    settled = SCHEME.replace("value: null", "value: 5").replace('"1.0"', '"3.0"')
    scheme = province.add_scheme(settled, version="3.0")
    returns = [province.add_return(f"A{number}", YEAR, (None, None, None)) for number in range(1, 7)]
    ready = run_start(by=staff, scheme=scheme, year=YEAR)
    assert (ready.override_reason, {row["ok"] for row in ready.checklist}) == ("", {True})
    run_cancel(by=staff, run=ready)

    manager, indicator = province.manager(), province.indicators["rd_share"]
    Question.objects.create(return_ref=returns[0], text="为什么？", asked_by=staff)
    Correction.objects.create(return_ref=returns[1], reason="抄错", requested_by=manager)
    province.add_scheme(SCHEME.replace('"1.0"', '"4.0"'), version="4.0")
    Value.objects.filter(zone__code="A3", indicator=indicator, year=YEAR).delete()
    Value.objects.create(
        zone=province.zones["A3"], indicator=indicator, year=YEAR, period=str(YEAR), number=70, source="park"
    )
    Value.objects.create(
        zone=province.zones["A3"], indicator=indicator, year=YEAR, period=str(YEAR), number=7, source="department",
        department="statistics",
    )  # fmt: skip
    province.add_zone("A7")
    counted = {check.code: check.count for check in readiness(Scheme.objects.get(version="4.0"), YEAR, staff)}
    assert counted == {
        "returns": 1, "questions": 1, "reconciliations": 1, "corrections": 1, "scheme": 0, "newest": 0, "settings": 1,
    }  # fmt: skip
    with pytest.raises(RunNotReady, match="1 / 7 个园区的报表未确认；1 件质询未关闭") as refusal:
        run_start(by=staff, scheme=scheme, year=YEAR, override_reason="  ")
    # Version 4.0 takes the place of 3.0, which is told as well.
    assert sum(not check.ok for check in refusal.value.checks) == 5
    run = run_start(by=staff, scheme=scheme, year=YEAR, override_reason="会议决定先行计算")
    assert {row["code"]: row["count"] for row in run.checklist if not row["ok"]}["questions"] == 1
    changes: list[dict[str, Any]] = [{"override_reason": "别的"}, {"checklist": []}, {"kind": RunKind.PROVISIONAL}]
    for change in changes:
        with pytest.raises(DatabaseError, match="the start of a run is frozen"), transaction.atomic():
            Run.objects.filter(pk=run.pk).update(**change)
